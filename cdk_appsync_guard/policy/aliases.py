"""Old ids of rules → the ids they have now: what people wrote down keeps working, with a note.

In: rules with their ``aliases``, and names that someone wrote. Does not know where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.report import Notice

__all__ = ["aliases_of", "renamed"]


def aliases_of(rules: Iterable[Rule]) -> dict[str, str]:
    """Return the current id for each old one."""
    return {alias: rule.id for rule in rules for alias in rule.aliases}


def renamed(
    names: Iterable[tuple[str, Location | None]], aliases: Mapping[str, str]
) -> Iterator[Notice]:
    """Yield a note for each name, and its place, that is an old id."""
    for name, place in names:
        if name in aliases:
            yield Notice(f"the rule `{name}` is now called `{aliases[name]}`", place)
