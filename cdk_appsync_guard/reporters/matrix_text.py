"""Matrices → text that fits the terminal: who may select what, and below it why not.

Says everything once: fields that are closed to the same callers for the same reason stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_words import caller_words, reason_words
from cdk_appsync_guard.appsync.modes import RECORDS
from cdk_appsync_guard.reporters.grid import Grid, Look, Row, grid_lines
from cdk_appsync_guard.reporters.terminal import Style, width_of
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["render_matrices"]

_Reason: TypeAlias = "tuple[Cell, list[tuple[list[str], tuple[int, ...]]]]"
"""A cell that stands for all alike, and the callers that have it, with the rows where they do."""


def render_matrices(matrices: Sequence[Matrix], style: Style) -> str:
    """Return a table per API, the reasons below it, and one line of summary at the end."""
    lines = [line for matrix in matrices for line in _matrix_lines(matrix, style)]
    lines += style.wrap(_summary(matrices), "", "", "bold")
    return text_of(lines, color=style.color)


def _matrix_lines(matrix: Matrix, style: Style) -> Iterator[str]:
    title = f"API {matrix.api}"
    yield from style.wrap(title, "", "", "bold")
    yield style.paint("=" * min(width_of(title), style.width), "dim")
    yield ""
    if matrix.question is not None:
        head = "  " + style.paint("undecided", "magenta", "bold") + "  "
        yield from style.wrap(matrix.question.reason, head, " " * 13)
        if matrix.question.would_decide:
            head = "  " + style.paint("decides", "magenta") + "    "
            yield from style.wrap(matrix.question.would_decide, head, " " * 13)
        yield ""
        return
    yield from grid_lines(_grid(matrix), style)
    yield ""
    yield from _why(matrix, style)
    if matrix.more_groups:
        text = f"{matrix.more_groups:,} more groups that the schema names are left out"
        yield from style.wrap(text, "  ", "  ", "dim")
        yield ""


def _grid(matrix: Matrix) -> Grid:
    looks: dict[int, Look] = {}  # equal cells are nearly always the same object
    for column in matrix.columns:
        for cell in column:
            if id(cell) not in looks:
                looks[id(cell)] = _look(cell)
    parts = (coordinate.partition(".") for coordinate in matrix.coordinates)
    return Grid(
        rows=[Row(type_name, name, index) for index, (type_name, _, name) in enumerate(parts)],
        heads=[_head(caller) for caller in matrix.callers],
        names=[caller_words(caller) for caller in matrix.callers],
        columns=[[looks[id(cell)] for cell in column] for column in matrix.columns],
    )


def _look(cell: Cell) -> Look:
    if cell.verdict == "undecided" and cell.reason == "resolver":
        return _IF
    return _LOOKS[cell.verdict]


def _head(caller: MatrixCaller) -> tuple[str, str]:
    if caller.kind == "mode":
        return "", _SHORT.get(caller.name, caller.name)
    return caller.kind.replace("iam-group", "IAM group"), caller.name


def _why(matrix: Matrix, style: Style) -> Iterator[str]:
    """Yield the reasons of all cells that are not plainly allowed: the least expected first."""
    gathered = _gather(matrix)
    if not gathered:
        return
    yield style.paint("Why", "bold")
    shown = gathered[:_MOST_REASONS]
    for cell, groups in shown:
        look = _look(cell)
        yield ""
        head = "  " + style.paint(f"{look.word:<6}", look.color) + "  "
        yield from style.wrap(_generic_words(cell), head, " " * 10)
        for callers, indices in groups[:_FEW]:
            text = f"{_some(callers, _FEW)}: {_some(_names(matrix, indices), _MANY)}"
            yield from style.wrap(text, " " * 10, " " * 12, "dim")
        if len(groups) > _FEW:
            more = sum(len(callers) for callers, _ in groups[_FEW:])
            yield " " * 10 + style.paint(f"and {_count(more, 'more caller')}", "dim")
    if len(gathered) > len(shown):
        yield ""
        yield "  " + style.paint(f"and {_count(len(gathered) - len(shown), 'more reason')}", "dim")
    if _is_folded(gathered):
        yield ""
        text = "use --caller, --type, and --field to narrow it down, or --format csv for every cell"
        yield from style.wrap(text, "  ", "  ", "dim")
    yield ""


def _is_folded(gathered: Sequence[_Reason]) -> bool:
    return len(gathered) > _MOST_REASONS or any(
        len(groups) > _FEW
        or any(len(callers) > _FEW or len(indices) > _MANY for callers, indices in groups)
        for _, groups in gathered
    )


def _generic_words(cell: Cell) -> str:
    """Return the reason in words that fit every field that has it."""
    if cell.blocked:
        alone = "none of its fields can be read: " if cell.reason == "nothing-below" else ""
        return f"{alone}below it, `{cell.blocked}` is denied"
    return reason_words(cell)


def _gather(matrix: Matrix) -> list[_Reason]:
    """Return each reason with the callers that it holds for, and for which fields."""
    found: dict[tuple[str, ...], tuple[Cell, dict[tuple[int, ...], list[str]]]] = {}
    for caller, column in zip(matrix.callers, matrix.columns, strict=True):
        rows: dict[tuple[str, ...], list[int]] = {}
        keys: dict[int, tuple[str, ...]] = {}
        for index, cell in enumerate(column):
            if cell.verdict == "allowed":
                continue
            key = keys.get(id(cell))
            if key is None:
                key = keys[id(cell)] = (cell.verdict, cell.reason, cell.blocked, cell.question)
                found.setdefault(key, (cell, {}))
            rows.setdefault(key, []).append(index)
        for key, indices in rows.items():
            found[key][1].setdefault(tuple(indices), []).append(caller_words(caller))
    return [
        (cell, [(names, some) for some, names in groups.items()])
        for cell, groups in sorted(found.values(), key=lambda one: _ORDER[one[0].verdict])
    ]


def _names(matrix: Matrix, indices: Iterable[int]) -> list[str]:
    return [matrix.coordinates[index] for index in indices]


def _some(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _summary(matrices: Sequence[Matrix]) -> str:
    counts = dict.fromkeys(_LOOKS, 0)
    for matrix in matrices:
        for column in matrix.columns:
            for cell in column:
                counts[cell.verdict] += 1
    said = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items() if count)
    questions = sum(matrix.question is not None for matrix in matrices)
    if questions:
        said += f"{', ' * bool(said)}{_count(questions, 'API')} undecided"
    fields = sum(len(matrix.coordinates) for matrix in matrices)
    callers = sum(len(matrix.callers) for matrix in matrices)
    return f"{_count(fields, 'field')}, {_count(callers, 'caller')}: {said or 'nothing to tell'}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


_LOOKS = {
    "allowed": Look("yes", "+", "green", "yes"),
    "partly": Look("partly", "~", "yellow", "something below is denied"),
    "denied": Look("no", "-", "red", "no"),
    "undecided": Look("?", "?", "magenta", "undecided"),
}
_IF = Look("if", "i", "magenta", "its resolver decides")
_SHORT = {one.name: one.label for one in RECORDS.values()}
_ORDER = {"partly": 0, "undecided": 1, "denied": 2}
_MOST_REASONS = 24
_FEW = 4
_MANY = 12
