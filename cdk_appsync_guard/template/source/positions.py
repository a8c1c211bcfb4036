"""Offsets in a text ↔ lines and columns, also inside strings as JSON and YAML write them.

In: the text of a file, and where in it a string was written. Out: lines and columns from 1, in
characters. Knows nothing of keys and lists: that is the work of the JSON and YAML sources.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

__all__ = ["Lines", "RepeatedKey", "Spot", "WrittenString", "clip"]

_SHOWN = 80
_BREAK = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"\S+")
# Whatever takes more or less room in the file than in the value: escapes, doubled quotes and folded
# lines. JSON's strings are the first kind, without folds. A run of spaces is looked at once, from
# its beginning, or from behind an escaped one.
_FOLD = r"(?:(?<![ \t])|(?<=\\[ \t]))[ \t]*(?:\r\n?|\n)[ \t\r\n]*"
_DOUBLE_QUOTED = re.compile(
    r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u.{4}|x..|U.{8}|(?:\r\n?|\n)[ \t]*|.)"
    rf"|{_FOLD}"
)
_SINGLE_QUOTED = re.compile(rf"''|{_FOLD}")


_Inside: TypeAlias = "tuple[list[int], list[int], list[int]]"
"""Where a value's lines start, and offsets in the value with those in the text beside them."""


@dataclass(frozen=True, slots=True)
class WrittenString:
    """A string value and where it is written: from the quote, the ``|`` or the first letter on.

    ``style`` is the character that it is written with: ``"``, ``'``, ``|``, ``>``, or "" for none.
    """

    start: int
    end: int
    style: str
    value: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a way through the data ends: an offset to show, and the string there if it is one."""

    offset: int
    string: WrittenString | None = None


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that a mapping has already: where it stood before, and where it stands again."""

    key: str
    before: int
    again: int


class Lines:
    """The lines of a text, found when someone first asks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._strings: dict[int, _Inside] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return _line_starts(self._text)

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at *offset*."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def text_of(self, line: int) -> str:
        """Return the line without its end, "" if there is no such line."""
        if not 1 <= line <= len(self._starts):
            return ""
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[self._starts[line - 1] : end].rstrip("\r\n")

    def place_inside(self, string: WrittenString, inner: tuple[int, int]) -> tuple[int, int]:
        """Return where the character at *inner*, a line and column of the string, stands."""
        if string.start not in self._strings:
            self._strings[string.start] = (_line_starts(string.value), *self._anchors_of(string))
        starts, in_value, in_text = self._strings[string.start]
        line = min(max(inner[0], 1), len(starts))
        wanted = min(starts[line - 1] + max(inner[1], 1) - 1, len(string.value))
        index = max(bisect_right(in_value, wanted) - 1, 0)
        offset = in_text[index] + wanted - in_value[index]
        if index + 1 < len(in_text):
            offset = min(offset, in_text[index + 1])
        return self.place(min(offset, string.end, len(self._text)))

    def _anchors_of(self, string: WrittenString) -> tuple[list[int], list[int]]:
        """Return offsets in the value and, for each, the offset in the text.

        From one pair to the next, value and text run side by side.
        """
        if string.style == "|":
            return self._anchors_of_lines(string)
        if string.style in ('"', "'"):
            return self._anchors_of_quoted(string)
        return self._anchors_of_words(string)

    def _anchors_of_lines(self, string: WrittenString) -> tuple[list[int], list[int]]:
        first = self.place(string.start)[0]
        in_value, in_text = [], []
        starts = _line_starts(string.value)
        ends = [*starts[1:], len(string.value)]
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), first + 1):
            if number > len(self._starts):
                break
            indent = len(self.text_of(number)) - len(string.value[start:end].rstrip("\r\n"))
            in_value.append(start)
            in_text.append(self._starts[number - 1] + max(indent, 0))
        return (in_value, in_text) if in_value else ([0], [string.start])

    def _anchors_of_quoted(self, string: WrittenString) -> tuple[list[int], list[int]]:
        pattern = _DOUBLE_QUOTED if string.style == '"' else _SINGLE_QUOTED
        in_value, in_text = [0], [string.start + 1]
        for match in pattern.finditer(self._text, string.start + 1, string.end - 1):
            before = in_value[-1] + match.start() - in_text[-1]
            in_value += before, before + _length_in_value(match[0])
            in_text += match.span()
        return in_value, in_text

    def _anchors_of_words(self, string: WrittenString) -> tuple[list[int], list[int]]:
        # Folding changes nothing but white space, so the words are the same in value and text.
        start = string.start
        if string.style:
            start = self._starts[min(self.place(start)[0], len(self._starts) - 1)]
        in_value = [match.start() for match in _WORD.finditer(string.value)]
        written = _WORD.finditer(self._text, start, string.end)
        in_text = [match.start() for match, _ in zip(written, in_value, strict=False)]
        return (in_value[: len(in_text)], in_text) if in_text else ([0], [string.start])


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _BREAK.finditer(text))]


def _length_in_value(written: str) -> int:
    if written == "''":
        return 1
    breaks = len(_BREAK.findall(written))
    if written[0] == "\\":
        return 0 if breaks else 1
    return max(breaks - 1, 1)


def clip(text: str) -> str:
    """Return the text as a message can show it: on one line and not too long."""
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 3] + "..."
