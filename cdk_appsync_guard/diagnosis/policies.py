"""IAM refused the request → which policy, as far as CloudTrail and the template tell.

In: a Case whose answer is `Permission denied`. Out: a Verdict. CloudTrail names the role; if the
template declares it, its statements show what is wrong.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.access.grants import fields_of, granted_to
from cdk_appsync_guard.diagnosis.case import Case, Verdict
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.template_view import View, locate
from cdk_appsync_guard.diagnosis.words import clean
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.iam.principals import Principal

__all__ = ["judge_policy"]

_ACTION = "appsync:GraphQL"


def judge_policy(case: Case, credential: Evidence) -> Verdict:
    """Return why no policy of the caller allows what it asks for."""
    said = "the caller's IAM policies allow none of the fields that the operation asks for"
    evidence = [credential]
    trail = case.exchange.trail
    if trail is not None and trail.role:
        text = f"CloudTrail: the caller is the role `{clean(trail.role)}`"
        evidence.append(Evidence(text, trail.at))
    field = _field(case)
    causes: tuple[str, ...] = ("I1", "I2", "I5", "C3", "C4")
    if case.exchange.asked.kind == "subscription":
        causes = ("I1", "W4", "I2", "I5", "C3")
    proof = _by_template(case, field)
    expected, agrees = case.views.modes_evidence(), None
    if proof is not None:
        causes, reason = proof
        expected, agrees = (*expected, reason), bool(causes)
    return Verdict(
        "policy",
        said,
        causes,
        is_proven=len(causes) == 1,
        evidence=tuple(evidence),
        expected=expected,
        agrees=agrees,
        fix=f"Allow `{_ACTION}` on `{field}` in the caller's policy" if field else "",
        would_decide=() if proof is not None else tuple(_asks(case)),
        field=field,
    )


def _field(case: Case) -> str | None:
    asked = case.exchange.asked
    return f"{asked.kind.capitalize()}.{asked.roots[0]}" if asked.roots and asked.kind else None


def _asks(case: Case) -> Iterator[str]:
    trail = case.exchange.trail
    if trail is None or not trail.role:
        yield "the caller's role: a CloudTrail data event, or `aws sts get-caller-identity`"
    yield "the policies of the role: --template PATH"


def _by_template(case: Case, field: str | None) -> tuple[tuple[str, ...], Evidence] | None:
    """Return the cause that the role's statements prove; no cause if they allow the field."""
    trail = case.exchange.trail
    if trail is None or not trail.role or field is None or len(case.views.views) != 1:
        return None
    view = case.views.views[0]
    principal = _find(view, trail.role)
    fields = fields_of(view.api, view.scene.apis)
    if principal is None or field not in fields.coordinates:
        return None
    outcome = granted_to(principal, fields).outcome(fields.bit(field))
    place = locate(principal.resource.place()) if principal.resource is not None else None
    if outcome == "allowed":
        return (), Evidence(f"the policies of `{principal.name}` allow `{field}`", place)
    if outcome != "denied":
        return None
    cause, text = _reason(principal)
    return (cause,), Evidence(text, place)


def _find(view: View, role: str) -> Principal | None:
    """Return the role that CloudFormation calls so: its own name, or `Stack-LogicalId-RANDOM`."""
    declared = [one for one in view.scene.principals if one.kind == "role" and one.resource]
    named = [
        one for one in declared if one.resource is not None and one.resource.get("RoleName") == role
    ]
    inside = [
        one for one in declared if one.resource and f"-{one.resource.logical_id}-" in f"-{role}-"
    ]
    found = named or inside
    return found[0] if len(found) == 1 else None


def _reason(principal: Principal) -> tuple[str, str]:
    statements = [one for document in principal.documents for one in document.statements or ()]
    granting = [one for one in statements if one.effect == "Allow" and _grants(one)]
    if any(one.effect == "Deny" and _grants(one) for one in statements):
        return "I1", f"a statement of `{principal.name}` denies it"
    if granting:
        return "I1", f"`{principal.name}` allows `{_ACTION}`, but not on this field"
    if any("appsync" in str(action).lower() for one in statements for action in one.actions or ()):
        return "I2", f"`{principal.name}` allows other actions of AppSync, and not `{_ACTION}`"
    return "I5", f"no policy of `{principal.name}` mentions `{_ACTION}`"


def _grants(statement: Statement) -> bool:
    return action_matches(statement, _ACTION) is not False
