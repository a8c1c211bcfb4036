"""TOML text → data, and where in the text a key is written.

In: the text of a file. Out: TomlFile, or ConfigError with a place.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

from cdk_appsync_guard.errors import ConfigError, Location

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
            found = re.search(r"(.*?)\s*\(at line (\d+), column (\d+)\)$", str(error))
            place = Location(self.name, int(found[2]), int(found[3])) if found else None
            reason = found[1] if found else "it cannot be parsed"
            place = place or Location(self.name)
            reason = reason[:1].lower() + reason[1:]
            raise ConfigError(f"the file is not TOML: {reason}", location=place) from error

    def locate(self, key: str, number: int = 0) -> Location:
        """Return where the key is written for the nth time, from 0."""
        return self._at(_written(key), number, 0)

    def locate_entry(self, table: str) -> Callable[[int, str], Location]:
        """Return what finds the nth ``[[table]]``, and a key of it."""

        def locate(number: int, key: str) -> Location:
            start = self._at(_written(table), number, 0)
            if not key or start.line is None:
                return start
            lines = self.text.split("\n")[: start.line]
            return self._at(_written(key), 0, sum(len(line) + 1 for line in lines) - 1)

        return locate

    def _at(self, pattern: str, number: int, start: int) -> Location:
        found = [
            match.start(1)
            for match in re.compile(pattern, re.MULTILINE).finditer(self.text, max(start, 0))
        ]
        if not found:
            return Location(self.name)
        before = self.text[: found[min(number, len(found) - 1)]]
        return Location(self.name, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _written(key: str) -> str:
    named = rf"(?:[\w\"'-]+\.)*[\"']?{re.escape(key)}[\"']?"
    return rf"^[ \t]*(?:\[+[ \t]*)?({named})[ \t]*[=\].]"
