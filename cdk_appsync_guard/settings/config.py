"""The configuration file → Settings: ``.appsync-guard.toml``, or a table of ``pyproject.toml``.

Paths in the file are relative to its folder. Options of the command line come on top, elsewhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.errors import ConfigError, InputError, Location
from cdk_appsync_guard.policy.suppress import Ignore
from cdk_appsync_guard.settings.files import read_file
from cdk_appsync_guard.settings.toml import TomlFile
from cdk_appsync_guard.template.inputs.files import (
    Fence,
    fence_around,
    is_regular_file,
    read_regular_file,
)

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.client_callers import ClientCaller

__all__ = ["FAIL_ON", "Settings", "find_config", "read_settings"]

FAIL_ON = ("error", "warning", "info", "undecided", "never")
"""What makes the exit code 1: findings of at least this severity, also undecided rules, nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says; the fields are named as the options of ``scan``."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    suppressions: tuple[Ignore, ...] = ()
    rules: tuple[str, ...] = ()
    schemas: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    region: str | None = None
    account: str | None = None
    baseline: str | None = None
    docs: str = ""
    fail_on: str | None = None
    operations: tuple[str, ...] = ()
    callers: tuple[ClientCaller, ...] = ()


def find_config(start: Path) -> Path | None:
    """Return the nearest configuration file, from *start* upward to the repository's root."""
    for folder in (start, *start.parents):
        own = folder / ".appsync-guard.toml"
        if is_regular_file(own):
            return own
        project = folder / "pyproject.toml"
        if _has_table(project):
            return project
        if os.path.lexists(folder / ".git"):
            return None
    return None


def _has_table(project: Path) -> bool:
    """Tell whether the file has our table; whatever else it is is none of our business."""
    try:
        return _HEADER.search(read_regular_file(project, head=_MOST_BYTES)) is not None
    except InputError:
        return False


def read_settings(path: Path) -> Settings:
    """Return what the file says. Raise ConfigError if it says something that has no meaning."""
    text = read_file(path, _WHAT)
    source = _Source(os.path.relpath(path), text, os.path.relpath(path.parent))
    data = source.data
    tool = data.get("tool")
    if isinstance(tool, dict) and isinstance(tool.get(_TABLE), dict):
        data = tool[_TABLE]
    elif path.name == "pyproject.toml":
        data = {}
    for key in data:
        if key not in _KEYS:
            raise _unknown_key(source, key, _KEYS)
    return _settings(source, data)


class _Source(TomlFile):
    """The file, and the folder that its paths start from."""

    def __init__(self, name: str, text: str, folder: str) -> None:
        super().__init__(name, text)
        self.folder = folder

    def path(self, given: str) -> str:
        """Return the path from the working folder. A file of the project names no other files.

        Who writes the configuration of a repository need not be who runs the tool on it.
        """
        path = os.path.normpath(Path(self.folder, given))
        if not self._fence.holds(Path(path)):
            raise ConfigError(
                f"`{given}` is outside the project `{self._fence.root}`",
                location=Location(self.name),
                help="give it on the command line",
            )
        return path

    @cached_property
    def _fence(self) -> Fence:
        return fence_around(Path(self.folder))

    def wrong(self, key: str, expected: str) -> ConfigError:
        return ConfigError(f"`{key}` must be {expected}", location=self.locate(key))


def _settings(source: _Source, data: dict[str, Any]) -> Settings:
    baseline = _text(source, data, "baseline")
    fail_on = _text(source, data, "fail-on")
    if fail_on is not None and fail_on not in FAIL_ON:
        raise source.wrong("fail-on", "one of " + ", ".join(FAIL_ON))
    docs = _text(source, data, "docs")
    if docs is not None and not _URL.fullmatch(docs):
        raise source.wrong("docs", "a URL, https://...")
    ignore = data.get("ignore", [])
    if not isinstance(ignore, list):
        ignore = [ignore]
    return Settings(
        select=_texts(source, data, "select"),
        ignore=tuple(entry for entry in ignore if isinstance(entry, str)),
        suppressions=tuple(
            _ignore(source, entry, number)
            for number, entry in enumerate(ignore)
            if not isinstance(entry, str)
        ),
        rules=tuple(source.path(folder) for folder in _texts(source, data, "rules")),
        schemas=_schemas(source, data),
        parameters=_parameters(source, data),
        region=_text(source, data, "region"),
        account=_text(source, data, "account"),
        baseline=None if baseline is None else source.path(baseline),
        docs=docs or "",
        fail_on=fail_on,
        operations=tuple(source.path(file) for file in _texts(source, data, "operations")),
        callers=_callers(source, data) if "callers" in data else (),
    )


def _text(source: _Source, data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise source.wrong(key, "a string")
    return value


def _texts(source: _Source, data: dict[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise source.wrong(key, "a string or a list of strings")
    return tuple(values)


def _schemas(source: _Source, data: dict[str, Any]) -> dict[str, str]:
    value = data.get("schema", {})
    schemas = {"": value} if isinstance(value, str) else value
    if not isinstance(schemas, dict) or not all(isinstance(item, str) for item in schemas.values()):
        raise source.wrong("schema", "a file, or a table of files by API name")
    return {api: source.path(file) for api, file in schemas.items()}


def _callers(source: _Source, data: dict[str, Any]) -> tuple[ClientCaller, ...]:
    from cdk_appsync_guard.settings.caller_file import callers_of, read_callers  # noqa: PLC0415 - most have none

    value = data["callers"]
    if isinstance(value, str):
        callers = read_callers(source.path(value))
    else:
        callers = callers_of(value, source.folder, source.locate_entry("callers"))
    for pattern in (one for caller in callers for one in caller.operations):
        source.path(os.path.relpath(pattern, source.folder))
    return callers


def _parameters(source: _Source, data: dict[str, Any]) -> tuple[str, ...]:
    value = data.get("parameters", [])
    if not isinstance(value, dict):
        return tuple(source.path(file) for file in _texts(source, data, "parameters"))
    pairs = []
    for key, given in value.items():
        if isinstance(given, bool) or not isinstance(given, (str, int, float)):
            raise source.wrong(key, "a string or a number")
        if isinstance(given, int) and abs(given) > _LARGEST_NUMBER:
            raise source.wrong(key, "a string: the number is too long")
        pairs.append(f"{key}={given}")
    return tuple(pairs)


def _ignore(source: _Source, entry: Any, number: int) -> Ignore:
    if not isinstance(entry, dict):
        raise source.wrong("ignore", "rule ids, or tables with `rule` and `reason`")
    for key, value in entry.items():
        if key not in _IGNORE_KEYS:
            raise _unknown_key(source, key, _IGNORE_KEYS)
        if not isinstance(value, str) or not value.strip():
            raise source.wrong(key, "a string that is not empty")
    for key in ("rule", "reason"):
        if key not in entry:
            raise ConfigError(
                f"an entry of `ignore` does not have `{key}`",
                location=source.locate("ignore", number),
                help='write rule = "...", reason = "..."; file and coordinate may narrow it',
            )
    return Ignore(**entry, location=source.locate("ignore", number))


def _unknown_key(source: _Source, key: str, known: tuple[str, ...]) -> ConfigError:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    close = get_close_matches(key.replace("_", "-").lower(), known, n=1)
    advice = f"did you mean `{close[0]}`?" if close else "known keys: " + ", ".join(known)
    return ConfigError(f"unknown key `{key}`", location=source.locate(key), help=advice)


_TABLE = "cdk-appsync-guard"
_HEADER = re.compile(rb"tool\s*\.\s*[\"']?" + _TABLE.encode())
_URL = re.compile(r"https?://[!-~]+")
_WHAT = "the configuration file"
_MOST_BYTES = 1_000_000
_LARGEST_NUMBER = 10**100
_KEYS = (
    "select",
    "ignore",
    "rules",
    "schema",
    "parameters",
    "region",
    "account",
    "baseline",
    "docs",
    "fail-on",
    "operations",
    "callers",
)
_IGNORE_KEYS = ("rule", "reason", "file", "coordinate")
