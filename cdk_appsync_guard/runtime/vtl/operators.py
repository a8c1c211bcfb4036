"""Operators of a template: what is true, equal, less, and sums.

https://velocity.apache.org/engine/1.7/user-guide.html#conditionals; that only null and false are
false: https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-programming-guide.html
"""

from __future__ import annotations

from cdk_appsync_guard.runtime.data import describe, equal, is_scalar
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["LONGEST_RANGE", "apply", "is_true", "make_range"]

LARGEST = 2**63
LONGEST_RANGE = 5_000
_SAME_TEXT = "`==` takes a value and the text that it prints for equal (engines differ)"


def is_true(machine: Machine, value: Data) -> bool:
    """Return whether a condition holds: only null and false do not."""
    if not isinstance(value, UnknownData):
        return value is not None and value is not False
    if machine.is_null(value):
        return False
    fixed = machine.fixed(value.name)
    if fixed is not None:
        return fixed[0] is not False
    if value.kind not in ("", "boolean"):
        return True
    if value.kind == "boolean":
        return machine.choose(f"`{value.name}`")
    return not machine.choose(f"`{value.name}` is false")


def apply(machine: Machine, operator: str, left: Data, right: Data) -> Data:
    """Return the value of ``left operator right``."""
    machine.step()
    if operator == "==":
        return _equal(machine, left, right)
    if operator == "!=":
        return not _equal(machine, left, right)
    if operator in ("<", ">", "<=", ">="):
        return _compare(machine, operator, left, right)
    return _calculate(machine, operator, left, right)


def _equal(machine: Machine, left: Data, right: Data) -> bool:
    if is_scalar(left) and is_scalar(right) and left is not None and right is not None:
        numbers = _is_number(left) and _is_number(right)
        if type(left) is not type(right) and not numbers:
            return _text(left) == _text(right) and machine.choose(_SAME_TEXT)
    return equal(machine, left, right)


def _compare(machine: Machine, operator: str, left: Data, right: Data) -> bool:
    if isinstance(left, UnknownData) or isinstance(right, UnknownData):
        for side in (left, right):
            known_text = not isinstance(side, UnknownData) and not _is_number(side)
            if known_text or machine.is_null(side):
                return False
        return machine.choose(f"`{describe(left)} {operator} {describe(right)}`")
    if not (_is_number(left) and _is_number(right)):
        return False  # Velocity logs it and goes on
    if operator in ("<", "<="):
        return bool(left < right or (operator == "<=" and left == right))
    return bool(left > right or (operator == ">=" and left == right))


def _calculate(machine: Machine, operator: str, left: Data, right: Data) -> Data:
    if isinstance(left, UnknownData) or isinstance(right, UnknownData):
        return named(machine, f"({describe(left)} {operator} {describe(right)})")
    if operator == "+" and (isinstance(left, str) or isinstance(right, str)):
        if is_scalar(left) and is_scalar(right):
            return machine.write(_text(left) + _text(right))
        raise machine.lacks("`+` of a string and a value that is not a string")
    if not (_is_number(left) and _is_number(right)):
        return None
    if operator in ("/", "%"):
        return _divide(operator, left, right)
    result = left + right if operator == "+" else left - right if operator == "-" else left * right
    if abs(result) > LARGEST:
        raise Stopped(f"{machine.where} computes a number that is too large")
    return result


def _divide(operator: str, left: float, right: float) -> Data:
    if right == 0:
        return None
    if isinstance(left, float) or isinstance(right, float):
        return left / right if operator == "/" else left - right * int(left / right)
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if operator == "/" else left - right * quotient


def _is_number(value: Data) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text(value: Data) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def make_range(machine: Machine, first: Data, last: Data) -> Data:
    """Return ``[first..last]``, which may count down."""
    if isinstance(first, UnknownData) or isinstance(last, UnknownData):
        shown = f"[{describe(first)}..{describe(last)}]"
        return named(machine, shown, "list", nullable=False)
    if not (isinstance(first, int) and isinstance(last, int)):
        return None
    if abs(last - first) > LONGEST_RANGE:
        raise Stopped(f"{machine.where} makes a range of more than {LONGEST_RANGE:,}")
    return list(range(first, last + 1) if last >= first else range(first, last - 1, -1))
