"""Every table and column that a rule may use, with its possible values and one line of meaning.

Rows carry every column, always. A cell is str, int, bool, None (absent), a tuple of str, or
Unknown. A closed column lists its values; ``evaluate`` tries each where a cell is Unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from cdk_appsync_guard.template.read import Place
from cdk_appsync_guard.template.values import Unknown

__all__ = ["TABLES", "Cell", "Column", "Row", "Table"]

Cell: TypeAlias = "str | int | bool | None | tuple[str, ...] | Unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``values`` is its closed domain; None means open (``kind`` text, number or list).

    A closed list column (``kind`` list with values) holds any subset of the values.
    """

    name: str
    meaning: str
    values: tuple[str | bool | None, ...] | None = None
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one question that rules ask, one row per thing it is asked of."""

    name: str
    meaning: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row. ``places`` gives a column its own place; a finding takes that of the first column of
    its query that has one, else ``place``."""

    table: str
    cells: dict[str, Cell]
    place: Place
    places: dict[str, Place]
    api: str | None


TABLES: dict[str, Table] = {}
