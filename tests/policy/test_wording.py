from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.policy.wording import Truths, fill, name_scenarios
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown


@pytest.mark.parametrize(
    ("text", "cell", "expected"),
    [
        ("`{a}` is", "x", "`x` is"),
        ("{a} is", "x", "x is"),
        ("`{a}` are", ("x", "y"), "`x`, `y` are"),
        ("{a} are", ("x", "y"), "`x`, `y` are"),
        ("`{a}` are", (), "none are"),
        ("`{a}` is", None, "none is"),
        ("`{a}` is", Unknown("secret reason"), "(unknown) is"),
        ("`{a}` is", Text(("arn:", Hole("pseudo", "AWS::Region"))), "`arn:${AWS::Region}` is"),
        ("`{a}` is", True, "`true` is"),
        ("{a} days", 7, "7 days"),
        ("`{a}`", "two\nlines\x1b[31m", "`two lines [31m`"),
        ("`{a}`", "x" * 400, "`" + "x" * 300 + "...`"),
        ("`type A { b: {c} }` {}", "x", "`type A { b: {c} }` {}"),
        ("{a}", "{a}", "{a}"),
    ],
)
def test_texts_are_filled_from_cells(text: str, cell: Cell, expected: str) -> None:
    assert fill(text, {"a": cell}) == expected


def _scenarios(*names: str) -> list[Truths]:
    return [
        tuple(zip(names, values, strict=True))
        for values in product((True, False), repeat=len(names))
    ]


@pytest.mark.parametrize(
    ("names", "holds", "expected"),
    [
        (("A",), 0b11, None),
        (("A",), 0b01, "`A` is true"),
        (("A",), 0b10, "`A` is false"),
        (("A", "B"), 0b0101, "`B` is true"),
        (("A", "B"), 0b0001, "`A` is true and `B` is true"),
        (("A", "B"), 0b1000, "`A` is false and `B` is false"),
        (("A", "B"), 0b0111, "`A` is true; or `B` is true"),
        (("A", "B"), 0b1001, "`A` is true and `B` is true; or `A` is false and `B` is false"),
        (("A", "B", "C"), 0b00000001, "`A` is true and `B` is true and `C` is true"),
        (("A", "B", "C"), 0b10010110, "in 4 of 8 combinations of conditions"),
    ],
)
def test_scenarios_are_named_by_the_fewest_conditions(
    names: tuple[str, ...], holds: int, expected: str | None
) -> None:
    assert name_scenarios(_scenarios(*names), holds) == expected


def test_a_condition_that_is_true_says_it_better() -> None:
    scenarios: list[Truths] = [
        (("IsDev", False), ("IsProd", True)),
        (("IsDev", True), ("IsProd", False)),
    ]

    assert name_scenarios(scenarios, 0b01) == "`IsProd` is true"


def test_one_scenario_needs_no_words() -> None:
    assert name_scenarios([()], 1) is None


@given(st.integers(1, 254))
def test_the_words_are_true_of_exactly_these_scenarios(holds: int) -> None:
    scenarios = _scenarios("A", "B", "C")

    words = name_scenarios(scenarios, holds)

    assert words is not None
    if not words.startswith("in "):
        said = [
            any(_named(part) <= set(truths) for part in words.split("; or "))
            for truths in scenarios
        ]
        assert said == [bool(holds >> position & 1) for position in range(len(scenarios))]


def _named(part: str) -> set[tuple[str, bool]]:
    return {(literal.split("`")[1], literal.endswith("true")) for literal in part.split(" and ")}
