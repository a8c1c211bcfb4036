"""An Outline → the answers that its handler can give.

In: an outline and the handler's name. Out: Answers. A member may have several values, one a branch;
what a run alone would tell is OPEN. Calls of the module's own functions are followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.authorizer_code.outline import (
    OPEN,
    Call,
    Choice,
    Constant,
    Expression,
    Function,
    Items,
    Members,
    Outline,
    Reference,
    Unread,
)

__all__ = ["Answer", "Answers", "find_answers"]

_DEEPEST = 8
_MOST = 200
_MOST_OPTIONS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One object that the handler may return: the possible values of each of its members.

    ``open`` says that it may have more members; ``line`` is where it is made.
    """

    members: dict[str, tuple[Any, ...]]
    open: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """All that a handler may do. ``unread`` is why it may return something else, else ""."""

    found: tuple[Answer, ...] = ()
    throws: bool = False
    unread: str = ""
    unread_line: int = 1
    others: tuple[Any, ...] = field(default=())  # what it returns that is not an object


def find_answers(outline: Outline, handler: str) -> Answers:
    """Return what the handler may return."""
    exported = outline.exports.get(handler)
    name = exported.name if isinstance(exported, Reference) else handler
    function = outline.functions.get(name)
    if function is None:
        return Answers(unread=f"its handler `{handler}` is not a function of the file")
    finder = _Finder(outline)
    for value, line in function.returns:
        finder.take(value, function, line, 0)
    if not function.returns:
        finder.others.append(None)
    return Answers(
        tuple(finder.found),
        function.throws,
        finder.unread,
        finder.unread_line,
        tuple(finder.others),
    )


class _Finder:
    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self.found: list[Answer] = []
        self.others: list[Any] = []
        self.unread = ""
        self.unread_line = 1

    def take(self, value: Expression, function: Function, line: int, depth: int) -> None:
        """Note what a returned expression may be."""
        if depth > _DEEPEST or len(self.found) > _MOST:
            self._give_up(f"what it returns in line {line} is too complex to follow", line)
            return
        if isinstance(value, Choice):
            for option in value.options:
                self.take(option, function, line, depth + 1)
        elif isinstance(value, Members):
            self.found.append(self._answer(value, (), function, value.line or line))
        elif isinstance(value, Reference):
            self._take_variable(value.name, function, line, depth)
        elif isinstance(value, Call) and value.name in self._outline.functions:
            called = self._outline.functions[value.name]
            for returned, at in called.returns:
                self.take(returned, called, at, depth + 1)
        elif isinstance(value, Constant) and value.value is not OPEN:
            self.others.append(value.value)
        else:
            called_name = value.name if isinstance(value, Call) else ""
            called_name = value.text if isinstance(value, Unread) else called_name
            how = f"`{called_name}()`" if called_name else "a computed value"
            self._give_up(f"it returns {how} in line {line}", line)

    def _give_up(self, why: str, line: int) -> None:
        if not self.unread:
            self.unread, self.unread_line = why, line

    def _take_variable(self, name: str, function: Function, line: int, depth: int) -> None:
        values = self._assigned(name, function)
        if not values:
            self._give_up(f"it returns `{name}` in line {line}", line)
        members = tuple(function.members.get(name, ()))
        if name in self._outline.passed:  # anyone who gets it may change it
            members = (*members, (None, Constant(OPEN)))
        for value in values:
            if isinstance(value, Members):
                self.found.append(self._answer(value, members, function, value.line or line))
            else:
                self.take(value, function, line, depth + 1)

    def _assigned(self, name: str, function: Function) -> list[Expression]:
        return function.assigned.get(name) or self._outline.module.assigned.get(name, [])

    def _answer(
        self,
        value: Members,
        more: tuple[tuple[str | None, Expression], ...],
        function: Function,
        line: int,
    ) -> Answer:
        members: dict[str, list[Any]] = {}
        is_open = False
        for key, one in (*value.pairs, *more):
            if key is None:
                is_open = True
                continue
            values = members.setdefault(key, [])
            values += [option for option in self._values(one, function, 0) if option not in values]
        return Answer({key: tuple(options) for key, options in members.items()}, is_open, line)

    def _values(self, value: Expression, function: Function, depth: int) -> Iterator[Any]:
        """Yield the values that an expression may have, as plain data with OPEN in it."""
        if depth > _DEEPEST:
            yield OPEN
        elif isinstance(value, Constant):
            yield value.value
        elif isinstance(value, Choice):
            for option in value.options[:_MOST_OPTIONS]:
                yield from self._values(option, function, depth + 1)
        elif isinstance(value, Items):
            yield [next(self._values(one, function, depth + 1), OPEN) for one in value.items]
        elif isinstance(value, Members):
            yield {
                key or "": next(self._values(one, function, depth + 1), OPEN)
                for key, one in value.pairs
            }
        elif isinstance(value, Reference):
            values = self._assigned(value.name, function)
            changed = function.members.get(value.name)
            if not values or changed:
                yield OPEN
            for one in values[:_MOST_OPTIONS]:
                yield from self._values(one, function, depth + 1)
        else:
            yield OPEN
