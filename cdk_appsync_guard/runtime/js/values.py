"""Values that only JavaScript has, and how it converts the others.

null is None; numbers are int where they are whole, else float; the rest is JSON-like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cdk_appsync_guard.runtime.data import describe
from cdk_appsync_guard.runtime.js.syntax import Syntax
from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown, named
from cdk_appsync_guard.runtime.model import Data, FieldError, UnknownData

__all__ = [
    "UNDEFINED",
    "Builtin",
    "Closure",
    "Scope",
    "crash",
    "is_true",
    "is_undefined",
    "number_text",
    "text_of",
    "without_undefined",
]

_DEEPEST = 60
_EXACT = 2**53


class _Undefined:
    """``undefined``."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = _Undefined()


@dataclass(slots=True)
class Scope:
    """The names of a block, and the block around it."""

    names: dict[str, Any] = field(default_factory=dict)
    parent: Scope | None = None
    constants: set[str] = field(default_factory=set)

    def find(self, name: str) -> Scope | None:
        """Return the scope that declares the name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function of the code."""

    node: Syntax
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A function of the runtime: ``Object.keys``, ``ddb.get``."""

    name: str
    call: Callable[[Machine, list[Data]], Data]


def crash(machine: Machine, reason: str) -> Thrown:
    """Return the error that any exception of the code is to the client."""
    return machine.throw("failed", FieldError("Runtime Error", "Code"), reason)


def is_true(machine: Machine, value: Data) -> bool:
    """Return whether a value counts as true."""
    if not isinstance(value, UnknownData):
        if isinstance(value, (list, dict)):
            return True
        return bool(value) and value is not UNDEFINED and value == value  # noqa: PLR0124 - NaN
    fixed = machine.fixed(value.name)
    if fixed is not None:
        return bool(fixed[0])
    if machine.is_null(value) or value.kind in ("list", "map"):
        return value.kind in ("list", "map") and not machine.is_null(value)
    return machine.choose(f"`{value.name}`")


def is_undefined(machine: Machine, value: Data) -> bool:
    """Return whether a value is undefined: an unknown one may be absent or null."""
    if not isinstance(value, UnknownData):
        return value is UNDEFINED
    return machine.is_null(value) and machine.choose(f"`{value.name}` is absent")


def number_text(value: float) -> str:
    """Return how JavaScript writes a number."""
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - NaN
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        return repr(value)
    return str(value)


def text_of(machine: Machine, value: Data, depth: int = 0) -> str | UnknownData:
    """Return how JavaScript converts a value to a string."""
    machine.step()
    if isinstance(value, UnknownData):
        if value.kind == "string" and not value.nullable:
            return value
        return named(machine, f"String({value.name})", "string", nullable=False)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or value is UNDEFINED:
        return "null" if value is None else str(value).lower()
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return _list_text(machine, value, depth)
    raise machine.lacks("a function as a text")


def _list_text(machine: Machine, value: list[Data], depth: int) -> str | UnknownData:
    if depth > _DEEPEST:
        raise Stopped(f"{machine.where} makes values that are nested too deeply")
    parts = ["" if item in (None, UNDEFINED) else item for item in value]
    texts = [text_of(machine, part, depth + 1) for part in parts]
    if all(isinstance(text, str) for text in texts):
        return machine.write(",".join(str(text) for text in texts))
    return named(machine, f"String({describe(value)})", "string", nullable=False)


def without_undefined(machine: Machine, value: Data, depth: int = 0) -> Data:
    """Return the value as JSON has it: undefined members left out, undefined items null."""
    machine.step()
    if depth > _DEEPEST:
        raise Stopped(f"{machine.where} makes values that are nested too deeply")
    if isinstance(value, list):
        return [without_undefined(machine, item, depth + 1) for item in value]
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not _is_left_out(item)}
        made = {key: without_undefined(machine, item, depth + 1) for key, item in kept.items()}
        if id(value) in machine.mixed:
            for name in machine.mixed[id(value)].names:
                machine.mix(made, name)
            machine.mixed[id(made)].certain |= machine.mixed[id(value)].certain
        return made
    return None if _is_left_out(value) else value


def _is_left_out(value: Data) -> bool:
    return value is UNDEFINED or isinstance(value, (Closure, Builtin))
