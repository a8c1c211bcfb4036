"""What operations select → rows of ``selections``: what the schema lacks, what never arrives.

In: an API's schema and its operations. Out: rows, whoever runs the operations.

A subscriber gets of a mutation's result what whoever ran the mutation selected, and nothing else.
https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.access.calls import Mistake, find_mistakes, root_nodes, selected_paths
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.operations import ClientOperation, Clients
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["selection_rows"]


def selection_rows(
    api: Api, schema: Schema, operations: Sequence[ClientOperation], clients: Clients
) -> Iterator[Row]:
    """Yield what is wrong with each operation, and what its root fields and payloads are."""
    publishers = _find_publishers(schema, operations)
    for operation in operations:
        for mistake in find_mistakes(schema, operation):
            cells = _cells(operation, mistake.coordinate) | _mistake_cells(mistake)
            yield Row("selections", cells, clients.place(mistake.node), {}, api.name)
        for name, node in root_nodes(schema, operation).items():
            coordinate = f"{schema.roots[operation.kind]}.{name}"
            cells = _cells(operation, coordinate)
            yield Row("selections", cells, clients.place(node), {}, api.name)
            if operation.kind == "subscription":
                for cells, below in _payload(schema, operation, node, publishers):
                    yield Row("selections", cells, clients.place(below), {}, api.name)


@dataclass(frozen=True, slots=True)
class _Publisher:
    """An operation that runs a mutation, and what it selects of the result."""

    operation: ClientOperation
    paths: frozenset[str]


def _find_publishers(
    schema: Schema, operations: Sequence[ClientOperation]
) -> dict[str, list[_Publisher]]:
    found: dict[str, list[_Publisher]] = {}
    for operation in operations:
        if operation.kind == "mutation":
            for name, node in root_nodes(schema, operation).items():
                paths = frozenset(selected_paths(operation, node))
                found.setdefault(name, []).append(_Publisher(operation, paths))
    return found


def _payload(
    schema: Schema,
    operation: ClientOperation,
    root: Any,
    publishers: dict[str, list[_Publisher]],
) -> Iterator[tuple[dict[str, Cell], Any]]:
    """Yield the cells of the fields below a Subscription field, and their nodes."""
    subscribed = schema.types[schema.roots["subscription"]].fields[root.name.value]
    mutations = [
        name
        for directive in subscribed.directives
        if directive.name == "aws_subscribe"
        for name in directive.mutations or ()
    ]
    known = [one for name in dict.fromkeys(mutations) for one in publishers.get(name, ())]
    told: set[str] = set()
    for path, node in selected_paths(operation, root).items():
        field = _walk(schema, subscribed.returns, path)
        if field is None:
            continue
        delivered = _delivered(path, known)
        if any(path.startswith(f"{above}.") for above in told):
            delivered = "untold"
        elif delivered != "all":
            told.add(path)
        cells = _cells(operation, field.coordinate)
        cells |= {
            "delivered": delivered,
            "arrives": "an error instead of the value" if field.non_null else "null",
            "mutations": _some([one for one in known if path not in one.paths]),
        }
        yield cells, node


def _delivered(path: str, known: Sequence[_Publisher]) -> str | Unknown:
    if not known:
        return "untold"
    selecting = sum(path in one.paths for one in known)
    if selecting == len(known):
        return "all"
    gap = next((one for one in known if one.operation.gaps and path not in one.paths), None)
    if gap is not None:
        words = gap.operation.words
        return Unknown(f"of `{words}` not everything is known: {gap.operation.gaps[0]}", "")
    return "some" if selecting else "none"


def _walk(schema: Schema, type_name: str, path: str) -> Any:
    """Return the field at the end of the path, None if the schema, or a fragment, is in the way."""
    names = path.split(".")
    found = None
    for name in names:
        owners = (schema.types.get(type_name), *schema.possible_types(type_name))
        found = next((one.fields[name] for one in owners if one and name in one.fields), None)
        if found is None:
            return None
        type_name = found.returns
    return found


def _some(publishers: Sequence[_Publisher]) -> str:
    names = list(dict.fromkeys(f"`{one.operation.words}`" for one in publishers))
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more


def _cells(operation: ClientOperation, coordinate: str) -> dict[str, Cell]:
    type_name, _, name = coordinate.partition(".")
    return {
        "operation": operation.words,
        "kind": operation.kind,
        "coordinate": coordinate,
        "field": name,
        "type": type_name,
        "state": "known",
        "detail": "",
        "hint": "",
        "delivered": "untold",
        "arrives": "",
        "mutations": "",
    }


def _mistake_cells(mistake: Mistake) -> dict[str, Cell]:
    state, detail = _MISTAKES[mistake.kind]
    hint = f"; did you mean `{mistake.suggestion}`?" if mistake.suggestion else ""
    return {"state": state, "detail": detail.format(mistake.argument), "hint": hint}


_MANY = 3
_MISTAKES = {
    "unknown-field": ("unknown-name", "is not in the schema"),
    "unknown-type": ("unknown-name", "is not in the schema"),
    "no-root": ("unknown-name", "is not in the schema"),
    "unknown-argument": ("wrong-argument", "has no argument `{}`"),
    "missing-argument": ("wrong-argument", "requires the argument `{}`, which is not given"),
    "nullable-argument": ("wrong-argument", "requires the argument `{}`, which may be null here"),
    "missing-selection": ("wrong-selection", "is an object, of which nothing is selected"),
    "surplus-selection": ("wrong-selection", "is no object, of which something could be selected"),
}
