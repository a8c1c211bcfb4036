"""An account → what is deployed of its APIs, as AWS tells it.

In: an Account, and the ids of APIs or none for all. Out: Deployed. Keeps an API key's expiry alone:
its id is the key itself.
https://docs.aws.amazon.com/appsync/latest/APIReference/API_ApiKey.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cdk_appsync_guard.deployed.client import Account, Denied, Missing
from cdk_appsync_guard.errors import ConfigError

__all__ = [
    "LOG_GROUPS",
    "Deployed",
    "DeployedApi",
    "Items",
    "read_apis",
    "read_domains",
    "read_log_groups",
    "stack_resources",
]

Items: TypeAlias = "tuple[dict[str, Any], ...] | Denied"
"""What was listed, or that it could not be."""

LOG_GROUPS = "/aws/appsync/apis/"
"""What the names of APIs' log groups begin with; the API's id follows."""

_MERGED = "MERGED"
_NO_FIELDS = ("input", "enum", "scalar", "union", "interface", "directive", "schema")
_MOST_STACKS = 100


@dataclass(frozen=True, slots=True)
class DeployedApi:
    """One GraphQL API; the parts are as AWS lists them. ``schema`` is None if there is none."""

    configuration: Mapping[str, Any]
    schema: str | Denied | None = None
    keys: Items = ()
    resolvers: Items = ()
    functions: Items = ()
    data_sources: Items = ()
    sources: Items = ()

    @property
    def id(self) -> str:
        """The id that its ARN ends with."""
        return str(self.configuration.get("apiId", ""))

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.configuration.get("arn", ""))

    @property
    def name(self) -> str:
        """The name that people gave it."""
        return str(self.configuration.get("name", ""))

    @property
    def stack(self) -> str:
        """The CloudFormation stack that it was deployed by, if any."""
        tags = self.configuration.get("tags") or {}
        return str(tags.get("aws:cloudformation:stack-name", ""))


@dataclass(frozen=True, slots=True)
class Deployed:
    """All that was read. ``iam`` holds the lists of GetAccountAuthorizationDetails by their names.

    ``permissions`` are the statements of the policies of authorizer functions, by the function's
    ARN. ``holders`` are functions that hold the address of an API. ``logical_ids`` say what
    CloudFormation calls a resource, by its physical id.
    """

    apis: tuple[DeployedApi, ...]
    iam: Mapping[str, tuple[dict[str, Any], ...]] | Denied = field(default_factory=dict)
    permissions: Mapping[str, Items] = field(default_factory=dict)
    holders: Items = ()
    domains: Items = ()
    log_groups: Items = ()
    logical_ids: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[Denied, ...] = ()


def read_apis(account: Account, ids: Sequence[str]) -> tuple[DeployedApi, ...]:
    """Return the APIs of these ids, or all; a merged API brings its sources along."""
    waiting = _configurations(account, ids)
    found: dict[str, DeployedApi] = {}
    while waiting:
        configuration = waiting.pop(0)
        api = _read_api(account, configuration)
        if api.id in found:
            continue
        found[api.id] = api
        for source in () if isinstance(api.sources, Denied) else api.sources:
            more = _source(account, api, source, found)
            waiting += [more] if more else []
    return tuple(sorted(found.values(), key=lambda api: (api.name, api.id)))


def read_domains(account: Account, apis: Sequence[DeployedApi]) -> Items:
    """Return the custom domain names of the APIs, each with the ``apiId`` that it leads to."""
    listed = account.all("appsync:ListDomainNames")
    if isinstance(listed, Denied):
        return listed
    ids = {api.id for api in apis}
    found = []
    for domain in () if isinstance(listed, Missing) else listed:
        name = domain.get("domainName")
        answer = account.get("appsync:GetApiAssociation", domainName=name)
        if isinstance(answer, Denied):
            return answer
        association = {} if isinstance(answer, Missing) else answer.get("apiAssociation") or {}
        if association.get("apiId") in ids:
            found.append({"domainName": name, "apiId": association["apiId"]})
    return tuple(found)


def read_log_groups(account: Account) -> Items:
    """Return the log groups of APIs."""
    return _items(account.all("logs:DescribeLogGroups", logGroupNamePrefix=LOG_GROUPS))


def stack_resources(
    account: Account, apis: Sequence[DeployedApi]
) -> tuple[dict[str, str], tuple[Denied, ...]]:
    """Return what CloudFormation calls the resources of the APIs' stacks, by physical id."""
    waiting = list(dict.fromkeys(api.stack for api in apis if api.stack))
    names: dict[str, str] = {}
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_STACKS:
        stack = waiting.pop(0)
        if stack in seen:
            continue
        seen.add(stack)
        listed = account.all("cloudformation:ListStackResources", StackName=stack)
        if isinstance(listed, Denied):
            return names, (listed,)
        for one in () if isinstance(listed, Missing) else listed:
            physical, logical = one.get("PhysicalResourceId"), one.get("LogicalResourceId")
            if isinstance(physical, str) and isinstance(logical, str):
                names.setdefault(physical, logical)
                waiting += [physical] if one.get("ResourceType") == _NESTED else []
    return names, ()


def _configurations(account: Account, ids: Sequence[str]) -> list[dict[str, Any]]:
    if not ids:
        listed = account.all("appsync:ListGraphqlApis")
        return list(_must(listed, "the APIs of the account"))
    found = []
    for api_id in ids:
        answer = account.get("appsync:GetGraphqlApi", apiId=api_id)
        if isinstance(answer, Missing):
            raise ConfigError(
                f"there is no GraphQL API `{api_id}` in this account and Region",
                help="see the ids: aws appsync list-graphql-apis",
            )
        found.append(_must(answer, f"the API `{api_id}`").get("graphqlApi") or {})
    return found


def _must(answer: Any, what: str) -> Any:
    if isinstance(answer, Denied):
        raise ConfigError(
            f"{what} cannot be read: the credentials do not allow `{answer.action}`",
            help="see all that pull needs: cdk-appsync-guard pull --policy",
        )
    return [] if isinstance(answer, Missing) else answer


def _read_api(account: Account, configuration: dict[str, Any]) -> DeployedApi:
    api_id = configuration.get("apiId")
    if configuration.get("apiType") == _MERGED:
        keys = _keys(account, api_id)
        return DeployedApi(configuration, keys=keys, sources=_sources(account, api_id))
    schema = _schema(account, api_id)
    return DeployedApi(
        configuration,
        schema=schema,
        keys=_keys(account, api_id),
        resolvers=() if schema is None else _resolvers(account, api_id),
        functions=_items(account.all("appsync:ListFunctions", apiId=api_id)),
        data_sources=_items(account.all("appsync:ListDataSources", apiId=api_id)),
    )


def _schema(account: Account, api_id: Any) -> str | Denied | None:
    answer = account.get(
        "appsync:GetIntrospectionSchema", apiId=api_id, format="SDL", includeDirectives=True
    )
    if isinstance(answer, Denied):
        return answer
    if isinstance(answer, Missing):
        return None
    body: Any = answer.get("schema")
    data = body.read() if hasattr(body, "read") else body
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data or "")


def _keys(account: Account, api_id: Any) -> Items:
    listed = _items(account.all("appsync:ListApiKeys", apiId=api_id))
    if isinstance(listed, Denied):
        return listed
    return tuple({"expires": one.get("expires")} for one in listed)


def _resolvers(account: Account, api_id: Any) -> Items:
    types = _items(account.all("appsync:ListTypes", apiId=api_id, format="SDL"))
    if isinstance(types, Denied):
        return types
    found: list[dict[str, Any]] = []
    for name in (one.get("name") for one in types if _has_fields(one)):
        listed = _items(account.all("appsync:ListResolvers", apiId=api_id, typeName=name))
        if isinstance(listed, Denied):
            return listed
        found += listed
    return tuple(found)


def _has_fields(type_: Mapping[str, Any]) -> bool:
    """Return whether resolvers may be attached to a type, as far as its definition tells."""
    return bool(type_.get("name")) and not str(type_.get("definition") or "").lstrip().startswith(
        _NO_FIELDS
    )


def _sources(account: Account, api_id: Any) -> Items:
    listed = _items(account.all("appsync:ListSourceApiAssociations", apiId=api_id))
    if isinstance(listed, Denied):
        return listed
    found = []
    for one in listed:
        answer = account.get(
            "appsync:GetSourceApiAssociation",
            mergedApiIdentifier=api_id,
            associationId=one.get("associationId"),
        )
        more = {} if isinstance(answer, (Denied, Missing)) else answer.get("sourceApiAssociation")
        found.append({**one, **(more or {})})
    return tuple(found)


def _source(
    account: Account, api: DeployedApi, source: Mapping[str, Any], found: Mapping[str, DeployedApi]
) -> dict[str, Any] | None:
    """Return the configuration of a source API that lies in the same account and Region."""
    own, other = api.arn.split(":")[:5], str(source.get("sourceApiArn", "")).split(":")[:5]
    source_id = source.get("sourceApiId")
    if own != other or source_id in found:
        return None
    answer = account.get("appsync:GetGraphqlApi", apiId=source_id)
    return None if isinstance(answer, (Denied, Missing)) else answer.get("graphqlApi")


def _items(answer: list[dict[str, Any]] | Denied | Missing) -> Items:
    if isinstance(answer, Denied):
        return answer
    return () if isinstance(answer, Missing) else tuple(answer)


_NESTED = "AWS::CloudFormation::Stack"
