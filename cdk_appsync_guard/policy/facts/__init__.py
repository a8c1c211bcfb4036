"""Apis → rows of the vocabulary, the only thing that rules see.

In: the APIs and stacks of one scenario, and the time. Out: rows, API by API. Joins are done here,
so that a rule is one filter over one table. Topics that many templates lack are imported when there
is something to tell of them: a scan should start fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import LAMBDA
from cdk_appsync_guard.policy.columns import Row
from cdk_appsync_guard.policy.facts.apis import api_row, cache_rows
from cdk_appsync_guard.policy.facts.credentials import api_key_rows
from cdk_appsync_guard.policy.facts.providers import provider_rows
from cdk_appsync_guard.policy.facts.schema import rows_of_schema
from cdk_appsync_guard.template.stack import Stack

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.callers import ClientCode

__all__ = ["build_facts"]


def build_facts(
    apis: tuple[Api, ...],
    stacks: tuple[Stack, ...],
    now: datetime,
    code: ClientCode | None = None,
) -> list[Row]:
    """Return all rows about the APIs, in template order, and then those about client code."""
    rows = [row for api in apis for row in _rows(api, apis, stacks, now)]
    rows += _rows_between(apis, stacks)
    return rows if code is None else [*rows, *_topic("calls").rows_of_calls(apis, stacks, code)]


def _rows(
    api: Api, apis: tuple[Api, ...], stacks: tuple[Stack, ...], now: datetime
) -> Iterator[Row]:
    yield api_row(api, stacks)
    yield from provider_rows(api)
    yield from api_key_rows(api, now)
    yield from cache_rows(api)
    yield from rows_of_schema(api)
    if api.resolvers or api.functions or api.data_sources or api.unplaced:
        yield from _topic("resolvers").rows_of_wiring(api, stacks)
    if any(provider.mode == LAMBDA for provider in api.providers):
        yield from _topic("authorizers").authorizer_rows(api, stacks)
    if api.resource.get("ApiType") not in (None, "GRAPHQL"):
        yield from _topic("sources").source_rows(api, apis)
        yield from _topic("merged_apis").merged_api_rows(api, apis, stacks)


def _rows_between(apis: tuple[Api, ...], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield the rows about what other resources do with the APIs."""
    types = {resource.type for stack in stacks for resource in stack.resources.values()}
    if any(name.startswith("AWS::IAM::") for name in types):
        yield from _topic("iam").rows_of_iam(apis, stacks)
    if "AWS::AppSync::DomainNameApiAssociation" in types:
        yield from _topic("endpoints").domain_rows(apis, stacks)
    if "AWS::Events::Rule" in types:
        yield from _topic("endpoints").event_target_rows(apis, stacks)
    if any(name.startswith("AWS::Cognito::IdentityPool") for name in types):
        yield from _topic("identity_pools").identity_pool_rows(apis, stacks)


def _topic(name: str) -> Any:
    return import_module(f"cdk_appsync_guard.policy.facts.{name}")
