"""What an Unknown cell could be, as far as a query can tell the difference.

In: a query, a table, the cells of one row. Out: for each cell that is not plainly known the values
to try: those it carries, else its column's domain, else the query's own literals, their neighbours
and something else. Does not run the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations
from typing import TypeAlias

from cdk_appsync_guard.facts.tables import Cell, Column, Table
from cdk_appsync_guard.policy.query import Atom, Query
from cdk_appsync_guard.template.values.value import Text, Unknown, Value

__all__ = ["Known", "possible_cells"]

Known: TypeAlias = "str | float | bool | tuple[str, ...] | None"

_LARGEST_POWERSET = 5
_FAR = 10**9
_LONGEST_FILLER = 1000


def possible_cells(
    query: Query, table: Table, cells: Mapping[str, Cell]
) -> dict[str, tuple[Known, ...]]:
    """Return what each Unknown or Text cell that the query reads could be; others are left out."""
    return {
        column.name: _possible(column, query, table, cells)
        for column in table.columns
        if column.name in query.columns and isinstance(cells[column.name], (Unknown, Text))
    }


def _possible(
    column: Column, query: Query, table: Table, cells: Mapping[str, Cell]
) -> tuple[Known, ...]:
    cell = cells[column.name]
    could_be = _could_be(cell)
    plain = [value for value in could_be if _is_plain(value) and column.takes(value)]
    if plain and all(_is_plain(value) for value in could_be):
        return tuple(dict.fromkeys(plain))
    if column.domain is not None:
        return column.domain
    # A Text is there, whatever it says; so is a value that may be one Text or another.
    never_absent = isinstance(cell, Text) or (could_be and None not in could_be)
    absent = (None,) if column.optional and not never_absent else ()
    return tuple(dict.fromkeys(chain(_told_apart(column, query, table, cells), absent)))


def _could_be(cell: Cell) -> tuple[Value, ...]:
    """Return the values that the cell itself says it could be, () if it does not say."""
    could_be = cell.could_be if isinstance(cell, Unknown) else None
    if isinstance(cell, Text) and cell.hole:
        could_be = cell.hole.could_be
    values = [tuple(value) if isinstance(value, list) else value for value in could_be or ()]
    usable = all(_is_plain(value) or isinstance(value, Text) for value in values)
    return tuple(values) if usable else ()


def _told_apart(
    column: Column, query: Query, table: Table, cells: Mapping[str, Cell]
) -> Iterator[Known]:
    """Yield values of an open column, one of each kind that the query treats differently."""
    atoms = [atom for atom in query.atoms if column.name in atom.columns]
    compared = _compared(column, atoms, table, cells)
    if column.kind == "list":
        return _lists(column, atoms, compared)
    return _numbers(compared) if column.kind == "number" else _texts(column, compared)


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, (str, int, float))


def _compared(
    column: Column, atoms: list[Atom], table: Table, cells: Mapping[str, Cell]
) -> list[str | float]:
    """Return all that the query compares the column with: literals and the cells beside it."""
    values: list[Known | Cell] = [literal for atom in atoms for literal in atom.literals]
    beside = dict.fromkeys(name for atom in atoms for name in atom.columns if name != column.name)
    for name in beside:
        cell, other = cells[name], table.column(name)
        if not isinstance(cell, (Unknown, Text)):
            values.append(cell)
        elif other is not None:
            values.extend(other.values or (_another(name),))
    flat = chain.from_iterable(value if isinstance(value, tuple) else (value,) for value in values)
    return [
        value
        for value in dict.fromkeys(flat)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    ]


def _another(name: str) -> str:
    return f"(another {name})"


def _texts(column: Column, compared: list[str | float]) -> Iterator[str]:
    texts = [value for value in compared if isinstance(value, str)]
    yield _another(column.name)
    yield from texts
    # For a query that asks how a text starts and how it ends.
    yield from (f"{first}-{last}" for first in texts for last in texts if first != last)
    yield from ("x" * length for length in _lengths(compared))


def _numbers(compared: list[str | float]) -> Iterator[float]:
    yield from (0, -_FAR, _FAR)
    for value in compared:
        if not isinstance(value, str):
            yield from (value - 1, value, value + 1)


def _lists(
    column: Column, atoms: list[Atom], compared: list[str | float]
) -> Iterator[tuple[str, ...]]:
    texts = [value for value in compared if isinstance(value, str)]
    if all(_is_membership(atom) for atom in atoms):
        return _subsets(texts)
    if column.values is None:
        others = [f"{_another(column.name)} {number}" for number in range(2)]
        fillers = (tuple(f"x{i}" for i in range(n)) for n in _lengths(compared))
        few = [*texts, *others][:_LARGEST_POWERSET]
        return chain(_subsets(few), ((*texts, *others),), fillers)
    if len(column.values) <= _LARGEST_POWERSET:
        return _subsets(column.values)
    first = [value for value in (*texts, *column.values) if value in column.values]
    few = list(dict.fromkeys(first))[:_LARGEST_POWERSET]
    return chain(_subsets(few), ((value,) for value in column.values), (column.values,))


def _is_membership(atom: Atom) -> bool:
    """Tell ``contains(column, 'literal')``: nothing else in the list makes a difference."""
    children = [child["type"] for child in atom.tree["children"]]
    return atom.tree.get("value") == "contains" and children == ["field", "literal"]


def _lengths(compared: list[str | float]) -> list[int]:
    numbers = [int(value) for value in compared if not isinstance(value, str)]
    near = chain.from_iterable((value - 1, value, value + 1) for value in numbers)
    return [length for length in dict.fromkeys(near) if 0 <= length <= _LONGEST_FILLER]


def _subsets(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    pool = tuple(values)
    return chain.from_iterable(combinations(pool, size) for size in range(len(pool) + 1))
