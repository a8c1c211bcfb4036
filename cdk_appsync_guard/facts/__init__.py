"""Apis → rows of the vocabulary, the only thing that rules see.

In: the APIs and stacks of one scenario, and the time. Out: rows, API by API. Joins are done here,
so that a rule is one filter over one table. Topics that many templates lack are imported when there
is something to tell of them: a scan should start fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import LAMBDA
from cdk_appsync_guard.facts.apis import api_row
from cdk_appsync_guard.facts.credentials import api_key_rows
from cdk_appsync_guard.facts.providers import provider_rows
from cdk_appsync_guard.facts.schema import rows_of_schema
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policy_conditions import certain_context
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Stack

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.client_callers import ClientCode

__all__ = ["build_facts"]


def build_facts(
    apis: tuple[Api, ...],
    stacks: tuple[Stack, ...],
    now: datetime,
    code: ClientCode | None = None,
    outside: tuple[Api, ...] = (),
) -> list[Row]:
    """Return all rows about the APIs, in template order, and then those about client code.

    *outside* are APIs that are not among the inputs, and of which parts are.
    """
    principals = Principals(stacks, certain_context(now))
    rows = [row for api in apis for row in _rows(api, apis, stacks, now, principals)]
    rows += _rows_between(apis, stacks, principals, now)
    if outside:
        from cdk_appsync_guard.facts.outside import rows_of_outside

        alone = not apis
        rows += [row for api in outside for row in rows_of_outside(api, stacks, now, alone=alone)]
    if code is None:
        return rows
    from cdk_appsync_guard.facts.calls import rows_of_calls

    return [*rows, *rows_of_calls(apis, stacks, code, principals)]


def _rows(
    api: Api,
    apis: tuple[Api, ...],
    stacks: tuple[Stack, ...],
    now: datetime,
    principals: Principals,
) -> Iterator[Row]:
    yield api_row(api, stacks, principals)
    yield from provider_rows(api, apis)
    yield from api_key_rows(api, now)
    yield from rows_of_schema(api, apis)
    if api.resolvers or api.functions or api.data_sources or api.unplaced:
        from cdk_appsync_guard.facts.resolvers import rows_of_wiring

        yield from rows_of_wiring(api, stacks)
    if any(stack.of_type("AWS::Cognito::UserPoolGroup") for stack in stacks):
        from cdk_appsync_guard.facts.group_names import group_name_rows

        yield from group_name_rows(api, stacks)
    if api.data_sources:
        from cdk_appsync_guard.facts.data_sources import data_source_rows

        yield from data_source_rows(api, stacks, principals)
    if api.resolvers or api.functions:
        from cdk_appsync_guard.facts.resolver_code import resolver_code_rows

        yield from resolver_code_rows(api)
    if any(provider.mode == LAMBDA for provider in api.providers):
        from cdk_appsync_guard.facts.authorizers import authorizer_rows

        yield from authorizer_rows(api, stacks)
    if api.resource.get("ApiType") not in (None, "GRAPHQL"):
        from cdk_appsync_guard.facts.merged_apis import merged_api_rows
        from cdk_appsync_guard.facts.source_modes import source_rows

        yield from source_rows(api, apis)
        yield from merged_api_rows(api, apis, stacks, principals)


def _rows_between(
    apis: tuple[Api, ...], stacks: tuple[Stack, ...], principals: Principals, now: datetime
) -> Iterator[Row]:
    """Yield the rows about what other resources do with the APIs."""
    if apis:
        from cdk_appsync_guard.facts.references import reference_rows, setting_rows

        yield from reference_rows(apis, stacks)
        yield from setting_rows(apis, stacks)
    types = {resource.type for stack in stacks for resource in stack.resources.values()}
    if any(name.startswith(("AWS::IAM::", "AWS::SSO::", "AWS::Organizations::")) for name in types):
        from cdk_appsync_guard.facts.iam import rows_of_iam

        yield from rows_of_iam(apis, stacks, principals)
    if "AWS::AppSync::Api" in types:
        from cdk_appsync_guard.facts.event_apis import event_key_rows

        yield from event_key_rows(stacks, now)
    if "AWS::AppSync::DomainNameApiAssociation" in types:
        from cdk_appsync_guard.facts.endpoints import domain_rows

        yield from domain_rows(apis, stacks)
    if "AWS::Events::Rule" in types:
        from cdk_appsync_guard.facts.endpoints import event_target_rows

        yield from event_target_rows(apis, stacks)
    if apis and not types.isdisjoint(_SENDERS):
        from cdk_appsync_guard.facts.template_operations import rows_of_sent

        yield from rows_of_sent(apis, stacks, principals)
    if any(name.startswith("AWS::Cognito::IdentityPool") for name in types):
        from cdk_appsync_guard.facts.identity_pools import identity_pool_rows

        yield from identity_pool_rows(apis, stacks, principals)


_SENDERS = ("AWS::Events::Rule", "AWS::Pipes::Pipe", "AWS::StepFunctions::StateMachine")
