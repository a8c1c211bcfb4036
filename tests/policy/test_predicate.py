"""What Python answers of an atom is what JMESPath answers, for every rule and any cells."""

from __future__ import annotations

import random
from typing import Any

import jmespath
import pytest
from jmespath.exceptions import JMESPathError

from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.policy.query import Query, parse_query
from cdk_appsync_guard.policy.rules import load_rules

RULES = load_rules()
FORMS = (
    *("a", "!a", "a == 'x'", "a != 'x'", "a == `0`", "a == `1`", "a != `1`", "a == `1.5`"),
    *("a == `true`", "a == `false`", "a != `null`", "a == `null`", "a == b", "'x' == a"),
    *("a > `0`", "a <= `1`", "a < `true`", "length(a) > `0`", "contains(a, 'x')"),
    *("contains(['x', 'y'], a)", "contains(['x'], 'x') == a", "starts_with(a, 'x')"),
    *("contains(a, `1`)", 'a == `["x"]`', 'contains(`["x"]`, a)', "a == 'x' || !b && a"),
)
CELLS = (
    *(None, True, False, 0, 1, 1.0, 1.5, -3, "", "x", "y", "xy", "1"),
    *((), ("x",), ("y", "x"), ("",)),
)


def of_jmespath(query: Query, cells: dict[str, Any]) -> bool | str:
    rows = [{name: list(cell) if isinstance(cell, tuple) else cell for name, cell in cells.items()}]
    try:
        return bool(jmespath.search(query.text, {query.table: rows}))
    except (JMESPathError, TypeError):
        return "not to be asked"


def of_ours(query: Query, cells: dict[str, Any]) -> bool | str:
    try:
        return query.selects(cells)
    except JMESPathError:
        return "not to be asked"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_answered_as_jmespath_answers(form: str) -> None:
    query = parse_query(f"rows[?{form}]")
    pairs = [{"a": one, "b": other} for one in CELLS for other in CELLS]

    assert [of_ours(query, cells) for cells in pairs] == [
        of_jmespath(query, cells) for cells in pairs
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_answered_as_jmespath_answers(rule: Any) -> None:
    chance = random.Random(rule.id)  # noqa: S311 - the same rows each time
    query = parse_query(rule.query)
    literals = [one for atom in query.atoms for one in atom.literals]
    for _ in range(25):
        cells: dict[str, Any] = {}
        for column in TABLES[query.table].columns:
            usual = [*literals, *(column.domain or ()), *(column.values or ())]
            fitting = [cell for cell in (*CELLS, *usual, *usual) if column.takes(cell)]
            cells[column.name] = chance.choice(fitting)

        assert of_ours(query, cells) == of_jmespath(query, cells)
