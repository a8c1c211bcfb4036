"""Types behind unions and interfaces that are closed beside open ones → rows of closed_members.

In: an Api and a Gate. Out: a row for each of them, with the modes that fare alike. The concrete
type decides about each field, whatever the union or interface says:
https://docs.aws.amazon.com/appsync/latest/devguide/interfaces-and-unions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.facts.access_view import mode_directives, words
from cdk_appsync_guard.facts.schema_vocabulary import CLOSED_MEMBERS, ClosedMembers
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.fixes.offers import Stopped, fixes_of_closed_type, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.access.reach import ClosedMember
    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate

__all__ = ["closed_member_rows"]


def closed_member_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield every closed type behind a union or interface; members of groups are not told apart."""
    found: dict[tuple[str, str], list[tuple[Caller, ClosedMember]]] = {}
    for reached in gate.reaches:
        for closed in () if reached.caller.groups else reached.closed_members:
            key = closed.field.returns, closed.member
            found.setdefault(key, []).append((reached.caller, closed))
    for (_, member), stops in found.items():
        yield _row(api, gate, gate.schema.types[member], stops)


def _row(
    api: Api, gate: Gate, member: TypeDefinition, stops: list[tuple[Caller, ClosedMember]]
) -> Row:
    callers = tuple(caller for caller, _ in stops)
    closed = min((one for _, one in stops), key=lambda one: len(one.steps))
    modes = tuple(caller.mode for caller in callers)
    first = next(iter(member.fields.values()))
    fixes = fixes_of_closed_type(gate, Stopped(callers, "mode", (closed.field,), (member,)))
    cells: ClosedMembers = {
        "coordinate": closed.field.coordinate,
        "type": closed.field.returns,
        "member": member.name,
        "modes": modes,
        "caller": words(modes),
        "tagged": _is_tagged(member),
        "blocked_field": first.name,
        "path": ".".join(closed.steps),
        "fix": say(fixes),
    }
    place = gate.schema.at(member.offset)
    answer = field_refused(gate.schema, first)
    return CLOSED_MEMBERS.row(cells, place, {}, api.name, answer, fixes)


def _is_tagged(member: TypeDefinition) -> bool:
    fields = member.fields.values()
    own = mode_directives(member.directives)
    return bool(own) or all(mode_directives(field.directives) for field in fields)
