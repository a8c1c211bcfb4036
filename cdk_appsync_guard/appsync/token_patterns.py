"""A regular expression of a provider, a text → whether it matches, whichever way AppSync reads it.

In: an expression as Java takes it. Out: for the whole text and for a part of it True or False; None
if the expression uses what is not read here. All ways to match are followed at once, as sets of
positions, so that no expression takes long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Match", "match"]

_LONGEST_TEXT = 2_000
_LONGEST_EXPRESSION = 2_000
_MOST_REPEATS = 100
_DEEPEST = 50

Positions: TypeAlias = "frozenset[int]"
# From the positions where a part may begin to those where it may end.
Part: TypeAlias = "Callable[[str, Positions], Positions]"
Test: TypeAlias = "Callable[[str], bool]"


@dataclass(frozen=True, slots=True)
class Match:
    """Whether the expression matches the whole text, and whether it matches a part of it."""

    whole: bool
    part: bool


def match(expression: str, text: str) -> Match | None:
    """Return how the expression matches, None if it cannot be told."""
    if len(text) > _LONGEST_TEXT or len(expression) > _LONGEST_EXPRESSION:
        return None
    try:
        part = _Reader(expression).read()
    except _NotReadError:
        return None
    whole = len(text) in part(text, frozenset({0}))
    return Match(whole, whole or bool(part(text, frozenset(range(len(text) + 1)))))


class _NotReadError(Exception):
    """The expression uses a construct that is not read."""


class _Reader:
    def __init__(self, expression: str) -> None:
        self._text = expression
        self._at = 0
        self._depth = 0

    def read(self) -> Part:
        part = self._alternatives()
        if self._at < len(self._text):
            raise _NotReadError
        return part

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        letter = self._peek()
        if not letter:
            raise _NotReadError
        self._at += 1
        return letter

    def _alternatives(self) -> Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotReadError
        branches = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        self._depth -= 1
        if len(branches) == 1:
            return branches[0]
        return lambda text, starts: frozenset().union(*(one(text, starts) for one in branches))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))

        def run(text: str, starts: Positions) -> Positions:
            for part in parts:
                starts = part(text, starts)
            return starts

        return run

    def _atom(self) -> Part:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter == "[":
            return _one(self._class())
        if letter == "\\":
            return _one(self._escape())
        if letter == "^":
            return lambda _, starts: starts & {0}
        if letter == "$":
            return lambda text, starts: starts & {len(text)}
        if letter == ".":
            return _one(lambda one: one != "\n")
        if letter in "*+?{":
            raise _NotReadError
        return _one(lambda one: one == letter)

    def _group(self) -> Part:
        if self._peek() == "?":
            self._take()
            if self._take() != ":":
                raise _NotReadError
        part = self._alternatives()
        if self._take() != ")":
            raise _NotReadError
        return part

    def _escape(self) -> Test:
        letter = self._take()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter.isalnum():
            raise _NotReadError
        return lambda one: one == letter

    def _class(self) -> Test:
        negated = self._peek() == "^"
        if negated:
            self._take()
        tests: list[Test] = []
        while (letter := self._take()) != "]":
            if letter in "[&^":
                raise _NotReadError
            tests.append(self._escape() if letter == "\\" else self._range(letter))
        if not tests:
            raise _NotReadError
        return lambda one: any(test(one) for test in tests) is not negated

    def _range(self, first: str) -> Test:
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return lambda one: one == first
        self._take()
        last = self._take()
        if last in "\\[" or last < first:
            raise _NotReadError
        return lambda one: first <= one <= last

    def _repeated(self, part: Part) -> Part:
        letter = self._peek()
        if letter not in ("*", "+", "?", "{"):
            return part
        self._take()
        least, most = self._bounds() if letter == "{" else _BOUNDS[letter]
        if self._peek() == "?":  # lazy: what matches is the same
            self._take()
        if self._peek() in ("+", "*", "{"):
            raise _NotReadError
        return _repeat(part, least, most)

    def _bounds(self) -> tuple[int, int | None]:
        end = self._text.find("}", self._at)
        least, comma, most = self._text[self._at : max(end, self._at)].partition(",")
        numbers = [one for one in (least, most) if one]
        if end < 0 or not least or not all(one.isdecimal() and len(one) < 4 for one in numbers):  # noqa: PLR2004
            raise _NotReadError
        self._at = end + 1
        low, high = int(least), int(most) if most else (None if comma else int(least))
        if max(low, high or 0) > _MOST_REPEATS:
            raise _NotReadError
        return low, high


def _one(test: Test) -> Part:
    return lambda text, starts: frozenset(
        at + 1 for at in starts if at < len(text) and test(text[at])
    )


def _repeat(part: Part, least: int, most: int | None) -> Part:
    def run(text: str, starts: Positions) -> Positions:
        for _ in range(least):
            starts = part(text, starts)
        reached = new = starts
        left = most - least if most is not None else len(text) + 1
        while new and left > 0:
            new = part(text, new) - reached
            reached |= new
            left -= 1
        return reached

    return run


_BOUNDS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_DIGITS = frozenset("0123456789")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") | _DIGITS
_SPACE = frozenset(" \t\n\x0b\f\r")
_CLASSES: dict[str, Test] = {
    "d": _DIGITS.__contains__,
    "w": _WORD.__contains__,
    "s": _SPACE.__contains__,
    "D": lambda one: one not in _DIGITS,
    "W": lambda one: one not in _WORD,
    "S": lambda one: one not in _SPACE,
}
