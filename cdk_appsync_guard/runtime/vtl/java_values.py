"""How Java prints values of a template, and what it calls their kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cdk_appsync_guard.runtime.data import describe, equal, is_scalar
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["COMMON", "Method", "Pieces", "check_index", "kind_of", "plain_text", "text_of"]

Pieces: TypeAlias = "list[str | UnknownData]"
"""A text with unknown parts."""

Method: TypeAlias = "tuple[tuple[int, ...], Callable[..., Data]]"
"""How many arguments a method takes, and what it does."""

_DEEPEST = 30


def text_of(machine: Machine, value: Data, depth: int = 0) -> Pieces:
    """Return how a value prints: as Java's toString does."""
    machine.step()
    if depth > _DEEPEST:
        raise Stopped(f"{machine.where} prints a value that is too deep")
    if isinstance(value, UnknownData):
        return [value]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if is_scalar(value):
        return [machine.write("null" if value is None else str(value))]
    if isinstance(value, list):
        parts = [text_of(machine, item, depth + 1) for item in value]
        return _joined("[", parts, "]")
    if isinstance(value, dict):
        parts = [[f"{key}=", *text_of(machine, item, depth + 1)] for key, item in value.items()]
        return _joined("{", parts, "}")
    raise machine.lacks("a value that cannot be printed")


def _joined(start: str, parts: list[Pieces], end: str) -> Pieces:
    out: Pieces = [start]
    for number, part in enumerate(parts):
        out += [", ", *part] if number else part
    return [*out, end]


def kind_of(value: Data) -> str:
    """Return what a message calls the value's type."""
    if isinstance(value, UnknownData):
        return value.kind or "value"
    for kind, name in ((dict, "map"), (list, "list"), (str, "string"), (bool, "boolean")):
        if isinstance(value, kind):
            return name
    return "number" if isinstance(value, (int, float)) else "value"


def plain_text(machine: Machine, value: Data) -> str:
    """Return how a known value prints."""
    return "".join(str(piece) for piece in text_of(machine, value))


def check_index(machine: Machine, index: Data, size: int) -> None:
    """Stop where Java throws: at an index beyond the end."""
    known = isinstance(index, int) and not isinstance(index, bool)
    if not known or not 0 <= index < size:
        raise machine.lacks("an index that is unknown or beyond the end of a list")


def _equals(machine: Machine, value: Data, other: Data) -> bool:
    return equal(machine, value, other)


def _to_string(machine: Machine, value: Data) -> Data:
    pieces = text_of(machine, value)
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(str(piece) for piece in pieces)
    return named(machine, f"{describe(value)}.toString()", "string", nullable=False)


COMMON: dict[str, Method] = {
    "equals": ((1,), _equals),
    "toString": ((0,), _to_string),
}
