"""An operation, a schema → what makes the operation invalid, in AppSync's words where known.

In: an operation of client code. Out: Mistakes, for which the server refuses the operation as a
whole, for any sender. What code fills in later, and fragments that are elsewhere, are passed
over.

AppSync words its answers as graphql-java does: ``Validation error of type FieldUndefined: ...``.
https://github.com/aws-amplify/learn/issues/417
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from cdk_appsync_guard.access.argument_values import Misuse, ValueChecker
from cdk_appsync_guard.access.document import Operation, find_cycle
from cdk_appsync_guard.appsync.client_files import HOLE
from cdk_appsync_guard.appsync.schema import SCALARS, Field, Schema
from cdk_appsync_guard.spelling import closest

__all__ = ["Mistake", "Validator"]

_COMPOSITE = ("object", "interface", "union")
MOST_MISTAKES = 100

Path: TypeAlias = "tuple[str, ...] | None"
"""The names of the fields on the way; None below a fragment, where AppSync's form is not known."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that makes the operation invalid.

    ``kind``: unknown-name, wrong-argument or wrong-selection. ``detail`` says what is wrong, as the
    rest of a sentence about ``coordinate``; ``answer`` is AppSync's message, "" if not documented.
    """

    kind: Literal["unknown-name", "wrong-argument", "wrong-selection"]
    coordinate: str
    node: Any
    detail: str
    suggestion: str = ""
    answer: str = ""


class Validator:
    """Validates operations against one schema."""

    def __init__(self, schema: Schema, *, introspection: bool = True) -> None:
        self.schema = schema
        self._introspection = introspection
        self._values = ValueChecker(schema)

    def mistakes(self, operation: Operation, *, complete: bool = True) -> tuple[Mistake, ...]:
        """Return what the server would refuse the operation for, in the order of the document.

        It is not *complete* if code fills in a part, or fragments of it are elsewhere.
        """
        root = self.schema.types.get(self.schema.roots.get(operation.kind, ""))
        if root is None or root.kind != "object":
            name = operation.kind.capitalize()
            return (Mistake("unknown-name", name, operation.node, "is not in the schema"),)
        found = list(self._walk(operation, root.name, complete=complete))
        found += self._value_mistakes(operation, complete=complete)
        return tuple(found[:MOST_MISTAKES])

    def _value_mistakes(self, operation: Operation, *, complete: bool) -> Iterator[Mistake]:
        fields = dict(self._fields(operation))
        for misuse in self._values.misuses(operation, complete=complete):
            yield _of_values(misuse, fields.get(misuse.field, ("", None)), operation)

    def _walk(self, operation: Operation, root: str, *, complete: bool) -> Iterator[Mistake]:
        for parent, node, path in self._selected(operation, root):
            if node.kind == "field":
                yield from self._check_field(parent, node, path)
            elif node.kind == "fragment_spread":
                if complete and node.name.value not in operation.fragments:
                    yield _missing_fragment(node)
            elif node.type_condition is not None:
                yield from self._check_type(node.type_condition.name.value, node)
        for fragment in operation.fragments.values():
            yield from self._check_type(fragment.type_condition.name.value, fragment)
        cycle = find_cycle(operation)
        if cycle is not None:
            name = cycle.name.value
            detail = "is a fragment that leads back to itself"
            yield Mistake("wrong-selection", name, cycle, detail)

    def _selected(self, operation: Operation, root: str) -> Iterator[tuple[str, Any, Path]]:
        """Yield every selection of the document once, with its parent type and the way to it."""
        starts: list[tuple[str, Any, Path]] = [(root, operation.node, ())]
        starts += [
            (one.type_condition.name.value, one, None) for one in operation.fragments.values()
        ]
        waiting = [(at, child, path) for at, one, path in starts for child in _below(one)]
        waiting.reverse()
        while waiting:
            parent, node, path = waiting.pop()
            if parent not in self.schema.types:
                continue
            yield parent, node, path
            below, way = parent, None
            if node.kind == "field":
                declared = self.schema.types[parent].fields.get(node.name.value)
                below = declared.returns if declared else ""
                way = None if path is None else (*path, node.name.value)
            elif node.kind == "inline_fragment" and node.type_condition is not None:
                below = node.type_condition.name.value
            waiting.extend((below, child, way) for child in reversed(_below(node)))

    def _fields(self, operation: Operation) -> Iterator[tuple[int, tuple[str, Path]]]:
        """Yield the coordinate and the path of each selected field, by its node's id."""
        root = self.schema.roots[operation.kind]
        for parent, node, path in self._selected(operation, root):
            if node.kind == "field":
                name = node.name.value
                yield id(node), (f"{parent}.{name}", None if path is None else (*path, name))

    def _check_type(self, name: str, node: Any) -> Iterator[Mistake]:
        if name not in self.schema.types and not HOLE.search(name):
            likely = _likely(name, self.schema.types)
            yield Mistake("unknown-name", name, node, "is not in the schema", likely)

    def _check_field(self, parent: str, node: Any, path: Path) -> Iterator[Mistake]:
        """Yield what is wrong with the field itself: its name, arguments and selection."""
        name = node.name.value
        way = None if path is None else (*path, name)
        if HOLE.search(name) or name == "__typename":
            return
        if name in {"__schema", "__type"} and parent == self.schema.query:
            if not self._introspection:
                yield Mistake("unknown-name", f"{parent}.{name}", node, "cannot be introspected")
            return
        declared = self.schema.types[parent].fields.get(name)
        if declared is None:
            likely = _likely(name, self.schema.types[parent].fields)
            words = _answer(
                "FieldUndefined", f"Field '{name}' in type '{parent}' is undefined", way
            )
            yield Mistake(
                "unknown-name", f"{parent}.{name}", node, "is not in the schema", likely, words
            )
            return
        yield from _check_arguments(declared, node, way)
        yield from self._check_selection(declared, node, way)

    def _check_selection(self, declared: Field, node: Any, way: Path) -> Iterator[Mistake]:
        returned = self.schema.types.get(declared.returns)
        is_composite = returned is not None and returned.kind in _COMPOSITE
        about = f"type {declared.returns} of field {declared.name}"
        way = way if declared.signature == declared.returns else None  # others are worded otherwise
        if is_composite and node.selection_set is None:
            words = _answer("SubSelectionRequired", f"Sub selection required for {about}", way)
            detail = "is an object, but no fields of it are selected"
            yield Mistake("wrong-selection", declared.coordinate, node, detail, answer=words)
        is_leaf = declared.returns in SCALARS if returned is None else not is_composite
        if is_leaf and node.selection_set is not None:
            detail = f"is of type `{declared.returns}`, which has no fields to select"
            yield Mistake("wrong-selection", declared.coordinate, node, detail)


def _check_arguments(declared: Field, node: Any, way: Path) -> Iterator[Mistake]:
    given = {one.name.value: one for one in node.arguments or ()}
    known = [name for name, _, _ in declared.arguments]
    for name, argument in given.items():
        if name not in known and not HOLE.search(name):
            words = _answer("UnknownArgument", f"Unknown field argument {name}", way)
            detail = f"does not have an argument `{name}`"
            likely = _likely(name, known)
            yield Mistake("wrong-argument", declared.coordinate, argument, detail, likely, words)
    if any(HOLE.search(name) for name in given):
        return
    for name, _, required in declared.arguments:
        if required and name not in given:
            words = _answer("MissingFieldArgument", f"Missing field argument {name}", way)
            detail = f"requires the argument `{name}`, which is not given"
            yield Mistake("wrong-argument", declared.coordinate, node, detail, answer=words)


def _of_values(misuse: Misuse, at: tuple[str, Path], operation: Operation) -> Mistake:
    coordinate, way = at
    words = _answer(misuse.kind, misuse.words, way if coordinate else ()) if misuse.words else ""
    named = coordinate or operation.name or operation.kind
    return Mistake("wrong-argument", named, misuse.node, misuse.detail, answer=words)


def _missing_fragment(node: Any) -> Mistake:
    return Mistake("unknown-name", node.name.value, node, "is a fragment that is not defined")


def _answer(kind: str, words: str, way: Path) -> str:
    """Return AppSync's message, "" where the path that it ends with is not certain."""
    if way is None:
        return ""
    path = f" @ '{'/'.join(way)}'" if way else ""
    return f"Validation error of type {kind}: {words}{path}"


def _below(node: Any) -> tuple[Any, ...]:
    selections = getattr(node, "selection_set", None)
    return tuple(selections.selections) if selections is not None else ()


def _likely(name: str, names: Iterable[str]) -> str:
    by_case = {one.lower(): one for one in names}
    return by_case.get(name.lower()) or closest(name, names) or ""
