"""Filters as objects → the expressions that data sources and subscriptions take.

https://docs.aws.amazon.com/appsync/latest/devguide/transformation-helpers-in-util-transform-js.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_appsync_guard.runtime.data import describe, dump
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.util.dynamodb import typed

__all__ = ["MEMBERS", "to_expression"]

_DEEPEST = 20
_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def to_expression(machine: Machine, condition: Data) -> Data:
    """Return the DynamoDB expression of a filter object, with names and typed values."""
    if isinstance(condition, UnknownData):
        name = f"the expression of {condition.name}"
        return {
            "expression": named(machine, f"{name}.expression", "string", nullable=False),
            "expressionNames": named(machine, f"{name}.expressionNames", "map", nullable=False),
            "expressionValues": named(machine, f"{name}.expressionValues", "map", nullable=False),
        }
    names: dict[str, str] = {}
    values: dict[str, Data] = {}
    expression = _group(machine, condition, (names, values), 0)
    made: dict[str, Any] = {"expression": expression, "expressionNames": names}
    return {**made, "expressionValues": values}


def _group(
    machine: Machine, condition: Data, into: tuple[dict[str, str], dict[str, Data]], depth: int
) -> str:
    machine.step()
    if depth > _DEEPEST:
        raise Stopped(f"{machine.where} makes a filter that is too deep")
    if isinstance(condition, UnknownData):
        return f"meets {condition.name}"
    if not isinstance(condition, dict):
        raise machine.lacks("a filter that is not an object")
    parts: list[str] = []
    for name, member in condition.items():
        if name in ("and", "or") and isinstance(member, list):
            groups = [item for item in member if item is not None]
            inner = [_group(machine, item, into, depth + 1) for item in groups]
            parts.append("(" + f" {name.upper()} ".join(f"({part})" for part in inner) + ")")
        elif name == "not":
            parts.append(f"(NOT {_group(machine, member, into, depth + 1)})")
        else:
            parts += _tests(machine, name, member, into)
    return " AND ".join(parts)


def _tests(
    machine: Machine, name: str, tests: Data, into: tuple[dict[str, str], dict[str, Data]]
) -> list[str]:
    names, values = into
    names[f"#{name}"] = name
    if not isinstance(tests, dict):
        if isinstance(tests, UnknownData):
            return [f"#{name} meets {tests.name}"]
        raise machine.lacks("a filter on a field that is not an object")
    parts: list[str] = []
    for operator, operand in tests.items():
        machine.step()
        value = f":{name}_{operator}"
        if operator in _COMPARISONS:
            parts.append(f"(#{name} {_COMPARISONS[operator]} {value})")
        elif operator == "attributeExists":
            parts.append(f"(attribute_{'' if operand else 'not_'}exists(#{name}))")
            continue
        else:
            parts.append(f"({operator}(#{name}, {value}))")
        values[value] = typed(machine, operand)
    return parts


def _expression_text(machine: Machine, condition: Data) -> Data:
    return dump(machine, to_expression(machine, condition))


def _search_query(machine: Machine, condition: Data) -> Data:
    shown = f"util.transform.toElasticsearchQueryDSL({describe(condition)})"
    query = named(machine, shown, "map", nullable=False)
    return UnknownData(shown, nullable=False, kind="string", holds=query)


def _subscription_filter(
    machine: Machine, condition: Data, ignored: Data = None, rules: Data = None
) -> Data:
    machine.step()
    del ignored, rules
    return {"filterGroup": [{"filters": [{"condition": condition}]}]}


MEMBERS: dict[str, Callable[..., Data]] = {
    "transform.toDynamoDBFilterExpression": _expression_text,
    "transform.toDynamoDBConditionExpression": _expression_text,
    "transform.toElasticsearchQueryDSL": _search_query,
    "transform.toSubscriptionFilter": _subscription_filter,
}
