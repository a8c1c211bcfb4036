"""Many branches → one outcome: what is the same in all is certain, the rest depends.

In: the branches that a run has found. Out: Outcome. Never is a part of them taken for all.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.runtime.data import describe
from cdk_appsync_guard.runtime.model import Branch, FieldError, Outcome, UnknownData
from cdk_appsync_guard.runtime.wording import describe_branches, names_in

__all__ = ["combine"]

_MOST_BRANCHES = 60


def combine(branches: Sequence[Branch], left_open: str = "") -> Outcome:
    """Return the outcome over all branches; *left_open* is why there may be more of them."""
    kinds = {branch.outcome.kind for branch in branches}
    if len(kinds) == 1 and not left_open and "undecided" not in kinds:
        return _same(branches)
    folded = _some_of_each_kind(_fold(branches, ())) if branches else []
    unclear = [branch.outcome for branch in folded if branch.outcome.kind == "undecided"]
    reason = left_open or (unclear[0].reason if unclear else describe_branches(folded))
    place = next((b.outcome.decided_by for b in folded if b.outcome.decided_by), None)
    return Outcome(
        "undecided",
        UnknownData("the value"),
        reason=reason,
        decided_by=unclear[0].decided_by if unclear else place,
        depends_on=names_in(folded),
        branches=tuple(folded) if len(kinds) > 1 or left_open else (),
        wrote=any(branch.outcome.wrote for branch in branches),
    )


def _some_of_each_kind(branches: list[Branch]) -> list[Branch]:
    """Return the branches, or so many that none of the kinds is left out."""
    if len(branches) <= _MOST_BRANCHES:
        return branches
    kinds = dict.fromkeys(branch.outcome.kind for branch in branches)
    share = _MOST_BRANCHES // len(kinds)
    return [
        branch
        for kind in kinds
        for branch in [one for one in branches if one.outcome.kind == kind][:share]
    ]


def _fold(branches: Sequence[Branch], known: tuple[tuple[str, bool], ...]) -> list[Branch]:
    """Return as few branches as tell the outcomes apart: what has one kind needs no question."""
    kinds = {branch.outcome.kind for branch in branches}
    if len(kinds) == 1:
        return [Branch(known, _same(branches))]
    question = _question(branches, known)
    if question is None:
        return [Branch(branch.conditions, branch.outcome) for branch in branches]
    parts: list[Branch] = []
    for answer in (True, False):
        chosen = [branch for branch in branches if (question, answer) in branch.conditions]
        parts += _fold(chosen, (*known, (question, answer)))
    return parts


def _question(branches: Sequence[Branch], known: tuple[tuple[str, bool], ...]) -> str | None:
    """Return the first question that all branches answer, and not all in the same way."""
    asked = {question for question, _ in known}
    answers = [dict(branch.conditions) for branch in branches]
    for question, _ in branches[0].conditions:
        if question in asked or not all(question in given for given in answers):
            continue
        if len({given[question] for given in answers}) > 1:
            return question
    return None


def _same(branches: Sequence[Branch]) -> Outcome:
    """Return the one outcome of branches of one kind; what differs among them is unknown."""
    outcomes = [branch.outcome for branch in branches]
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    shown = {describe(outcome.value) for outcome in outcomes}
    return Outcome(
        first.kind,
        first.value if len(shown) == 1 else UnknownData("the value"),
        first.errors if all(one.errors == first.errors for one in outcomes) else _last(outcomes),
        first.reason,
        first.decided_by,
        wrote=any(outcome.wrote for outcome in outcomes),
    )


def _last(outcomes: Sequence[Outcome]) -> tuple[FieldError, ...]:
    """Return the error that all have in common: the one that was thrown."""
    thrown = outcomes[0].errors[-1:]
    return thrown if all(outcome.errors[-1:] == thrown for outcome in outcomes) else ()
