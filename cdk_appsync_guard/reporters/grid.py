"""Rows, columns and short cells → lines that fit a terminal.

In: a Grid. Out: lines: under the columns' names if they fit, else under letters with a legend, in
as many tables below each other as it takes. Columns that are alike then stand once. Does not know
what the cells mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.reporters.terminal import Style, width_of

__all__ = ["Grid", "Look", "Row", "grid_lines"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of cell is written: the word where there is room, else the sign."""

    word: str
    sign: str
    color: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row, below a heading that is written when it changes. ``index`` is that of its cells."""

    heading: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Grid:
    """``heads`` are two lines for each column, ``names`` what a legend calls it."""

    rows: Sequence[Row]
    heads: Sequence[tuple[str, str]]
    names: Sequence[str]
    columns: Sequence[Sequence[Look]]


def grid_lines(grid: Grid, style: Style) -> Iterator[str]:
    """Yield the lines of the table."""
    names = [width_of(row.name) for row in grid.rows]
    first = min(max(names, default=0) + _INDENT + _GAP, max(style.width // 2, 20))
    widths = [
        max(width_of(one) for one in (*head, *_words(column))) + _GAP
        for head, column in zip(grid.heads, grid.columns, strict=True)
    ]
    if first + sum(widths) - _GAP <= style.width:
        part = _Part(grid.heads, grid.columns, widths, is_short=False)
        yield from _table(grid, style, first, part)
        yield from _key(grid, style, is_short=False)
        return
    folded = _fold(grid)
    labels = [_label(number) for number in range(len(folded))]
    yield from _legend(labels, folded, style)
    yield ""
    width = len(labels[-1]) + _GAP
    room = max((style.width - first) // width, 1)
    for start in range(0, len(folded), room):
        some = slice(start, start + room)
        heads = [("", label) for label in labels[some]]
        columns = [column for _, column in folded[some]]
        if start:
            yield ""
        yield from _table(grid, style, first, _Part(heads, columns, [width] * len(heads)))
    yield from _key(grid, style, is_short=True)


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns that stand beside each other."""

    heads: Sequence[tuple[str, str]]
    columns: Sequence[Sequence[Look]]
    widths: Sequence[int]
    is_short: bool = True


def _words(column: Sequence[Look]) -> list[str]:
    return [look.word for look in {id(look): look for look in column}.values()]


def _fold(grid: Grid) -> list[tuple[list[str], Sequence[Look]]]:
    """Return each different column once, with the names of all that are like it."""
    folded: dict[tuple[int, ...], tuple[list[str], Sequence[Look]]] = {}
    for name, column in zip(grid.names, grid.columns, strict=True):
        folded.setdefault(tuple(map(id, column)), ([], column))[0].append(name)
    return list(folded.values())


def _label(number: int) -> str:
    """Return A to Z, then AA, AB ..."""
    text = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, len(_LETTERS))
        text = _LETTERS[letter] + text
    return text


def _legend(
    labels: Sequence[str], folded: Sequence[tuple[list[str], object]], style: Style
) -> Iterator[str]:
    width = len(labels[-1])
    for label, (names, _) in zip(labels, folded, strict=True):
        some = ", ".join(names[:_MANY])
        more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
        head = "  " + style.paint(f"{label:<{width}}", "bold") + "  "
        yield from style.wrap(some + more, head, " " * (width + 4))


def _table(grid: Grid, style: Style, first: int, part: _Part) -> Iterator[str]:
    for level in (0, 1):
        cells = [head[level] for head in part.heads]
        if any(cells):
            look = ("bold" if level else "dim",)
            yield " " * first + _join(cells, part.widths, style, [look] * len(cells))
    heading = None
    for row in grid.rows:
        if row.heading != heading:
            heading = row.heading
            yield "  " + style.paint(heading, "bold")
        name = " " * _INDENT + row.name
        cells = []
        looks: list[tuple[str, ...]] = []
        for column in part.columns:
            cell = column[row.index]
            cells.append(cell.sign if part.is_short else cell.word)
            looks.append((cell.color,))
        if width_of(name) > first - _GAP:
            yield name
            name = ""
        yield name + " " * (first - width_of(name)) + _join(cells, part.widths, style, looks)


def _join(
    cells: Sequence[str],
    widths: Sequence[int],
    style: Style,
    looks: Sequence[tuple[str, ...]],
) -> str:
    return "".join(
        style.paint(cell, *look) + " " * (width - width_of(cell))
        for cell, width, look in zip(cells, widths, looks, strict=True)
    )


def _key(grid: Grid, style: Style, *, is_short: bool) -> Iterator[str]:
    """Yield what the signs that occur mean; words are explained where they say too little."""
    seen = {look.sign: look for column in grid.columns for look in column}
    told = [
        (look.sign if is_short else f"{look.word}:", look)
        for look in sorted(seen.values(), key=lambda look: look.word, reverse=True)
        if is_short or look.meaning != look.word
    ]
    if not told:
        return
    yield ""
    width = sum(width_of(sign) + 1 + width_of(look.meaning) for sign, look in told)
    painted = [style.paint(sign, look.color) + f" {look.meaning}" for sign, look in told]
    if _GAP + width + (len(told) - 1) * 3 <= style.width:
        painted = ["   ".join(painted)]
    for line in painted:
        yield " " * _GAP + line


_INDENT = 4
_GAP = 2
_MANY = 6
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
