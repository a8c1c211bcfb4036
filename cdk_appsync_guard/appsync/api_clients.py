"""Functions that hold an API's address, and the role that each runs as.

In: the stacks of one scenario. Out: functions and logical ids of roles. A function is meant to call
an API if its environment holds the API's URL, id or ARN: there is no other reason to give it one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Value

__all__ = ["FUNCTION", "address_in", "functions_of", "role_of"]

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
    logical_id = own.name.rpartition(".")[0]
    return next(
        (name for name, value in variables.items() if _names(value, own.stack, logical_id)), None
    )


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


def _names(value: Value, stack: str, logical_id: str) -> bool:
    if not isinstance(value, Text):
        return False
    return any(
        hole.kind == "attribute"
        and hole.stack == stack
        and hole.name.partition(".")[0] == logical_id
        for hole in value.holes
    )
