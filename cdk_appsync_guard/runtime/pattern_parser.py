"""A Java regular expression → a program of few instructions.

In: the pattern. Out: Program, or UnsupportedPatternError with what is not supported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CharacterSet", "Program", "UnsupportedPatternError", "compile_pattern", "holds_at"]

_LONGEST_PATTERN = 2_000
_LONGEST_PROGRAM = 4_000
_MOST_REPEATS = 300
_DEEPEST = 40

Instruction = tuple[str, int, int]
Fragment = list[Instruction]
"""Instructions whose targets count from the fragment's own start."""

_DIGITS = (("0", "9"),)
_WORD = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
_SPACE = ((" ", " "), ("\t", "\r"))
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "e": "\x1b", "a": "\a"}
_ASSERTIONS = {"^": 0, "$": 1, "b": 2, "B": 3, "A": 0, "z": 4, "Z": 1}


class UnsupportedPatternError(Exception):
    """The pattern uses what is not supported, or is not a pattern."""


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """Ranges of characters; the classes within that are negated; case ignored or not."""

    ranges: tuple[tuple[str, str], ...]
    excluded: tuple[tuple[tuple[str, str], ...], ...] = ()
    negated: bool = False
    any_case: bool = False

    def holds(self, character: str) -> bool:
        """Return whether the character is in the set."""
        forms = {character}
        if self.any_case:
            forms |= {character.lower(), character.upper()}
        return any(self._includes(form) for form in forms) is not self.negated

    def _includes(self, character: str) -> bool:
        return _within(self.ranges, character) or any(
            not _within(ranges, character) for ranges in self.excluded
        )


def _within(ranges: tuple[tuple[str, str], ...], character: str) -> bool:
    return any(low <= character <= high for low, high in ranges)


@dataclass(slots=True)
class Program:
    """Instructions ``(kind, first, second)``; ``slots`` is twice the number of groups."""

    code: list[Instruction] = field(default_factory=list)
    sets: list[CharacterSet] = field(default_factory=list)
    slots: int = 2


def holds_at(assertion: int, text: str, at: int) -> bool:
    """Return whether an assertion holds at a place."""
    if assertion == _ASSERTIONS["^"]:
        return at == 0
    if assertion == _ASSERTIONS["$"]:
        return at == len(text) or (at == len(text) - 1 and text[at] == "\n")
    if assertion == _ASSERTIONS["z"]:
        return at == len(text)
    before = at > 0 and _within(_WORD, text[at - 1])
    after = at < len(text) and _within(_WORD, text[at])
    return (before is not after) is (assertion == _ASSERTIONS["b"])


def compile_pattern(pattern: str) -> Program:
    """Return the program of a pattern."""
    if len(pattern) > _LONGEST_PATTERN:
        raise UnsupportedPatternError("it is too long")
    parser = _Parser(pattern)
    body = parser.alternatives(0)
    if not parser.at_end:
        raise UnsupportedPatternError("a `)` without its `(`")
    whole = [("save", 0, 0), *_shift(body, 1), ("save", 1, 0), ("match", 0, 0)]
    return Program(whole, parser.sets, parser.slots)


def _shift(fragment: Fragment, by: int) -> Fragment:
    return [
        (kind, first + by, second + by)
        if kind == "split"
        else (kind, first + by, second)
        if kind == "jump"
        else (kind, first, second)
        for kind, first, second in fragment
    ]


def _sequence(*fragments: Fragment) -> Fragment:
    out: Fragment = []
    for fragment in fragments:
        out += _shift(fragment, len(out))
        if len(out) > _LONGEST_PROGRAM:
            raise UnsupportedPatternError("it repeats too much")
    return out


def _either(left: Fragment, right: Fragment) -> Fragment:
    end = len(left) + len(right) + 2
    return [
        ("split", 1, len(left) + 2),
        *_shift(left, 1),
        ("jump", end, 0),
        *_shift(right, len(left) + 2),
    ]


def _maybe(fragment: Fragment, *, lazy: bool) -> Fragment:
    end = len(fragment) + 1
    return [("split", end, 1) if lazy else ("split", 1, end), *_shift(fragment, 1)]


def _many(fragment: Fragment, *, lazy: bool) -> Fragment:
    end = len(fragment) + 2
    return [
        ("split", end, 1) if lazy else ("split", 1, end),
        *_shift(fragment, 1),
        ("jump", 0, 0),
    ]


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.sets: list[CharacterSet] = []
        self.slots = 2
        self.any_case = False
        if pattern.startswith("(?i)"):
            self.any_case, self.at = True, len("(?i)")

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.pattern)

    def _peek(self, ahead: int = 0) -> str:
        return self.pattern[self.at + ahead : self.at + ahead + 1]

    def _take(self) -> str:
        if self.at_end:
            raise UnsupportedPatternError("it ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def alternatives(self, depth: int) -> Fragment:
        if depth > _DEEPEST:
            raise UnsupportedPatternError("it is nested too deeply")
        choices = [self._branch(depth)]
        while self._peek() == "|":
            self._take()
            choices.append(self._branch(depth))
        result = choices.pop()
        while choices:
            result = _either(choices.pop(), result)
            if len(result) > _LONGEST_PROGRAM:
                raise UnsupportedPatternError("it repeats too much")
        return result

    def _branch(self, depth: int) -> Fragment:
        parts: list[Fragment] = []
        while not self.at_end and self._peek() not in ("|", ")"):
            parts.append(self._repeated(self._atom(depth)))
        return _sequence(*parts)

    def _atom(self, depth: int) -> Fragment:
        character = self._take()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._one(self._class())
        if character == ".":
            return self._one(CharacterSet((("\n", "\n"), ("\r", "\r")), negated=True))
        if character in "^$":
            return [("assert", _ASSERTIONS[character], 0)]
        if character == "\\":
            return self._escape()
        if character in "*+?{":
            raise UnsupportedPatternError(f"a `{character}` that repeats nothing")
        return self._literal(character)

    def _literal(self, character: str) -> Fragment:
        return self._one(CharacterSet(((character, character),), any_case=self.any_case))

    def _one(self, characters: CharacterSet) -> Fragment:
        if characters not in self.sets:
            self.sets.append(characters)
        return [("set", self.sets.index(characters), 0)]

    def _group(self, depth: int) -> Fragment:
        group = 0
        if self._peek() == "?":
            if self._peek(1) != ":":
                raise UnsupportedPatternError("lookaround, a flag or a named group")
            self.at += 2
        else:
            group, self.slots = self.slots, self.slots + 2
        body = self.alternatives(depth + 1)
        if self.at_end or self._take() != ")":
            raise UnsupportedPatternError("a `(` without its `)`")
        if not group:
            return body
        return [("save", group, 0), *_shift(body, 1), ("save", group + 1, 0)]

    def _escape(self) -> Fragment:
        character = self._take()
        if character.lower() in _CLASSES:
            ranges = _CLASSES[character.lower()]
            return self._one(CharacterSet(ranges, negated=character.isupper()))
        if character in "bBAzZ":
            return [("assert", _ASSERTIONS[character], 0)]
        return self._literal(self._escaped(character))

    def _escaped(self, character: str) -> str:
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character.isalnum():
            raise UnsupportedPatternError(f"`\\{character}`")
        return character

    def _class(self) -> CharacterSet:
        negated = self._peek() == "^" and bool(self._take())
        ranges: list[tuple[str, str]] = []
        excluded: list[tuple[tuple[str, str], ...]] = []
        first = True
        while first or self._peek() != "]":
            character = self._take()
            first = False
            if character == "[" or self.pattern.startswith("&&", self.at - 1):
                raise UnsupportedPatternError("a class in a class")
            if character == "\\":
                escape = self._take()
                if escape in _CLASSES:
                    ranges += _CLASSES[escape]
                    continue
                if escape.lower() in _CLASSES:
                    excluded.append(_CLASSES[escape.lower()])
                    continue
                character = self._escaped(escape)
            ranges.append((character, self._range_end(character)))
        self._take()
        return CharacterSet(tuple(ranges), tuple(excluded), negated, self.any_case)

    def _range_end(self, start: str) -> str:
        if self._peek() != "-" or self._peek(1) in ("]", ""):
            return start
        self._take()
        end = self._take()
        if end == "\\":
            end = self._escaped(self._take())
        if end < start:
            raise UnsupportedPatternError(f"the range `{start}-{end}`")
        return end

    def _repeated(self, atom: Fragment) -> Fragment:
        while self._peek() and self._peek() in "*+?{":
            low, high = self._counts(self._take())
            lazy = self._peek() == "?" and bool(self._take())
            if self._peek() == "+":
                raise UnsupportedPatternError("a possessive quantifier")
            required = [atom] * low
            if high is None:
                tail = [_many(atom, lazy=lazy)]
            else:
                tail = [_nested_maybe(atom, high - low, lazy=lazy)]
            atom = _sequence(*required, *tail)
        return atom

    def _counts(self, sign: str) -> tuple[int, int | None]:
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        end = self.pattern.find("}", self.at, self.at + 12)
        if end < 0:
            raise UnsupportedPatternError("a `{` without its `}`")
        low, comma, high = self.pattern[self.at : end].partition(",")
        self.at = end + 1
        if not (low.isascii() and low.isdigit() and (not high or high.isdigit())):
            raise UnsupportedPatternError("a `{` that is not a count")
        least = int(low)
        most = int(high) if high else (None if comma else least)
        if least > _MOST_REPEATS or (most is not None and not least <= most <= _MOST_REPEATS):
            raise UnsupportedPatternError("it repeats too much")
        return least, most


def _nested_maybe(atom: Fragment, times: int, *, lazy: bool) -> Fragment:
    """Return up to so many repeats: each only after the one before."""
    if len(atom) * times > _LONGEST_PROGRAM:
        raise UnsupportedPatternError("it repeats too much")
    result: Fragment = []
    for _ in range(times):
        result = _maybe([*atom, *_shift(result, len(atom))], lazy=lazy)
    return result
