"""Which authorizations an API may turn out to have, and rows where they disagree.

In: an Api whose modes may be unknown. Out: every possible Authorization, or the Unknown that stands
for too many; and rows of tables as far as all of them agree.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.modes import COGNITO, MODES, Authorization
from cdk_appsync_guard.facts.tables import Cell, Row, Table
from cdk_appsync_guard.template.values.value import Unknown, unknown_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk_appsync_guard.appsync.api import Api, Provider
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["agree", "authorizations", "question", "unknown_row"]

MOST_ALTERNATIVES = 10


def authorizations(api: Api) -> tuple[Authorization, ...] | Unknown:
    """Return every authorization that the API may have, one if all is known."""
    if isinstance(api.additional, Unknown):
        return api.additional
    options = [_modes(provider) for provider in api.providers]
    amount = 1
    for modes in options:
        amount *= len(modes)
    if amount > MOST_ALTERNATIVES:
        return question(api)[0]
    return tuple(
        Authorization(modes[0], modes[1:], action)
        for modes in product(*options)
        for action in _default_actions(api, modes)
    )


def question(api: Api) -> tuple[Unknown, Place]:
    """Return what is not known about the modes, and where it is written."""
    if isinstance(api.additional, Unknown):
        return api.additional, api.resource.place("AdditionalAuthenticationProviders")
    for provider in api.providers:
        if isinstance(provider.mode, Unknown):
            return provider.mode, provider.place
    action = unknown_of(api.default.get("DefaultAction"))
    place = api.resource.place("UserPoolConfig", "DefaultAction")
    return action or Unknown("the default action is not known"), place


def agree(api: Api, tables: tuple[Table, ...], alternatives: Iterable[Iterable[Row]]) -> list[Row]:
    """Return the rows of which all alternatives are sure, and one Unknown row a table for the rest.

    *tables* are those whose rows depend on the modes.
    """
    listed = [list(rows) for rows in alternatives]
    if len(listed) == 1:
        return listed[0]
    seen = [{_identity(row): row for row in rows} for rows in listed]
    sure = set.intersection(*(set(one) for one in seen))
    rows = [
        _with_shared_fix(row, [one[_identity(row)] for one in seen])
        for row in listed[0]
        if _identity(row) in sure
    ]
    unsure = {row.table for rows in listed for row in rows if _identity(row) not in sure}
    unknown, place = question(api)
    return rows + [
        unknown_row(table, unknown, place, api.name) for table in tables if table.name in unsure
    ]


def unknown_row(table: Table, unknown: Unknown, place: Place, api: str) -> Row:
    """Return the row that stands for all rows of a table that no one can know."""
    # What the cause could be says nothing about what a cell could be.
    cell = Unknown(unknown.reason, unknown.would_decide)
    cells: dict[str, Cell] = {column.name: cell for column in table.columns}
    return Row(table.name, cells, place, {}, api)


def _modes(provider: Provider) -> tuple[str, ...]:
    if not isinstance(provider.mode, Unknown):
        return (provider.mode,)
    could_be = tuple(mode for mode in provider.mode.could_be or () if mode in MODES)
    return could_be or MODES


def _default_actions(api: Api, modes: tuple[str, ...]) -> tuple[str | None, ...]:
    """Return the possible default actions: they count only where Cognito is the only mode."""
    if modes != (COGNITO,):
        return (None,)
    action = api.default.get("DefaultAction")
    if unknown_of(action) is not None:
        return ("ALLOW", "DENY")
    return (action if isinstance(action, str) else None,)


def _identity(row: Row) -> tuple[str, tuple[tuple[str, Cell], ...]]:
    """Return what a row says; what can be done about it may differ from mode to mode."""
    return row.table, tuple(cell for cell in row.cells.items() if cell[0] != "fix")


def _with_shared_fix(row: Row, alternatives: list[Row]) -> Row:
    """Return the row, without its fix if that depends on what is not known."""
    if all(one.fixes == row.fixes for one in alternatives):
        return row
    return replace(row, cells={**row.cells, "fix": ""}, fixes=())
