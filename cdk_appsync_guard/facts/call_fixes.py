"""What lets the caller of an operation in → the column ``fix`` of ``calls``.

In: a view of one API, an operation, its caller and its calls. Out: fixes, or advice in words where
no edit does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cdk_appsync_guard.access.calls import Call, judge_calls
from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.grants import Fields
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.facts.access_view import Gate, join
from cdk_appsync_guard.fixes.offers import say
from cdk_appsync_guard.fixes.operations import Request, admit_operation
from cdk_appsync_guard.fixes.statements import grant_fields
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.report import Fix

__all__ = ["CallFixes"]


class CallFixes:
    """Fixes for the operations that are sent to one API under one authorization."""

    def __init__(self, api: Api, fields: Fields, endpoint: Endpoint) -> None:
        self._api = api
        self._fields = fields
        self._endpoint = endpoint

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._endpoint.authorization, self._endpoint.schema)

    def find(
        self,
        operation: ClientOperation,
        caller: Caller,
        calls: Sequence[Call],
        principal: Principal | None,
    ) -> tuple[tuple[Fix, ...], str]:
        """Return the fixes after which the caller gets all, and their words."""
        denied = [one for one in calls if one.decision.outcome == "denied"]
        if not denied or not self._gate.spend(len(calls)):
            return (), ""
        missing = self._missing(calls, principal)
        grant = self._grant(principal, missing)
        if missing and grant is None:
            return (), self._say_why(denied, principal)
        asked = Request(caller, lambda after: _denials(after, caller, operation), grant)
        fixes = admit_operation(self._gate, asked)
        return fixes, say(fixes) or self._say_why(denied, principal)

    def _missing(self, calls: Sequence[Call], principal: Principal | None) -> list[str]:
        """Return the root fields of the operation that the caller's policies do not allow."""
        if principal is None:
            return []
        granted = self._fields.granted(principal)
        names = dict.fromkeys(one.coordinate for one in calls if "." not in one.path)
        return [
            name
            for name in names
            if self._fields.bit(name) and granted.outcome(self._fields.bit(name)) == "denied"
        ]

    def _grant(self, principal: Principal | None, missing: Sequence[str]) -> Fix | None:
        if principal is None or not missing:
            return None
        return grant_fields(self._api, self._fields, principal, missing)

    def _say_why(self, denied: Sequence[Call], principal: Principal | None) -> str:
        """Return advice where no edit lets the caller in and changes nothing else."""
        if any(one.decision.reason == "iam-deny" for one in denied):
            return "Take the field out of the Deny statement, if the caller is meant to call it."
        if any(one.gate == "policy" for one in denied):
            if principal is not None and principal.boundary is not None:
                return f"Allow the field in the permissions boundary of `{principal.name}` as well."
            return f"Allow `appsync:GraphQL` on `{denied[0].coordinate}` in a policy of the caller."
        if any(one.gate == "credential" for one in denied):
            modes = join([f"`{one}`" for one in self._endpoint.authorization.modes], "or")
            return f"Send a credential of a mode that the API has: {modes}."
        if denied[0].decision.reason == "group":
            return "Sign in as a member of a group for which the field is meant."
        return ""


def _denials(
    endpoint: Endpoint, caller: Caller, operation: ClientOperation
) -> list[tuple[str, Decision]]:
    return [
        (one.coordinate, one.decision)
        for one in judge_calls(endpoint, caller, operation)
        if one.decision.outcome == "denied"
    ]
