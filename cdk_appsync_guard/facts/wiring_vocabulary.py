"""The tables about what lies around a schema: resolvers, authorizers, sources, identity pools."""

from typing import Annotated, Literal, TypeAlias, TypedDict, get_args

from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Flag, Names, Number, Words, table
from cdk_appsync_guard.iam.service_trust import TrustWord
from cdk_appsync_guard.template.values.value import Unknown

__all__ = [
    "AUTHORIZERS",
    "AUTHORIZER_ANSWERS",
    "AUTHORIZER_DENIALS",
    "DATA_SOURCES",
    "DOMAINS",
    "EVENT_TARGETS",
    "FUNCTIONS",
    "IDENTITY_POOLS",
    "MERGED_APIS",
    "POOL_ROLES",
    "REFERENCES",
    "RESOLVERS",
    "SETTINGS",
    "SOURCES",
    "UNAWAITED",
    "UNRESOLVED",
    "WIRING_TABLES",
    "AuthorizerAnswers",
    "AuthorizerDenials",
    "Authorizers",
    "DataSources",
    "Domains",
    "EventTargets",
    "Functions",
    "IdentityPools",
    "MergedApis",
    "PoolRoles",
    "References",
    "Resolvers",
    "Settings",
    "Sources",
    "Unawaited",
    "Unresolved",
]

DataSourceType: TypeAlias = Literal[
    "AWS_LAMBDA",
    "AMAZON_DYNAMODB",
    "AMAZON_ELASTICSEARCH",
    "AMAZON_OPENSEARCH_SERVICE",
    "AMAZON_EVENTBRIDGE",
    "AMAZON_BEDROCK_RUNTIME",
    "RELATIONAL_DATABASE",
    "HTTP",
    "NONE",
]
DATA_SOURCE_TYPES: tuple[DataSourceType, ...] = get_args(DataSourceType)
Users: TypeAlias = Literal["authenticated", "unauthenticated", "group"]

_ROLE_TRUST = "who can assume that role; elsewhere if it is not in the input"

_RoleService: TypeAlias = Annotated[Words | None, "the other service that can assume it"]

_SourceExists: TypeAlias = Annotated[Flag, "whether that is a data source of its API"]

_SourceAdvice: TypeAlias = Annotated[
    Words, "what the name is instead, or which data sources there are"
]


class _ResolverHead(TypedDict):
    resolver: Annotated[Words, "its logical id"]


class CoordinateCells(TypedDict):
    coordinate: Annotated[Words, "the field that it resolves, such as `Query.post`"]
    type: Annotated[Words, "the type of that field"]
    field: Annotated[Words, "the field's name"]


class _ResolverKind(TypedDict):
    kind: Annotated[Literal["UNIT", "PIPELINE"] | Unknown, "one step or several"]


class TargetCells(TypedDict):
    target: Annotated[
        Literal["field", "no-field", "no-type"] | Unknown, "whether the schema has that field"
    ]
    advice: Annotated[Words, "what was probably meant"]


class DataSourceCells(TypedDict):
    data_source: Annotated[Words | None, "the name of its data source"]
    data_source_exists: _SourceExists
    data_source_advice: _SourceAdvice


class _ResolverTail(TypedDict):
    lacks_data_source: Annotated[Flag, "whether it is a unit resolver and does not name one"]
    repeats: Annotated[Words | None, "an earlier resolver of the same field"]
    function_count: Annotated[Number, "how many functions its pipeline has"]
    bad_function: Annotated[Words | None, "what is wrong with a function that it names"]


class Resolvers(
    _ResolverHead, CoordinateCells, _ResolverKind, TargetCells, DataSourceCells, _ResolverTail
):
    pass


RESOLVERS = table("resolvers", "a resolver of an API", Resolvers)


class _FunctionHead(TypedDict):
    function: Annotated[Words, "its logical id"]


class Functions(_FunctionHead, DataSourceCells):
    pass


FUNCTIONS = table("functions", "a function of an API's pipelines", Functions)


class DataSources(TypedDict):
    data_source: Annotated[Words, "its logical id"]
    type: Annotated[
        DataSourceType | Unknown | None,
        "its type; absent if the type is not known",
    ]
    needs_role: Annotated[Flag, "whether its type requires a role"]
    wrong_service: Annotated[Words | None, "a service other than AppSync that it signs for"]
    signs: Annotated[Flag, "whether its HTTP requests are signed with a role"]
    has_role: Annotated[Flag, "whether a role is named"]
    role: Annotated[Words | None, "the role that AppSync reads and writes it with"]
    role_trust: Annotated[TrustWord | Unknown | None, _ROLE_TRUST]
    role_service: _RoleService
    role_access: Annotated[
        Literal["yes", "no", "elsewhere"] | Unknown,
        "whether the role is allowed anything that the data source needs; elsewhere if the role"
        " or what it needs is not in the templates",
    ]
    role_lacks: Annotated[Words | None, "what it is not allowed to do, in words"]


DATA_SOURCES = table("data_sources", "a data source of an API", DataSources)


class Unawaited(TypedDict):
    waits: Annotated[Flag, "whether they wait for it"]
    awaited: Annotated[Words, "the logical id of what they need"]
    what: Annotated[Words, "what it is, in words"]
    users: Annotated[Words, "the first of those that do not wait"]
    failure: Annotated[Words, "the error of the deployment"]


UNAWAITED = table(
    "unawaited",
    "a schema or data source that some of its users do not wait for when a stack is created",
    Unawaited,
)


class Unresolved(TypedDict):
    type: Annotated[Words, "the root type"]
    lacking: Annotated[Number, "how many of its fields have none"]
    fields: Annotated[Words, "the first of these fields"]
    placeholder: Annotated[
        Flag, "whether it is the only field of Query, which every schema must have"
    ]
    effect: Annotated[Words, "the outcome"]


UNRESOLVED = table(
    "unresolved",
    "Query or Mutation with fields that have no resolver, if any resolver is in the input",
    Unresolved,
)


class Authorizers(TypedDict):
    function: Annotated[Words, "the function, as the API names it"]
    role: Annotated[
        Literal["default", "additional"] | Unknown, "the default provider or an additional one"
    ]
    uri_problem: Annotated[Words | None, "why the URI does not name a function"]
    permission: Annotated[
        Literal["granted", "missing", "other-api", "other-qualifier", "other-account"] | Unknown,
        "whether AppSync can invoke it, or why the permission does not apply",
    ]
    permitted: Annotated[Words | None, "what is permitted instead, in words"]
    account: Annotated[Words | None, "the account in its ARN, if it is not that of the API"]
    foreign: Annotated[Flag, "whether it belongs to another account than the API"]
    expression: Annotated[Words | None, "what tokens must match"]
    expression_problem: Annotated[Words | None, "why that is not a valid regular expression"]
    ttl: Annotated[Number | None, "how many seconds its responses are cached"]
    ttl_fits: Annotated[Flag, "whether that is between 0 and 3600"]
    jwt_modes: Annotated[Names, "the other modes that every JWT goes to", MODES]


AUTHORIZERS = table(
    "authorizers", "the Lambda function that authorizes an API's callers", Authorizers
)


class AuthorizerAnswers(TypedDict):
    function: Annotated[Words, "the function's logical id"]
    admits: Annotated[
        Literal["never", "always", "some", "missing", "gateway"] | Unknown,
        "which callers it can allow; missing and gateway: none of its responses has isAuthorized",
    ]
    cached: Annotated[
        Flag, "whether a response that depends on the operation is cached for other operations"
    ]
    reads: Annotated[Words | None, "what it reads of the operation"]
    bad_ttl: Annotated[Words | None, "a ttlOverride that is not between 0 and 3600"]
    nested: Annotated[Words | None, "a member of resolverContext that is a list or an object"]
    raw_token: Annotated[
        Flag, "whether it decodes the token as it arrives, and never looks for `Bearer`"
    ]


AUTHORIZER_ANSWERS = table(
    "authorizer_answers",
    "what the code of a Lambda authorizer can return, if the code is next to the template",
    AuthorizerAnswers,
)


class AuthorizerDenials(TypedDict):
    function: Annotated[Words, "the function's logical id"]
    entry: Annotated[Words, "the entry"]
    problem: Annotated[
        Literal["form", "type", "field"] | Unknown | None,
        "why it has no effect: its form, its type or its field",
    ]
    hint: Annotated[Words, "what was probably meant, in parentheses"]


AUTHORIZER_DENIALS = table(
    "authorizer_denials",
    "an entry of deniedFields that the code of a Lambda authorizer spells out",
    AuthorizerDenials,
)


class MergedApis(TypedDict):
    name: Annotated[Words, "its name in reports"]
    has_role: Annotated[Flag, "whether it names an execution role"]
    source_count: Annotated[Number, "how many sources it has"]
    own_schema: Annotated[Words | None, "a schema of its own, although it is merged"]
    role: Annotated[Words | None, "the role that it reads its sources with"]
    role_trust: Annotated[TrustWord | Unknown | None, _ROLE_TRUST]
    role_service: _RoleService


MERGED_APIS = table("merged_apis", "a merged API", MergedApis)


class _SourceHead(TypedDict):
    association: Annotated[Words, "the logical id of the association"]
    source: Annotated[Words, "the source API"]


class SourceLimitCells(TypedDict):
    limit: Annotated[
        Literal["merged", "repeated", "shared"] | Unknown | None,
        "the source is merged itself, or is a source of this or of another merged API already",
    ]
    limit_detail: Annotated[Words, "the same as a relative clause"]


class _MergedHead(TypedDict):
    merged: Annotated[Words, "the merged API"]
    merge_type: Annotated[Literal["MANUAL_MERGE", "AUTO_MERGE"] | Unknown, "when it is merged"]
    role: Annotated[Words | None, "the merged API's execution role"]


class SourceGrantCells(TypedDict):
    source_grant: Annotated[
        Literal["both", "fields-only", "api-only", "none", "elsewhere"] | Unknown,
        "on which of the two resources the role has appsync:SourceGraphQL;"
        " elsewhere if its policies are not in the input",
    ]
    lacking: Annotated[Words, "the resources that it lacks"]
    may_merge: Annotated[
        Literal["yes", "no", "elsewhere"] | Unknown,
        "whether the role is granted appsync:StartSchemaMerge",
    ]


class Sources(_SourceHead, SourceLimitCells, _MergedHead, SourceGrantCells):
    pass


SOURCES = table("sources", "a source API of a merged API", Sources)


class Domains(TypedDict):
    domain: Annotated[Words | None, "the domain's name"]
    visibility: Annotated[Literal["GLOBAL", "PRIVATE"] | Unknown, "who reaches the API's endpoint"]


DOMAINS = table("domains", "a custom domain of an API", Domains)


class EventTargets(TypedDict):
    rule: Annotated[Words, "the rule's logical id"]
    target: Annotated[Words | None, "the target's id"]
    names_endpoint: Annotated[Flag, "whether it names the API by its endpoint's ARN"]
    api_has_iam: Annotated[Flag, "whether AWS_IAM is one of the API's modes"]
    visibility: Annotated[Literal["GLOBAL", "PRIVATE"] | Unknown, "who reaches the API's endpoint"]
    has_role: Annotated[Flag, "whether a role is named"]
    role: Annotated[Words | None, "the role that EventBridge calls the API with"]
    principal: Annotated[Words | None, "that role as a principal, if it is in the templates"]
    role_trust: Annotated[TrustWord | Unknown | None, _ROLE_TRUST]
    role_service: _RoleService


EVENT_TARGETS = table("event_targets", "an EventBridge rule's target that is an API", EventTargets)


class IdentityPools(TypedDict):
    pool: Annotated[Words, "its logical id"]
    classic: Annotated[Flag, "whether clients can choose the role (the basic flow)"]
    attached: Annotated[Flag, "whether roles are attached to it"]
    allows_guests: Annotated[Flag, "whether it gives credentials to guests"]
    guest_role_missing: Annotated[Flag, "whether the attachment names no role for guests"]
    guest_role: Annotated[Words | None, "the role for guests"]
    guest_grants: Annotated[Flag, "whether that role is granted fields of an API"]
    guest_mutation: Annotated[Words | None, "a mutation that the role for guests can call"]
    wrong_key: Annotated[Words | None, "a key of the attachment that Cognito does not recognize"]


IDENTITY_POOLS = table(
    "identity_pools",
    "a Cognito identity pool in the input of an API that accepts AWS_IAM",
    IdentityPools,
)


class PoolRoles(TypedDict):
    role: Annotated[Words, "the role"]
    pool: Annotated[Words, "the identity pool's logical id"]
    users: Annotated[Users | Unknown, "which users it is for"]
    caller: Annotated[Words, "the same in words"]
    trust: Annotated[
        Literal[
            "trusted",
            "no-principal",
            "wrong-action",
            "misspelt-key",
            "other-pool",
            "other-users",
            "denied",
            "elsewhere",
        ]
        | Unknown,
        "whether the pool can give it out, or what its trust policy lacks; elsewhere if it is"
        " not in the input, or is left for something else to fill in",
    ]
    detail: Annotated[Words | None, "what the trust policy says instead"]
    lacks: Annotated[
        Literal["condition", "aud"] | Unknown | None,
        "what a trust policy that is otherwise right does not check",
    ]
    tags: Annotated[Flag, "whether the pool tags the sessions of the users"]
    may_tag: Annotated[Flag, "whether the trust policy allows sts:TagSession"]
    iam_unused: Annotated[Flag, "whether fields accept IAM and no principal has a grant"]
    group_grants: Annotated[
        HowMuch | Unknown,
        "how many of the fields that the pool's role for authenticated users can call a"
        " group's role can call",
    ]
    example: Annotated[Words | None, "one of those that its members lose"]
    authenticated_role: Annotated[Words | None, "the pool's role for authenticated users"]


POOL_ROLES = table("pool_roles", "a role that an identity pool gives to its users", PoolRoles)


class References(TypedDict):
    resource: Annotated[Words, "the logical id of the resource"]
    property: Annotated[Words, "the name of the property"]
    wanted: Annotated[Words, "what the property expects, in words"]
    mismatch: Annotated[Words | None, "what it is given instead, in words"]


REFERENCES = table(
    "references",
    "a property that refers to, or might refer to, a value of the wrong kind",
    References,
    answers=True,
)


class Settings(TypedDict):
    resource: Annotated[Words, "the logical id of the resource"]
    setting: Annotated[Words, "the name of the property"]
    invalid: Annotated[Words | None, "the value"]
    hint: Annotated[Words, "the value that was probably meant, in parentheses"]
    values: Annotated[Words, "the values that exist"]


SETTINGS = table("settings", "a setting whose value is not valid, or might not be", Settings)

WIRING_TABLES = (
    RESOLVERS,
    FUNCTIONS,
    DATA_SOURCES,
    UNAWAITED,
    UNRESOLVED,
    AUTHORIZERS,
    AUTHORIZER_ANSWERS,
    AUTHORIZER_DENIALS,
    MERGED_APIS,
    SOURCES,
    DOMAINS,
    EVENT_TARGETS,
    IDENTITY_POOLS,
    POOL_ROLES,
    REFERENCES,
    SETTINGS,
)
