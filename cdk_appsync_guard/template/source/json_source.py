"""JSON text → plain data, and the offsets of its members once someone asks.

In: text. Out: the data, or InputError for what is not JSON or nests too deep. Of a repeated key the
last value counts, as in CloudFormation; where the others stand is remembered.
Offsets are found container by container, so that only the way that is asked for costs time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, TypeAlias

import orjson

from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.template.source.positions import Lines, RepeatedKey, Spot, WrittenString

__all__ = [
    "MAX_DEPTH",
    "JsonPositions",
    "looks_like_json",
    "parse_json",
    "too_deep",
]

MAX_DEPTH = 100
"""How deep lists and mappings may stand in each other."""

_MOST_CONTAINERS = 1_000_000

_LARGE = 2_000

_Step: TypeAlias = "str | int"
_Members: TypeAlias = "dict[_Step, tuple[int, int]]"
"""By key or index: the offset of the key or item, and that of the value."""

_JSON_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*["{\[\]])')
_SPACE = re.compile(r"[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*(?:,[ \t\r\n]*)?")
# A string without an end goes on to the end of the text: so no character is looked at twice.
_STRING_OR_BRACKET = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*(?:\\?\Z|"(?P<colon>[ \t\r\n]*:)?)|[\[\]{}]', re.DOTALL
)
# parse_int=float: a number's value is of no interest here, and int() refuses very long ones.
_DECODER = JSONDecoder(parse_int=float, strict=False)


def looks_like_json(text: str) -> bool:
    """Return whether the text starts as JSON does and YAML hardly ever."""
    return _JSON_START.match(text) is not None


def parse_json(name: str, text: str) -> tuple[Any, JsonPositions]:
    """Return the data and its positions. Raise InputError if the nesting is too deep.

    Raise ValueError with ``msg`` and ``pos`` (json.JSONDecodeError) if the text is not JSON.
    """
    # A mapping takes fifty times the room that it takes in the file.
    if text.count("{") + text.count("[") > _MOST_CONTAINERS:
        _refuse_depth(name, text)
        raise InputError(
            f"the file holds more than {_MOST_CONTAINERS:,} lists and mappings",
            location=Location(name, 1, 1),
            help="CloudFormation accepts templates of at most 1 MB: split the template",
        )
    try:
        data = orjson.loads(text)
    except JSONDecodeError:
        if looks_like_json(text):
            _refuse_depth(name, text)
        raise
    if _is_too_deep(data):
        _refuse_depth(name, text)
    repeated = tuple(_repeated_keys(text)) if _may_repeat_keys(text, data) else ()
    return data, JsonPositions(text, repeated)


def _is_too_deep(data: Any) -> bool:
    level = [data] if type(data) in (dict, list) else []
    for _ in range(MAX_DEPTH):
        level = [
            value
            for container in level
            for value in (container.values() if type(container) is dict else container)
            if type(value) in (dict, list)
        ]
        if not level:
            return False
    return True


def _refuse_depth(name: str, text: str) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise too_deep(name, text, match.start())


def too_deep(name: str, text: str, offset: int) -> InputError:
    """Return the error for what stands at *offset*, too many levels down."""
    line, column = Lines(text).place(offset)
    return InputError(
        f"the data is nested more than {MAX_DEPTH} levels deep",
        location=Location(name, line, column),
        help="flatten the data: no template needs that",
    )


def _may_repeat_keys(text: str, data: Any) -> bool:
    # Of two equal keys orjson keeps one, and with the other goes at least one colon. The colons in
    # strings stay what they are, unless they are written as an escape.
    if "\\u003a" in text or "\\u003A" in text:
        return True
    return text.count(":") != orjson.dumps(data).count(b":")


def _repeated_keys(text: str) -> Iterator[RepeatedKey]:
    open_containers: list[dict[str, int]] = []
    for match in _STRING_OR_BRACKET.finditer(text):
        found = match[0]
        if found in "{[":
            open_containers.append({})
        elif found in "}]":
            open_containers.pop()
        elif match["colon"]:
            key = _DECODER.raw_decode(found)[0]
            if key in open_containers[-1]:
                yield RepeatedKey(key, open_containers[-1][key], match.start())
            open_containers[-1][key] = match.start()


def _read_members(text: str, start: int) -> tuple[_Members, int]:
    """Return the members of a container, and where it ends."""
    members: _Members = {}
    if start >= len(text) or text[start] not in "{[":
        return members, start
    decode, has_keys = _DECODER.raw_decode, text[start] == "{"
    at = _after(_SPACE, text, start + 1)
    while text[at] not in "}]":
        step: _Step = len(members)
        value_at = at
        if has_keys:
            step, end = decode(text, at)
            value_at = _after(_SPACE, text, text.index(":", end) + 1)
        members[step] = (at, value_at)
        at = _after(_COMMA, text, decode(text, value_at)[1])
    return members, at


def _after(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset


class JsonPositions:
    """Where the members of a JSON document stand; remembers each large container it has walked.

    A small one is walked again in no time, and there may be a hundred thousand of them.
    """

    def __init__(self, text: str, repeated: tuple[RepeatedKey, ...] = ()) -> None:
        self.repeated = repeated
        self._text = text
        self._containers: dict[int, _Members] = {}
        self._strings: dict[int, WrittenString] = {}

    def find(self, path: tuple[_Step, ...]) -> Spot:
        """Return the spot at the end of *path*, or as far as it exists."""
        offset = value_at = _after(_SPACE, self._text, 0)
        for step in path:
            entry = self._members(value_at).get(step)
            if entry is None:
                return Spot(offset)
            offset, value_at = entry
        return Spot(offset, self._string(value_at))

    def _members(self, start: int) -> _Members:
        known = self._containers.get(start)
        if known is not None:
            return known
        members, end = _read_members(self._text, start)
        if end - start >= _LARGE:
            self._containers[start] = members
        return members

    def _string(self, start: int) -> WrittenString | None:
        if self._text[start] != '"':
            return None
        if start not in self._strings:
            value, end = _DECODER.raw_decode(self._text, start)
            self._strings[start] = WrittenString(start, end, '"', value)
        return self._strings[start]
