"""Variables of a template that what is still to run can read.

In: bodies, and how far they have run. Out: names. A variable that is not among them may have any
value: two runs that differ in it alone go on alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cdk_appsync_guard.runtime.vtl.nodes import (
    Binary,
    Body,
    Break,
    Call,
    Expression,
    Foreach,
    If,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Node,
    Not,
    Reference,
    Return,
    SetTo,
    Stop,
    inside,
)

__all__ = ["Frame", "Liveness", "Names"]

Names: TypeAlias = "frozenset[str]"
_NONE: Names = frozenset()
_DEFAULTS = ("defaultIfNull", "defaultIfNullOrEmpty", "defaultIfNullOrBlank")


@dataclass(slots=True)
class Frame:
    """A body that runs: which node of it, and the loop that it is the body of."""

    body: Body
    index: int = 0
    loop: Foreach | None = None
    held: list[object] = field(default_factory=list)
    """What the loop itself holds: the items to come, the variables to restore."""


class Liveness:
    """What is live where, for the bodies of one template."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, Names, Names], Names] = {}
        self._reads: dict[int, Names] = {}

    def after(self, frames: Sequence[Frame], rest: Body = ()) -> Names:
        """Return what may be read after the node that the innermost frame is at.

        *rest* are nodes that run after the outermost frame.
        """
        left = _NONE
        live = self._from(rest, 0, _NONE, _NONE)
        for frame in frames:
            if frame.loop is not None:
                left = live
                live = self._of_loop(frame.loop, live)
            live = self._from(frame.body, frame.index + 1, live, left)
        return live

    def _from(self, body: Body, index: int, live: Names, left: Names) -> Names:
        """Return what is live before a node; *left* is what is where a loop is left."""
        key = (id(body), index, live, left)
        if key not in self._known:
            for node in reversed(body[index:]):
                live = self._before(node, live, left)
            self._known[key] = live
        return self._known[key]

    def _before(self, node: Node, live: Names, left: Names) -> Names:
        if isinstance(node, Reference):
            return live | self._read(node)
        if isinstance(node, SetTo):
            return self._before_set(node, live)
        if isinstance(node, If):
            inside = [self._from(body, 0, live, left) for _, body, _ in node.branches]
            inside.append(self._from(node.otherwise, 0, live, left))
            return _NONE.union(*inside, *(self._read(one) for one, _, _ in node.branches))
        if isinstance(node, Foreach):
            return self._of_loop(node, live) | self._read(node.items)
        if isinstance(node, Return):
            return _NONE if node.value is None else self._read(node.value)
        if isinstance(node, Break):
            return left
        return _NONE if isinstance(node, Stop) else live

    def _before_set(self, node: SetTo, live: Names) -> Names:
        if node.target.parts:
            return live | self._read(node.target) | self._read(node.value)
        if _is_never_null(node.value):
            live -= {node.target.name}
        return live | self._read(node.value)

    def _of_loop(self, loop: Foreach, live: Names) -> Names:
        """Return what is live between two rounds, or before the first."""
        inside = live
        while True:
            once_more = live | self._from(loop.body, 0, inside, live)
            if once_more <= inside:
                return inside
            inside |= once_more

    def _read(self, node: Expression) -> Names:
        if id(node) not in self._reads:
            self._reads[id(node)] = frozenset(_names(node))
        return self._reads[id(node)]


def _is_never_null(value: Expression) -> bool:
    """Return whether `#set` surely gives its variable another value: null may leave the old one."""
    if isinstance(value, Literal):
        return value.value is not None
    if isinstance(value, Reference) and len(value.parts) == 1 and value.name in ("util", "utils"):
        call = value.parts[0]
        return (
            isinstance(call, Call)
            and call.name in _DEFAULTS
            and len(call.arguments) == len(("value", "other"))
            and _is_never_null(call.arguments[1])
        )
    return isinstance(value, (ListOf, MapOf, Not, Interpolated)) or (
        isinstance(value, Binary) and value.operator in ("&&", "||", "==", "!=", "<", ">")
    )


def _names(node: Expression | Node) -> Iterable[str]:
    """Yield the variables that a node reads, those of nodes inside included."""
    return (one.name for one in inside(node) if isinstance(one, Reference))
