"""What subscriptions deliver → rows of payloads.

In: an Api and a Gate. Out: rows. A subscriber is not held against the fields that are delivered:
those were checked for the caller of the mutation.
https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.facts.access_view import words
from cdk_appsync_guard.facts.subscription_vocabulary import PAYLOADS, Delivered, Payloads
from cdk_appsync_guard.facts.subscriptions import fields_of_root, mutations_of
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.fixes.offers import fixes_of_payload, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field, TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["payload_rows"]

_MOST_LISTED = 5


@dataclass(slots=True)
class _Delivery:
    """What comes of events with one type, alike for all callers who publish them."""

    pairs: list[tuple[Field, Field]] = field(default_factory=list)  # subscription, mutation
    callers: dict[Caller, None] = field(default_factory=dict)


def payload_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every type that is delivered, with the callers who publish as much of it."""
    mutations = fields_of_root(gate.schema, gate.schema.mutation)
    found: dict[tuple[str, Delivered, tuple[Field, ...]], _Delivery] = {}
    for subscribed in fields_of_root(gate.schema, gate.schema.subscription).values():
        for name in mutations_of(subscribed):
            mutation = mutations.get(name)
            if mutation is None:
                continue
            for caller in _callers_of(gate, mutation):
                for definition in gate.schema.possible_types(mutation.returns):
                    outcome, denied = _deliver(gate, definition, caller)
                    delivery = found.setdefault((definition.name, outcome, denied), _Delivery())
                    delivery.pairs.append((subscribed, mutation))
                    delivery.callers[caller] = None
    for (type_name, outcome, denied), delivery in found.items():
        place = places[delivery.pairs[0][0].coordinate]
        yield _payload_row(api, gate, (type_name, outcome, denied), delivery, place)


def _payload_row(
    api: Api,
    gate: Gate,
    payload: tuple[str, Delivered, tuple[Field, ...]],
    delivery: _Delivery,
    place: Place,
) -> Row:
    type_name, outcome, denied = payload
    subscribed, mutation = delivery.pairs[0]
    modes = tuple(dict.fromkeys(caller.mode for caller in delivery.callers))
    groups = tuple(group for caller in delivery.callers for group in caller.groups)
    definition = gate.schema.types[type_name]
    is_lost = outcome in ("none", "broken")
    fixes = fixes_of_payload(gate, definition, tuple(delivery.callers)) if is_lost else ()
    blocked = next((one for one in denied if one.non_null), denied[0]) if is_lost else None
    cells: Payloads = {
        "coordinate": subscribed.coordinate,
        "mutation": mutation.coordinate,
        "type": type_name,
        "modes": modes,
        "groups": groups,
        "caller": words(modes, groups) + _without_group(gate, definition, delivery, denied),
        "outcome": outcome,
        "blocked": blocked.coordinate if blocked else None,
        "loss": _loss(subscribed, denied) if is_lost else "",
        "ways": len(dict.fromkeys(one.coordinate for one, _ in delivery.pairs)),
        "fix": say(fixes),
    }
    answer = field_refused(gate.schema, blocked) if blocked else None
    return PAYLOADS.row(cells, place, {}, api.name, answer, fixes)


def _without_group(
    gate: Gate, definition: TypeDefinition, delivery: _Delivery, denied: tuple[Field, ...]
) -> str:
    """Return words for users without a group, if members of one publish more."""
    if Caller(COGNITO) not in delivery.callers:
        return ""
    members = (caller for caller in gate.callers if caller.groups)
    better = any(_deliver(gate, definition, caller)[1] != denied for caller in members)
    return " without a group" if better else ""


def _loss(subscribed: Field, denied: tuple[Field, ...]) -> str:
    """Return what subscribers do not receive, in words.

    A denied field that is non-null takes the mutation's result with it, and then no event is sent.
    """
    required = [one for one in denied if one.non_null]
    if required:
        named = _listed(required, "or")
        return f"no event reaches `{subscribed.coordinate}` if they select {named}"
    return f"events reach `{subscribed.coordinate}` without {_listed(denied, 'and')}"


def _listed(fields: Sequence[Field], last: str) -> str:
    *before, final = (f"`{one.coordinate}`" for one in fields[:_MOST_LISTED])
    more = len(fields) - _MOST_LISTED
    if more > 0:
        return ", ".join((*before, final)) + f" {last} {more} more"
    return f"{', '.join(before)} {last} {final}" if before else final


def _callers_of(gate: Gate, mutation: Field) -> Iterator[Caller]:
    """Yield the callers who may run the mutation; members of groups only if it asks for one."""
    for caller in gate.callers:
        if caller.groups and gate.admits(Caller(COGNITO), mutation):
            continue
        if gate.admits(caller, mutation):
            yield caller


def _deliver(
    gate: Gate, definition: TypeDefinition, caller: Caller
) -> tuple[Delivered, tuple[Field, ...]]:
    """Return how much of the type the caller can read, so deliver, and what is missing."""
    fields = definition.fields.values()
    denied = tuple(one for one in fields if not gate.admits(caller, one))
    if not denied:
        return "all", ()
    if len(denied) == len(fields):
        return "none", denied
    return ("broken" if any(one.non_null for one in denied) else "some"), denied
