"""IAM refused the request → which policy, as far as the template and CloudTrail tell."""

from __future__ import annotations

from cdk_appsync_guard.diagnose.case import Case, Verdict
from cdk_appsync_guard.diagnose.diagnosis import Evidence

__all__ = ["judge_policy"]


def judge_policy(case: Case, credential: Evidence) -> Verdict:
    """Return why no policy of the caller allows what it asks for."""
    said = "the caller's IAM policies allow none of the fields that the operation asks for"
    evidence = [credential]
    trail = case.exchange.trail
    if trail is not None and trail.role:
        evidence.append(Evidence(f"CloudTrail: the caller is the role `{trail.role}`", trail.at))
    asked = case.exchange.asked.roots
    field = None
    if asked and case.exchange.asked.kind:
        field = f"{case.exchange.asked.kind.capitalize()}.{asked[0]}"
    causes: tuple[str, ...] = ("I1", "I2", "I5", "C3", "C4")
    if case.exchange.asked.kind == "subscription":
        causes = ("I1", "W4", "I2", "I5", "C3")
    return Verdict(
        "policy",
        said,
        causes,
        evidence=tuple(evidence),
        expected=case.views.modes_evidence(),
        fix=f"Allow `appsync:GraphQL` on the field `{field}` in the caller's policy"
        if field
        else "",
        would_decide=(
            "the caller's role: a CloudTrail data event, or `aws sts get-caller-identity`",
            "the policies of the role: --template PATH",
        ),
        field=field,
    )
