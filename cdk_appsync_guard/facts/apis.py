"""Api → its row of ``apis``.

In: an API and all stacks of its scenario. Out: rows. What the inputs leave open is Unknown.
"""

from __future__ import annotations

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.log_role import LogRole, log_group_name, read_log_role
from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    COGNITO_ONLY,
    MODE_OF_DIRECTIVE,
    MODES,
    MULTI,
    SINGLE_OTHER,
    Regime,
)
from cdk_appsync_guard.appsync.schema import Field, Schema, TypeDefinition
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.facts.api_vocabulary import (
    API_TYPES,
    APIS,
    LOG_LEVELS,
    VISIBILITIES,
    Apis,
    KeyCells,
    KeyState,
    LogCells,
    ModeCells,
    MutationCells,
)
from cdk_appsync_guard.facts.conversions import and_more, choice, flag, number, text
from cdk_appsync_guard.facts.credentials import accepts_api_keys
from cdk_appsync_guard.facts.idle_pools import find_idle_pool
from cdk_appsync_guard.facts.tables import Names, Number, Row
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["api_row", "regime", "schema_unknown"]

_FIREWALL = "AWS::WAFv2::WebACLAssociation"
_KEY = "AWS::AppSync::ApiKey"
_LOG_GROUPS = ("AWS::Logs::LogGroup", "Custom::LogRetention")
# Amplify writes this type. It leaves mutations without directive on purpose, where a rule says
# `allow: public` and where its resolver refuses everyone.
_GENERATED_TYPE = "ModelAttributeTypes"
_AUTHORIZES = frozenset((*MODE_OF_DIRECTIVE, "aws_auth"))

_PROPERTY_OF_COLUMN = {
    "api_type": "ApiType",
    "default_mode": "AuthenticationType",
    "additional_modes": "AdditionalAuthenticationProviders",
    "additional_count": "AdditionalAuthenticationProviders",
    "visibility": "Visibility",
    "introspection": "IntrospectionConfig",
    "query_depth_limit": "QueryDepthLimit",
    "resolver_count_limit": "ResolverCountLimit",
    "xray": "XrayEnabled",
    "tagged": "Tags",
}


def api_row(api: Api, stacks: tuple[Stack, ...], principals: Principals) -> Row:
    """Return the row of the API."""
    get = api.resource.get
    cells: Apis = {
        "name": api.name,
        "api_type": choice(get("ApiType"), API_TYPES, "GRAPHQL"),
        "visibility": choice(get("Visibility"), VISIBILITIES, "GLOBAL"),
        "introspection": choice(get("IntrospectionConfig"), ("ENABLED", "DISABLED"), "ENABLED"),
        "xray": flag(get("XrayEnabled"), absent=False),
        "waf": _has(api, _FIREWALL, present=bool(api.firewalls)),
        "tagged": unknown_of(get("Tags")) or bool(get("Tags")),
        "schema_source": api.schema_source,
        "query_depth_limit": number(get("QueryDepthLimit")) or 0,
        "resolver_count_limit": number(get("ResolverCountLimit")) or 0,
        **_mode_cells(api),
        **_key_cells(api),
        "idle_pool": find_idle_pool(api, stacks),
        **_schema_cells(api),
        **_log_cells(api, stacks, principals),
    }
    places = {
        column: api.resource.place(name)
        for column, name in _PROPERTY_OF_COLUMN.items()
        if get(name) is not None
    }
    if get("LogConfig") is not None:
        places.update(_log_places(api))
    return APIS.row(cells, api.resource.place(), places, api.name)


def regime(api: Api) -> Regime | Unknown:
    """Return which directives have an effect, as far as the providers tell."""
    if isinstance(api.additional, Unknown):
        return Unknown(api.additional.reason, api.additional.would_decide)
    if api.additional:
        return MULTI
    mode = api.default.mode
    if isinstance(mode, Unknown):
        return Unknown(mode.reason, mode.would_decide, (COGNITO_ONLY, SINGLE_OTHER))
    return COGNITO_ONLY if mode == COGNITO else SINGLE_OTHER


def schema_unknown(api: Api) -> Unknown | None:
    """Return why the API's fields are not known, None if they are or if it is merged."""
    if isinstance(api.schema, Unknown):
        return api.schema
    if isinstance(api.schema, SchemaError):
        return Unknown("the schema cannot be read", "a schema without syntax errors")
    return None


def _mode_cells(api: Api) -> ModeCells:
    additional: Names
    count: Number
    if isinstance(api.additional, Unknown):
        additional = count = Unknown(api.additional.reason, api.additional.would_decide)
    else:
        count = len(api.additional)
        modes = [provider.mode for provider in api.additional]
        unknown = next((mode for mode in modes if isinstance(mode, Unknown)), None)
        known = tuple(dict.fromkeys(mode for mode in modes if mode in MODES))
        additional = Unknown(unknown.reason, unknown.would_decide) if unknown else known
    return {
        "default_mode": choice(api.default.mode, MODES),
        "additional_modes": additional,
        "additional_count": count,
        "regime": regime(api),
    }


def _key_cells(api: Api) -> KeyCells:
    keys: KeyState | Unknown = "none"
    if any(not key.conditional for key in api.keys):
        keys = "declared"
    elif api.keys or api.absent_keys:
        keys = "conditional"
    else:
        perhaps = _has(api, _KEY, present=False)
        if isinstance(perhaps, Unknown):
            keys = Unknown(perhaps.reason, perhaps.would_decide, ("declared", "none"))
    return {
        "accepts_api_keys": accepts_api_keys(api),
        "key_count": _key_count(api),
        "keys": keys,
    }


def _key_count(api: Api) -> int | Unknown:
    declared = len(api.keys)
    perhaps = _has(api, _KEY, present=False)
    if not isinstance(perhaps, Unknown):
        return declared
    most = declared + len(api.unplaced_of(_KEY))
    return Unknown(perhaps.reason, perhaps.would_decide, (declared, most))


def _has(api: Api, kind: str, *, present: bool) -> bool | Unknown:
    """Return whether the API has a resource of the kind, asking the unplaced ones if need be."""
    if present:
        return True
    for resource in api.unplaced_of(kind):
        named = resource.get("ResourceArn" if kind == _FIREWALL else "ApiId")
        unknown = unknown_of(named) or Unknown("it is not known which API it belongs to")
        return Unknown(
            f"`{resource.logical_id}` might belong to this API or another: {unknown.reason}",
            unknown.would_decide,
        )
    return False


def _schema_cells(api: Api) -> MutationCells:
    unknown = schema_unknown(api)
    if unknown is not None:
        return {
            "untagged_mutations": unknown,
            "untagged_mutation": unknown,
            "untagged_words": "",
        }
    if not isinstance(api.schema, Schema):
        return {"untagged_mutations": 0, "untagged_mutation": None, "untagged_words": ""}
    root = api.schema.types.get(api.schema.mutation or "")
    untagged = []
    if root is not None and not _is_tagged(root) and _GENERATED_TYPE not in api.schema.types:
        untagged = [each.coordinate for each in root.fields.values() if not _is_tagged(each)]
    return {
        "untagged_mutations": len(untagged),
        "untagged_mutation": untagged[0] if untagged else None,
        "untagged_words": _untagged_words(untagged),
    }


def _untagged_words(untagged: list[str]) -> str:
    if not untagged:
        return ""
    lacks = "which has" if len(untagged) == 1 else "which have"
    return f"`{untagged[0]}`{and_more(len(untagged), 'mutations')}, {lacks} no directive"


def _is_tagged(definition: Field | TypeDefinition) -> bool:
    return any(directive.name in _AUTHORIZES for directive in definition.directives)


def _log_cells(api: Api, stacks: tuple[Stack, ...], principals: Principals) -> LogCells:
    config = api.resource.get("LogConfig")
    unknown = unknown_of(config)
    if unknown is not None:
        why = Unknown(unknown.reason, unknown.would_decide)
        return {
            "has_log_config": why,
            "field_log_level": why,
            "excludes_verbose_content": why,
            "log_role": why,
            "log_role_trust": why,
            "log_role_service": why,
            "log_role_writes": why,
            "log_role_lacks": why,
            "log_role_misnamed_policy": why,
            "log_role_meant_policy": why,
            "log_config_problem": why,
            "log_expires": why,
        }
    if not isinstance(config, dict):
        config = None
    role = config and config.get("CloudWatchLogsRoleArn")
    judged = _NO_ROLE if role is None else read_log_role(role, api.resource, stacks, principals)
    return {
        "has_log_config": config is not None,
        "field_log_level": choice(config and config.get("FieldLogLevel"), LOG_LEVELS),
        "excludes_verbose_content": flag(
            config and config.get("ExcludeVerboseContent"), absent=False
        ),
        "log_role": judged.resource.logical_id if judged.resource else text(role),
        "log_role_trust": judged.trust,
        "log_role_service": judged.service,
        "log_role_writes": judged.writes,
        "log_role_lacks": ", ".join(f"`{action}`" for action in judged.lacks) or None,
        "log_role_misnamed_policy": judged.misnamed,
        "log_role_meant_policy": judged.meant,
        "log_config_problem": _log_config_problem(config),
        "log_expires": _log_expires(api, stacks),
    }


_NO_ROLE = LogRole(None, None)


def _log_config_problem(config: dict[str, Value] | None) -> str | Unknown | None:
    """Return what the service refuses: it requires a level and a role."""
    if config is None:
        return None
    for name in ("FieldLogLevel", "CloudWatchLogsRoleArn"):
        if config.get(name) is None:
            return f"has no `{name}`"
    level = config["FieldLogLevel"]
    if isinstance(level, str):
        return (
            None if level in LOG_LEVELS else f"has the `FieldLogLevel` `{level}`, which is not one"
        )
    why = unknown_of(level)
    could_be = why.could_be if why else None
    if why is None or (could_be and all(one in LOG_LEVELS for one in could_be)):
        return None
    return Unknown(why.reason, why.would_decide)


def _log_expires(api: Api, stacks: tuple[Stack, ...]) -> bool | Unknown:
    name = log_group_name(api.resource)
    perhaps: Unknown | None = None
    for stack in stacks:
        for group in stack.of_type(*_LOG_GROUPS):
            named = group.get("LogGroupName")
            if named == name and not isinstance(named, Unknown):
                days = group.get("RetentionInDays")
                return True if isinstance(days, Text) else unknown_of(days) or days is not None
            if perhaps is None and _may_be_any_name(named):
                perhaps = unknown_of(named)
    return False if perhaps is None else Unknown(perhaps.reason, perhaps.would_decide)


def _may_be_any_name(name: Value) -> bool:
    """Return whether the name may turn out to be any name, once someone gives it."""
    if isinstance(name, Text):
        return name.hole is not None and name.hole.kind in ("parameter", "import")
    return isinstance(name, Unknown) and name.would_decide not in ("", "nothing before deployment")


def _log_places(api: Api) -> dict[str, Place]:
    place = api.resource.place
    role = place("LogConfig", "CloudWatchLogsRoleArn")
    return {
        "has_log_config": place("LogConfig"),
        "log_config_problem": place("LogConfig"),
        "field_log_level": place("LogConfig", "FieldLogLevel"),
        "excludes_verbose_content": place("LogConfig", "ExcludeVerboseContent"),
        **dict.fromkeys(
            ("log_role", "log_role_trust", "log_role_writes", "log_role_misnamed_policy"), role
        ),
    }
