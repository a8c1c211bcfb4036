"""What an outcome depends on, in words.

In: branches of conditions. Out: a clause for "undecided: ...", and the names of what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdk_appsync_guard.runtime.model import Branch

__all__ = ["describe_branches", "names_in"]

_MOST = 3
_MOST_CONDITIONS = 4


def names_in(branches: Iterable[Branch]) -> tuple[str, ...]:
    """Return the names of the unknown values that conditions are about, each once, in order."""
    names: dict[str, None] = {}
    for branch in branches:
        for question, _ in branch.conditions:
            names.update(dict.fromkeys(question.split("`")[1::2]))
    return tuple(names)


def describe_branches(branches: Sequence[Branch]) -> str:
    """Return when the field is denied, fails and is allowed: ``denied if ..., else allowed``."""
    kinds: dict[str, list[Branch]] = {}
    for branch in branches:
        kinds.setdefault(branch.outcome.kind, []).append(branch)
    # The kind that needs the most words is what happens otherwise.
    *named, rest = sorted(kinds, key=lambda kind: len(kinds[kind]))
    parts = [f"{kind} if {_either(kinds[kind])}" for kind in named]
    return f"{'; '.join(parts)}; else {rest}"


def _either(branches: list[Branch]) -> str:
    shown = [_all(branch.conditions) for branch in branches[:_MOST]]
    more = len(branches) - _MOST
    return ", or if ".join(shown) + (f", or in {more} more cases" if more > 0 else "")


def _all(conditions: tuple[tuple[str, bool], ...]) -> str:
    shown = [_condition(*condition) for condition in conditions[-_MOST_CONDITIONS:]]
    return " and ".join(shown) or "nothing else is known"


def _condition(question: str, answer: bool) -> str:  # noqa: FBT001 - what was answered
    if answer:
        return question
    for positive, negative in ((" is ", " is not "), (" == ", " != "), (" meets ", " fails ")):
        if positive in question:
            return question.replace(positive, negative, 1)
    return f"not {question}"
