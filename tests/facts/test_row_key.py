"""Findings of a rule at one place are told apart by names of the input, never by sentences."""

from __future__ import annotations

from policy.toy import FILE

from cdk_appsync_guard.facts.row_key import key_of
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown


def _key(table: str = "reach", **cells: Cell) -> tuple[str, ...]:
    return key_of(Row(table, cells, Place(FILE), {}, "Api"))


def test_names_count_and_sentences_and_numbers_do_not() -> None:
    assert _key(mode="API_KEY", reason="old words", hint="h", fix="f", expires_in_days=3) == (
        "reach",
        "mode=API_KEY",
    )


def test_one_more_mode_or_group_is_another_key() -> None:
    assert _key(modes=("A", "B")) != _key(modes=("A",))
    assert _key(groups=("B", "A")) == _key(groups=("A", "B"))
    assert _key(mode=Unknown("old words")) == _key(mode=Unknown("new words"))


def test_a_caller_counts_where_it_is_a_name() -> None:
    assert _key("calls", caller="app") != _key("calls", caller="other")
    assert _key("reach", caller="all callers") == _key("reach", caller="everyone")
