"""What people configure of the guard in Python → what a scan takes, and what makes synth fail.

The same settings as those of the command line, on top of the same configuration file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from cdk_appsync_guard.engine.options import scan_options, settle
from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.settings.config import FAIL_ON

__all__ = ["Given", "GuardOptions", "read_options"]


class Given(TypedDict, total=False):
    """The keywords that the guard, the plugin and ``check`` take; named as the options of ``scan``.

    ``parameters`` are values by name or by ``Stack:Name``, or what ``--parameters`` takes;
    ``schemas`` are SDL files by API; ``config`` is a file, else the nearest one counts.
    """

    fail_on: str
    select: Sequence[str]
    ignore: Sequence[str]
    rules: Sequence[str]
    parameters: Mapping[str, str] | Sequence[str]
    schemas: Mapping[str, str]
    region: str
    account: str
    baseline: str
    config: str


@dataclass(frozen=True, slots=True)
class GuardOptions:
    """``fail_on`` is the least bad thing that makes synth fail."""

    scan: ScanOptions
    fail_on: str

    def fails(self, kind: str) -> bool:
        """Tell whether something that bad (error, warning, info, undecided) makes synth fail."""
        return self.fail_on != "never" and FAIL_ON.index(kind) <= FAIL_ON.index(self.fail_on)


def read_options(given: Given) -> GuardOptions:
    """Return the options. Raise ConfigError if they, or the configuration file, make no sense."""
    for key in given:
        if key not in Given.__annotations__:
            known = ", ".join(Given.__annotations__)
            raise ConfigError(f"unknown option `{key}`", help=f"known options: {known}")
    if given.get("fail_on", "error") not in FAIL_ON:
        raise ConfigError(f"`fail_on` must be one of {', '.join(FAIL_ON)}")
    parameters = given.get("parameters", ())
    if isinstance(parameters, Mapping):
        parameters = tuple(f"{name}={value}" for name, value in parameters.items())
    arguments = {
        **{key: given.get(key) for key in ("config", "region", "account", "baseline", "fail_on")},
        "select": _listed(given.get("select", ())),
        "ignore": _listed(given.get("ignore", ())),
        "rules": _listed(given.get("rules", ())),
        "schema": tuple(
            f"{api}={file}" if api else file for api, file in given.get("schemas", {}).items()
        ),
        "parameters": _listed(parameters),
        "now": None,
        "paths": (),
    }
    settings = settle(arguments)
    return GuardOptions(scan_options(settings, arguments), settings.fail_on or "error")


def _listed(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
