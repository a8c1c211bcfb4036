"""Callers and root fields → what a caller can read below a field that it may call.

In: modes and schema. Out: for each kind of caller, each Query and Mutation field it may call, with
the nearest field below that is blocked; dead ends; and nulls that climb. Subscription fields are
left out: what a subscriber receives was checked for the caller of the mutation. Does not look at
operations: that is what ``request`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.graph import (
    Edge,
    Shape,
    Tail,
    View,
    find_blocked,
    find_questions,
    find_shape,
    find_ways,
    view_types,
)
from cdk_appsync_guard.appsync.modes import COGNITO, Authorization
from cdk_appsync_guard.appsync.schema import Field, Schema

__all__ = [
    "CallerReach",
    "ClosedMember",
    "DeadEnd",
    "HowMuch",
    "NullClimb",
    "Reach",
    "find_callers",
    "find_reach",
]

_GROUPED = ("aws_cognito_user_pools", "aws_auth")


HowMuch: TypeAlias = Literal["all", "some", "none"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a caller can read of the value of a root field that it may call.

    ``outcome`` is ``all`` (every field below, as far as the caller gets), ``some``, ``none`` (no
    field of the returned type) or ``undecided``, then with a question. ``tail`` is the way to the
    nearest denied field. ``nulls_root`` says that selecting that field nulls the value of the root
    field, whatever else is selected: it, and every position on the way, is non-null.
    """

    field: Field
    outcome: HowMuch | Literal["undecided"]
    tail: Tail | None = None
    nulls_root: bool = False
    question: str = ""

    @property
    def blocked(self) -> Field | None:
        """The nearest denied field: by number of steps, then by the order of the schema."""
        return None if self.tail is None else self.tail.blocked

    @property
    def path(self) -> str:
        """The response path to the nearest denied field: ``getPost.author.name``."""
        return "" if self.tail is None else ".".join((self.field.name, *self.tail.steps))


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A field the caller may select and reach, of whose type it may read nothing.

    ``question`` is set if all that is left are fields that are undecided.
    """

    field: Field
    steps: tuple[str, ...]  # the shortest way from a root, this field included
    question: str = ""

    @property
    def path(self) -> str:
        """``getPost.author``."""
        return ".".join(self.steps)


@dataclass(frozen=True, slots=True)
class ClosedMember:
    """A type behind a union or interface of which the caller can read nothing, beside others."""

    field: Field
    member: str
    steps: tuple[str, ...]  # the shortest way from a root, the field included


@dataclass(frozen=True, slots=True)
class NullClimb:
    """A denied non-null field of a type of which the caller can read something.

    ``nulled`` is the coordinate of the field whose value, or list item, becomes null on this path
    if the field is selected; ``data`` if nothing on the way is nullable.
    """

    field: Field
    steps: tuple[str, ...]
    nulled: str

    @property
    def path(self) -> str:
        """``getPost.author.name``."""
        return ".".join(self.steps)


@dataclass(frozen=True, slots=True)
class CallerReach:
    """All that one kind of caller can do. ``decisions`` is by type, then by field.

    ``reached`` are the object types that it gets to over allowed fields of Query and Mutation.
    """

    caller: Caller
    decisions: dict[str, dict[str, Decision]]
    roots: tuple[Reach, ...]
    dead_ends: tuple[DeadEnd, ...]
    null_climbs: tuple[NullClimb, ...]
    closed_members: tuple[ClosedMember, ...] = ()
    reached: frozenset[str] = frozenset()


def find_callers(authorization: Authorization, schema: Schema) -> tuple[Caller, ...]:
    """Return the kinds of callers: one per mode, and for Cognito one per group of the schema.

    The Cognito caller without groups comes first; a caller with a group is in that one only.
    """
    callers: list[Caller] = []
    for mode in authorization.modes:
        callers.append(Caller(mode))
        if mode == COGNITO:
            callers.extend(Caller(mode, frozenset({group})) for group in _find_groups(schema))
    return tuple(callers)


def find_reach(
    authorization: Authorization, schema: Schema, callers: tuple[Caller, ...]
) -> tuple[CallerReach, ...]:
    """Return what each caller can reach, in time linear in the size of the schema for each."""
    shape = find_shape(schema)
    roots = tuple(
        dict.fromkeys(
            name for name in (schema.query, schema.mutation) if name in shape.fields and name
        )
    )
    return tuple(
        _conclude(caller, view_types(authorization, schema, caller, shape), shape, roots)
        for caller in callers
    )


def _find_groups(schema: Schema) -> list[str]:
    used = (
        directive
        for one in schema.types.values()
        for directives in (one.directives, *(field.directives for field in one.fields.values()))
        for directive in directives
    )
    return sorted({group for one in used if one.name in _GROUPED for group in one.groups or ()})


def _conclude(
    caller: Caller, views: dict[str, View], shape: Shape, roots: tuple[str, ...]
) -> CallerReach:
    find_below = _belows(views)
    reaches = []
    for name in roots:
        decisions = views[name].decisions
        for field, edge, _ in shape.fields[name]:
            decision = decisions[field.name]
            if decision.outcome == "undecided":
                reaches.append(Reach(field, "undecided", question=decision.question))
            elif decision.outcome == "allowed":
                reaches.append(_reach(field, find_below(edge) if edge else None))
    ways = find_ways(views, roots)
    return CallerReach(
        caller=caller,
        decisions={name: view.decisions for name, view in views.items()},
        roots=tuple(reaches),
        dead_ends=tuple(_find_dead_ends(views, ways)),
        null_climbs=tuple(_find_null_climbs(views, shape, ways)),
        closed_members=tuple(_find_closed_members(views, ways)),
        reached=frozenset(ways),
    )


@dataclass(frozen=True, slots=True)
class _Below:
    """What a caller meets below a field: the nearest denial, an open question, anything to read."""

    tail: Tail | None
    question: str
    is_readable: bool


def _belows(views: dict[str, View]) -> Callable[[Edge], _Below]:
    """Return what tells what lies below an edge; each returned type is looked at once."""
    tails = find_blocked(views)
    questions = find_questions(views)
    known: dict[str, _Below] = {}

    def find(edge: Edge) -> _Below:
        returns = edge.field.returns
        if returns not in known:
            blocked = (tails[name] for name in edge.targets if name in tails)
            known[returns] = _Below(
                min(blocked, key=lambda one: one.length, default=None),
                next((questions[name] for name in edge.targets if name in questions), ""),
                any(views[name].allowed for name in edge.targets),
            )
        return known[returns]

    return find


def _reach(field: Field, below: _Below | None) -> Reach:
    """Judge a root field that is allowed."""
    if below is None:
        return Reach(field, "all")
    if below.tail is None or (below.question and not below.is_readable):
        return Reach(field, "undecided" if below.question else "all", question=below.question)
    return Reach(
        field,
        "some" if below.is_readable else "none",
        tail=below.tail,
        nulls_root=below.tail.climbs and _is_null_if_item_is(field),
    )


def _is_null_if_item_is(field: Field) -> bool:
    """Return whether a null in the innermost position leaves no list around it."""
    signature = field.signature.rstrip("!")
    return signature.count("!") == signature.count("[")


def _find_dead_ends(views: dict[str, View], ways: dict[str, Edge | None]) -> Iterator[DeadEnd]:
    closed: dict[str, str | None] = {}  # by returned type: the question, "" if certain, else None
    for name in ways:
        for edge in views[name].edges:
            returns = edge.field.returns
            if returns not in closed:
                closed[returns] = _ask_if_closed([views[target] for target in edge.targets])
            question = closed[returns]
            if question is not None:
                yield DeadEnd(edge.field, (*_steps_to(name, ways), edge.field.name), question)


def _ask_if_closed(views: list[View]) -> str | None:
    if any(view.allowed for view in views) or not any(view.decisions for view in views):
        return None
    return next((view.question for view in views if view.question), "")


def _find_closed_members(
    views: dict[str, View], ways: dict[str, Edge | None]
) -> Iterator[ClosedMember]:
    """Yield each type behind each union or interface that is closed beside open ones, once."""
    told: set[str] = set()
    for name in ways:
        for edge in views[name].edges:
            if len(edge.targets) > 1 and edge.field.returns not in told:
                told.add(edge.field.returns)
                closed = [one for one in edge.targets if _ask_if_closed([views[one]]) == ""]
                if any(views[target].allowed for target in edge.targets):
                    steps = (*_steps_to(name, ways), edge.field.name)
                    yield from (ClosedMember(edge.field, one, steps) for one in closed)


def _find_null_climbs(
    views: dict[str, View], shape: Shape, ways: dict[str, Edge | None]
) -> Iterator[NullClimb]:
    for name, way in ways.items():
        view = views[name]
        if way is None or view.allowed is None or view.denied is None:
            continue
        steps = _steps_to(name, ways)
        nulled = _find_nulled(way, ways)
        for field, _, _ in shape.fields[name]:
            if field.non_null and view.decisions[field.name].outcome == "denied":
                yield NullClimb(field, (*steps, field.name), nulled)


def _find_nulled(way: Edge | None, ways: dict[str, Edge | None]) -> str:
    while way is not None and way.field.items_non_null:
        way = ways[way.field.type_name]
    return "data" if way is None else way.field.coordinate


def _steps_to(name: str, ways: dict[str, Edge | None]) -> tuple[str, ...]:
    steps = []
    way = ways[name]
    while way is not None:
        steps.append(way.field.name)
        way = ways[way.field.type_name]
    return tuple(reversed(steps))
