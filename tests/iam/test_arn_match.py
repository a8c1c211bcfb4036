"""Wildcards on plain strings and on strings with holes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_appsync_guard.iam.arn_match import matches, prepare
from cdk_appsync_guard.template.values.value import Hole, Text, Value, concatenate

REGION = Text((Hole("pseudo", "AWS::Region"),))
ACCOUNT = Text((Hole("pseudo", "AWS::AccountId"),))
PARTITION = Text((Hole("pseudo", "AWS::Partition"),))
API = Text((Hole("attribute", "Api.ApiId", "stack"),))
PARAMETER = Text((Hole("parameter", "ApiId", "stack"),))


def arn(*end: str, partition: Value = PARTITION, region: Value = REGION, api: Value = API) -> Value:
    return concatenate(["arn:", partition, ":appsync:", region, ":", ACCOUNT, ":apis/", api, *end])


FIELD = arn("/types/Query/fields/getPost")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", True),
        ("arn:aws:appsync:*", True),
        ("arn:aws:s3:::*", False),
        (arn("/*"), True),
        (arn(), False),
        (arn("/types/Query/*"), True),
        (arn("/types/query/*"), False),
        (arn("/types/Query/fields/get????"), True),
        (arn("/types/Query/fields/getPosts"), False),
        (arn("/types/Query/fields/getPost", partition="aws"), True),
        (arn("/types/Query/fields/getPost", partition="aws-cn"), None),
        (arn("/types/Query/fields/getPost", region="eu-west-1"), None),
        (arn("/types/Query/fields/getPost", region="EU"), False),
        (arn("/types/Query/fields/getPost", api=PARAMETER), None),
        (arn("/types/Query/fields/getUser", api=PARAMETER), False),
        (arn("/types/Query/fields/${aws:PrincipalTag/field}"), None),
        (arn("/types/Query/fields/get${*}"), False),
    ],
)
def test_pattern_against_the_arn_of_a_field(pattern: str | Text, expected: bool | None) -> None:
    assert matches(pattern, FIELD) is expected


def test_variable_with_a_value_is_filled_in() -> None:
    pattern = arn("/types/Query/fields/${aws:PrincipalTag/field}")

    assert matches(pattern, FIELD, {"aws:principaltag/field": "getPost"}) is True
    assert matches(pattern, FIELD, {"aws:principaltag/field": "other"}) is False
    assert matches(pattern, FIELD, {}) is False


def plainly_matches(pattern: str, target: str) -> bool:
    """The definition, one character at a time."""
    if not pattern:
        return not target
    if pattern[0] == "*":
        return any(plainly_matches(pattern[1:], target[i:]) for i in range(len(target) + 1))
    return (
        bool(target) and pattern[0] in ("?", target[0]) and plainly_matches(pattern[1:], target[1:])
    )


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8), st.integers(0, 8))
def test_agrees_with_the_definition_wherever_the_target_is_cut(
    pattern: str, target: str, cut: int
) -> None:
    expected = plainly_matches(pattern, target)

    assert matches(pattern, target) is expected
    assert prepare(pattern, target[:cut]).matches(target[cut:]) is expected


HOLES = [Hole("parameter", name, "stack") for name in "xy"]
PIECES = st.lists(st.sampled_from([*"ab", *HOLES]), max_size=5)


@given(
    st.lists(st.sampled_from([*"ab*?", *HOLES]), max_size=5),
    PIECES,
    st.fixed_dictionaries({"x": st.text("ab", max_size=2), "y": st.text("ab", max_size=2)}),
)
def test_an_answer_about_holes_holds_whatever_they_turn_out_to_be(
    pattern: list[str | Hole], target: list[str | Hole], values: dict[str, str]
) -> None:
    def open_text(parts: list[str | Hole]) -> Any:
        return concatenate(Text((part,)) if isinstance(part, Hole) else part for part in parts)

    def filled(parts: list[str | Hole]) -> str:
        return "".join(values[part.name] if isinstance(part, Hole) else part for part in parts)

    answer = matches(open_text(pattern), open_text(target))

    assert answer in (None, plainly_matches(filled(pattern), filled(target)))


def test_a_hostile_pattern_does_not_backtrack() -> None:
    assert matches("*a" * 80 + "b", "a" * 200) is False


@pytest.mark.parametrize("pattern", ["?*" * 2000, "*" * 50_000, "*" * 50_000 + "b"])
def test_a_run_of_wildcards_is_as_good_as_one(pattern: str) -> None:
    assert matches(pattern, "a" * 100) is (set(pattern) == {"*"})


@pytest.mark.parametrize("pattern", ["*a" * 101, "a" * 2049])
def test_what_is_no_arn_any_more_is_not_tried(pattern: str) -> None:
    assert matches(pattern, "a" * 3000) is None
