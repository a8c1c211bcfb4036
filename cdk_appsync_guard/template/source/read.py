"""Bytes → Template: plain data; positions are looked up only when someone asks.

In: the bytes of a JSON or YAML file (CloudFormation's short forms included), or of SDL. Out:
``Template``, ``DataFile`` or ``SourceFile``. Does not resolve anything, and opens no file.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeAlias

from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.template.source.json_source import JsonPositions, looks_like_json, parse_json
from cdk_appsync_guard.template.source.positions import Lines, clip

if TYPE_CHECKING:
    from cdk_appsync_guard.template.source.yaml_source import YamlPositions

__all__ = [
    "MAX_BYTES",
    "DataFile",
    "DataPath",
    "Place",
    "SourceFile",
    "Template",
    "check_size",
    "kind_of",
    "read_data",
    "read_template",
    "read_text",
]

MAX_BYTES = 20_000_000
"""How large a file may be. CloudFormation takes templates of 1 MB at most."""

DataPath: TypeAlias = "tuple[str | int, ...]"

_Positions: TypeAlias = "JsonPositions | YamlPositions"

# What a string may be wrapped in when only its line and column are known: `Definition: !Sub |`.
_WRAPPINGS: tuple[DataPath, ...] = ((), ("Fn::Sub",), ("Fn::Sub", 0))


class SourceFile:
    """A text file that findings can point into. ``name`` is how reports call it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines = Lines(text)

    def locate(
        self, path: DataPath, inner: tuple[int, int] | None = None
    ) -> tuple[int | None, int | None]:
        """Return line and column (from 1) of the value at *path*, or of the nearest one around it.

        A mapping's member is where its key is. *inner* is a line and column (from 1) inside the
        string that stands at *path*. A plain text file knows only the empty path.
        """
        del path
        return inner or (1, 1)

    def line_text(self, line: int) -> str:
        """Return the line (from 1) without its end, "" if there is none."""
        return self._lines.text_of(line)


class DataFile(SourceFile):
    """A JSON or YAML file. ``data`` is plain: dict, list, str, int, float, bool, None.

    YAML's short forms are long ones in it: ``!GetAtt a.b`` is ``{"Fn::GetAtt": ["a", "b"]}``.
    """

    data: Any

    def __init__(self, name: str, text: str, data: Any, positions: _Positions) -> None:
        super().__init__(name, text)
        self.data = data
        self._positions = positions

    def locate(
        self, path: DataPath, inner: tuple[int, int] | None = None
    ) -> tuple[int | None, int | None]:
        """Return line and column (from 1) of the value at *path*, or of the nearest one around it.

        A mapping's member is where its key is. *inner* is a line and column (from 1) inside the
        string that stands at *path*, or in the ``Fn::Sub`` there.
        """
        for wrapping in _WRAPPINGS if inner else ():
            string = self._positions.find((*path, *wrapping)).string
            if inner and string:
                return self._lines.place_inside(string, inner)
        return self._lines.place(self._positions.find(path).offset)

    def repeated_keys(self) -> Iterator[tuple[str, Location]]:
        """Yield each place of a key that a mapping has more than once, and the key."""
        for repeated in self._positions.repeated:
            for offset in (repeated.before, repeated.again):
                yield repeated.key, Location(self.name, *self._lines.place(offset))


class Template(DataFile):
    """A JSON or YAML file that holds a mapping."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A symbolic location: a file, the way through its data, and maybe a spot inside a string."""

    file: SourceFile
    path: DataPath = ()
    inner: tuple[int, int] | None = None
    logical_id: str | None = None
    construct_path: str | None = None


def read_template(name: str, data: bytes) -> Template:
    """Return the template that the bytes hold, in JSON or YAML whatever the name's ending."""
    text, value, positions = _parse(name, data)
    if isinstance(value, dict):
        return Template(name, text, value, positions)
    line, column = Lines(text).place(positions.find(()).offset)
    raise InputError(
        f"a template must be a mapping, not {kind_of(value)}",
        location=Location(name, line, column),
        help="a CloudFormation template starts with keys such as `Resources`",
    )


def read_data(name: str, data: bytes) -> DataFile:
    """Return any value that the bytes hold, in JSON or YAML whatever the name's ending.

    What no one deploys has no last value that counts, so a repeated key is refused.
    """
    file = DataFile(name, *_parse(name, data))
    for key, _ in file.repeated_keys():
        *_, (_, place) = islice(file.repeated_keys(), 2)
        raise InputError(
            f"the key `{clip(key)}` is written twice", location=place, help="remove one of the two"
        )
    return file


def _parse(name: str, data: bytes) -> tuple[str, Any, _Positions]:
    text = read_text(name, data).text
    if not text.strip():
        raise InputError(
            "the file is empty",
            location=Location(name, 1, 1),
            help="leave it out, or write the template again",
        )
    try:
        return text, *parse_json(name, text)
    except JSONDecodeError as error:
        if looks_like_json(text) and not name.lower().endswith((".yaml", ".yml")):
            line, column = Lines(text).place(min(error.pos, len(text)))
            raise InputError(
                f"the file is not valid JSON: {clip(error.msg)}",
                location=Location(name, line, column),
                help="correct the line, or synthesize the template again",
            ) from error
    from cdk_appsync_guard.template.source.yaml_source import (  # noqa: PLC0415 - JSON needs no YAML
        parse_yaml,
    )

    return text, *parse_yaml(name, text)


def read_text(name: str, data: bytes) -> SourceFile:
    """Return the text that the bytes hold in UTF-8, without a byte order mark."""
    check_size(name, len(data))
    mark = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
    try:
        return SourceFile(name, data[mark:].decode())
    except UnicodeDecodeError as error:
        offset = mark + error.start
        before = data[mark:offset].decode()
        line, column = Lines(before).place(len(before))
        raise InputError(
            f"the file is not UTF-8 text: invalid UTF-8 at byte {offset}",
            location=Location(name, line, column),
            help="save the file as UTF-8",
        ) from error


def check_size(name: str, size: int) -> None:
    """Raise InputError if a file of *size* bytes is too large to be read."""
    if size > MAX_BYTES:
        raise InputError(
            f"the file has {size:,} bytes, more than the limit of {MAX_BYTES:,}",
            location=Location(name),
            help="CloudFormation accepts templates of at most 1 MB: split the template",
        )


def kind_of(value: Any) -> str:
    """Return how a message calls what should have been a mapping."""
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else "a single value"
