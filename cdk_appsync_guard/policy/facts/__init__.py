"""Apis → rows of the vocabulary, the only thing that rules see.

In: the APIs and stacks of one scenario, and the time. Out: rows, API by API. Joins are done here,
so that a rule is one filter over one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.policy.columns import Row
from cdk_appsync_guard.policy.facts.apis import api_row, cache_rows
from cdk_appsync_guard.policy.facts.authorizers import authorizer_rows
from cdk_appsync_guard.policy.facts.credentials import api_key_rows
from cdk_appsync_guard.policy.facts.endpoints import domain_rows, event_target_rows
from cdk_appsync_guard.policy.facts.iam import rows_of_iam
from cdk_appsync_guard.policy.facts.identity_pools import identity_pool_rows
from cdk_appsync_guard.policy.facts.merged_apis import merged_api_rows
from cdk_appsync_guard.policy.facts.providers import provider_rows
from cdk_appsync_guard.policy.facts.resolvers import rows_of_wiring
from cdk_appsync_guard.policy.facts.schema import rows_of_schema
from cdk_appsync_guard.policy.facts.sources import source_rows
from cdk_appsync_guard.template.stack import Stack

__all__ = ["build_facts"]


def build_facts(apis: tuple[Api, ...], stacks: tuple[Stack, ...], now: datetime) -> list[Row]:
    """Return all rows about the APIs, in template order."""
    rows = [row for api in apis for row in _rows(api, apis, stacks, now)]
    return [*rows, *rows_of_iam(apis, stacks), *_rows_between(apis, stacks)]


def _rows(
    api: Api, apis: tuple[Api, ...], stacks: tuple[Stack, ...], now: datetime
) -> Iterator[Row]:
    yield api_row(api, stacks)
    yield from provider_rows(api)
    yield from api_key_rows(api, now)
    yield from cache_rows(api)
    yield from source_rows(api, apis)
    yield from rows_of_schema(api)
    yield from rows_of_wiring(api, stacks)
    yield from authorizer_rows(api, stacks)
    yield from merged_api_rows(api, apis, stacks)


def _rows_between(apis: tuple[Api, ...], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield the rows about what other services do with the APIs."""
    yield from domain_rows(apis, stacks)
    yield from event_target_rows(apis, stacks)
    yield from identity_pool_rows(apis, stacks)
