"""A pipeline and an invocation → the outcome, over all that is not known.

In: the code of one field and one request for it. Out: Outcome. The code is read by evaluators that
count their steps and know nothing but JSON-like values: no file, network, process or Python object
is reachable. Where a handler asks about unknown data, it runs once for each answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cdk_appsync_guard.runtime.crossings import Crossings, Ending, MetError
from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown
from cdk_appsync_guard.runtime.model import (
    Branch,
    Invocation,
    Kind,
    Note,
    Outcome,
    Pipeline,
    UnknownData,
)
from cdk_appsync_guard.runtime.outcomes import combine
from cdk_appsync_guard.runtime.pipeline import Conductor
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.state import State, merge_states

__all__ = ["Survey", "look_over", "refuses_always", "run"]

MOST_RUNS = 320
MOST_STEPS_IN_ALL = 150_000
MOST_SAMPLES = 6
MOST_RUNS_FOR_ONE = 120


def run(pipeline: Pipeline, invocation: Invocation, programs: Programs | None = None) -> Outcome:
    """Return what the resolver does with the invocation.

    *programs* keeps what is read, for more runs of the same code.
    """
    survey = _Survey(Conductor(pipeline, programs or Programs()), invocation)
    try:
        survey.follow_all()
    except Stopped as stopped:
        return Outcome("undecided", UnknownData("the value"), reason=stopped.reason)
    return combine(survey.branches, survey.left_open)


@dataclass(frozen=True, slots=True)
class Survey:
    """All ways through the code: the outcome, where each ends, and what runs did on the way.

    ``complete`` is whether these are all ways, and all of them could be followed.
    """

    outcome: Outcome
    branches: tuple[Branch, ...]
    notes: tuple[Note, ...]
    complete: bool

    def all_end(self, *kinds: Kind) -> bool:
        """Return whether every way ends so."""
        ends = {branch.outcome.kind for branch in self.branches}
        return self.complete and bool(ends) and ends <= set(kinds)


def look_over(
    pipeline: Pipeline,
    invocation: Invocation,
    programs: Programs | None = None,
    most: int = MOST_RUNS,
) -> Survey:
    """Return all ways through the code, or the first so many of them."""
    conductor = Conductor(pipeline, programs or Programs())
    survey = _Survey(conductor, invocation, most=most, samples=min(60, most))
    try:
        survey.follow_all()
    except Stopped as stopped:
        survey.left_open = stopped.reason
    outcome = combine(survey.branches, survey.left_open)
    unclear = any(branch.outcome.kind == "undecided" for branch in survey.branches)
    complete = not survey.left_open and not unclear
    return Survey(outcome, tuple(survey.branches), tuple(survey.notes), complete)


def refuses_always(
    pipeline: Pipeline, invocation: Invocation, programs: Programs | None = None
) -> Outcome | None:
    """Return the refusal that every way through the code ends in; None if that is not shown.

    It ends with the first way that is not a refusal, and so asks much less than ``run``.
    """
    survey = _Survey(Conductor(pipeline, programs or Programs()), invocation)
    try:
        refused = survey.follow_until_allowed()
    except Stopped:
        return None
    return combine(survey.branches) if refused and survey.branches else None


@dataclass(slots=True)
class _Survey:
    """All ways that the handlers can take: states by position, and the branches that end."""

    conductor: Conductor
    invocation: Invocation
    branches: list[Branch] = field(default_factory=list)
    left_open: str = ""
    runs: int = 0
    steps: int = 0
    samples: int = 60
    most: int = MOST_RUNS
    notes: dict[Note, None] = field(default_factory=dict)

    def follow_all(self) -> None:
        waiting: dict[int, list[State]] = {0: [self.conductor.start(self.invocation)]}
        while waiting:
            position = min(waiting)
            states = waiting.pop(position)
            states = merge_states(states) if len(states) > 1 else states
            if self.left_open:
                states = states[:MOST_SAMPLES]  # what may come out, if not all of it
            if position == self.conductor.last:
                self.branches += [_allowed(state) for state in states]
                continue
            for state in states:
                for following in self._follow(state):
                    waiting.setdefault(following.position, []).append(following)

    def follow_until_allowed(self) -> bool:
        """Follow one way after the other to its end; return whether all of them are refused."""
        waiting: list[tuple[State, tuple[bool, ...]]] = []
        waiting.append((self.conductor.start(self.invocation), ()))
        while waiting:
            state, script = waiting.pop()
            if state.position == self.conductor.last or self.runs >= MOST_RUNS_FOR_ONE:
                return False
            machine, following = state.open(self.invocation, script)
            ended = self._run(machine, following)
            self.runs += 1
            if ended is not None and not ended.refuses:
                return False
            more = _next_script(machine)
            if more is not None:
                waiting.append((state, more))
            if ended is None:
                waiting.append((following, ()))
            else:
                self.branches.append(Branch(tuple(machine.told.answers.items()), ended))
        return True

    def _follow(self, state: State) -> list[State]:
        """Return the states after the next handler, one for each way through it."""
        crossings = Crossings()
        endings: list[Ending] = []
        script: tuple[bool, ...] | None = ()
        while script is not None and self._may_run(script):
            machine, following = state.open(self.invocation, script)
            machine.crossings = crossings
            try:
                ended = self._run(machine, following)
            except MetError as met:
                crossings.join(machine.told, met.crossing)
            else:
                told = machine.told
                endings.append(Ending(told.answers, told.constants, ended or following))
                crossings.end(told, endings[-1])
            self.runs += 1
            self.steps += machine.steps
            script = _next_script(machine)
            crossings.go_back(len(script or ()) - 1)
        return self._sort(endings)

    def _may_run(self, script: tuple[bool, ...]) -> bool:
        if self.runs < self.most and self.steps <= MOST_STEPS_IN_ALL:
            return True
        self.left_open = f"it depends on more unknown values than {self.most} runs can tell"
        if script or self.samples == 0:
            return False
        self.samples -= 1
        return True

    def _sort(self, endings: list[Ending]) -> list[State]:
        """Keep what ended as branches; return the states that go on."""
        found: list[State] = []
        for ending in endings:
            if isinstance(ending.result, State):
                found.append(ending.result)
            else:
                self.branches.append(Branch(tuple(ending.answers.items()), ending.result))
        return found

    def _run(self, machine: Machine, state: State) -> Outcome | None:
        """Run one handler; return the outcome if it ends the field."""
        try:
            return self._advance(machine, state)
        finally:
            self.notes |= machine.notes

    def _advance(self, machine: Machine, state: State) -> Outcome | None:
        unknown = UnknownData("the value")
        try:
            self.conductor.advance(machine, state)
        except Stopped as stopped:
            return Outcome("undecided", unknown, reason=stopped.reason, decided_by=machine.place)
        except Thrown as thrown:
            errors = (*machine.appended, thrown.error)
            kind, place = thrown.kind, thrown.place
            return Outcome(kind, None, errors, thrown.reason, place, wrote=machine.wrote)
        except RecursionError:
            reason = f"{machine.where} is nested too deeply"
            return Outcome("undecided", unknown, reason=reason)
        return None


def _allowed(state: State) -> Branch:
    outcome = Outcome("allowed", state.value, state.appended, wrote=state.wrote)
    return Branch(tuple(state.answers.items()), outcome)


def _next_script(machine: Machine) -> tuple[bool, ...] | None:
    """Return the script of the next run: the last yes becomes no."""
    given = [machine.told.answers[question] for question in machine.told.asked]
    while given and not given[-1]:
        given.pop()
    return (*given[:-1], False) if given else None
