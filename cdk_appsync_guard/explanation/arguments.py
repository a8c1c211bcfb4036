"""A selected field → its arguments as the resolver gets them, and what is selected below it.

In: nodes of a document, variables. Out: plain data, with UnknownData for variables that no one
gave and for defaults of the schema.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_appsync_guard.access.document import Operation
from cdk_appsync_guard.access.execution import Wanted
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.runtime.model import Data, Info, UnknownData

__all__ = ["ABSENT", "arguments_of", "info_of", "literal"]

ABSENT: Any = object()
"""What stands for a variable that is known not to be given."""
_LONGEST = 4_000
_DEEPEST = 60


def arguments_of(wanted: Wanted, operation: Operation, schema: Schema) -> dict[str, Data]:
    """Return ``ctx.args``: arguments that are left out are absent."""
    given = {one.name.value: one.value for one in wanted.nodes[0].arguments or ()}
    arguments: dict[str, Data] = {}
    for name, signature, required in wanted.field.arguments:
        at = f"ctx.args.{name}"
        if name in given:
            value = _value(given[name], operation.variables, at, 0)
            if value is not ABSENT:
                if isinstance(value, UnknownData) and value.name == at:
                    value = _typed(at, signature, required=required)
                arguments[name] = value
        elif _has_defaults(wanted, schema):
            arguments[name] = _typed(at, signature, required=required)
    return arguments


def info_of(wanted: Wanted, operation: Operation) -> Info:
    """Return ``ctx.info`` as far as it is known."""
    variables = {key: one for key, one in operation.variables.items() if one is not ABSENT}
    return Info(
        wanted.field.name,
        wanted.field.type_name,
        variables or UnknownData("ctx.info.variables", nullable=False),
    )


def literal(node: Any) -> Data:
    """Return the value of a default, which holds no variables."""
    return _value(node, {}, "the default", 0)


def _has_defaults(wanted: Wanted, schema: Schema) -> bool:
    """Return whether an argument of the field may have a default, which AppSync fills in."""
    start = wanted.field.offset
    text = schema.text[start : start + _LONGEST]
    return "=" in text[: text.find(")") if ")" in text else 0]


def _typed(name: str, signature: str, *, required: bool) -> UnknownData:
    plain = signature.removesuffix("!")
    if plain.startswith("["):
        return UnknownData(name, not required, "list")
    if plain in ("Int", "Float", "AWSTimestamp"):
        return UnknownData(name, not required, "number")
    if plain == "Boolean":
        return UnknownData(name, not required, "boolean")
    is_text = plain in ("ID", "String") or plain.startswith("AWS")
    return UnknownData(name, not required, "string" if is_text else "")


def _value(node: Any, variables: Mapping[str, Any], at: str, depth: int) -> Any:
    """Return the value of an argument's node; a variable that is not given is unknown."""
    if depth > _DEEPEST:
        return UnknownData(at)
    if node.kind == "variable":
        name = node.name.value
        if name in variables:
            return variables[name]
        return UnknownData(at)
    if node.kind == "list_value":
        return [
            _value(one, variables, f"{at}[{number}]", depth + 1)
            for number, one in enumerate(node.values)
        ]
    if node.kind == "object_value":
        members = {
            one.name.value: _value(one.value, variables, f"{at}.{one.name.value}", depth + 1)
            for one in node.fields
        }
        return {name: value for name, value in members.items() if value is not ABSENT}
    if node.kind == "null_value":
        return None
    return _scalar(node)


def _scalar(node: Any) -> Any:
    try:
        if node.kind == "int_value":
            return int(node.value)
        if node.kind == "float_value":
            return float(node.value)
    except ValueError:
        return UnknownData(node.value[:20])
    return node.value
