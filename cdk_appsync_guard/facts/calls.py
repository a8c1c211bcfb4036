"""Client code × the APIs → rows of ``calls``, ``operations`` and ``selections``.

In: the APIs and stacks of one scenario, and client code. Out: rows. An operation whose callers are
not said is judged against every mode: then only what no one can run is worth a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cdk_appsync_guard.access.answers import answer_to
from cdk_appsync_guard.access.assignment import meant_for, rivals_of
from cdk_appsync_guard.access.calls import Call, judge_calls
from cdk_appsync_guard.access.decide import TRIED, Caller, Decision
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.grants import Fields, fields_of, granted_to
from cdk_appsync_guard.access.reach import find_callers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode
from cdk_appsync_guard.appsync.modes import AWS_IAM, Authorization
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.facts.access_view import words
from cdk_appsync_guard.facts.admitted import admitted
from cdk_appsync_guard.facts.authorizations import (
    agree,
    authorizations,
    question,
    unknown_row,
)
from cdk_appsync_guard.facts.call_fixes import CallFixes
from cdk_appsync_guard.facts.calls_vocabulary import (
    CALL_TABLES,
    CALLS,
    OPERATIONS,
    Calls,
    Operations,
)
from cdk_appsync_guard.facts.publishers import find_principal, find_publishers
from cdk_appsync_guard.facts.selections import selection_rows
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.report import Fix, Symptom
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["rows_of_calls"]

_OPEN = Unknown("AWS does not say", TRIED)
_BY_MODES = tuple(table for table in CALL_TABLES if table.name != "selections")


def rows_of_calls(
    apis: Sequence[Api], stacks: tuple[Stack, ...], code: ClientCode, known: Principals
) -> Iterator[Row]:
    """Yield the rows about all operations that are meant for one of the APIs."""
    principals = known.all
    rivals = rivals_of(apis, code)
    for api, operations in meant_for(apis, code):
        view = _View(api, fields_of(api, apis), principals, stacks, code, rivals)
        if not isinstance(api.schema, Schema):
            unknown = api.schema if isinstance(api.schema, Unknown) else _NO_SCHEMA
            for table in CALL_TABLES if operations else ():
                yield unknown_row(table, unknown, api.schema_place, api.name)
            continue
        publishers = find_publishers(api, view.fields, operations, (code, principals, stacks))
        yield from selection_rows(api, api.schema, operations, code.clients, publishers)
        possible = authorizations(api)
        if isinstance(possible, Unknown):
            unknown, place = question(api)
            for table in _BY_MODES if operations else ():
                yield unknown_row(table, unknown, place, api.name)
            continue
        alternatives = (_rows_by_modes(view, operations, one) for one in possible)
        yield from agree(api, _BY_MODES, alternatives)


def _for_several(view: _View, operation: ClientOperation) -> Unknown | None:
    """Return why a denial might not matter: the operation may be meant for another API."""
    names = view.rivals.get(id(operation))
    if names is None:
        return None
    reason = f"the operation is valid on {names}, and it is not said which one it is meant for"
    return Unknown(reason, "`api` of the caller in `--callers`")


@dataclass(frozen=True, slots=True)
class _View:
    api: Api
    fields: Fields
    principals: Sequence[Principal]
    stacks: Sequence[Stack]
    code: ClientCode
    rivals: Mapping[int, str]


def _rows_by_modes(
    view: _View, operations: Sequence[ClientOperation], authorization: Authorization
) -> Iterator[Row]:
    assert isinstance(view.api.schema, Schema)  # noqa: S101 - the caller has looked
    endpoint = Endpoint(authorization, view.api.schema)
    fixes = CallFixes(view.api, view.fields, endpoint)
    for operation in operations:
        if operation.kind not in endpoint.schema.roots:
            continue
        callers = view.code.callers_of(operation)
        for caller in callers:
            yield from _call_rows(view, endpoint, (operation, caller), fixes)
        if not callers:
            yield _operation_row(view, endpoint, operation)


def _call_rows(
    view: _View,
    endpoint: Endpoint,
    asked: tuple[ClientOperation, ClientCaller],
    fixes: CallFixes,
) -> Iterator[Row]:
    operation, caller = asked
    is_iam = caller.principal is not None or caller.function is not None
    mode = AWS_IAM if is_iam else caller.mode or endpoint.authorization.default
    kind = Caller(mode, frozenset(caller.groups))
    principal = find_principal(caller, view.principals, view.stacks) if is_iam else None
    allows = _ask(view, caller, principal) if is_iam else None
    try:
        calls = judge_calls(endpoint, kind, operation, allows)
    except InputError as error:
        yield _unjudged(view, operation, error)
        return
    fix = fixes.find(operation, kind, calls, principal)
    who = (operation, caller, mode)
    rows = [_call_row(view, endpoint, who, (call, *fix)) for call in calls]
    yield from _fold(rows, endpoint.schema)


def _unjudged(view: _View, operation: ClientOperation, error: InputError) -> Row:
    """Return the row of an operation that selects more than can be looked at."""
    table = next(one for one in CALL_TABLES if one.name == "calls")
    unknown = Unknown(error.message, "a document with fewer fields")
    return unknown_row(table, unknown, view.code.clients.place(operation.node), view.api.name)


def _fold(rows: list[Row], schema: Schema) -> Iterator[Row]:
    """Yield the rows; of the fields of one type that are closed alike, one tells of the others.

    So do the root fields that are refused together, before anything runs.
    """
    alike: dict[tuple[Cell, ...], list[Row]] = {}
    for row in rows:
        cells = row.cells
        is_root = cells["type"] in schema.roots.values()
        if cells["outcome"] == "denied" and (not is_root or cells["gate"] != "directive"):
            key = (cells["type"], cells["reason"], cells["admits"] if not is_root else "")
            alike.setdefault(key, []).append(row)
    others = {id(row): group for group in alike.values() for row in group}
    for row in rows:
        group = others.get(id(row), [row])
        names = dict.fromkeys(str(one.cells["field"]) for one in group)
        more = f" (as well as {_some(list(names)[1:])})" if len(names) > 1 else ""
        yield replace(row, cells={**row.cells, "first": row is group[0], "also": more})


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(f"`{name}`" for name in names[:_MANY]) + more


def _ask(
    view: _View, caller: ClientCaller, principal: Principal | None
) -> Callable[[str], Decision]:
    """Return what the caller's policies say of a root field."""
    if principal is None:
        what = f"function `{caller.function}`" if caller.function else f"role `{caller.principal}`"
        missing = Decision("undecided", "iam", f"the {what} is not in the templates")
        return lambda _: missing
    granted = granted_to(principal, view.fields)

    def allows(coordinate: str) -> Decision:
        bit = view.fields.bit(coordinate)
        outcome = granted.outcome(bit)
        if outcome == "denied":
            return Decision("denied", "iam-deny" if granted.refused_explicitly & bit else "iam")
        if outcome == "undecided":
            return Decision("undecided", "iam", granted.why.reason)
        return Decision("allowed")

    return allows


def _call_row(
    view: _View,
    endpoint: Endpoint,
    who: tuple[ClientOperation, ClientCaller, str],
    told: tuple[Call, tuple[Fix, ...], str],
) -> Row:
    operation, caller, mode = who
    call, fixes, fix = told
    is_denied = call.decision.outcome == "denied"
    field = _field(endpoint.schema, call.coordinate)
    cells: Calls = {
        "caller": caller.name,
        "principal": _called(find_principal(caller, view.principals, view.stacks)),
        "mode": mode,
        "operation": operation.words,
        "kind": operation.kind,
        "coordinate": call.coordinate,
        "field": field.name,
        "type": field.type_name,
        "gate": call.gate,
        "outcome": _outcome(call.decision, _for_several(view, operation)),
        "reason": _reason(call, mode),
        "admits": admitted(endpoint, field),
        "fix": fix if is_denied else "",
        "first": True,
        "also": "",
    }
    place = view.code.clients.place(call.node)
    answer = _answer(endpoint, field, call, mode)
    told_fixes = fixes if is_denied else ()
    return CALLS.row(cells, place, {}, view.api.name, answer, told_fixes)


def _called(principal: Principal | None) -> str | None:
    return None if principal is None else f"{principal.kind} {principal.name}"


def _answer(endpoint: Endpoint, field: Field, call: Call, mode: str) -> Symptom | None:
    """Return what the client sees, None where AWS does not say."""
    if call.decision.outcome != "denied" or call.runs is None:
        return None
    modes = endpoint.authorization.modes
    return answer_to(call.decision, mode=mode, modes=modes, schema=endpoint.schema, field=field)


def _reason(call: Call, mode: str) -> str | None:
    if call.decision.outcome != "denied":
        return None
    reason = _REASONS.get(call.decision.reason, call.decision.reason)
    more = f", and the field's directives do not admit `{mode}` either" if call.closed_too else ""
    return reason + more


def _outcome(decision: Decision, rivals: Unknown | None) -> Literal["allowed", "denied"] | Unknown:
    if decision.outcome == "denied" and rivals is not None:
        return rivals
    if decision.outcome != "undecided":
        return decision.outcome
    would_decide = {"concrete-type": "nothing before a request", "iam": "the policy's stacks"}
    return Unknown(decision.question, would_decide.get(decision.reason, _OPEN.would_decide))


def _operation_row(view: _View, endpoint: Endpoint, operation: ClientOperation) -> Row:
    """Return the row of an operation that may be meant for anyone."""
    unsure: Unknown | None = None
    farthest: tuple[int, str, Call | None] = (-1, "", None)
    runs = False
    for caller in _kinds(endpoint):
        try:
            calls = judge_calls(endpoint, caller, operation)
        except InputError as error:
            unsure = Unknown(error.message, "a document with fewer fields")
            break
        denied = next((one for one in calls if one.decision.outcome == "denied"), None)
        open_ = next((one for one in calls if one.decision.outcome == "undecided"), None)
        if denied is None and open_ is None:
            runs = True
            break
        if denied is None and open_ is not None:
            unsure = unsure or Unknown(open_.decision.question, _OPEN.would_decide)
        passed = sum(one.decision.outcome != "denied" for one in calls)
        if passed > farthest[0]:
            farthest = (passed, caller.mode, denied or open_)
    if runs and operation.gaps:
        unsure = Unknown(operation.gaps[0], "the whole operation")
    call = None if runs else farthest[2]
    place = view.code.clients.place(operation.node if call is None else call.node)
    cells: Operations = {
        "operation": operation.words,
        "kind": operation.kind,
        "runs": (runs and not operation.gaps) or unsure or _for_several(view, operation) or False,
        "caller": words((farthest[1],)) if call else "all callers",
        "blocked": call.coordinate if call else None,
        "path": call.path if call else None,
        "admits": admitted(endpoint, _field(endpoint.schema, call.coordinate)) if call else "",
    }
    answer = None
    if call is not None:
        field = _field(endpoint.schema, call.coordinate)
        answer = _answer(endpoint, field, call, farthest[1])
    return OPERATIONS.row(cells, place, {}, view.api.name, answer)


def _kinds(endpoint: Endpoint) -> Iterator[Caller]:
    """Yield a caller for each mode: for Cognito one who is in all groups that there are."""
    every = find_callers(endpoint.authorization, endpoint.schema)
    for mode in endpoint.authorization.modes:
        groups = frozenset(group for one in every if one.mode == mode for group in one.groups)
        yield Caller(mode, groups)


def _field(schema: Schema, coordinate: str) -> Field:
    type_name, _, name = coordinate.partition(".")
    return schema.types[type_name].fields[name]


_MANY = 4
_NO_SCHEMA = Unknown("the schema of the API cannot be read", "the API's SDL")
_REASONS = {
    "mode-not-listed": "the directives of the field, or else of its type, leave the mode out",
    "default-mode": "the field has no directive, so that only the default mode may select it",
    "group": "the caller is in none of the groups that the directives name",
    "default-action": "the default action of the user pool is DENY",
    "mode-not-configured": "the API does not have the mode",
    "iam": "no policy of the caller allows it",
    "iam-deny": "a policy of the caller denies it",
}
