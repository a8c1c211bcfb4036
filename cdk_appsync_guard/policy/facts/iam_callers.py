"""Functions that are meant to call an API with IAM, and whether they are allowed to.

In: targets, principals and the stacks. Out: rows of ``principals``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.access.grants import Granted, granted_to
from cdk_appsync_guard.appsync.addresses import functions_of, role_of
from cdk_appsync_guard.appsync.iam import Principal
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.policy.columns import Row
from cdk_appsync_guard.policy.facts.iam_targets import Target
from cdk_appsync_guard.template.stack import Resource, Stack
from cdk_appsync_guard.template.values import Unknown

__all__ = ["rows_of_callers"]


def rows_of_callers(
    targets: Sequence[Target], principals: Sequence[Principal], stacks: Sequence[Stack]
) -> Iterator[Row]:
    """Yield a row for each function that is given an API's address, once per API."""
    for target in targets:
        for function, variable in functions_of(stacks, target.api.resource):
            role = role_of(function, principals)
            if role is not None:
                yield _row(function, variable, role, target)


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
