"""Resolvers that deny callers that the schema, and IAM, allow → rows of ``resolver_denials``.

In: an API whose schema and modes are known. Out: a row per field and mode whose callers its code
all denies, and per field and IAM principal that is granted it in vain. What depends is not a row.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.grants import fields_of, granted_to
from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.resolver_run import Request, ResolverCode
from cdk_appsync_guard.access.signers import Signers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM, MODES, Authorization
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.facts.code_vocabulary import RESOLVER_DENIALS, ResolverDenials
from cdk_appsync_guard.facts.resolver_code import ApiCode
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.runtime.model import Info, Outcome, UnknownData, show_holes
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["denial_rows"]

MOST_RUNS = 1_000
_ARGUMENTS = UnknownData("ctx.args", nullable=False, kind="map")
_VARIABLES = UnknownData("ctx.info.variables", nullable=False, kind="map")
_SOURCE = UnknownData("ctx.source", nullable=False, kind="map")


def denial_rows(
    own: ApiCode, apis: tuple[Api, ...], stacks: tuple[Stack, ...], principals: Principals
) -> Iterator[Row]:
    """Yield the rows about one API."""
    api = own.api
    possible = authorizations(api)
    schema = api.schema
    if isinstance(possible, Unknown) or len(possible) != 1 or not isinstance(schema, Schema):
        return
    if own.missing is not None:
        yield _missing_row(api, possible[0].default, *own.missing)
    code = own.runs
    denying = [one for one in code.attached if code.may_deny(one) and _field(schema, one)]
    if not denying:
        return
    search = _Search(api, possible[0], schema, code)
    yield from search.of_modes(denying)
    if AWS_IAM in possible[0].modes:
        yield from search.of_principals(denying, apis, stacks, principals)


def _missing_row(api: Api, mode: str, unknown: Unknown, place: Place) -> Row:
    cells: ResolverDenials = {
        "coordinate": "?",
        "mode": mode if mode in MODES else Unknown(unknown.reason, unknown.would_decide),
        "callers": "callers",
        "by_signature": unknown,
        "code": "?",
    }
    return RESOLVER_DENIALS.row(cells, place, {}, api.name)


def _field(schema: Schema, coordinate: str) -> Field | None:
    type_name, _, name = coordinate.partition(".")
    definition = schema.types.get(type_name)
    return definition.fields.get(name) if definition is not None else None


class _Search:
    def __init__(
        self, api: Api, authorization: Authorization, schema: Schema, code: ResolverCode
    ) -> None:
        self.api = api
        self.authorization = authorization
        self.schema = schema
        self.code = code
        self.left = MOST_RUNS

    def of_modes(self, coordinates: list[str]) -> Iterator[Row]:
        """Yield where all callers of a mode are denied; IAM callers are looked at one by one."""
        for coordinate in coordinates:
            for mode in self.authorization.modes:
                if mode in MODES and mode != AWS_IAM and self._admits(coordinate, mode):
                    action = self.authorization.default_action
                    outcome = self._refusal(coordinate, Known(mode, default_action=action))
                    if outcome is not None:
                        yield self._row(coordinate, mode, f"`{mode}` callers", outcome)

    def of_principals(
        self,
        coordinates: list[str],
        apis: tuple[Api, ...],
        stacks: tuple[Stack, ...],
        principals: Principals,
    ) -> Iterator[Row]:
        """Yield where a role or user is granted a field in vain."""
        open_fields = [one for one in coordinates if self._admits(one, AWS_IAM)]
        if not open_fields:
            return
        fields = fields_of(self.api, apis)
        signers = Signers(principals.all, stacks)
        for principal in principals.all:
            granted = granted_to(principal, fields).meant
            for index, coordinate in enumerate(fields.coordinates):
                if granted >> index & 1 and coordinate in open_fields:
                    yield from self._of_principal(coordinate, principal, signers)

    def _of_principal(
        self, coordinate: str, principal: Principal, signers: Signers
    ) -> Iterator[Row]:
        known = signers.known(principal)
        # Amplify grants the roles of an identity pool more than its resolvers let through.
        if principal.kind == "group" or principal.resource is None or known.users:
            return
        outcome = self._refusal(coordinate, known)
        if outcome is not None:
            yield self._row(coordinate, AWS_IAM, f"`{principal.name}`", outcome)

    def _admits(self, coordinate: str, mode: str) -> bool:
        field = _field(self.schema, coordinate)
        if field is None:
            return False
        decision = decide(self.authorization, self.schema, Caller(mode), field)
        return decision.outcome == "allowed" or decision.reason == "group"

    def _refusal(self, coordinate: str, caller: Known) -> Outcome | None:
        self.left -= 1
        if self.left < 0:
            return None
        type_name, _, name = coordinate.partition(".")
        source = None if type_name in self.schema.roots.values() else _SOURCE
        request = Request(Info(name, type_name, _VARIABLES), _ARGUMENTS, source)
        return self.code.refuses(coordinate, caller, request)

    def _row(self, coordinate: str, mode: str, callers: str, outcome: Outcome) -> Row:
        decided = outcome.decided_by
        resolver = self.code.attached[coordinate]
        place = resolver.place()
        if decided is not None and decided.place is not None:
            place = replace(decided.place, inner=(decided.line, 1))
        cells: ResolverDenials = {
            "coordinate": coordinate,
            "mode": mode,
            "callers": callers,
            "by_signature": mode == AWS_IAM,
            "code": show_holes(decided.code) if decided is not None else coordinate,
        }
        return RESOLVER_DENIALS.row(cells, place, {}, self.api.name)
