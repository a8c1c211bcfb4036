"""Fields of a request → what their resolvers do with the caller.

In: an API, the caller, what data sources return. Out: for each field Resolved, and for those that
explain it the resolver and the Outcome. Code is run by ``runtime``; data sources are not.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-components.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_appsync_guard.access.decide import ALLOWED, Decision
from cdk_appsync_guard.access.document import Operation
from cdk_appsync_guard.access.execution import UNSEEN, Resolved, Wanted
from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.resolver_run import Request, ResolverCode
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.resolvers import Wiring
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.explanation.arguments import arguments_of, info_of
from cdk_appsync_guard.runtime.model import (
    Data,
    FieldError,
    Outcome,
    UnknownData,
    show_holes,
)
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack

__all__ = ["Ran", "Resolvers"]

_DENIES = Decision("denied", "resolver")
_FAILS = Decision("denied", "resolver-fails")
_RUNS = Decision("allowed", "resolver")
_NULL = "…"
_ASSUMED_SESSION = "the role's session name is assumed to be one that no resolver names"
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Ran:
    """A field's resolver and what it does; ``outcome`` is None if it has no code."""

    resolver: Resource
    outcome: Outcome | None = None


@dataclass(slots=True)
class Resolvers:
    """The resolvers of one API for one request of one caller.

    ``results`` are what data sources return, by the field or the name of the pipeline's function.
    ``ran`` collects what each field's resolver did, by path; ``unattached`` the root fields that
    have none; ``assumed`` what was taken for granted.
    """

    api: Api
    stacks: tuple[Stack, ...]
    schema: Schema
    operation: Operation
    caller: Known
    results: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] | None = None
    code: ResolverCode = field(init=False)
    ran: dict[tuple[tuple[str | int, ...], str], Ran] = field(default_factory=dict)
    unattached: dict[str, None] = field(default_factory=dict)
    assumed: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the code."""
        self.code = ResolverCode(self.api)

    def resolve(self, wanted: Wanted) -> Resolved:
        """Return what becomes of a field that directives let through."""
        coordinate = wanted.field.coordinate
        resolver = self.code.attached.get(coordinate)
        if resolver is None:
            return self._without_resolver(wanted)
        if not self.code.has_code(coordinate):
            self.ran[wanted.path, coordinate] = Ran(resolver)
            return Resolved(value=self.results.get(coordinate, UNSEEN))
        outcome, assumed = self.code.run(coordinate, self.caller, self._request(wanted))
        if assumed:
            self.assumed[_ASSUMED_SESSION] = None
        self.ran[wanted.path, coordinate] = Ran(resolver, outcome)
        return _resolved(outcome)

    def _without_resolver(self, wanted: Wanted) -> Resolved:
        coordinate = wanted.field.coordinate
        if coordinate in self.results:
            return Resolved(value=self.results[coordinate])
        if wanted.field.type_name in self.schema.roots.values():
            self.unattached[coordinate] = None
            # An API without any resolver is a sketch, or its resolvers are elsewhere.
            why_open = Wiring(self.api, self.stacks).why_perhaps_attached(wanted.field)
            certain = self.code.attached and why_open is None
            return Resolved(value=None if certain else UNSEEN)
        if isinstance(wanted.source, dict):
            return Resolved(value=wanted.source.get(wanted.field.name))
        return Resolved()

    def _request(self, wanted: Wanted) -> Request:
        is_root = wanted.field.type_name in self.schema.roots.values()
        known = Request(
            info_of(wanted, self.operation),
            arguments_of(wanted, self.operation, self.schema),
            None if is_root else _as_data(wanted.source, "ctx.source"),
            results=dict(self.results),
        )
        return known if self.headers is None else replace(known, headers=self.headers)


def _resolved(outcome: Outcome) -> Resolved:
    """Return the outcome as the execution takes it; what is undecided keeps the reason."""
    if outcome.kind == "denied":
        return Resolved(_DENIES, appended=tuple(map(_error, outcome.errors[:-1])))
    if outcome.kind == "failed":
        *before, last = outcome.errors or (FieldError(outcome.reason or _NULL),)
        return Resolved(_FAILS, error=_error(last), appended=tuple(map(_error, before)))
    appended = tuple(map(_error, outcome.errors))
    if outcome.kind == "undecided":
        question = show_holes(outcome.reason or "the resolver decides")
        return Resolved(Decision("undecided", "resolver", question), appended=())
    return Resolved(_RUNS if outcome.decided_by else ALLOWED, seen(outcome.value), None, appended)


def _error(error: FieldError) -> dict[str, Any]:
    return {
        "message": _shown(error.message),
        "errorType": _shown(error.error_type),
        "errorInfo": _shown(error.error_info),
        "data": _shown(error.data),
    }


def _shown(value: Data) -> Any:
    return show_holes(value) if isinstance(value, str) else hide(seen(value))


def seen(value: Data, depth: int = 0) -> Any:
    """Return a value of the runtime with UNSEEN for what is not known."""
    if isinstance(value, UnknownData) or depth > _DEEPEST:
        return UNSEEN
    if isinstance(value, Mapping):
        return {str(name): seen(one, depth + 1) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [seen(one, depth + 1) for one in value]
    return show_holes(value) if isinstance(value, str) else value


def hide(value: Any) -> Any:
    """Return the value as it is shown: ``…`` for what is not known."""
    if value is UNSEEN:
        return "…"
    if isinstance(value, dict):
        return {name: hide(one) for name, one in value.items()}
    return [hide(one) for one in value] if isinstance(value, list) else value


def _as_data(value: Any, name: str) -> Data:
    """Return a value of the execution as the runtime takes it."""
    if value is UNSEEN:
        return UnknownData(name, nullable=False)
    if isinstance(value, dict):
        return {key: _as_data(one, f"{name}.{key}") for key, one in value.items()}
    if isinstance(value, list):
        return [_as_data(one, f"{name}[{number}]") for number, one in enumerate(value)]
    return value
