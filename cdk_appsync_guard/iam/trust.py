"""The trust policy of a role as it is written: statement by statement, with what is not known.

In: a role. Out: TrustStatement. The one reader of trust policies: ``service_trust`` asks it about
AWS services, ``web_identity`` about Cognito identity pools.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.iam.documents import items
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["ROLE", "TrustStatement", "listed", "trust_statements"]

ROLE = "AWS::IAM::Role"
_NOT_PRINCIPAL = Unknown(
    "the trust policy has a NotPrincipal, which IAM does not support there", "a sign-in"
)


@dataclass(frozen=True, slots=True)
class TrustStatement:
    """One statement of a trust policy.

    ``effect`` is Allow, Deny, or Unknown; ``principals`` are pairs of a kind (``Service``,
    ``Federated``, ``AWS``) and what is named, where ``*`` names all.
    """

    effect: str | Unknown
    principals: tuple[tuple[str, Value], ...]
    actions: tuple[Value, ...]
    negated_actions: bool
    condition: Value

    def covers(self, action: str) -> bool | None:
        """Return whether the statement mentions an action; None if that is not known."""
        answers = [_matches(pattern, action.lower()) for pattern in self.actions]
        hit = True if True in answers else None if None in answers else False
        return hit if hit is None or not self.negated_actions else not hit

    def named(self, kind: str) -> list[Value]:
        """Return the principals of a kind, and ``*`` if all of them are named."""
        everyone = [
            one for of, one in self.principals if of in ("AWS", "") and _is_everyone_or_unknown(one)
        ]
        return everyone + [one for of, one in self.principals if of == kind != "AWS"]

    @property
    def why_action(self) -> Unknown | None:
        """Why an action cannot be known, None if all can."""
        return next((why for one in self.actions if (why := unknown_of(one))), None)


def trust_statements(role: Resource) -> list[TrustStatement | Unknown | None]:
    """Return the statements of the role's trust policy; None stands for what is not a statement."""
    document = role.get("AssumeRolePolicyDocument")
    written = listed(document.get("Statement") if isinstance(document, dict) else document)
    return [_read(one) if isinstance(one, dict) else unknown_of(one) for one in written]


def listed(value: Value) -> list[Value]:
    """Return the value as the list that IAM takes it for."""
    return value if isinstance(value, list) else [value]


def _read(statement: dict[str, Value]) -> TrustStatement:
    effect = statement.get("Effect")
    if not isinstance(effect, str):
        effect = unknown_of(effect) or Unknown("the statement has no effect", "a sign-in")
    return TrustStatement(
        effect,
        _principals(statement),
        tuple(items(statement.get("NotAction", statement.get("Action")))),
        "NotAction" in statement,
        statement.get("Condition"),
    )


def _principals(statement: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    if "NotPrincipal" in statement:
        return (("", _NOT_PRINCIPAL),)
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        return tuple((kind, one) for kind, named in principal.items() for one in items(named))
    return (("", principal),) if principal is not None else ()


def _is_everyone_or_unknown(named: Value) -> bool:
    return named == "*" or isinstance(named, Unknown)


def _matches(pattern: Value, action: str) -> bool | None:
    if isinstance(pattern, str):
        return matches(pattern.lower(), action)
    return matches(pattern, action) if isinstance(pattern, Text) else None
