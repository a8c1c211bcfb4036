"""What a value is: null, empty, of which type; and the caller's mode.

https://docs.aws.amazon.com/appsync/latest/devguide/utility-helpers-in-util.html
"""

from __future__ import annotations

from collections.abc import Callable

from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["AUTH_TYPES", "MEMBERS"]

AUTH_TYPES = {
    "API_KEY": "API Key Authorization",
    "AWS_IAM": "IAM Authorization",
    "AMAZON_COGNITO_USER_POOLS": "User Pool Authorization",
    "OPENID_CONNECT": "Open ID Connect Authorization",
    "AWS_LAMBDA": "Lambda Authorization",
}
"""What ``util.authType()`` returns, by mode. The last one is Amplify's constant."""


def _auth_type(machine: Machine) -> Data:
    mode = machine.invocation.mode
    if mode not in AUTH_TYPES:
        raise Stopped(f"the mode `{mode}` has no `util.authType()`")
    return AUTH_TYPES[mode]


def _is_null(machine: Machine, value: Data) -> Data:
    return machine.is_null(value)


def _is_empty(machine: Machine, value: Data) -> bool:
    if machine.is_null(value):
        return True
    if not isinstance(value, UnknownData):
        return isinstance(value, (str, list, dict)) and not value
    fixed = machine.fixed(value.name)
    if fixed is not None:
        return bool(fixed[0] == "")
    return value.kind not in ("boolean", "number") and machine.choose(f"`{value.name}` is empty")


def _is_blank(machine: Machine, value: Data) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, UnknownData) and value.kind in ("", "string"):
        return machine.is_null(value) or machine.choose(f"`{value.name}` is blank")
    return machine.is_null(value)


def _default(check: Callable[[Machine, Data], Data]) -> Callable[..., Data]:
    def default(machine: Machine, value: Data, other: Data) -> Data:
        if isinstance(value, UnknownData) and isinstance(other, UnknownData) and not other.nullable:
            # Neither is known: which of the two it is can matter to nothing.
            shown = f"util.defaultIfNull({value.name}, {other.name})"
            return named(
                machine, shown, other.kind if other.kind == value.kind else "", nullable=False
            )
        return other if check(machine, value) else value

    return default


def kind_of(value: Data) -> str:
    """Return the name of a known value's type, as ``typeOf`` says it."""
    for kind, name in ((bool, "Boolean"), (dict, "Map"), (list, "List"), (str, "String")):
        if isinstance(value, kind):
            return name
    if value is None:
        return "Null"
    return "Number" if isinstance(value, (int, float)) else "Object"


def _is(kind: str) -> Callable[..., Data]:
    def check(machine: Machine, value: Data) -> Data:
        if not isinstance(value, UnknownData):
            return kind_of(value) == kind
        if machine.is_null(value):
            return False
        fixed = machine.fixed(value.name)
        if fixed is not None:
            return kind_of(fixed[0]) == kind
        if value.kind:
            return value.kind == kind.lower()
        return machine.choose(f"`{value.name}` is a {kind.lower()}")

    return check


def _type_of(machine: Machine, value: Data) -> Data:
    if not isinstance(value, UnknownData):
        return kind_of(value)
    if machine.is_null(value):
        return "Null"
    if value.kind:
        return value.kind.title()
    return named(machine, f"util.typeOf({value.name})", "string", nullable=False)


MEMBERS: dict[str, Callable[..., Data]] = {
    "authType": _auth_type,
    "isNull": _is_null,
    "isNullOrEmpty": _is_empty,
    "isNullOrBlank": _is_blank,
    "defaultIfNull": _default(_is_null),
    "defaultIfNullOrEmpty": _default(_is_empty),
    "defaultIfNullOrBlank": _default(_is_blank),
    "isString": _is("String"),
    "isNumber": _is("Number"),
    "isBoolean": _is("Boolean"),
    "isList": _is("List"),
    "isMap": _is("Map"),
    "typeOf": _type_of,
}
