"""Whether an AWS service is allowed to assume a role that a property names.

In: a role as a property names it, and a service such as ``appsync``. Out: a short word, or Unknown.
What lies outside the input, such as a role given as a literal ARN, is ``elsewhere``: no option can
decide it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cdk_appsync_guard.iam.arn_match import matches, split_arn
from cdk_appsync_guard.iam.trust import ROLE, TrustStatement, listed, trust_statements
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["Trust", "TrustWord", "read_trust"]

_ASSUME = "sts:AssumeRole"
_CONDITIONAL = Unknown("the trust policy has a condition", "the values that it asks for")
_LINKED = ":role/aws-service-role/"


TrustWord: TypeAlias = Literal["trusted", "another-service", "nobody", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Trust:
    """``word`` is trusted, another-service, no one or elsewhere.

    ``service`` is the other service that may assume the role. ``resource`` is the role, if it is
    in the input.
    """

    word: TrustWord | Unknown
    service: str | None = None
    resource: Resource | None = None


def read_trust(role: Value, stack: Stack, service: str) -> Trust:
    """Return whether the service (``appsync``, ``events``) may assume the role that is named."""
    found = stack.resource_of(role)
    if found is not None and found[0].type == ROLE:
        word, other = _read_service(found[0], service)
        return Trust(word, other, found[0])
    if isinstance(role, (str, Text)) and _LINKED in str(role):
        linked = str(role).partition(_LINKED)[2].partition("/")[0]
        own = linked.startswith(f"{service}.")
        return Trust("trusted") if own else Trust("another-service", linked)
    if isinstance(role, Text) and role.hole is not None and role.hole.kind == "import":
        unknown = unknown_of(role)
        assert unknown is not None  # noqa: S101 - a hole is never plainly known
        return Trust(unknown)
    return Trust("elsewhere")


def _read_service(role: Resource, wanted: str) -> tuple[TrustWord | Unknown, str | None]:
    services: list[Value] = []
    perhaps_denied: Unknown | None = None
    for statement in trust_statements(role):
        if not isinstance(statement, TrustStatement):
            services.append(statement)
            continue
        applies = _applies(statement, wanted, role.stack)
        named = [_named(one) for one in statement.named("Service")]
        if applies is False:
            continue
        if statement.effect == "Deny":
            if any(_is(service, wanted) for service in named):
                return ("nobody", None) if applies else (_CONDITIONAL, None)
            unclear = (why for one in named if (why := unknown_of(one)))
            perhaps_denied = perhaps_denied or next(unclear, None)
        elif applies and isinstance(statement.effect, str):
            services += named
        else:
            why = unknown_of(statement.effect) or statement.why_action or _CONDITIONAL
            services += [why if _is(one, wanted) else one for one in named]
    if any(_is(service, wanted) for service in services):
        return perhaps_denied or "trusted", None
    unknown = next((reason for service in services if (reason := unknown_of(service))), None)
    if unknown is not None:
        return unknown, None
    others = [service for service in services if isinstance(service, str)]
    return ("another-service", others[0]) if others else ("nobody", None)


def _applies(statement: TrustStatement, service: str, stack: Stack) -> bool | None:
    """Return whether the statement mentions the service's own call; None if that is not known."""
    answers = (statement.covers(_ASSUME), _is_met(statement.condition, service, stack))
    return False if False in answers else None if None in answers else True


def _is_met(condition: Value, service: str, stack: Stack) -> bool | None:
    """Return whether a service's own call meets the condition; None if that is not known.

    The service sends the ARN of its resource and the account: ``aws:SourceArn``,
    ``aws:SourceAccount``.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    if condition is None:
        return True
    if not isinstance(condition, dict):
        return None
    answers = [
        _holds(operator, key, wanted, service, stack)
        for operator, keys in condition.items()
        for key, wanted in (keys.items() if isinstance(keys, dict) else ((operator, None),))
    ]
    return False if False in answers else None if None in answers else True


def _holds(operator: str, key: str, wanted: Value, service: str, stack: Stack) -> bool | None:
    asks = _ASKS.get(key.lower())
    if operator.lower() not in _EQUALS or asks is None:
        return None
    answers = [asks(one, service, stack) for one in listed(wanted)]
    return True if True in answers else None if None in answers else False


def _is_own_account(value: Value, _: str, stack: Stack) -> bool | None:
    """Return whether the value is the account of the deployment, which is where services call."""
    return _is_pseudo(value, "AWS::AccountId") or _is_part(value, stack.account)


def _is_own_arn(value: Value, service: str, stack: Stack) -> bool | None:
    """Return whether the value is the ARN of a resource of the service in this deployment."""
    if not isinstance(value, (str, Text)):
        return None
    parts = split_arn(value)
    if len(parts) < _ARN_PARTS:
        return None if "*" in str(value) or isinstance(value, Text) else False
    answers = (
        _is_part(parts[2], service),
        _is_pseudo(parts[3], "AWS::Region") or _is_part(parts[3], stack.region),
        _is_pseudo(parts[4], "AWS::AccountId") or _is_part(parts[4], stack.account),
    )
    return False if False in answers else None if None in answers else True


def _is_part(value: Value, own: str | None) -> bool | None:
    if value == "*":
        return True
    return matches(value, own) if isinstance(value, str) and own is not None else None


def _is_pseudo(value: Value, name: str) -> bool:
    return isinstance(value, Text) and value.hole is not None and value.hole.name == name


_ASKS = {"aws:sourceaccount": _is_own_account, "aws:sourcearn": _is_own_arn}
_EQUALS = ("stringequals", "stringlike", "arnlike", "arnequals")
_ARN_PARTS = 6  # arn:partition:service:region:account:resource


def _named(service: Value) -> Value:
    """Return the service as a str if only its domain's end is not known."""
    if isinstance(service, Text) and isinstance(service.parts[0], str) and "." in service.parts[0]:
        return str(service)
    return service


def _is(service: Value, wanted: str) -> bool:
    return service == "*" or (isinstance(service, str) and service.startswith(f"{wanted}."))
