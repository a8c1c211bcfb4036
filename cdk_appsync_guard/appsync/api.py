"""Stacks → Api: providers, keys, logging, caches, WAF, and the schema that belongs to each.

In: the stacks of one scenario. Out: one Api per ``AWS::AppSync::GraphQLApi``. Does not judge.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.template.read import Place
from cdk_appsync_guard.template.stack import Resource, Stack
from cdk_appsync_guard.template.values import Unknown, Value

__all__ = ["Api", "Provider", "find_apis"]


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured authorization provider. Values are as resolved; None means absent."""

    mode: str | Unknown
    position: int  # 0 is the default, then the additional ones in order
    place: Place
    config: Value  # the block that the mode asks for: UserPoolConfig, OpenIDConnectConfig, ...


@dataclass(frozen=True, slots=True)
class Api:
    """One GraphQL API in one scenario.

    ``additional`` is Unknown if the list itself cannot be known. ``schema`` is Unknown if no SDL
    was found and SchemaError if it does not parse; None for a merged API.
    """

    name: str
    resource: Resource
    default: Provider
    additional: tuple[Provider, ...] | Unknown
    schema: Schema | SchemaError | Unknown | None
    schema_place: Place
    resolvers: tuple[Resource, ...]
    keys: tuple[Resource, ...]
    absent_keys: bool  # an ApiKey exists, but only under another condition

    @property
    def stack(self) -> Stack:
        """The stack that declares the API."""
        return self.resource.stack

    @property
    def authorization(self) -> Authorization | Unknown:
        """All modes, if all are known."""
        raise NotImplementedError


def find_apis(stacks: tuple[Stack, ...]) -> tuple[Api, ...]:
    """Return the GraphQL APIs of the stacks in template order."""
    raise NotImplementedError
