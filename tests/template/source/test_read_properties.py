"""What holds for any input: no crash, the same values as other readers, right places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.template.source.read import (
    DataFile,
    DataPath,
    read_data,
    read_template,
    read_text,
)

WORDS = st.text("abcdefxyz", min_size=1, max_size=4)
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
SYNTAX = st.lists(
    st.sampled_from(
        ["[", "]", "{", "}", ":", ",", "-", "?", "!Ref", "!Sub", "!GetAtt", "!x", "&a", "*a", "<<",
         "#", "|", ">", "'", '"', "\\", "%", "@", " ", " ", "  ", "\n", "\n", "\t", "\r", "a", "b.c",
         "0", "~", "---", "...", "\x85", "\u2028", "\ufeff", "\x00", "é", "😀", ": ", "- ", "\\n"]
    ),
    max_size=40,
).map("".join)  # fmt: skip
SPOTS = st.none() | st.tuples(st.integers(-1, 9), st.integers(-1, 9))
# What stands in a file for itself whatever the style.
LINES = st.text("ab {}():!'\"\\#é\n", min_size=1, max_size=60)


def containers(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(children, max_size=4) | st.dictionaries(TEXTS, children, max_size=4)


JSON_VALUES = st.recursive(LEAVES, containers, max_leaves=12)
JSON_DOCUMENTS = containers(JSON_VALUES)
# Words as keys and numbers as leaves can be found in a file without knowing how it is written.
PLAIN_VALUES = st.recursive(
    st.integers(0, 99),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(WORDS, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.binary(max_size=60) | SYNTAX.map(str.encode) | TEXTS.map(str.encode), SPOTS)
def test_no_bytes_raise_anything_but_input_error(
    data: bytes, inner: tuple[int, int] | None
) -> None:
    with suppress(InputError):
        read_text("t", data)
    with suppress(InputError):
        read_template("t", data)
    with suppress(InputError):
        check_places(read_data("t", data), inner)


def check_places(file: DataFile, inner: tuple[int, int] | None) -> None:
    for path, _ in walk(file.data):
        line, column = file.locate(path, inner)
        assert line is not None
        assert column is not None
        assert 1 <= line <= len(file.text) + 1
        assert 1 <= column <= len(file.text) + 1


@pytest.mark.slow
@settings(deadline=None)
@given(JSON_DOCUMENTS, st.booleans(), st.sampled_from([None, 0, 2]))
def test_json_is_read_as_the_standard_library_reads_it(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    assert read_data("t.json", text.encode()).data == json.loads(text)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", ":", "\\", '"', "{"]), st.sampled_from(["x", ":", ":}"]))
)
def test_a_key_that_is_given_twice_is_always_found(members: dict[str, str]) -> None:
    assume(members)
    written = [f"{json.dumps(key)}:{json.dumps(value)}" for key, value in members.items()]
    text = "[{" + ",".join([*written, written[0]]) + "}]"

    with suppress(InputError):
        read_data("t.json", text.encode())
        raise AssertionError(text)


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(JSON_DOCUMENTS)
def test_yaml_of_plain_data_is_read_as_it_was_written(value: Any) -> None:
    # PyYAML cannot read back what it writes for keys of more than a line, nor for some line ends.
    assume(all(isinstance(step, int) or step.isalnum() for path, _ in walk(value) for step in path))
    # Numbers that would not come out as they are written stay strings.
    assume(not any(is_unwieldy(leaf) for _, leaf in walk(value)))
    text = yaml.safe_dump(value, allow_unicode=True)
    assume(yaml.safe_load(text) == value)

    assert read_data("t.yaml", text.encode()).data == value


@pytest.mark.slow
@settings(deadline=None)
@given(PLAIN_VALUES, st.sampled_from([None, 2]))
def test_every_path_of_a_json_file_is_found(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    file = read_data("t.json", text.encode())

    for path, member in walk(value):
        wanted = path[-1] if path and isinstance(path[-1], str) else member
        assert json.JSONDecoder().raw_decode(text, offset(file, path))[0] == wanted


@pytest.mark.slow
@settings(deadline=None)
@given(PLAIN_VALUES, st.booleans())
def test_every_path_of_a_yaml_file_is_found(value: Any, flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, sort_keys=False)
    file = read_data("t.yaml", text.encode())

    for path, member in walk(value):
        found = text[offset(file, path) :]
        if path and isinstance(path[-1], str):
            assert found.lstrip("'\"? ").startswith(path[-1])
        elif isinstance(member, int):
            assert found.startswith(str(member))
        else:
            first = "-[" if isinstance(member, list) else "{?'\"" + next(iter(member))[0]
            assert found[0] in first


@settings(deadline=None)
@given(TEXTS.filter(bool), st.booleans(), st.data())
def test_spots_in_json_strings_are_exact(value: str, ascii_only: bool, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(value) - 1))
    text = json.dumps({"a": value}, ensure_ascii=ascii_only)
    file = read_data("t.json", text.encode())
    start = offset(file, ("a",), spot(value, index))

    assert json.loads('"' + text[start:-1]) == value[index:]


@settings(deadline=None)
@given(LINES, st.sampled_from(['"', "'", "|", ">", ""]), st.integers(20, 80), st.data())
def test_spots_in_yaml_strings_are_exact(
    value: str, style: str, width: int, data: st.DataObject
) -> None:
    text = yaml.safe_dump({"a": {"b": value}}, default_style=style, width=width, allow_unicode=True)
    words = [i for i, character in enumerate(value) if character in "ab{}():!#é"]
    assume(words)
    index = data.draw(st.sampled_from(words))
    file = read_data("t.yaml", text.encode())

    assert text[offset(file, ("a", "b"), spot(value, index))] == value[index]


def is_unwieldy(leaf: Any) -> bool:
    return isinstance(leaf, float) or (isinstance(leaf, int) and abs(leaf) >= 10**18)


def walk(value: Any, path: DataPath = ()) -> Iterator[tuple[DataPath, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from walk(member, (*path, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def spot(value: str, index: int) -> tuple[int, int]:
    lines = value[:index].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if value[:index].endswith("\r") and value[index] == "\n":
        # Between the two characters of one line end: the end of the line before.
        return len(lines) - 1, len(lines[-2]) + 2
    return len(lines), len(lines[-1]) + 1


def offset(file: DataFile, path: DataPath, inner: tuple[int, int] | None = None) -> int:
    line, column = file.locate(path, inner)
    assert line is not None
    assert column is not None
    breaks = [0]
    rest = file.text
    while "\n" in rest:
        breaks.append(breaks[-1] + rest.index("\n") + 1)
        rest = file.text[breaks[-1] :]
    return breaks[line - 1] + column - 1
