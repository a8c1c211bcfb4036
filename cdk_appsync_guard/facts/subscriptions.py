"""What subscriptions promise → rows of subscriptions, subscription_shapes and triggers.

In: an Api and a Gate. Out: rows. What is delivered is for ``payloads``.
https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.appsync.modes import (
    AWS_IAM,
    MODE_OF_DIRECTIVE,
    MULTI,
)
from cdk_appsync_guard.appsync.schema import SCALARS
from cdk_appsync_guard.facts.conversions import and_more, hint
from cdk_appsync_guard.facts.subscription_filters import SubscriptionFilters
from cdk_appsync_guard.facts.subscription_vocabulary import (
    SUBSCRIPTION_SHAPES,
    SUBSCRIPTIONS,
    TRIGGERS,
    Subscriptions,
    SubscriptionShapes,
    Triggers,
    UnresolvedCells,
)
from cdk_appsync_guard.facts.tables import Flag, Row
from cdk_appsync_guard.fixes.offers import admit_to_field, say
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field, Schema
    from cdk_appsync_guard.facts.access_view import Gate
    from cdk_appsync_guard.report import Fix
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["fields_of_root", "mutations_of", "shape_rows", "subscription_rows", "trigger_rows"]

_MOST_NAMED = 3


def trigger_rows(api: Api, schema: Schema) -> Iterator[Row]:
    """Yield every mutation that an ``@aws_subscribe`` on a Subscription field names."""
    mutations = fields_of_root(schema, schema.mutation)
    for subscribed in fields_of_root(schema, schema.subscription).values():
        for directive in subscribed.directives:
            if directive.name != "aws_subscribe":
                continue
            names = dict.fromkeys(directive.mutations or ())
            lost = _what_is_lost([name for name in names if name in mutations])
            for name in names:
                mutation = mutations.get(name)
                cells: Triggers = {
                    "coordinate": subscribed.coordinate,
                    "mutation": name,
                    "exists": mutation is not None,
                    "hint": "" if mutation else hint(closest(name, mutations)),
                    "lost": lost,
                    "same_type": mutation is None or _is_same(subscribed, mutation),
                    "returns": subscribed.signature,
                    "mutation_returns": mutation.signature if mutation else None,
                }
                place = schema.at(directive.offset)
                yield TRIGGERS.row(cells, place, {}, api.name)


def shape_rows(api: Api, schema: Schema) -> Iterator[Row]:
    """Yield every field of the Subscription type as it is written."""
    fields = fields_of_root(schema, schema.subscription).values()
    filters = SubscriptionFilters(api, fields)
    for subscribed in fields:
        cells: SubscriptionShapes = {
            "coordinate": subscribed.coordinate,
            "returns": subscribed.signature,
            **_resolver_cells(filters, schema, subscribed),
        }
        place = schema.at(subscribed.offset)
        yield SUBSCRIPTION_SHAPES.row(cells, place, {}, api.name)


def subscription_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every field of the Subscription type."""
    siblings = fields_of_root(gate.schema, gate.schema.subscription)
    if not siblings:
        return
    mutations = fields_of_root(gate.schema, gate.schema.mutation)
    # The older form stands on the mutation; its argument is not read.
    published = any(
        directive.name == "aws_publish"
        for mutation in mutations.values()
        for directive in mutation.directives
    )
    filters = SubscriptionFilters(api, siblings.values())
    for subscribed in siblings.values():
        names = mutations_of(subscribed)
        missing = _find_missing_mode(gate, subscribed, siblings, mutations)
        filtered = filters.of(subscribed)
        fixes = _admit_like(gate, subscribed, *missing[:2]) if missing else ()
        cells: Subscriptions = {
            "coordinate": subscribed.coordinate,
            "field": subscribed.name,
            "mutations": names,
            "has_source": bool(names) or published,
            "missing_mode": missing[0] if missing else None,
            "sibling": missing[1].coordinate if missing else filtered.sibling,
            "mutation": missing[2].coordinate if missing else None,
            "unfiltered": filtered.is_missing,
            "filter": filtered.words,
            "fix": say(fixes),
        }
        answer = field_refused(gate.schema, subscribed) if missing else None
        place = places[subscribed.coordinate]
        yield SUBSCRIPTIONS.row(cells, place, {}, api.name, answer, fixes)


def _admit_like(gate: Gate, subscribed: Field, mode: str, sibling: Field) -> tuple[Fix, ...]:
    """Return how the field can admit who its sibling admits of the mode."""
    named = [one.groups for one in gate.counted(sibling) if MODE_OF_DIRECTIVE[one.name] == mode]
    groups = None if None in named else tuple({group for one in named for group in one or ()})
    return admit_to_field(gate, subscribed, {mode: groups and tuple(sorted(groups))})


def _what_is_lost(others: list[str]) -> str:
    """Return what is not delivered because a mutation does not exist."""
    if not others:
        return "no event is ever delivered"
    listed = ", ".join(f"`{name}`" for name in others)
    return f"it delivers only the events of {listed}"


def _resolver_cells(
    filters: SubscriptionFilters, schema: Schema, subscribed: Field
) -> UnresolvedCells:
    """Return what matters only where no resolver answers the subscriber or filters the events.

    https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
    """
    stray = _find_stray_argument(schema, subscribed)
    cells: UnresolvedCells = {
        "non_null": subscribed.non_null,
        "stray_argument": stray[0] if stray else None,
        "stray_detail": stray[1] if stray else "",
    }
    if not subscribed.non_null and stray is None:
        return cells
    bare = filters.has_no_resolver(subscribed)
    if isinstance(bare, Unknown):
        why = Unknown(bare.reason, bare.would_decide)
        non_null: Flag = why if subscribed.non_null else False
        return {**cells, "non_null": non_null, "stray_argument": why if stray else None}
    return cells if bare else {"non_null": False, "stray_argument": None, "stray_detail": ""}


def _find_stray_argument(schema: Schema, subscribed: Field) -> tuple[str, str] | None:
    """Return the arguments that no delivered event can match, and the outcome in words."""
    if subscribed.returns not in schema.types and subscribed.returns not in SCALARS:
        return None
    delivered = {
        name
        for definition in schema.possible_types(subscribed.returns)
        for name in definition.fields
    }
    stray = [argument for argument in subscribed.arguments if argument[0] not in delivered]
    if not stray:
        return None
    required = [name for name, _, must in stray if must]
    optional = [name for name, _, must in stray if not must]
    plural = "s" if len(stray) > 1 else ""
    said = f"the argument{plural} {_name_some(required + optional)}"
    if not required:
        given = "one of them" if plural else "it"
        return said, f"so a subscriber who gives {given} receives no event"
    some = f"{_name_some(required)} is required" if optional else "every subscriber has to give it"
    return said, f"and {some}, so no one receives an event"


def _name_some(names: list[str]) -> str:
    named = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    return named + and_more(len(names) - _MOST_NAMED + 1, "others")


def fields_of_root(schema: Schema, root: str | None) -> dict[str, Field]:
    """Return the fields of a root type, by name; none if there is no such type."""
    definition = schema.types.get(root) if root else None
    return definition.fields if definition else {}


def mutations_of(subscribed: Field) -> tuple[str, ...]:
    """Return the mutations whose events a Subscription field waits for."""
    names = (
        name
        for directive in subscribed.directives
        if directive.name == "aws_subscribe"
        for name in directive.mutations or ()
    )
    return tuple(dict.fromkeys(names))


def _is_same(subscribed: Field, mutation: Field) -> bool:
    """Return whether both fields return the same type, lists or not; ``!`` may differ."""
    return subscribed.signature.replace("!", "") == mutation.signature.replace("!", "")


def _find_missing_mode(
    gate: Gate, subscribed: Field, siblings: dict[str, Field], mutations: dict[str, Field]
) -> tuple[str, Field, Field] | None:
    """Return a mode that the field was probably meant to admit, and the fields that say so.

    Only for a field without any directive: what someone wrote is what he meant. IAM is left out,
    since functions that publish by IAM rarely subscribe.
    """
    if gate.authorization.regime != MULTI or gate.counted(subscribed):
        return None
    for name in mutations_of(subscribed):
        mutation = mutations.get(name)
        for mode in _modes_named(gate, mutation) if mutation else ():
            if mode in (AWS_IAM, gate.authorization.default) or mode not in gate.modes:
                continue
            for sibling in siblings.values():
                if mutation and mode in _modes_named(gate, sibling):
                    return mode, sibling, mutation
    return None


def _modes_named(gate: Gate, one: Field) -> list[str]:
    return [MODE_OF_DIRECTIVE[directive.name] for directive in gate.counted(one)]
