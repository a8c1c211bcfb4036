"""Plain data → JSON text that is the same bytes for the same data, and holds no secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.reporters.writer import safe

__all__ = ["HERE", "TOOL", "encode", "encode_line", "head_of", "place_of", "spot_of", "stream"]

TOOL = "cdk-appsync-guard"
HERE = [None]
"""The list of a document that ``stream`` fills: no other list holds null."""


def head_of(version: int, tool_version: str) -> dict[str, Any]:
    """Return what every JSON report begins with: its format's version, and what wrote it."""
    return {"version": version, "tool": {"name": TOOL, "version": tool_version}}


def spot_of(location: Location) -> dict[str, Any]:
    """Return a place in a file."""
    return {
        "file": location.file.replace("\\", "/"),
        "line": location.line,
        "column": location.column,
        "path": location.path,
    }


def place_of(location: Location) -> dict[str, Any]:
    """Return a place in a template, with the resource that it belongs to."""
    ids = {"logical_id": location.logical_id, "construct_path": location.construct_path}
    return {**spot_of(location), **ids}


def encode(document: dict[str, Any] | list[Any]) -> str:
    """Return the document as indented ASCII JSON, so that printing it cannot steer a terminal."""
    # No secret has a character that JSON escapes, so all can be masked at once.
    return safe(_encode(document, orjson.OPT_INDENT_2) + "\n")


def stream(document: dict[str, Any], items: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield, in pieces, what ``encode`` returns of the document with the items in place of HERE.

    A text of a hundred thousand findings is large, and no one needs all of it at once.
    """
    text = encode(document)
    place = _HERE.search(text)
    assert place is not None  # noqa: S101 - it is in the document
    depth = len(place["indent"]) // 2
    yield text[: place.start()] + "["
    end, before = "]", "\n"
    remaining = iter(items)
    while some := list(islice(remaining, _AT_ONCE)):
        yield safe(before + _encode_inside(some, depth))
        end, before = f"\n{'  ' * (depth - 1)}]", ",\n"
    yield end + text[place.end() :]


def _encode_inside(items: list[dict[str, Any]], depth: int) -> str:
    """Return the items as they stand in a list that deep, without its brackets."""
    nested: list[Any] = items
    for _ in range(depth - 1):
        nested = [nested]
    brackets = depth * (depth + 1)  # with their lines' ends and indents
    return _encode(nested, orjson.OPT_INDENT_2)[brackets:-brackets]


def encode_line(document: dict[str, Any]) -> str:
    """Return the document as ASCII JSON on one line, for a text that ``safe`` is called with."""
    return _encode(document, 0)


def _encode(document: dict[str, Any] | list[Any], option: int) -> str:
    try:
        encoded = orjson.dumps(document, option=option)
    except orjson.JSONEncodeError:
        encoded = orjson.dumps(_well_formed(document), option=option)
    text = encoded.decode()
    if text.isascii() and "\x7f" not in text and "##" not in text:
        return text
    return _NOT_PLAIN.sub(_escape, text)


def _well_formed(value: Any) -> Any:
    """Replace lone surrogates (an undecodable file name), which have no place in JSON."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _well_formed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_well_formed(item) for item in value]
    return value


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= _BASIC_PLANE:
        return f"\\u{code:04x}"
    high, low = divmod(code - _BASIC_PLANE - 1, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


_AT_ONCE = 500
_BASIC_PLANE = 0xFFFF
_HERE = re.compile(r"\[\n(?P<indent> *)null\n *\]")
# `##[` and `##vso[` are commands to CI systems, wherever they stand.
_NOT_PLAIN = re.compile("[^\x00-\x7e]|#(?=#)")
_SURROGATE = re.compile("[\ud800-\udfff]")
