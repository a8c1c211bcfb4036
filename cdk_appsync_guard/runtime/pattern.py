"""Java regular expressions on text, in time that is linear in both.

In: a pattern and a text that resolver code gives. Out: whether, where, with what replaced. No
backtracking: all ways are followed at once. What would need it (lookaround, backreferences,
possessive quantifiers) stops the run.
https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
"""

from __future__ import annotations

from cdk_appsync_guard.runtime.machine import Machine
from cdk_appsync_guard.runtime.pattern_parser import (
    Program,
    UnsupportedPatternError,
    compile_pattern,
    holds_at,
)

__all__ = ["find_match", "matches_whole", "replace_matches", "split_at"]

Captures = tuple[int, ...]


def matches_whole(machine: Machine, text: str, pattern: str) -> bool:
    """Return whether the whole text matches."""
    program = _program(machine, pattern)
    return _search(machine, program, text, 0, whole=True) is not None


def find_match(machine: Machine, text: str, pattern: str) -> bool:
    """Return whether some part of the text matches."""
    return _find(machine, _program(machine, pattern), text, 0) is not None


def replace_matches(
    machine: Machine, text: str, pattern: str, replacement: str, most: int = 0
) -> str:
    """Return the text with matches replaced: all, or the first *most*.

    ``$1`` and a backslash in the replacement are read as Java does.
    """
    program = _program(machine, pattern)
    out: list[str] = []
    at = count = 0
    while at <= len(text) and (not most or count < most):
        count += 1
        found = _find(machine, program, text, at)
        if found is None:
            break
        out += [text[at : found[0]], _fill(machine, replacement, text, found)]
        if found[1] == found[0]:
            out.append(text[found[0] : found[0] + 1])
        at = found[1] + (found[1] == found[0])
    return machine.write("".join([*out, text[at:]]))


def split_at(machine: Machine, text: str, pattern: str) -> list[str]:
    """Return the parts between matches, without empty ones at the end, as Java does."""
    program = _program(machine, pattern)
    parts: list[str] = []
    start = at = 0
    while at <= len(text):
        found = _find(machine, program, text, at)
        if found is None:
            break
        if found[1] == found[0]:
            if 0 < found[0] < len(text):
                parts.append(text[start : found[0]])
                start = found[0]
            at = found[0] + 1
            continue
        if found[1] > 0:
            parts.append(text[start : found[0]])
        start = at = found[1]
    parts.append(text[start:])
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _program(machine: Machine, pattern: str) -> Program:
    machine.step(1 + len(pattern))
    try:
        return compile_pattern(pattern)
    except UnsupportedPatternError as error:
        raise machine.lacks(f"the pattern `{pattern[:60]}`: {error}") from None


def _fill(machine: Machine, replacement: str, text: str, found: Captures) -> str:
    out: list[str] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        following = replacement[at + 1 : at + 2]
        if character == "\\" and following:
            out.append(following)
        elif character == "$" and following.isascii() and following.isdigit():
            group = int(following) * 2
            if group >= len(found):
                raise machine.lacks(f"the group `${following}` that a pattern lacks")
            out.append(text[found[group] : found[group + 1]] if found[group] >= 0 else "")
        elif character == "$":
            raise machine.lacks("a `$` in a replacement")
        else:
            out.append(character)
            at -= 1
        at += 2
    return machine.write("".join(out))


def _find(machine: Machine, program: Program, text: str, start: int) -> Captures | None:
    return _search(machine, program, text, start, whole=False)


def _search(
    machine: Machine, program: Program, text: str, start: int, *, whole: bool
) -> Captures | None:
    """Follow all ways through the program at once; the first in order of preference wins."""
    best: Captures | None = None
    empty: Captures = (-1,) * program.slots
    threads: list[tuple[int, Captures]] = []
    for at in range(start, len(text) + 1):
        if best is None and (at == start or not whole):
            threads.append((0, empty))
        threads, best = _advance(machine, program, text, at, (threads, best, whole))
        if not threads and (best is not None or whole):
            break
    return best


def _advance(
    machine: Machine,
    program: Program,
    text: str,
    at: int,
    state: tuple[list[tuple[int, Captures]], Captures | None, bool],
) -> tuple[list[tuple[int, Captures]], Captures | None]:
    threads, best, whole = state
    following: list[tuple[int, Captures]] = []
    seen: set[int] = set()
    waiting = threads[::-1]
    while waiting:
        where, captures = waiting.pop()
        if where in seen:
            continue
        seen.add(where)
        machine.step()
        kind, first, _ = program.code[where]
        if kind == "match" and (at == len(text) or not whole):
            best = captures
            break  # what comes later is of lower preference
        if kind == "set" and at < len(text) and program.sets[first].holds(text[at]):
            following.append((where + 1, captures))
        waiting += _without_reading(program, where, captures, (text, at))
    return following, best


def _without_reading(
    program: Program, where: int, captures: Captures, place: tuple[str, int]
) -> list[tuple[int, Captures]]:
    """Return where an instruction leads that takes no character, the preferred one last."""
    kind, first, second = program.code[where]
    if kind == "split":
        return [(second, captures), (first, captures)]
    if kind == "jump":
        return [(first, captures)]
    if kind == "save":
        return [(where + 1, (*captures[:first], place[1], *captures[first + 1 :]))]
    if kind == "assert" and holds_at(first, *place):
        return [(where + 1, captures)]
    return []
