"""Time: what an invocation fixes, or what is not known.

https://docs.aws.amazon.com/appsync/latest/devguide/time-helpers-in-util-time-js.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from cdk_appsync_guard.runtime.data import describe
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import Data

__all__ = ["MEMBERS"]


def _now(machine: Machine) -> datetime | None:
    text = machine.invocation.now
    if text is None:
        return None
    try:
        now = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return now if now.tzinfo else now.replace(tzinfo=timezone.utc)


def _iso(machine: Machine) -> Data:
    now = _now(machine)
    if now is None:
        return named(machine, "the time of the request", "string", nullable=False)
    return now.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _epoch(factor: int) -> Callable[..., Data]:
    def epoch(machine: Machine) -> Data:
        now = _now(machine)
        if now is None:
            return named(
                machine, f"the time of the request in 1/{factor} s", "number", nullable=False
            )
        return int(now.timestamp() * factor)

    return epoch


def _formatted(machine: Machine, pattern: Data, zone: Data = None) -> Data:
    shown = f"util.time.nowFormatted({describe(pattern)}, {describe(zone)})"
    return named(machine, shown, "string", nullable=False)


def _computed(name: str, kind: str) -> Callable[..., Data]:
    """Return a conversion that is not computed: its result is unknown, the same for the same."""

    def convert(machine: Machine, first: Data, second: Data = None, third: Data = None) -> Data:
        shown = f"util.time.{name}({describe(first)}, {describe(second)}, {describe(third)})"
        return named(machine, shown, kind, nullable=False)

    return convert


MEMBERS: dict[str, Callable[..., Data]] = {
    "time.nowISO8601": _iso,
    "time.nowEpochSeconds": _epoch(1),
    "time.nowEpochMilliSeconds": _epoch(1000),
    "time.nowFormatted": _formatted,
    **{
        f"time.{name}": _computed(name, kind)
        for name, kind in (
            ("parseFormattedToEpochMilliSeconds", "number"),
            ("parseISO8601ToEpochMilliSeconds", "number"),
            ("epochMilliSecondsToSeconds", "number"),
            ("epochMilliSecondsToISO8601", "string"),
            ("epochMilliSecondsToFormatted", "string"),
        )
    },
}
