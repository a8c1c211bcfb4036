"""Operations → who publishes to subscriptions, as far as that is known.

In: an API, its operations and the principals of the templates. Out: Publishers. A document that
no one can run publishes nothing; and a principal that is granted a mutation may publish documents
of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cdk_appsync_guard.access.calls import root_nodes, selected_paths
from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.grants import Fields, granted_to
from cdk_appsync_guard.access.reach import find_callers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.api_clients import FUNCTION, role_of
from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.iam.trust import TrustStatement, trust_statements
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["Publisher", "Publishers", "find_principal", "find_publishers"]

Surroundings: TypeAlias = "tuple[ClientCode, Sequence[Principal], Sequence[Stack]]"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An operation that runs a mutation, and what it selects of the result."""

    operation: ClientOperation
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Publishers:
    """The known publishers of each mutation, and in words those whose documents are not known."""

    known: Mapping[str, list[Publisher]]
    others: Mapping[str, str] = field(default_factory=dict)


def find_publishers(
    api: Api, fields: Fields, operations: Sequence[ClientOperation], around: Surroundings
) -> Publishers:
    """Return who publishes by the API's mutations."""
    known: dict[str, list[Publisher]] = {}
    schema = api.schema
    if not isinstance(schema, Schema) or not schema.subscription:
        return Publishers(known)
    for operation in operations:
        if operation.kind == "mutation":
            for name, node in root_nodes(schema, operation).items():
                mutation = schema.types[schema.roots["mutation"]].fields[name]
                if _may_run(api, schema, mutation, around[0].callers_of(operation)):
                    paths = frozenset(selected_paths(operation, node))
                    known.setdefault(name, []).append(Publisher(operation, paths))
    others = dict(_others(api, schema, fields, known, around)) if known else {}
    return Publishers(known, others)


def find_principal(
    caller: ClientCaller, principals: Sequence[Principal], stacks: Sequence[Stack]
) -> Principal | None:
    """Return the role or user that the caller is, None if the templates do not have it."""
    if caller.function is not None:
        functions = (
            one
            for stack in stacks
            for one in stack.of_type(FUNCTION)
            if one.logical_id == caller.function
        )
        roles = (role_of(one, principals) for one in functions)
        return next((role for role in roles if role is not None), None)
    return next((one for one in principals if one.name == caller.principal), None)


def _may_run(api: Api, schema: Schema, mutation: Field, callers: list[ClientCaller]) -> bool:
    """Return whether directives admit a caller of the document, or any caller if none is known."""
    possible = authorizations(api)
    if isinstance(possible, Unknown):
        return True
    for authorization in possible:
        kinds = [
            Caller(_mode(one, authorization.default), frozenset(one.groups)) for one in callers
        ]
        for caller in kinds or find_callers(authorization, schema):
            if decide(authorization, schema, caller, mutation).outcome != "denied":
                return True
    return False


def _mode(caller: ClientCaller, default: str) -> str:
    is_iam = caller.principal is not None or caller.function is not None
    return AWS_IAM if is_iam else caller.mode or default


def _others(
    api: Api,
    schema: Schema,
    fields: Fields,
    known: Mapping[str, list[Publisher]],
    around: Surroundings,
) -> Iterator[tuple[str, str]]:
    """Yield the mutations that a principal is granted whose documents are not known."""
    code, principals, stacks = around
    root = schema.roots["mutation"]
    functions = {
        id(role): one.logical_id
        for stack in stacks
        for one in stack.of_type(FUNCTION)
        if (role := role_of(one, principals)) is not None
    }
    for name, publishers in known.items():
        mutation = schema.types[root].fields[name]
        if not _may_run(api, schema, mutation, [ClientCaller("", mode=AWS_IAM)]):
            continue
        told = [
            id(find_principal(caller, principals, stacks))
            for one in publishers
            for caller in code.callers_of(one.operation)
        ]
        bit = fields.bit(f"{root}.{name}")
        for principal in principals:
            granted = bool(granted_to(principal, fields).meant & bit)
            if granted and id(principal) not in told and id(principal) in functions:
                yield name, f"the function `{functions[id(principal)]}`"
                break
            if granted and id(principal) not in told and _is_of_service(principal):
                yield name, f"the role `{principal.name}`"
                break


def _is_of_service(principal: Principal) -> bool:
    """Return whether the role is one that AWS services run as, and no signed-in person's."""
    if principal.resource is None:
        return False
    statements = trust_statements(principal.resource)
    return any(isinstance(one, TrustStatement) and one.named("Service") for one in statements)
