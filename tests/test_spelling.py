from __future__ import annotations

from difflib import get_close_matches
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_appsync_guard.spelling import closest

MANY = [f"someField{number}" for number in range(1000)]
NAMES = st.text("abcXY", max_size=6)


@pytest.mark.parametrize("names", [["publish", "getPost"], [*MANY, "publish", "getPost"]])
@pytest.mark.parametrize(
    ("name", "meant"),
    [("publishPost", "publish"), ("getpost", "getPost"), ("gtePost", "getPost"), ("xyz", None)],
)
def test_a_typo_is_told_from_another_name(name: str, names: list[str], meant: str | None) -> None:
    assert closest(name, names) == meant


def test_the_best_of_many_that_are_like_it_is_meant() -> None:
    assert closest("someFeild77", MANY) == "someField77"


@given(NAMES, st.lists(NAMES, min_size=51, max_size=120, unique=True))
def test_names_that_are_left_out_early_would_not_have_been_meant(
    name: str, names: list[str]
) -> None:
    def alike(other: str) -> int:
        pairs = (zip(name, other, strict=False), zip(name[::-1], other[::-1], strict=False))
        return sum(len(list(takewhile(lambda pair: pair[0] == pair[1], some))) for some in pairs)

    best = sorted(names, key=alike, reverse=True)[:10]

    assert closest(name, names) == next(iter(get_close_matches(name, best, n=1)), None)
