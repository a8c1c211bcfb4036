"""One run of resolver code: its steps are counted, its questions about unknown data are answered.

A run follows a script of answers; a question beyond the script is answered with yes and noted, so
that the next run can answer no. What is thrown leaves as Thrown, what cannot be told as Stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.runtime.model import (
    Code,
    CodePlace,
    Data,
    FieldError,
    Invocation,
    Kind,
    UnknownData,
)

__all__ = ["Machine", "Mixed", "Stopped", "Thrown", "derive", "named"]

MOST_STEPS = 60_000
MOST_CHARACTERS = 2_000_000
LONGEST_NAME = 400


class StoppedError(Exception):
    """The outcome cannot be told: ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ThrownError(Exception):
    """The code ends the field with an error."""

    def __init__(self, kind: Kind, error: FieldError, place: CodePlace | None, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.error = error
        self.place = place
        self.reason = reason


Stopped = StoppedError
Thrown = ThrownError


@dataclass(slots=True)
class Mixed:
    """A map with unknown members: those of ``names``, but for the ``certain`` ones set since."""

    container: dict[str, Data]
    names: list[str] = field(default_factory=list)
    certain: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Machine:
    """The state of one run, over all steps of the pipeline."""

    invocation: Invocation
    script: tuple[bool, ...] = ()
    answers: dict[str, bool] = field(default_factory=dict)
    """What was answered so far, by question: before this run and in it."""
    asked: list[str] = field(default_factory=list)
    """The questions of this run, in order."""
    appended: list[FieldError] = field(default_factory=list)
    appended_at: CodePlace | None = None
    wrote: bool = False
    steps: int = 0
    characters: int = 0
    code: Code | None = None
    line: int = 1
    changes: dict[str, int] = field(default_factory=dict)
    """How often the code has changed an unknown list or map, by name."""
    overlays: dict[str, dict[str, Data]] = field(default_factory=dict)
    """The members that the code has put into an unknown map."""
    constants: dict[str, Data] = field(default_factory=dict)
    """What unknown values turned out to be equal to."""
    grown: dict[int, Any] = field(default_factory=dict)
    """Lists and maps that a loop over unknown data has added to: their size is not known."""
    mixed: dict[int, Mixed] = field(default_factory=dict)
    """Maps that all of an unknown map was copied into."""
    open_loops: int = 0
    counter: int = 0

    def step(self, count: int = 1) -> None:
        """Count work; stop the run where there is too much of it."""
        self.steps += count
        if self.steps > MOST_STEPS:
            raise Stopped(f"{self.where} takes more than {MOST_STEPS:,} steps")

    def write(self, text: str) -> str:
        """Count characters that the code makes."""
        self.characters += len(text)
        if self.characters > MOST_CHARACTERS:
            raise Stopped(f"{self.where} makes more than {MOST_CHARACTERS:,} characters")
        return text

    @property
    def where(self) -> str:
        """The code that runs, for a sentence."""
        return f"the {self.code.name}" if self.code else "the resolver"

    @property
    def place(self) -> CodePlace | None:
        """The line that runs."""
        return CodePlace(self.code.name, self.line, self.code.place) if self.code else None

    def choose(self, question: str) -> bool:
        """Return the answer to a question about what is not known, the same in the whole run."""
        if question not in self.answers:
            self.step()
            at = len(self.asked)
            self.answers[question] = self.script[at] if at < len(self.script) else True
            self.asked.append(question)
        return self.answers[question]

    def lacks(self, name: str) -> Stopped:
        """Return the stop for a name or construct that the tool does not know."""
        return Stopped(f"{self.where} uses {name}, which this tool does not know")

    def throw(self, kind: Kind, error: FieldError, reason: str = "") -> Thrown:
        """Return the error that ends the field here."""
        return Thrown(kind, error, self.place, reason)

    def is_null(self, value: Data) -> bool:
        """Return whether a value is null, asking if it is not known."""
        if not isinstance(value, UnknownData):
            return value is None
        if not value.nullable or value.name in self.constants:
            return False
        return self.choose(f"`{value.name}` is null")

    def equals_constant(self, value: UnknownData, constant: Data, shown: str) -> bool:
        """Return whether an unknown value is this scalar, remembering it if it is."""
        if value.name in self.constants:
            known = self.constants[value.name]
            return type(known) is type(constant) and bool(known == constant)
        if self.is_null(value):
            return False
        if not _fits(value.kind, constant):
            return False
        if value.kind == "boolean" and isinstance(constant, bool):
            return self.choose(f"`{value.name}`") is constant
        if self.choose(f"`{value.name}` == {shown}"):
            self.constants[value.name] = constant
            return True
        return False

    def member(self, value: UnknownData, key: str) -> Data:
        """Return what a member of an unknown map is."""
        own = self.overlays.get(value.name, {})
        if key in own:
            return own[key]
        if self.answers.get(f"`{value.name}` is null"):
            return None
        return derive(self, value, f".{key}")

    def change(self, value: UnknownData, key: Data = None, new: Data = None) -> None:
        """Note that the code changes an unknown list or map."""
        if isinstance(key, str):
            self.overlays.setdefault(value.name, {})[key] = new
            return
        self.changes[value.name] = self.changes.get(value.name, 0) + 1
        self.overlays.pop(value.name, None)

    def mix(self, container: dict[str, Data], name: str) -> None:
        """Note that all of an unknown map is copied into a known one."""
        mixed = self.mixed.setdefault(id(container), Mixed(container))
        mixed.names.append(name)
        mixed.certain.clear()
        container[f"${{{name}}}"] = UnknownData(name, nullable=False, kind="map")

    def grow(self, container: Any) -> None:
        """Note that something was added; in a loop over unknown data the size is then unknown."""
        self.step()
        if self.open_loops:
            self.grown[id(container)] = container

    def fresh(self, name: str, kind: Any = "") -> UnknownData:
        """Return a new unknown value, as of a random id: never null, never equal to another."""
        self.counter += 1
        return UnknownData(f"{name} #{self.counter}" if self.counter > 1 else name, False, kind)


def named(machine: Machine, name: str, kind: Any = "", *, nullable: bool = True) -> UnknownData:
    """Return an unknown value that is computed. Equal names stand for equal values."""
    machine.step(1 + len(name) // 100)
    if len(name) > LONGEST_NAME:
        raise Stopped(f"{machine.where} computes too much from what is not known: {name[:60]}")
    return UnknownData(name, nullable, kind)


def derive(
    machine: Machine, value: UnknownData, suffix: str, kind: Any = "", *, nullable: bool = True
) -> UnknownData:
    """Return the unknown value that is computed from another: ``ctx.result`` and ``.owner``."""
    changed = "'" * min(machine.changes.get(value.name, 0), LONGEST_NAME)
    return named(machine, f"{value.name}{changed}{suffix}", kind, nullable=nullable)


def _fits(kind: str, constant: Data) -> bool:
    if not kind:
        return True
    if isinstance(constant, bool):
        return kind == "boolean"
    if isinstance(constant, (int, float)):
        return kind == "number"
    return kind == "string" if isinstance(constant, str) else kind in ("list", "map")
