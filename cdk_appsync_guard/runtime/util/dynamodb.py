"""Values as DynamoDB writes them: ``{"S": "text"}``.

Lists stay lists, they never become sets.
https://docs.aws.amazon.com/appsync/latest/devguide/dynamodb-helpers-in-util-dynamodb-js.html
"""

from __future__ import annotations

from collections.abc import Callable

from cdk_appsync_guard.runtime.data import describe, dump
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["MEMBERS", "typed"]

_DEEPEST = 30


def typed(machine: Machine, value: Data, depth: int = 0) -> Data:
    """Return the value with its DynamoDB type."""
    machine.step()
    if depth > _DEEPEST:
        raise Stopped(f"{machine.where} makes values that are more than {_DEEPEST} levels deep")
    if isinstance(value, UnknownData):
        return named(machine, f"util.dynamodb.toDynamoDB({value.name})", "map", nullable=False)
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, float)):
        return {"N": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [typed(machine, item, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {"M": _values(machine, value, depth + 1)}
    raise machine.lacks("`util.dynamodb` of such a value")


def _values(machine: Machine, value: Data, depth: int = 0) -> Data:
    if isinstance(value, UnknownData):
        return named(machine, f"util.dynamodb.toMapValues({value.name})", "map", nullable=False)
    if not isinstance(value, dict):
        raise machine.lacks("`util.dynamodb.toMapValues` of a value that is not a map")
    return {key: typed(machine, item, depth) for key, item in value.items()}


def _map_values(machine: Machine, value: Data) -> Data:
    return None if value is None else _values(machine, value)


def _any(machine: Machine, value: Data) -> Data:
    return typed(machine, value)


def _as(sign: str) -> Callable[..., Data]:
    def convert(machine: Machine, value: Data) -> Data:
        machine.step()
        return None if value is None else {sign: value}

    return convert


def _null(machine: Machine) -> Data:
    machine.step()
    return {"NULL": None}


def _s3_object(
    machine: Machine,
    key: Data,
    bucket: Data,
    region: Data,
    version: Data = None,
) -> Data:
    parts = {"key": key, "bucket": bucket, "region": region, "version": version}
    return {"S": dump(machine, {"s3": parts})}


def _from_s3(machine: Machine, text: Data) -> Data:
    return named(machine, f"util.dynamodb.fromS3ObjectJson({describe(text)})", "map")


_CONVERTERS: dict[str, Callable[..., Data]] = {
    "toDynamoDB": _any,
    "toString": _as("S"),
    "toStringSet": _as("SS"),
    "toNumber": _as("N"),
    "toNumberSet": _as("NS"),
    "toBinary": _as("B"),
    "toBinarySet": _as("BS"),
    "toBoolean": _as("BOOL"),
    "toNull": _null,
    "toList": _any,
    "toMap": _any,
    "toMapValues": _map_values,
    "toS3Object": _s3_object,
}


def _one_as_json(convert: Callable[..., Data]) -> Callable[..., Data]:
    def as_json(machine: Machine, value: Data) -> Data:
        return dump(machine, convert(machine, value))

    return as_json


def _null_as_json(machine: Machine) -> Data:
    return dump(machine, _null(machine))


def _s3_as_json(
    machine: Machine,
    key: Data,
    bucket: Data,
    region: Data,
    version: Data = None,
) -> Data:
    return dump(machine, _s3_object(machine, key, bucket, region, version))


MEMBERS: dict[str, Callable[..., Data]] = {
    **{f"dynamodb.{name}": convert for name, convert in _CONVERTERS.items()},
    **{
        f"dynamodb.{name}Json": _one_as_json(convert)
        for name, convert in _CONVERTERS.items()
        if name not in ("toNull", "toS3Object")
    },
    "dynamodb.toNullJson": _null_as_json,
    "dynamodb.toS3ObjectJson": _s3_as_json,
    "dynamodb.fromS3ObjectJson": _from_s3,
}
