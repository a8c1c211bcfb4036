"""Which resources of the templates an ARN names, so that two of them are not taken for one.

In: statements, and the ARN of a resource. Out: the statements without what cannot be it: the ARN or
name of another resource of the same type, or an ARN of another service.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Hole, Text

__all__ = ["without_others"]


def without_others(
    statements: tuple[Statement, ...], target: Text, stack: Stack
) -> tuple[Statement, ...]:
    """Return the statements without the resources that cannot be the one that is meant."""
    own = list(_named(target, stack))
    return tuple(_filtered(statement, target, own, stack) for statement in statements)


def _filtered(statement: Statement, target: Text, own: list[Resource], stack: Stack) -> Statement:
    resources = statement.resources
    if not resources or not any(isinstance(one, Text) for one in resources):
        return statement
    kept = tuple(one for one in resources if not _is_other(one, target, own, stack))
    return statement if len(kept) == len(resources) else replace(statement, resources=kept)


def _is_other(pattern: str | Text, target: Text, own: list[Resource], stack: Stack) -> bool:
    if not isinstance(pattern, Text):
        return False
    first, wanted = pattern.parts[0], target.parts[0]
    if isinstance(first, Hole) and isinstance(wanted, Hole):
        services = {first.service, wanted.service}
        if "" not in services and len(services) > 1:
            return True
    types = {one.type for one in own}
    others = [one for one in _named(pattern, stack) if one.type in types]
    return bool(others) and all(one is not mine for one in others for mine in own)


def _named(text: Text, stack: Stack) -> Iterator[Resource]:
    """Yield the resources whose attributes or names the text holds."""
    for hole in text.holes:
        target = stack.resource_of(Text((hole,)))
        if target is not None:
            yield target[0]
