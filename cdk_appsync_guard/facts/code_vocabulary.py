"""The tables about the code of resolvers: mapping templates and JavaScript."""

from typing import Annotated, Literal, TypeAlias, TypedDict

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Flag, Words, table
from cdk_appsync_guard.template.values.value import Unknown

__all__ = [
    "AUTH_TYPE_TESTS",
    "CODE_FAULTS",
    "CODE_TABLES",
    "RESOLVER_CHECKS",
    "RESOLVER_DENIALS",
    "RESOLVER_OPERATIONS",
    "AuthTypeTests",
    "CodeFaults",
    "ResolverChecks",
    "ResolverDenials",
    "ResolverOperations",
    "SurveyFinding",
]

_Code: TypeAlias = Annotated[
    Words, "what the code is called: `request mapping template of Query.post`"
]
SurveyFinding: TypeAlias = Literal[
    "member-fails",
    "member-denies",
    "member-null",
    "id-token-claim",
    "access-token-denied",
    "claim-never-issued",
    "group-never-assigned",
    "machine-token-denied",
    "mode-unchecked",
    "field-unchecked",
    "appended-refusal",
    "denied-after-write",
    "null-never-checked",
    "header-decides",
    "source-ip-decides",
    "request-refused",
]
"""What there is to find in what a resolver's code does with callers."""


class CodeFaults(TypedDict):
    code: _Code
    fault: Annotated[
        Literal[
            "template-syntax",
            "module-syntax",
            "refused-construct",
            "coalesced-effect",
            "early-null",
            "name-missing",
            "handler-missing",
        ]
        | Unknown,
        "what it is: code that does not parse, a construct that APPSYNC_JS refuses, an effect"
        " to the right of `??`, an early return without a value, a name that APPSYNC_JS does not"
        " have, a handler that is not exported",
    ]
    what: Annotated[Words, "the construct or call, or what the parser says"]


CODE_FAULTS = table(
    "code_faults",
    "something that is wrong with the code of a resolver or function, for any caller",
    CodeFaults,
)


class AuthTypeTests(TypedDict):
    code: _Code
    compared: Annotated[Words, "the string"]
    mode: Annotated[Words | None, "the mode that it means; absent if it does not mean any", MODES]
    mode_configured: Annotated[
        Flag | None, "whether the API has that mode; absent if the string does not mean any"
    ]
    advice: Annotated[Words, "the string that was probably meant, in words; else empty"]


AUTH_TYPE_TESTS = table(
    "auth_type_tests",
    "a comparison of `util.authType()` with a string in the code of a resolver or function",
    AuthTypeTests,
)


class ResolverDenials(TypedDict):
    coordinate: Annotated[Words, "the field, such as `Query.post`"]
    mode: Annotated[Words, "the mode of the callers", MODES]
    callers: Annotated[Words, "the callers in words: all of a mode, or a role or user"]
    by_signature: Annotated[Flag, "whether it is a role or user that IAM grants the field"]
    code: _Code


RESOLVER_DENIALS = table(
    "resolver_denials",
    "a field, and callers that the schema and IAM allow but its resolver always denies",
    ResolverDenials,
)


class ResolverChecks(TypedDict):
    coordinate: Annotated[Words, "the field, such as `Query.post`"]
    fields: Annotated[Words, "the field, and how many more run the same line"]
    mode: Annotated[Words, "the mode of the callers, or the first of their modes", MODES]
    callers: Annotated[Words, "the callers in words"]
    code: _Code
    finding: Annotated[
        SurveyFinding | Unknown,
        "what the code does",
    ]
    what: Annotated[
        Words, "the member, claim, group, header, operation, or sibling that it is about"
    ]
    detail: Annotated[Words, "what comes of it, or what was probably meant; may be empty"]


RESOLVER_CHECKS = table(
    "resolver_checks",
    "what a resolver's code does with the callers of a mode that the schema allows",
    ResolverChecks,
)


class ResolverOperations(TypedDict):
    code: _Code
    data_source: Annotated[Words, "the logical id of the data source"]
    role: Annotated[Words, "its role"]
    operation: Annotated[Words, "what the code asks the table for: `Query`"]
    allowed: Annotated[
        Literal["yes", "no", "elsewhere"] | Unknown, "whether the role is allowed to do that"
    ]
    lacks: Annotated[Words, "what the role needs for it, in words"]


RESOLVER_OPERATIONS = table(
    "resolver_operations",
    "an operation that a resolver or function asks a table for, and a role that is not allowed all",
    ResolverOperations,
)

CODE_TABLES = (
    CODE_FAULTS,
    AUTH_TYPE_TESTS,
    RESOLVER_DENIALS,
    RESOLVER_CHECKS,
    RESOLVER_OPERATIONS,
)
