from __future__ import annotations

import pytest

from cdk_appsync_guard.spelling import closest

MANY = [f"someField{number}" for number in range(1000)]


@pytest.mark.parametrize("names", [["publish", "getPost"], [*MANY, "publish", "getPost"]])
@pytest.mark.parametrize(
    ("name", "meant"),
    [("publishPost", "publish"), ("getpost", "getPost"), ("gtePost", "getPost"), ("xyz", None)],
)
def test_a_typo_is_told_from_another_name(name: str, names: list[str], meant: str | None) -> None:
    assert closest(name, names) == meant


def test_the_best_of_many_that_are_like_it_is_meant() -> None:
    assert closest("someFeild77", MANY) == "someField77"
