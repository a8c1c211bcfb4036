"""Which API of an older input is compared with which one of a newer input."""

from __future__ import annotations

import pytest

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_diff import compare

CALLER = MatrixCaller("API_KEY", "mode", "API_KEY")


def matrix(api: str, title: str, verdict: str) -> Matrix:
    return Matrix(api, ("Query.a",), (CALLER,), ((Cell(verdict),),), ("Query",), title=title)


def changes(old: list[Matrix], new: list[Matrix]) -> list[tuple[str, str]]:
    return [(one.api, one.change) for one in compare(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([("A", "a"), ("B", "b")], [("X", "a"), ("Y", "b")], []),
        ([("A", "a"), ("B", "b")], [("A", "b"), ("B", "a")], []),
        ([("A", "a"), ("B", "b")], [("X", "a"), ("B", "b")], []),
        ([("A", "a"), ("B", "a")], [("X", "a"), ("B", "a")], []),
        ([("A", ""), ("B", "")], [("X", ""), ("B", "")], [("X", "gains"), ("A", "loses")]),
        (
            [("A", "a"), ("B", "a")],
            [("X", "a"), ("Y", "c")],
            [("X", "gains"), ("Y", "gains"), ("A", "loses"), ("B", "loses")],
        ),
    ],
)
def test_apis_are_paired_by_id_then_by_name(
    old: list[tuple[str, str]], new: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    older = [matrix(api, title, "allowed") for api, title in old]
    newer = [matrix(api, title, "allowed") for api, title in new]

    assert changes(older, newer) == expected
