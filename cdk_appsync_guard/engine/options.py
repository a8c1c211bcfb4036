"""What is judged and what is known about it: options and configuration file → what a scan takes.

In: options as the faces were given them, by name. Out: Settings and ScanOptions. Reads the
configuration file, callers, parameters, a baseline, and standard input, and looks at the clock.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.policy.baseline import Entry, read_baseline
from cdk_appsync_guard.settings.config import Settings, find_config, read_settings
from cdk_appsync_guard.settings.files import read_file
from cdk_appsync_guard.template.inputs.parameters import read_parameters

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.client_callers import ClientCaller

__all__ = ["scan_options", "settle"]


def settle(given: Mapping[str, Any]) -> Settings:
    """Return what the options say, on top of what the configuration file says.

    An option replaces a value and adds to a list; only ``select`` is replaced, since anyone who
    selects wants these rules alone.
    """
    settings = _configured(given["config"])
    return replace(
        settings,
        select=_names(given.get("select", ())) or settings.select,
        ignore=settings.ignore + _names(given.get("ignore", ())),
        rules=settings.rules + tuple(given.get("rules", ())),
        schemas={**settings.schemas, **dict(_schema(text) for text in given["schema"])},
        parameters=settings.parameters + tuple(given["parameters"]),
        region=given["region"] or settings.region,
        account=given["account"] or settings.account,
        baseline=given.get("baseline") or settings.baseline,
        fail_on=given.get("fail_on") or settings.fail_on,
        operations=settings.operations + tuple(given.get("operations", ())),
        callers=settings.callers + _callers(given.get("callers", ())),
    )


def scan_options(
    settings: Settings,
    given: Mapping[str, Any],
    progress: Callable[[int, int], None] | None = None,
) -> ScanOptions:
    """Return what ``scan`` and ``collect_facts`` take."""
    return ScanOptions(
        parameters=read_parameters(settings.parameters),
        region=settings.region,
        account=settings.account,
        schemas=settings.schemas,
        now=_now(given["now"]),
        operations=settings.operations,
        callers=settings.callers,
        select=settings.select,
        ignore=settings.ignore,
        rules=settings.rules,
        suppressions=settings.suppressions,
        baseline=_baseline(settings.baseline),
        docs=settings.docs,
        stdin=_standard_input(given["paths"]),
        jobs=given.get("jobs"),
        progress=progress,
    )


def _now(text: str | None) -> datetime:
    """Return the moment that expiry is judged at; this is the only clock in the package."""
    if text is None:
        return datetime.now(timezone.utc)
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError as error:
        message = f"`{text}` is not a valid date"
        raise ConfigError(message, help="write --now 2026-07-01 or 2026-07-01T12:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _standard_input(paths: Sequence[str]) -> bytes | None:
    """Return what comes in if a path is ``-``: one byte more than may be read at most."""
    if "-" not in paths:
        return None
    if sys.stdin is None:  # it was closed before the program started
        raise ConfigError("standard input is closed", help="pass the template's file")
    try:
        return sys.stdin.buffer.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError("standard input cannot be read") from error


def _baseline(file: str | None) -> dict[str, Entry]:
    return read_baseline(read_file(file, "the baseline"), file) if file else {}


def _configured(file: str | None) -> Settings:
    path = Path(file) if file else find_config(Path.cwd())
    return read_settings(path) if path else Settings()


def _callers(files: Sequence[str]) -> tuple[ClientCaller, ...]:
    if not files:
        return ()
    from cdk_appsync_guard.settings.caller_file import read_callers  # noqa: PLC0415 - most runs have none

    return tuple(caller for file in files for caller in read_callers(file))


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for text in given for name in text.split(",") if name.strip())


def _schema(text: str) -> tuple[str, str]:
    api, equals, file = text.partition("=")
    # `./a=b.graphql` is a file: an API's name has no folder.
    return (api, file) if equals and "/" not in api else ("", text)


_MOST_BYTES = 20_000_000
