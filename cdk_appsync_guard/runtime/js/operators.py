"""Operators of JavaScript on values that may be unknown.

https://tc39.es/ecma262/#sec-ecmascript-language-expressions
"""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.runtime.data import describe, equal, is_scalar
from cdk_appsync_guard.runtime.js.values import (
    UNDEFINED,
    Builtin,
    Closure,
    is_undefined,
    text_of,
)
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["apply", "same", "type_of"]

_EXACT = 2**53
_NAN = float("nan")


def apply(machine: Machine, operator: str, left: Data, right: Data) -> Data:
    """Return ``left operator right``; the operators that skip an operand are not among them."""
    machine.step()
    if operator in ("===", "!=="):
        return same(machine, left, right) is (operator == "===")
    if operator in ("==", "!="):
        return _loosely(machine, left, right) is (operator == "==")
    if operator in ("<", ">", "<=", ">="):
        return _compare(machine, operator, left, right)
    if operator == "+" and not (_is_number(left) and _is_number(right)):
        return _add(machine, left, right)
    return _calculate(machine, operator, left, right)


def same(machine: Machine, left: Data, right: Data) -> bool:
    """Return whether ``left === right``."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, UnknownData):
            return _same_as_unknown(machine, one, other)
    if left is UNDEFINED or right is UNDEFINED or not (is_scalar(left) and is_scalar(right)):
        return left is right
    return equal(machine, left, right)


def _same_as_unknown(machine: Machine, unknown: UnknownData, other: Data) -> bool:
    if other is UNDEFINED:
        return is_undefined(machine, unknown)
    if other is None:
        return machine.is_null(unknown) and not is_undefined(machine, unknown)
    if isinstance(other, UnknownData) or is_scalar(other):
        return equal(machine, unknown, other)
    return False


def _loosely(machine: Machine, left: Data, right: Data) -> bool:
    nothing = (None, UNDEFINED)
    if any(side is one for side in (left, right) for one in nothing):
        return all(_is_nothing(machine, side) for side in (left, right))
    known = not isinstance(left, UnknownData) and not isinstance(right, UnknownData)
    if known and type(left) is not type(right) and not (_is_number(left) and _is_number(right)):
        raise machine.lacks("`==` of values of different types")
    return same(machine, left, right)


def _is_nothing(machine: Machine, value: Data) -> bool:
    return value is UNDEFINED or machine.is_null(value)


def _compare(machine: Machine, operator: str, left: Data, right: Data) -> bool:
    if isinstance(left, UnknownData) or isinstance(right, UnknownData):
        return machine.choose(f"`{describe(left)} {operator} {describe(right)}`")
    texts = isinstance(left, str) and isinstance(right, str)
    if not texts and not (_is_number(left) and _is_number(right)):
        raise machine.lacks(f"`{operator}` of values of different types")
    first: Any = left
    second: Any = right
    if operator in ("<", "<="):
        return bool(first < second or (operator == "<=" and first == second))
    return bool(first > second or (operator == ">=" and first == second))


def _add(machine: Machine, left: Data, right: Data) -> Data:
    if isinstance(left, UnknownData) or isinstance(right, UnknownData):
        texts = any(_is_text(side) for side in (left, right))
        shown = f"({describe(left)} + {describe(right)})"
        return named(machine, shown, "string" if texts else "", nullable=False)
    if not (isinstance(left, str) or isinstance(right, str)):
        raise machine.lacks("`+` of values that are neither numbers nor strings")
    first, second = text_of(machine, left), text_of(machine, right)
    if isinstance(first, UnknownData) or isinstance(second, UnknownData):
        shown = f"({describe(first)} + {describe(second)})"
        return named(machine, shown, "string", nullable=False)
    return machine.write(first + second)


def _is_text(value: Data) -> bool:
    return isinstance(value, str) or (isinstance(value, UnknownData) and value.kind == "string")


def _calculate(machine: Machine, operator: str, left: Data, right: Data) -> Data:
    if isinstance(left, UnknownData) or isinstance(right, UnknownData):
        shown = f"({describe(left)} {operator} {describe(right)})"
        return named(machine, shown, "number", nullable=False)
    if not (_is_number(left) and _is_number(right)):
        raise machine.lacks(f"`{operator}` of a value that is not a number")
    try:
        return _normal(_number(operator, left, right))
    except (OverflowError, ZeroDivisionError, ValueError):
        return _NAN
    except KeyError:
        raise machine.lacks(f"the operator `{operator}`") from None


def _number(operator: str, left: float, right: float) -> float:
    if operator == "/":
        if right == 0:
            return _NAN if left == 0 or left != left else float("inf") * (1 if left > 0 else -1)  # noqa: PLR0124 - NaN
        return left / right
    if operator == "%":
        return _NAN if right == 0 else left - right * int(left / right)
    if operator == "**":
        result = float(left) ** float(right)
        return result if isinstance(result, float) else _NAN
    if operator in ("&", "|", "^", "<<", ">>"):
        return _bits(operator, int(left), int(right))
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def _bits(operator: str, left: int, right: int) -> int:
    shift = right % 32
    result = {
        "&": left & right,
        "|": left | right,
        "^": left ^ right,
        "<<": left << shift,
        ">>": _signed(left) >> shift,
    }[operator]
    return _signed(result)


def _signed(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def _normal(value: float) -> float:
    """Return whole numbers as int, and what a double does not hold exactly as float."""
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else float(value)
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _is_number(value: Data) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def type_of(machine: Machine, value: Data) -> Data:
    """Return ``typeof value``."""
    if isinstance(value, UnknownData):
        if machine.is_null(value):
            return "undefined" if is_undefined(machine, value) else "object"
        if value.kind in ("list", "map"):
            return "object"
        return value.kind or named(machine, f"typeof {value.name}", "string", nullable=False)
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "function" if isinstance(value, (Closure, Builtin)) else "object"
