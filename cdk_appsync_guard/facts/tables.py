"""What tables, columns and rows are, and how a table is declared.

Rows carry every column, always. A cell is str, Text (text with holes), int, bool, None (absent), a
tuple of str, or Unknown. ``evaluate`` tries what an Unknown or a Text could be.

A table is declared once, as a TypedDict of its cells: mypy checks each row that is made of it, and
``table`` reads the columns from it. A column is ``Annotated[its type, "its meaning"]``; its closed
values are a Literal, or stand third where they are declared elsewhere, as the modes are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import (
    Any,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from cdk_appsync_guard.report import Fix, Symptom
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = [
    "Cell",
    "Column",
    "Flag",
    "Names",
    "Number",
    "Row",
    "Table",
    "TableOf",
    "Words",
    "misfits",
    "table",
]

Cell: TypeAlias = "str | Text | int | bool | tuple[str, ...] | Unknown | None"
Words: TypeAlias = str | Text | Unknown
Flag: TypeAlias = bool | Unknown
Number: TypeAlias = int | Unknown
Names: TypeAlias = tuple[str, ...] | Unknown
_Cells = TypeVar("_Cells")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``values`` is its closed domain; None means open.

    ``kind`` is text, number, bool or list; a closed list holds any subset of the values; a bool is
    closed without saying so. ``optional`` tells that a cell may be None, and so may an Unknown one:
    give presence a bool column of its own where it is known although the value is not.
    """

    name: str
    meaning: str
    values: tuple[str, ...] | None = None
    kind: str = "text"
    optional: bool = False

    @property
    def domain(self) -> tuple[str | bool | None, ...] | None:
        """All cells a closed column without lists can have, None if it is open or a list."""
        values: tuple[str | bool, ...] | None = (
            (True, False) if self.kind == "bool" else self.values
        )
        if values is None or self.kind == "list":
            return None
        return (*values, None) if self.optional else values

    def takes(self, value: object) -> bool:
        """Return whether a cell that is plainly known may be this value."""
        if value is None:
            return self.optional
        if self.kind == "list":
            return isinstance(value, tuple) and all(self._takes_text(item) for item in value)
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        return self._takes_text(value)

    def _takes_text(self, value: object) -> bool:
        return isinstance(value, str) and (self.values is None or value in self.values)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one question that rules ask, one row per thing it is asked of."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    answers: bool = False  # its rows say what the client sees

    def column(self, name: str) -> Column | None:
        """Return the column of that name, None if there is none."""
        return next((column for column in self.columns if column.name == name), None)


class TableOf(Table, Generic[_Cells]):
    """A table whose rows mypy checks: their cells are a TypedDict.

    Its columns are read when they are first asked for: few scans do, and hints take time.
    """

    _cells: type[_Cells]

    def __init__(self, name: str, meaning: str, cells: type[_Cells], *, answers: bool) -> None:
        given = {"name": name, "meaning": meaning, "answers": answers, "_cells": cells}
        for field, value in given.items():
            object.__setattr__(self, field, value)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The items of the TypedDict, in order."""
        hints = get_type_hints(self._cells, include_extras=True).items()
        return tuple(_column(*hint) for hint in hints)

    def row(
        self,
        cells: _Cells,
        place: Place,
        places: Mapping[str, Place],
        api: str | None,
        answer: Symptom | None = None,
        fixes: tuple[Fix, ...] = (),
    ) -> Row:
        """Return a row of the table."""
        return Row(self.name, cast("Mapping[str, Cell]", cells), place, places, api, answer, fixes)


def table(
    name: str, meaning: str, cells: type[_Cells], *, answers: bool = False
) -> TableOf[_Cells]:
    """Return the table whose columns are the items of a TypedDict."""
    return TableOf(name, meaning, cells, answers=answers)


_KINDS = {bool: "bool", int: "number", tuple: "list"}


def _column(name: str, hint: Any) -> Column:
    written, meaning, *given = get_args(hint)
    parts = get_args(written)
    closed = [value for part in parts if get_origin(part) is Literal for value in get_args(part)]
    values = given[0] if given else tuple(closed) or None
    kinds = (_KINDS.get(get_origin(part) or part) for part in parts)
    kind = next((kind for kind in kinds if kind), "text")
    return Column(name, meaning, values, kind, NoneType in parts)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the table's question is asked of.

    ``places`` gives a column its own place; a finding takes that of the first column of its query
    that has one, else ``place``. ``answer`` is what the client sees, in tables that tell. ``fixes``
    are what the column ``fix`` words.
    """

    table: str
    cells: Mapping[str, Cell]
    place: Place
    places: Mapping[str, Place]
    api: str | None
    answer: Symptom | None = None
    fixes: tuple[Fix, ...] = ()


def misfits(row: Row, table: Table) -> list[str]:
    """Return what in the row is not as the table promises, [] if all is (for tests of facts)."""
    names = [column.name for column in table.columns]
    wrong = [f"`{name}` is missing" for name in names if name not in row.cells]
    wrong += [f"`{name}` is not a column" for name in row.cells if name not in names]
    wrong += [
        f"`{column.name}` is {row.cells[column.name]!r}"
        for column in table.columns
        if column.name in row.cells and not _fits(column, row.cells[column.name])
    ]
    return wrong


def _fits(column: Column, cell: Cell) -> bool:
    is_open_text = column.kind == "text" and column.values is None
    if isinstance(cell, Unknown) or (is_open_text and isinstance(cell, Text)):
        return True
    return column.takes(cell)
