"""Problems of access → the fixes that are offered for each, the likeliest direction first.

In: a Gate and what is wrong. Out: fixes that are proved. Where callers come to a closed field, it
can be opened to them, or what leads there can be closed; which is meant, the schema does not say,
so both are offered, and the one that fits the fields beside comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    COGNITO_ONLY,
    DIRECTIVE_OF_MODE,
    MODE_OF_DIRECTIVE,
)
from cdk_appsync_guard.appsync.schema import Directive, Field, TypeDefinition
from cdk_appsync_guard.facts.access_view import Gate, mode_directives
from cdk_appsync_guard.facts.schema_vocabulary import Who
from cdk_appsync_guard.fixes.admission import (
    Audience,
    audience_of,
    close_field,
    is_among,
    open_field,
    open_type,
    replace_directives,
    set_groups,
)
from cdk_appsync_guard.fixes.edits import AWS_AUTH, Change, authorizing
from cdk_appsync_guard.fixes.effects import endpoint_of
from cdk_appsync_guard.fixes.proof import Aim, allows, extend, is_tagged, prove
from cdk_appsync_guard.report import Fix

__all__ = [
    "Stopped",
    "admit_to_field",
    "check_groups",
    "fixes_of_closed_type",
    "fixes_of_null",
    "fixes_of_payload",
    "fixes_of_tagged_type",
    "say",
]

_LET_IN = "Let these callers in"
_KEEP_OUT = "Keep these callers out"
_POOLS = DIRECTIVE_OF_MODE[COGNITO]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Callers who come by some fields to types of which they can read nothing.

    ``ways`` are all the fields by which any of them comes there.
    ``who`` is ``ungrouped`` where members of a group can.
    """

    callers: tuple[Caller, ...]
    who: Who
    ways: tuple[Field, ...]
    behind: tuple[TypeDefinition, ...]


def say(fixes: Sequence[Fix]) -> str:
    """Return the fixes as sentences; each begins with the direction that it takes."""
    said = [f"{fix.purpose}: {fix.text}." for fix in fixes]
    return " ".join([*said[:1], *(f"Or {one[0].lower()}{one[1:]}" for one in said[1:])])


def fixes_of_closed_type(gate: Gate, stopped: Stopped) -> tuple[Fix, ...]:
    """Return how the types can be opened to the callers, or the ways closed to them."""
    if stopped.who == "ungrouped":
        return _known(_ask_for_groups(gate, stopped))
    opened, closed = _open_types(gate, stopped), _close_ways(gate, stopped)
    return _known(*((closed, opened) if _are_refused(gate, stopped) else (opened, closed)))


def fixes_of_null(gate: Gate, field: Field, callers: Sequence[Caller], who: Who) -> tuple[Fix, ...]:
    """Return how a denied non-null field can be kept from taking its parent with it."""
    nullable = _make_nullable(gate, [field])
    if who == "ungrouped":  # without its groups the field would be open to all users
        return _known(nullable)
    return _known(nullable, _open_places(gate, [field.coordinate], callers, [field.coordinate]))


def fixes_of_tagged_type(
    gate: Gate, definition: TypeDefinition, mode: str, way: Field
) -> tuple[Fix, ...]:
    """Return how the callers of a type's directive can come to it, or the directive goes."""
    tagged = [one for one in mode_directives(definition.directives) if _mode(one) == mode]
    audience: Audience = {mode: tagged[0].groups}
    callers = _callers_in(audience)
    opened = _open_places(gate, [way.coordinate], callers, [way.coordinate])
    left = tuple(one for one in mode_directives(definition.directives) if one not in tagged)
    aim = Aim(
        "Take the directive off the type",
        lambda _: True,
        loses=lambda caller: is_among(caller, audience),
    )
    closed = prove(gate, [replace_directives(definition, left)], aim) if left else None
    refused = _are_refused(gate, Stopped(callers, "mode", (way,), (definition,)))
    return _known(*((closed, opened) if refused else (opened, closed)))


def admit_to_field(gate: Gate, field: Field, audience: Audience) -> tuple[Fix, ...]:
    """Return how the audience can be allowed to select one field."""
    callers = _callers_in(audience)
    return _known(_open_places(gate, [field.coordinate], callers, [field.coordinate]))


def fixes_of_payload(
    gate: Gate, definition: TypeDefinition, callers: Sequence[Caller]
) -> tuple[Fix, ...]:
    """Return how the callers of a mutation can publish all that is non-null of a type."""
    denied = [
        one
        for one in definition.fields.values()
        if any(
            decide(gate.authorization, gate.schema, caller, one).outcome == "denied"
            for caller in callers
        )
    ]
    required = [one for one in denied if one.non_null]
    nullable = _make_nullable(gate, required) if len(denied) < len(definition.fields) else None
    wanted = [one.coordinate for one in required or denied]
    places = _places(definition) if len(denied) == len(definition.fields) else wanted
    return _known(_open_places(gate, places, callers, wanted), nullable)


def check_groups(
    gate: Gate, place: Field | TypeDefinition, groups: tuple[str, ...]
) -> tuple[Fix, ...]:
    """Return how, of the users of the pool, only members of the groups get in."""
    if COGNITO not in gate.authorization.modes:
        return ()
    fields = [place] if isinstance(place, Field) else list(place.fields.values())
    members: Audience = {COGNITO: groups}
    outsider = Caller(COGNITO)
    aim = Aim(
        "Make the groups count",
        lambda after: not any(allows(after, outsider, one.coordinate) for one in fields),
        gains=lambda caller: is_among(caller, members),
        loses=lambda caller: not is_among(caller, members),
    )
    return _known(prove(gate, _name_groups(gate, place, groups), aim))


def _name_groups(
    gate: Gate, place: Field | TypeDefinition, groups: tuple[str, ...]
) -> list[Change]:
    """Return the changes that put the directive that counts in place of the one that does not."""
    if gate.authorization.regime == COGNITO_ONLY:
        if isinstance(place, TypeDefinition):
            off = Change("directives", place.name, authorizing(place.directives))
            fields = [one for one in place.fields.values() if not _has(one, AWS_AUTH)]
        else:
            off, fields = None, [place]
        endpoint = endpoint_of(gate)
        return [*([off] if off else []), *(set_groups(endpoint, one, groups) for one in fields)]
    own = authorizing(place.directives)
    inherited = () if isinstance(place, TypeDefinition) else gate.counted(place)
    counting = mode_directives(own) or inherited
    kept = tuple(one for one in counting if one.name != _POOLS)
    coordinate = place.coordinate if isinstance(place, Field) else place.name
    return [Change("directives", coordinate, own, (*kept, Directive(_POOLS, 0, groups)))]


def _has(field: Field, name: str) -> bool:
    return any(one.name == name for one in field.directives)


def _known(*fixes: Fix | None) -> tuple[Fix, ...]:
    return tuple(one for one in fixes if one is not None)


def _mode(directive: Directive) -> str:
    return MODE_OF_DIRECTIVE[directive.name]


def _callers_in(audience: Audience) -> tuple[Caller, ...]:
    """Return the audience as callers: one per group that is meant, else one of the mode."""
    found: list[Caller] = []
    for mode, groups in audience.items():
        found += (
            [Caller(mode)] if groups is None else [Caller(mode, frozenset({one})) for one in groups]
        )
    return tuple(found)


def _open_types(gate: Gate, stopped: Stopped) -> Fix | None:
    for places in _alternatives(stopped.behind, stopped.who):
        changes = _open(gate, places, audience_of(stopped.callers))
        fix = prove(gate, extend(gate, changes), _aim_of_types(stopped))
        if fix is not None:
            return fix
    return None


def _aim_of_types(stopped: Stopped) -> Aim:
    audience = audience_of(stopped.callers)

    def is_reached(after: Endpoint) -> bool:
        names = [name for one in stopped.behind for name in _coordinates(one)]
        return all(any(allows(after, caller, name) for name in names) for caller in stopped.callers)

    return Aim(_LET_IN, is_reached, gains=lambda caller: is_among(caller, audience))


def _open_places(
    gate: Gate, places: Sequence[str], callers: Sequence[Caller], wanted: Sequence[str]
) -> Fix | None:
    """Return the fix by which the callers may select all that is wanted."""
    audience = audience_of(callers)
    aim = Aim(
        _LET_IN,
        lambda after: all(allows(after, caller, name) for caller in callers for name in wanted),
        gains=lambda caller: is_among(caller, audience),
        more=tuple(callers),
    )
    return prove(gate, extend(gate, _open(gate, places, audience), callers), aim)


def _open(gate: Gate, places: Iterable[str], audience: Audience) -> list[Change]:
    endpoint = endpoint_of(gate)
    changes = []
    for place in places:
        type_name, _, name = place.partition(".")
        definition = gate.schema.types[type_name]
        changes.append(
            open_field(endpoint, definition.fields[name], audience)
            if name
            else open_type(endpoint, definition, audience)
        )
    return changes


def _alternatives(behind: Sequence[TypeDefinition], who: Who) -> Iterable[list[str]]:
    """Yield places for directives that would open a type, those with groups first for a group."""
    with_groups = [
        field.coordinate
        for one in behind
        for field in one.fields.values()
        if any(directive.groups for directive in mode_directives(field.directives))
    ]
    if who == "group" and with_groups:
        yield with_groups
    yield [place for one in behind for place in _places(one)]


def _places(definition: TypeDefinition) -> list[str]:
    """Return where directives count for the fields of a type: on it, or on each field."""
    tagged = [
        one.coordinate for one in definition.fields.values() if mode_directives(one.directives)
    ]
    return tagged if len(tagged) == len(definition.fields) else [definition.name]


def _coordinates(definition: TypeDefinition) -> list[str]:
    return [one.coordinate for one in definition.fields.values()]


def _close_ways(gate: Gate, stopped: Stopped) -> Fix | None:
    """Return the fix by which the callers no longer come that far."""
    endpoint, audience = endpoint_of(gate), audience_of(stopped.callers)
    changes: list[Change] = []
    for way in stopped.ways:
        change = close_field(endpoint, way, audience) or _copy(stopped.behind, way)
        if change is None:
            return None
        changes.append(change)
    aim = Aim(
        _KEEP_OUT,
        lambda after: _are_closed(after, stopped),
        gains=lambda caller: not is_among(caller, audience),
        loses=lambda caller: is_among(caller, audience),
    )
    return prove(gate, changes, aim)


def _copy(behind: Sequence[TypeDefinition], way: Field) -> Change | None:
    """Return the change that gives a way to one type the directives of that type."""
    own = mode_directives(behind[0].directives) if len(behind) == 1 else ()
    return replace_directives(way, own) if own else None


def _are_closed(after: Endpoint, stopped: Stopped) -> bool:
    return not any(
        allows(after, caller, way.coordinate) for caller in stopped.callers for way in stopped.ways
    )


def _ask_for_groups(gate: Gate, stopped: Stopped) -> Fix | None:
    """Return the fix by which the ways ask for the groups that can read what is behind them."""
    readers = [
        caller
        for caller in gate.callers
        if caller.groups
        and any(
            gate.decide(caller, field).outcome == "allowed"
            for one in stopped.behind
            for field in one.fields.values()
        )
    ]
    groups = tuple(sorted({group for one in readers for group in one.groups}))
    if not groups:
        return None
    endpoint = endpoint_of(gate)
    aim = Aim(
        _KEEP_OUT,
        lambda after: _are_closed(after, stopped),
        loses=lambda caller: caller.mode == COGNITO and caller.groups.isdisjoint(groups),
    )
    return prove(gate, [set_groups(endpoint, way, groups) for way in stopped.ways], aim)


def _are_refused(gate: Gate, stopped: Stopped) -> bool:
    """Return whether most fields beside the ways are closed to the callers.

    Then the way is the exception, and closing it is likelier meant. Where a way names the callers
    itself and no one said a word about the type behind it, the type was forgotten.
    """
    untagged = not any(map(is_tagged, stopped.behind))
    if untagged and any(mode_directives(one.directives) for one in stopped.ways):
        return False
    admitted = denied = 0
    for type_name in dict.fromkeys(one.type_name for one in stopped.ways):
        ways = {one.name for one in stopped.ways if one.type_name == type_name}
        opened = len(gate.open_to(type_name, tuple(stopped.callers)) - ways)
        beside = len(gate.schema.types[type_name].fields.keys() - ways)
        admitted, denied = admitted + opened, denied + beside - opened
    return denied > admitted


def _make_nullable(gate: Gate, fields: Sequence[Field]) -> Fix | None:
    """Return the fix that makes the fields nullable, and those of interfaces that promise them."""
    changes: dict[str, Change] = {}
    for one in fields:
        for place in (one, *_promises(gate, one)):
            changes[place.coordinate] = Change("type", place.coordinate, value=place.signature[:-1])
    return prove(gate, list(changes.values()), Aim("Keep the parent readable", lambda _: True))


def _promises(gate: Gate, field: Field) -> list[Field]:
    """Return the non-null fields of interfaces that an implementation cannot weaken."""
    waiting = list(gate.schema.types[field.type_name].interfaces)
    seen: set[str] = set()
    found: list[Field] = []
    while waiting:
        name = waiting.pop()
        definition = gate.schema.types.get(name)
        if definition is None or name in seen:
            continue
        seen.add(name)
        promised = definition.fields.get(field.name)
        if promised is not None and promised.non_null:
            found.append(promised)
        waiting.extend(definition.interfaces)
    return found
