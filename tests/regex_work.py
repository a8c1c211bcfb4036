"""How much work a regular expression does on a text, counted in characters looked at.

A backtracking automaton that does what Python's own does, without its shortcuts: so what is counted
is at least what it takes, and the same on every machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

LONGEST_COUNT = 6
"""Counted repeats are bounded already: longer ones are shortened, and do not look like a loop."""


MOST = 200_000


class TooMuchError(Exception):
    """The work is out of all proportion."""


@dataclass(slots=True)
class Step:
    kind: str  # char, split, jump, at, look, mark, moved, end
    test: Callable[[str, int], bool] | None = None
    to: tuple[int, ...] = ()
    inner: list[Step] | None = None
    positive: bool = True
    back: int = 0


class Work:
    """One pattern's automaton, and a count."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.steps: list[Step] = []
        self.count = self.moves = 0
        self._add(parser.parse(pattern, flags & ~re.DEBUG), flags, self.steps)
        self.steps.append(Step("end"))

    def find_all(self, text: str, *, anchored: bool = False) -> int:
        """Return the work of finding all matches, or of matching at the beginning alone."""
        self.count, self.moves, at = 0, 0, 0
        while at <= len(text):
            starts = (0,) if anchored else range(at, len(text) + 1)
            end = next(
                (end for s in starts if (end := self._run(self.steps, text, s)) is not None), None
            )
            if end is None or anchored:
                break
            at = max(end, at + 1)
        return self.count

    def _run(self, steps: list[Step], text: str, start: int) -> int | None:  # noqa: C901, PLR0912 - one loop
        waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, start, ())]
        while waiting:
            here, at, marks = waiting.pop()
            while True:
                step = steps[here]
                self.count += step.kind in ("char", "at")
                self.moves += 1
                if self.moves > MOST:
                    raise TooMuchError
                if step.kind == "end":
                    return at
                if step.kind == "char":
                    if at >= len(text) or not step.test or not step.test(text[at], 0):
                        break
                    here, at = here + 1, at + 1
                elif step.kind == "split":
                    waiting.append((step.to[1], at, marks))
                    here = step.to[0]
                elif step.kind == "jump":
                    here = step.to[0]
                elif step.kind == "mark":
                    here, marks = here + 1, (*marks, at)
                elif step.kind == "moved":
                    if marks[-1] == at:
                        break
                    here, marks = here + 1, marks[:-1]
                elif step.kind == "at":
                    if step.test is None or not step.test(text, at):
                        break
                    here += 1
                else:
                    from_ = at - step.back
                    found = from_ >= 0 and self._run(step.inner or [], text, from_) is not None
                    if found != step.positive:
                        break
                    here += 1
        return None

    def _add(self, tree: Iterable[Any], flags: int, steps: list[Step]) -> None:
        for op, value in tree:
            name = str(op)
            if name == "SUBPATTERN":
                self._add(value[3], (flags | value[1]) & ~value[2], steps)
            elif name == "BRANCH":
                self._branch(value[1], flags, steps)
            elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                least, most, repeated = value
                self._repeat(least, most, repeated, flags, steps, greedy=name != "MIN_REPEAT")
            elif name in ("ASSERT", "ASSERT_NOT"):
                inner: list[Step] = []
                self._add(value[1], flags, inner)
                inner.append(Step("end"))
                back = value[1].getwidth()[0] if value[0] < 0 else 0
                steps.append(Step("look", inner=inner, positive=name == "ASSERT", back=back))
            elif name == "AT":
                steps.append(Step("at", test=_place(str(value), flags)))
            else:
                steps.append(Step("char", test=_character(name, value, flags)))

    def _branch(self, branches: Sequence[Any], flags: int, steps: list[Step]) -> None:
        jumps: list[Step] = []
        for number, branch in enumerate(branches):
            split = Step("split")
            if number < len(branches) - 1:
                steps.append(split)
                split.to = (len(steps), 0)
            self._add(branch, flags, steps)
            jumps.append(Step("jump"))
            steps.append(jumps[-1])
            split.to = (split.to[0], len(steps)) if split.to else ()
        for jump in jumps:
            jump.to = (len(steps),)

    def _repeat(
        self, least: int, most: Any, tree: Any, flags: int, steps: list[Step], *, greedy: bool
    ) -> None:
        for _ in range(min(least, LONGEST_COUNT)):
            self._add(tree, flags, steps)
        if most == parser.MAXREPEAT:
            start = len(steps)
            split = Step("split")
            steps += [split, Step("mark")]
            self._add(tree, flags, steps)
            steps += [Step("moved"), Step("jump", to=(start,))]
            split.to = (start + 1, len(steps)) if greedy else (len(steps), start + 1)
            return
        splits: list[Step] = []
        for _ in range(min(most, LONGEST_COUNT) - min(least, LONGEST_COUNT)):
            splits.append(Step("split", to=(len(steps) + 1,)))
            steps.append(splits[-1])
            self._add(tree, flags, steps)
        for split in splits:
            split.to = (split.to[0], len(steps)) if greedy else (len(steps), split.to[0])


def _character(name: str, value: Any, flags: int) -> Callable[[str, int], bool]:
    if name == "ANY":
        return lambda c, _: bool(flags & re.DOTALL) or c != "\n"
    tests = value if name == "IN" else [(name, value)]

    def holds(character: str, _: int) -> bool:
        negated = False
        for op, what in tests:
            kind = str(op)
            if kind == "NEGATE":
                negated = True
            elif _is_one(kind, what, character, flags):
                return not negated
        return negated

    return holds


def _is_one(kind: str, what: Any, character: str, flags: int) -> bool:
    options = (
        {character, character.lower(), character.upper()} if flags & re.IGNORECASE else {character}
    )
    if kind == "LITERAL":
        return chr(what) in options
    if kind == "NOT_LITERAL":
        return chr(what) not in options
    if kind == "RANGE":
        return any(what[0] <= ord(one) <= what[1] for one in options if len(one) == 1)
    if kind == "CATEGORY":
        name = str(what).removeprefix("CATEGORY_").lower().removeprefix("uni_")
        negated = name.startswith("not_")
        found = {
            "digit": character.isdigit(),
            "space": character.isspace(),
            "word": character.isalnum() or character == "_",
        }[name.removeprefix("not_")]
        return found != negated
    raise NotImplementedError(kind)


def _place(name: str, flags: int) -> Callable[[str, int], bool]:
    many = bool(flags & re.MULTILINE)

    def word(text: str, at: int) -> bool:
        return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")

    if name.startswith("AT_BEGINNING"):
        return lambda text, at: (
            at == 0 or (many and name == "AT_BEGINNING" and text[at - 1] == "\n")
        )
    if name.startswith("AT_END"):
        return lambda text, at: (
            at == len(text)
            or (name == "AT_END" and text[at] == "\n" and (many or at == len(text) - 1))
        )
    negated = "NON_BOUNDARY" in name
    return lambda text, at: (word(text, at - 1) != word(text, at)) != negated


def attacks(pattern: str, flags: int) -> Iterator[tuple[str, str]]:
    """Yield beginnings and pieces to repeat, made of what the pattern speaks of."""
    runs = list(dict.fromkeys(_runs(parser.parse(pattern, flags))))
    letters = list(dict.fromkeys("".join(run[0] + run[-1] for run in runs)))[:4]
    letters = list(dict.fromkeys([*letters, "a", " ", "\n"]))[:6]
    pieces = [*runs[:6], *letters, *(a + b for a in letters for b in letters if a != b)]
    for start in dict.fromkeys(["", *runs[:1]]):
        for piece in dict.fromkeys(pieces):
            yield start, piece


def _runs(tree: Any) -> Iterator[str]:  # noqa: C901 - one kind of node after the other
    """Yield the literal words of a pattern, and the ends of its ranges."""
    run = ""
    for op, value in tree:
        if str(op) == "LITERAL":
            run += chr(value)
            continue
        if run:
            yield run
            run = ""
        if str(op) == "IN":
            yield from (chr(what) for kind, what in value if str(kind) == "LITERAL")
        elif str(op) == "SUBPATTERN":
            yield from _runs(value[3])
        elif str(op) == "BRANCH":
            for branch in value[1]:
                yield from _runs(branch)
        elif str(op).endswith("REPEAT"):
            yield from _runs(value[2])
        elif str(op).startswith("ASSERT"):
            yield from _runs(value[1])
    if run:
        yield run
