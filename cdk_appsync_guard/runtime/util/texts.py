"""Texts: JSON, encodings, patterns, random ids, numbers.

https://docs.aws.amazon.com/appsync/latest/devguide/built-in-util-js.html
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable
from math import floor
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from cdk_appsync_guard.runtime.data import describe, dump, find_unknown, parse
from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown, named
from cdk_appsync_guard.runtime.model import HOLE, Data, UnknownData
from cdk_appsync_guard.runtime.pattern import find_match, matches_whole

__all__ = ["MEMBERS", "pure"]

_PARTIAL = "`util.matches` takes a part of the text for a match (AWS does not say)"


def pure(
    name: str, kind: str, function: Callable[..., Data], count: int = 1, types: Any = str
) -> Callable[..., Data]:
    """Return a member of util that computes from known arguments; else its result is unknown."""

    def call(machine: Machine, arguments: list[Data]) -> Data:
        if find_unknown(machine, arguments) is not None:
            shown = ", ".join(describe(argument) for argument in arguments)
            return named(machine, f"util.{name}({shown})", kind, nullable=False)
        if not all(isinstance(argument, types) for argument in arguments):
            raise machine.lacks(f"`util.{name}` with such arguments")
        result = function(*arguments)
        return machine.write(result) if isinstance(result, str) else result

    def one(machine: Machine, first: Data) -> Data:
        return call(machine, [first])

    def two(machine: Machine, first: Data, second: Data) -> Data:
        return call(machine, [first, second])

    def three(machine: Machine, first: Data, second: Data, third: Data) -> Data:
        return call(machine, [first, second, third])

    return (one, two, three)[count - 1]


def _to_json(machine: Machine, value: Data) -> Data:
    return dump(machine, value)


def _parse_json(machine: Machine, text: Data) -> Data:
    if isinstance(text, UnknownData):
        if text.holds is not None:
            return text.holds
        return named(machine, f"util.parseJson({text.name})")
    if text is None:
        return None
    if not isinstance(text, str):
        raise machine.lacks("`util.parseJson` of a value that is not a string")
    try:
        return parse(machine, text.strip())
    except Thrown:
        raise Stopped(f"{machine.where} parses a text that is not JSON") from None


def _quiet(machine: Machine, value: Data) -> Data:
    machine.step()
    del value
    return ""


def _matches(machine: Machine, pattern: Data, text: Data) -> Data:
    if isinstance(pattern, UnknownData) or isinstance(text, UnknownData):
        shown = f"util.matches({describe(pattern)}, {describe(text)})"
        return named(machine, shown, "boolean", nullable=False)
    if not isinstance(pattern, str) or not isinstance(text, str):
        raise machine.lacks("`util.matches` of a value that is not a string")
    if HOLE in text or HOLE in pattern:
        shown = f"util.matches({describe(pattern)}, {describe(text)})"
        return named(machine, shown, "boolean", nullable=False)
    if matches_whole(machine, text, pattern):
        return True
    return find_match(machine, text, pattern) and machine.choose(_PARTIAL)


def _fresh(name: str, kind: str) -> Callable[..., Data]:
    def make(machine: Machine) -> Data:
        return machine.fresh(f"util.{name}()", kind)

    return make


def _random_within(machine: Machine, low: Data, high: Data) -> Data:
    del low, high
    return machine.fresh("util.math.randomWithinRange()", "number")


def _decode64(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode(errors="replace")
    except (ValueError, binascii.Error):
        return ""


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _normalize(text: str, form: str) -> str:
    form = form.upper()
    known: Any = form if form in ("NFC", "NFD", "NFKC", "NFKD") else "NFC"
    return unicodedata.normalize(known, text)


def _round(value: float) -> float:
    return floor(value + 0.5)


def _opaque_json(name: str) -> Callable[..., Data]:
    """Return a member whose result is JSON of what is not computed."""

    def make(machine: Machine, value: Data) -> Data:
        inner = named(machine, f"util.{name}({describe(value)})", "map", nullable=False)
        return UnknownData(inner.name, nullable=False, kind="string", holds=inner)

    return make


def _opaque(name: str) -> Callable[..., Data]:
    def make(machine: Machine, value: Data) -> Data:
        return named(machine, f"util.{name}({describe(value)})")

    return make


def _copy_headers(machine: Machine, headers: Data) -> Data:
    if isinstance(headers, UnknownData):
        return headers
    machine.step(len(headers) if isinstance(headers, dict) else 1)
    return dict(headers) if isinstance(headers, dict) else None


def _replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new) if len(new) * (text.count(old) + 1) < len(text) + 10_000 else ""


_ESCAPES = {sign: f"\\{sign}" for sign in "\\\"'/"} | {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NUMBERS = (int, float)

MEMBERS: dict[str, Callable[..., Data]] = {
    "toJson": _to_json,
    "parseJson": _parse_json,
    "qr": _quiet,
    "quiet": _quiet,
    "matches": _matches,
    "autoId": _fresh("autoId", "string"),
    "autoUlid": _fresh("autoUlid", "string"),
    "autoKsuid": _fresh("autoKsuid", "string"),
    "urlEncode": pure("urlEncode", "string", quote_plus),
    "urlDecode": pure("urlDecode", "string", unquote_plus),
    "base64Encode": pure(
        "base64Encode", "string", lambda text: base64.b64encode(text.encode()).decode()
    ),
    "base64Decode": pure("base64Decode", "string", _decode64),
    "escapeJavaScript": pure("escapeJavaScript", "string", _escape),
    "str.toUpper": pure("str.toUpper", "string", str.upper),
    "str.toLower": pure("str.toLower", "string", str.lower),
    "str.toReplace": pure("str.toReplace", "string", _replace, 3),
    "str.normalize": pure("str.normalize", "string", _normalize, 2),
    "math.roundNum": pure("math.roundNum", "number", _round, types=_NUMBERS),
    "math.minVal": pure("math.minVal", "number", min, 2, _NUMBERS),
    "math.maxVal": pure("math.maxVal", "number", max, 2, _NUMBERS),
    "math.randomDouble": _fresh("math.randomDouble", "number"),
    "math.randomWithinRange": _random_within,
    "xml.toMap": _opaque("xml.toMap"),
    "xml.toJsonString": _opaque_json("xml.toJsonString"),
    "rds.toJsonObject": _opaque("rds.toJsonObject"),
    "rds.toJsonString": _opaque_json("rds.toJsonString"),
    "http.copyHeaders": _copy_headers,
}
