"""Portraits → what the templates show of a matrix: sections of columns, groups of rows, changes.

In: Portraits, and the Changes from an older input. Out: Pictures. Rows stand in small groups, of
which a browser lays out those alone that are in sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cdk_appsync_guard.access.matrix_words import caller_words
from cdk_appsync_guard.portrait.model import Portrait
from cdk_appsync_guard.report import Change
from cdk_appsync_guard.reporters.html.callers import TITLES, Head, heads_of
from cdk_appsync_guard.reporters.html.change_groups import ChangeGroup, group_changes
from cdk_appsync_guard.reporters.html.facts import Fact, facts_of
from cdk_appsync_guard.reporters.html.looks import WORDS, look_of
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["Picture", "looks_in", "paint"]

ROWS_OF_A_GROUP = 25
MOST_CHANGES = 100
_OPERATIONS = {"query": "Queries", "mutation": "Mutations", "subscription": "Subscriptions"}


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    title: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """``cells`` are the classes of its cells: the look, and the change that there was."""

    coordinate: str
    name: str
    signature: str
    opens: bool
    cells: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one type. ``title`` is empty if the group goes on with the type before."""

    title: str
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One API as the page shows it."""

    name: str
    file: str = ""
    question: Unknown | None = None
    facts: tuple[Fact, ...] = ()
    sections: tuple[_Section, ...] = ()
    callers: tuple[Head, ...] = ()
    groups: tuple[_Group, ...] = ()
    looks: frozenset[str] = frozenset()
    changes: tuple[ChangeGroup, ...] = ()
    more_changes: int = 0
    more_groups: int = 0


def paint(portrait: Portrait, changes: Sequence[Change] | None = None) -> Picture:
    """Return the picture of an API; *changes* are those of all APIs, None if there is no base."""
    matrix = portrait.matrix
    mine = None if changes is None else [one for one in changes if one.api == matrix.api]
    gathered = group_changes(mine or ())
    shown = gathered[:MOST_CHANGES]
    if matrix.question is not None:
        return Picture(matrix.api, question=matrix.question, changes=shown)
    heads = heads_of(matrix.callers)
    groups = tuple(_groups(portrait, heads, mine or ()))
    return Picture(
        name=matrix.api,
        file=next((one.frame.location.file for one in portrait.fields.values()), ""),
        facts=tuple(facts_of(portrait, heads, mine)),
        sections=tuple(_sections(heads)),
        callers=tuple(heads),
        groups=groups,
        looks=frozenset(cell[0] for group in groups for row in group.rows for cell in row.cells),
        changes=shown,
        more_changes=len(gathered) - len(shown),
        more_groups=matrix.more_groups,
    )


def looks_in(pictures: Sequence[Picture]) -> list[str]:
    """Return the looks that a legend has to explain."""
    return [look for look in WORDS if any(look in one.looks for one in pictures)]


def _sections(heads: Sequence[Head]) -> Iterator[_Section]:
    for name, title in TITLES.items():
        columns = tuple(head.column for head in heads if head.section == name)
        if columns:
            yield _Section(name, title, columns)


def _groups(
    portrait: Portrait, heads: Sequence[Head], changes: Sequence[Change]
) -> Iterator[_Group]:
    """Yield the rows of the root types, then those of others that are asked for."""
    changed = {(one.caller, one.coordinate): one.change for one in changes}
    for title, names in _types(portrait):
        for start in range(0, len(names), ROWS_OF_A_GROUP):
            part = names[start : start + ROWS_OF_A_GROUP]
            rows = tuple(_row(portrait, heads, one, changed) for one in part)
            yield _Group("" if start else title, rows)


def _types(portrait: Portrait) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield each type's title, and its fields with their positions in the matrix."""
    index = {name: at for at, name in enumerate(portrait.matrix.coordinates)}
    types: dict[str, list[tuple[str, int]]] = {}
    for name in portrait.rows:
        types.setdefault(name.partition(".")[0], []).append((name, index[name]))
    for type_name in sorted(types, key=lambda one: _rank(portrait, one)):
        operation = portrait.operations.get(type_name, "")
        yield _OPERATIONS.get(operation, f"Type {type_name}"), types[type_name]


def _rank(portrait: Portrait, type_name: str) -> int:
    operations = list(_OPERATIONS)
    operation = portrait.operations.get(type_name)
    return operations.index(operation) if operation in operations else len(operations)


def _row(
    portrait: Portrait,
    heads: Sequence[Head],
    row: tuple[str, int],
    changed: Mapping[tuple[str, str], str],
) -> _Row:
    coordinate, at = row
    view = portrait.fields.get(coordinate)
    matrix = portrait.matrix
    cells = []
    for head in heads:
        look = look_of(matrix.columns[head.column][at])
        who = caller_words(matrix.callers[head.column]) if changed else ""
        change = changed.get((who, coordinate), "")
        classes = (look, "first" if head.first else "", change)
        cells.append(Markup(" ".join(filter(None, classes))))  # noqa: S704 - words of our own
    return _Row(
        coordinate,
        coordinate.partition(".")[2],
        view.signature if view else "",
        bool(view and view.targets),
        tuple(cells),
    )
