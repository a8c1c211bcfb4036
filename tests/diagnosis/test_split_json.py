"""Long JSON is split item by item, whatever the pieces it comes in, and never held in whole."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_appsync_guard.diagnosis.split_json import BrokenJsonError, Item, Rest, split_json

ARRAYS = ("log.entries", "")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('ab"\\{}[],:\n é', max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('k"\\', max_size=3), inner, max_size=3),
    max_leaves=9,
)  # fmt: skip


def items(data: bytes, size: int) -> list[Any]:
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    found = [part for part in split_json(pieces, ARRAYS) if isinstance(part, Item)]
    return [orjson.loads(part.raw or b"null") for part in found]


@pytest.mark.slow
@given(values=st.lists(VALUES, max_size=5), size=st.integers(1, 40), wide=st.booleans())
def test_items_come_out_as_they_went_in(values: list[Any], size: int, wide: bool) -> None:
    option = orjson.OPT_INDENT_2 if wide else 0
    document = {"log": {"version": '"}', "entries": values, "pages": [{}]}, "x": [1]}

    assert items(orjson.dumps(document, option=option), size) == values


@pytest.mark.slow
@given(values=st.lists(VALUES, max_size=5), size=st.integers(1, 40))
def test_a_list_by_itself(values: list[Any], size: int) -> None:
    assert items(orjson.dumps(values), size) == values


def test_lines_and_members_are_told() -> None:
    data = b'{"log": {"creator":\n {"name": "x"},\n "entries": [\n1,\n\n[2]]}}\n{"a": "b"}'

    assert list(split_json(iter([data]), ARRAYS)) == [
        Item("log.entries", 0, b"1", 4),
        Item("log.entries", 1, b"[2]", 6),
        Rest({"log.creator": b'{"name": "x"}'}, 1),
        Rest({"a": b'"b"'}, 7),
    ]


@pytest.mark.parametrize(
    "text", ["[1", '{"a"', '{"a":', '["', '["\\', "{1:2}", "[}", '{"a" 1}', "x"]
)
def test_what_is_broken_says_so(text: str) -> None:
    with pytest.raises(BrokenJsonError):
        list(split_json(iter([text.encode()]), ARRAYS))


def long_archive(megabytes: int) -> Iterator[bytes]:
    entry = orjson.dumps({"request": {"url": "https://x"}, "text": '{"a":"b"}\\' * 50_000})
    yield b'{"log":{"entries":['
    for number in range(megabytes):
        yield (b"," if number else b"") + entry
    yield b"]}}"


def test_memory_does_not_grow_with_the_length() -> None:
    peaks = []
    for megabytes in (5, 40):
        tracemalloc.start()
        assert sum(1 for _ in split_json(long_archive(megabytes), ARRAYS)) == megabytes + 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0] + 1_000_000


def test_what_is_too_large_is_passed_over() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'["'
        for _ in range(70):
            yield b"a" * 1_000_000
        yield b'", 1]'

    assert list(split_json(pieces(), ARRAYS))[:2] == [Item("", 0, None, 1), Item("", 1, b"1", 1)]
