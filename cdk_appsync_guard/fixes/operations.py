"""An operation and its caller → the fix by which the caller gets all that is selected.

In: a Gate and a Request, which tells what is denied of it on an endpoint. Out: a Fix for the whole
operation, or none. A mode that the API lacks is added as a provider only where that
changes nothing for others: it makes ``@aws_auth`` void, and is refused beside DENY.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cdk_appsync_guard.access.decide import Caller, Decision, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import MODES
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
    """An operation as one caller sends it.

    ``denials`` returns what directives deny of it on an endpoint, policies apart: coordinates with
    the decision. ``grant`` is what the caller's policies lack, if anything.
    """

    caller: Caller
    denials: Callable[[Endpoint], Sequence[tuple[str, Decision]]]
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
        lambda after: not _denied(gate, after, request),
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
        if denied[0][1].reason == "group" and not caller.groups:
            return None  # opened to such a caller, the field would be open to all users
        opened = merge([*changes, *_open(after, caller, denied)])
        if opened == changes or len(opened) > MOST_CHANGES:
            return None
        changes = opened
    return None


def _denied(gate: Gate, after: Endpoint, request: Request) -> Sequence[tuple[str, Decision]]:
    denied = request.denials(after)
    gate.spend(len(denied))
    return denied


def _open(
    endpoint: Endpoint, caller: Caller, denied: Sequence[tuple[str, Decision]]
) -> list[Change]:
    """Return the changes that open the fields, or a type that no one has looked at yet."""
    audience = audience_of([caller])
    by_type: dict[str, dict[str, None]] = {}
    for coordinate, _ in denied:
        type_name, _, name = coordinate.partition(".")
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
