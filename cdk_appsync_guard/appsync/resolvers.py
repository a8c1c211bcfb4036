"""Resolvers, functions and data sources as they are declared: what they name, and whether it is.

In: an Api and the stacks. Out: answers about names, Unknown where another stack may hold the rest.
No mapping template or code is read or run.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-components.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.schema import Field
from cdk_appsync_guard.appsync.unseen_attachments import find_outsider
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = ["Answer", "Wiring", "root_of"]

_RESOLVER = "AWS::AppSync::Resolver"
_DATA_SOURCE = "AWS::AppSync::DataSource"
_FUNCTION = "AWS::AppSync::FunctionConfiguration"
# Their attributes may be any name or id.
_PASSES_VALUES_ON = ("AWS::CloudFormation::", "Custom::")
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """``right`` is whether a name is one of what it should name; ``wrong`` says what it is."""

    right: bool | Unknown
    wrong: str = ""


_RIGHT = Answer(True)


class Wiring:
    """What is attached to one API in one scenario."""

    def __init__(self, api: Api, stacks: tuple[Stack, ...]) -> None:
        self.api = api
        self._stacks = stacks

    def share_out(self, fields: list[Field]) -> dict[Unknown | None, list[Field]]:
        """Return the fields by why something may be attached to them all the same, None for no."""
        shares: dict[Unknown | None, list[Field]] = {}
        for field in fields:
            shares.setdefault(self.why_perhaps_attached(field), []).append(field)
        return shares

    def why_perhaps_attached(self, field: Field) -> Unknown | None:
        """Return why a resolver that is not the API's may be on the field, None if it cannot."""
        if self.api.outside is not None:
            return self.api.outside
        for resource in self.api.unplaced_of(_RESOLVER):
            names = resource.get("TypeName"), resource.get("FieldName")
            wanted = (field.type_name, field.name)
            if all(
                name == own or unknown_of(name) is not None
                for name, own in zip(names, wanted, strict=True)
            ):
                return _may_belong_here(resource)
        return self._outsider

    @cached_property
    def _outsider(self) -> Unknown | None:
        return find_outsider(self.api.resource.attribute("ApiId"), self._stacks)

    @cached_property
    def _more_sources(self) -> Unknown | None:
        return self._more(_DATA_SOURCE)

    @cached_property
    def _source_names(self) -> list[Value]:
        return [source.get("Name") for source in self.api.data_sources]

    def find_data_source(self, user: Resource) -> Answer:
        """Return whether the ``DataSourceName`` of a resolver or function is one of the API's."""
        name = user.get("DataSourceName")
        if name is None or (isinstance(name, (str, Text)) and name in self._source_names):
            return _RIGHT
        target = user.stack.resource_of(name)
        if target is not None:
            return self._judge_source(*target)
        why = unknown_of(name) or next(filter(None, map(_open, self._source_names)), None)
        if why is None and root_of(user.stack) is not root_of(self.api.stack):
            # What is deployed with the API cannot wait for what a later stack adds; this one can.
            why = Unknown("yet another stack may declare it", "that stack")
        why = why or self._more_sources
        if why is not None:
            return Answer(Unknown(why.reason, why.would_decide))
        if any(source.logical_id == name for source in self.api.data_sources):
            return Answer(False, "that is a logical id, and AppSync uses the property `Name`")
        known = sorted(one for one in self._source_names if isinstance(one, str))
        listed = ", ".join(f"`{one}`" for one in known[:_MOST_NAMES])
        return Answer(False, f"there is {listed}" if listed else "there is none")

    def _judge_source(self, resource: Resource, attribute: str) -> Answer:
        if resource.type.startswith(_PASSES_VALUES_ON):
            return _RIGHT
        if resource.type != _DATA_SOURCE:
            return Answer(False, f"that is not a data source but an {resource.type}")
        if resource in self.api.unplaced_of(_DATA_SOURCE):
            return Answer(_may_belong_elsewhere(resource))
        if resource not in self.api.data_sources:
            return Answer(False, "that is a data source of another API")
        if attribute == "Name":
            return _RIGHT
        shown = "ARN" if attribute in ("", "DataSourceArn") else f"`{attribute}`"
        return Answer(False, f"that is its {shown}, and the name is its attribute `Name`")

    def read_pipeline(self, resolver: Resource) -> list[Answer]:
        """Return what each item of a pipeline's list of functions is."""
        items = resolver.get("PipelineConfig", "Functions")
        if not isinstance(items, list):
            return []
        return [self._judge_function(item, resolver.stack) for item in items]

    def _judge_function(self, item: Value, stack: Stack) -> Answer:
        target = stack.resource_of(item)
        if target is None:
            own = (name for one in self.api.functions for name in (one.logical_id, one.get("Name")))
            named = isinstance(item, str) and item in own
            return Answer(False, f"`{item}` is a function's name, not its id") if named else _RIGHT
        resource, attribute = target
        if resource.type.startswith(_PASSES_VALUES_ON):
            return _RIGHT
        name = resource.logical_id
        if resource.type != _FUNCTION:
            return Answer(False, f"`{name}` is not an AppSync function but an {resource.type}")
        if resource in self.api.unplaced_of(_FUNCTION):
            return Answer(_may_belong_elsewhere(resource))
        if resource not in self.api.functions:
            return Answer(False, f"`{name}` is a function of another API")
        if attribute == "FunctionId":
            return _RIGHT
        shown = "ARN" if attribute in ("", "FunctionArn") else f"`{attribute}`"
        return Answer(False, f"that is the {shown} of `{name}`, not its `FunctionId`")

    def _more(self, kind: str) -> Unknown | None:
        if self.api.outside is not None:
            return self.api.outside
        for resource in self.api.unplaced_of(kind):
            return _may_belong_here(resource)
        return self._outsider


def _may_belong_here(part: Resource) -> Unknown:
    return Unknown(f"`{part.logical_id}` might belong to this API", _decides_whose(part))


def _may_belong_elsewhere(part: Resource) -> Unknown:
    return Unknown(f"`{part.logical_id}` might belong to another API", _decides_whose(part))


def _decides_whose(part: Resource) -> str:
    """Return what would tell which API the part belongs to."""
    why = unknown_of(part.get("ApiId"))
    return why.would_decide if why else "the template of its API"


def root_of(stack: Stack) -> Stack:
    """Return the stack that is deployed together with this one: the outermost."""
    while stack.parent is not None:
        stack = stack.parent
    return stack


def _open(name: Value) -> Unknown | None:
    """Return why a data source may have any name, None if its name is one that no one writes."""
    if isinstance(name, Text) and all(hole.kind == "attribute" for hole in name.holes):
        return None
    unknown = unknown_of(name)
    if unknown is None:
        return None
    reason = f"a data source is called `{display(name)}`, and {unknown.reason}"
    return Unknown(reason, unknown.would_decide)
