"""Plain data → JSON text that is the same bytes for the same data, and holds no secret."""

from __future__ import annotations

import re
from typing import Any

import orjson

from cdk_appsync_guard.reporters.writer import safe

__all__ = ["TOOL", "encode", "encode_line", "head_of"]

TOOL = "cdk-appsync-guard"


def head_of(version: int, tool_version: str) -> dict[str, Any]:
    """Return what every JSON report begins with: its format's version, and what wrote it."""
    return {"version": version, "tool": {"name": TOOL, "version": tool_version}}


def encode(document: dict[str, Any] | list[Any]) -> str:
    """Return the document as indented ASCII JSON, so that printing it cannot steer a terminal."""
    # No secret has a character that JSON escapes, so all can be masked at once.
    return safe(_encode(document, orjson.OPT_INDENT_2) + "\n")


def encode_line(document: dict[str, Any]) -> str:
    """Return the document as ASCII JSON on one line, for a text that ``safe`` is called with."""
    return _encode(document, 0)


def _encode(document: dict[str, Any] | list[Any], option: int) -> str:
    try:
        encoded = orjson.dumps(document, option=option)
    except orjson.JSONEncodeError:
        encoded = orjson.dumps(_well_formed(document), option=option)
    return _NOT_PLAIN.sub(_escape, encoded.decode())


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


_BASIC_PLANE = 0xFFFF
# `##[` and `##vso[` are commands to CI systems, wherever they stand.
_NOT_PLAIN = re.compile("[^\x00-\x7e]|#(?=#)")
_SURROGATE = re.compile("[\ud800-\udfff]")
