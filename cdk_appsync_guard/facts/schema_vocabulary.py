"""The tables about SDL: what is written in it, whom it lets in, and what it gives back to them.

Rows of a table that depend on something nobody knows are replaced by one row whose cells are
Unknown, so that a rule is undecided once an API, not once a field.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.subscription_vocabulary import SUBSCRIPTION_TABLES
from cdk_appsync_guard.facts.tables import Column, Table

__all__ = ["SCHEMA_TABLES", "ClosedBy", "GroupEffect", "RootEffect", "Who"]

Who: TypeAlias = Literal["mode", "group", "ungrouped"]
ClosedBy: TypeAlias = Literal["no-directive", "type-directive", "field-directives"]
RootEffect: TypeAlias = Literal["opens", "closes", "replaces", "nothing"]
GroupEffect: TypeAlias = Literal[
    "enforced",
    "harmless",
    "aws-auth-ignored",
    "aws-auth-below-root",
    "groups-ignored",
    "void-beside-bare",
    "members-shut-out",
    "unconfigured",
]

_COORDINATE = Column("coordinate", "the type or field, such as `Query.post`")
_MODE = Column("mode", "the authorization mode of the callers", MODES)
_MODES = Column("modes", "the authorization modes of the callers", MODES, kind="list")
_GROUP = Column("group", "the Cognito group of the callers, if they are told apart", optional=True)
_GROUPS = Column("groups", "their Cognito groups, if they are told apart by them", kind="list")
_CALLER = Column("caller", "the callers in words, as the subject of a sentence")
_TYPE = Column("type", "the object type")
_FIX = Column("fix", "what to do, in sentences; empty if no edit is known to change nothing else")
_PATH = Column("path", "a shortest way there, fields joined by dots")
_OPERATION = Column(
    "operation",
    "which root the type is, if it is one",
    ("query", "mutation", "subscription"),
    optional=True,
)
_WHO = Column(
    "who",
    "mode: everybody who uses it; group: members of a group that a field on the way names;"
    " ungrouped: users of the pool without a group",
    get_args(Who),
)

_SCHEMAS = Table(
    "schemas",
    "the schema of an API",
    (
        Column("state", "whether it can be read", ("parsed", "broken", "merged")),
        Column("error", "why it cannot be read", optional=True),
        Column("types", "how many types it defines", kind="number"),
        Column("root_fields", "how many fields the roots have", kind="number"),
    ),
)

_SCHEMA_PROBLEMS = Table(
    "schema_problems",
    "something that schema creation refuses, or is reported to",
    (
        Column(
            "kind",
            "what is wrong; forbidden is what GraphQL refuses and AppSync is not known to",
            (
                *("undefined-type", "duplicate-type", "duplicate-field", "duplicate-part"),
                *("missing-query", "extension", "operation"),
                *("wrong-position", "wrong-kind", "not-implemented", "forbidden"),
                *("repeated-directive", "custom-scalar", "redeclared", "long-subscription"),
                *("root-omitted", "root-misnamed"),
            ),
        ),
        Column("subject", "the type or coordinate, empty for the whole schema"),
        Column("detail", "the problem as a sentence"),
    ),
)

_DIRECTIVES = Table(
    "directives",
    "a use of a directive, as written: no mode is considered",
    (
        _COORDINATE,
        Column("owner", "the type that carries it or has the field that does"),
        Column("directive", "its name without the @"),
        Column("known", "whether AppSync has it, or the schema defines it", kind="bool"),
        Column("own", "whether AppSync has it", kind="bool"),
        Column("guards", "whether its name promises to decide who gets in", kind="bool"),
        Column("hint", "the directive that was probably meant, in brackets; else empty"),
        Column(
            "placement",
            "what it stands on",
            (
                *("type", "field", "root-type", "subscription-field", "root-field"),
                *("interface", "interface-field", "input", "input-field"),
                *("union", "enum", "scalar", "schema"),
            ),
        ),
        Column(
            "effect",
            "considered: it stands where AppSync looks for it; ignored: it does not; repeated: nor"
            " does this one, but all types behind the interface or union carry it; input: as"
            " ignored, and harmless, since inputs need no authorization",
            ("considered", "ignored", "repeated", "input"),
        ),
        Column(
            "group_list",
            "its `cognito_groups`",
            ("absent", "empty", "given"),
        ),
        Column("wrong_argument", "an argument that it does not take like this", optional=True),
        Column(
            "argument_problem",
            "it has no such argument, the value is not one that it takes, or AppSync is known to"
            " refuse that value",
            ("unknown", "invalid", "refused"),
            optional=True,
        ),
        Column("argument_detail", "the same in words"),
    ),
)

_GROUP_CHECKS = Table(
    "group_checks",
    "a use of `@aws_auth`, or of `@aws_cognito_user_pools` with groups",
    (
        _COORDINATE,
        Column("field", "the field, or the first field of the type"),
        _TYPE,
        Column("directive", "aws_auth or aws_cognito_user_pools"),
        Column("groups", "the groups it names", kind="list"),
        Column("written", "the directive as it is written"),
        Column(
            "effect",
            "enforced, harmless (ignored, and nobody more gets in), how it fails open"
            " (aws-auth-ignored, aws-auth-below-root, groups-ignored, or void-beside-bare: the same"
            " directive stands beside it without groups), whom it leaves out"
            " (members-shut-out), or unconfigured (its mode or that beside it)",
            get_args(GroupEffect),
        ),
        Column("lets_in", "who may select the field, in words"),
        Column("why", "why an @aws_auth does not count beside other providers, in words"),
        Column("doubled", "an @aws_auth beside @aws_cognito_user_pools on a field", kind="bool"),
        Column("counts", "which of the two counts in this API"),
        _FIX,
    ),
    answers=True,
)

_DIRECTIVE_MODES = Table(
    "directive_modes",
    "a mode that the directives of a schema name",
    (
        _MODE,
        Column("configured", "whether the API has a provider for it", kind="bool"),
        Column("directive", "the directive that names it first"),
        Column("coordinate", "where it stands first"),
        Column("uses", "how often it is named", kind="number"),
        Column("elsewhere", "in how many more places, in words; empty for none"),
        Column("closed", "how many fields are open to no configured mode", kind="number"),
        Column("first_closed", "the first of them", optional=True),
        Column("more_closed", "how many more there are, in words; empty for none"),
        Column("closed_field", "its name", optional=True),
        Column("closed_type", "the type that has it", optional=True),
    ),
    answers=True,
)

_FIELDS = Table(
    "fields",
    "a field of an object type",
    (
        _COORDINATE,
        Column("field", "its name"),
        _TYPE,
        _OPERATION,
        Column("modes", "the modes that may select it", MODES, kind="list"),
        Column("groups", "the Cognito groups that it asks for", kind="list"),
        Column("returns", "the type as written"),
        Column(
            "denied_by_default",
            "`DefaultAction: DENY` closes it, and no @aws_auth opens it",
            kind="bool",
        ),
        Column("directives", "the directives of the field, or else its type, as written"),
    ),
    answers=True,
)

_ROOT_TYPES = Table(
    "root_types",
    "Query, Mutation or Subscription",
    (
        _COORDINATE,
        _OPERATION,
        Column("directives", "its own authorization directives, as written"),
        Column(
            "effect",
            "what they do to fields without a directive: open them to more modes than the"
            " default one, close them to callers of the default one, both (replaces), or nothing",
            get_args(RootEffect),
        ),
        Column("tagged", "how many fields have directives of their own", kind="number"),
        Column("untagged", "how many have none", kind="number"),
        Column("untagged_words", "the same in words"),
        Column("affected", "the first of those that have none", optional=True),
    ),
)

_OUTLIERS = Table(
    "outliers",
    "a root field that differs from most of its siblings, and has no directive that says it should",
    (
        _COORDINATE,
        _TYPE,
        Column(
            "lacks",
            "what most of the others have: a directive of a mode that this one refuses, or a group"
            " that they ask for",
            ("mode", "group"),
        ),
        _MODES,
        Column("groups", "the groups that the others ask for", kind="list"),
        Column("named_by", "which fields have that, in words"),
        _FIX,
    ),
    answers=True,
)

_REACH = Table(
    "reach",
    "a Query or Mutation field and a kind of caller that may call it",
    (
        _COORDINATE,
        _MODE,
        _GROUP,
        Column("outcome", "how much below it the callers may read", ("all", "some", "none")),
        Column("blocked", "the nearest field that is closed to them", optional=True),
        Column("path", "the shortest way to it, fields joined by dots", optional=True),
        Column("nulls_root", "whether that field, once selected, nulls this one", kind="bool"),
    ),
)

_DEAD_ENDS = Table(
    "dead_ends",
    "a type that callers can reach and of which they may read no field at all",
    (
        _COORDINATE,
        _TYPE,
        _MODES,
        _GROUPS,
        _CALLER,
        _WHO,
        Column("at_root", "whether a root field returns the type", kind="bool"),
        Column(
            "closed_by",
            "why: no directive on type or fields, directives on the type, or on its fields",
            get_args(ClosedBy),
        ),
        Column("reason", "the same in words, as a relative clause"),
        Column("blocked_field", "the first field of the type"),
        _PATH,
        Column("ways", "how many root fields, or else other fields, lead there", kind="number"),
        _FIX,
    ),
    answers=True,
)

_CLOSED_MEMBERS = Table(
    "closed_members",
    "an object type behind a union or interface of which callers who come there can read nothing,"
    " although they can read others behind it",
    (
        _COORDINATE,
        _TYPE,
        Column("member", "the object type that is closed"),
        _MODES,
        _CALLER,
        Column("tagged", "whether directives on it or on all of its fields close it", kind="bool"),
        Column("blocked_field", "its first field"),
        _PATH,
        _FIX,
    ),
    answers=True,
)

_NULL_CLIMBS = Table(
    "null_climbs",
    "a non-null field closed to callers who can read its parent: selecting it nulls the parent",
    (
        _COORDINATE,
        Column("field", "the closed field"),
        _TYPE,
        _MODES,
        _GROUPS,
        _CALLER,
        _WHO,
        _PATH,
        Column("nulls", "what becomes null, up to the nearest nullable field"),
        _FIX,
    ),
    answers=True,
)

_TYPE_MODES = Table(
    "type_modes",
    "a type below the roots, and a mode that the directives on it name",
    (
        Column("coordinate", "the type"),
        _MODE,
        Column("reached", "whether any field leads callers of the mode to the type", kind="bool"),
        Column(
            "closed_way",
            "a field that would, but has no directive and so is closed to them",
            optional=True,
        ),
        Column("closed_field", "its name", optional=True),
        Column("closed_type", "the type that has it", optional=True),
        _FIX,
    ),
    answers=True,
)

SCHEMA_TABLES = (
    _SCHEMAS,
    _SCHEMA_PROBLEMS,
    _DIRECTIVES,
    _GROUP_CHECKS,
    _DIRECTIVE_MODES,
    _FIELDS,
    _ROOT_TYPES,
    _OUTLIERS,
    _REACH,
    _DEAD_ENDS,
    _CLOSED_MEMBERS,
    _NULL_CLIMBS,
    _TYPE_MODES,
    *SUBSCRIPTION_TABLES,
)
