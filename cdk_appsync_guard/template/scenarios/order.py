"""Which resources CloudFormation creates before which others.

In: a stack. Out: Order. A resource waits for what its ``DependsOn`` names and for what it refers
to, also through others; both arms of an ``Fn::If`` count, so that no wait is overlooked.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.strings import placeholders

__all__ = ["Order", "order_of"]

_MOST_STEPS = 1_000_000


def order_of(stack: Stack) -> Order:
    """Return the order of a stack's resources, which is the same in all scenarios."""
    layout = stack.scope.world.layout
    return layout.once(("order", stack.id), lambda: Order(stack.scope.section("Resources")))


class Order:
    """What waits for what in one stack; each resource is asked about once."""

    def __init__(self, declared: Mapping[str, Any]) -> None:
        self._users: dict[str, list[str]] = {}
        self._waiting: dict[str, frozenset[str]] = {}
        self._steps = 0
        for logical_id, raw in declared.items():
            if isinstance(raw, dict):
                for name in dict.fromkeys(_references(raw)):
                    if name in declared and name != logical_id:
                        self._users.setdefault(name, []).append(logical_id)

    def waits(self, user: str, logical_id: str) -> bool:
        """Return whether the user is created after the other one, or if it took long to tell."""
        return self._steps > _MOST_STEPS or user in self._waiting_for(logical_id)

    def _waiting_for(self, logical_id: str) -> frozenset[str]:
        if logical_id not in self._waiting:
            found = {logical_id}
            waiting = [logical_id]
            while waiting:
                for user in self._users.get(waiting.pop(), ()):
                    if user not in found:
                        found.add(user)
                        waiting.append(user)
            self._steps += len(found)
            self._waiting[logical_id] = frozenset(found)
        return self._waiting[logical_id]


def _references(raw: dict[str, Any]) -> Iterator[str]:
    """Yield the names that a resource refers to, those of parameters among them."""
    depends = raw.get("DependsOn")
    yield from (one for one in _listed(depends) if isinstance(one, str))
    waiting: list[Any] = [raw.get("Properties")]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, (dict, list)) or id(part) in seen:
            continue
        seen.add(id(part))
        waiting += part if isinstance(part, list) else part.values()
        if isinstance(part, dict) and len(part) == 1:
            yield from _named(*next(iter(part.items())))


def _named(function: object, argument: Any) -> Iterator[str]:
    if function == "Ref" and isinstance(argument, str):
        yield argument
    elif function == "Fn::GetAtt":
        name = next(iter(_listed(argument)), None)
        if isinstance(name, str):
            yield name if isinstance(argument, list) else name.partition(".")[0]
    elif function == "Fn::Sub":
        text = next(iter(_listed(argument)), None)
        for piece, is_name in placeholders(text) if isinstance(text, str) else ():
            if is_name:
                yield piece.partition(".")[0]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
