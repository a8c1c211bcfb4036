"""Functions that hold an API's address, and the role that each runs as.

In: the stacks of one scenario. Out: functions and logical ids of roles. A function is meant to call
an API if its environment holds the API's URL or domain; an id or an ARN is not evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Hole, Text, Value, display

__all__ = ["FUNCTION", "address_in", "domains_of", "functions_of", "holds_address", "role_of"]

FUNCTION = "AWS::Lambda::Function"


def functions_of(stacks: Sequence[Stack], api: Resource) -> Iterator[tuple[Resource, str]]:
    """Yield the functions that are given the API's address, and the variable that holds it."""
    identifier = api.attribute("ApiId")
    own = identifier.hole if isinstance(identifier, Text) else None
    domains = domains_of(stacks, own) if own is not None else ()
    for stack in stacks:
        for function in stack.of_type(FUNCTION):
            variable = address_in(function, api, domains)
            if variable is not None:
                yield function, variable


def address_in(function: Resource, api: Resource, domains: Sequence[str | Text] = ()) -> str | None:
    """Return the environment variable that holds the API's address, None if there is none."""
    identifier = api.attribute("ApiId")
    variables = function.get("Environment", "Variables")
    own = identifier.hole if isinstance(identifier, Text) else None
    if not isinstance(variables, dict) or own is None:
        return None
    named = variables.items()
    return next((name for name, value in named if holds_address(value, own, domains)), None)


def role_of(function: Resource, principals: Sequence[Principal]) -> Principal | None:
    """Return the role that a function runs as, None if it is not among the principals."""
    role = function.stack.resource_of(function.get("Role"))
    if role is None:
        return None
    key = (role[0].stack.id, role[0].logical_id)
    return next((one for one in principals if one.kind == "role" and _key(one) == key), None)


def _key(principal: Principal) -> tuple[str, str] | None:
    resource = principal.resource
    return (resource.stack.id, resource.logical_id) if resource is not None else None


def domains_of(stacks: Sequence[Stack], api_id: Hole) -> tuple[str | Text, ...]:
    """Return the custom domain names of an API, in each way that a template may write them.

    https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html
    """
    found: list[Value] = []
    for stack in stacks:
        for tie in stack.of_type(_TIE):
            if tie.get("ApiId") == Text((api_id,)):
                name = tie.get("DomainName")
                target = stack.resource_of(name)
                found.append(name)
                if target is not None and target[0].type == _DOMAIN:
                    found += [target[0].get("DomainName"), target[0].attribute()]
                    found += [
                        target[0].attribute(one) for one in ("DomainName", "AppSyncDomainName")
                    ]
    return tuple(one for one in found if isinstance(one, (str, Text)))


def holds_address(value: Value, api_id: Hole, domains: Sequence[str | Text] = ()) -> bool:
    """Return whether the value is built on the URL or a domain of the API with this id.

    *domains* are the API's custom domain names. An id, an ARN, or the name of a log group tells
    nothing: managing an API takes them as well.
    """
    if domains and any(_is_host(one, value) for one in domains):
        return True
    if not isinstance(value, Text):
        return False
    logical_id = api_id.name.rpartition(".")[0]
    return any(
        hole.stack == api_id.stack and hole.name in {f"{logical_id}.{name}" for name in _ADDRESSES}
        for hole in value.holes
    )


def _is_host(domain: str | Text, value: Value) -> bool:
    """Return whether a URL, or a plain host name, is of the domain."""
    if not isinstance(value, (str, Text)):
        return False
    if isinstance(domain, Text) and not (
        isinstance(value, Text) and set(domain.holes) <= set(value.holes)
    ):
        return False
    written = display(value)
    host = (written.partition("://")[2] or written).partition("/")[0]
    return host.lower() == display(domain).lower()


_DOMAIN = "AWS::AppSync::DomainName"
_TIE = "AWS::AppSync::DomainNameApiAssociation"
_ADDRESSES = ("GraphQLUrl", "GraphQLDns", "RealtimeUrl", "RealtimeDns")
