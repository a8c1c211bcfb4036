"""A principal and the root fields that he needs → the one statement that allows these and no more.

In: an API, a principal, coordinates. Out: a Plan: what is to be allowed, what is allowed already,
what is too much, and what else stands in the way. Writes no policy: ``reporters`` do.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cdk_appsync_guard.access.grants import Fields, granted_to
from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.access.matrix_words import reason_words
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Stack

__all__ = ["ApiReference", "Plan", "find_reference", "plan_grant"]

_ARN = "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a principal needs of an API. ``obstacles`` are sentences about what no policy mends."""

    needed: tuple[str, ...]
    missing: tuple[str, ...]
    surplus: tuple[str, ...]
    obstacles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiReference:
    """How a stack writes the API's ARN inside ``Fn::Sub``.

    ``parameter`` is set if the stack has yet to declare it, and to be given the ARN.
    """

    sub: str
    parameter: str = ""


def plan_grant(principal: Principal, fields: Fields, needed: Sequence[str], matrix: Matrix) -> Plan:
    """Return the plan; *fields* and *matrix* are those of the API."""
    granted = granted_to(principal, fields)
    ordered = tuple(name for name in fields.coordinates if name in set(needed))
    return Plan(
        needed=ordered,
        missing=tuple(name for name in ordered if granted.outcome(fields.bit(name)) != "allowed"),
        surplus=tuple(name for name in fields.named(granted.granted) if name not in set(ordered)),
        obstacles=tuple(_obstacles(principal, fields, ordered, matrix)),
    )


def find_reference(api: Api, stack: Stack) -> ApiReference:
    """Return how the stack names the API: directly, or by a parameter that holds its ARN or id."""
    if stack.id == api.stack.id:
        return ApiReference(f"${{{api.resource.logical_id}.Arn}}")
    names = stack.scope.section("Parameters")
    values = {name: stack.scope.refer(name, 0) for name in names}
    for attribute, start in (("Arn", ""), ("ApiId", _ARN)):
        wanted = api.resource.attribute(attribute)
        for name, value in values.items():
            if value == wanted:
                return ApiReference(f"{start}${{{name}}}")
    parameter = f"{api.resource.logical_id}Arn"
    while parameter in names or parameter in stack.resources:
        parameter += "2"
    return ApiReference(f"${{{parameter}}}", parameter)


def _obstacles(
    principal: Principal, fields: Fields, needed: Iterable[str], matrix: Matrix
) -> Iterator[str]:
    """Yield why an Allow alone is not enough."""
    iam = next((at for at, one in enumerate(matrix.callers) if one.name == AWS_IAM), None)
    if matrix.question is not None:
        yield f"whether the fields accept IAM callers is not known: {matrix.question.reason}"
    elif iam is None:
        yield "the API does not have the mode AWS_IAM"
    else:
        cells = dict(zip(matrix.coordinates, matrix.columns[iam], strict=True))
        for name in needed:
            if cells[name].verdict != "allowed":
                yield f"`{name}` for IAM callers: {reason_words(cells[name])}"
    granted = granted_to(principal, fields)
    boundary = principal.boundary
    limit = (
        granted_to(replace(principal, documents=(boundary,), boundary=None), fields)
        if (boundary is not None)
        else None
    )
    for name in needed:
        bit = fields.bit(name)
        if granted.refused_explicitly & bit:
            yield f"`{name}` is overridden by a Deny statement"
        elif limit is not None and limit.outcome(bit) != "allowed":
            yield f"`{name}` is not within the permissions boundary"
