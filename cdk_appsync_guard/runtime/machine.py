"""One run of resolver code: its steps are counted, its questions about unknown data are answered.

A run follows a script of answers; a question beyond the script is answered with yes and noted, so
that the next run can answer no. What is thrown leaves as Thrown, what is not known as Stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.runtime.crossings import Crossings, Told
from cdk_appsync_guard.runtime.model import (
    Code,
    CodePlace,
    Data,
    FieldError,
    Invocation,
    Kind,
    Note,
    NoteKind,
    UnknownData,
)

__all__ = ["GROUPS", "Machine", "Mixed", "Stopped", "Thrown", "derive", "named"]

GROUPS = 'ctx.identity.claims["cognito:groups"]'
"""How the groups of a Cognito user are called where they are not known."""

MOST_STEPS = 60_000
MOST_CHARACTERS = 2_000_000
LONGEST_NAME = 400


class StoppedError(Exception):
    """The outcome is not known: ``reason`` says why."""

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
    told: Told = field(default_factory=lambda: Told({}, {}))
    """What was answered, before this run and in it; what values turned out to be equal to."""
    crossings: Crossings | None = None
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
    grown: dict[int, Any] = field(default_factory=dict)
    """Lists and maps that a loop over unknown data has added to: their size is not known."""
    mixed: dict[int, Mixed] = field(default_factory=dict)
    """Maps that all of an unknown map was copied into."""
    open_loops: int = 0
    counter: int = 0
    asks_source: bool = False
    """Whether the code only makes a request for a data source, of which little is looked at."""
    guessed: bool = False
    """Whether that request may be another one: only one of its ways was taken."""
    notes: dict[Note, None] = field(default_factory=dict)
    identity: dict[str, Data] | None = None
    """``ctx.identity`` as the code that runs has it, None if there is none."""

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
        told = self.told
        at = len(told.asked)
        if question in told.answers:
            told.relied[question] = at
        else:
            self.step()
            told.answers[question] = self.script[at] if at < len(self.script) else True
            told.asked.append(question)
        return told.answers[question]

    def fixed(self, name: str) -> tuple[Data] | None:
        """Return the one value that an unknown one turned out to be equal to, if it has."""
        told = self.told
        told.looked_up[name] = len(told.asked)
        return (told.constants[name],) if name in told.constants else None

    @property
    def at_new_fork(self) -> bool:
        """Whether the run has left the ways that earlier runs have taken."""
        return self.crossings is not None and len(self.told.asked) >= len(self.script)

    def note(self, kind: NoteKind, what: str, *, step: str = "", detail: str = "") -> None:
        """Note what the line that runs does."""
        self.notes[Note(kind, what, self.place, step, detail)] = None

    def note_member(self, holder: Any, name: str) -> None:
        """Note what the code reads of the caller's identity."""
        if self.identity is None:
            return
        if holder is self.identity:
            if name not in holder:
                self.note("absent-member", name)
        elif holder is self.identity.get("claims"):
            self.note("claim", name)

    def forgive(self, name: str) -> None:
        """Take back the note of an absent member: the code asks whether it is there."""
        self.notes.pop(Note("absent-member", name, self.place), None)

    def note_group(self, value: Data, text: Data) -> None:
        """Note that the code looks for a group among those of the caller."""
        if not isinstance(value, UnknownData) or not isinstance(text, str):
            return
        if value.name.startswith(GROUPS):
            self.note("group", text)

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
        if not value.nullable or self.fixed(value.name) is not None:
            return False
        return self.choose(f"`{value.name}` is null")

    def equals_constant(self, value: UnknownData, constant: Data, shown: str) -> bool:
        """Return whether an unknown value is this scalar, remembering it if it is."""
        self.note_group(value, constant)
        fixed = self.fixed(value.name)
        if fixed is not None:
            return type(fixed[0]) is type(constant) and bool(fixed[0] == constant)
        if self.is_null(value):
            return False
        if not _fits(value.kind, constant):
            return False
        if value.kind == "boolean" and isinstance(constant, bool):
            return self.choose(f"`{value.name}`") is constant
        if self.choose(f"`{value.name}` == {shown}"):
            self.told.constants[value.name] = constant
            return True
        return False

    def member(self, value: UnknownData, key: str) -> Data:
        """Return what a member of an unknown map is."""
        own = self.overlays.get(value.name, {})
        if key in own:
            return own[key]
        if self.told.answers.get(f"`{value.name}` is null"):
            return None if self.is_null(value) else derive(self, value, f".{key}")
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

    def forget(self, overlays: dict[str, dict[str, Data]], changes: dict[str, int]) -> None:
        """Take what has been put into unknown values since then for unknown."""
        since = [name for name, own in self.overlays.items() if own != overlays.get(name)]
        since += [name for name, count in self.changes.items() if count != changes.get(name)]
        for name in dict.fromkeys(since):
            self.overlays.pop(name, None)
            self.changes[name] = max(self.changes.get(name, 0), changes.get(name, 0)) + 1

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
