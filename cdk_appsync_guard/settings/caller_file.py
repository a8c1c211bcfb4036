"""A file that says who runs which operations, in TOML, YAML or JSON → ClientCallers.

    [[callers]]
    name = "reader app"
    operations = ["src/reader/**/*.graphql"]
    mode = "AMAZON_COGNITO_USER_POOLS"
    groups = ["Readers"]

Instead of a mode stands ``role`` or ``user``, its logical id, or ``function``, that of a Lambda
function. Patterns are relative to the file's folder; the configuration file may hold the same list.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.appsync.modes import AWS_IAM, COGNITO, MODES, mode_called
from cdk_appsync_guard.errors import ConfigError, InputError, Location
from cdk_appsync_guard.settings.files import read_file
from cdk_appsync_guard.settings.toml import TomlFile
from cdk_appsync_guard.template.source.read import read_data

__all__ = ["callers_of", "read_callers"]

_WHAT = "the file of callers"
_KEYS = ("name", "operations", "mode", "groups", "role", "user", "function", "api")
_IDENTITIES = ("mode", "role", "user", "function")

Locate = Callable[[int, str], Location]
"""Where the nth caller, and one of its keys, is written."""


def read_callers(file: str) -> tuple[ClientCaller, ...]:
    """Return the callers of a file. Raise ConfigError if it says something that has no meaning."""
    text = read_file(file, _WHAT)
    folder = os.path.relpath(Path(file).parent)
    if file.lower().endswith(".toml"):
        toml = TomlFile(file, text)
        return callers_of(toml.data.get("callers"), folder, toml.locate_entry("callers"))
    try:
        data = read_data(file, text.encode())
    except InputError as error:
        raise ConfigError(error.message, location=error.location, help=error.help) from error
    is_list = isinstance(data.data, list)
    entries = data.data if is_list else data.data.get("callers") if _is_table(data.data) else None

    def locate(number: int, key: str) -> Location:
        path = (*(() if is_list else ("callers",)), number, *((key,) if key else ()))
        return Location(file, *data.locate(path))

    return callers_of(entries, folder, locate)


def callers_of(entries: Any, folder: str, locate: Locate) -> tuple[ClientCaller, ...]:
    """Return the callers that a list of tables describes."""
    if not isinstance(entries, list) or not entries:
        raise ConfigError(
            "`callers` must be a list of tables",
            location=Location(locate(0, "").file),
            help='[[callers]] name = "app", mode = "AWS_IAM", operations = ["src/**/*.graphql"]',
        )
    return tuple(_caller(entry, number, folder, locate) for number, entry in enumerate(entries))


def _is_table(data: Any) -> bool:
    return isinstance(data, dict)


def _caller(entry: Any, number: int, folder: str, locate: Locate) -> ClientCaller:
    if not isinstance(entry, dict):
        raise ConfigError("a caller must be a table", location=locate(number, ""))
    for key in entry:
        if key not in _KEYS:
            message = f"a caller has no key `{key}`"
            raise ConfigError(message, location=locate(number, str(key)), help=_known())
    texts = {key: _text(entry, key, number, locate) for key in (*_IDENTITIES, "name", "api")}
    groups = _texts(entry, "groups", number, locate)
    mode = _mode(texts["mode"], groups, number, locate)
    given = [key for key in _IDENTITIES if key != "mode" and texts[key] is not None]
    if len(given) > 1 or (given and mode not in (None, AWS_IAM)):
        raise ConfigError(
            "a caller has exactly one of `mode`, `role`, `user`, and `function`",
            location=locate(number, ""),
        )
    if not given and mode is None:
        raise ConfigError(
            "the caller is not identified",
            location=locate(number, ""),
            help="give `mode`, `role`, `user` or `function`",
        )
    who = texts[given[0]] if given else mode
    return ClientCaller(
        name=texts["name"] or (f"{given[0]} {who}" if given else str(who)),
        operations=tuple(
            os.path.normpath(Path(folder, one))
            for one in _texts(entry, "operations", number, locate)
        ),
        mode=None if given else mode,
        groups=groups,
        principal=texts["role"] or texts["user"],
        function=texts["function"],
        api=texts["api"],
        location=locate(number, ""),
    )


def _mode(name: str | None, groups: tuple[str, ...], number: int, locate: Locate) -> str | None:
    if name is None:
        return COGNITO if groups else None
    mode = mode_called(name)
    if mode is None:
        raise ConfigError(
            f"`{name}` is not an authorization mode",
            location=locate(number, "mode"),
            help="the modes are " + ", ".join(MODES),
        )
    if groups and mode != COGNITO:
        message = f"callers of the mode {mode} do not have groups"
        raise ConfigError(message, location=locate(number, "groups"))
    return mode


def _text(entry: dict[str, Any], key: str, number: int, locate: Locate) -> str | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise ConfigError(f"`{key}` must be a string", location=locate(number, key))
    return value


def _texts(entry: dict[str, Any], key: str, number: int, locate: Locate) -> tuple[str, ...]:
    value = entry.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        message = f"`{key}` must be a string or a list of strings"
        raise ConfigError(message, location=locate(number, key))
    return tuple(values)


def _known() -> str:
    return "known keys: " + ", ".join(_KEYS)
