from __future__ import annotations

import pytest

from cdk_appsync_guard.facts.tables import Column, Table
from cdk_appsync_guard.facts.vocabulary import TABLES

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
each_column = pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=[f"{table.name}.{column.name}" for table, column in COLUMNS]
)


@each_column
def test_a_column_means_something(table: Table, column: Column) -> None:
    assert column.name.isidentifier()
    assert column.meaning
    assert [each.name for each in table.columns].count(column.name) == 1


@each_column
def test_a_column_holds_one_kind_of_cell(table: Table, column: Column) -> None:
    del table
    assert column.kind in ("text", "number", "bool", "list")
    assert column.values is None or column.kind in ("text", "list")


@each_column
def test_a_closed_column_lists_each_value_once(table: Table, column: Column) -> None:
    del table
    values = column.values or ("any",)

    assert len(set(values)) == len(values)
    assert all(isinstance(value, str) and value for value in values)


def test_tables_are_known_by_their_names() -> None:
    assert {name: table.name for name, table in TABLES.items()} == {name: name for name in TABLES}
