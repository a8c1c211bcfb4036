"""A stream of JSON → the items of its long arrays, one at a time, and what stands around them.

In: pieces of bytes. Out: Items, and a Rest for each document. Memory is bounded by the largest
item, whatever the stream's length. Does not check the JSON: anyone who parses an item
will see. A library would do for the splitting, but none tells the lines that items stand on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["BrokenJsonError", "Item", "Rest", "split_json"]

_LARGEST_ITEM = 64_000_000
_LARGEST_MEMBER = 1_000_000
_MOST_MEMBERS = 1000
_SMALLEST_WINDOW = 256
_PIECE = 1_000_000
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_STRUCTURE = re.compile(rb'["{}\[\]]')
_SCALAR_END = re.compile(rb'[,\]}\s:"\[{]')
_QUOTE, _COMMA, _COLON, _BACKSLASH = 34, 44, 58, 92
_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY = 123, 125, 91, 93
_OPENS = frozenset((_OPEN_OBJECT, _OPEN_ARRAY))
_BEGINS_SCALAR = frozenset(b"-+.0123456789tfnNIuTF")


class BrokenJsonError(Exception):
    """The stream ends early, or is not JSON. ``line`` is where."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an array; ``raw`` is None if it is too large to be looked at."""

    array: str
    index: int
    raw: bytes | None
    line: int


@dataclass(frozen=True, slots=True)
class Rest:
    """The members of a document besides its arrays, as raw JSON by path (`log.creator`)."""

    members: Mapping[str, bytes] = field(repr=False)
    line: int = 1


def split_json(pieces: Iterator[bytes], arrays: Collection[str]) -> Iterator[Item | Rest]:
    """Yield the items of the arrays at these paths (`log.entries`; the empty path is the root)."""
    return _Splitter(pieces, arrays).documents()


class _Splitter:
    """A window onto the stream: ``buffer`` from ``at`` on, which is on ``line``, is to be read."""

    def __init__(self, pieces: Iterator[bytes], arrays: Collection[str]) -> None:
        self.pieces = pieces
        self.arrays = frozenset(arrays)
        self.prefixes = {""} | {path.rpartition(".")[0] for path in arrays}
        self.buffer = bytearray()
        self.at = 0
        self.line = 1
        self.most = _LARGEST_ITEM
        self.is_lost = False

    def documents(self) -> Iterator[Item | Rest]:
        """Yield what each document of the stream holds: there may be one on each line."""
        while self._look(required=False) is not None:
            line = self.line
            members: dict[str, bytes] = {}
            if self._look() not in _OPENS:
                raise BrokenJsonError("it is neither an object nor a list", line)
            yield from self._value("", members)
            yield Rest(members, line)
            while self._look(required=False) == _COMMA:  # between the objects of a cut list
                self.at += 1

    def _value(self, path: str, members: dict[str, bytes]) -> Iterator[Item | Rest]:
        first = self._look()
        if first == _OPEN_ARRAY and path in self.arrays:
            yield from self._items(path)
        elif first == _OPEN_OBJECT and path in self.prefixes:
            yield from self._members(path, members)
        else:
            raw = self._skip(_LARGEST_MEMBER)
            if raw is not None and len(members) < _MOST_MEMBERS:
                members[path] = raw

    def _members(self, path: str, members: dict[str, bytes]) -> Iterator[Item | Rest]:
        for _ in self._each(_CLOSE_OBJECT):
            if self._look() != _QUOTE:
                raise BrokenJsonError("a key is missing", self.line)
            key = (self._skip(_LARGEST_MEMBER) or b"")[1:-1].decode("utf-8", "replace")
            if self._look() != _COLON:
                raise BrokenJsonError("a `:` is missing", self.line)
            self.at += 1
            yield from self._value(f"{path}.{key}" if path else key, members)

    def _items(self, path: str) -> Iterator[Item]:
        for index in self._each(_CLOSE_ARRAY):
            line = self.line
            yield Item(path, index, self._skip(_LARGEST_ITEM), line)

    def _each(self, close: int) -> Iterator[int]:
        """Stop before each part of the container that begins here, and at last behind it."""
        self.at += 1
        index = 0
        while True:
            first = self._look()
            if first == close:
                self.at += 1
                return
            if first == _COMMA:
                self.at += 1
                continue
            yield index
            index += 1

    def _look(self, *, required: bool = True) -> int | None:
        """Go to the next character that is not a blank and return it, None at the end."""
        while True:
            found = _NOT_BLANK.search(self.buffer, self.at)
            if found is not None:
                self._go_to(found.start())
                return self.buffer[self.at]
            self._go_to(len(self.buffer))
            piece = next(self.pieces, None)
            if piece is None:
                if required:
                    raise BrokenJsonError("it ends early", self.line)
                return None
            self.buffer = bytearray(piece)
            self.at = 0

    def _skip(self, most: int) -> bytes | None:
        """Return the value that begins here, None if it is larger than *most*; go behind it."""
        self.most, self.is_lost = most, False
        first = self.buffer[self.at]
        if first == _QUOTE:
            end = self._end_of_string(self.at + 1)
        elif first in _OPENS:
            end = self._end_of_container(self.at)
        elif first in _BEGINS_SCALAR:
            end = self._end_of_scalar(self.at)
        else:
            raise BrokenJsonError("a value is missing", self.line)
        is_kept = not self.is_lost and end - self.at <= most
        raw = bytes(self.buffer[self.at : end]) if is_kept else None
        self._go_to(end)
        return raw

    def _end_of_container(self, position: int) -> int:
        depth = 0
        while True:
            found = _STRUCTURE.search(self.buffer, position)
            if found is None:
                position = self._more(len(self.buffer))
                continue
            position = found.end()
            character = self.buffer[position - 1]
            if character == _QUOTE:
                position = self._end_of_string(position)
            elif character in _OPENS:
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    return position

    def _end_of_string(self, position: int) -> int:
        """Return the place behind the closing quote; all before *position* is read."""
        quote = self.buffer.find(b'"', position)
        if quote >= 0 and self.buffer[quote - 1] != _BACKSLASH:
            return quote + 1
        size = _SMALLEST_WINDOW
        while True:
            # JSON inside of JSON has many escapes: to blot them out is faster than to step over.
            window = bytes(self.buffer[position : position + size])
            blotted = window.replace(rb"\\", b"__").replace(rb"\"", b"__")
            quote = blotted.find(b'"')
            if quote >= 0:
                return position + quote + 1
            position += len(window) - blotted.endswith(b"\\")
            size = min(2 * size, _PIECE)
            if position >= len(self.buffer) - 1:
                position = self._more(position)

    def _end_of_scalar(self, position: int) -> int:
        while True:
            found = _SCALAR_END.search(self.buffer, position)
            if found is not None:
                return found.start()
            position = self._more(len(self.buffer))

    def _more(self, position: int) -> int:
        """Read on, and return where *position* is now. What is too large is forgotten."""
        piece = next(self.pieces, None)
        if piece is None:
            raise BrokenJsonError("it ends early", self.line)
        if position - self.at > self.most:
            self.is_lost = True
            self._go_to(position)
        shift = self.at
        del self.buffer[:shift]
        self.buffer += piece
        self.at = 0
        return position - shift

    def _go_to(self, position: int) -> None:
        self.line += self.buffer.count(b"\n", self.at, position)
        self.at = position
