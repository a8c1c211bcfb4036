"""An operation and its caller → the fix by which the caller gets all that is selected.

In: a Gate, an operation, a caller, and for IAM callers the statement that they lack. Out: one Fix
for the whole operation, or None. A mode that the API lacks is added as a provider only where that
changes nothing for others: it makes ``@aws_auth`` void, and is refused beside DENY.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cdk_appsync_guard.access.calls import Call, judge_calls
from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.facts.access_view import Gate, mode_directives
from cdk_appsync_guard.fixes.admission import audience_of, is_among, open_field, open_type
from cdk_appsync_guard.fixes.edits import Change, apply, merge
from cdk_appsync_guard.fixes.effects import endpoint_of
from cdk_appsync_guard.fixes.proof import MOST_CHANGES, Aim, extend, prove
from cdk_appsync_guard.report import Fix

__all__ = ["Request", "admit_operation"]

_LET_IN = "Let the caller in"


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as one caller sends it; *grant* is what its policies lack, if anything."""

    operation: ClientOperation
    caller: Caller
    grant: Fix | None = None


def admit_operation(gate: Gate, request: Request) -> tuple[Fix, ...]:
    """Return the fix after which nothing of the operation is denied to the caller."""
    if request.caller.mode not in MODES:
        return ()
    changes = _changes(gate, request)
    if changes is None:
        return ()
    if not changes:
        return (request.grant,) if request.grant else ()
    audience = audience_of([request.caller])
    aim = Aim(
        _LET_IN,
        lambda after: _denied(gate, after, request) == [],
        gains=lambda caller: is_among(caller, audience),
        more=(request.caller,),
    )
    fix = prove(gate, extend(gate, changes, aim.more), aim)
    return (_join(request.grant, fix),) if fix else ()


def _changes(gate: Gate, request: Request) -> list[Change] | None:
    """Return what opens the fields one after the other: what is below comes to light then."""
    endpoint, caller = endpoint_of(gate), request.caller
    changes: list[Change] = []
    if caller.mode not in endpoint.authorization.modes:
        changes.append(Change("provider", value=caller.mode))
    for _ in range(MOST_CHANGES):
        after = apply(endpoint, changes)
        denied = _denied(gate, after, request)
        if not denied:
            return changes
        if denied[0].decision.reason == "group" and not caller.groups:
            return None  # opened to such a caller, the field would be open to all users
        opened = merge([*changes, *_open(after, caller, denied)])
        if opened == changes or len(opened) > MOST_CHANGES:
            return None
        changes = opened
    return None


def _denied(gate: Gate, endpoint: Endpoint, request: Request) -> list[Call]:
    """Return the calls that directives deny, the policies of the caller apart."""
    calls = judge_calls(endpoint, request.caller, request.operation)
    gate.spend(len(calls))
    return [one for one in calls if one.decision.outcome == "denied"]


def _open(endpoint: Endpoint, caller: Caller, denied: Sequence[Call]) -> list[Change]:
    """Return the changes that open the fields, or a type that nobody has looked at yet."""
    audience = audience_of([caller])
    by_type: dict[str, dict[str, None]] = {}
    for one in denied:
        type_name, _, name = one.coordinate.partition(".")
        by_type.setdefault(type_name, {})[name] = None
    changes = []
    for type_name, names in by_type.items():
        definition = endpoint.schema.types[type_name]
        fields = definition.fields.values()
        is_root = type_name in endpoint.schema.roots.values()
        is_closed = all(
            decide(endpoint.authorization, endpoint.schema, caller, one).outcome == "denied"
            for one in fields
        )
        if is_closed and not is_root and not any(mode_directives(one.directives) for one in fields):
            changes.append(open_type(endpoint, definition, audience))
        else:
            opened = (open_field(endpoint, definition.fields[name], audience) for name in names)
            changes.extend(opened)
    return changes


def _join(grant: Fix | None, fix: Fix) -> Fix:
    if grant is None:
        return fix
    return replace(
        fix,
        text=f"{grant.text}, and {fix.text}",
        edits=(*grant.edits, *fix.edits),
        opens=(*grant.opens, *fix.opens),
    )
