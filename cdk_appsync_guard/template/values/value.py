"""Resolved values: plain Python, or Text (a string with named holes), or Unknown.

After resolution a template value is None (absent), bool, int, float, str, list, dict, Text or
Unknown. Nothing else. ``None`` always means "absent in the template".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any, TypeAlias

__all__ = [
    "Hole",
    "Text",
    "Unknown",
    "Value",
    "concatenate",
    "display",
    "either",
    "unknown_of",
]

Value: TypeAlias = Any
"""None | bool | int | float | str | list[Value] | dict[str, Value] | Text | Unknown."""

_LONGEST = 1_000_000
_MOST_POSSIBILITIES = 64


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the input does not tell.

    ``reason`` completes "cannot be known: ..."; ``would_decide`` says what to give the tool, empty
    for the value itself; ``could_be`` lists the only possible values where that is known.
    ``made_of`` are attributes that the value is known to be made of.
    """

    reason: str
    would_decide: str = ""
    could_be: tuple[Value, ...] | None = None
    made_of: tuple[Value, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a string that is known by name only.

    ``kind`` is ``pseudo`` (name ``AWS::Region``), ``parameter`` (``Stage``), ``secret`` (a
    ``NoEcho`` parameter, never shown even when its value is given), ``attribute`` (``Api`` for
    Ref, ``Api.ApiId`` for GetAtt), ``import`` (the export's name) or ``dynamic`` (the text of a
    ``{{resolve:...}}``). ``stack`` is the id of the stack the name belongs to; it is empty for
    import and dynamic holes, and for the pseudo parameters that all stacks share (not
    ``AWS::StackName`` and ``AWS::StackId``). Equal holes stand for equal strings. ``service`` is
    the service whose resource an attribute belongs to, as in ``AWS::S3::Bucket``; it is empty where
    the attribute may hold anything: custom resources, nested stacks, stored parameters.
    """

    kind: str
    name: str
    stack: str = ""
    could_be: tuple[str, ...] | None = field(default=None, compare=False)
    service: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.name if self.kind == "dynamic" else "${" + self.name + "}"


@dataclass(frozen=True, slots=True)
class Text:
    """A string with at least one hole. Adjacent literals are joined, empty ones left out."""

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
        return tuple([part for part in self.parts if isinstance(part, Hole)])


def concatenate(pieces: Iterable[Value]) -> str | Text | Unknown:
    """Return the pieces as one string: a str if nothing is missing, else Text, else Unknown.

    Numbers and booleans are written as CloudFormation writes them. A list, a dict or an absent
    piece makes the whole Unknown, as does an Unknown piece (the first one's reason wins; what it
    could be becomes what the whole could be). So does a length over a million characters: nested
    templates can double a string at every level.
    """
    parts: list[str | Hole] = []
    literals: list[str] = []
    size = 0
    pieces = list(pieces)
    for piece in pieces:
        if isinstance(piece, str):
            literals.append(piece)
            size += len(piece)
        elif isinstance(piece, Text):
            size += _append(piece, parts, literals)
        elif isinstance(piece, (int, float)):
            literals.append(display(piece))
            size += len(literals[-1])
        elif isinstance(piece, Unknown):
            return _concatenate_possibilities(pieces, piece)
        else:
            return Unknown("a part of the string is not a string")
        if size > _LONGEST:
            return Unknown("the string is longer than a million characters")
    _close_literal(parts, literals)
    if not parts:
        return ""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return Text(tuple(parts))


def _append(text: Text, parts: list[str | Hole], literals: list[str]) -> int:
    """Append a text's parts, and return how long they are."""
    size = 0
    for part in text.parts:
        if isinstance(part, str):
            literals.append(part)
            size += len(part)
        else:
            _close_literal(parts, literals)
            parts.append(part)
            size += len(part.name)
    return size


def _close_literal(parts: list[str | Hole], literals: list[str]) -> None:
    if literals:
        literal = "".join(literals)
        literals.clear()
        if literal:
            parts.append(literal)


def _concatenate_possibilities(pieces: Sequence[Value], first: Unknown) -> Unknown:
    plain = Unknown(first.reason, first.would_decide)
    choices = [piece.could_be if isinstance(piece, Unknown) else (piece,) for piece in pieces]
    open_choices = [choice for choice in choices if choice is None or len(choice) != 1]
    if any(choice is None for choice in open_choices):
        return plain
    if prod(len(choice or ()) for choice in open_choices) > _MOST_POSSIBILITIES:
        return plain
    wholes = [concatenate(combination) for combination in product(*(c or () for c in choices))]
    if any(isinstance(whole, Unknown) for whole in wholes):
        return plain
    return either(wholes, plain)


def either(possibilities: Iterable[Value], why: Unknown) -> Unknown:
    """Return the Unknown that is one of the possibilities: *why* tells its reason.

    A possibility that is Unknown itself counts as all that it could be.
    """
    distinct: list[Value] = []
    for possibility in possibilities:
        could_be = possibility.could_be if isinstance(possibility, Unknown) else (possibility,)
        if could_be is None:
            return Unknown(why.reason, why.would_decide)
        distinct.extend(value for value in could_be if value not in distinct)
        if len(distinct) > _MOST_POSSIBILITIES:
            return Unknown(why.reason, why.would_decide)
    return Unknown(why.reason, why.would_decide, tuple(distinct) or None)


def display(value: Value) -> str:
    """Return how a message shows the value: ``true``, ``42``, ``arn:${AWS::Partition}:...``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Unknown):
        return "(unknown)"
    return str(value)


_ASK = {
    "parameter": ("parameter `{}` has no value", "--parameters {}=VALUE"),
    "import": (
        "the export `{}` belongs to a stack that is not in the input",
        "the stack that exports {}",
    ),
    "attribute": ("`{}` is only known after deployment", "nothing before deployment"),
    "dynamic": ("`{}` is looked up during deployment", "nothing before deployment"),
    "secret": ("the parameter `{}` is a secret (`NoEcho`)", "a parameter without NoEcho"),
}
_UNREAD_PREFIX = "NeedsPermission"  # what `pull` puts for what it could not read
_UNREAD = (
    "`{}` stands for what the pull could not read",
    "a new pull whose credentials have the permission that {} names",
)
_ASK_PSEUDO = {
    "AWS::Region": "--region",
    "AWS::AccountId": "--account",
}


def _is_unread(hole: Hole) -> bool:
    return hole.kind == "parameter" and hole.name.startswith(_UNREAD_PREFIX)


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
    reason, ask = _UNREAD if _is_unread(hole) else _ASK[hole.kind]
    return Unknown(reason.format(hole.name), ask.format(hole.name), could_be)
