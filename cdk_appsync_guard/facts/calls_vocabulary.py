"""The tables about client code: what its operations select, and who may run them."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Column, Table

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
        Column("principal", "the caller's role or user, if it has one", optional=True),
        Column("mode", "the authorization mode that the caller uses", MODES),
        _OPERATION,
        _KIND,
        _COORDINATE,
        _FIELD,
        _TYPE,
        Column(
            "gate",
            "what decides: the credential (its mode is not the API's), the caller's policies (root"
            " fields of IAM callers), or the directives",
            ("credential", "policy", "directive"),
        ),
        Column("outcome", "what comes of it", ("allowed", "denied")),
        Column("reason", "why it is denied, in words", optional=True),
        Column("admits", "who may select the field, as the subject of a sentence"),
        Column("fix", "what lets the caller run the whole operation, in sentences"),
        Column(
            "first",
            "whether it is the first of the fields of its type that the operation selects and that"
            " are closed alike",
            kind="bool",
        ),
        Column("also", "the others, in words"),
    ),
    answers=True,
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
    answers=True,
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
        Column(
            "state",
            "known: nothing is wrong; unknown-name: the schema has no such field or type; else what"
            " is wrong with it",
            ("known", "unknown-name", "wrong-argument", "wrong-selection"),
        ),
        Column("detail", "what is wrong, as the rest of a sentence; the field is its subject"),
        Column("hint", "the name that was probably meant, as the end of a sentence"),
        Column(
            "delivered",
            "of a subscription: how many of the known operations that publish to it select the"
            " field; untold: none is known, or a field above it tells already",
            ("all", "some", "none", "untold"),
        ),
        Column("arrives", "how the field then reaches the subscriber, in words"),
        Column("mutations", "the operations that publish, in words"),
    ),
    answers=True,
)

CALL_TABLES = (_CALLS, _OPERATIONS, _SELECTIONS)
