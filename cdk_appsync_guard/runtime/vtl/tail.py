"""The end of a request template that only fills in what a data source is asked for.

In: the body of a template. Out: the node from which on nothing can end the field, change what is
asked (the operation, its condition or filter, the version), or change on some ways only what other
code reads. What is left open there decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.runtime.util.ends import EFFECTS
from cdk_appsync_guard.runtime.util.table import is_member
from cdk_appsync_guard.runtime.vtl.java import is_method
from cdk_appsync_guard.runtime.vtl.nodes import (
    Body,
    Call,
    Directive,
    Foreach,
    If,
    Index,
    ListOf,
    Literal,
    MapOf,
    Reference,
    Return,
    SetTo,
    Stop,
    Text,
    inside,
)

__all__ = ["tail_of"]

_ASKS = ("operation", "version", "condition", "filter")
_UTIL = ("util", "utils")
_ENDS = frozenset({*EFFECTS, "appendError"})
_CHANGES = frozenset(
    {"put", "putAll", "add", "addAll", "remove", "removeAll", "clear", "set", "replace"}
)
_PASSES_ON = ("defaultIfNull", "map.", "list.")


def tail_of(body: Body) -> int:
    """Return the index of the first node of the tail; the length of the body if there is none."""
    shared = _shared(body)
    index = len(body)
    while index and _is_plain(body[index - 1], shared):
        index -= 1
    return index


@dataclass(frozen=True, slots=True)
class _Shared:
    """Variables that may be a part of the context, which other code reads, or hold one inside."""

    parts: set[str]
    holders: set[str]

    def changes(self, node: Reference) -> bool:
        """Return whether a call in a reference may change a part of the context."""
        calls = [isinstance(part, Call) and part.name in _CHANGES for part in node.parts]
        if not any(calls):
            return False
        return node.name in self.parts or (node.name in self.holders and any(calls[1:]))

    def sets(self, target: Reference) -> bool:
        """Return whether `#set` of a member may change a part of the context."""
        deep = len(target.parts) > 1
        return bool(target.parts) and (
            target.name in self.parts or (deep and target.name in self.holders)
        )


def _shared(body: Body) -> _Shared:
    found = _Shared({"ctx", "context"}, set())
    size = 0
    while size != len(found.parts) + len(found.holders):
        size = len(found.parts) + len(found.holders)
        for node in inside(body):
            if isinstance(node, SetTo):
                _note(found, node.target.name, node.value, held=bool(node.target.parts))
            elif isinstance(node, Foreach):
                _note(found, node.name, node.items, held=False)
            elif isinstance(node, Reference) and node.name not in _UTIL:
                for part in node.parts:
                    if isinstance(part, Call) and part.name in _CHANGES:
                        _note(found, node.name, part.arguments, held=True)
    return found


def _note(found: _Shared, name: str, value: object, *, held: bool) -> None:
    """Note what a variable may be, or hold, once it is given a value."""
    made = held or isinstance(value, (MapOf, ListOf))
    for one in _given(value):
        is_part = one.name in found.parts or (one.name in found.holders and one.parts)
        if is_part and not made:
            found.parts.add(name)
        elif is_part or one.name in found.holders:
            found.holders.add(name)


def _given(value: object) -> list[Reference]:
    """Return the references that a value may be, or hold; texts and sums are new values."""
    found: list[Reference] = []
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending += one
        elif isinstance(one, MapOf):
            pending += [member for _, member in one.entries]
        elif isinstance(one, ListOf):
            pending += one.items
        elif isinstance(one, Reference) and one.name not in _UTIL:
            found.append(one)
        elif isinstance(one, Reference) and _util_name(one).startswith(_PASSES_ON):
            pending += [part.arguments for part in one.parts if isinstance(part, Call)]
    return found


def _is_plain(node: object, shared: _Shared) -> bool:
    nested = isinstance(node, (If, Foreach))
    return not any(
        _matters(one) or (nested and _matters_inside(one, shared)) for one in inside(node)
    )


def _matters(node: object) -> bool:
    if isinstance(node, (Return, Stop, Directive)):
        return True
    return isinstance(node, Reference) and not _is_harmless(node)


def _matters_inside(node: object, shared: _Shared) -> bool:
    """Return whether it matters if the node runs."""
    if isinstance(node, Text):
        return any(word in node.text for word in _ASKS)
    if isinstance(node, Literal):
        return node.value in _ASKS
    if isinstance(node, SetTo):
        names = {part.name for part in node.target.parts if not isinstance(part, Index)}
        return shared.sets(node.target) or not names.isdisjoint(_ASKS)
    return isinstance(node, Reference) and shared.changes(node)


def _is_harmless(node: Reference) -> bool:
    """Return whether a reference ends nothing, and has no name that is not known."""
    if node.name == "extensions":
        return False
    if node.name not in _UTIL:
        return all(is_method(part.name) for part in node.parts if isinstance(part, Call))
    name = _util_name(node)
    return is_member(name) and name not in _ENDS


def _util_name(node: Reference) -> str:
    names: list[str] = []
    for part in node.parts:
        if isinstance(part, Index):
            return ""
        names.append(part.name)
        if isinstance(part, Call):
            break
    return ".".join(names)
