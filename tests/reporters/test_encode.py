"""A text in pieces is the text as a whole, and no piece is large."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_appsync_guard.reporters.encode import HERE, encode, stream

ITEM = {"a": ["é", None, {"b": "##[x]\n::y\x7f"}], "empty": [], "key": "da2-" + "q" * 26}


@pytest.mark.parametrize("count", [0, 1, 2, 500, 501, 1000])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_pieces_are_what_encode_returns(count: int, depth: int) -> None:
    items = [ITEM | {"number": number} for number in range(count)]

    pieces = list(stream(_within(HERE, depth), items))

    assert "".join(pieces) == encode(_within(items, depth))


def test_a_lone_surrogate_has_no_place_in_a_piece_either() -> None:
    items = [{"file": "a\udc80"}]

    assert "".join(stream({"x": HERE}, items)) == encode({"x": items})


def test_text_that_looks_like_the_place_is_not_taken_for_it() -> None:
    before = {"a": "[\n    null\n  ]", "b": None, "c": ["null"]}

    text = "".join(stream({**before, "x": HERE, "z": None}, [ITEM]))

    assert text == encode({**before, "x": [ITEM], "z": None})


def test_no_piece_holds_everything() -> None:
    pieces = list(stream({"x": HERE}, (ITEM for _ in range(5000))))

    assert max(map(len, pieces)) < sum(map(len, pieces)) / 5


def _within(items: list[Any], depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {"version": 1, "items": items, "after": None}
    for _ in range(depth):
        document = {"first": [], "runs": [document]}
    return document
