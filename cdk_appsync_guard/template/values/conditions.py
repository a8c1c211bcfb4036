"""Condition expressions → true, false, or Unknown.

In: the raw expression of a condition and a Scope. Out: its truth, in three values: what is Unknown
in one operand does not matter if another one decides.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from typing import Any, Protocol

from cdk_appsync_guard.template.values.intrinsics import Scope, resolve
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, display, unknown_of

__all__ = ["ConditionScope", "decide"]


class ConditionScope(Scope, Protocol):
    """A Scope that also helps with comparisons that values alone do not decide."""

    def truth(self, condition: str, depth: int) -> bool | Unknown:
        """Return whether a condition holds."""

    def cannot_be(self, hole: Hole, text: str) -> bool:
        """Return whether the string behind the hole is known not to be this one."""

    def reveal(self, value: Value, depth: int) -> Value:
        """Return the value with its secrets filled in, to be compared and then forgotten."""

    def assume(self, raw: Any) -> bool | None:
        """Return the truth to be assumed for a comparison, None to leave it open."""


def decide(raw: Any, scope: ConditionScope, depth: int = 0) -> bool | Unknown:
    """Return the truth of a condition expression; every operand is looked at."""
    scope.fail_at_depth(depth)
    if isinstance(raw, bool):
        return raw
    if not isinstance(raw, dict) or len(raw) != 1:
        return Unknown("a condition is not one condition function")
    ((name, argument),) = raw.items()
    if name == "Condition" and isinstance(argument, str):
        return scope.truth(argument, depth + 1)
    if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
        return _equals(argument, scope, depth + 1)
    operands = argument if isinstance(argument, list) and argument else [argument]
    if name in ("Fn::And", "Fn::Or"):
        return _combine([decide(one, scope, depth + 1) for one in operands], name == "Fn::Or")
    if name == "Fn::Not" and len(operands) == 1:
        truth = decide(operands[0], scope, depth + 1)
        return not truth if isinstance(truth, bool) else truth
    return Unknown(f"`{name}` is not a complete condition function")


def _combine(truths: list[bool | Unknown], decisive: bool) -> bool | Unknown:  # noqa: FBT001 - private
    if decisive in truths:
        return decisive
    return next((truth for truth in truths if isinstance(truth, Unknown)), not decisive)


def _equals(raw: list[Any], scope: ConditionScope, depth: int) -> bool | Unknown:
    left, right = (scope.reveal(resolve(side, scope, depth), depth) for side in raw)
    for side, other in ((left, right), (right, left)):
        if isinstance(other, (str, int, float)):
            scope.tried(side, (display(other),))
    truth = _compare(left, right, scope)
    if truth is None:
        truth = scope.assume(raw)
    if truth is not None:
        return truth
    why = unknown_of(left) or unknown_of(right)
    return (
        Unknown(why.reason, why.would_decide) if why else Unknown("the values cannot be compared")
    )


def _compare(left: Value, right: Value, scope: ConditionScope) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _compare_possibilities(left, right, scope)
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return True if left == right else None
    if isinstance(left, Text) or isinstance(right, Text):
        return True if left == right else _compare_texts(left, right, scope)
    return display(left) == display(right)


def _compare_possibilities(left: Value, right: Value, scope: ConditionScope) -> bool | None:
    sides = [side.could_be if isinstance(side, Unknown) else (side,) for side in (left, right)]
    if sides[0] is None or sides[1] is None:
        return None
    truths = {_compare(one, other, scope) for one in sides[0] for other in sides[1]}
    return truths.pop() if len(truths) == 1 else None


def _compare_texts(left: Value, right: Value, scope: ConditionScope) -> bool | None:
    """Compare where at least one side has holes: literal ends that differ decide."""
    text, other = (left, right) if isinstance(left, Text) else (right, left)
    if isinstance(other, Text):
        return None
    literal = display(other)
    first, last = text.parts[0], text.parts[-1]
    start = first if isinstance(first, str) else ""
    end = last if isinstance(last, str) else ""
    if not literal.startswith(start) or not literal.endswith(end):
        return False
    if len(literal) < sum(len(part) for part in text.parts if isinstance(part, str)):
        return False
    if len(text.holes) == 1 and scope.cannot_be(
        text.holes[0], literal[len(start) : len(literal) - len(end)]
    ):
        return False
    return None
