"""What ends a field, or adds an error to it: ``unauthorized``, ``error``, ``validate``.

https://docs.aws.amazon.com/appsync/latest/devguide/built-in-util-js.html
"""

from __future__ import annotations

from collections.abc import Callable

from cdk_appsync_guard.runtime.data import equal
from cdk_appsync_guard.runtime.machine import Machine
from cdk_appsync_guard.runtime.model import Data, FieldError

__all__ = ["EFFECTS", "MEMBERS", "reads_like_refusal", "unauthorized"]

EFFECTS = frozenset({"unauthorized", "error", "validate"})
"""What may throw."""


def unauthorized(machine: Machine) -> Data:
    """End the field as not authorized."""
    info = machine.invocation.info
    message = f"Not Authorized to access {info.field_name} on type {info.parent_type_name}"
    raise machine.throw("denied", FieldError(message, "Unauthorized"), "`util.unauthorized()`")


def _error(
    machine: Machine, message: Data, type_: Data = None, data: Data = None, info: Data = None
) -> Data:
    raise machine.throw("failed", FieldError(message, type_, info, data), "`util.error()`")


def _append(
    machine: Machine, message: Data, type_: Data = None, data: Data = None, info: Data = None
) -> Data:
    machine.step()
    machine.appended.append(FieldError(message, type_, info, data))
    machine.appended_at = machine.place
    if reads_like_refusal(message) or reads_like_refusal(type_):
        shown = next(one for one in (type_, message) if isinstance(one, str) and one)
        machine.note("appended", shown)
    return ""


def reads_like_refusal(text: Data) -> bool:
    """Return whether an error's message or type says that the caller is refused."""
    if not isinstance(text, str):
        return False
    plain = text.casefold()
    return any(word in plain for word in _REFUSALS)


_REFUSALS = (
    *("unauthori", "not authori", "forbidden", "access denied", "accessdenied"),
    *("not allowed", "permission", "not permitted", "notauthori"),
)


def _validate(
    machine: Machine, holds: Data, message: Data, type_: Data = None, data: Data = None
) -> Data:
    if not equal(machine, holds, True):
        error = FieldError(message, type_ or "CustomTemplateException", None, data)
        raise machine.throw("failed", error, "`util.validate()`")
    return ""


MEMBERS: dict[str, Callable[..., Data]] = {
    "unauthorized": unauthorized,
    "error": _error,
    "appendError": _append,
    "validate": _validate,
}
