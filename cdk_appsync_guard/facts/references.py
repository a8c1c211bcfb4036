"""What properties refer to, and settings with a few values → ``references`` and ``settings``.

In: all APIs and stacks of a scenario. Out: rows for what is wrong, or may be: a reference of
another kind than the property takes, a value that does not exist. An input without API has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.reference_kinds import (
    API_ID,
    API_REFERENCE,
    BUS_ARN,
    CLUSTER_ARN,
    ENDPOINT,
    FUNCTION_ARN,
    POOL_ID,
    ROLE_ARN,
    SECRET_ARN,
    TABLE_NAME,
    URL,
    Kind,
    find_mismatch,
)
from cdk_appsync_guard.facts.conversions import hint, invalid_choice, number, problem_of
from cdk_appsync_guard.facts.endpoints import api_of_target
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.wiring_vocabulary import (
    DATA_SOURCE_TYPES,
    REFERENCES,
    SETTINGS,
    References,
    Settings,
)
from cdk_appsync_guard.report import Symptom
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Value

__all__ = ["reference_rows", "setting_rows"]

_Wanted = TypeVar("_Wanted")
_NAME_AN_API = ("ApiId", "MergedApiIdentifier", "SourceApiIdentifier")
_ADDITIONAL = "AdditionalAuthenticationProviders"
_EACH = "*"  # every item of a list
_MOST_ITEMS = 50
_OF_AN_API = (("ApiId",), API_ID)
_DATABASE = ("RelationalDatabaseConfig", "RdsHttpEndpointConfig")
_KINDS: dict[str, tuple[tuple[tuple[str, ...], Kind], ...]] = {
    "AWS::AppSync::GraphQLApi": (
        (("LogConfig", "CloudWatchLogsRoleArn"), ROLE_ARN),
        (("MergedApiExecutionRoleArn",), ROLE_ARN),
        (("UserPoolConfig", "UserPoolId"), POOL_ID),
        ((_ADDITIONAL, _EACH, "UserPoolConfig", "UserPoolId"), POOL_ID),
    ),
    "AWS::AppSync::GraphQLSchema": (_OF_AN_API,),
    "AWS::AppSync::ApiCache": (_OF_AN_API,),
    "AWS::AppSync::ApiKey": (_OF_AN_API,),
    "AWS::AppSync::ChannelNamespace": (_OF_AN_API,),
    "AWS::AppSync::DomainNameApiAssociation": (_OF_AN_API,),
    "AWS::AppSync::FunctionConfiguration": (_OF_AN_API,),
    "AWS::AppSync::Resolver": (_OF_AN_API,),
    "AWS::AppSync::DataSource": (
        _OF_AN_API,
        (("ServiceRoleArn",), ROLE_ARN),
        (("LambdaConfig", "LambdaFunctionArn"), FUNCTION_ARN),
        (("EventBridgeConfig", "EventBusArn"), BUS_ARN),
        (("DynamoDBConfig", "TableName"), TABLE_NAME),
        (("HttpConfig", "Endpoint"), URL),
        (("OpenSearchServiceConfig", "Endpoint"), ENDPOINT),
        (("ElasticsearchConfig", "Endpoint"), ENDPOINT),
        ((*_DATABASE, "DbClusterIdentifier"), CLUSTER_ARN),
        ((*_DATABASE, "AwsSecretStoreArn"), SECRET_ARN),
    ),
    "AWS::AppSync::SourceApiAssociation": (
        (("MergedApiIdentifier",), API_REFERENCE),
        (("SourceApiIdentifier",), API_REFERENCE),
    ),
    "AWS::Cognito::IdentityPoolRoleAttachment": (
        (("Roles", "authenticated"), ROLE_ARN),
        (("Roles", "unauthenticated"), ROLE_ARN),
    ),
    "AWS::Cognito::UserPoolGroup": ((("RoleArn",), ROLE_ARN),),
}
_REFUSED = Symptom(message="an error that AWS does not document")
_POOL_UNKNOWN = Symptom(500)
_SETTINGS: dict[str, tuple[tuple[tuple[str, ...], Collection[str]], ...]] = {
    "AWS::AppSync::GraphQLApi": (
        (("ApiType",), ("GRAPHQL", "MERGED")),
        (("Visibility",), ("GLOBAL", "PRIVATE")),
        (("IntrospectionConfig",), ("ENABLED", "DISABLED")),
    ),
    "AWS::AppSync::DataSource": (
        (("Type",), DATA_SOURCE_TYPES),
        (("HttpConfig", "AuthorizationConfig", "AuthorizationType"), ("AWS_IAM",)),
    ),
    "AWS::AppSync::Resolver": ((("Kind",), ("UNIT", "PIPELINE")),),
    "AWS::AppSync::SourceApiAssociation": (
        (("SourceApiAssociationConfig", "MergeType"), ("MANUAL_MERGE", "AUTO_MERGE")),
    ),
}

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appsync-graphqlapi.html
_LIMITS: dict[str, tuple[tuple[tuple[str, ...], range], ...]] = {
    "AWS::AppSync::GraphQLApi": (
        (("QueryDepthLimit",), range(76)),
        (("ResolverCountLimit",), range(10_001)),
    ),
}


def reference_rows(apis: Sequence[Api], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield a row for each reference that is of the wrong kind, or may be."""
    if not apis:
        return
    for resource, path, kind in chain(_each(_KINDS, stacks), _event_roles(apis, stacks)):
        found = find_mismatch(resource.get(*path), kind, resource.stack)
        if found is not None:
            cells: References = {
                "resource": resource.logical_id,
                "property": str(path[-1]),
                "wanted": kind.words,
                "mismatch": found,
            }
            answer = _POOL_UNKNOWN if kind is POOL_ID else _REFUSED
            place = resource.place(*path)
            yield REFERENCES.row(cells, place, {}, _api_of(resource, apis), answer)


def setting_rows(apis: Sequence[Api], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield a row for each setting whose value does not exist, or might not."""
    for resource, path, values in _each(_SETTINGS, stacks) if apis else ():
        value = resource.get(*path)
        invalid = invalid_choice(value, values)
        if invalid is not None:
            likely = closest(value.upper(), values, cutoff=0.6) if isinstance(value, str) else None
            cells: Settings = {
                "resource": resource.logical_id,
                "setting": str(path[-1]),
                "invalid": invalid,
                "hint": hint(likely),
                "values": ", ".join(values),
            }
            yield SETTINGS.row(cells, resource.place(*path), {}, _api_of(resource, apis))
    for resource, path, limits in _each(_LIMITS, stacks) if apis else ():
        beyond = problem_of(resource.get(*path), partial(_beyond, limits))
        if beyond is not None:
            cells = {
                "resource": resource.logical_id,
                "setting": str(path[-1]),
                "invalid": beyond,
                "hint": "",
                "values": f"the whole numbers {limits[0]} to {limits[-1]}",
            }
            yield SETTINGS.row(cells, resource.place(*path), {}, _api_of(resource, apis))


def _beyond(limits: range, value: Value) -> str | None:
    """Return a whole number that is not within the limits."""
    amount = number(value)
    return str(amount) if isinstance(amount, int) and amount not in limits else None


def _each(
    table: Mapping[str, tuple[tuple[tuple[str, ...], _Wanted], ...]], stacks: tuple[Stack, ...]
) -> Iterator[tuple[Resource, tuple[str | int, ...], _Wanted]]:
    """Yield the properties of a table that resources have, lists item by item."""
    for stack in stacks:
        for resource in stack.of_type(*table):
            for path, wanted in table[resource.type]:
                for whole in _expand(resource, path):
                    yield resource, whole, wanted


def _expand(resource: Resource, path: tuple[str, ...]) -> Iterator[tuple[str | int, ...]]:
    if _EACH not in path:
        yield path
        return
    at = path.index(_EACH)
    items = resource.get(*path[:at])
    for index in range(min(len(items), _MOST_ITEMS) if isinstance(items, list) else 0):
        yield (*path[:at], index, *path[at + 1 :])


def _event_roles(
    apis: Sequence[Api], stacks: tuple[Stack, ...]
) -> Iterator[tuple[Resource, tuple[str | int, ...], Kind]]:
    """Yield the roles by which EventBridge sends events to an API."""
    for stack in stacks:
        for rule in stack.of_type("AWS::Events::Rule"):
            targets = rule.get("Targets")
            for index, target in enumerate(targets if isinstance(targets, list) else ()):
                if isinstance(target, dict) and api_of_target(target.get("Arn"), stack, apis):
                    yield rule, ("Targets", index, "RoleArn"), ROLE_ARN


def _api_of(resource: Resource, apis: Sequence[Api]) -> str | None:
    """Return the name of the API that the resource is, or belongs to."""
    for name in (*_NAME_AN_API, ""):
        target = resource.stack.resource_of(resource.get(name)) if name else (resource, "")
        found = target and next((one for one in apis if one.resource is target[0]), None)
        if found:
            return found.name
    return None
