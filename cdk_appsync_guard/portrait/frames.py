"""Places → the lines that stand there, as a person wants to see them.

In: places of SDL, of templates, of resolvers' code. Out: Frames. A line is cut to what can be read,
and secrets in it are masked.
"""

from __future__ import annotations

from bisect import bisect_right
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
_LONGEST = 400
_MOST_MARKS = 12


class SchemaFrames:
    """The lines of one schema, with the numbers that they have in their file if there are any."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._starts = [0]
        at = schema.text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = schema.text.find("\n", at + 1)

    def of(self, field: Field) -> Frame:
        """Return the field with the directives that decide about it: its own, or its type's."""
        own = _authorizing(field.directives)
        definition = self._schema.types[field.type_name]
        marked = own or _authorizing(definition.directives)
        shown = (field.offset,) if own else (definition.offset, field.offset)
        by_line: dict[int, list[tuple[int, int]]] = {self._line_of(one): [] for one in shown}
        for one in marked:
            by_line.setdefault(self._line_of(one.offset), []).append(
                (one.offset, self._length(one))
            )
        if not marked:
            by_line[self._line_of(field.offset)].append((field.offset, len(field.name)))
        lines = tuple(self._cut(line, marks) for line, marks in sorted(by_line.items()))
        return Frame(self._location(field), lines)

    def _line_of(self, offset: int) -> int:
        """Return the line of a spot of the SDL, from 1."""
        return bisect_right(self._starts, offset)

    def _length(self, directive: Directive) -> int:
        """Return how much of its line the directive takes, its arguments included."""
        end = directive.offset + len(directive.name) + 1
        text = self._schema.text
        if text.startswith("(", end):
            line = text.find("\n", end, end + _LONGEST)
            stop = line if line >= 0 else end + _LONGEST
            closed = text.find(")", end, stop)
            end = closed + 1 if closed >= 0 else min(stop, len(text))
        return end - directive.offset

    def _cut(self, line: int, marks: list[tuple[int, int]]) -> FrameLine:
        """Return what there is to see of a line around its first mark, a little indented.

        A schema may be one line of a million characters: no more of it is read than is shown.
        """
        text, start = self._schema.text, self._starts[line - 1]
        stop = self._starts[line] - 1 if line < len(self._starts) else len(text)
        first = min(marks)[0] if marks else start
        origin, end = max(start, first - _LONGEST), min(stop, first + _LONGEST)
        near = text[origin:end].expandtabs(1).rstrip()
        indent = len(near) - len(near.lstrip())
        excerpt = cut_excerpt(near, max(first - origin, indent) + 1)
        kept = min(indent, _DEEPEST)
        shift = kept + excerpt.column - 1 - max(first, origin + indent)
        shown = [(at + shift, length) for at, length in sorted(marks)]
        whole = " " * kept + excerpt.text
        fitting = [(at, min(length, len(whole) - at)) for at, length in shown if at >= 0]
        number = self._first + line - 1 if self._first is not None else line
        return FrameLine(number, whole, tuple(one for one in fitting if one[1] > 0))

    def _location(self, field: Field) -> Location:
        base = self._base
        line = self._line_of(field.offset)
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
        return first if last.line - first == len(self._starts) - 1 else None


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
    """Return the directives that decide, no more of them than a frame can show."""
    return [one for one in directives if one.name in AUTHORIZATION][:_MOST_MARKS]
