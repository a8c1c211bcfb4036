"""Copies of lists and maps with some of their members.

https://docs.aws.amazon.com/appsync/latest/devguide/list-helpers-in-util-list.html
"""

from __future__ import annotations

from collections.abc import Callable

from cdk_appsync_guard.runtime.data import describe, equal
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["MEMBERS"]


def _of_list(name: str, *, retains: bool) -> Callable[..., Data]:
    def copy(machine: Machine, values: Data, others: Data) -> Data:
        if isinstance(values, UnknownData) or isinstance(others, UnknownData):
            shown = f"util.list.{name}({describe(values)}, {describe(others)})"
            return named(machine, shown, "list", nullable=False)
        if not isinstance(values, list) or not isinstance(others, list):
            raise machine.lacks(f"`util.list.{name}` of a value that is not a list")
        return [
            value
            for value in values
            if any(equal(machine, value, other) for other in others) is retains
        ]

    return copy


def _of_map(name: str, *, retains: bool) -> Callable[..., Data]:
    def copy(machine: Machine, values: Data, keys: Data) -> Data:
        if isinstance(values, UnknownData) or isinstance(keys, UnknownData):
            shown = f"util.map.{name}({describe(values)}, {describe(keys)})"
            return named(machine, shown, "map", nullable=False)
        if not isinstance(values, dict) or not isinstance(keys, list):
            raise machine.lacks(f"`util.map.{name}` of a value that is neither a map nor a list")
        return {
            key: value
            for key, value in values.items()
            if any(equal(machine, key, other) for other in keys) is retains
        }

    return copy


def _sort(machine: Machine, values: Data, descending: Data, member: Data) -> Data:
    machine.step(len(values) if isinstance(values, list) else 1)
    shown = f"util.list.sortList({describe(values)}, {describe(descending)}, {describe(member)})"
    return named(machine, shown, "list", nullable=False)


MEMBERS: dict[str, Callable[..., Data]] = {
    "list.copyAndRetainAll": _of_list("copyAndRetainAll", retains=True),
    "list.copyAndRemoveAll": _of_list("copyAndRemoveAll", retains=False),
    "list.sortList": _sort,
    "map.copyAndRetainAllKeys": _of_map("copyAndRetainAllKeys", retains=True),
    "map.copyAndRemoveAllKeys": _of_map("copyAndRemoveAllKeys", retains=False),
}
