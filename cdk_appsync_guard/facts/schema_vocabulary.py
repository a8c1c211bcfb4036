"""The tables about SDL: what it says, which callers it allows, and what it returns to them.

Rows of a table that depend on something unknown are replaced by one row whose cells are
Unknown, so that a rule is undecided once an API, not once a field.
"""

from typing import Annotated, Literal, TypeAlias, TypedDict

from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.definitions import OperationKind, ProblemKind
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.subscription_vocabulary import SUBSCRIPTION_TABLES
from cdk_appsync_guard.facts.tables import Flag, Names, Number, Words, table
from cdk_appsync_guard.template.values.value import Unknown

__all__ = [
    "CLOSED_MEMBERS",
    "DEAD_ENDS",
    "DIRECTIVES",
    "DIRECTIVE_MODES",
    "FIELDS",
    "GROUP_CHECKS",
    "NULL_CLIMBS",
    "OUTLIERS",
    "REACH",
    "ROOT_TYPES",
    "SCHEMAS",
    "SCHEMA_PROBLEMS",
    "SCHEMA_TABLES",
    "TYPE_MODES",
    "ClosedBy",
    "ClosedMembers",
    "DeadEnds",
    "DirectiveModes",
    "Directives",
    "Fields",
    "GroupChecks",
    "GroupEffect",
    "NullClimbs",
    "Outliers",
    "Reach",
    "RootEffect",
    "RootTypes",
    "SchemaProblems",
    "Schemas",
    "TypeModes",
    "Who",
]

Who: TypeAlias = Literal["mode", "group", "ungrouped"]

DirectiveEffect: TypeAlias = Literal["considered", "ignored", "repeated", "input"]
Placement: TypeAlias = Literal[
    "type",
    "field",
    "root-type",
    "subscription-field",
    "root-field",
    "interface",
    "interface-field",
    "input",
    "input-field",
    "union",
    "enum",
    "scalar",
    "schema",
]
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

_Coordinate: TypeAlias = Annotated[Words, "the type or field, such as `Query.post`"]

_Mode: TypeAlias = Annotated[Words, "the authorization mode of the callers", MODES]

_Modes: TypeAlias = Annotated[Names, "the authorization modes of the callers", MODES]

_Group: TypeAlias = Annotated[
    Words | None, "the Cognito group of the callers, if they are told apart"
]

_Groups: TypeAlias = Annotated[Names, "their Cognito groups, if they are told apart by them"]

_Caller: TypeAlias = Annotated[Words, "the callers in words, as the subject of a sentence"]

_Type: TypeAlias = Annotated[Words, "the object type"]

_Fix: TypeAlias = Annotated[
    Words, "what to do, in sentences; empty if every known edit would change something else"
]

_Path: TypeAlias = Annotated[Words, "a shortest way there, fields joined by dots"]

_Operation: TypeAlias = Annotated[
    OperationKind | Unknown | None,
    "which root the type is, if it is one",
]

_Who: TypeAlias = Annotated[
    Who | Unknown,
    "mode: everyone who uses it; group: members of a group that a field on the way names;"
    " ungrouped: users of the pool without a group",
]


class Schemas(TypedDict):
    state: Annotated[Literal["parsed", "broken", "merged"] | Unknown, "whether it can be read"]
    error: Annotated[Words | None, "why it cannot be read"]
    types: Annotated[Number, "how many types it defines"]
    root_fields: Annotated[Number, "how many fields the roots have"]


SCHEMAS = table("schemas", "the schema of an API", Schemas)


class SchemaProblems(TypedDict):
    kind: Annotated[
        ProblemKind | Unknown,
        "what is wrong; forbidden: GraphQL does not allow it, and AppSync is not known to reject",
    ]
    subject: Annotated[Words, "the type or coordinate, empty for the whole schema"]
    detail: Annotated[Words, "the problem as a sentence"]


SCHEMA_PROBLEMS = table(
    "schema_problems",
    "something that schema creation rejects, or is reported to reject",
    SchemaProblems,
)


class _DirectiveHead(TypedDict):
    coordinate: _Coordinate
    owner: Annotated[Words, "the type that carries it or has the field that does"]
    directive: Annotated[Words, "its name without the @"]
    known: Annotated[Flag, "whether AppSync has it, or the schema defines it"]
    own: Annotated[Flag, "whether AppSync has it"]
    guards: Annotated[Flag, "whether its name suggests that it decides who has access"]
    hint: Annotated[Words, "the directive that was probably meant, in parentheses; else empty"]
    placement: Annotated[
        Placement | Unknown,
        "the kind of definition that it is on",
    ]
    effect: Annotated[
        DirectiveEffect | Unknown,
        "considered: it is where AppSync looks for it; ignored: it is not; repeated: nor"
        " does this one, but all types behind the interface or union carry it; input: as"
        " ignored, and harmless, since inputs need no authorization",
    ]
    group_list: Annotated[Literal["absent", "empty", "given"] | Unknown, "its `cognito_groups`"]


class ArgumentCells(TypedDict):
    wrong_argument: Annotated[Words | None, "an argument that it does not accept as written"]
    argument_problem: Annotated[
        Literal["unknown", "invalid", "refused"] | Unknown | None,
        "it has no such argument, the value is not one that it takes, or AppSync is known to"
        " refuse that value",
    ]
    argument_detail: Annotated[Words, "the same in words"]


class Directives(_DirectiveHead, ArgumentCells):
    pass


DIRECTIVES = table(
    "directives", "a use of a directive, as written: no mode is considered", Directives
)


class GroupChecks(TypedDict):
    coordinate: _Coordinate
    field: Annotated[Words, "the field, or the first field of the type"]
    type: _Type
    directive: Annotated[Words, "aws_auth or aws_cognito_user_pools"]
    groups: Annotated[Names, "the groups it names"]
    written: Annotated[Words, "the directive as it is written"]
    effect: Annotated[
        GroupEffect | Unknown,
        "enforced, harmless (ignored, and no one gains access), how it fails open"
        " (aws-auth-ignored, aws-auth-below-root, groups-ignored, or void-beside-bare: the same"
        " directive without groups is next to it), which callers it leaves out"
        " (members-shut-out), or unconfigured (its mode or that beside it)",
    ]
    lets_in: Annotated[Words, "who can select the field, in words"]
    why: Annotated[Words, "why an @aws_auth has no effect with other providers, in words"]
    doubled: Annotated[Flag, "an @aws_auth next to @aws_cognito_user_pools on a field"]
    counts: Annotated[Words, "which of the two has an effect in this API"]
    fix: _Fix


GROUP_CHECKS = table(
    "group_checks",
    "a use of `@aws_auth`, or of `@aws_cognito_user_pools` with groups",
    GroupChecks,
    answers=True,
)


class DirectiveModes(TypedDict):
    mode: _Mode
    configured: Annotated[Flag, "whether the API has a provider for it"]
    directive: Annotated[Words, "the directive that names it first"]
    coordinate: Annotated[Words, "where it is first"]
    uses: Annotated[Number, "how often it is named"]
    elsewhere: Annotated[Words, "in how many more places, in words; empty for none"]
    closed: Annotated[Number, "how many fields are open to no configured mode"]
    first_closed: Annotated[Words | None, "the first of them"]
    more_closed: Annotated[Words, "how many more there are, in words; empty for none"]
    closed_field: Annotated[Words | None, "its name"]
    closed_type: Annotated[Words | None, "the type that has it"]


DIRECTIVE_MODES = table(
    "directive_modes", "a mode that the directives of a schema name", DirectiveModes, answers=True
)


class _FieldHead(TypedDict):
    coordinate: _Coordinate
    field: Annotated[Words, "its name"]
    type: _Type
    operation: _Operation


class AdmissionCells(TypedDict):
    modes: Annotated[Names, "the modes that can select it", MODES]
    groups: Annotated[Names, "the Cognito groups that it asks for"]
    denied_by_default: Annotated[Flag, "`DefaultAction: DENY` closes it, and no @aws_auth opens it"]
    directives: Annotated[Words, "the directives of the field, or else its type, as written"]


class _FieldTail(TypedDict):
    returns: Annotated[Words, "the type as written"]


class Fields(_FieldHead, AdmissionCells, _FieldTail):
    pass


FIELDS = table("fields", "a field of an object type", Fields, answers=True)


class RootTypes(TypedDict):
    coordinate: _Coordinate
    operation: _Operation
    directives: Annotated[Words, "its own authorization directives, as written"]
    effect: Annotated[
        RootEffect | Unknown,
        "what they do to fields without a directive: open them to more modes than the"
        " default one, close them to callers of the default one, both (replaces), or nothing",
    ]
    tagged: Annotated[Number, "how many fields have directives of their own"]
    untagged: Annotated[Number, "how many have none"]
    untagged_words: Annotated[Words, "the same in words"]
    affected: Annotated[Words | None, "the first of those that have none"]


ROOT_TYPES = table("root_types", "Query, Mutation or Subscription", RootTypes)


class Outliers(TypedDict):
    coordinate: _Coordinate
    type: _Type
    lacks: Annotated[
        Literal["mode", "group"] | Unknown,
        "what most of the others have: a directive of a mode that this one refuses, or a group"
        " that they ask for",
    ]
    modes: _Modes
    groups: Annotated[Names, "the groups that the others require"]
    named_by: Annotated[Words, "which fields have that, in words"]
    fix: _Fix


OUTLIERS = table(
    "outliers",
    "a root field that differs from most of its siblings, and has no directive that says so",
    Outliers,
    answers=True,
)


class Reach(TypedDict):
    coordinate: _Coordinate
    mode: _Mode
    group: _Group
    outcome: Annotated[HowMuch | Unknown, "how much below it the callers can read"]
    blocked: Annotated[Words | None, "the nearest field that is closed to them"]
    path: Annotated[Words | None, "the shortest way to it, fields joined by dots"]
    nulls_root: Annotated[Flag, "whether selecting that field turns this one into null"]


REACH = table("reach", "a Query or Mutation field and a kind of caller that can call it", Reach)


class DeadEnds(TypedDict):
    coordinate: _Coordinate
    type: _Type
    modes: _Modes
    groups: _Groups
    caller: _Caller
    who: _Who
    at_root: Annotated[Flag, "whether a root field returns the type"]
    closed_by: Annotated[
        ClosedBy | Unknown,
        "why: no directive on type or fields, directives on the type, or on its fields",
    ]
    reason: Annotated[Words, "the same in words, as a relative clause"]
    blocked_field: Annotated[Words, "the first field of the type"]
    path: _Path
    ways: Annotated[Number, "how many root fields, or else other fields, lead there"]
    fix: _Fix


DEAD_ENDS = table(
    "dead_ends",
    "a type that callers can reach but whose fields they cannot read at all",
    DeadEnds,
    answers=True,
)


class ClosedMembers(TypedDict):
    coordinate: _Coordinate
    type: _Type
    member: Annotated[Words, "the object type that is closed"]
    modes: _Modes
    caller: _Caller
    tagged: Annotated[Flag, "whether directives on it or on all of its fields close it"]
    blocked_field: Annotated[Words, "its first field"]
    path: _Path
    fix: _Fix


CLOSED_MEMBERS = table(
    "closed_members",
    "an object type behind a union or interface of which callers who come there can read nothing,"
    " although they can read others behind it",
    ClosedMembers,
    answers=True,
)


class NullClimbs(TypedDict):
    coordinate: _Coordinate
    field: Annotated[Words, "the closed field"]
    type: _Type
    modes: _Modes
    groups: _Groups
    caller: _Caller
    who: _Who
    path: _Path
    nulls: Annotated[Words, "what becomes null, up to the nearest nullable field"]
    fix: _Fix


NULL_CLIMBS = table(
    "null_climbs",
    "a non-null field closed to callers who can read its parent: selecting it nulls the parent",
    NullClimbs,
    answers=True,
)


class TypeModes(TypedDict):
    coordinate: Annotated[Words, "the type"]
    mode: _Mode
    reached: Annotated[Flag, "whether any field leads callers of the mode to the type"]
    closed_way: Annotated[
        Words | None, "a field that would, but has no directive and so is closed to them"
    ]
    closed_field: Annotated[Words | None, "its name"]
    closed_type: Annotated[Words | None, "the type that has it"]
    fix: _Fix


TYPE_MODES = table(
    "type_modes",
    "a type below the roots, and a mode that the directives on it name",
    TypeModes,
    answers=True,
)

SCHEMA_TABLES = (
    SCHEMAS,
    SCHEMA_PROBLEMS,
    DIRECTIVES,
    GROUP_CHECKS,
    DIRECTIVE_MODES,
    FIELDS,
    ROOT_TYPES,
    OUTLIERS,
    REACH,
    DEAD_ENDS,
    CLOSED_MEMBERS,
    NULL_CLIMBS,
    TYPE_MODES,
    *SUBSCRIPTION_TABLES,
)
