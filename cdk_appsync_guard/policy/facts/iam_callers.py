"""Functions that are meant to call an API with IAM, and whether they are allowed to.

In: targets, principals and the stacks. Out: rows of ``principals``. A function is meant to call an
API if its environment holds the API's URL, id or ARN: there is no other reason to give it one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.access.grants import Granted, granted_to
from cdk_appsync_guard.appsync.iam import Principal
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.policy.columns import Row
from cdk_appsync_guard.policy.facts.iam_targets import Target
from cdk_appsync_guard.template.stack import Resource, Stack
from cdk_appsync_guard.template.values import Text, Unknown, Value

__all__ = ["rows_of_callers"]


def rows_of_callers(
    targets: Sequence[Target], principals: Sequence[Principal], stacks: Sequence[Stack]
) -> Iterator[Row]:
    """Yield a row for each function that is given an API's address, once per API."""
    by_role = {
        (one.resource.stack.id, one.resource.logical_id): one
        for one in principals
        if one.resource is not None
    }
    for stack in stacks:
        for function in stack.of_type("AWS::Lambda::Function"):
            for target in targets:
                variable = _address_in(function, target)
                role = stack.resource_of(function.get("Role"))
                key = (role[0].stack.id, role[0].logical_id) if role else None
                if variable is not None and key in by_role:
                    yield _row(function, variable, by_role[key], target)


def _address_in(function: Resource, target: Target) -> str | None:
    """Return the environment variable that holds the API's address, None if there is none."""
    variables = function.get("Environment", "Variables")
    if not isinstance(variables, dict) or target.id is None:
        return None
    return next(
        (name for name, value in variables.items() if _names(value, target)),
        None,
    )


def _names(value: Value, target: Target) -> bool:
    own = target.id.hole if target.id is not None else None
    if not isinstance(value, Text) or own is None:
        return False
    api = own.name.rpartition(".")[0]
    return any(
        hole.kind == "attribute" and hole.stack == own.stack and hole.name.partition(".")[0] == api
        for hole in value.holes
    )


def _row(function: Resource, variable: str, principal: Principal, target: Target) -> Row:
    authorization = target.api.authorization
    only_iam: bool | Unknown = (
        authorization
        if isinstance(authorization, Unknown)
        else isinstance(authorization, Authorization) and len(authorization.modes) == 1
    )
    return Row(
        "principals",
        {
            "principal": f"{principal.kind} {principal.name}",
            "via": f"function `{function.logical_id}` has its address in `{variable}`",
            "api_has_iam": target.has_iam,
            "only_iam": only_iam,
            "granted": _granted(granted_to(principal, target.fields), target),
        },
        (principal.resource or function).place(),
        {},
        target.api.name,
    )


def _granted(granted: Granted, target: Target) -> str | Unknown:
    if not target.fields.coordinates:
        schema = target.api.schema
        return schema if isinstance(schema, Unknown) else "all"
    if granted.granted:
        return "all" if granted.granted == target.fields.all else "some"
    if granted.undecided:
        reason = "a policy of the role has a condition, or a part that cannot be known"
        return Unknown(reason, "the policy's parameters or stacks")
    return "none"
