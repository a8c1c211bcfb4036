"""The tables about the code of resolvers: mapping templates and JavaScript."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Column, Table

__all__ = ["CODE_TABLES"]

_CODE = Column("code", "what the code is called: `request mapping template of Query.post`")

_CODE_FAULTS = Table(
    "code_faults",
    "something that is wrong with the code of a resolver or function, whoever calls",
    (
        _CODE,
        Column(
            "fault",
            "what it is: code that does not parse, a construct that APPSYNC_JS refuses, an effect"
            " to the right of `??`, an early return without a value",
            (
                "template-syntax",
                "module-syntax",
                "refused-construct",
                "coalesced-effect",
                "early-null",
            ),
        ),
        Column("what", "the construct or call, or what the parser says"),
    ),
)

_AUTH_TYPE_TESTS = Table(
    "auth_type_tests",
    "a comparison of `util.authType()` with a string in the code of a resolver or function",
    (
        _CODE,
        Column("compared", "the string"),
        Column("mode", "the mode that it stands for; absent if none does", MODES, optional=True),
        Column(
            "mode_configured",
            "whether the API has that mode; absent if the string stands for none",
            kind="bool",
            optional=True,
        ),
        Column("advice", "the string that was probably meant, in words; else empty"),
    ),
)

_RESOLVER_DENIALS = Table(
    "resolver_denials",
    "a field, and callers that schema and IAM let in and its resolver denies, whatever they ask",
    (
        Column("coordinate", "the field, such as `Query.post`"),
        Column("mode", "the mode of the callers", MODES),
        Column("callers", "the callers in words: all of a mode, or a role or user"),
        Column(
            "by_signature", "whether it is a role or user that IAM grants the field", kind="bool"
        ),
        _CODE,
    ),
)

CODE_TABLES = (_CODE_FAULTS, _AUTH_TYPE_TESTS, _RESOLVER_DENIALS)
