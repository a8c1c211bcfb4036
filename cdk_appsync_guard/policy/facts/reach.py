"""How far callers get → rows of reach, dead_ends and null_climbs.

In: an Api and a Gate, which holds what each caller can reach. Out: rows, in which callers of one
mode that fare alike are told of once. Does not walk the schema itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.appsync.modes import DIRECTIVE_OF_MODE
from cdk_appsync_guard.policy.columns import Cell, Row
from cdk_appsync_guard.policy.facts.gate import mode_directives, words
from cdk_appsync_guard.template.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from cdk_appsync_guard.access.reach import DeadEnd, NullClimb
    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field, TypeDefinition
    from cdk_appsync_guard.policy.facts.gate import Gate
    from cdk_appsync_guard.template.read import Place

__all__ = ["dead_end_rows", "null_climb_rows", "reach_rows"]

Stop = TypeVar("Stop", "DeadEnd", "NullClimb")


def reach_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every Query and Mutation field with every kind of caller that may call it."""
    for reached in gate.reaches:
        mode = reached.caller.mode
        group = next(iter(reached.caller.groups), None)
        for root in reached.roots:
            coordinate = root.field.coordinate
            outcome = root.outcome
            cells: dict[str, Cell] = {
                "coordinate": coordinate,
                "mode": mode,
                "group": group,
                "outcome": Unknown(root.question) if outcome == "undecided" else outcome,
                "blocked": root.blocked.coordinate if root.blocked else None,
                "path": root.path if root.blocked else None,
                "nulls_root": root.nulls_root,
            }
            yield Row("reach", cells, places[coordinate], {}, api.name)


@dataclass(slots=True)
class _Gathered(Generic[Stop]):
    """All that stops one mode at one type or field, by who is stopped."""

    ungrouped: list[Stop] = field(default_factory=list)
    grouped: list[tuple[str, Stop]] = field(default_factory=list)

    @property
    def all(self) -> list[Stop]:
        """All stops, those of users without a group first."""
        return self.ungrouped or [stop for _, stop in self.grouped]


@dataclass(frozen=True, slots=True)
class _Stopped(Generic[Stop]):
    """Callers who fare alike: ``who`` as the vocabulary has it, and where they are stopped."""

    who: str
    mode: str
    groups: tuple[str, ...]
    stops: tuple[Stop, ...]

    @property
    def caller(self) -> str:
        """The callers in words."""
        if self.who == "ungrouped":
            return f"{words(self.mode)} without a group"
        return words(self.mode, self.groups)

    @property
    def shortest(self) -> Stop:
        """The stop with the fewest steps, the first of the schema if several are as short."""
        return min(self.stops, key=lambda stop: len(stop.steps))


def dead_end_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield every type that a kind of caller reaches without being able to read any of it."""
    gathered: dict[tuple[str, str], _Gathered[DeadEnd]] = {}
    for reached in gate.reaches:
        for end in reached.dead_ends:
            if not end.question:
                _gather(gathered, end.field.returns, reached.caller, end)
    for (type_name, mode), found in gathered.items():
        behind = gate.schema.possible_types(type_name)
        below = [one for definition in behind for one in definition.fields.values()]
        for stopped in _stopped(gate, mode, found, below):
            yield _dead_end_row(api, gate, behind, stopped, gathered)


def null_climb_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every closed non-null field whose parent is readable for a kind of caller."""
    gathered: dict[tuple[str, str], _Gathered[NullClimb]] = {}
    fields: dict[str, Field] = {}
    for reached in gate.reaches:
        for climb in reached.null_climbs:
            coordinate = climb.field.coordinate
            fields[coordinate] = climb.field
            _gather(gathered, coordinate, reached.caller, climb)
    for (coordinate, mode), found in gathered.items():
        closed = fields[coordinate]
        for stopped in _stopped(gate, mode, found, [closed]):
            yield _null_climb_row(api, gate, closed, stopped, places[coordinate])


def _gather(
    gathered: dict[tuple[str, str], _Gathered[Stop]],
    subject: str,
    caller: Caller,
    stop: Stop,
) -> None:
    found = gathered.setdefault((subject, caller.mode), _Gathered())
    if caller.groups:
        found.grouped.extend((group, stop) for group in caller.groups)
    else:
        found.ungrouped.append(stop)


def _stopped(
    gate: Gate, mode: str, found: _Gathered[Stop], closed: list[Field]
) -> Iterator[_Stopped[Stop]]:
    """Tell apart who is stopped: everybody of the mode, or only those in the wrong groups."""
    opened = any(
        gate.admits(caller, one) for caller in gate.callers if caller.mode == mode for one in closed
    )
    if not opened:
        groups = () if found.ungrouped else tuple(dict.fromkeys(one for one, _ in found.grouped))
        yield _Stopped("mode", mode, groups, tuple(found.all))
        return
    if found.ungrouped:
        yield _Stopped("ungrouped", mode, (), tuple(found.ungrouped))
    # A member of another group is stopped like users without one. It is worth telling where a
    # field on the way invites that very group.
    invited = [(group, stop) for group, stop in found.grouped if _invites(gate, stop, group, found)]
    if invited:
        groups = tuple(dict.fromkeys(group for group, _ in invited))
        yield _Stopped("group", mode, groups, tuple(stop for _, stop in invited))


def _invites(gate: Gate, stop: Stop, group: str, found: _Gathered[Stop]) -> bool:
    if not found.ungrouped:
        return True  # nobody without a group comes that far: some field asks for it
    return any(group in (one.groups or ()) for one in gate.rules(stop.field))


def _dead_end_row(
    api: Api,
    gate: Gate,
    behind: tuple[TypeDefinition, ...],
    stopped: _Stopped[DeadEnd],
    gathered: Container[tuple[str, str]],
) -> Row:
    end, first = stopped.shortest, behind[0]
    modes = [mode for mode in gate.modes if (end.field.returns, mode) in gathered]
    cells: dict[str, Cell] = {
        "coordinate": end.field.coordinate,
        "type": end.field.returns,
        "mode": stopped.mode,
        "group": next(iter(stopped.groups), None),
        "caller": stopped.caller,
        "who": stopped.who,
        "at_root": any(one.field.type_name in gate.roots for one in stopped.stops),
        "closed_by": _closed_by(first),
        "blocked_field": next(iter(first.fields), ""),
        "path": ".".join(end.steps),
        "ways": len({one.field.coordinate for one in stopped.stops}),
        "fix": _open_type(gate, first, stopped, modes),
    }
    place = gate.schema.at(first.offset)
    return Row("dead_ends", cells, place, {}, api.name)


def _closed_by(definition: TypeDefinition) -> str:
    if all(mode_directives(one.directives) for one in definition.fields.values()):
        return "field-directives"
    return "type-directive" if mode_directives(definition.directives) else "no-directive"


def _open_type(
    gate: Gate, definition: TypeDefinition, stopped: _Stopped[DeadEnd], modes: Iterable[str]
) -> str:
    """Return what opens the type to these callers, and to callers of other modes stuck there."""
    if stopped.who != "mode":
        return _regroup(definition.name, stopped)
    missing = [f"@{DIRECTIVE_OF_MODE[mode]}" for mode in modes]
    closed_by = _closed_by(definition)
    if closed_by == "field-directives":
        return f"add `{' '.join(missing)}` to the fields of `{definition.name}`"
    if closed_by == "no-directive":  # the first directive takes the default mode away
        missing.insert(0, f"@{DIRECTIVE_OF_MODE[gate.authorization.default]}")
    return f"add `{' '.join(dict.fromkeys(missing))}` to type `{definition.name}`"


def _regroup(name: str, stopped: _Stopped[DeadEnd]) -> str:
    way = stopped.shortest.field.coordinate
    if stopped.who == "ungrouped":
        return f"ask for the groups of `{name}` on `{way}` as well, or open `{name}` to all users"
    groups = ", ".join(f'"{group}"' for group in stopped.groups)
    return f"add {groups} to the `cognito_groups` of `{name}`"


def _null_climb_row(
    api: Api, gate: Gate, closed: Field, stopped: _Stopped[NullClimb], place: Place
) -> Row:
    climb = stopped.shortest
    cells: dict[str, Cell] = {
        "coordinate": closed.coordinate,
        "field": closed.name,
        "type": closed.type_name,
        "mode": stopped.mode,
        "group": next(iter(stopped.groups), None),
        "caller": stopped.caller,
        "who": stopped.who,
        "path": ".".join(climb.steps),
        "nulls": climb.nulled,
        "fix": _open_field(gate, closed, stopped),
    }
    return Row("null_climbs", cells, place, {}, api.name)


def _open_field(gate: Gate, closed: Field, stopped: _Stopped[NullClimb]) -> str:
    nullable = f"make `{closed.coordinate}` nullable (`{closed.signature[:-1]}`)"
    if stopped.who == "mode":
        directives = [f"@{DIRECTIVE_OF_MODE[stopped.mode]}"]
        if not gate.rules(closed):
            directives.insert(0, f"@{DIRECTIVE_OF_MODE[gate.authorization.default]}")
        return f"{nullable}, or add `{' '.join(directives)}` to it"
    if stopped.who == "group":
        groups = ", ".join(f'"{group}"' for group in stopped.groups)
        return f"{nullable}, or add {groups} to its `cognito_groups`"
    return f"{nullable}, or ask for its groups on the fields that lead to `{closed.type_name}`"
