"""What lies between two handlers of a pipeline: the context, and what is known by then.

A State is copied before a handler runs on it. Two that differ only in answers are one: what comes
later cannot tell them apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.runtime.crossings import Told
from cdk_appsync_guard.runtime.machine import Machine, Mixed, Stopped
from cdk_appsync_guard.runtime.model import Data, FieldError, Invocation, UnknownData

__all__ = ["State", "merge_states", "print_machine", "print_value"]

_DEEPEST = 80


@dataclass(slots=True)
class State:
    """A place in a pipeline. ``position`` counts handlers; ``value`` is what the last one gave."""

    position: int
    context: dict[str, Any]
    value: Data = None
    answers: dict[str, bool] = field(default_factory=dict)
    constants: dict[str, Data] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    overlays: dict[str, dict[str, Data]] = field(default_factory=dict)
    grown: dict[int, Any] = field(default_factory=dict)
    mixed: dict[int, Mixed] = field(default_factory=dict)
    appended: tuple[FieldError, ...] = ()
    wrote: bool = False
    counter: int = 0

    def open(self, invocation: Invocation, script: tuple[bool, ...]) -> tuple[Machine, State]:
        """Return a machine for one run from here, and the copy of the state that it changes."""
        copies: dict[int, Any] = {}
        context = _copy(self.context, copies, 0)
        value = _copy(self.value, copies, 0)
        grown = [_copy(one, copies, 0) for one in self.grown.values()]
        mixed = [
            Mixed(_copy(one.container, copies, 0), list(one.names), set(one.certain))
            for one in self.mixed.values()
        ]
        machine = Machine(
            invocation,
            script,
            Told(dict(self.answers), dict(self.constants)),
            appended=list(self.appended),
            wrote=self.wrote,
            changes=dict(self.changes),
            overlays={name: dict(own) for name, own in self.overlays.items()},
            grown={id(one): one for one in grown},
            mixed={id(one.container): one for one in mixed},
            counter=self.counter,
        )
        return machine, State(self.position, context, value)

    def close(self, machine: Machine) -> None:
        """Take over what the machine has learned."""
        self.answers, self.constants = machine.told.answers, machine.told.constants
        self.changes, self.overlays = machine.changes, machine.overlays
        self.grown, self.mixed = machine.grown, machine.mixed
        self.appended, self.wrote = tuple(machine.appended), machine.wrote
        self.counter = machine.counter

    def print(self) -> str:
        """Return all that a later handler can see, but for the answers."""
        held = [self.context, self.value, self.overlays, self.changes]
        return _print_all(held, self.grown, self.mixed, f"{self.appended}{self.wrote}")


def print_machine(machine: Machine, held: list[Data]) -> str:
    """Return all that the rest of a handler can see, which holds so much, but for the answers."""
    held = [*held, machine.overlays, machine.changes]
    rest = f"{machine.appended}{machine.wrote}{machine.open_loops}"
    return _print_all(held, machine.grown, machine.mixed, rest)


def print_value(value: Data) -> str:
    """Return a text that is the same for equal values."""
    return _print_all([value], {}, {}, "")


def _print_all(held: list[Data], grown: dict[int, Any], mixed: dict[int, Mixed], rest: str) -> str:
    parts: list[str] = []
    seen: dict[int, int] = {}
    for value in held:
        _print(value, parts, seen, 0)
    marks: list[object] = [seen.get(one, -1) for one in grown]
    marks += [(seen.get(key, -1), one.names, sorted(one.certain)) for key, one in mixed.items()]
    return f"{''.join(parts)}{marks}{rest}"


def merge_states(states: list[State]) -> list[State]:
    """Return the states that can be told apart; what merged ones agree on stays known."""
    found: dict[str, State] = {}
    for state in states:
        known = found.setdefault(state.print(), state)
        if known is not state:
            known.answers = _agreed(known.answers, state.answers)
            known.constants = _agreed(known.constants, state.constants)
    return list(found.values())


def _agreed(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key in other and other[key] == value}


def _copy(value: Data, copies: dict[int, Any], depth: int) -> Data:
    if not isinstance(value, (dict, list)):
        return value
    if id(value) in copies:
        return copies[id(value)]
    if depth > _DEEPEST:
        raise Stopped("the code makes values that are nested too deeply")
    made: Any = {} if isinstance(value, dict) else []
    copies[id(value)] = made
    if isinstance(value, dict):
        made.update({key: _copy(member, copies, depth + 1) for key, member in value.items()})
    else:
        made.extend(_copy(member, copies, depth + 1) for member in value)
    return made


def _print(value: Data, parts: list[str], seen: dict[int, int], depth: int) -> None:
    """Write a value so that equal texts mean equal values, shared parts included."""
    if isinstance(value, UnknownData):
        parts.append(f"<{value.name}|{value.nullable}|{value.kind}>")
        if value.holds is not None:
            _print(value.holds, parts, seen, depth + 1)
        return
    if not isinstance(value, (dict, list)):
        scalar = value is None or isinstance(value, (bool, int, float, str))
        parts.append(json.dumps(value) if scalar else f"<{id(value)}>")
        return
    if id(value) in seen:
        parts.append(f"<seen {seen[id(value)]}>")
        return
    if depth > _DEEPEST:
        raise Stopped("the code makes values that are nested too deeply")
    seen[id(value)] = len(seen)
    parts.append("{" if isinstance(value, dict) else "[")
    for key, member in value.items() if isinstance(value, dict) else enumerate(value):
        parts.append(f"{json.dumps(key)}:" if isinstance(key, str) else ",")
        _print(member, parts, seen, depth + 1)
    parts.append("}" if isinstance(value, dict) else "]")
