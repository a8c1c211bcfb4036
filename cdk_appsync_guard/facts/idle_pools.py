"""User pools that no API asks → a cell of ``apis``.

In: an API and all stacks. Out: the pool, or why that is not known. CDK gives an API the mode
API_KEY where its authorization is left out, or written under a name that CDK does not know:
https://github.com/aws/aws-cdk/issues/7313
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import API_KEY
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Unknown, Value

__all__ = ["find_idle_pool"]

_API = "AWS::AppSync::GraphQLApi"
_EVENT_API = "AWS::AppSync::Api"
_POOL = "AWS::Cognito::UserPool"
_CLIENT = "AWS::Cognito::UserPoolClient"
# What can ask a user pool about its callers beside AppSync, or may be told to.
_ASK_POOLS = (
    "AWS::ApiGateway",
    "AWS::Cognito::IdentityPool",
    "AWS::ElasticLoadBalancing",
    "AWS::Serverless::",
    "AWS::VerifiedPermissions",
)


def find_idle_pool(api: Api, stacks: tuple[Stack, ...]) -> str | Unknown | None:
    """Return a user pool with a client that no API asks, if this one takes API keys only."""
    pools = _pools_with_client(stacks)
    if not pools or any(map(_asks_pools, _types(stacks))):
        return None
    modes = api.authorization
    if isinstance(modes, Unknown):
        return Unknown(modes.reason, modes.would_decide) if api.accepts(API_KEY) else None
    if modes.modes != (API_KEY,):
        return None
    asked = [one for stack in stacks for each in stack.of_type(_API) for one in _asked_by(each)]
    if None in asked:  # a pool that is named by a parameter, say, may be any
        return None
    return next((pool.logical_id for pool in pools if pool not in asked), None)


def _asks_pools(type_: str) -> bool:
    return type_ == _EVENT_API or type_.startswith(_ASK_POOLS)


def _types(stacks: tuple[Stack, ...]) -> Iterator[str]:
    for stack in stacks:
        for resource in stack.resources.values():
            yield resource.type


def _pools_with_client(stacks: tuple[Stack, ...]) -> list[Resource]:
    """Return the user pools that someone signs in to."""
    clients = [client for stack in stacks for client in stack.of_type(_CLIENT)]
    named = [client.stack.resource_of(client.get("UserPoolId")) for client in clients]
    return list(dict.fromkeys(one[0] for one in named if one is not None and one[0].type == _POOL))


def _asked_by(api: Resource) -> Iterator[Resource | None]:
    """Yield the pool resources that an API asks, None for one that is not in the input."""
    listed = api.get("AdditionalAuthenticationProviders")
    more = listed if isinstance(listed, list) else []
    configs: list[Value] = [api.get("UserPoolConfig")]
    configs += [one.get("UserPoolConfig") for one in more if isinstance(one, dict)]
    for config in configs:
        if isinstance(config, dict):
            found = api.stack.resource_of(config.get("UserPoolId"))
            yield found[0] if found else None
