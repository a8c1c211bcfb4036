"""Denied cells → what to change so that the caller gets in, and no one else does.

In: a matrix and what it was made of. Out: Openings, by column and field. Edits of directives and
statements are those of ``fixes``, which proves each; what cannot be proved is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.access.grants import Fields
from cdk_appsync_guard.access.matrix import Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_cells import Cell
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM, Authorization
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.facts.access_view import Gate
from cdk_appsync_guard.fixes.admission import Audience
from cdk_appsync_guard.fixes.offers import admit_to_field
from cdk_appsync_guard.fixes.statements import grant_fields
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.portrait.model import Opening
from cdk_appsync_guard.report import Fix

__all__ = ["Openings"]

# Each fix is proved on the whole schema: so many fields are looked at for all of them together.
MOST_EFFORT = 100_000
MOST = 400
_BY_DIRECTIVE = ("mode-not-listed", "default-mode", "group", "default-action")


class Openings:
    """What opens the fields of one API."""

    def __init__(self, api: Api, authorization: Authorization, fields: Fields) -> None:
        assert isinstance(api.schema, Schema)  # noqa: S101 - the caller has looked
        self._api = api
        self._schema = api.schema
        self._gate = Gate(authorization, api.schema)
        self._fields = fields
        self._known: dict[tuple[str, str, str], Opening | None] = {}
        size = sum(len(one.fields) for one in api.schema.types.values())
        self._most = min(MOST, MOST_EFFORT // max(size, 1))

    def of(
        self,
        matrix: Matrix,
        rows: Sequence[str],
        principals: Mapping[MatrixCaller, Principal],
    ) -> dict[tuple[int, str], Opening]:
        """Return the openings of all rows' denied fields, those below them included."""
        found: dict[tuple[int, str], Opening] = {}
        for column, caller, coordinate, cell in _denied(matrix, rows):
            opening = self._opening(caller, coordinate, cell, principals.get(caller))
            if opening is not None:
                found[column, coordinate] = opening
        return found

    def _opening(
        self, caller: MatrixCaller, coordinate: str, cell: Cell, principal: Principal | None
    ) -> Opening | None:
        group = caller.name if caller.kind == "group" else ""
        who = caller.name if cell.reason in ("iam", "iam-deny") else f"{caller.mode} {group}"
        key = (cell.reason, who, coordinate)
        if key not in self._known:
            if len(self._known) >= self._most:
                return None
            self._known[key] = self._find(caller, coordinate, cell.reason, principal)
        return self._known[key]

    def _find(
        self, caller: MatrixCaller, coordinate: str, reason: str, principal: Principal | None
    ) -> Opening | None:
        if reason == "iam-deny":
            return Opening(f"take `{coordinate}` out of the Deny statement of `{caller.name}`")
        type_name, _, name = coordinate.partition(".")
        field = self._schema.types[type_name].fields[name]
        if reason == "iam" and principal is not None:
            return self._grant(principal, field)
        if reason not in _BY_DIRECTIVE:
            return None
        if reason == "group" and caller.kind == "mode":
            return _join(field, self._schema)
        return self._admit(field, {caller.mode: (caller.name,) if caller.kind == "group" else None})

    def _admit(self, field: Field, audience: Audience) -> Opening | None:
        return _written(next(iter(admit_to_field(self._gate, field, audience)), None))

    def _grant(self, principal: Principal, field: Field) -> Opening | None:
        """Return the statement that is lacking, and the directive if that is lacking as well."""
        fix = grant_fields(self._api, self._fields, principal, [field.coordinate])
        granted = _written(fix)
        if granted is None or self._gate.admits(Caller(AWS_IAM), field):
            return granted
        admitted = self._admit(field, {AWS_IAM: None})
        if admitted is None:
            return None
        text = f"{granted.text}; and {admitted.text}"
        return Opening(text, (*granted.edits, *admitted.edits))


def _denied(matrix: Matrix, rows: Sequence[str]) -> Iterator[tuple[int, MatrixCaller, str, Cell]]:
    """Yield what is denied of the rows: the field, or the nearest one below it."""
    index = {name: at for at, name in enumerate(matrix.coordinates)}
    for column, (caller, cells) in enumerate(zip(matrix.callers, matrix.columns, strict=True)):
        for row in rows:
            cell, coordinate = cells[index[row]], row
            if cell.verdict == "partly" and cell.blocked in index:
                coordinate = cell.blocked
                cell = cells[index[coordinate]]
            if cell.verdict == "denied":
                yield column, caller, coordinate, cell


def _join(field: Field, schema: Schema) -> Opening | None:
    """Return the group to join: to open the field to all users would be another thing."""
    definition = schema.types[field.type_name]
    uses = [one for one in field.directives if one.groups] or [
        one for one in definition.directives if one.groups
    ]
    groups = dict.fromkeys(group for one in uses for group in one.groups or ())
    named = " or ".join(f"`{one}`" for one in groups)
    return Opening(f"call it as a member of group {named}") if named else None


def _written(fix: Fix | None) -> Opening | None:
    if fix is None:
        return None
    return Opening(fix.text, tuple((one.coordinate, one.before, one.after) for one in fix.edits))
