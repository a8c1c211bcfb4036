"""Custom resources and nested stacks that were not given: what may do anything to what they get.

In: the id of an API or an identity pool, and all stacks. Out: why something may be attached to it
that the templates do not show.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value

__all__ = ["find_outsider"]

_NESTED = "AWS::CloudFormation::Stack"
_KINDS = ("Custom::", "AWS::CloudFormation::CustomResource", _NESTED)
# CDK's own helpers, which are often given an API's id or URL and do something else with it.
_HARMLESS = ("Custom::CDKBucketDeployment", "Custom::LogRetention")


def find_outsider(own: Value, stacks: tuple[Stack, ...]) -> Unknown | None:
    """Return which outsider is given the id *own*, None if none is."""
    for resource in _outsiders(stacks):
        if _holds(resource.get(), own):
            reason = f"`{resource.logical_id}` is given `{own}` and might add to it"
            nested = resource.type == _NESTED
            ask = "the nested stack's template" if nested else "nothing before deployment"
            return Unknown(reason, ask)
    return None


def _outsiders(stacks: tuple[Stack, ...]) -> Iterator[Resource]:
    opened = {
        (stack.parent.id, stack.source.parent_logical_id)
        for stack in stacks
        if stack.parent is not None
    }
    for stack in stacks:
        for resource in stack.of_kind(*_KINDS):
            is_open = (stack.id, resource.logical_id) not in opened
            if resource.type not in _HARMLESS and is_open:
                yield resource


def _holds(value: Value, own: Value) -> bool:
    if isinstance(value, dict):
        return any(_holds(item, own) for item in value.values())
    if isinstance(value, list):
        return any(_holds(item, own) for item in value)
    return isinstance(value, Text) and any(Text((hole,)) == own for hole in value.holes)
