"""How far callers get → rows of reach, dead_ends and null_climbs.

In: an Api and a Gate, which holds what each caller can reach. Out: rows, in which callers of one
mode that fare alike are told of once. Does not walk the schema itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import TRIED, Caller
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.facts.access_view import mode_directives, words, written
from cdk_appsync_guard.facts.schema_vocabulary import (
    DEAD_ENDS,
    NULL_CLIMBS,
    REACH,
    DeadEnds,
    NullClimbs,
    Reach,
)
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.fixes.admission import audience_of, is_among
from cdk_appsync_guard.fixes.offers import Stopped, fixes_of_closed_type, fixes_of_null, say
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cdk_appsync_guard.access.reach import DeadEnd, NullClimb
    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field, TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate
    from cdk_appsync_guard.facts.schema_vocabulary import ClosedBy, Who
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["dead_end_rows", "null_climb_rows", "reach_rows"]

Types: TypeAlias = "tuple[TypeDefinition, ...]"
Stop = TypeVar("Stop", "DeadEnd", "NullClimb")


def reach_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every Query and Mutation field with every kind of caller that may call it."""
    for reached in gate.reaches:
        mode = reached.caller.mode
        group = next(iter(reached.caller.groups), None)
        for root in reached.roots:
            coordinate = root.field.coordinate
            outcome = root.outcome
            cells: Reach = {
                "coordinate": coordinate,
                "mode": mode,
                "group": group,
                "outcome": Unknown(root.question, TRIED) if outcome == "undecided" else outcome,
                "blocked": root.blocked.coordinate if root.blocked else None,
                "path": root.path if root.blocked else None,
                "nulls_root": root.nulls_root,
            }
            yield REACH.row(cells, places[coordinate], {}, api.name)


@dataclass(slots=True)
class _Gathered(Generic[Stop]):
    """All that stops callers at one type or field, by who is stopped."""

    by_mode: dict[str, list[Stop]] = field(default_factory=dict)  # callers without a group
    by_group: list[tuple[str, Stop]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stopped(Generic[Stop]):
    """Callers who fare alike: ``who`` as the vocabulary has it, and where they are stopped."""

    who: Who
    modes: tuple[str, ...]
    groups: tuple[str, ...]
    stops: tuple[Stop, ...]

    @property
    def callers(self) -> tuple[Caller, ...]:
        """The callers one by one: a group's members for each group."""
        members = tuple(Caller(COGNITO, frozenset({group})) for group in self.groups)
        return members or tuple(map(Caller, self.modes))

    @property
    def caller(self) -> str:
        """The callers in words."""
        without = " without a group" if self.who == "ungrouped" else ""
        return words(self.modes, self.groups) + without

    @property
    def shortest(self) -> Stop:
        """The stop with the fewest steps, the first of the schema if several are as short."""
        return min(self.stops, key=lambda stop: len(stop.steps))


def dead_end_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield every type that some callers reach without being able to read any of it."""
    gathered: dict[str, _Gathered[DeadEnd]] = {}
    for reached in gate.reaches:
        for end in reached.dead_ends:
            if not end.question:
                _gather(gathered, end.field.returns, reached.caller, end)
    for type_name, found in gathered.items():
        for mode, ends in found.by_mode.items():
            # Anyone who comes by a root field is worse off; the other ways are of no account then.
            found.by_mode[mode] = [end for end in ends if _is_at_root(gate, end)] or ends
        behind = gate.schema.possible_types(type_name)
        below = [one for definition in behind for one in definition.fields.values()]
        for stopped in _stopped(gate, found, below, lambda end: end.field.coordinate):
            yield _dead_end_row(api, gate, behind, stopped)


def null_climb_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every closed non-null field whose parent some callers can read."""
    gathered: dict[str, _Gathered[NullClimb]] = {}
    for reached in gate.reaches:
        for climb in reached.null_climbs:
            _gather(gathered, climb.field.coordinate, reached.caller, climb)
    for coordinate, found in gathered.items():
        type_name, _, name = coordinate.partition(".")
        closed = gate.schema.types[type_name].fields[name]
        for stopped in _stopped(gate, found, [closed], lambda climb: climb.nulled):
            yield _null_climb_row(api, gate, closed, stopped, places[coordinate])


def _gather(gathered: dict[str, _Gathered[Stop]], subject: str, caller: Caller, stop: Stop) -> None:
    found = gathered.setdefault(subject, _Gathered())
    if caller.groups:
        found.by_group.extend((group, stop) for group in caller.groups)
    else:
        found.by_mode.setdefault(caller.mode, []).append(stop)


def _stopped(
    gate: Gate, found: _Gathered[Stop], closed: list[Field], where: Callable[[Stop], str]
) -> Iterator[_Stopped[Stop]]:
    """Tell apart who is stopped: everyone of some modes, or only those in the wrong groups."""
    everybody = dict(found.by_mode)
    for_some = any(
        gate.admits(caller, one)
        for caller in gate.callers
        if caller.mode == COGNITO
        for one in closed
    )
    ungrouped = everybody.pop(COGNITO, []) if for_some else everybody.get(COGNITO, [])
    for modes, stops in _alike(everybody, where):
        yield _Stopped("mode", modes, (), stops)
    if for_some and ungrouped:
        yield _Stopped("ungrouped", (COGNITO,), (), tuple(ungrouped))
    # A member of another group is stopped like users without one. It is worth telling where only
    # groups come that far, or where a field invites that very group.
    invited: dict[str, list[Stop]] = {}
    for group, stop in found.by_group:
        if not ungrouped or (for_some and _invites(gate, stop, group)):
            invited.setdefault(group, []).append(stop)
    for groups, stops in _alike(invited, where):
        yield _Stopped("group" if for_some else "mode", (COGNITO,), groups, stops)


def _alike(
    stops: dict[str, list[Stop]], where: Callable[[Stop], str]
) -> Iterator[tuple[tuple[str, ...], tuple[Stop, ...]]]:
    """Yield together what is stopped at the same place, with the stops that all of it shares."""
    together: list[tuple[list[str], dict[str, Stop]]] = []
    for member, listed in stops.items():
        places = {where(stop): stop for stop in listed}
        for members, shared in together:
            if not places.keys().isdisjoint(shared):
                members.append(member)
                for place in shared.keys() - places.keys():
                    del shared[place]
                break
        else:
            together.append(([member], places))
    for members, shared in together:
        yield tuple(members), tuple(shared.values())


def _invites(gate: Gate, stop: DeadEnd | NullClimb, group: str) -> bool:
    return any(group in (one.groups or ()) for one in gate.counted(stop.field))


def _dead_end_row(api: Api, gate: Gate, behind: Types, stopped: _Stopped[DeadEnd]) -> Row:
    end, first = stopped.shortest, behind[0]
    places = {one.field.coordinate for one in stopped.stops}
    ways = _all_ways(gate, end.field.returns, stopped.callers)
    fixes = fixes_of_closed_type(gate, Stopped(stopped.callers, stopped.who, ways, behind))
    closed = next(iter(first.fields.values()), None)
    cells: DeadEnds = {
        "coordinate": end.field.coordinate,
        "type": end.field.returns,
        "modes": stopped.modes,
        "groups": stopped.groups,
        "caller": stopped.caller,
        "who": stopped.who,
        "at_root": any(_is_at_root(gate, one) for one in stopped.stops),
        "closed_by": _closed_by(behind),
        "reason": _explain(gate, behind),
        "blocked_field": next(iter(first.fields), ""),
        "path": ".".join(end.steps),
        "ways": len(places),
        "fix": say(fixes) or _ask_reader(end.field, behind),
    }
    place = gate.schema.at(first.offset)
    answer = field_refused(gate.schema, closed) if closed else None
    return DEAD_ENDS.row(cells, place, {}, api.name, answer, fixes)


def _all_ways(gate: Gate, returns: str, callers: tuple[Caller, ...]) -> tuple[Field, ...]:
    """Return every field by which any of the callers comes to the closed type."""
    audience = audience_of(callers)
    found = {
        end.field.coordinate: end.field
        for reached in gate.reaches
        if is_among(reached.caller, audience)
        for end in reached.dead_ends
        if end.field.returns == returns and not end.question
    }
    return tuple(found.values())


def _ask_reader(way: Field, behind: Types) -> str:
    """Return what is left to do where no edit is known to change nothing else."""
    return (
        f"Decide who needs to read {_names(behind, 'and')}, and give `{way.coordinate}` and"
        " what it returns the same directives: no small edit does that and changes nothing else."
    )


def _is_at_root(gate: Gate, end: DeadEnd) -> bool:
    return end.field.type_name in gate.roots


def _closed_by(behind: Types) -> ClosedBy:
    fields = (field for one in behind for field in one.fields.values())
    if all(mode_directives(field.directives) for field in fields):
        return "field-directives"
    tagged = all(mode_directives(one.directives) for one in behind)
    return "type-directive" if tagged else "no-directive"


def _explain(gate: Gate, behind: Types) -> str:
    """Return why the type is closed, as a relative clause."""
    if len(behind) > 1:
        return f"which may be {_names(behind, 'or')}, all of them closed"
    closed_by = _closed_by(behind)
    if closed_by == "field-directives":
        return "all of whose fields have directives for others"
    if closed_by == "no-directive":
        default = gate.authorization.default
        return f"which does not have a directive and accepts only the default mode, `{default}`"
    return f"which accepts only `{written(mode_directives(behind[0].directives))}`"


def _names(behind: Types, last: str) -> str:
    return f" {last} ".join(f"`{one.name}`" for one in behind)


def _null_climb_row(
    api: Api, gate: Gate, closed: Field, stopped: _Stopped[NullClimb], place: Place
) -> Row:
    climb = stopped.shortest
    fixes = fixes_of_null(gate, closed, stopped.callers, stopped.who)
    cells: NullClimbs = {
        "coordinate": closed.coordinate,
        "field": closed.name,
        "type": closed.type_name,
        "modes": stopped.modes,
        "groups": stopped.groups,
        "caller": stopped.caller,
        "who": stopped.who,
        "path": ".".join(climb.steps),
        "nulls": climb.nulled,
        "fix": say(fixes),
    }
    answer = field_refused(gate.schema, closed)
    return NULL_CLIMBS.row(cells, place, {}, api.name, answer, fixes)
