"""Functions that hold an API's address, and the role that each runs as.

In: the stacks of one scenario. Out: functions and logical ids of roles. A function is meant to call
an API if its environment holds the API's URL or domain; an id or an ARN is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Hole, Text, Value

__all__ = ["FUNCTION", "address_in", "functions_of", "holds_address", "role_of"]

FUNCTION = "AWS::Lambda::Function"


def functions_of(stacks: Sequence[Stack], api: Resource) -> Iterator[tuple[Resource, str]]:
    """Yield the functions that are given the API's address, and the variable that holds it."""
    for stack in stacks:
        for function in stack.of_type(FUNCTION):
            variable = address_in(function, api)
            if variable is not None:
                yield function, variable


def address_in(function: Resource, api: Resource) -> str | None:
    """Return the environment variable that holds the API's address, None if there is none."""
    identifier = api.attribute("ApiId")
    variables = function.get("Environment", "Variables")
    own = identifier.hole if isinstance(identifier, Text) else None
    if not isinstance(variables, dict) or own is None:
        return None
    return next((name for name, value in variables.items() if holds_address(value, own)), None)


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


def holds_address(value: Value, api_id: Hole) -> bool:
    """Return whether the value is built on the URL or the domain of the API with this id.

    An id, an ARN, or the name of a log group tells nothing: managing an API takes them as well.
    """
    if not isinstance(value, Text):
        return False
    logical_id = api_id.name.rpartition(".")[0]
    return any(
        hole.stack == api_id.stack and hole.name in {f"{logical_id}.{name}" for name in _ADDRESSES}
        for hole in value.holes
    )


_ADDRESSES = ("GraphQLUrl", "GraphQLDns", "RealtimeUrl", "RealtimeDns")
