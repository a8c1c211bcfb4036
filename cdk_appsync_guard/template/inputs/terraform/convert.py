"""The attributes of a resource → the properties of CloudFormation, and where they were written.

In: an Instance and the Fields of its type. Out: raw properties with ``Fn::GetAtt`` where another
resource of the plan is meant, ``Fn::KnownAfterApply`` where nothing tells, and their Origins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdk_appsync_guard.template.inputs.terraform.fields import Field, Fields
from cdk_appsync_guard.template.inputs.terraform.known import Known
from cdk_appsync_guard.template.inputs.terraform.plan import Instance, Plan, items, listed, mapping
from cdk_appsync_guard.template.inputs.terraform.policy_documents import document_of
from cdk_appsync_guard.template.inputs.terraform.references import names_in, target_of
from cdk_appsync_guard.template.source.derived_template import Origin
from cdk_appsync_guard.template.source.read import DataPath

__all__ = ["Converter", "known_after_apply"]

_ABSENT = (None, "")
_DOCUMENT = "aws_iam_policy_document"
_AFTER = "the state after the apply, from `terraform show -json`"
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """The attributes of a resource, or of a block in it, with all that is said of them."""

    values: Mapping[str, Any]
    unknown: Mapping[str, Any]
    sensitive: Mapping[str, Any]
    expressions: Mapping[str, Any] | None
    path: DataPath
    is_block: bool = False


class Converter:
    """Converts the resources of one plan."""

    def __init__(self, plan: Plan, known: Known) -> None:
        self._plan = plan
        self._known = known
        self.origins: dict[DataPath, Origin] = {}

    def properties(self, instance: Instance, table: Fields, target: DataPath) -> dict[str, Any]:
        """Return the properties, which will stand at *target*."""
        part = _Part(
            instance.values,
            instance.unknown,
            instance.sensitive,
            instance.expressions,
            (*instance.path, "values"),
        )
        return self._part(instance, part, table, target)

    def value(self, instance: Instance, name: str, field: Field) -> Any:
        """Return one attribute as a property, None if it is absent."""
        return self.properties(instance, {name: field}, ("",)).get(field.property)

    def _part(
        self, instance: Instance, part: _Part, table: Fields, target: DataPath
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, field in table.items():
            place = (*target, field.property)
            value = self._attribute(instance, part, name, field, place)
            if value is not None:
                made[field.property] = value
                self.origins.setdefault(place, Origin((*part.path, name)))
        return made

    def _attribute(
        self, instance: Instance, part: _Part, name: str, field: Field, place: DataPath
    ) -> Any:
        value, unknown = part.values.get(name), part.unknown.get(name)
        if value is None and isinstance(unknown, (dict, list)) and unknown:
            value = type(unknown)()  # all that is in it is not known
        if part.sensitive.get(name) is True and value not in _ABSENT:
            return known_after_apply(f"`{name}` of `{instance.address}` is marked as sensitive", "")
        if unknown is True:
            return self._unknown(instance, part, name, field)
        if field.shape in ("one", "many", "some"):
            return self._blocks(instance, part, name, field, place)
        if value in _ABSENT or (field.shape == "count" and value == 0):
            return {"Ref": "AWS::Region"} if field.shape == "region" else None
        if field.shape == "time":
            return _seconds(value)
        if field.shape == "document":
            return self._known.relink(_parsed(value))
        return self._filled(instance, part, name, field, value)

    def _filled(self, instance: Instance, part: _Part, name: str, field: Field, value: Any) -> Any:
        """Return a known value; in a list or a map, with what is not known of it in its place."""
        unknown = part.unknown.get(name)
        expression = (part.expressions or {}).get(name)
        if field.wanted and isinstance(value, str):
            return self._named(instance, expression, field, value)
        value = self._known.relink(value)
        if isinstance(value, dict) and isinstance(unknown, dict) and unknown:
            left = {
                key: self._open(instance, name, expression, field)
                for key, one in unknown.items()
                if one is True
            }
            return {**left, **{key: one for key, one in value.items() if one is not None}}
        if isinstance(value, list) and isinstance(unknown, list):
            count = max(len(value), len(unknown))
            return [
                self._open(instance, name, expression, field)
                if at < len(unknown) and unknown[at] is True
                else value[at]
                for at in range(count)
                if at < len(value) or unknown[at] is True
            ]
        return value

    def _named(self, instance: Instance, expression: Any, field: Field, value: str) -> Any:
        """Return the reference that a known value was written as, or else the value."""
        target = target_of(expression, instance, self._plan)
        if target is not None and target.instance.mode == "managed":
            attribute = target.attribute or field.wanted
            if target.instance.values.get(attribute) == value:
                return self._known.attribute(target.instance, attribute)
        if field.property == "DataSourceName":
            return self._known.data_source(instance.values.get("api_id"), value) or value
        return self._known.relink(value)

    def _unknown(self, instance: Instance, part: _Part, name: str, field: Field) -> Any:
        written = part.expressions is None or name in part.expressions
        if not written and field.shape == "region":
            return {"Ref": "AWS::Region"}
        if not written and not part.is_block and not field.wanted:
            return None  # the provider makes it up: a name, an id
        expression = (part.expressions or {}).get(name)
        if field.shape == "document":
            return self._document(instance, name, expression)
        value = self._open(instance, name, expression, field)
        is_list = field.property in _LISTS
        return [value] if is_list and "Fn::KnownAfterApply" not in value else value

    def _open(self, instance: Instance, name: str, expression: Any, field: Field) -> Any:
        """Return the reference that an unknown value is, or that it is not known."""
        target = target_of(expression, instance, self._plan) if field.wanted else None
        if target is not None and target.instance.mode == "managed":
            attribute = target.attribute or field.wanted
            return self._known.attribute(target.instance, attribute)
        return self._left_open(instance, name, expression)

    def _left_open(self, instance: Instance, name: str, expression: Any) -> dict[str, Any]:
        """Return that a value is not known, and the attributes that it is made of."""
        names = names_in(expression)
        reason = f"`{name}` of `{instance.address}` is only known after the apply"
        if names:
            listed_names = ", ".join(f"`{one}`" for one in names[:_MOST_NAMES])
            reason += f": it depends on {listed_names}"
        targets = (target_of({"references": [one]}, instance, self._plan) for one in names)
        made_of = [
            self._known.attribute(one.instance, one.attribute)
            for one in targets
            if one is not None and one.attribute and one.instance.mode == "managed"
        ]
        return known_after_apply(reason, made_of=made_of)

    def _document(self, instance: Instance, name: str, expression: Any) -> Any:
        """Return the policy that a data source will write, or that it is not known."""
        target = target_of(expression, instance, self._plan)
        is_text = target is not None and target.attribute in ("json", "minified_json", "")
        if target is not None and is_text and target.instance.type == _DOCUMENT:
            return self._known.relink(document_of(target.instance, self._part_of_document))
        return self._left_open(instance, name, expression)

    def _part_of_document(self, data: Instance, block: Mapping[str, Any], name: str) -> Any:
        """Return that a part of what a data source will write is not known."""
        return self._left_open(data, name, block.get(name))

    def _blocks(
        self, instance: Instance, part: _Part, name: str, field: Field, place: DataPath
    ) -> Any:
        made: list[Any] = []
        for at, block in enumerate(self._listed_blocks(part, name, field)):
            below = place if field.shape == "one" else (*place, at)
            self.origins[below] = Origin((*part.path, name, at))
            made.append(self._part(instance, block, field.block, below))
        if not made:
            return None
        return made[0] if field.shape == "one" else made

    def _listed_blocks(self, part: _Part, name: str, field: Field) -> Iterator[_Part]:
        written = (part.expressions or {}).get(name)
        expressions = items(written) if isinstance(written, list) else items([written])
        blocks = items(part.values.get(name))
        unknown, sensitive = listed(part.unknown.get(name)), listed(part.sensitive.get(name))
        fits = len(expressions) == len(blocks) and (field.shape != "some" or len(blocks) == 1)
        for at, block in enumerate(blocks):
            yield _Part(
                block,
                mapping(unknown[at]) if at < len(unknown) else {},
                mapping(sensitive[at]) if at < len(sensitive) else {},
                expressions[at] if fits else None,
                (*part.path, name, at),
                is_block=True,
            )


def known_after_apply(
    reason: str, would_decide: str = _AFTER, made_of: Sequence[Any] = ()
) -> dict[str, Any]:
    """Return the value that is not known, for a reason."""
    return {"Fn::KnownAfterApply": [reason, would_decide, list(made_of)]}


def _parsed(text: Any) -> Any:
    """Return the policy in the text; what is not JSON stays the text that it is."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return text


def _seconds(text: Any) -> Any:
    """Return a moment in RFC 3339 as CloudFormation writes it."""
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in "Zz" else text)
        return int(moment.timestamp())
    except (ValueError, OverflowError, OSError):
        return text


_LISTS = frozenset(
    ("Functions", "ManagedPolicyArns", "OpenIdConnectProviderARNs", "SamlProviderARNs", "Users")
)
