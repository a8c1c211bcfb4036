"""TOML text → data, and where in the text a key is written.

In: the text of a file. Out: TomlFile, or ConfigError with a place.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from typing import Any

from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.template.source.positions import Lines

__all__ = ["TomlFile"]


class TomlFile:
    """A TOML file. Places are found by its text, since TOML readers do not tell them."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the file says."""
        # Most runs have no such file and need not pay for its reader.
        if sys.version_info >= (3, 11):
            import tomllib  # noqa: PLC0415
        else:
            import tomli as tomllib  # noqa: PLC0415
        try:
            return tomllib.loads(self.text)
        # A ValueError also stands for numbers and dates out of bounds, a RecursionError for `[[[[`.
        except (ValueError, RecursionError) as error:
            reason, _, spot = str(error).rpartition(" (at line ")
            found = _SPOT.fullmatch(spot)
            place = Location(self.name, *(map(int, found.groups()) if found else ()))
            reason = reason if found else "it cannot be parsed"
            reason = reason[:1].lower() + reason[1:]
            raise ConfigError(f"the file is not TOML: {reason}", location=place) from error

    def locate(self, key: str, number: int = 0) -> Location:
        """Return where the key is written for the nth time, from 0."""
        return self._at(self._offset(key, number))

    def locate_entry(self, table: str) -> Callable[[int, str], Location]:
        """Return what finds the nth ``[[table]]``, and a key of it."""

        def locate(number: int, key: str) -> Location:
            start = self._offset(table, number)
            if not key or start is None:
                return self._at(start)
            places = self._places.get(key, ())
            after = bisect_right(places, start)
            return self._at(places[after] if after < len(places) else None)

        return locate

    def _offset(self, key: str, number: int) -> int | None:
        places = self._places.get(key, ())
        return places[min(number, len(places) - 1)] if places else None

    def _at(self, offset: int | None) -> Location:
        return Location(self.name, *(() if offset is None else self._lines.place(offset)))

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each key is written, also as a part of a dotted one, in order."""
        places: dict[str, list[int]] = {}
        for written in _KEY.finditer(self.text):
            for part in _PART.finditer(written["key"]):
                places.setdefault(part[0].strip("\"'"), []).append(written.start("key"))
        return places


_WORD = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[\w-]+)"
_SPOT = re.compile(r"(\d{1,9}), column (\d{1,9})\)")
_PART = re.compile(_WORD)
_KEY = re.compile(
    rf"^[ \t]*(?:\[+[ \t]*)?(?P<key>{_WORD}(?:[ \t]*\.[ \t]*{_WORD})*)[ \t]*[=\]]", re.MULTILINE
)
