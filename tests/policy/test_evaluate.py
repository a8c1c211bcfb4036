from __future__ import annotations

from itertools import product
from typing import Any

import jmespath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from policy.toy import TABLES, TOY, TOYS, make_row, make_rule, plain

from cdk_appsync_guard.errors import RuleError
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.policy.evaluate import Evaluation, Hit, Open, evaluate, judge
from cdk_appsync_guard.policy.query import parse_query
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown

WHY = Unknown("nobody told", "tell")


def _judge(query: str, **cells: Cell) -> bool | Unknown:
    return judge(parse_query(f"toys[?{query}]"), {**TOY, **cells}, TOYS)


def test_rows_are_judged_by_the_rules_of_their_table() -> None:
    red, blue, open_ = make_row(), make_row(color="blue"), make_row(color=WHY)
    stranger = Row("others", {}, red.place, {}, None)
    rule = make_rule()

    evaluation = evaluate([rule], [red, stranger, blue, open_], TABLES)

    assert evaluation == Evaluation((Hit(rule, red),), (Open(rule, open_, WHY),))


@pytest.mark.parametrize(
    ("query", "cells", "expected"),
    [
        ("color == 'red'", {"color": WHY}, WHY),
        ("color == 'red' && broken", {"color": WHY}, False),
        ("color != 'red' || color != 'blue'", {"color": WHY}, True),
        ("!broken || broken", {"broken": WHY}, True),
        ("color == 'red'", {"color": Unknown("two", "", ("green", "blue"))}, False),
        ("color != 'red'", {"color": Unknown("two", "", ("green", "blue"))}, True),
        ("color == 'red'", {"color": Unknown("odd", "", ("pink", "red"))}, True),
        ("!glaze", {"glaze": WHY}, WHY),
        ("price > `100`", {"price": WHY}, WHY),
        ("price > `100` || price <= `100` || !price", {"price": WHY}, True),
        ("price == `7`", {"price": Unknown("", "", (1, 2))}, False),
        ("maker == 'Me'", {"maker": WHY}, WHY),
        ("maker == 'Me' || maker != 'Me'", {"maker": WHY}, True),
        ("maker == 'Me' && maker == 'You'", {"maker": WHY}, False),
        ("maker && starts_with(maker, 'a') && ends_with(maker, 'z')", {"maker": WHY}, WHY),
        ("maker && length(maker) > `40`", {"maker": WHY}, WHY),
        ("maker == coordinate", {"maker": WHY}, WHY),
        ("contains(sizes, 'm')", {"sizes": WHY}, WHY),
        ("contains(sizes, 'm') && length(sizes) > `3`", {"sizes": WHY}, False),
        ("length(sizes) >= `3`", {"sizes": WHY}, WHY),
        ("contains(tags, 'x')", {"tags": WHY}, WHY),
        ("length(tags) > `9`", {"tags": WHY}, WHY),
        ("tags[?@ == 'x']", {"tags": WHY}, WHY),
        ("contains(tags, color)", {"tags": WHY}, WHY),
        ("contains(tags, maker)", {"tags": WHY, "maker": "Me"}, WHY),
    ],
)
def test_unknown_cells_are_all_that_they_could_be(
    query: str, cells: dict[str, Cell], expected: bool | Unknown
) -> None:
    assert _judge(query, **cells) == expected


def test_a_text_with_holes_is_there_whatever_it_says() -> None:
    maker = Text(("made by ", Hole("parameter", "Maker")))

    assert _judge("!maker", maker=maker) is False
    assert _judge("maker == 'x'", maker=maker) == Unknown(
        "parameter `Maker` has no value", "--parameters Maker=VALUE"
    )


def test_a_value_that_is_one_text_or_another_is_there() -> None:
    maker = Unknown("two", "", (Text((Hole("attribute", "Role.Arn"),)), "arn:x"))

    assert _judge("!maker", maker=maker) is False


def test_the_first_unknown_that_makes_a_difference_is_named() -> None:
    idle, deciding = Unknown("idle"), Unknown("deciding")

    assert _judge("(color == 'red' || color != 'red') && broken", color=idle, broken=deciding) == (
        deciding
    )


def test_known_cells_settle_a_query_of_too_many_combinations() -> None:
    query = "(contains(tags, coordinate) || length(tags) > `1`) && length(sizes) > `1` && broken"

    assert _judge(query, tags=WHY, sizes=WHY, maker=WHY, broken=False) is False


def test_too_many_combinations_stay_open() -> None:
    query = "length(tags) != length(sizes) && (price != `1` && price != `2` && price != `3`)"

    assert _judge(query, tags=WHY, sizes=WHY, price=WHY) == WHY


def test_an_unknown_that_could_be_a_list_is_understood() -> None:
    could_be_lists = Unknown("lists", "", (["s"], ["s", "m"]))
    rule, row = make_rule("toys[?contains(sizes, 's')]"), make_row(sizes=could_be_lists)

    assert evaluate([rule], [row], TABLES) == Evaluation((Hit(rule, row),))


def test_a_query_that_cannot_be_asked_is_a_rule_error() -> None:
    with pytest.raises(RuleError):
        _judge("contains(maker, 'x')")


COLUMNS = {
    "color": TOYS.column("color"),
    "glaze": TOYS.column("glaze"),
    "broken": TOYS.column("broken"),
}
DOMAINS: dict[str, tuple[Any, ...]] = {
    **{name: column.domain or () for name, column in COLUMNS.items() if column},
    "sizes": ((), ("s",), ("m",), ("l",), ("s", "m"), ("s", "l"), ("m", "l"), ("s", "m", "l")),
}
ATOMS = st.sampled_from(
    [
        "color == 'red'",
        "color != 'blue'",
        "contains(['red', 'green'], color)",
        "starts_with(color, 'b')",
        "glaze",
        "glaze == 'matt'",
        "broken",
        "broken == `true`",
        "contains(sizes, 's')",
        "length(sizes) > `1`",
        "sizes",
        "sizes[?@ == 'm']",
    ]
)
QUERIES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
    ),
    max_leaves=6,
)
CELLS = st.fixed_dictionaries(
    {name: st.one_of(st.sampled_from(domain), st.just(WHY)) for name, domain in DOMAINS.items()}
)


def _completions(cells: dict[str, Cell]) -> list[dict[str, Cell]]:
    choices = [DOMAINS[name] if cell == WHY else (cell,) for name, cell in cells.items()]
    return [{**TOY, **dict(zip(cells, values, strict=True))} for values in product(*choices)]


@pytest.mark.slow
@given(QUERIES, CELLS)
@settings(max_examples=50, deadline=None)
def test_the_verdict_is_that_of_brute_force(query: str, cells: dict[str, Cell]) -> None:
    text = f"toys[?{query}]"
    completions = _completions(cells)
    answers = {bool(jmespath.search(text, {"toys": [plain(row)]})) for row in completions}

    verdict = judge(parse_query(text), {**TOY, **cells}, TOYS)

    if len(completions) <= 64:
        assert verdict == (WHY if len(answers) == 2 else answers == {True})
    elif verdict != WHY:
        assert answers == {verdict}


@pytest.mark.slow
@given(QUERIES, CELLS, st.data())
@settings(max_examples=50, deadline=None)
def test_knowing_more_never_opens_what_was_decided(
    query: str, cells: dict[str, Cell], data: st.DataObject
) -> None:
    parsed = parse_query(f"toys[?{query}]")
    before = judge(parsed, {**TOY, **cells}, TOYS)
    assume(before != WHY)
    more = data.draw(st.sampled_from(_completions(cells)))
    known = data.draw(st.sets(st.sampled_from(sorted(cells))))

    after = judge(parsed, {**TOY, **cells, **{name: more[name] for name in known}}, TOYS)

    assert after == before
