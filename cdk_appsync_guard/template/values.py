"""Resolved values: plain Python, or Text (a string with named holes), or Unknown.

After resolution a template value is None (absent), bool, int, float, str, list, dict, Text or
Unknown. Nothing else. ``None`` always means "absent in the template".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Hole", "Text", "Unknown", "Value", "concatenate", "display", "unknown_of"]

Value: TypeAlias = Any
"""None | bool | int | float | str | list[Value] | dict[str, Value] | Text | Unknown."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the input does not tell.

    ``reason`` completes "cannot be known: ..."; ``would_decide`` says what to give the tool;
    ``could_be`` lists the only possible values where that is known.
    """

    reason: str
    would_decide: str = ""
    could_be: tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a string that is known by name only.

    ``kind`` is ``pseudo`` (name ``AWS::Region``), ``parameter`` (``Stage``), ``attribute``
    (``Api`` for Ref, ``Api.ApiId`` for GetAtt), ``import`` (the export's name) or ``dynamic``
    (the text of a ``{{resolve:...}}``). ``stack`` is the id of the stack the name belongs to, and
    is empty for pseudo, import and dynamic holes. Equal holes stand for equal strings.
    """

    kind: str
    name: str
    stack: str = ""
    could_be: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return "${" + self.name + "}"


@dataclass(frozen=True, slots=True)
class Text:
    """A string with at least one hole. Adjacent literal parts are joined; empty ones are left out."""

    parts: tuple[str | Hole, ...]

    def __str__(self) -> str:
        """Return the text as ``Fn::Sub`` would write it: ``arn:${AWS::Partition}:...``."""
        return "".join(str(part) for part in self.parts)

    @property
    def hole(self) -> Hole | None:
        """The hole, if the text is nothing but one hole."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Hole) else None

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))


def concatenate(pieces: Iterable[Value]) -> str | Text | Unknown:
    """Return the pieces as one string: a str if nothing is missing, else Text, else Unknown.

    Numbers and booleans are written as CloudFormation writes them. A list, a dict or an absent
    piece makes the whole Unknown, as does an Unknown piece (the first one's reason wins).
    """
    parts: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, Unknown):
            return piece
        if isinstance(piece, Text):
            fresh: tuple[str | Hole, ...] = piece.parts
        elif isinstance(piece, (str, int, float)):
            fresh = (display(piece),)
        else:
            return Unknown("a part of the string is not a string")
        for part in fresh:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    if not parts:
        return ""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return Text(tuple(parts))


def display(value: Value) -> str:
    """Return how a message shows the value: ``true``, ``42``, ``arn:${AWS::Partition}:...``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Unknown):
        return "(unknown)"
    return str(value)


_ASK = {
    "parameter": ("parameter `{}` has no value", "--parameters {}=VALUE"),
    "import": ("the export `{}` belongs to a stack that was not given", "the stack that exports {}"),
    "attribute": ("`{}` is only known after deployment", "nothing before deployment"),
    "dynamic": ("`{}` is looked up during deployment", "nothing before deployment"),
}
_ASK_PSEUDO = {
    "AWS::Region": "--region",
    "AWS::AccountId": "--account",
}


def unknown_of(value: Value) -> Unknown | None:
    """Return why the value is not plainly known, or None if it is (containers are not entered)."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, Text):
        return None
    hole = value.holes[0]
    could_be = hole.could_be if value.hole else None
    if hole.kind == "pseudo":
        ask = _ASK_PSEUDO.get(hole.name, "nothing before deployment")
        return Unknown(f"`{hole.name}` is only known at deployment", ask, could_be)
    reason, ask = _ASK[hole.kind]
    return Unknown(reason.format(hole.name), ask.format(hole.name), could_be)
