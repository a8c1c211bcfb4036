"""An exchange that failed → its Diagnosis. Which judge it goes to, and nothing else."""

from __future__ import annotations

from cdk_appsync_guard.diagnose.case import Case, Verdict, conclude, open_case
from cdk_appsync_guard.diagnose.diagnosis import Diagnosis
from cdk_appsync_guard.diagnose.elsewhere import judge_elsewhere
from cdk_appsync_guard.diagnose.exchange import Exchange
from cdk_appsync_guard.diagnose.field_level import is_field_denial, judge_fields
from cdk_appsync_guard.diagnose.request_level import judge_request, judge_token
from cdk_appsync_guard.diagnose.subscription_level import judge_subscription
from cdk_appsync_guard.diagnose.template_view import Views

__all__ = ["judge"]


def judge(exchange: Exchange, views: Views) -> Diagnosis | None:
    """Return what happened, why, and what to change; None if nothing is wrong after all."""
    case = open_case(exchange, views)
    if exchange.channel == "token":
        found = judge_token(case)
        return conclude(case, "request", found) if found is not None else None
    family, verdict = _judge(case)
    return conclude(case, family, verdict)


def _judge(case: Case) -> tuple[str, Verdict]:
    if case.exchange.channel in ("handshake", "subscription"):
        return judge_subscription(case)
    elsewhere = judge_elsewhere(case)
    if elsewhere is not None:
        return "other", elsewhere
    if is_field_denial(case.told) and "Exception" not in (case.told.error_type or ""):
        family = "subscription" if case.exchange.asked.kind == "subscription" else "field"
        return family, judge_fields(case)
    return "request", judge_request(case)
