from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.settings.caller_file import callers_of
from cdk_appsync_guard.settings.toml import TomlFile

TEXT = """\
a = 1
[tool.guard]
"b c" = 2
x.a = 3
  [[callers]]
  name = "n"
[[callers]]
'name' = "m"
"""


@pytest.mark.parametrize(
    ("key", "number", "place"),
    [
        ("a", 0, (1, 1)),
        ("a", 1, (4, 1)),
        ("a", 9, (4, 1)),
        ("guard", 0, (2, 2)),
        ("b c", 0, (3, 1)),
        ("name", 1, (8, 1)),
        ("none", 0, (None, None)),
    ],
)
def test_keys_are_found_where_they_are_written(
    key: str, number: int, place: tuple[int | None, int | None]
) -> None:
    assert TomlFile("t", TEXT).locate(key, number) == Location("t", *place)


def test_a_key_of_an_entry_is_found_in_it() -> None:
    locate = TomlFile("t", TEXT).locate_entry("callers")

    assert [locate(0, "name"), locate(1, "name"), locate(1, "")] == [
        Location("t", 6, 3),
        Location("t", 8, 1),
        Location("t", 7, 3),
    ]


def _work(callers: int) -> int:
    text = '[[callers]]\nname="x"\noperations=["a.graphql"]\nmode="API_KEY"\n' * callers
    toml = TomlFile("t", text)
    entries = toml.data["callers"]
    lines = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal lines
        del frame, argument
        lines += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        callers_of(entries, ".", toml.locate_entry("callers"))
    finally:
        sys.setprofile(None)
    return lines


def test_many_callers_are_as_much_work_as_they_are_many() -> None:
    assert _work(400) < 2.2 * _work(200)


def test_the_text_is_searched_once() -> None:
    toml = TomlFile("t", "[[callers]]\n" * 3)
    locate = toml.locate_entry("callers")
    locate(0, "")
    toml.text = ""

    assert locate(2, "") == Location("t", 3, 3)
