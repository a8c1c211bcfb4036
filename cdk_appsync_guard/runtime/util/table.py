"""The members of ``util`` and ``extensions`` by name, and how one is called.

A name that is not here stops the run with that name. Both runtimes share the functions; which name
belongs to which runtime is `ONLY_VTL`.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference.html
https://docs.aws.amazon.com/appsync/latest/devguide/built-in-util-js.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdk_appsync_guard.runtime.machine import Machine, Stopped
from cdk_appsync_guard.runtime.model import Data
from cdk_appsync_guard.runtime.util import (
    checks,
    collections,
    dynamodb,
    ends,
    texts,
    times,
    transform,
)

__all__ = ["ONLY_VTL", "Namespace", "call_util", "is_member", "is_namespace"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A part of ``util`` that is not a value: ``util.dynamodb``."""

    name: str


def call_util(machine: Machine, name: str, arguments: list[Data]) -> Data:
    """Return what ``util.name(arguments)`` returns, or end the field as it does."""
    machine.step()
    function = _MEMBERS.get(name.partition(".")[2]) if name.startswith("util.") else None
    if name.startswith("extensions."):
        function = _EXTENSIONS.get(name.partition(".")[2])
    if name.startswith("util.authRules."):
        raise Stopped(f"{machine.where} asks `{name}`, which AWS does not document")
    if function is None:
        raise machine.lacks(f"`{name}`")
    least, most = _arity(function)
    if not least <= len(arguments) <= most:
        raise machine.lacks(f"`{name}` with {len(arguments)} arguments")
    return function(machine, *arguments)


def is_member(name: str) -> bool:
    """Return whether ``util.name`` is a function that is known."""
    return name in _MEMBERS


def is_namespace(name: str) -> bool:
    """Return whether ``util.name`` has members that are known."""
    return any(member.startswith(f"{name}.") for member in _MEMBERS)


def _arity(function: Callable[..., Data]) -> tuple[int, int]:
    most = function.__code__.co_argcount - 1
    return most - len(function.__defaults__ or ()), most


def _one(_: Machine, first: Data) -> Data:
    del first
    return ""


def _two(_: Machine, first: Data, second: Data) -> Data:
    del first, second
    return ""


def _three(_: Machine, first: Data, second: Data, third: Data = None) -> Data:
    del first, second, third
    return ""


def _log(
    _: Machine, first: Data, second: Data = None, third: Data = None, fourth: Data = None
) -> Data:
    del first, second, third, fourth
    return ""


_MEMBERS: dict[str, Callable[..., Data]] = {
    **checks.MEMBERS,
    **collections.MEMBERS,
    **dynamodb.MEMBERS,
    **ends.MEMBERS,
    **texts.MEMBERS,
    **times.MEMBERS,
    **transform.MEMBERS,
    "log.info": _log,
    "log.error": _log,
    "log.debug": _log,
    "http.addResponseHeader": _two,
    "http.addResponseHeaders": _one,
}

_EXTENSIONS: dict[str, Callable[..., Data]] = {
    "evictFromApiCache": _three,
    "invalidateSubscriptions": _one,
    "setSubscriptionFilter": _one,
    "setSubscriptionInvalidationFilter": _one,
}

ONLY_VTL = frozenset(
    {*checks.MEMBERS, *collections.MEMBERS} - {"authType"}
    | {"parseJson", "toJson", "qr", "quiet", "validate", "str.toUpper", "str.toLower"}
    | {"str.toReplace", "rds.toJsonString"}
    | {"log.info", "log.error", "log.debug"}
    | {name for name in dynamodb.MEMBERS if name.endswith("Json") and name != "fromS3ObjectJson"}
)
"""Members of `$util` that `util` in JavaScript does not have."""
