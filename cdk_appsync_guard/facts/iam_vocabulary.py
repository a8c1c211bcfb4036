"""The tables about IAM: what statements grant on which API, and who was meant to be granted it."""

from typing import Annotated, Literal, TypeAlias, TypedDict

from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Flag, Names, Number, Words, table
from cdk_appsync_guard.template.values.value import Unknown

__all__ = [
    "BOUNDARIES",
    "DENIES",
    "ENDPOINT_POLICIES",
    "GRANTEES",
    "GRANTS",
    "IAM_ACTIONS",
    "IAM_TABLES",
    "MISNAMED_POLICIES",
    "PRINCIPALS",
    "SENDERS",
    "UNATTACHED",
    "Boundaries",
    "Denies",
    "EndpointPolicies",
    "Grantees",
    "Grants",
    "IamActions",
    "MisnamedPolicies",
    "PrincipalCells",
    "Senders",
    "Unattached",
]

_Principal: TypeAlias = Annotated[Words, "the roles, users, and groups that the policy applies to"]

_ApiHasIam: TypeAlias = Annotated[Flag, "whether AWS_IAM is one of the API's modes"]


MismatchKind: TypeAlias = Literal["type", "field", "case", "other-api"]
Form: TypeAlias = Literal[
    "everything",
    "api",
    "type",
    "field",
    "pattern",
    "all-but",
    "bare-api",
    "malformed",
    "unknown",
]
Misses: TypeAlias = Literal["no", "nested", "near", "nothing"]


class BearerCells(TypedDict):
    principal: _Principal
    bearers: Annotated[Names, "the same principals, one by one"]
    mode: Annotated[Literal["AWS_IAM"] | Unknown, "the mode that policies are about"]


class _StatementCells(TypedDict):
    policy: Annotated[Words, "the policy's name"]
    effect: Annotated[Literal["Allow", "Deny"] | Unknown, "Allow or Deny"]
    action: Annotated[Words, "the statement's actions, as written"]
    specific: Annotated[Flag, "whether the statement is about appsync:GraphQL by name"]
    generator: Annotated[
        Literal["amplify"] | Unknown | None, "the tool that wrote the policy, if it is known"
    ]
    resource: Annotated[Words, "the resource, as written"]


class FormCells(TypedDict):
    form: Annotated[
        Form | Unknown,
        "the form of the resource; a pattern has none of the usual forms but matches fields",
    ]
    mistake: Annotated[Words | None, "what is wrong with the resource's form"]
    corrected: Annotated[Words | None, "how the resource should be written, if that is clear"]


class _NameCells(TypedDict):
    coordinate: Annotated[Words | None, "the type or field that the resource names"]
    type_name: Annotated[Words | None, "the type that the resource names"]
    wild: Annotated[Flag, "whether the type or the field has a wildcard"]


class WrittenCells(BearerCells, _StatementCells, FormCells, _NameCells):
    pass


class AboutCells(TypedDict):
    api_known: Annotated[Flag, "whether the resource names an API of the input"]
    api_has_iam: _ApiHasIam
    mismatch: Annotated[
        MismatchKind | Unknown | None,
        "which of the names the schema does not have",
    ]
    hint: Annotated[Words, "what was probably meant, in parentheses; empty if that is not clear"]
    other_api: Annotated[Words | None, "another API of the input that has the field"]
    accepts_iam: Annotated[
        HowMuch | Unknown | None,
        "how many of the root fields it matches accept AWS_IAM",
    ]
    matches: Annotated[Number, "how many root fields it matches"]
    root_fields: Annotated[Number, "how many root fields the API has"]
    nested: Annotated[Flag, "whether it matches fields of nested types and no others"]
    reads: Annotated[
        HowMuch | Unknown | None,
        "how much of what the field returns an IAM caller can read",
    ]
    blocked: Annotated[Words | None, "the first field that an IAM caller cannot read"]


class VerdictCells(TypedDict):
    near: Annotated[
        Flag, "whether a similar name was meant: one that the principal lacks, or, for a Deny, has"
    ]
    granted: Annotated[
        HowMuch | Unknown,
        "how many root fields all policies of the principal together allow",
    ]
    takes_away: Annotated[
        HowMuch | Unknown | None,
        "how much of what other statements allow a Deny overrides",
    ]
    withheld: Annotated[Words | None, "why the grant on the resource has no effect"]


class Grants(WrittenCells, AboutCells, VerdictCells):
    pass


GRANTS = table(
    "grants", "a resource of an IAM statement that allows or denies appsync:GraphQL", Grants
)


class Denies(TypedDict):
    principal: _Principal
    policy: Annotated[Words, "the policy's name"]
    resource: Annotated[Words, "the resource, as written"]
    coordinate: Annotated[Words | None, "the type and field that the resource names"]
    misses: Annotated[
        Misses | Unknown,
        "no if it denies root fields; nested if it names fields below them; near if it misses a"
        " root field that the principal can call; nothing if it misses whatever was meant",
    ]
    why: Annotated[Words, "why it does not match anything"]
    meant: Annotated[Words | None, "the root fields that were probably meant"]


DENIES = table(
    "denies", "a resource of a Deny on an API, and whether it keeps any operation closed", Denies
)


class EndpointPolicies(TypedDict):
    endpoint: Annotated[Words, "the VPC endpoint"]
    leaves: Annotated[HowMuch | Unknown, "how many root fields any caller can reach through it"]


ENDPOINT_POLICIES = table(
    "endpoint_policies",
    "a VPC endpoint for AppSync with a policy of its own × a private API",
    EndpointPolicies,
)


class Boundaries(TypedDict):
    principal: _Principal
    bearers: Annotated[Names, "the same principal, as a list of one"]
    boundary: Annotated[Words, "the boundary's name"]
    leaves: Annotated[HowMuch | Unknown, "how much of that the boundary leaves"]
    example: Annotated[Words, "the first root field that the policies allow"]


BOUNDARIES = table(
    "boundaries",
    "a principal with a permissions boundary, and what its policies allow on an API",
    Boundaries,
)


class _ActionHead(TypedDict):
    principal: _Principal
    bearers: Annotated[Names, "the same principals, one by one"]
    policy: Annotated[Words, "the policy's name"]
    action: Annotated[Words, "the action, as written"]


class ActionCells(TypedDict):
    misspells: Annotated[
        Literal["nothing", "graphql", "management"] | Unknown,
        "what was probably meant by an action that IAM does not know: to call fields, or to"
        " manage APIs or use Event APIs",
    ]
    fits: Annotated[Flag, "whether the action applies to the resources of the statement"]
    hint: Annotated[Words, "the action that was probably meant, in parentheses"]


class _ActionTail(TypedDict):
    other_kind: Annotated[
        Words | None,
        "the API of the statement, if the action is for the other kind of API and its"
        " principals have no action for this one",
    ]
    kind: Annotated[Words | None, "the kind of that API, in words"]


class IamActions(_ActionHead, ActionCells, _ActionTail):
    pass


IAM_ACTIONS = table(
    "iam_actions",
    "an AppSync action in a statement, or an action of another service on AppSync resources",
    IamActions,
)


class PrincipalCells(TypedDict):
    principal: _Principal
    via: Annotated[Words, "why it is meant to call the API"]
    api_has_iam: _ApiHasIam
    only_iam: Annotated[Flag, "whether AWS_IAM is the API's only mode"]
    signs: Annotated[Flag, "whether IAM is the only way in which it can call the API"]
    outside_vpc: Annotated[Flag, "whether it cannot reach the API, which is private"]
    granted: Annotated[HowMuch | Unknown, "how many root fields its policies allow"]


PRINCIPALS = table(
    "principals",
    "a principal that is clearly meant to call an API: it is given the URL, or sends events to it",
    PrincipalCells,
)


class Grantees(TypedDict):
    principal: _Principal
    bearers: Annotated[Names, "the same principal, as a list of one"]
    wants: Annotated[
        Literal["fields", "management"] | Unknown,
        "what it is allowed there: calling fields, or only actions that manage APIs",
    ]
    action: Annotated[Words, "the actions of the first such statement, as written"]
    resource: Annotated[Words, "the first such resource, as written"]
    api_has_iam: _ApiHasIam
    granted: Annotated[
        HowMuch | Unknown,
        "how many root fields all policies of the principal together allow",
    ]


GRANTEES = table("grantees", "a principal whose policies name fields of an API", Grantees)


class Unattached(TypedDict):
    policy: Annotated[Words, "the policy's name"]
    resource: Annotated[Words, "the resource, as written"]
    matches: Annotated[Number, "how many root fields it matches"]
    why: Annotated[Words, "why it does not match any"]


UNATTACHED = table(
    "unattached",
    "a resource of a grant in a policy that no principal of the templates has attached",
    Unattached,
)


class MisnamedPolicies(TypedDict):
    principal: _Principal
    role: Annotated[Words, "the principal's logical id"]
    policy: Annotated[Words, "the ARN, as written"]
    meant: Annotated[Words | None, "the ARN of the policy of this name"]


MISNAMED_POLICIES = table(
    "misnamed_policies",
    "an AWS managed policy that a principal names with the wrong path",
    MisnamedPolicies,
)


class Senders(TypedDict):
    sender: Annotated[Words, "it in words"]
    credential: Annotated[Words, "the credential that its connection sends, in words"]
    modes: Annotated[Names, "the modes that accept such a credential", MODES]
    accepted: Annotated[Flag, "whether a mode of the API accepts it"]
    outside_vpc: Annotated[Flag, "whether it cannot reach the API, which is private"]


SENDERS = table(
    "senders", "an API destination or a state machine that has the URL of an API", Senders
)

IAM_TABLES = (
    *(GRANTS, DENIES, BOUNDARIES, IAM_ACTIONS, PRINCIPALS, SENDERS),
    *(GRANTEES, UNATTACHED, MISNAMED_POLICIES, ENDPOINT_POLICIES),
)
