"""Who is meant to call an API with IAM, and whether they are allowed to.

In: targets, principals and the stacks. Out: rows of ``principals``. Whoever is given an API's
address is meant to call it: there is no other reason to give it one. That is a function whose
environment holds the address, an EventBridge rule that targets it, and an HTTP data source that
signs its requests to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.grants import Granted, granted_to
from cdk_appsync_guard.appsync.api_clients import FUNCTION, holds_address
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policies import action_matches
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["FoundCaller", "find_callers", "rows_of_callers"]


@dataclass(frozen=True, slots=True)
class _Caller:
    """Somebody who is given an address: the value that holds it, and the role that signs."""

    resource: Resource
    address: Value
    role: Value
    via: str


@dataclass(frozen=True, slots=True)
class FoundCaller:
    """A caller whose role is known, and the API. ``more`` says why the role may have more."""

    caller: _Caller
    principal: Principal
    target: Target
    more: Unknown | None


def find_callers(
    targets: Sequence[Target], principals: Principals, stacks: Sequence[Stack]
) -> list[FoundCaller]:
    """Return each caller of an API whose role is known, once."""
    found: dict[tuple[str, str, str], FoundCaller] = {}
    for stack in stacks:
        for caller in (*_programs(stack), *_event_targets(stack), *_data_sources(stack)):
            role = principals.named(caller.role, stack)
            for target in targets if role is not None else ():
                key = (stack.id, caller.resource.logical_id, target.api.name)
                if role is not None and key not in found and _is_addressed(caller, target):
                    more = principals.may_have_more(role)
                    found[key] = FoundCaller(caller, role, target, more)
    return list(found.values())


def rows_of_callers(callers: Iterable[FoundCaller]) -> Iterator[Row]:
    """Yield a row for each caller of an API whose role is known."""
    for one in callers:
        yield _row(one.caller, one.principal, one.target, one.more)


def _programs(stack: Stack) -> Iterator[_Caller]:
    """Yield what runs code with environment variables and a role of its own."""
    for type_, (kind, role) in _PROGRAMS.items():
        for resource in stack.of_type(type_):
            for name, value in _variables(resource):
                if isinstance(value, Text):
                    via = f"{kind} `{resource.logical_id}` has its address in `{name}`"
                    yield _Caller(resource, value, resource.get(*role), via)


def _variables(resource: Resource) -> Iterator[tuple[str, Value]]:
    """Yield names and values of environment variables, in the form that the type has for them."""
    if resource.type == FUNCTION:
        variables = resource.get("Environment", "Variables")
        yield from variables.items() if isinstance(variables, dict) else ()
        return
    containers = resource.get("ContainerDefinitions")
    listed = [
        one.get("Environment")
        for one in (containers if isinstance(containers, list) else ())
        if isinstance(one, dict)
    ]
    listed.append(resource.get("ContainerProperties", "Environment"))
    listed.append(resource.get("Environment", "EnvironmentVariables"))
    for variables in listed:
        for one in variables if isinstance(variables, list) else ():
            if isinstance(one, dict) and isinstance(one.get("Name"), str):
                yield one["Name"], one.get("Value")


def _event_targets(stack: Stack) -> Iterator[_Caller]:
    for rule in stack.of_type("AWS::Events::Rule"):
        listed = rule.get("Targets")
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict):
                via = f"EventBridge sends the events of rule `{rule.logical_id}` to it"
                yield _Caller(rule, item.get("Arn"), item.get("RoleArn"), via)


def _data_sources(stack: Stack) -> Iterator[_Caller]:
    for source in stack.of_type(_SOURCE):
        if source.get("HttpConfig", "AuthorizationConfig", "AuthorizationType") == "AWS_IAM":
            via = f"data source `{source.logical_id}` signs requests to it"
            address = source.get("HttpConfig", "Endpoint")
            yield _Caller(source, address, source.get("ServiceRoleArn"), via)


def _is_addressed(caller: _Caller, target: Target) -> bool:
    """Return whether the caller is meant to send requests to the API."""
    own = target.id.hole if target.id is not None else None
    value = caller.address
    if not isinstance(value, Text) or own is None:
        return False
    if caller.resource.type in _PROGRAMS:
        return holds_address(value, own)
    api = own.name.rpartition(".")[0]
    return any(
        hole.kind == "attribute" and hole.stack == own.stack and hole.name.partition(".")[0] == api
        for hole in value.holes
    )


def _row(caller: _Caller, principal: Principal, target: Target, more: Unknown | None) -> Row:
    modes = target.api.authorization
    cells = {
        "principal": f"{principal.kind} {principal.name}",
        "via": caller.via,
        "api_has_iam": target.has_iam,
        "only_iam": modes if isinstance(modes, Unknown) else len(modes.modes) == 1,
        "signs": caller.resource.type not in _PROGRAMS,
        "outside_vpc": _is_outside(caller.resource, target),
        "granted": _granted(principal, granted_to(principal, target.fields), target, more),
    }
    place = (principal.resource or caller.resource).place()
    return Row("principals", cells, place, {}, target.api.name)


def _granted(
    principal: Principal, granted: Granted, target: Target, more: Unknown | None
) -> str | Unknown:
    if not target.fields.coordinates:
        schema = target.api.schema
        return schema if isinstance(schema, Unknown) else "all"
    if granted.granted:
        return "all" if granted.granted == target.fields.all else "some"
    if granted.undecided:
        reason = "a policy of the role has a condition, or a part that cannot be known"
        return Unknown(reason, "the policy's parameters or stacks")
    if _assumes_others(principal):
        return Unknown("the role is allowed to assume other roles", "the role that it assumes")
    return more or "none"


def _is_outside(caller: Resource, target: Target) -> bool | Unknown:
    """Return whether the API is private and the caller has no network interface in a VPC.

    https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html
    """
    visibility = target.api.resource.get("Visibility")
    if unknown_of(visibility) is not None:
        return unknown_of(visibility) or False
    inside = caller.type not in (FUNCTION, _SOURCE) or caller.get("VpcConfig") is not None
    return visibility == "PRIVATE" and not inside


_SOURCE = "AWS::AppSync::DataSource"


def _assumes_others(principal: Principal) -> bool:
    return any(
        statement.effect == "Allow"
        and action_matches(statement, "sts:AssumeRole") is not False
        and any(map(_may_be_role, statement.resources or ("*",)))
        for document in principal.documents
        for statement in document.statements or ()
    )


def _may_be_role(resource: str | Text) -> bool:
    holes = resource.holes if isinstance(resource, Text) else ()
    return (
        ":role/" in str(resource) or resource == "*" or any(one.service == "IAM" for one in holes)
    )


_PROGRAMS = {
    FUNCTION: ("function", ("Role",)),
    "AWS::ECS::TaskDefinition": ("task", ("TaskRoleArn",)),
    "AWS::Batch::JobDefinition": ("job", ("ContainerProperties", "JobRoleArn")),
    "AWS::CodeBuild::Project": ("build project", ("ServiceRole",)),
}
