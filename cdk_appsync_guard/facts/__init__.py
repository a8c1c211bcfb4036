"""Apis → rows of the vocabulary, the only thing that rules see.

In: the APIs and stacks of one scenario, and the time. Out: rows, topic by topic. Joins are done
here, so that a rule is one filter over one table. A topic reads as little as it can: scenarios that
agree about what it read share its rows. Topics that many templates lack are imported when there is
something to tell of them: a scan should start fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from cdk_appsync_guard.appsync.address_holders import HOLDER_TYPES
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.connections import SENDER_TYPES
from cdk_appsync_guard.appsync.modes import COGNITO, LAMBDA
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
    from cdk_appsync_guard.facts.resolver_code import ApiCode

__all__ = ["TOPICS", "Given", "Topic", "build_facts"]


class Given:
    """What there is in one scenario.

    ``code`` is client code whose operations are judged. *find_outside* finds the APIs that are not
    in the input, and of which parts are; it is called by who asks for them.
    """

    def __init__(
        self,
        apis: tuple[Api, ...],
        stacks: tuple[Stack, ...],
        now: datetime,
        code: ClientCode | None = None,
        find_outside: Callable[[], tuple[Api, ...]] = tuple,
    ) -> None:
        self._find_outside = find_outside
        self._code_of: dict[str, ApiCode] = {}
        self.apis = apis
        self.stacks = stacks
        self.now = now
        self.code = code
        self.principals = Principals(stacks, certain_context(now))

    @cached_property
    def outside(self) -> tuple[Api, ...]:
        """The APIs that are not in the input, and of which parts are."""
        return self._find_outside()

    def code_of(self, api: Api) -> ApiCode:
        """Return the code of an API's resolvers, read once."""
        from cdk_appsync_guard.facts.resolver_code import ApiCode

        return self._code_of.setdefault(api.name, ApiCode(api))

    def declares(self, *beginnings: str) -> bool:
        """Return whether a stack declares a type that begins so."""
        return any(stack.declares(*beginnings) for stack in self.stacks)


Topic: TypeAlias = "Callable[[Given], Iterator[Row]]"

_HAVE_POLICIES = ("AWS::IAM::", "AWS::SSO::", "AWS::Organizations::")


def build_facts(
    apis: tuple[Api, ...],
    stacks: tuple[Stack, ...],
    now: datetime,
    code: ClientCode | None = None,
    outside: tuple[Api, ...] = (),
) -> list[Row]:
    """Return all rows about the APIs, what other resources do with them, and client code.

    *outside* are APIs that are not in the input, and of which parts are.
    """
    given = Given(apis, stacks, now, code, lambda: outside)
    return [row for topic in TOPICS for row in topic(given)]


def _endpoints(given: Given) -> Iterator[Row]:
    for api in given.apis:
        yield api_row(api, given.stacks, given.principals)
        yield from provider_rows(api, given.apis)
        yield from api_key_rows(api, given.now)


def _schemas(given: Given) -> Iterator[Row]:
    for api in given.apis:
        yield from rows_of_schema(api, given.apis)


def _wiring(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.resolvers or api.functions or api.data_sources or api.unplaced:
            from cdk_appsync_guard.facts.resolvers import rows_of_wiring

            yield from rows_of_wiring(api, given.stacks)


def _group_names(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if COGNITO in {one.mode for one in api.providers}:
            from cdk_appsync_guard.facts.group_names import group_name_rows

            yield from group_name_rows(api, given.stacks)


def _data_sources(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.data_sources:
            from cdk_appsync_guard.facts.data_sources import data_source_rows

            yield from data_source_rows(api, given.stacks, given.principals)


def _resolver_code(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.resolvers or api.functions:
            from cdk_appsync_guard.facts.resolver_code import resolver_code_rows

            yield from resolver_code_rows(given.code_of(api))


def _resolver_denials(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.resolvers:
            from cdk_appsync_guard.facts.resolver_denials import denial_rows

            yield from denial_rows(given.code_of(api), given.apis, given.stacks, given.principals)


def _resolver_operations(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.resolvers and api.data_sources:
            from cdk_appsync_guard.facts.resolver_operations import operation_rows

            yield from operation_rows(given.code_of(api), given.principals)


def _resolver_checks(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.resolvers:
            from cdk_appsync_guard.facts.resolver_checks import check_rows

            yield from check_rows(given.code_of(api), given.stacks)


def _authorizers(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if any(provider.mode == LAMBDA for provider in api.providers):
            from cdk_appsync_guard.facts.authorizer_answers import authorizer_answer_rows
            from cdk_appsync_guard.facts.authorizers import authorizer_rows

            yield from authorizer_rows(api, given.stacks)
            yield from authorizer_answer_rows(api, given.stacks)


def _merged_apis(given: Given) -> Iterator[Row]:
    for api in given.apis:
        if api.resource.get("ApiType") not in (None, "GRAPHQL"):
            from cdk_appsync_guard.facts.merged_apis import merged_api_rows
            from cdk_appsync_guard.facts.merged_groups import merged_group_rows
            from cdk_appsync_guard.facts.source_modes import source_rows

            yield from source_rows(api, given.apis)
            yield from merged_group_rows(api, given.apis)
            yield from merged_api_rows(api, given.apis, given.stacks, given.principals)


def _references(given: Given) -> Iterator[Row]:
    if given.apis:
        from cdk_appsync_guard.facts.references import reference_rows, setting_rows

        yield from reference_rows(given.apis, given.stacks)
        yield from setting_rows(given.apis, given.stacks)


def _iam(given: Given) -> Iterator[Row]:
    if given.declares(*_HAVE_POLICIES) or (given.apis and given.declares(*HOLDER_TYPES)):
        from cdk_appsync_guard.facts.iam import rows_of_iam

        yield from rows_of_iam(given.apis, given.stacks, given.principals)


def _endpoint_policies(given: Given) -> Iterator[Row]:
    if given.apis and given.declares("AWS::EC2::VPCEndpoint"):
        from cdk_appsync_guard.facts.endpoint_policies import rows_of_endpoint_policies
        from cdk_appsync_guard.facts.iam_targets import Targets

        yield from rows_of_endpoint_policies(Targets(given.apis).all, given.stacks)


def _senders(given: Given) -> Iterator[Row]:
    if given.apis and given.declares(*SENDER_TYPES):
        from cdk_appsync_guard.facts.senders import sender_rows

        yield from sender_rows(given.apis, given.stacks)


def _event_apis(given: Given) -> Iterator[Row]:
    if any(stack.of_type("AWS::AppSync::Api") for stack in given.stacks):
        from cdk_appsync_guard.facts.event_apis import event_key_rows

        yield from event_key_rows(given.stacks, given.now)


def _domains(given: Given) -> Iterator[Row]:
    if given.declares("AWS::AppSync::DomainNameApiAssociation"):
        from cdk_appsync_guard.facts.endpoints import domain_rows

        yield from domain_rows(given.apis, given.stacks)


def _event_targets(given: Given) -> Iterator[Row]:
    if given.declares("AWS::Events::Rule"):
        from cdk_appsync_guard.facts.endpoints import event_target_rows

        yield from event_target_rows(given.apis, given.stacks)


def _sent_operations(given: Given) -> Iterator[Row]:
    if given.apis and given.declares(*_SENDERS):
        from cdk_appsync_guard.facts.template_operations import rows_of_sent

        yield from rows_of_sent(given.apis, given.stacks, given.principals)


def _identity_pools(given: Given) -> Iterator[Row]:
    if given.declares("AWS::Cognito::IdentityPool"):
        from cdk_appsync_guard.facts.identity_pools import identity_pool_rows

        yield from identity_pool_rows(given.apis, given.stacks, given.principals, given.code_of)


def _outside(given: Given) -> Iterator[Row]:
    for api in given.outside:
        from cdk_appsync_guard.facts.outside import rows_of_outside

        known = (given.stacks, given.principals, given.now)
        yield from rows_of_outside(api, *known, alone=not given.apis)


def _calls(given: Given) -> Iterator[Row]:
    if given.code is not None:
        from cdk_appsync_guard.facts.calls import rows_of_calls

        yield from rows_of_calls(given.apis, given.stacks, given.code, given.principals)


_SENDERS = ("AWS::Events::Rule", "AWS::Pipes::Pipe", "AWS::StepFunctions::StateMachine")

TOPICS: tuple[Topic, ...] = (
    *(_endpoints, _schemas, _wiring, _group_names, _data_sources, _resolver_code, _authorizers),
    _resolver_denials,
    _resolver_checks,
    _resolver_operations,
    *(
        _merged_apis,
        _references,
        _iam,
        _endpoint_policies,
        _senders,
        _event_apis,
        _domains,
        _event_targets,
        _sent_operations,
    ),
    *(_identity_pools, _outside, _calls),
)
