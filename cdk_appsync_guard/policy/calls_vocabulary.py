"""The tables about client code: what its operations select, and who may run them."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.policy.columns import Column, Table

__all__ = ["CALL_TABLES"]

_OPERATION = Column("operation", "the operation, such as `query ListPosts`")
_KIND = Column("kind", "what it is", ("query", "mutation", "subscription"))
_COORDINATE = Column("coordinate", "the field, such as `Query.post`")
_FIELD = Column("field", "the field's name")
_TYPE = Column("type", "the type that has the field")

_CALLS = Table(
    "calls",
    "a field that an operation selects × a caller who runs it × what may deny it",
    (
        Column("caller", "the caller's name"),
        Column("mode", "the authorization mode that the caller uses", MODES),
        _OPERATION,
        _KIND,
        _COORDINATE,
        _FIELD,
        _TYPE,
        Column(
            "gate",
            "what is asked: the caller's policies (root fields of IAM callers), or the directives",
            ("policy", "directive"),
        ),
        Column("outcome", "what comes of it", ("allowed", "denied")),
        Column("reason", "why it is denied, in words", optional=True),
        Column("admits", "who may select the field, as the subject of a sentence"),
        Column("fix", "the directives that would let the caller in as well"),
    ),
)

_OPERATIONS = Table(
    "operations",
    "an operation that no given caller runs: then it is judged against every mode",
    (
        _OPERATION,
        _KIND,
        Column("runs", "whether callers of some mode may select all of it", kind="bool"),
        Column("caller", "the callers who get farthest, as the subject of a sentence"),
        Column("blocked", "the first field that they may not select", optional=True),
        Column("path", "the way to it, fields joined by dots", optional=True),
        Column("admits", "who may select that field, as the subject of a sentence"),
    ),
)

_SELECTIONS = Table(
    "selections",
    "a field that an operation selects, or what is wrong with it, whoever runs it",
    (
        _OPERATION,
        _KIND,
        _COORDINATE,
        _FIELD,
        _TYPE,
        Column("root", "whether the type is Query, Mutation or Subscription", kind="bool"),
        Column(
            "state",
            "known: nothing is wrong; else what the schema knows nothing of, what is missing, or"
            " nullable-argument: null may be given where null is not allowed",
            (
                *("known", "unknown-field", "unknown-argument", "unknown-type", "no-root"),
                *("missing-argument", "nullable-argument"),
                *("missing-selection", "surplus-selection"),
            ),
        ),
        Column("argument", "the argument that is wrong", optional=True),
        Column("suggestion", "the name that was probably meant", optional=True),
        Column(
            "delivered",
            "of a subscription: how many of the known operations that publish to it select the"
            " field; untold: none is known, or a field above it tells already",
            ("all", "some", "none", "untold"),
        ),
        Column("arrives", "how the field then reaches the subscriber, in words"),
        Column("mutations", "the operations that publish, in words"),
    ),
)

CALL_TABLES = (_CALLS, _OPERATIONS, _SELECTIONS)
