from __future__ import annotations

from functools import partial

import pytest
from counting import LINEAR, growth
from hypothesis import given
from hypothesis import strategies as st

from cdk_appsync_guard.facts.client_regex import find_syntax_error


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("*", "there is nothing that `*` could repeat"),
        ("a|+", "there is nothing that `+` could repeat"),
        ("(*)", "there is nothing that `*` could repeat"),
        ("(a", "a `(` is never closed"),
        ("a)", "a `)` closes nothing"),
        ("[a", "a `[` is never closed"),
        ("a\\", "it ends with a lone `\\`"),
    ],
)
def test_what_no_dialect_takes_is_an_error(expression: str, error: str) -> None:
    assert find_syntax_error(expression) == error


@pytest.mark.parametrize(
    "expression",
    [
        "",
        ".*",
        "web|mobile",
        "^[a-z0-9]{26}$",
        "(?i)web",
        "(?:a|b)++",
        r"a\)",
        "[]a]",
        "[^]]",
        "[a&&[b]]",
        r"\Q(*\E",
        "[(*]",
    ],
)
def test_what_some_dialect_takes_is_none(expression: str) -> None:
    assert find_syntax_error(expression) is None


@given(st.text(alphabet="()[]*+?\\|^a{}QE"))
def test_nothing_raises(expression: str) -> None:
    find_syntax_error(expression)


def test_work_grows_with_the_length_of_an_expression_only() -> None:
    assert growth(lambda size: partial(find_syntax_error, "(a+)+" * size), 2000) < LINEAR
