"""A deployed API → the resources that would deploy it.

In: a DeployedApi. Out: resources in the Draft, its schema and code as files. Takes only those
properties that say who can do what: no description, no environment variable, no tag.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_AppSync.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cdk_appsync_guard.deployed.client import Denied
from cdk_appsync_guard.deployed.draft import Draft
from cdk_appsync_guard.deployed.reading import LOG_GROUPS, DeployedApi, Items

__all__ = ["write_api", "write_domains", "write_log_groups", "write_sources"]

_OF_AN_API = (
    "name",
    "authenticationType",
    "userPoolConfig",
    "openIDConnectConfig",
    "lambdaAuthorizerConfig",
    "additionalAuthenticationProviders",
    "logConfig",
    "xrayEnabled",
    "visibility",
    "apiType",
    "introspectionConfig",
    "queryDepthLimit",
    "resolverCountLimit",
    "mergedApiExecutionRoleArn",
    "enhancedMetricsConfig",
)
_OF_A_DATA_SOURCE = (
    "type",
    "serviceRoleArn",
    "dynamodbConfig",
    "lambdaConfig",
    "elasticsearchConfig",
    "openSearchServiceConfig",
    "httpConfig",
    "relationalDatabaseConfig",
    "eventBridgeConfig",
)
_OF_CODE = ("syncConfig", "maxBatchSize", "runtime")
_NAMED_OTHERWISE = {"dynamodbConfig": "DynamoDBConfig"}
_ENDINGS = {
    "code": ("CodeS3Location", "js"),
    "requestMappingTemplate": ("RequestMappingTemplateS3Location", "request.vtl"),
    "responseMappingTemplate": ("ResponseMappingTemplateS3Location", "response.vtl"),
}


def write_api(draft: Draft, api: DeployedApi, logical_id: str) -> None:
    """Declare the API and all its parts."""
    draft.add(logical_id, "AWS::AppSync::GraphQLApi", _taken(draft, api.configuration, _OF_AN_API))
    wall = api.configuration.get("wafWebAclArn")
    if wall:
        properties = {
            "ResourceArn": {"Fn::GetAtt": [logical_id, "Arn"]},
            "WebACLArn": draft.references.value(wall),
        }
        draft.add(_named(draft, logical_id, "WebAcl"), _WALL, properties)
    own = {"ApiId": {"Fn::GetAtt": [logical_id, "ApiId"]}}
    waits = _write_schema(draft, api, logical_id, own)
    _write_keys(draft, api.keys, logical_id, own)
    sources = dict(_write_data_sources(draft, api.data_sources, logical_id, own))
    functions = dict(_write_functions(draft, api.functions, (logical_id, own), sources))
    for resolver in _each(draft, api.resolvers, logical_id, own, waits):
        _write_resolver(draft, resolver, (logical_id, own, waits), (sources, functions))


def write_sources(draft: Draft, api: DeployedApi, logical_id: str) -> None:
    """Declare what a merged API is merged from."""
    merged = {"Fn::GetAtt": [logical_id, "Arn"]}
    if isinstance(api.sources, Denied):
        properties = {"MergedApiIdentifier": merged, "SourceApiIdentifier": draft.need(api.sources)}
        draft.add(_named(draft, logical_id, "Source"), _ASSOCIATION, properties)
        return
    for source in api.sources:
        properties = {
            "MergedApiIdentifier": merged,
            "SourceApiIdentifier": draft.references.value(source.get("sourceApiArn")),
            "SourceApiAssociationConfig": _pascal(
                draft.references.value(source.get("sourceApiAssociationConfig"))
            ),
        }
        draft.add(_named(draft, logical_id, "Source"), _ASSOCIATION, properties)


def write_domains(draft: Draft, domains: Items) -> None:
    """Declare the custom domain names that lead to APIs."""
    for domain in () if isinstance(domains, Denied) else domains:
        name = domain["domainName"]
        leads_to = {"DomainName": name, "ApiId": draft.references.value(domain["apiId"])}
        draft.add(draft.names.give(f"Domain{name}"), _DOMAIN, {"DomainName": name})
        draft.add(draft.names.give(f"Domain{name}Api"), f"{_DOMAIN}ApiAssociation", leads_to)


def write_log_groups(draft: Draft, groups: Items, api_ids: Mapping[str, str]) -> None:
    """Declare the log groups of the APIs, by how long they keep what is in them."""
    if isinstance(groups, Denied):
        kept = draft.need(groups)
        groups = tuple(
            {"logGroupName": f"{LOG_GROUPS}{api_id}", "retentionInDays": kept} for api_id in api_ids
        )
    for group in groups:
        api_id = _plain(group.get("logGroupName")).removeprefix(LOG_GROUPS)
        if api_id in api_ids:
            properties = {
                "LogGroupName": draft.references.value(f"{LOG_GROUPS}{api_id}"),
                "RetentionInDays": group.get("retentionInDays"),
            }
            draft.add(_named(draft, api_ids[api_id], "Logs"), "AWS::Logs::LogGroup", properties)


def _write_schema(
    draft: Draft, api: DeployedApi, logical_id: str, own: Mapping[str, Any]
) -> list[str]:
    """Declare the schema and return what has to wait for it."""
    if api.schema is None:
        return []
    name = _named(draft, logical_id, "Schema")
    if isinstance(api.schema, Denied):
        properties = {**own, "DefinitionS3Location": draft.need(api.schema)}
    else:
        path = draft.file(f"schemas/{logical_id}.graphql", api.schema)
        properties = {**own, "DefinitionS3Location": path}
    draft.add(name, "AWS::AppSync::GraphQLSchema", properties)
    return [name]


def _write_keys(draft: Draft, keys: Items, logical_id: str, own: Mapping[str, Any]) -> None:
    """Declare the keys, by their expiry alone. A key that may exist has a condition."""
    if isinstance(keys, Denied):
        name, condition = _named(draft, logical_id, "Key"), draft.perhaps(keys)
        properties = {**own, "Expires": draft.need(keys)}
        draft.add(name, "AWS::AppSync::ApiKey", properties, Condition=condition)
        return
    for key in keys:
        properties = {**own, "Expires": _number(key.get("expires"))}
        draft.add(_named(draft, logical_id, "Key"), "AWS::AppSync::ApiKey", properties)


def _write_data_sources(
    draft: Draft, sources: Items, logical_id: str, own: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the name of each data source, and what a resolver calls it by."""
    for source in _each(draft, sources, logical_id, own):
        name = _plain(source.get("name"))
        resource = _named(draft, logical_id, f"Source{name}")
        properties = _taken(draft, _without_credentials(source), _OF_A_DATA_SOURCE)
        draft.add(resource, "AWS::AppSync::DataSource", {**own, "Name": name, **properties})
        yield name, {"Fn::GetAtt": [resource, "Name"]}


def _write_functions(
    draft: Draft, functions: Items, owner: tuple[str, Mapping[str, Any]], sources: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the id of each function of pipelines, and what a resolver calls it by."""
    logical_id, own = owner
    for function in _each(draft, functions, logical_id, own):
        name = _plain(function.get("name"))
        resource = _named(draft, logical_id, f"Function{name}")
        properties = {
            **own,
            "Name": name,
            "DataSourceName": _called(function.get("dataSourceName"), sources),
            "FunctionVersion": function.get("functionVersion"),
            **_taken(draft, function, _OF_CODE),
            **_code(draft, function, f"code/{logical_id}/functions/{resource}"),
        }
        draft.add(resource, "AWS::AppSync::FunctionConfiguration", properties)
        yield _plain(function.get("functionId")), {"Fn::GetAtt": [resource, "FunctionId"]}


def _write_resolver(
    draft: Draft,
    resolver: Mapping[str, Any],
    owner: tuple[str, Mapping[str, Any], list[str]],
    known: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> None:
    logical_id, own, waits = owner
    sources, functions = known
    type_name, field_name = _plain(resolver.get("typeName")), _plain(resolver.get("fieldName"))
    resource = _named(draft, logical_id, f"{type_name}{field_name}")
    pipeline = resolver.get("pipelineConfig") or {}
    steps = [_called(one, functions) for one in pipeline.get("functions") or ()]
    properties = {
        **own,
        "TypeName": type_name,
        "FieldName": field_name,
        "Kind": resolver.get("kind"),
        "DataSourceName": _called(resolver.get("dataSourceName"), sources),
        "PipelineConfig": {"Functions": steps} if resolver.get("pipelineConfig") else None,
        **_taken(draft, resolver, (*_OF_CODE, "cachingConfig")),
        **_code(draft, resolver, f"code/{logical_id}/{resource}"),
    }
    draft.add(resource, "AWS::AppSync::Resolver", properties, **_depends_on(waits))


def _each(
    draft: Draft,
    items: Items,
    logical_id: str,
    own: Mapping[str, Any],
    waits: Sequence[str] = (),
) -> tuple[dict[str, Any], ...]:
    """Return what was listed; if nothing could be, declare one part of which nothing is known."""
    if not isinstance(items, Denied):
        return items
    kind, unknown = items.action.partition(":")[2], draft.need(items)
    type_, names = _PARTS[_KINDS.get(kind, "Resolver")]
    properties = {**own, **dict.fromkeys(names, unknown)}
    resource = _named(draft, logical_id, f"Unread{kind}")
    draft.add(resource, type_, properties, **_depends_on(waits))
    return ()


def _code(draft: Draft, part: Mapping[str, Any], path: str) -> dict[str, str]:
    """Put code and mapping templates into files, and return the properties that name these."""
    return {
        name: draft.file(f"{path}.{ending}", part[key])
        for key, (name, ending) in _ENDINGS.items()
        if isinstance(part.get(key), str)
    }


def _taken(draft: Draft, answer: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return some members of an answer as properties."""
    return {
        _NAMED_OTHERWISE.get(key, _title(key)): _pascal(draft.references.value(answer[key]))
        for key in keys
        if answer.get(key) not in (None, [], {})
    }


def _pascal(value: Any) -> Any:
    """Return the value with the keys of its mappings as CloudFormation writes them."""
    if isinstance(value, list):
        return [_pascal(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
            return value
        return {_title(key): _pascal(item) for key, item in value.items()}
    return value


def _title(key: str) -> str:
    return key[:1].upper() + key[1:]


def _without_credentials(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a data source whose URL holds neither user nor query: both carry passwords."""
    http = source.get("httpConfig")
    if not isinstance(http, dict):
        return dict(source)
    scheme, _, rest = _plain(http.get("endpoint")).partition("://")
    host = rest.partition("?")[0].partition("#")[0]
    authority, slash, path = host.partition("/")
    endpoint = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
    return {**source, "httpConfig": {**http, "endpoint": endpoint}}


def _called(name: Any, known: Mapping[str, Any]) -> Any:
    return None if name is None else known.get(_plain(name), _plain(name))


def _depends_on(waits: Sequence[str]) -> dict[str, Any]:
    return {"DependsOn": [*waits]} if waits else {}


def _named(draft: Draft, logical_id: str, what: str) -> str:
    return draft.names.give(f"{logical_id}{what}")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


_WALL = "AWS::WAFv2::WebACLAssociation"
_ASSOCIATION = "AWS::AppSync::SourceApiAssociation"
_DOMAIN = "AWS::AppSync::DomainName"
_KINDS = {"ListDataSources": "DataSource", "ListFunctions": "Function"}
_PARTS = {
    "DataSource": ("AWS::AppSync::DataSource", ("Name", "Type")),
    "Function": (
        "AWS::AppSync::FunctionConfiguration",
        ("Name", "DataSourceName", "CodeS3Location"),
    ),
    "Resolver": (
        "AWS::AppSync::Resolver",
        ("TypeName", "FieldName", "DataSourceName", "CodeS3Location"),
    ),
}
