"""The tables about what surrounds a schema: the API, its providers, keys, caches, and its logs."""

from typing import Annotated, Literal, TypeAlias, TypedDict, get_args

from cdk_appsync_guard.appsync.modes import MODES, Regime
from cdk_appsync_guard.facts.tables import Flag, Names, Number, Words, table
from cdk_appsync_guard.template.values.value import Unknown

__all__ = [
    "APIS",
    "API_KEYS",
    "API_TABLES",
    "GROUP_NAMES",
    "PROVIDERS",
    "SOURCE_MODES",
    "ApiKeys",
    "Apis",
    "GroupNames",
    "Providers",
    "SourceModes",
]


ApiType: TypeAlias = Literal["GRAPHQL", "MERGED"]
Visibility: TypeAlias = Literal["GLOBAL", "PRIVATE"]
LogLevel: TypeAlias = Literal["NONE", "ERROR", "INFO", "DEBUG", "ALL"]
Repeats: TypeAlias = Literal["mode", "identity"]
KeyState: TypeAlias = Literal["declared", "conditional", "none"]
Expiry: TypeAlias = Literal[
    "default", "past", "day", "soon", "later", "beyond", "invalid", "computed"
]
API_TYPES: tuple[ApiType, ...] = get_args(ApiType)
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)


class LogCells(TypedDict):
    has_log_config: Annotated[Flag, "whether it writes logs"]
    field_log_level: Annotated[
        LogLevel | Unknown | None,
        "how much is logged about fields; only ALL includes fields that succeeded",
    ]
    excludes_verbose_content: Annotated[
        Flag, "whether headers, context and evaluated templates are left out of the logs"
    ]
    log_role: Annotated[Words | None, "the role that writes the logs"]
    log_role_trust: Annotated[
        Literal["appsync", "another-service", "nobody", "elsewhere"] | Unknown | None,
        "who can assume that role; elsewhere if it is not in the input",
    ]
    log_role_service: Annotated[Words | None, "the other service that can assume it"]
    log_role_writes: Annotated[
        Literal["yes", "no", "elsewhere"] | Unknown | None,
        "whether its policies allow writing the API's log; elsewhere if they are not in the input",
    ]
    log_role_lacks: Annotated[Words | None, "the actions that it lacks, in words"]
    log_role_misnamed_policy: Annotated[Words | None, "a managed policy of it that does not exist"]
    log_role_meant_policy: Annotated[Words | None, "the managed policy that was probably meant"]
    log_config_problem: Annotated[Words | None, "the part of LogConfig that AppSync rejects"]
    log_expires: Annotated[
        Flag, "whether the API's log group is declared and gets a retention time"
    ]


class _ApiHead(TypedDict):
    name: Annotated[Words, "its name in reports"]
    api_type: Annotated[ApiType | Unknown, "MERGED if it is made of source APIs"]


class ModeCells(TypedDict):
    default_mode: Annotated[
        Words | None,
        "the mode that fields without a directive require; absent if it is not one of the five",
        MODES,
    ]
    additional_modes: Annotated[Names, "the modes of its additional providers", MODES]
    additional_count: Annotated[Number, "how many additional providers it has"]
    regime: Annotated[Regime | Unknown, "which directives have an effect"]


class _ApiSettings(TypedDict):
    visibility: Annotated[Visibility | Unknown, "who can reach the endpoint"]
    introspection: Annotated[Literal["ENABLED", "DISABLED"] | Unknown, "whether it is on"]
    query_depth_limit: Annotated[Number, "the deepest query allowed, 0 for any"]
    resolver_count_limit: Annotated[
        Number, "the most resolvers that a request can run, 0 for AppSync's own limit"
    ]
    xray: Annotated[Flag, "whether requests are traced"]
    waf: Annotated[Flag, "whether a web ACL is associated"]
    tagged: Annotated[Flag, "whether it has tags of its own"]
    schema_source: Annotated[
        Literal["inline", "file", "merged", "missing"] | Unknown, "where its schema was found"
    ]


class MutationCells(TypedDict):
    untagged_mutations: Annotated[
        Number,
        "how many mutations have no authorization directive on the field or its type; 0 if Amplify"
        " made the schema",
    ]
    untagged_mutation: Annotated[Words | None, "the first of them"]
    untagged_words: Annotated[Words, "that mutation and how many more there are, in words"]


class KeyCells(TypedDict):
    accepts_api_keys: Annotated[Flag, "whether any of its providers is API_KEY"]
    key_count: Annotated[Number, "how many ApiKey resources it has"]
    keys: Annotated[
        KeyState | Unknown,
        "whether the inputs declare an API key for it; conditional if only some deployments"
        " have one",
    ]


class Apis(_ApiHead, ModeCells, _ApiSettings, MutationCells, KeyCells, LogCells):
    idle_pool: Annotated[
        Words | None,
        "a user pool with a client that no API uses, if this API accepts API keys only",
    ]


APIS = table("apis", "a GraphQL API", Apis)


class _ProviderHead(TypedDict):
    mode: Annotated[Words | None, "its mode; absent if it is not one of the five", MODES]
    invalid_mode: Annotated[Words | None, "an AuthenticationType that does not exist"]
    mode_hint: Annotated[Words, "the mode that was probably meant, in parentheses"]
    role: Annotated[
        Literal["default", "additional"] | Unknown, "the default one or an additional one"
    ]
    position: Annotated[Number, "0 for the default one, then in order"]
    index: Annotated[Number | None, "its position in the list of additional providers, from 0"]
    additional_count: Annotated[Number, "how many additional providers the API has"]
    regime: Annotated[Regime | Unknown, "which directives have an effect"]
    settings: Annotated[Words | None, "the configuration block that its mode requires"]
    missing: Annotated[Words | None, "the block that its mode requires and it does not have"]


class DefaultActionCells(TypedDict):
    default_action: Annotated[
        Literal["ALLOW", "DENY"] | Unknown | None, "of the default provider's user pool"
    ]
    invalid_default_action: Annotated[Words | None, "a DefaultAction that does not exist"]
    misplaced_default_action: Annotated[
        Flag, "whether an additional provider has a `DefaultAction`"
    ]


class _ProviderIdentity(TypedDict):
    repeats: Annotated[
        Repeats | Unknown | None,
        "an earlier provider has the same mode, of which there may be one; or the same user"
        " pool or issuer",
    ]
    identity: Annotated[Words | None, "its user pool or issuer"]


class RegionCells(TypedDict):
    pool_region: Annotated[Words | None, "the Region in its user pool's id"]
    region: Annotated[Words | None, "the Region that it is configured for"]
    region_mismatch: Annotated[Flag, "whether its user pool's id starts with another Region"]
    unknown_region: Annotated[Words | None, "that Region, if it does not exist"]


class LifetimeCells(TypedDict):
    short_lifetime: Annotated[
        Words | None, "a lifetime of tokens, `IatTTL` or `AuthTTL`, of less than a minute"
    ]
    lifetime: Annotated[Number | None, "its milliseconds"]


class IssuerCells(LifetimeCells):
    issuer_problem: Annotated[Words | None, "why its issuer is not valid"]


class ClientCells(TypedDict):
    client_regex: Annotated[Words | None, "the pattern that client ids must match"]
    client_regex_problem: Annotated[Words | None, "why that is not a valid regular expression"]
    client_problem: Annotated[Words | None, "why no client of its user pool can match the pattern"]
    stray_client: Annotated[Words | None, "why one of several clients that it names cannot match"]
    client_separator: Annotated[
        Words | None,
        "a part of an issuer's client pattern that separates ids with a comma or a space",
    ]


class ReachedCells(TypedDict):
    fields_reached: Annotated[
        Number, "how many fields of Query, Mutation and Subscription accept its callers"
    ]
    refused_field: Annotated[Words | None, "the first of those that do not"]
    refused_type: Annotated[Words | None, "the type of that field"]


class Providers(
    _ProviderHead,
    DefaultActionCells,
    _ProviderIdentity,
    RegionCells,
    IssuerCells,
    ClientCells,
    ReachedCells,
):
    pass


PROVIDERS = table("providers", "an authorization provider of an API", Providers, answers=True)


class ApiKeys(TypedDict):
    key: Annotated[Words, "its logical id"]
    accepted: Annotated[Flag, "whether its API accepts API keys"]
    needs: Annotated[Words, "the mode that the API needs to accept it"]
    expiry: Annotated[
        Expiry | Unknown,
        "when it expires: default (7 days after it is created), past, within a day, within 14 days,"
        " later, in more than 365 days, at a time that is not one (invalid), or computed: by"
        " another resource, or by a parameter with a fallback",
    ]
    expiry_problem: Annotated[Words | None, "why what is written is not a time in seconds"]
    expires_on: Annotated[Words | None, "the day on which it expires"]
    expires_in_days: Annotated[Number | None, "the days until then, below zero if past"]
    conditional: Annotated[Flag, "whether only some deployments have it"]


API_KEYS = table("api_keys", "an ApiKey resource", ApiKeys)


class _SourceModeHead(TypedDict):
    source: Annotated[Words, "the source API"]
    merged: Annotated[Words, "the merged API"]
    source_mode: Annotated[
        Words | None, "the source's default mode; absent if it is not one of the five", MODES
    ]
    merging: Annotated[Words, "the merge that ends in a conflict if it does not, in words"]
    mode_configured: Annotated[Flag, "whether the merged API has that mode, too"]


class ClosedCells(TypedDict):
    closed: Annotated[Number, "how many fields name only modes that it lacks"]
    first_closed: Annotated[Words | None, "the first of them"]
    more_closed: Annotated[Words, "how many more there are, in words; empty for none"]
    closed_modes: Annotated[Words, "the modes that this field names"]


class SourceModes(_SourceModeHead, ClosedCells):
    pass


SOURCE_MODES = table(
    "source_modes",
    "the modes of a source of a merged API, if both are in the input",
    SourceModes,
)


class GroupNames(TypedDict):
    group: Annotated[Words, "its name"]
    coordinate: Annotated[Words, "where it is first"]
    near: Annotated[Words | None, "the declared group with a similar name"]
    first: Annotated[Words, "how the schema spells it first, if letters alone are compared"]
    rival: Annotated[Words | None, "that spelling if it is another and neither is declared"]


GROUP_NAMES = table(
    "group_names",
    "a Cognito group that a directive names, nearly as a declared group or another directive does",
    GroupNames,
)

API_TABLES = (APIS, PROVIDERS, API_KEYS, GROUP_NAMES, SOURCE_MODES)
