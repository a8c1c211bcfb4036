"""The tables about subscriptions: what publishes to them, and what they deliver to whom."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Column, Table

__all__ = ["SUBSCRIPTION_TABLES"]

_COORDINATE = Column("coordinate", "the field of Subscription, such as `Subscription.onPost`")
_MODES = Column("modes", "the authorization modes of the callers", MODES, kind="list")
_GROUPS = Column("groups", "their Cognito groups, if they are told apart by them", kind="list")
_CALLER = Column("caller", "the callers in words, as the subject of a sentence")
_TYPE = Column("type", "the object type")
_FIX = Column("fix", "what to do, in sentences; empty if no edit is known to change nothing else")

_SUBSCRIPTIONS = Table(
    "subscriptions",
    "a field of the Subscription type",
    (
        _COORDINATE,
        Column("field", "its name"),
        Column("mutations", "the mutations that publish to it", kind="list"),
        Column("has_source", "whether any mutation publishes to it", kind="bool"),
        Column(
            "missing_mode",
            "a mode that it refuses although a sibling and its mutation accept it by name",
            MODES,
            optional=True,
        ),
        Column("sibling", "that sibling, or one that filters", optional=True),
        Column("mutation", "the mutation that accepts the missing mode", optional=True),
        Column(
            "unfiltered",
            "it has no argument and no resolver; all others of its type ask for an identity",
            kind="bool",
        ),
        Column("argument", "what the others ask for", optional=True),
        _FIX,
    ),
    answers=True,
)

_SUBSCRIPTION_SHAPES = Table(
    "subscription_shapes",
    "a field of the Subscription type as written: no mode is considered",
    (
        _COORDINATE,
        Column("non_null", "whether it returns a non-null type and has no resolver", kind="bool"),
        Column("returns", "what it returns"),
        Column(
            "stray_argument",
            "an argument that no field of what it returns is called like, if no resolver reads it",
            optional=True,
        ),
        Column("stray_detail", "what comes of it, in words"),
    ),
)

_TRIGGERS = Table(
    "triggers",
    "a mutation that an `@aws_subscribe` names",
    (
        _COORDINATE,
        Column("mutation", "its name"),
        Column("exists", "whether the Mutation type has it", kind="bool"),
        Column("hint", "the mutation that was probably meant, in brackets; else empty"),
        Column("lost", "what is not delivered if it does not exist, in words"),
        Column("same_type", "whether both fields return the same type", kind="bool"),
        Column("returns", "what the subscription returns"),
        Column("mutation_returns", "what the mutation returns", optional=True),
    ),
)

_PAYLOADS = Table(
    "payloads",
    "a type that subscriptions deliver, and the callers who publish as much of it as each other",
    (
        _COORDINATE,
        Column("mutation", "a mutation that these callers may run"),
        _TYPE,
        _MODES,
        _GROUPS,
        _CALLER,
        Column(
            "outcome",
            "what the callers may read of the type, so what is delivered: all, all that is"
            " non-null (some), less (broken), nothing (none)",
            ("all", "some", "broken", "none"),
        ),
        Column(
            "blocked",
            "the first field that cannot be delivered, a non-null one if there is one",
            optional=True,
        ),
        Column("loss", "what subscribers do not get, in words"),
        Column("ways", "how many subscriptions deliver it", kind="number"),
        _FIX,
    ),
    answers=True,
)

SUBSCRIPTION_TABLES = (_SUBSCRIPTIONS, _SUBSCRIPTION_SHAPES, _TRIGGERS, _PAYLOADS)
