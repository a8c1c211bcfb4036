"""Changes of access → groups that are told in one line: who, from what to what, and which fields.

In: Changes. Out: ChangeGroups, what is gained first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cdk_appsync_guard.report import Change
from cdk_appsync_guard.reporters.html.callers import call
from cdk_appsync_guard.reporters.html.looks import verdict_words

__all__ = ["ChangeGroup", "group_changes"]

_MANY = 24
_ORDER = ("gains", "loses", "unclear")


class ChangeGroup(NamedTuple):
    """Fields that a caller gains or loses alike; ``more`` are those that are not named."""

    change: str
    caller: str
    before: str
    after: str
    reason: str
    fields: tuple[str, ...]
    more: int


def group_changes(changes: Iterable[Change]) -> tuple[ChangeGroup, ...]:
    """Return the groups."""
    found: dict[tuple[str, str, str, str, str], list[str]] = {}
    for one in sorted(changes, key=lambda one: _ORDER.index(one.change)):
        sides = verdict_words(one.before), verdict_words(one.after)
        key = (one.change, call(one.caller), *sides, one.reason)
        found.setdefault(key, []).append(one.coordinate)
    return tuple(
        ChangeGroup(*key, tuple(fields[:_MANY]), max(len(fields) - _MANY, 0))
        for key, fields in found.items()
    )
