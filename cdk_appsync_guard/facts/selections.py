"""What operations select → rows of ``selections``: what the schema lacks, what never arrives.

In: an API's schema and its operations. Out: rows, no matter who runs the operations.

A subscriber gets of a mutation's result what the caller of the mutation selected, and nothing else.
https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Literal

from cdk_appsync_guard.access.calls import as_operation, root_nodes, selected_paths
from cdk_appsync_guard.access.mistakes import Mistake, Validator
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.operations import ClientOperation, Clients
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.calls_vocabulary import SELECTIONS, Selections
from cdk_appsync_guard.facts.publishers import Publisher, Publishers
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.report import Symptom
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["selection_rows"]


def selection_rows(
    api: Api,
    schema: Schema,
    operations: Sequence[ClientOperation],
    clients: Clients,
    publishers: Publishers,
) -> Iterator[Row]:
    """Yield what is wrong with each operation, and what its root fields and payloads are."""
    validator = Validator(schema)
    for operation in operations:
        asked = as_operation(operation)
        for mistake in validator.mistakes(asked, complete=not operation.gaps):
            cells = _mistake_cells(operation, mistake)
            place = clients.place(mistake.node)
            yield SELECTIONS.row(cells, place, {}, api.name, _refusal(operation, mistake))
        for name, node in root_nodes(schema, operation).items():
            coordinate = f"{schema.roots[operation.kind]}.{name}"
            cells = _cells(operation, coordinate)
            yield SELECTIONS.row(cells, clients.place(node), {}, api.name)
            if operation.kind == "subscription":
                for cells, below in _payload(schema, operation, node, publishers):
                    answer = _undelivered(cells)
                    yield SELECTIONS.row(cells, clients.place(below), {}, api.name, answer)


def _payload(
    schema: Schema,
    operation: ClientOperation,
    root: Any,
    publishers: Publishers,
) -> Iterator[tuple[Selections, Any]]:
    """Yield the cells of the fields below a Subscription field, and their nodes."""
    subscribed = schema.types[schema.roots["subscription"]].fields[root.name.value]
    mutations = [
        name
        for directive in subscribed.directives
        if directive.name == "aws_subscribe"
        for name in directive.mutations or ()
    ]
    names = dict.fromkeys(mutations)
    known = [one for name in names for one in publishers.known.get(name, ())]
    other = next(
        ((publishers.others[name], name) for name in names if name in publishers.others), None
    )
    told: set[str] = set()
    for path, node in selected_paths(operation, root).items():
        field = _walk(schema, subscribed.returns, path)
        if field is None:
            continue
        delivered = _delivered(path, known, other)
        if any(path.startswith(f"{above}.") for above in told):
            delivered = "untold"
        elif delivered != "all":
            told.add(path)
        cells = _cells(operation, field.coordinate)
        yield (
            {
                **cells,
                "delivered": delivered,
                "arrives": "an error instead of the value" if field.non_null else "null",
                "mutations": _some([one for one in known if path not in one.paths]),
            },
            node,
        )


def _refusal(operation: ClientOperation, mistake: Mistake) -> Symptom:
    """Return the answer to an operation that is invalid: AppSync gives it no error type.

    https://github.com/aws-amplify/learn/issues/417
    """
    words = mistake.answer or None
    if operation.kind == "subscription":
        return Symptom(None, None, words, "websocket")
    return Symptom(HTTPStatus.OK.value, None, words)


def _undelivered(cells: Selections) -> Symptom | None:
    """Return the error that takes the place of a value that cannot be null, None for a null."""
    if cells["arrives"] == "null":
        return None
    return Symptom(None, None, "Cannot return null for non-nullable type", "websocket")


def _delivered(
    path: str, known: Sequence[Publisher], other: tuple[str, str] | None
) -> Literal["all", "some", "none", "untold"] | Unknown:
    if not known:
        return "untold"
    selecting = sum(path in one.paths for one in known)
    if selecting == len(known):
        return "all"
    gap = next((one for one in known if one.operation.gaps and path not in one.paths), None)
    if gap is not None:
        words = gap.operation.words
        return Unknown(
            f"of `{words}` not everything is known: {gap.operation.gaps[0]}", "the whole operation"
        )
    if other is not None:
        who, name = other
        reason = f"{who} is granted `{name}`, and what it selects is not among the operations"
        return Unknown(reason, f"a caller in `--callers` that names {who} and its documents")
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


def _some(publishers: Sequence[Publisher]) -> str:
    names = list(dict.fromkeys(f"`{one.operation.words}`" for one in publishers))
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more


def _cells(operation: ClientOperation, coordinate: str) -> Selections:
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


def _mistake_cells(operation: ClientOperation, mistake: Mistake) -> Selections:
    hint = f"; did you mean `{mistake.suggestion}`?" if mistake.suggestion else ""
    cells = _cells(operation, mistake.coordinate)
    return {**cells, "state": mistake.kind, "detail": mistake.detail, "hint": hint}


_MANY = 3
