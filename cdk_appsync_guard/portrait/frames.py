"""Places → the lines that stand there, as a person wants to see them.

In: places of SDL, of templates, of resolvers' code. Out: Frames. A line is cut to what can be read,
and secrets in it are masked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from cdk_appsync_guard.appsync.definitions import AUTHORIZATION
from cdk_appsync_guard.appsync.schema import Directive, Field, Schema
from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.explanation.reasons import locate
from cdk_appsync_guard.portrait.model import Frame, FrameLine
from cdk_appsync_guard.report import cut_excerpt, word_at
from cdk_appsync_guard.runtime.model import CodePlace
from cdk_appsync_guard.template.source.read import Place

__all__ = ["SchemaFrames", "frame_of_code", "frame_of_place"]

_DEEPEST = 8


class SchemaFrames:
    """The lines of one schema, with the numbers that they have in their file if there are any."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._lines = schema.text.split("\n")

    def of(self, field: Field) -> Frame:
        """Return the field with the directives that decide about it: its own, or its type's."""
        own = _authorizing(field.directives)
        definition = self._schema.types[field.type_name]
        marked = own or _authorizing(definition.directives)
        offsets = [one.offset for one in marked if one not in own]
        by_line: dict[int, list[tuple[int, int]]] = {}
        for offset in (*(() if own else (definition.offset,)), *offsets):
            by_line.setdefault(self._schema.line_of(offset), [])
        by_line.setdefault(self._schema.line_of(field.offset), [])
        for one in marked:
            line, column = self._spot(one.offset)
            by_line.setdefault(line, []).append((column, self._length(line, column, one)))
        if not marked:
            line, column = self._spot(field.offset)
            by_line[line].append((column, len(field.name)))
        lines = tuple(self._line(line, marks) for line, marks in sorted(by_line.items()))
        return Frame(self._location(field), lines)

    def _spot(self, offset: int) -> tuple[int, int]:
        """Return the line, from 1, and the column, from 0, of a spot of the SDL."""
        line = self._schema.line_of(offset)
        before = self._schema.text.rfind("\n", 0, offset)
        return line, offset - before - 1

    def _length(self, line: int, column: int, directive: Directive) -> int:
        """Return how much of the line the directive takes, its arguments included."""
        name = len(directive.name) + 1
        rest = self._lines[line - 1][column + name :]
        if not rest.startswith("("):
            return name
        end = rest.find(")")
        return name + (len(rest) if end < 0 else end + 1)

    def _line(self, line: int, marks: Iterable[tuple[int, int]]) -> FrameLine:
        number = self._first + line - 1 if self._first is not None else line
        return _cut(number, self._lines[line - 1].rstrip("\r"), sorted(marks))

    def _location(self, field: Field) -> Location:
        base = self._base
        line = self._schema.line_of(field.offset)
        return base if self._first is None else replace(base, line=self._first + line - 1)

    @cached_property
    def _base(self) -> Location:
        found = locate(self._schema.at(0))
        assert found is not None  # noqa: S101 - a schema has a place
        return replace(found, column=None)

    @cached_property
    def _first(self) -> int | None:
        """The number of the first line in the file, None where all stand on one line of it."""
        last = locate(self._schema.at(len(self._schema.text)))
        first = self._base.line
        if first is None or last is None or last.line is None:
            return None
        return first if last.line - first == len(self._lines) - 1 else None


def frame_of_place(place: Place | None) -> Frame | None:
    """Return the line at a place of a file, None where no line is known."""
    found = locate(place)
    if place is None or found is None or found.line is None:
        return None
    excerpt = cut_excerpt(place.file.line_text(found.line), found.column or 1)
    word = word_at(excerpt)
    start = excerpt.column - 1
    # A tag such as `!Sub`, or a reference of VTL, goes on after its first sign.
    length = len(word) if word[:1].isalnum() or len(word) > 1 else len(excerpt.text) - start
    marks = ((start, max(length, 1)),)
    return Frame(found, (FrameLine(found.line, excerpt.text, marks),))


def frame_of_code(at: CodePlace | None) -> Frame | None:
    """Return the line of a resolver's code."""
    if at is None or at.place is None:
        return None
    return frame_of_place(replace(at.place, inner=(at.line, 1)))


def _authorizing(directives: Iterable[Directive]) -> list[Directive]:
    return [one for one in directives if one.name in AUTHORIZATION]


def _cut(number: int, line: str, marks: list[tuple[int, int]]) -> FrameLine:
    """Return the line with a little of its indentation, cut around its first mark."""
    indent = len(line) - len(line.lstrip())
    kept = min(indent, _DEEPEST)
    first = marks[0][0] if marks else indent
    excerpt = cut_excerpt(line.expandtabs(1), first + 1)
    shift = kept + excerpt.column - 1 - first
    text = " " * kept + excerpt.text
    shown = [(start + shift, length) for start, length in marks]
    fitting = ((start, min(length, len(text) - start)) for start, length in shown)
    return FrameLine(number, text, tuple(one for one in fitting if one[0] >= 0 and one[1] > 0))
