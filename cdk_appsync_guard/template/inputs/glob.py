"""Globs → which paths they mean: ``*``, ``?``, ``[a-z]``, ``{a,b}``, and ``**`` for any folders.

A pattern is run as an automaton: all of its positions at once, so that no pattern makes a path cost
more than its length times the pattern's. As in shells, a name with a dot in front is meant only by
a pattern that writes the dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

__all__ = ["WILDCARDS", "Glob"]

WILDCARDS = "*?[{"
"""The characters that make a glob of a path."""

_PIECE = re.compile(r"\*\*/|\*+|\?|\{[^{}]*\}|\[[^\]/]{1,100}\]|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Step:
    """Takes one character and leads to another position; or leads there without one."""

    to: int
    takes: str = ""  # a character, or the kind of characters: any, name, class
    among: tuple[tuple[str, str], ...] = ()  # the ranges of a class
    negated: bool = False
    begins: bool = False  # a name of the pattern

    def holds(self, character: str, *, starts_name: bool) -> bool:
        if len(self.takes) == 1:
            hidden = starts_name and character == "." and not self.begins
            return character == self.takes and not hidden
        if self.takes == "any":
            return not (starts_name and character == ".")
        if character == "/" or (starts_name and character == "."):
            return False
        found = any(first <= character <= last for first, last in self.among)
        return self.takes == "name" or found != self.negated


class Glob:
    """A pattern with ``/`` between its names."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def matches(self, path: str) -> bool:
        """Tell whether the pattern means the path."""
        positions = self._without_character({0})
        before = "/"
        for character in path:
            starts_name = before == "/"
            positions = self._without_character(
                step.to
                for position in positions
                for step in self._steps[position]
                if step.takes and step.holds(character, starts_name=starts_name)
            )
            before = character
        return len(self._steps) - 1 in positions

    def _without_character(self, positions: Iterable[int]) -> set[int]:
        reached: set[int] = set()
        waiting = list(positions)
        while waiting:
            position = waiting.pop()
            if position not in reached:
                reached.add(position)
                waiting += [step.to for step in self._steps[position] if not step.takes]
        return reached

    @cached_property
    def _steps(self) -> list[list[_Step]]:
        """The steps from each position; the last position is the end."""
        steps: list[list[_Step]] = [[]]
        before = "/"
        for piece in _PIECE.findall(self.pattern):
            _add(piece, steps, begins=before.endswith("/"))
            before = piece
        return steps


def _add(piece: str, steps: list[list[_Step]], *, begins: bool) -> None:
    here = len(steps) - 1
    if piece == "**/":
        # Any names, each with its slash: from here on, or from behind a slash.
        steps += [[], []]
        steps[here] += [_Step(here + 1), _Step(here + 2)]
        steps[here + 1] += [_Step(here + 1, "name"), _Step(here, "/")]
    elif piece.startswith("*"):
        steps.append([])
        steps[here] += [_Step(here, "any" if len(piece) > 1 else "name"), _Step(here + 1)]
    elif piece.startswith("{") and len(piece) > 1:
        _add_alternatives(piece[1:-1].split(","), steps, begins=begins)
    else:
        steps.append([])
        steps[here].append(_one_character(piece, here + 1, begins=begins))


def _add_alternatives(words: list[str], steps: list[list[_Step]], *, begins: bool) -> None:
    here = len(steps) - 1
    ends: list[int] = []
    for word in words:
        at = here
        for character in word:
            steps.append([])
            first = begins and at == here
            steps[at].append(_Step(len(steps) - 1, character, begins=first))
            at = len(steps) - 1
        ends.append(at)
    steps.append([])
    for end in ends:
        steps[end].append(_Step(len(steps) - 1))


def _one_character(piece: str, to: int, *, begins: bool) -> _Step:
    if piece == "?":
        return _Step(to, "name")
    if len(piece) == 1:
        return _Step(to, piece, begins=begins)
    inner = piece[1:-1]
    negated = inner.startswith("!") and len(inner) > 1
    return _Step(to, "class", _ranges(inner[negated:]), negated)


def _ranges(inner: str) -> tuple[tuple[str, str], ...]:
    ranges: list[tuple[str, str]] = []
    at = 0
    while at < len(inner):
        is_range = inner[at + 1 : at + 2] == "-" and at + 2 < len(inner)
        ranges.append((inner[at], inner[at + 2] if is_range else inner[at]))
        at += 3 if is_range else 1
    return tuple(ranges)
