"""One caller's view of the schema: what it may read of each type, and the ways between types.

In: modes, schema, a caller. Out: a View per object type, and searches over them that visit each
field once. Does not judge: ``reach`` says what the ways mean.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from cdk_appsync_guard.access.decide import Caller, Decision, decide
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.schema import Directive, Field, Schema

__all__ = [
    "Edge",
    "Shape",
    "Tail",
    "View",
    "find_blocked",
    "find_questions",
    "find_shape",
    "find_ways",
    "view_types",
]


@dataclass(frozen=True, slots=True)
class Edge:
    """A field and the object types its value may be of."""

    field: Field
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What all callers' views of a schema have in common.

    ``fields`` are those of each object type, with the edge if the value is an object, and a number:
    fields of the same number are decided alike, for any caller, and ``samples`` has one of each.
    """

    fields: dict[str, list[tuple[Field, Edge | None, int]]]
    samples: tuple[Field, ...]


@dataclass(slots=True)
class View:
    """An object type as one caller sees it; ``decisions`` are by field."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    allowed: Field | None = None  # the first allowed field, if any
    denied: Field | None = None  # the first denied one
    question: str = ""  # of the first undecided one
    edges: list[Edge] = field(default_factory=list)  # of allowed fields
    open_edges: list[Edge] = field(default_factory=list)  # of undecided fields


@dataclass(frozen=True, slots=True)
class Tail:
    """The shortest way from a type to a denied field: its first step, and the rest of the way.

    Ways share their rests, so that a long chain of types costs no more than its length.

    ``climbs`` says that the null of the denied field nulls the object the way starts from.
    """

    step: Field
    rest: Tail | None
    blocked: Field
    climbs: bool
    length: int

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the fields on the way, the denied one last."""
        names = []
        tail: Tail | None = self
        while tail is not None:
            names.append(tail.step.name)
            tail = tail.rest
        return tuple(names)


def find_shape(schema: Schema) -> Shape:
    """Return the fields of the object types, and which of them need one decision only."""
    edges = {name: tuple(one.name for one in schema.possible_types(name)) for name in schema.types}
    numbers: dict[object, int] = {}
    samples: list[Field] = []
    fields: dict[str, list[tuple[Field, Edge | None, int]]] = {}
    for name, definition in schema.types.items():
        if definition.kind != "object":
            continue
        inherited = (name in schema.roots.values(), _as_written(definition.directives))
        fields[name] = listed = []
        for one in definition.fields.values():
            key = (inherited, _as_written(one.directives) if one.directives else ())
            number = numbers.setdefault(key, len(samples))
            if number == len(samples):
                samples.append(one)
            targets = edges.get(one.returns)
            listed.append((one, Edge(one, targets) if targets else None, number))
    return Shape(fields, tuple(samples))


def _as_written(directives: tuple[Directive, ...]) -> tuple[object, ...]:
    return tuple([(one.name, one.groups) for one in directives])


def view_types(
    authorization: Authorization, schema: Schema, caller: Caller, shape: Shape
) -> dict[str, View]:
    """Return the caller's view of each object type; *shape* is that of the schema."""
    decisions = [decide(authorization, schema, caller, sample) for sample in shape.samples]
    views = {}
    for name, fields in shape.fields.items():
        view = views[name] = View()
        for one, edge, number in fields:
            decision = view.decisions[one.name] = decisions[number]
            _note(view, one, edge, decision)
    return views


def _note(view: View, one: Field, edge: Edge | None, decision: Decision) -> None:
    if decision.outcome == "denied":
        view.denied = view.denied or one
    elif decision.outcome == "undecided":
        view.question = view.question or decision.question
        if edge is not None:
            view.open_edges.append(edge)
    else:
        view.allowed = view.allowed or one
        if edge is not None:
            view.edges.append(edge)


def find_blocked(views: dict[str, View]) -> dict[str, Tail]:
    """Return the way to the nearest denied field for each type below which there is one.

    Only allowed fields are on the way. Of several equally short ways, the first of the schema.
    """
    tails = {
        name: Tail(view.denied, None, view.denied, view.denied.non_null, 1)
        for name, view in views.items()
        if view.denied is not None
    }
    sources = _sources({name: view.edges for name, view in views.items()})
    layer = list(tails)
    while layer:
        candidates = [name for target in layer for name in sources.get(target, ())]
        found = {}
        for name in dict.fromkeys(candidates):
            if name not in tails:
                found[name] = _first_tail(views[name], tails)
        tails.update(found)
        layer = list(found)
    return tails


def _first_tail(view: View, tails: dict[str, Tail]) -> Tail:
    """Return the way through the first field that leads to the layer found last.

    INVARIANT: every target in *tails* is of that layer, else the type would have been found before.
    """
    edge, rest = next(
        (edge, tails[target]) for edge in view.edges for target in edge.targets if target in tails
    )
    climbs = rest.climbs and edge.field.items_non_null
    return Tail(edge.field, rest, rest.blocked, climbs, rest.length + 1)


def find_questions(views: dict[str, View]) -> dict[str, str]:
    """Return a question for each type that is, or from which one reaches, an undecided field."""
    questions = {name: view.question for name, view in views.items() if view.question}
    if not questions:
        return {}
    sources = _sources({name: view.edges + view.open_edges for name, view in views.items()})
    waiting = deque(questions)
    while waiting:
        target = waiting.popleft()
        for name in sources.get(target, ()):
            if name not in questions:
                questions[name] = questions[target]
                waiting.append(name)
    return questions


def find_ways(views: dict[str, View], roots: tuple[str, ...]) -> dict[str, Edge | None]:
    """Return the field by which each type is first reached over allowed fields; None for a root.

    Types come in the order of their distance, so following the fields back gives a shortest way.
    """
    ways: dict[str, Edge | None] = dict.fromkeys(roots)
    followed: set[str] = set()
    waiting = deque(roots)
    while waiting:
        for edge in views[waiting.popleft()].edges:
            if edge.field.returns in followed:
                continue
            followed.add(edge.field.returns)
            for target in edge.targets:
                if target not in ways:
                    ways[target] = edge
                    waiting.append(target)
    return ways


def _sources(edges: dict[str, list[Edge]]) -> dict[str, list[str]]:
    """Return the types from which each type is reached."""
    sources: dict[str, list[str]] = {}
    for name, outgoing in edges.items():
        by_type = {edge.field.returns: edge.targets for edge in outgoing}
        for target in dict.fromkeys(target for targets in by_type.values() for target in targets):
            sources.setdefault(target, []).append(name)
    return sources
