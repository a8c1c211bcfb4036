"""The tables about IAM: what statements grant on which API, and who was meant to be granted it."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Column, Table

__all__ = ["IAM_TABLES"]

_PRINCIPAL = Column("principal", "the roles, users and groups that the policy speaks for")
_API_HAS_IAM = Column("api_has_iam", "whether AWS_IAM is one of the API's modes", kind="bool")

_GRANTS = Table(
    "grants",
    "a resource of an IAM statement that allows or denies appsync:GraphQL",
    (
        _PRINCIPAL,
        Column("bearers", "the same principals, one by one", kind="list"),
        Column("mode", "the mode that policies are about", ("AWS_IAM",)),
        Column("policy", "the policy's name"),
        Column("effect", "Allow or Deny", ("Allow", "Deny")),
        Column("action", "the statement's actions, as written"),
        Column("specific", "whether the statement is about appsync:GraphQL by name", kind="bool"),
        Column(
            "generator",
            "the tool that wrote the policy, if it is known",
            ("amplify",),
            optional=True,
        ),
        Column("resource", "the resource, as written"),
        Column(
            "form",
            "what the resource says; a pattern is of no usual form and yet matches fields",
            (
                *("everything", "api", "type", "field", "pattern", "all-but"),
                *("bare-api", "malformed", "unknown"),
            ),
        ),
        Column("mistake", "what is wrong with the resource's form", optional=True),
        Column("corrected", "how the resource should be written, if that is plain", optional=True),
        Column("coordinate", "the type or field that the resource names", optional=True),
        Column("type_name", "the type that the resource names", optional=True),
        Column("wild", "whether the type or the field has a wildcard", kind="bool"),
        Column("api_known", "whether the resource names an API of the input", kind="bool"),
        _API_HAS_IAM,
        Column(
            "mismatch",
            "what of the names the schema does not have",
            ("type", "field", "case", "other-api"),
            optional=True,
        ),
        Column(
            "near",
            "whether a similar name was meant: one that the principal lacks, or, for a Deny, has",
            kind="bool",
        ),
        Column("hint", "what was probably meant, in parentheses; empty if that is not clear"),
        Column("other_api", "another API of the input that has the field", optional=True),
        Column(
            "accepts_iam",
            "how many of the root fields it matches accept AWS_IAM",
            ("all", "some", "none"),
            optional=True,
        ),
        Column("matches", "how many root fields it matches", kind="number"),
        Column("root_fields", "how many root fields the API has", kind="number"),
        Column("nested", "whether it matches fields of nested types and no others", kind="bool"),
        Column(
            "reads",
            "how much of what the field returns an IAM caller can read",
            ("all", "some", "none"),
            optional=True,
        ),
        Column("blocked", "the first field that an IAM caller cannot read", optional=True),
        Column(
            "granted",
            "how many root fields all policies of the principal together allow",
            ("all", "some", "none"),
        ),
        Column(
            "takes_away",
            "how much of what other statements allow a Deny takes away",
            ("all", "some", "none"),
            optional=True,
        ),
        Column("withheld", "why nothing is left of what the resource grants", optional=True),
    ),
)

_DENIES = Table(
    "denies",
    "a resource of a Deny on an API, and whether it keeps any operation closed",
    (
        _PRINCIPAL,
        Column("policy", "the policy's name"),
        Column("resource", "the resource, as written"),
        Column("coordinate", "the type and field that the resource names", optional=True),
        Column(
            "misses",
            "no if it denies root fields; nested if it names fields below them; near if it misses a"
            " root field that the principal can call; nothing if it misses whatever was meant",
            ("no", "nested", "near", "nothing"),
        ),
        Column("why", "why it matches nothing"),
        Column("meant", "the root fields that it was probably written for", optional=True),
    ),
)

_BOUNDARIES = Table(
    "boundaries",
    "a principal with a permissions boundary, and what its policies allow on an API",
    (
        _PRINCIPAL,
        Column("bearers", "the same principal, as a list of one", kind="list"),
        Column("boundary", "the boundary's name"),
        Column("leaves", "how much of it the boundary leaves", ("all", "some", "none")),
        Column("example", "the first root field that the policies allow"),
    ),
)

_ACTIONS = Table(
    "iam_actions",
    "an AppSync action in a statement, or another service's on AppSync's resources",
    (
        _PRINCIPAL,
        Column("policy", "the policy's name"),
        Column("action", "the action, as written"),
        Column(
            "misspells",
            "what was probably meant by an action that IAM does not know: to call fields, or to"
            " manage APIs or use Event APIs",
            ("nothing", "graphql", "management"),
        ),
        Column("fits", "whether it is an action on the resources of the statement", kind="bool"),
        Column("hint", "the action that was probably meant, in brackets"),
        Column(
            "other_kind",
            "the API of the statement, if the action is for the other kind of API and its"
            " principals have no action for this one",
            optional=True,
        ),
        Column("kind", "what kind of API that is, in words", optional=True),
    ),
)

_CALLERS = Table(
    "principals",
    "a principal that is plainly meant to call an API: it is given its URL, or sends events to it",
    (
        _PRINCIPAL,
        Column("via", "how one can tell that it is meant to call the API"),
        _API_HAS_IAM,
        Column("only_iam", "whether AWS_IAM is the API's only mode", kind="bool"),
        Column("signs", "whether it can call in no other way than with IAM", kind="bool"),
        Column("outside_vpc", "whether it cannot reach the API, which is private", kind="bool"),
        Column("granted", "how many root fields its policies allow", ("all", "some", "none")),
    ),
)

_GRANTEES = Table(
    "grantees",
    "a principal whose policies speak of fields of an API",
    (
        _PRINCIPAL,
        Column("bearers", "the same principal, as a list of one", kind="list"),
        Column(
            "wants",
            "what it is allowed there: to call fields, or only actions that manage APIs",
            ("fields", "management"),
        ),
        Column("action", "the actions of the first such statement, as written"),
        Column("resource", "the first such resource, as written"),
        _API_HAS_IAM,
        Column(
            "granted",
            "how many root fields all policies of the principal together allow",
            ("all", "some", "none"),
        ),
    ),
)

_UNATTACHED = Table(
    "unattached",
    "a resource of a grant in a policy that no principal of the templates has",
    (
        Column("policy", "the policy's name"),
        Column("resource", "the resource, as written"),
        Column("matches", "how many root fields it matches", kind="number"),
        Column("why", "why it matches none"),
    ),
)

_MISNAMED = Table(
    "misnamed_policies",
    "a managed policy of AWS that a principal names by a path that it does not have",
    (
        _PRINCIPAL,
        Column("role", "the principal's logical id"),
        Column("policy", "the ARN, as written"),
        Column("meant", "the ARN of the policy of this name", optional=True),
    ),
)

_SENDERS = Table(
    "senders",
    "an API destination or a state machine that holds the URL of an API",
    (
        Column("sender", "it in words"),
        Column("credential", "what its connection authorizes requests with, in words"),
        Column("modes", "the modes that such a credential can be for", MODES, kind="list"),
        Column("accepted", "whether a mode of the API takes that", kind="bool"),
        Column("outside_vpc", "whether it cannot reach the API, which is private", kind="bool"),
    ),
)

IAM_TABLES = (
    *(_GRANTS, _DENIES, _BOUNDARIES, _ACTIONS, _CALLERS, _SENDERS),
    *(_GRANTEES, _UNATTACHED, _MISNAMED),
)
