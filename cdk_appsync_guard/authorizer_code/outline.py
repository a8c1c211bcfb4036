"""What is left of a program for one question: which values can a function return.

In: nothing. Out: plain types that both languages are read into. Conditions are left out: each
branch counts as one that may be taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = [
    "OPEN",
    "Call",
    "Choice",
    "Constant",
    "Expression",
    "Function",
    "Items",
    "Members",
    "Outline",
    "Reference",
    "Unread",
]

OPEN: Any = object()
"""A value that is known only at run time."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or OPEN."""

    value: Any


@dataclass(frozen=True, slots=True)
class Members:
    """An object; a key of None stands for members that are not known."""

    pairs: tuple[tuple[str | None, Expression], ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function by its name; named arguments are those of Python."""

    name: str
    arguments: tuple[Expression, ...] = ()
    named: tuple[tuple[str | None, Expression], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that is computed in a way that is not read; the text says how."""

    text: str


Expression: TypeAlias = "Constant | Members | Items | Reference | Call | Choice | Unread"


@dataclass(slots=True)
class Function:
    """What a function returns, and what it assigns: to a variable, or to a member of one."""

    returns: list[tuple[Expression, int]] = field(default_factory=list)
    assigned: dict[str, list[Expression]] = field(default_factory=dict)
    members: dict[str, list[tuple[str | None, Expression]]] = field(default_factory=dict)
    throws: bool = False


@dataclass(slots=True)
class Outline:
    """A module. ``mentions`` are the names of members that it reads, but for what it logs.

    ``texts`` are its literal texts in small letters. ``calls`` are the functions that it calls,
    ``passed`` the variables that others may change. ``verifies_raw_token`` is the line where a
    token is decoded as it arrives.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    module: Function = field(default_factory=Function)
    exports: dict[str, Expression] = field(default_factory=dict)
    mentions: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    verifies_raw_token: int = 0
