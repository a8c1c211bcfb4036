"""Row → its key: what tells it apart from other rows of its table at the same place.

A key is made of names that stand in the input and of closed values, never of sentences: a finding
in a baseline stays the same finding when words change, and one more mode or group is a new one.
"""

from __future__ import annotations

from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = ["key_of"]


def key_of(row: Row) -> tuple[str, ...]:
    """Return the key, as ``column=value`` in the order of the columns' names."""
    names = sorted(_COLUMNS & row.cells.keys())
    if row.table in _NAMED_CALLERS:
        names.append("caller")
    return (row.table, *(f"{name}={_written(row.cells[name])}" for name in names))


def _written(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return ",".join(sorted(cell))
    if isinstance(cell, (Unknown, Text)):
        return "?" if isinstance(cell, Unknown) else str(cell)
    return "" if cell is None else str(cell)


# A column has one meaning in all tables. `reason`, `hint`, `fix` and their kind are sentences, and
# numbers change from day to day.
_COLUMNS = frozenset(
    {
        "action",
        "association",
        "cache",
        "closed_by",
        "coordinate",
        "data_source",
        "directive",
        "domain",
        "effect",
        "field",
        "function",
        "group",
        "group_list",
        "groups",
        "key",
        "kind",
        "member",
        "merged",
        "missing_mode",
        "mode",
        "modes",
        "mutation",
        "name",
        "operation",
        "policy",
        "pool",
        "principal",
        "resolver",
        "resource",
        "role",
        "rule",
        "source",
        "subject",
        "target",
        "type",
        "users",
    }
)
# Elsewhere a caller is put into words.
_NAMED_CALLERS = frozenset({"calls"})
