"""The tables about subscriptions: what publishes to them, and what each subscriber receives."""

from typing import Annotated, Literal, TypeAlias, TypedDict

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Flag, Names, Number, Words, table
from cdk_appsync_guard.template.values.value import Unknown

__all__ = [
    "PAYLOADS",
    "SUBSCRIPTIONS",
    "SUBSCRIPTION_SHAPES",
    "SUBSCRIPTION_TABLES",
    "TRIGGERS",
    "Payloads",
    "SubscriptionShapes",
    "Subscriptions",
    "Triggers",
]

Delivered: TypeAlias = Literal["all", "some", "broken", "none"]
_Coordinate: TypeAlias = Annotated[
    Words, "the field of Subscription, such as `Subscription.onPost`"
]

_Modes: TypeAlias = Annotated[Names, "the authorization modes of the callers", MODES]

_Groups: TypeAlias = Annotated[Names, "their Cognito groups, if they are told apart by them"]

_Caller: TypeAlias = Annotated[Words, "the callers in words, as the subject of a sentence"]

_Type: TypeAlias = Annotated[Words, "the object type"]

_Fix: TypeAlias = Annotated[
    Words, "what to do, in sentences; empty if every known edit would change something else"
]


class Subscriptions(TypedDict):
    coordinate: _Coordinate
    field: Annotated[Words, "its name"]
    mutations: Annotated[Names, "the mutations that publish to it"]
    has_source: Annotated[Flag, "whether any mutation publishes to it"]
    missing_mode: Annotated[
        Words | None,
        "a mode that it denies although a sibling and its mutation accept it by name",
        MODES,
    ]
    sibling: Annotated[Words | None, "that sibling, or one that filters"]
    mutation: Annotated[Words | None, "the mutation that accepts the missing mode"]
    unfiltered: Annotated[
        Flag, "it has no argument and no resolver, and all others of its type are filtered"
    ]
    filter: Annotated[Words, "how the others are filtered, in words; may be empty"]
    fix: _Fix


SUBSCRIPTIONS = table(
    "subscriptions", "a field of the Subscription type", Subscriptions, answers=True
)


class _ShapeHead(TypedDict):
    coordinate: _Coordinate
    returns: Annotated[Words, "what it returns"]


class UnresolvedCells(TypedDict):
    non_null: Annotated[Flag, "whether it returns a non-null type and has no resolver"]
    stray_argument: Annotated[
        Words | None,
        "the arguments named like no field of what it returns, if no resolver reads them",
    ]
    stray_detail: Annotated[Words, "the effect, in words"]


class SubscriptionShapes(_ShapeHead, UnresolvedCells):
    pass


SUBSCRIPTION_SHAPES = table(
    "subscription_shapes",
    "a field of the Subscription type as written: no mode is considered",
    SubscriptionShapes,
)


class Triggers(TypedDict):
    coordinate: _Coordinate
    mutation: Annotated[Words, "its name"]
    exists: Annotated[Flag, "whether the Mutation type has it"]
    hint: Annotated[Words, "the mutation that was probably meant, in parentheses; else empty"]
    lost: Annotated[Words, "what is not delivered if it does not exist, in words"]
    same_type: Annotated[Flag, "whether both fields return the same type"]
    returns: Annotated[Words, "what the subscription returns"]
    mutation_returns: Annotated[Words | None, "what the mutation returns"]


TRIGGERS = table("triggers", "a mutation that an `@aws_subscribe` names", Triggers)


class Payloads(TypedDict):
    coordinate: _Coordinate
    mutation: Annotated[Words, "a mutation that these callers can run"]
    type: _Type
    modes: _Modes
    groups: _Groups
    caller: _Caller
    outcome: Annotated[
        Delivered | Unknown,
        "what the callers can read of the type, so what is delivered: all, all that is"
        " non-null (some), less (broken), nothing (none)",
    ]
    blocked: Annotated[
        Words | None, "the first field that cannot be delivered, a non-null one if there is one"
    ]
    loss: Annotated[Words, "what subscribers do not receive, in words"]
    ways: Annotated[Number, "how many subscriptions deliver it"]
    fix: _Fix


PAYLOADS = table(
    "payloads",
    "a type that subscriptions deliver, and the callers that publish the same part of it",
    Payloads,
    answers=True,
)

SUBSCRIPTION_TABLES = (SUBSCRIPTIONS, SUBSCRIPTION_SHAPES, TRIGGERS, PAYLOADS)
