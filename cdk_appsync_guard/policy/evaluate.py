"""Rules and rows → hits, and questions that stay open.

A query never sees an Unknown: it is asked once per value that the cell could have. Always a hit →
hit; never → clean; both → open, with the first Unknown that makes the difference. In: rules and the
rows of one scenario. Out: Evaluation. Does not word anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from jmespath.exceptions import JMESPathError

from cdk_appsync_guard.errors import RuleError
from cdk_appsync_guard.facts.tables import Cell, Row, Table
from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.policy.query import Atom, Condition, Query, parse_query
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.policy.unknown_values import Known, possible_cells
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["MOST_COMBINATIONS", "Evaluation", "Hit", "Open", "evaluate", "judge"]

MOST_COMBINATIONS = 64


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that a rule's query selects, whatever its Unknown cells are."""

    rule: Rule
    row: Row


@dataclass(frozen=True, slots=True)
class Open:
    """A row that a rule's query selects or not, depending on ``unknown``."""

    rule: Rule
    row: Row
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules say of the rows of one scenario, by rule and then by row."""

    hits: tuple[Hit, ...] = ()
    open: tuple[Open, ...] = ()


def evaluate(
    rules: Iterable[Rule], rows: Iterable[Row], tables: Mapping[str, Table] = TABLES
) -> Evaluation:
    """Return which rows the rules select, and which they may."""
    by_table: dict[str, list[Row]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    sheets = {name: _Sheet(some, tables[name]) for name, some in by_table.items() if name in tables}
    hits: list[Hit] = []
    open_: list[Open] = []
    for rule in rules:
        sheet = sheets.get(rule.table)
        for row, verdict in sheet.selected(parse_query(rule.query)) if sheet else ():
            if isinstance(verdict, Unknown):
                open_.append(Open(rule, row, verdict))
            else:
                hits.append(Hit(rule, row))
    return Evaluation(tuple(hits), tuple(open_))


class _Sheet:
    """The rows of one table. Rows that share their cells are judged together."""

    def __init__(self, rows: Sequence[Row], table: Table) -> None:
        self._rows = rows
        self._table = table
        different = {id(row.cells): row.cells for row in rows}
        self._cells = {key: (cells, _open_columns(cells)) for key, cells in different.items()}

    def selected(self, query: Query) -> Iterator[tuple[Row, bool | Unknown]]:
        """Yield the rows that the query selects, or may: with the Unknown that decides it."""
        verdicts = dict(self._verdicts(query))
        for row in self._rows if verdicts else ():
            verdict = verdicts.get(id(row.cells))
            if verdict is not None:
                yield row, _why_unknown(row.cells[verdict]) if isinstance(verdict, str) else True

    def _verdicts(self, query: Query) -> Iterator[tuple[int, bool | str]]:
        judged: dict[tuple[object, ...], bool | str] = {}
        for key, (cells, open_) in self._cells.items():
            if open_.isdisjoint(query.columns):
                verdict: bool | str = _select(query, cells)
            else:
                seen = tuple([_what_counts(cells[name]) for name in query.columns])
                if seen not in judged:
                    judged[seen] = _decide(query, cells, self._table)
                verdict = judged[seen]
            if verdict is not False:
                yield key, verdict


def _open_columns(cells: Mapping[str, Cell]) -> frozenset[str]:
    """Return the columns whose cells are not plainly known."""
    return frozenset([name for name, cell in cells.items() if type(cell) in (Unknown, Text)])


def _what_counts(cell: Cell) -> object:
    """Return all of a cell that a verdict depends on: why it is Unknown is of no account."""
    return (Unknown, repr(cell.could_be)) if isinstance(cell, Unknown) else cell


def _select(query: Query, cells: Mapping[str, Any]) -> bool:
    """Return whether the query selects cells that are plainly known."""
    try:
        return query.selects(cells)
    except JMESPathError as error:
        raise _failure(query, error) from error


def _failure(query: Query, error: JMESPathError) -> RuleError:
    reason = f"the query `{query.text}` fails on a row: {error}"
    return RuleError(" ".join(reason.split()))


def judge(query: Query, cells: Mapping[str, Cell], table: Table) -> bool | Unknown:
    """Return whether the query selects the cells, or the first Unknown that decides it."""
    verdict = _decide(query, cells, table)
    return _why_unknown(cells[verdict]) if isinstance(verdict, str) else verdict


def _decide(query: Query, cells: Mapping[str, Cell], table: Table) -> bool | str:
    """Return whether the query selects the cells, or the name of the first column to decide it."""
    known: dict[str, Any] = {name: cells[name] for name in query.columns}
    try:
        could_be = possible_cells(query, table, cells)
        if not could_be:
            return query.selects(known)
        # Two looks: each atom by itself tells most rows; what is left is tried in combination,
        # because one column in two atoms is one value.
        answers = _answers(query.condition, known, could_be)
        if len(answers) == 1:
            return answers == {True}
        return _try_all(query, known, could_be)
    except JMESPathError as error:
        raise _failure(query, error) from error


def _answers(
    condition: Condition, known: dict[str, Any], could_be: Mapping[str, tuple[Known, ...]]
) -> set[bool]:
    """Return the answers that would be possible if no two atoms had a column in common."""
    if isinstance(condition, Atom):
        return _atom_answers(condition, known, could_be)
    if condition.kind == "not":
        return {not answer for answer in _answers(condition.of[0], known, could_be)}
    stop = condition.kind == "any"
    seen: set[bool] = set()
    for part in condition.of:
        answers = _answers(part, known, could_be)
        if answers == {stop}:
            return answers
        seen |= answers
    return seen


def _atom_answers(
    atom: Atom, known: dict[str, Any], could_be: Mapping[str, tuple[Known, ...]]
) -> set[bool]:
    own = {name: could_be[name] for name in atom.columns if name in could_be}
    if prod(map(len, own.values())) > MOST_COMBINATIONS:
        return {True, False}
    try:
        return {atom.holds(cells) for _, cells in _combinations(own, known)}
    except JMESPathError:  # a condition before this one may keep such cells away from it
        return {True, False}


def _try_all(
    query: Query, known: dict[str, Any], could_be: dict[str, tuple[Known, ...]]
) -> bool | str:
    """Ask the query once per combination of what the open columns could be."""
    tried = {
        name: could_be[name]
        for atom in query.atoms
        if len(_atom_answers(atom, known, could_be)) > 1
        for name in atom.columns
        if name in could_be
    }
    if prod(map(len, tried.values())) > MOST_COMBINATIONS:
        return next(iter(tried))
    settled = {**known, **{name: values[0] for name, values in could_be.items()}}
    verdicts = {
        values: query.selects(tried_cells) for values, tried_cells in _combinations(tried, settled)
    }
    if len(set(verdicts.values())) == 1:
        return next(iter(verdicts.values()))
    return next(
        name for position, name in enumerate(tried) if _makes_a_difference(position, verdicts)
    )


def _makes_a_difference(position: int, verdicts: dict[tuple[Known, ...], bool]) -> bool:
    """Return whether two combinations that differ only at this position differ in verdict."""
    first: dict[tuple[Known, ...], bool] = {}
    return any(
        first.setdefault(values[:position] + values[position + 1 :], verdict) != verdict
        for values, verdict in verdicts.items()
    )


def _combinations(
    could_be: Mapping[str, tuple[Known, ...]], known: dict[str, Any]
) -> Iterator[tuple[tuple[Known, ...], dict[str, Any]]]:
    """Yield each combination of values, and the cells that result."""
    for values in product(*could_be.values()):
        yield values, {**known, **dict(zip(could_be, values, strict=True))}


def _why_unknown(cell: Cell) -> Unknown:
    return unknown_of(cell) or Unknown("it is not known for certain")
