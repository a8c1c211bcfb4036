"""A pipeline and an invocation → the outcome, over all that is not known.

In: the code of one field and one request for it. Out: Outcome. The code is read by evaluators that
count their steps and know nothing but JSON-like values: no file, network, process or Python object
is reachable. Where code asks about unknown data, it runs once for each answer.
"""

from __future__ import annotations

from cdk_appsync_guard.runtime.data import describe
from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown
from cdk_appsync_guard.runtime.model import Branch, Data, Invocation, Outcome, Pipeline, UnknownData
from cdk_appsync_guard.runtime.pipeline import run_once
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.wording import describe_branches, names_in

__all__ = ["run"]

MOST_RUNS = 96
MOST_STEPS_IN_ALL = 300_000


def run(pipeline: Pipeline, invocation: Invocation, programs: Programs | None = None) -> Outcome:
    """Return what the resolver does with the invocation.

    *programs* keeps what is read, for more runs of the same code.
    """
    programs = programs or Programs()
    branches: list[Branch] = []
    script: tuple[bool, ...] | None = ()
    steps = 0
    while script is not None:
        machine = Machine(invocation, script)
        branches.append(_follow(machine, pipeline, programs))
        steps += machine.steps
        script = _next_script(machine.answers)
        if script is not None and (len(branches) >= MOST_RUNS or steps > MOST_STEPS_IN_ALL):
            return Outcome(
                "undecided",
                UnknownData("the value"),
                reason=f"it depends on more unknown values than {MOST_RUNS} runs can tell apart",
                depends_on=names_in(branches),
            )
    return _combine(branches)


def _next_script(answers: list[tuple[str, bool]]) -> tuple[bool, ...] | None:
    """Return the script of the next run: the last yes becomes no."""
    given = [answer for _, answer in answers]
    while given and not given[-1]:
        given.pop()
    return (*given[:-1], False) if given else None


def _follow(machine: Machine, pipeline: Pipeline, programs: Programs) -> Branch:
    try:
        value = run_once(machine, pipeline, programs)
    except Stopped as stopped:
        outcome = Outcome(
            "undecided", UnknownData("the value"), reason=stopped.reason, decided_by=machine.place
        )
    except Thrown as thrown:
        errors = (*machine.appended, thrown.error)
        outcome = Outcome(
            thrown.kind, None, errors, thrown.reason, thrown.place, wrote=machine.wrote
        )
    except RecursionError:
        outcome = Outcome("undecided", reason=f"{machine.where} is nested too deeply")
    else:
        outcome = Outcome("allowed", value, tuple(machine.appended), wrote=machine.wrote)
    return Branch(tuple(machine.answers), outcome)


def _combine(branches: list[Branch]) -> Outcome:
    if len(branches) == 1:
        return branches[0].outcome
    folded = _fold(branches, 0)
    if len(folded) == 1:
        return folded[0].outcome
    unclear = [branch.outcome for branch in folded if branch.outcome.kind == "undecided"]
    reason = unclear[0].reason if unclear else describe_branches(folded)
    place = next((b.outcome.decided_by for b in folded if b.outcome.decided_by), None)
    return Outcome(
        "undecided",
        UnknownData("the value"),
        reason=reason,
        decided_by=unclear[0].decided_by if unclear else place,
        depends_on=names_in(folded),
        branches=tuple(folded),
        wrote=any(branch.outcome.wrote for branch in folded),
    )


def _fold(branches: list[Branch], depth: int) -> list[Branch]:
    """Return as few branches as tell the outcomes apart: what has one kind needs no question."""
    kinds = {branch.outcome.kind for branch in branches}
    if len(kinds) == 1:
        return [Branch(branches[0].conditions[:depth], _same(branches))]
    yes = [branch for branch in branches if branch.conditions[depth][1]]
    no = [branch for branch in branches if not branch.conditions[depth][1]]
    if not yes or not no:
        return _fold(branches, depth + 1)
    return [*_fold(yes, depth + 1), *_fold(no, depth + 1)]


def _same(branches: list[Branch]) -> Outcome:
    """Return the one outcome of branches of one kind; what differs among them is unknown."""
    outcomes = [branch.outcome for branch in branches]
    first = outcomes[0]
    shown = {describe_value(outcome.value) for outcome in outcomes}
    value = first.value if len(shown) == 1 else UnknownData("the value")
    errors = first.errors if all(o.errors == first.errors for o in outcomes) else ()
    return Outcome(
        first.kind,
        value,
        errors or (first.errors[-1:] if first.kind == "denied" else ()),
        first.reason,
        first.decided_by,
        wrote=any(outcome.wrote for outcome in outcomes),
    )


def describe_value(value: Data) -> str:
    """Return what tells a value apart from others."""
    return describe(value)
