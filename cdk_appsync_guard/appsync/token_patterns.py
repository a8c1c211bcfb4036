"""A regular expression of a provider, a text → whether it matches, whichever way AppSync reads it.

In: an expression as Java takes it. Out: for the whole text and for a part of it True or False; None
if it is not known. AWS does not say whether such an expression must match all of the text.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Match", "match"]

_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Match:
    """Whether the expression matches the whole text, and whether it matches a part of it."""

    whole: bool
    part: bool


def match(expression: str, text: str) -> Match | None:
    """Return how the expression matches, None if it is not known."""
    from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown  # noqa: PLC0415 - few requests need it
    from cdk_appsync_guard.runtime.model import Info, Invocation  # noqa: PLC0415 - see above
    from cdk_appsync_guard.runtime.pattern import find_match, matches_whole  # noqa: PLC0415

    if len(expression) > _LONGEST or len(text) > _LONGEST:
        return None
    machine = Machine(Invocation("", None, Info("", "")))
    try:
        whole = matches_whole(machine, text, expression)
        return Match(whole, whole or find_match(machine, text, expression))
    except (Stopped, Thrown):
        return None
