"""The tables about what lies around a schema: resolvers, authorizers, sources, identity pools."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.tables import Column, Table

__all__ = ["WIRING_TABLES"]

_TRUST = ("trusted", "another-service", "nobody", "elsewhere")
_ROLE_TRUST = "who may assume that role; elsewhere if it is not among the inputs"
_ROLE_SERVICE = Column("role_service", "the other service that may assume it", optional=True)
_SOURCE_EXISTS = Column(
    "data_source_exists", "whether that is a data source of its API", kind="bool"
)
_SOURCE_ADVICE = Column("data_source_advice", "what it is instead, or which there are")

_RESOLVERS = Table(
    "resolvers",
    "a resolver of an API",
    (
        Column("resolver", "its logical id"),
        Column("coordinate", "the field that it resolves, such as `Query.post`"),
        Column("type", "the type of that field"),
        Column("field", "the field's name"),
        Column("kind", "one step or several", ("UNIT", "PIPELINE")),
        Column("target", "whether the schema has that field", ("field", "no-field", "no-type")),
        Column("advice", "what was probably meant"),
        Column("data_source", "the name of its data source", optional=True),
        Column("lacks_data_source", "whether it is of one step and names none", kind="bool"),
        _SOURCE_EXISTS,
        _SOURCE_ADVICE,
        Column("repeats", "an earlier resolver of the same field", optional=True),
        Column("function_count", "how many functions its pipeline has", kind="number"),
        Column("bad_function", "what is wrong with a function that it names", optional=True),
    ),
)

_FUNCTIONS = Table(
    "functions",
    "a function of an API's pipelines",
    (
        Column("function", "its logical id"),
        Column("data_source", "the name of its data source", optional=True),
        _SOURCE_EXISTS,
        _SOURCE_ADVICE,
    ),
)

_DATA_SOURCES = Table(
    "data_sources",
    "a data source of an API",
    (
        Column("data_source", "its logical id"),
        Column(
            "type",
            "what it stands for; absent if it is none that is known",
            (
                "AWS_LAMBDA",
                "AMAZON_DYNAMODB",
                "AMAZON_ELASTICSEARCH",
                "AMAZON_OPENSEARCH_SERVICE",
                "AMAZON_EVENTBRIDGE",
                "AMAZON_BEDROCK_RUNTIME",
                "RELATIONAL_DATABASE",
                "HTTP",
                "NONE",
            ),
            optional=True,
        ),
        Column("needs_role", "whether its type cannot do without a role", kind="bool"),
        Column("wrong_service", "a service other than AppSync that it signs for", optional=True),
        Column("signs", "whether its HTTP requests are signed with a role", kind="bool"),
        Column("has_role", "whether a role is named", kind="bool"),
        Column("role", "the role that AppSync reads and writes it with", optional=True),
        Column("role_trust", _ROLE_TRUST, _TRUST, optional=True),
        _ROLE_SERVICE,
        Column(
            "role_access",
            "whether the role is allowed anything that the data source needs; elsewhere if the role"
            " or what it needs is not in the templates",
            ("yes", "no", "elsewhere"),
        ),
        Column("role_lacks", "what it is not allowed, in words", optional=True),
    ),
)

_UNAWAITED = Table(
    "unawaited",
    "a schema or data source that some of its users do not wait for when a stack is created",
    (
        Column("waits", "whether they wait for it", kind="bool"),
        Column("awaited", "the logical id of what they need"),
        Column("what", "what it is, in words"),
        Column("users", "the first of those that do not wait"),
        Column("failure", "what the deployment answers them"),
    ),
)

_UNRESOLVED = Table(
    "unresolved",
    "Query or Mutation with fields that have no resolver, if any resolver is among the inputs",
    (
        Column("type", "the root type"),
        Column("lacking", "how many of its fields have none", kind="number"),
        Column("fields", "the first of these fields"),
        Column(
            "placeholder",
            "whether it is the only field of Query, which every schema has to have",
            kind="bool",
        ),
        Column("effect", "what comes of it"),
    ),
)

_AUTHORIZERS = Table(
    "authorizers",
    "the Lambda function that decides about an API's callers",
    (
        Column("function", "the function, as the API names it"),
        Column("role", "the default provider or an additional one", ("default", "additional")),
        Column("uri_problem", "why the URI names no function", optional=True),
        Column(
            "permission",
            "whether AppSync may invoke it; or why what is permitted is not that",
            ("granted", "missing", "other-api", "other-qualifier", "other-account"),
        ),
        Column("permitted", "what is permitted instead, in words", optional=True),
        Column("account", "the account in its ARN, if it is not that of the API", optional=True),
        Column("foreign", "whether it belongs to another account than the API", kind="bool"),
        Column("expression", "what tokens must match", optional=True),
        Column("expression_problem", "why that is no regular expression", optional=True),
        Column("ttl", "how many seconds its answers are remembered", kind="number", optional=True),
        Column("ttl_fits", "whether that is between 0 and 3600", kind="bool"),
        Column("jwt_modes", "the modes beside it that every JWT goes to", MODES, kind="list"),
    ),
)

_AUTHORIZER_ANSWERS = Table(
    "authorizer_answers",
    "what the code of a Lambda authorizer can answer, if it lies beside the template",
    (
        Column("function", "the function's logical id"),
        Column(
            "admits",
            "whom it can admit; missing and gateway: none of its answers has isAuthorized",
            ("never", "always", "some", "missing", "gateway"),
        ),
        Column(
            "cached",
            "whether an answer that depends on the operation is remembered for other operations",
            kind="bool",
        ),
        Column("reads", "what it reads of the operation", optional=True),
        Column("bad_ttl", "a ttlOverride that is not between 0 and 3600", optional=True),
        Column("nested", "a member of resolverContext that is a list or an object", optional=True),
        Column(
            "raw_token",
            "whether it decodes the token as it arrives, and never looks for `Bearer`",
            kind="bool",
        ),
    ),
)

_AUTHORIZER_DENIALS = Table(
    "authorizer_denials",
    "an entry of deniedFields that the code of a Lambda authorizer spells out",
    (
        Column("function", "the function's logical id"),
        Column("entry", "the entry"),
        Column(
            "problem",
            "why it has no effect: its form, its type or its field",
            ("form", "type", "field"),
            optional=True,
        ),
        Column("hint", "what was probably meant, in parentheses"),
    ),
)

_MERGED_APIS = Table(
    "merged_apis",
    "a merged API",
    (
        Column("name", "its name in reports"),
        Column("has_role", "whether it names an execution role", kind="bool"),
        Column("source_count", "how many sources it has", kind="number"),
        Column("own_schema", "a schema that belongs to it although it is merged", optional=True),
        Column("role", "the role that it reads its sources with", optional=True),
        Column("role_trust", _ROLE_TRUST, _TRUST, optional=True),
        _ROLE_SERVICE,
    ),
)

_SOURCES = Table(
    "sources",
    "a source API of a merged API",
    (
        Column("association", "the logical id of what ties the two together"),
        Column("source", "the source API"),
        Column(
            "limit",
            "the source is merged itself, or is a source of this or of another merged API already",
            ("merged", "repeated", "shared"),
            optional=True,
        ),
        Column("limit_detail", "the same as a relative clause"),
        Column("merged", "the merged API"),
        Column("merge_type", "when it is merged", ("MANUAL_MERGE", "AUTO_MERGE")),
        Column("role", "the merged API's execution role", optional=True),
        Column(
            "source_grant",
            "which of the two resources that appsync:SourceGraphQL is needed on the role has;"
            " elsewhere if its policies are not among the inputs",
            ("both", "fields-only", "api-only", "none", "elsewhere"),
        ),
        Column("lacking", "the resources that it has not"),
        Column(
            "may_merge",
            "whether the role is granted appsync:StartSchemaMerge",
            ("yes", "no", "elsewhere"),
        ),
    ),
)

_DOMAINS = Table(
    "domains",
    "a custom domain of an API",
    (
        Column("domain", "the domain's name", optional=True),
        Column("visibility", "who reaches the API's endpoint", ("GLOBAL", "PRIVATE")),
    ),
)

_EVENT_TARGETS = Table(
    "event_targets",
    "an EventBridge rule's target that is an API",
    (
        Column("rule", "the rule's logical id"),
        Column("target", "the target's id", optional=True),
        Column("names_endpoint", "whether it names the API by its endpoint's ARN", kind="bool"),
        Column("api_has_iam", "whether AWS_IAM is one of the API's modes", kind="bool"),
        Column("visibility", "who reaches the API's endpoint", ("GLOBAL", "PRIVATE")),
        Column("has_role", "whether a role is named", kind="bool"),
        Column("role", "the role that EventBridge calls the API with", optional=True),
        Column("principal", "that role as a principal, if it is in the templates", optional=True),
        Column("role_trust", _ROLE_TRUST, _TRUST, optional=True),
        _ROLE_SERVICE,
    ),
)

_IDENTITY_POOLS = Table(
    "identity_pools",
    "a Cognito identity pool beside an API that accepts AWS_IAM",
    (
        Column("pool", "its logical id"),
        Column("classic", "whether clients can choose the role (the basic flow)", kind="bool"),
        Column("attached", "whether roles are attached to it", kind="bool"),
        Column("allows_guests", "whether it gives credentials to guests", kind="bool"),
        Column(
            "guest_role_missing", "whether the attachment names no role for guests", kind="bool"
        ),
        Column("guest_role", "the role for guests", optional=True),
        Column("guest_grants", "whether that role is granted fields of an API", kind="bool"),
        Column("guest_mutation", "a mutation that the role for guests may call", optional=True),
        Column("wrong_key", "a key of the attachment that Cognito does not know", optional=True),
    ),
)

_POOL_ROLES = Table(
    "pool_roles",
    "a role that an identity pool gives to its users",
    (
        Column("role", "the role"),
        Column("pool", "the identity pool's logical id"),
        Column("users", "whom it is for", ("authenticated", "unauthenticated", "group")),
        Column("caller", "the same in words"),
        Column(
            "trust",
            "whether the pool may hand it out; or what its trust policy lacks. elsewhere if it is"
            " not among the inputs, or is left for something else to fill in",
            (
                "trusted",
                "no-principal",
                "wrong-action",
                "misspelt-key",
                "other-pool",
                "other-users",
                "denied",
                "elsewhere",
            ),
        ),
        Column("detail", "what the trust policy says instead", optional=True),
        Column(
            "lacks",
            "what a trust policy that is right otherwise does not ask for",
            ("condition", "aud"),
            optional=True,
        ),
        Column("tags", "whether the pool tags the sessions of the users", kind="bool"),
        Column("may_tag", "whether the trust policy allows sts:TagSession", kind="bool"),
        Column("iam_unused", "whether fields accept IAM and no principal has a grant", kind="bool"),
        Column(
            "group_grants",
            "how many of the fields that the pool's role for authenticated users may call a"
            " group's role may call",
            ("all", "some", "none"),
        ),
        Column("example", "one of those that its members lose", optional=True),
        Column("authenticated_role", "the pool's role for authenticated users", optional=True),
    ),
)

_REFERENCES = Table(
    "references",
    "a property that refers to something of another kind than it takes, or may",
    (
        Column("resource", "the logical id of the resource"),
        Column("property", "the name of the property"),
        Column("wanted", "what the property takes, in words"),
        Column("mismatch", "what it is given instead, in words", optional=True),
    ),
    answers=True,
)

_SETTINGS = Table(
    "settings",
    "a setting whose value does not exist, or may not",
    (
        Column("resource", "the logical id of the resource"),
        Column("setting", "the name of the property"),
        Column("invalid", "the value", optional=True),
        Column("hint", "the value that was probably meant, in parentheses"),
        Column("values", "the values that exist"),
    ),
)

WIRING_TABLES = (
    _RESOLVERS,
    _FUNCTIONS,
    _DATA_SOURCES,
    _UNAWAITED,
    _UNRESOLVED,
    _AUTHORIZERS,
    _AUTHORIZER_ANSWERS,
    _AUTHORIZER_DENIALS,
    _MERGED_APIS,
    _SOURCES,
    _DOMAINS,
    _EVENT_TARGETS,
    _IDENTITY_POOLS,
    _POOL_ROLES,
    _REFERENCES,
    _SETTINGS,
)
