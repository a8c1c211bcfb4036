"""Changes → who gains and who loses which fields by them, and that in words.

In: a Gate and changes. Out: an Effect: the decisions of all callers on all fields that the changes
touch, before and after. Fields that are decided alike are decided once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.reach import find_callers
from cdk_appsync_guard.appsync.modes import COGNITO, MODES, RECORDS
from cdk_appsync_guard.appsync.schema import Field, TypeDefinition
from cdk_appsync_guard.facts.access_view import MOST_CALLERS, Gate, join, words
from cdk_appsync_guard.fixes.edits import Change, apply, authorizing, list_coordinates
from cdk_appsync_guard.report import Access

__all__ = ["Effect", "accesses", "compare", "endpoint_of", "phrase_effect"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes do: ``callers`` are all who were asked about.

    ``is_open`` tells that a decision is now one that AWS leaves open.
    """

    after: Endpoint
    callers: tuple[Caller, ...] = ()
    gained: dict[Caller, list[Field]] = field(default_factory=dict)
    lost: dict[Caller, list[Field]] = field(default_factory=dict)
    is_open: bool = False


def endpoint_of(gate: Gate) -> Endpoint:
    """Return what the gate judges."""
    return Endpoint(gate.authorization, gate.schema)


def compare(gate: Gate, changes: Sequence[Change], more: Iterable[Caller] = ()) -> Effect | None:
    """Return what the changes do, to *more* callers too; None if that would take too long."""
    if not gate.spend(0):  # already to find the callers takes as long as the schema is large
        return None
    before = endpoint_of(gate)
    after = apply(before, changes)
    callers = _callers(gate, after, more)
    gained: dict[Caller, list[Field]] = {}
    lost: dict[Caller, list[Field]] = {}
    is_open = False
    for alike in _touched(before, after, changes):
        if not gate.spend(2 * len(callers)):
            return None
        old, new = alike[0]
        for caller in callers:
            was = decide(before.authorization, before.schema, caller, old).outcome
            becomes = decide(after.authorization, after.schema, caller, new).outcome
            if was != becomes:
                is_open = is_open or becomes == "undecided"
                side = gained if becomes == "allowed" else lost
                side.setdefault(caller, []).extend(one for _, one in alike)
    return Effect(after, callers, gained, lost, is_open)


def _callers(gate: Gate, after: Endpoint, more: Iterable[Caller]) -> tuple[Caller, ...]:
    """Return the kinds of callers before and after, and the users of second providers."""
    later = (one for one in find_callers(after.authorization, after.schema) if one.mode in MODES)
    second = (
        Caller(mode, provider=position)
        for position, mode in enumerate(gate.authorization.additional, start=1)
        if mode == gate.authorization.default and RECORDS[mode].identity
    )
    kinds = (*gate.callers, *islice(later, MOST_CALLERS), *more, *islice(second, MOST_CALLERS))
    return tuple(dict.fromkeys(kinds))


def _touched(
    before: Endpoint, after: Endpoint, changes: Iterable[Change]
) -> Iterator[list[tuple[Field, Field]]]:
    """Yield the fields on which a decision may change, before and after, by what decides."""
    names: dict[str, dict[str, None]] = {}
    for change in changes:
        if change.kind == "provider":
            objects = (one for one in before.schema.types.values() if one.kind == "object")
            names = {one.name: dict.fromkeys(one.fields) for one in objects}
            break
        type_name, _, name = change.coordinate.partition(".")
        fields = (name,) if name else tuple(before.schema.types[type_name].fields)
        names.setdefault(type_name, {}).update(dict.fromkeys(fields))
    for type_name, listed in names.items():
        old, new = before.schema.types[type_name], after.schema.types[type_name]
        if old.kind == "object":
            yield from _alike(old, new, listed)


def _alike(
    old: TypeDefinition, new: TypeDefinition, names: Iterable[str]
) -> Iterator[list[tuple[Field, Field]]]:
    together: dict[object, list[tuple[Field, Field]]] = {}
    for name in names:
        pair = (old.fields[name], new.fields[name])
        key = tuple(
            tuple((use.name, use.groups) for use in authorizing(one.directives)) for one in pair
        )
        together.setdefault(key, []).append(pair)
    yield from together.values()


def accesses(changed: dict[Caller, list[Field]]) -> tuple[Access, ...]:
    """Return who gains or loses what, as a report has it."""
    return tuple(
        Access(
            caller.mode,
            min(caller.groups, default=None),
            tuple(one.coordinate for one in fields),
        )
        for caller, fields in changed.items()
        if not caller.provider
    )


def phrase_effect(effect: Effect, places: tuple[str, ...]) -> str:
    """Return who gains and who loses what, as a relative clause to a sentence about the places."""
    said = places
    parts = []
    for verb, changed in (("opens", effect.gained), ("closes", effect.lost)):
        for coordinates, together in _alike_callers(changed).items():
            pronoun = "it" if len(coordinates) == 1 else "them"
            what = pronoun if coordinates == said else list_coordinates(coordinates)
            parts.append(f"{verb} {what} to {_name(together, effect.callers)}")
            said = coordinates
    return (", which " if parts else "") + join(parts) + _phrase_second(effect)


def _alike_callers(changed: dict[Caller, list[Field]]) -> dict[tuple[str, ...], list[Caller]]:
    """Return the callers by the fields that they gain, or lose."""
    alike: dict[tuple[str, ...], list[Caller]] = {}
    for caller, fields in changed.items():
        if not caller.provider:
            alike.setdefault(tuple(one.coordinate for one in fields), []).append(caller)
    return alike


def _name(together: Sequence[Caller], callers: Sequence[Caller]) -> str:
    groups = list(dict.fromkeys(group for one in together for group in sorted(one.groups)))
    modes = list(dict.fromkeys(one.mode for one in together if not one.groups))
    if COGNITO not in modes:
        said = [words(modes)] if modes else []
        return join([*said, words((COGNITO,), groups)] if groups else said, "and")
    known = {group for one in callers for group in one.groups}
    others = sorted(known.difference(groups))
    if not others:
        return words(modes)
    modes.remove(COGNITO)
    said = [words(modes)] if modes else []
    quoted = join([f"`{group}`" for group in others], "or")
    return join([*said, f"`{COGNITO}` callers outside group {quoted}"], "and")


def _phrase_second(effect: Effect) -> str:
    """Return what happens to users of a second provider, who AWS leaves open today."""
    for verb, changed in (("get in", effect.gained), ("are shut out", effect.lost)):
        for caller in changed:
            if caller.provider and Caller(caller.mode) not in changed:
                return (
                    f"; users of the other `{caller.mode}` providers {verb} as well: AWS does not"
                    " say what they can select today"
                )
    return ""
