"""What a data source answers, as far as it is known without asking it.

In: a step and the request that its code made. Out: the result, or the error. Only NONE is known;
of the others the shape is. A data source is taken to work, but for a condition on stored values.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdk_appsync_guard.runtime.data import copy_data
from cdk_appsync_guard.runtime.data_source_requests import problem_of
from cdk_appsync_guard.runtime.machine import Machine, Stopped
from cdk_appsync_guard.runtime.model import HOLE, Data, FieldError, SourceError, Step, UnknownData

__all__ = ["Answer", "ask"]

_DYNAMODB_WRITES = frozenset(
    {"PutItem", "UpdateItem", "DeleteItem", "BatchPutItem", "BatchDeleteItem", "TransactWriteItems"}
)
_LISTS = frozenset({"Query", "Scan", "Sync"})
_NEVER_NULL = frozenset({"PutItem", "UpdateItem"})
_EXISTENCE = re.compile(r"attribute_(?:not_)?exists ?\([^()]*\)|and|or|not|[()]|\s", re.IGNORECASE)
_FAILED = "DynamoDB:ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the response reads: ``ctx.result`` and ``ctx.error``."""

    result: Data
    error: SourceError | None = None


def ask(machine: Machine, step: Step, request: Data, name: str) -> Answer:
    """Return what the data source answers; *name* is how an unknown result is called."""
    given = machine.invocation.results
    _check_request(machine, step, request)
    _note_operation(machine, step, request)
    _note_write(machine, step, request)
    if step.name in given:
        known = given[step.name]
        if isinstance(known, SourceError):
            return Answer(copy_data(known.result), known)
        return Answer(copy_data(known))
    if step.data_source_kind == "NONE":
        return Answer(_payload(request))
    if not step.data_source_kind and isinstance(request, UnknownData):
        return Answer(UnknownData(name))
    return _unknown(machine, step, request, name)


def _payload(request: Data) -> Data:
    if isinstance(request, UnknownData):
        return UnknownData(f"{request.name}.payload")
    return request.get("payload") if isinstance(request, dict) else None


def _check_request(machine: Machine, step: Step, request: Data) -> None:
    if step.data_source_kind in ("", "NONE") or isinstance(request, UnknownData):
        return
    if not isinstance(request, dict):
        if request is None:
            raise Stopped(f"{machine.where} gives no request for {step.data_source_kind}")
        return
    if id(request) in machine.mixed:
        return  # it may have what it seems to lack
    wrong = problem_of(request, step.data_source_kind)
    if wrong and machine.guessed:
        raise Stopped(f"{machine.where} may give a request that {wrong}")
    if wrong:
        message: Data = UnknownData("the message", nullable=False, kind="string")
        if wrong.endswith("have `operation`"):
            message = "Value for field '$[operation]' not found."
        error = FieldError(message, "MappingTemplate")
        raise machine.throw("failed", error, f"the request for {step.data_source_kind} {wrong}")


def _operation(request: Data) -> str:
    operation = request.get("operation") if isinstance(request, dict) else None
    return operation if isinstance(operation, str) else ""


def _note_operation(machine: Machine, step: Step, request: Data) -> None:
    """Note what a table is asked for: the operation, and an index or other tables that it names."""
    operation = _operation(request)
    if not operation or step.data_source_kind != "AMAZON_DYNAMODB":
        return
    index = request.get("index")
    if isinstance(index, (str, UnknownData)):
        shown = index if isinstance(index, str) else HOLE
        machine.note("operation", operation, step=step.name, detail=f"index {shown}")
        return
    tables = _tables(request)
    for action, table in tables or [(operation, "")]:
        machine.note("operation", action, step=step.name, detail=f"table {table}" if table else "")


def _tables(request: dict[str, Data]) -> list[tuple[str, str]]:
    """Return the tables that a batch or transaction names, each with what is done there."""
    operation = _operation(request)
    named = request.get("tables")
    if isinstance(named, dict):
        return [(operation, name) for name in named]
    found: list[tuple[str, str]] = []
    items = request.get("transactItems")
    for item in items if isinstance(items, list) else ():
        table = item.get("table") if isinstance(item, dict) else None
        if isinstance(table, str):
            found.append((_operation(item) or operation, table))
    return found


def _note_write(machine: Machine, step: Step, request: Data) -> None:
    if step.data_source_kind == "AMAZON_DYNAMODB":
        machine.wrote |= _operation(request) in _DYNAMODB_WRITES
    elif step.data_source_kind != "NONE":
        machine.wrote |= machine.invocation.info.parent_type_name == "Mutation"


def _unknown(machine: Machine, step: Step, request: Data, name: str) -> Answer:
    operation = _operation(request)
    if step.data_source_kind == "AMAZON_DYNAMODB":
        if operation in _LISTS:
            return Answer(_page(machine, request, name))
        condition = request.get("condition") if isinstance(request, dict) else None
        if condition is not None and not _holds(machine, step, condition):
            return Answer(None, SourceError("The conditional request failed", _FAILED))
        return Answer(UnknownData(name, operation not in _NEVER_NULL, "map"))
    if step.data_source_kind == "HTTP":
        return Answer(
            {
                "statusCode": UnknownData(f"{name}.statusCode", nullable=False, kind="number"),
                "headers": UnknownData(f"{name}.headers", nullable=False, kind="map"),
                "body": UnknownData(f"{name}.body", nullable=False, kind="string"),
            }
        )
    return Answer(UnknownData(name))


def _page(machine: Machine, request: Data, name: str) -> Data:
    """Return what a query answers. Without a filter it gives all that it has looked at.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html
    """
    unfiltered = isinstance(request, dict) and request.get("filter") is None
    if unfiltered and machine.choose(f"`{name}.items` is empty"):
        return {"items": [], "nextToken": UnknownData(f"{name}.nextToken"), "scannedCount": 0}
    return {
        "items": UnknownData(f"{name}.items", nullable=False, kind="list"),
        "nextToken": UnknownData(f"{name}.nextToken"),
        "scannedCount": UnknownData(f"{name}.scannedCount", nullable=False, kind="number"),
    }


def _holds(machine: Machine, step: Step, condition: Data) -> bool:
    """Return whether the stored item meets a condition. That it exists is taken for granted."""
    expression = condition.get("expression") if isinstance(condition, dict) else None
    if isinstance(expression, str):
        if not _EXISTENCE.sub("", expression):
            return True
        shown = expression if len(expression) <= len(_FAILED) * 3 else "its condition"
        return machine.choose(f"`the item that {step.name} changes` meets {shown}")
    return machine.choose(f"`the item that {step.name} changes` meets its condition")
