"""The tables about client code: what its operations select, and who can run them."""

from typing import Annotated, Literal, TypeAlias, TypedDict

from cdk_appsync_guard.appsync.definitions import OperationKind
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Flag, Words, table
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["CALLS", "CALL_TABLES", "OPERATIONS", "SELECTIONS", "Calls", "Operations", "Selections"]

_Operation: TypeAlias = Annotated[Words, "the operation, such as `query ListPosts`"]

_Kind: TypeAlias = Annotated[OperationKind | Unknown, "what it is"]

_Coordinate: TypeAlias = Annotated[Words, "the field, such as `Query.post`"]

_Field: TypeAlias = Annotated[Words, "the field's name"]

_Type: TypeAlias = Annotated[Words, "the type that has the field"]


class Calls(TypedDict):
    caller: Annotated[Words, "the caller's name"]
    principal: Annotated[Words | None, "the caller's role or user, if it has one"]
    mode: Annotated[Words, "the authorization mode that the caller uses", MODES]
    operation: _Operation
    kind: _Kind
    coordinate: _Coordinate
    field: _Field
    type: _Type
    gate: Annotated[
        Literal["credential", "policy", "directive"] | Unknown,
        "what decides: the credential (its mode is not the API's), the caller's policies (root"
        " fields of IAM callers), or the directives",
    ]
    outcome: Annotated[Literal["allowed", "denied"] | Unknown, "the outcome"]
    reason: Annotated[Words | None, "why it is denied, in words"]
    admits: Annotated[Words, "who can select the field, as the subject of a sentence"]
    fix: Annotated[Words, "what lets the caller run the whole operation, in sentences"]
    first: Annotated[
        Flag,
        "whether it is the first of the fields of its type that the operation selects and that"
        " are closed alike",
    ]
    also: Annotated[Words, "the others, in words"]


CALLS = table(
    "calls",
    "a field that an operation selects × a caller that runs it × what can deny it",
    Calls,
    answers=True,
)


class Operations(TypedDict):
    operation: _Operation
    kind: _Kind
    runs: Annotated[Flag, "whether callers of some mode can select all of it"]
    caller: Annotated[Words, "the callers that get farthest, as the subject of a sentence"]
    blocked: Annotated[Words | None, "the first field that they cannot select"]
    path: Annotated[Words | None, "the way to it, fields joined by dots"]
    admits: Annotated[Words, "who can select that field, as the subject of a sentence"]


OPERATIONS = table(
    "operations",
    "an operation that no given caller runs, so that it is checked against every mode",
    Operations,
    answers=True,
)


class Selections(TypedDict):
    operation: _Operation
    kind: _Kind
    coordinate: _Coordinate
    field: _Field
    type: _Type
    state: Annotated[
        Literal["known", "unknown-name", "wrong-argument", "wrong-selection"] | Unknown,
        "known: nothing is wrong; unknown-name: the schema has no such field or type; else what"
        " is wrong with it",
    ]
    detail: Annotated[Words, "what is wrong, as the rest of a sentence; the field is its subject"]
    hint: Annotated[Words, "the name that was probably meant, as the end of a sentence"]
    delivered: Annotated[
        Literal["all", "some", "none", "untold"] | Unknown,
        "of a subscription: how many of the known operations that publish to it select the"
        " field; untold: none is known, or a field above it is reported already",
    ]
    arrives: Annotated[Words, "what the subscriber then receives, in words"]
    mutations: Annotated[Words, "the operations that publish, in words"]


SELECTIONS = table(
    "selections",
    "a field that an operation selects, or what is wrong with it, for any caller",
    Selections,
    answers=True,
)

CALL_TABLES = (CALLS, OPERATIONS, SELECTIONS)
