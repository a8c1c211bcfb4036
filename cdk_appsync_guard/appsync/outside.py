"""Parts of APIs that are not in the input: what can be told of them all the same.

In: the stacks and APIs of one scenario. Out: one Api for each `ApiId` that none of the APIs has: a
parameter, an import, or an id as it is written. Its keys, resolvers, functions, and data sources
are those of the inputs; everything else of it is Unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.providers import Provider
from cdk_appsync_guard.appsync.schema_source import (
    ParsedSchemas,
    SchemaSource,
    read_given,
    read_schema,
)
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import SourceFile
from cdk_appsync_guard.template.values.value import Text, Unknown, display

__all__ = ["find_outside_apis"]

_SCHEMA = "AWS::AppSync::GraphQLSchema"
_KEY = "AWS::AppSync::ApiKey"
_RESOLVER = "AWS::AppSync::Resolver"
_FUNCTION = "AWS::AppSync::FunctionConfiguration"
_DATA_SOURCE = "AWS::AppSync::DataSource"
_PARTS = (_SCHEMA, _KEY, _RESOLVER, _FUNCTION, _DATA_SOURCE)
_CHANNELS = "AWS::AppSync::ChannelNamespace"  # of an Event API, which has keys of the same type


def find_outside_apis(
    stacks: tuple[Stack, ...],
    apis: tuple[Api, ...],
    *,
    schemas: Mapping[str, SourceFile] | None = None,
    parsed: ParsedSchemas | None = None,
) -> tuple[Api, ...]:
    """Return the APIs that parts in the stacks name, and that are none of *apis*.

    *schemas* and *parsed* are as for ``find_apis``; an API is named as its `ApiId` is written.
    """
    groups = _group_parts(stacks, apis)
    named = [(name, part) for name, parts in groups.items() for part in parts]
    return tuple(
        _build(
            name,
            parts,
            tuple(part for other, part in named if other != name),
            (schemas or {}, {} if parsed is None else parsed),
            among=apis,
        )
        for name, parts in groups.items()
    )


def _group_parts(stacks: tuple[Stack, ...], apis: tuple[Api, ...]) -> dict[str, list[Resource]]:
    """Return the parts of no known API by what their `ApiId` is called."""
    open_ = {id(part) for api in apis for part in api.unplaced}
    groups: dict[str, list[Resource]] = {}
    for stack in stacks:
        events = [channel.get("ApiId") for channel in stack.of_type(_CHANNELS)]
        for part in stack.of_type(*_PARTS):
            api_id = part.get("ApiId")
            if api_id in events:
                continue
            if id(part) in open_ or _names_no_resource(stack, api_id):
                groups.setdefault(_name(api_id), []).append(part)
    return groups


def _names_no_resource(stack: Stack, api_id: object) -> bool:
    """Return whether the id is that of no resource of the inputs."""
    if isinstance(api_id, str):
        return bool(api_id)
    if isinstance(api_id, Unknown):
        return True
    if not isinstance(api_id, Text) or api_id.holes[-1].kind == "pseudo":
        return False
    target = stack.resource_of(Text((api_id.holes[-1],)))
    passes_on = target is not None and target[0].type.startswith(_PASSES_VALUES_ON)
    return passes_on or api_id.holes[-1].kind != "attribute"


def _name(api_id: object) -> str:
    if isinstance(api_id, Text):
        return api_id.hole.name if api_id.hole is not None else str(api_id)
    return display(api_id) if isinstance(api_id, str) else "ApiId"


class _Named:
    """The parts that name one API that is not in the input, and all others that may be its."""

    def __init__(self, parts: list[Resource], others: tuple[Resource, ...]) -> None:
        self._parts = parts
        self._others = others

    def of(self, api: Resource, kind: str) -> tuple[Resource, ...]:  # noqa: ARG002 - there is one
        return tuple(part for part in self._parts if part.type == kind)

    def unplaced(self, kind: str) -> tuple[Resource, ...]:
        return tuple(part for part in self._others if part.type == kind)

    def lack(self, kind: str) -> bool:  # noqa: ARG002 - no one knows
        return False


def _build(
    name: str,
    parts: list[Resource],
    unplaced: tuple[Resource, ...],
    known: tuple[Mapping[str, SourceFile], ParsedSchemas],
    *,
    among: tuple[Api, ...],
) -> Api:
    reason = f"the API of `{name}` is not in the input"
    if among:
        reason = f"no template says which API `{name}` is"
    why = Unknown(reason, f"the template of the API, or in part `--schema {name}=schema.graphql`")
    first = parts[0]
    named = _Named(parts, unplaced)
    schema, place, source = _read_schema(name, named.of(first, _SCHEMA), first, why, known)
    return Api(
        name=name,
        resource=first,
        default=Provider(why, 0, first.place("ApiId"), None),
        additional=why,
        schema=schema,
        schema_place=place,
        schema_source=source,
        parts=named,
        outside=why,
    )


def _read_schema(
    name: str,
    own: tuple[Resource, ...],
    first: Resource,
    why: Unknown,
    known: tuple[Mapping[str, SourceFile], ParsedSchemas],
) -> SchemaSource:
    schemas, parsed = known
    file = schemas.get(name) or schemas.get("")
    if file is not None:
        return read_given(file, parsed)
    if len(own) == 1:
        return read_schema(own[0], name, parsed)
    return why, first.place("ApiId"), "missing"


# Their attributes may be the id of any API.
_PASSES_VALUES_ON = ("AWS::CloudFormation::", "Custom::")
