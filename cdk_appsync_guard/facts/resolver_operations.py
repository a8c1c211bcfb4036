"""What resolvers ask tables for, held against the roles of their data sources → rows.

In: an API's code and all principals. Out: rows of ``resolver_operations``. Code is only run where
the role is not allowed everything that an operation may need. Such a request is authorized, and
then its resolver fails.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.resolver_run import Request
from cdk_appsync_guard.appsync.data_source_access import needs_of, operation_need, read_access
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.code_vocabulary import RESOLVER_OPERATIONS, ResolverOperations
from cdk_appsync_guard.facts.resolver_code import ApiCode
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.runtime.model import HOLE, Info, Note, Step, UnknownData
from cdk_appsync_guard.runtime.run import Survey
from cdk_appsync_guard.template.scenarios.stack import Resource

__all__ = ["operation_rows"]

_ARGUMENTS = UnknownData("ctx.args", nullable=False, kind="map")
_OPERATIONS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan")
_INDEX = "index "


def operation_rows(own: ApiCode, principals: Principals) -> Iterator[Row]:
    """Yield a row for each operation that a role is not allowed, or perhaps not."""
    roles = dict(_limited(own, principals))
    known: dict[object, Survey] = {}
    seen: set[tuple[str, str, str, str]] = set()
    for coordinate in own.runs.attached if roles else ():
        for step in own.runs.pipeline(coordinate).steps:
            if step.source_id not in roles:
                continue
            source, role = roles[step.source_id]
            for note in _operations(own, coordinate, step, known):
                key = (step.source_id, step.name, note.what, note.detail)
                if key not in seen:
                    seen.add(key)
                    yield from _row(own, source, role, note)


def _limited(
    own: ApiCode, principals: Principals
) -> Iterator[tuple[str, tuple[Resource, Principal]]]:
    """Yield the data sources whose role is allowed something of a table, and not everything."""
    for source in own.api.data_sources:
        role = principals.named(source.get("ServiceRoleArn"), source.stack)
        if role is None or source.get("Type") != "AMAZON_DYNAMODB":
            continue
        if read_access(role, needs_of(source, ())).word != "yes":
            continue
        needs = [operation_need(source, one, index) for one in _OPERATIONS for index in ("", "*")]
        if any(need and read_access(role, (need,)).word != "yes" for need in needs):
            yield source.logical_id, (source, role)


def _operations(
    own: ApiCode, coordinate: str, step: Step, known: dict[object, Survey]
) -> Iterator[Note]:
    type_name, _, name = coordinate.partition(".")
    request = Request(Info(name, type_name), _ARGUMENTS, UnknownData("ctx.source"))
    mode = own.api.default.mode
    caller = Known(mode if isinstance(mode, str) and mode in MODES else "AWS_IAM")
    for survey in own.runs.look_over_steps(coordinate, caller, request, (step,), known):
        yield from (note for note in survey.notes if note.kind == "operation")


def _row(own: ApiCode, source: Resource, role: Principal, note: Note) -> Iterator[Row]:
    index = note.detail.removeprefix(_INDEX) if note.detail.startswith(_INDEX) else ""
    if HOLE in index or (note.detail and not index):
        return
    need = operation_need(source, note.what, index)
    if need is None or note.place is None:
        return
    access = read_access(role, (need,))
    if access.word == "yes":
        return
    place = source.place()
    if note.place.place is not None:
        place = replace(note.place.place, inner=(note.place.line, 1))
    cells: ResolverOperations = {
        "code": note.place.code,
        "data_source": source.logical_id,
        "role": role.name,
        "operation": note.what,
        "allowed": access.word,
        "lacks": need.what,
    }
    yield RESOLVER_OPERATIONS.row(cells, place, {}, own.api.name)
