"""Places that several runs of a handler come by: what the first finds from there on is not redone.

In: a run's place, told by what can be seen from there, and what the run has been told by then. Out:
a run that comes to a place where nothing new can happen ends there. What earlier runs found beyond
the place is then known to hold whatever the answers are in which the two runs differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Crossings", "Ending", "MetError", "Told"]

_ABSENT = object()


@dataclass(slots=True)
class Told:
    """What a run was told so far, and when it last relied on something that it knew already."""

    answers: dict[str, bool]
    constants: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    relied: dict[str, int] = field(default_factory=dict)
    """By question that had an answer: after how many new questions it was asked again."""
    looked_up: dict[str, int] = field(default_factory=dict)
    """The same for names of unknown values that may have turned out to be constants."""


@dataclass(slots=True)
class Ending:
    """What a run ends in; ``answers`` and ``constants`` are those that it needs."""

    answers: dict[str, bool]
    constants: dict[str, Any]
    result: Any


@dataclass(slots=True)
class Crossing:
    """One place in one state; ``asked`` counts the questions before it."""

    asked: int
    answers: dict[str, bool]
    constants: dict[str, Any]
    relied: set[str] = field(default_factory=set)
    looked_up: set[str] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)
    """The questions that runs have asked from here on."""
    endings: dict[int, Ending] = field(default_factory=dict)
    """By identity: there are many ways to the same ending."""
    explored: bool = False

    def holds_for(self, told: Told) -> bool:
        """Return whether a run that was told so finds from here on what others have found."""
        if not self.explored or not self.beyond.isdisjoint(told.answers):
            return False
        return all(told.answers.get(one) == self.answers[one] for one in self.relied) and all(
            told.constants.get(one, _ABSENT) == self.constants.get(one, _ABSENT)
            for one in self.looked_up
        )

    def take(self, told: Told) -> None:
        """Note what a run relied on from here on."""
        for question, asked in told.relied.items():
            if asked >= self.asked and question in self.answers:
                self.relied.add(question)
        self.looked_up.update(one for one, asked in told.looked_up.items() if asked >= self.asked)
        self.beyond.update(told.asked[self.asked :])


class MetError(Exception):
    """The run has come to a crossing whose endings are known."""

    def __init__(self, crossing: Crossing) -> None:
        super().__init__()
        self.crossing = crossing


class Crossings:
    """The crossings of one handler, for runs that follow each other depth first."""

    def __init__(self) -> None:
        self._path: list[Crossing] = []
        self._seen: dict[bytes, list[Crossing]] = {}

    def come_by(self, key: bytes, told: Told) -> None:
        """Note a crossing, or leave the run if all beyond it is known."""
        for crossing in self._seen.get(key, ()):
            if crossing.holds_for(told):
                raise MetError(crossing)
        crossing = Crossing(len(told.asked), dict(told.answers), dict(told.constants))
        self._seen.setdefault(key, []).append(crossing)
        self._path.append(crossing)

    def end(self, told: Told, ending: Ending) -> None:
        """Note what a run has ended in."""
        for crossing in self._path:
            crossing.take(told)
            crossing.endings[id(ending)] = ending

    def join(self, told: Told, met: Crossing) -> None:
        """Note that a run has met a crossing: its endings do not need what the runs differ in."""
        told.relied.update(dict.fromkeys(met.relied, len(told.asked)))
        told.looked_up.update(dict.fromkeys(met.looked_up, len(told.asked)))
        for ending in met.endings.values():
            _forget(ending.answers, met.answers, told.answers)
            _forget(ending.constants, met.constants, told.constants)
        for crossing in self._path:
            crossing.take(told)
            crossing.beyond |= met.beyond
            crossing.endings |= met.endings

    def go_back(self, asked: int) -> None:
        """Go back to where only so many questions were asked: what lies beyond is explored."""
        while self._path and self._path[-1].asked > asked:
            self._path.pop().explored = True


def _forget(needed: dict[str, Any], here: dict[str, Any], there: dict[str, Any]) -> None:
    for key, value in here.items():
        if there.get(key, _ABSENT) != value:
            needed.pop(key, None)
