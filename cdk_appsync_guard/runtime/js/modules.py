"""``@aws-appsync/utils/dynamodb``, ``/rds`` and ``/ai``: functions that return requests.

https://docs.aws.amazon.com/appsync/latest/devguide/built-in-modules-js.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_appsync_guard.runtime.data import describe
from cdk_appsync_guard.runtime.js.values import UNDEFINED, Builtin, without_undefined
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.util.dynamodb import typed
from cdk_appsync_guard.runtime.util.transform import to_expression

__all__ = ["MODULES"]

_OPERATIONS = {
    "get": "GetItem",
    "put": "PutItem",
    "remove": "DeleteItem",
    "update": "UpdateItem",
    "query": "Query",
    "scan": "Scan",
    "sync": "Sync",
    "batchGet": "BatchGetItem",
    "batchPut": "BatchPutItem",
    "batchDelete": "BatchDeleteItem",
    "transactGet": "TransactGetItems",
    "transactWrite": "TransactWriteItems",
}
_FILTERS = {"condition": "condition", "filter": "filter", "query": "query"}
_VALUES = {"key": "key", "item": "attributeValues"}
_SETS = {"toStringSet": "SS", "toNumberSet": "NS", "toBinarySet": "BS"}
_AGGREGATES = tuple(
    f"{name}{suffix}"
    for name in ("min", "max", "sum", "avg", "count")
    for suffix in ("", "Distinct")
)
_UPDATES = ("add", "append", "prepend", "increment", "decrement", "remove", "replace")


def _dynamodb(name: str) -> Builtin:
    operation = _OPERATIONS[name]

    def call(machine: Machine, arguments: list[Data]) -> Data:
        given = arguments[0] if arguments else {}
        if isinstance(given, UnknownData):
            return {"operation": operation, "of": given}
        if not isinstance(given, dict):
            raise machine.lacks(f"`{name}` of a value that is not an object")
        request: dict[str, Data] = {"operation": operation}
        for key, value in without_undefined(machine, given).items():
            if key in _FILTERS:
                request[key] = _expression(machine, value)
            elif key in _VALUES:
                request[_VALUES[key]] = _typed_members(machine, value)
            else:
                request[key] = value
        return request

    return Builtin(f"ddb.{name}", call)


def _expression(machine: Machine, condition: Data) -> Data:
    if isinstance(condition, (dict, UnknownData)):
        return to_expression(machine, condition)
    return condition


def _typed_members(machine: Machine, value: Data) -> Data:
    if not isinstance(value, dict):
        return named(machine, f"the typed {describe(value)}", "map", nullable=False)
    return {name: typed(machine, member) for name, member in value.items()}


def _request(**fixed: Any) -> Callable[[Machine, list[Data]], Data]:
    """Return a function whose request is not computed, but for what is fixed."""

    def call(machine: Machine, arguments: list[Data]) -> Data:
        machine.step()
        shown = ", ".join(describe(argument) for argument in arguments)
        made = named(machine, f"a request of ({shown})", nullable=False)
        return {**fixed, "made": made}

    return call


def _statements(machine: Machine, arguments: list[Data]) -> Data:
    made = [_sql(machine, [argument]) for argument in arguments if argument is not UNDEFINED]
    return {"statements": made}


def _sql(machine: Machine, arguments: list[Data]) -> Data:
    shown = ", ".join(describe(argument) for argument in arguments)
    return named(machine, f"sql({shown})"[:300], "string", nullable=False)


def _to_json_object(machine: Machine, arguments: list[Data]) -> Data:
    return named(machine, f"toJsonObject({describe(arguments[0])})", "list", nullable=False)


def _set_of(sign: str) -> Callable[[Machine, list[Data]], Data]:
    def call(machine: Machine, arguments: list[Data]) -> Data:
        machine.step()
        return {sign: arguments[0] if arguments else None}

    return call


def _marked(name: str) -> Callable[[Machine, list[Data]], Data]:
    def call(machine: Machine, arguments: list[Data]) -> Data:
        machine.step()
        return {f"operations.{name}": arguments[0] if arguments else None}

    return call


def _builtins(functions: dict[str, Callable[[Machine, list[Data]], Data]]) -> dict[str, Data]:
    return {name: Builtin(name, function) for name, function in functions.items()}


MODULES: dict[str, dict[str, Data]] = {
    "@aws-appsync/utils/dynamodb": {
        **{name: _dynamodb(name) for name in _OPERATIONS},
        **_builtins({name: _set_of(sign) for name, sign in _SETS.items()}),
        "operations": _builtins({name: _marked(name) for name in (*_UPDATES, "updateListItem")}),
    },
    "@aws-appsync/utils/rds": {
        **_builtins(dict.fromkeys(("select", "insert", "update", "remove", "sql"), _sql)),
        **_builtins(dict.fromkeys(("createPgStatement", "createMySQLStatement"), _statements)),
        "toJsonObject": Builtin("toJsonObject", _to_json_object),
        "agg": _builtins(dict.fromkeys(_AGGREGATES, _sql)),
        "typeHint": _builtins(
            dict.fromkeys(("DATE", "DECIMAL", "JSON", "TIME", "TIMESTAMP", "UUID"), _sql)
        ),
    },
    "@aws-appsync/utils/ai": _builtins(
        {
            "invokeModel": _request(operation="InvokeModel"),
            "converse": _request(operation="Converse"),
        }
    ),
}
"""What each module exports. `@aws-appsync/utils` itself is the evaluator's."""
