"""The tables about what surrounds a schema: the API, its providers, keys, caches, and its logs."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import COGNITO_ONLY, MODES, MULTI, SINGLE_OTHER
from cdk_appsync_guard.facts.tables import Column, Table

__all__ = ["APIS", "API_TABLES"]

_LOG_COLUMNS = (
    Column("has_log_config", "whether it writes logs", kind="bool"),
    Column(
        "field_log_level",
        "how much is logged of fields; only ALL tells about those that succeeded",
        ("NONE", "ERROR", "INFO", "DEBUG", "ALL"),
        optional=True,
    ),
    Column(
        "excludes_verbose_content",
        "whether headers, context and evaluated templates are left out of the logs",
        kind="bool",
    ),
    Column("log_role", "the role that writes the logs", optional=True),
    Column(
        "log_role_trust",
        "who may assume that role; elsewhere if it is not among the inputs",
        ("appsync", "another-service", "nobody", "elsewhere"),
        optional=True,
    ),
    Column("log_role_service", "the other service that may assume it", optional=True),
    Column(
        "log_role_writes",
        "whether its policies allow to write the API's log; elsewhere if they are not among the"
        " inputs",
        ("yes", "no", "elsewhere"),
        optional=True,
    ),
    Column("log_role_lacks", "the actions that it lacks, in words", optional=True),
    Column("log_role_misnamed_policy", "a managed policy of it that does not exist", optional=True),
    Column("log_role_meant_policy", "the managed policy that was probably meant", optional=True),
    Column("log_config_problem", "what of LogConfig the service refuses", optional=True),
    Column(
        "log_expires",
        "whether the API's log group is declared and gets a retention time",
        kind="bool",
    ),
)

APIS = Table(
    "apis",
    "a GraphQL API",
    (
        Column("name", "its name in reports"),
        Column("api_type", "MERGED if it is made of source APIs", ("GRAPHQL", "MERGED")),
        Column(
            "default_mode",
            "the mode that fields without a directive ask for; absent if it is none of the five",
            MODES,
            optional=True,
        ),
        Column("additional_modes", "the modes of its additional providers", MODES, kind="list"),
        Column("additional_count", "how many additional providers it has", kind="number"),
        Column("regime", "which directives count", (COGNITO_ONLY, MULTI, SINGLE_OTHER)),
        Column("visibility", "who reaches the endpoint", ("GLOBAL", "PRIVATE")),
        Column("introspection", "whether it is on", ("ENABLED", "DISABLED")),
        Column("query_depth_limit", "the deepest query allowed, 0 for any", kind="number"),
        Column(
            "resolver_count_limit",
            "the most resolvers a request may run, 0 for the service's own limit",
            kind="number",
        ),
        Column("xray", "whether requests are traced", kind="bool"),
        Column("waf", "whether a web ACL is associated", kind="bool"),
        Column("tagged", "whether it has tags of its own", kind="bool"),
        Column(
            "schema_source",
            "where its schema was found",
            ("inline", "file", "merged", "missing"),
        ),
        Column(
            "untagged_mutations",
            "how many mutations have no authorization directive, nor has their type; 0 if Amplify"
            " made the schema",
            kind="number",
        ),
        Column("untagged_mutation", "the first of them", optional=True),
        Column(
            "idle_pool",
            "a user pool with a client that no API asks, if this one accepts API keys only",
            optional=True,
        ),
        Column("untagged_words", "that one and how many more there are, in words"),
        Column("accepts_api_keys", "whether any of its providers is API_KEY", kind="bool"),
        Column("key_count", "how many ApiKey resources it has", kind="number"),
        Column(
            "keys",
            "whether the inputs declare an API key for it; conditional if only some deployments"
            " have one",
            ("declared", "conditional", "none"),
        ),
        *_LOG_COLUMNS,
    ),
)

_PROVIDERS = Table(
    "providers",
    "an authorization provider of an API",
    (
        Column("mode", "its mode; absent if it is none of the five", MODES, optional=True),
        Column("invalid_mode", "an AuthenticationType that does not exist", optional=True),
        Column("mode_hint", "the mode that was probably meant, in parentheses"),
        Column("invalid_default_action", "a DefaultAction that does not exist", optional=True),
        Column("role", "the default one or an additional one", ("default", "additional")),
        Column("position", "0 for the default one, then in order", kind="number"),
        Column(
            "index",
            "where it stands in the list of additional ones, from 0",
            kind="number",
            optional=True,
        ),
        Column("additional_count", "how many additional ones the API has", kind="number"),
        Column("regime", "which directives count", (COGNITO_ONLY, MULTI, SINGLE_OTHER)),
        Column("settings", "the block that its mode asks for", optional=True),
        Column("missing", "what its mode asks for and it does not have", optional=True),
        Column(
            "default_action",
            "of the default provider's user pool",
            ("ALLOW", "DENY"),
            optional=True,
        ),
        Column(
            "misplaced_default_action",
            "whether an additional provider has a `DefaultAction`",
            kind="bool",
        ),
        Column(
            "repeats",
            "an earlier provider has the same mode, of which there may be one; or the same user"
            " pool or issuer",
            ("mode", "identity"),
            optional=True,
        ),
        Column("identity", "its user pool or issuer", optional=True),
        Column("pool_region", "the region in its user pool's id", optional=True),
        Column("region", "the region it looks for its user pool in", optional=True),
        Column(
            "region_mismatch",
            "whether its user pool's id begins with another region",
            kind="bool",
        ),
        Column("unknown_region", "that region, if it does not exist", optional=True),
        Column("issuer_problem", "why its issuer is none", optional=True),
        Column(
            "short_lifetime",
            "a lifetime of tokens, `IatTTL` or `AuthTTL`, of less than a minute",
            optional=True,
        ),
        Column("lifetime", "its milliseconds", kind="number", optional=True),
        Column("client_regex", "what its clients' ids must match", optional=True),
        Column("client_regex_problem", "why that is no regular expression", optional=True),
        Column("client_problem", "why no client of its user pool can match that", optional=True),
        Column(
            "stray_client", "why one of several clients that it names cannot match", optional=True
        ),
        Column(
            "client_separator",
            "what separates ids of an issuer's clients by a comma or a space",
            optional=True,
        ),
        Column(
            "fields_reached",
            "how many fields of Query, Mutation and Subscription accept its callers",
            kind="number",
        ),
        Column("refused_field", "the first of those that do not", optional=True),
        Column("refused_type", "the type of that field", optional=True),
    ),
    answers=True,
)

_API_KEYS = Table(
    "api_keys",
    "an ApiKey resource",
    (
        Column("key", "its logical id"),
        Column("accepted", "whether its API accepts API keys", kind="bool"),
        Column("needs", "the mode without which it is of no use"),
        Column(
            "expiry",
            "when it ends: default (7 days after it is made), past, within a day, within 14 days,"
            " later, in more than 365 days, at a time that is not one (invalid), or computed: by"
            " another resource, or by a parameter with a fallback",
            ("default", "past", "day", "soon", "later", "beyond", "invalid", "computed"),
        ),
        Column("expiry_problem", "why what is written is not a time in seconds", optional=True),
        Column("expires_on", "the day on which it ends", optional=True),
        Column(
            "expires_in_days",
            "the days until then, below zero if past",
            kind="number",
            optional=True,
        ),
        Column("conditional", "whether only some deployments have it", kind="bool"),
    ),
)


_SOURCE_MODES = Table(
    "source_modes",
    "the modes of a source of a merged API, if both are among the inputs",
    (
        Column("source", "the source API"),
        Column("merged", "the merged API"),
        Column(
            "source_mode",
            "the source's default mode; absent if it is none of the five",
            MODES,
            optional=True,
        ),
        Column("merging", "what runs into a conflict if it does not, in words"),
        Column("mode_configured", "whether the merged API has that mode, too", kind="bool"),
        Column("closed", "how many fields name only modes that it lacks", kind="number"),
        Column("first_closed", "the first of them", optional=True),
        Column("more_closed", "how many more there are, in words; empty for none"),
        Column("closed_modes", "the modes that this field names"),
    ),
)

_GROUP_NAMES = Table(
    "group_names",
    "a Cognito group that a directive names and that is not declared, if groups of the pool are",
    (
        Column("group", "its name"),
        Column("coordinate", "where it stands first"),
        Column("near", "the declared group that is called almost like it", optional=True),
    ),
)

API_TABLES = (APIS, _PROVIDERS, _API_KEYS, _GROUP_NAMES, _SOURCE_MODES)
