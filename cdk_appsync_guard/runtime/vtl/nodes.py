"""The syntax tree of a mapping template.

Lines count from 1 in the template. ``source`` is what Velocity prints for a reference that is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "Binary",
    "Body",
    "Break",
    "Call",
    "Directive",
    "Expression",
    "Foreach",
    "If",
    "Index",
    "Interpolated",
    "ListOf",
    "Literal",
    "MapOf",
    "Member",
    "Node",
    "Not",
    "Range",
    "Reference",
    "Return",
    "SetTo",
    "Stop",
    "Text",
    "inside",
    "is_identity",
    "name_of",
]


@dataclass(frozen=True, slots=True)
class Text:
    """What is put out as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A string without references, a number, true, false or null."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A string in double quotes: a template of its own."""

    body: Body


@dataclass(frozen=True, slots=True)
class ListOf:
    """``[1, $x]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """``[1..$n]``."""

    first: Expression
    last: Expression


@dataclass(frozen=True, slots=True)
class MapOf:
    """``{"a": $x}``."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """``.name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """``.name(arguments)``."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """``["name"]`` or ``[0]``."""

    key: Expression


@dataclass(frozen=True, slots=True)
class Reference:
    """``$name`` and the members, calls and indexes that follow."""

    name: str
    parts: tuple[Member | Call | Index, ...]
    quiet: bool
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Not:
    """``!x``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``; the operator is written as a sign."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class SetTo:
    """``#set($target = value)``."""

    target: Reference
    value: Expression
    line: int


@dataclass(frozen=True, slots=True)
class If:
    """``#if``, ``#elseif`` with their lines, ``#else``."""

    branches: tuple[tuple[Expression, Body, int], ...]
    otherwise: Body


@dataclass(frozen=True, slots=True)
class Foreach:
    """``#foreach($name in items)``."""

    name: str
    items: Expression
    body: Body
    line: int


@dataclass(frozen=True, slots=True)
class Break:
    """``#break``."""

    line: int


@dataclass(frozen=True, slots=True)
class Stop:
    """``#stop``."""

    line: int


@dataclass(frozen=True, slots=True)
class Return:
    """``#return`` or ``#return(value)``."""

    value: Expression | None
    line: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive that AppSync does not have, or that is not known to be there."""

    name: str
    line: int


Expression: TypeAlias = "Literal | Interpolated | ListOf | Range | MapOf | Reference | Not | Binary"
Node: TypeAlias = "Text | Reference | SetTo | If | Foreach | Break | Stop | Return | Directive"
Body: TypeAlias = "tuple[Node, ...]"


def inside(node: object) -> Iterator[object]:
    """Yield a node and all that it is made of: nodes, expressions, parts of references."""
    pending: list[object] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending += one
            continue
        yield one
        pending += _parts(one)


def _parts(node: object) -> tuple[object, ...]:
    if isinstance(node, Reference):
        return node.parts
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, SetTo):
        return (node.target, node.value)
    if isinstance(node, If):
        return (*((condition, body) for condition, body, _ in node.branches), node.otherwise)
    if isinstance(node, Foreach):
        return (node.items, node.body)
    return _simple_parts(node)


def _simple_parts(node: object) -> tuple[object, ...]:
    if isinstance(node, Index):
        return (node.key,)
    if isinstance(node, Not):
        return (node.operand,)
    if isinstance(node, ListOf):
        return node.items
    if isinstance(node, MapOf):
        return node.entries
    if isinstance(node, Range):
        return (node.first, node.last)
    if isinstance(node, Interpolated):
        return node.body
    if isinstance(node, Return) and node.value is not None:
        return (node.value,)
    return ()


def name_of(part: Member | Call | Index) -> str:
    """Return the member that a part of a reference reads: ``sub`` of ``.get("sub")``."""
    key = part.key if isinstance(part, Index) else None
    if isinstance(part, Call) and part.name == "get" and part.arguments:
        key = part.arguments[0]
    if key is not None:
        return str(key.value) if isinstance(key, Literal) else "?"
    return part.name if isinstance(part, (Member, Call)) else "?"


def is_identity(node: Expression, *, alone: bool = False) -> bool:
    """Return whether an expression begins with ``$ctx.identity``, or is only that."""
    if not isinstance(node, Reference) or node.name not in ("ctx", "context"):
        return False
    if not node.parts or name_of(node.parts[0]) != "identity":
        return False
    return not alone or len(node.parts) == 1
