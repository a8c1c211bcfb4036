from typing import Annotated, Literal, TypedDict

import pytest

from cdk_appsync_guard.facts.tables import (
    Column,
    Flag,
    Names,
    Number,
    Table,
    Words,
    table,
)
from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.template.values.value import Unknown

each_table = pytest.mark.parametrize("owner", TABLES.values(), ids=TABLES)


@each_table
def test_a_column_means_something(owner: Table) -> None:
    names = [column.name for column in owner.columns]

    assert [name for name in names if not name.isidentifier()] == []
    assert [column.name for column in owner.columns if not column.meaning] == []
    assert len(set(names)) == len(names)


@each_table
def test_a_column_holds_one_kind_of_cell(owner: Table) -> None:
    for column in owner.columns:
        assert column.kind in ("text", "number", "bool", "list"), column.name
        assert column.values is None or column.kind in ("text", "list"), column.name


@each_table
def test_a_closed_column_lists_each_value_once(owner: Table) -> None:
    for column in owner.columns:
        values = column.values or ("any",)

        assert len(set(values)) == len(values), column.name
        assert all(isinstance(value, str) and value for value in values), column.name


def test_tables_are_known_by_their_names() -> None:
    assert {name: one.name for name, one in TABLES.items()} == {name: name for name in TABLES}


def test_a_typed_dict_declares_its_columns() -> None:
    class Doors(TypedDict):
        name: Annotated[Words, "what it is called"]
        state: Annotated[Literal["open", "shut"] | Unknown | None, "how it stands"]
        mode: Annotated[Words, "who may pass", ("key", "badge")]
        locks: Annotated[Number, "how many it has"]
        alarmed: Annotated[Flag, "whether it rings"]
        keys: Annotated[Names | None, "what opens it"]

    doors = table("doors", "a door", Doors, answers=True)

    assert (doors.name, doors.meaning, doors.answers) == ("doors", "a door", True)
    assert doors.columns == (
        Column("name", "what it is called"),
        Column("state", "how it stands", ("open", "shut"), optional=True),
        Column("mode", "who may pass", ("key", "badge")),
        Column("locks", "how many it has", kind="number"),
        Column("alarmed", "whether it rings", kind="bool"),
        Column("keys", "what opens it", kind="list", optional=True),
    )
