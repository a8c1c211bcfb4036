"""An exchange that failed → its Diagnosis. Which judge it goes to, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from cdk_appsync_guard.diagnosis.case import Case, Verdict, conclude, open_case
from cdk_appsync_guard.diagnosis.elsewhere import judge_elsewhere
from cdk_appsync_guard.diagnosis.exchange import Exchange
from cdk_appsync_guard.diagnosis.field_level import denied_field, is_field_denial, judge_fields
from cdk_appsync_guard.diagnosis.model import Diagnosis, Evidence
from cdk_appsync_guard.diagnosis.presented import presented
from cdk_appsync_guard.diagnosis.request_level import judge_request, judge_token
from cdk_appsync_guard.diagnosis.subscription_level import judge_subscription
from cdk_appsync_guard.diagnosis.template_view import Views

__all__ = ["judge", "present_token"]


def judge(exchange: Exchange, views: Views) -> Diagnosis | None:
    """Return what happened, why, and what to change; None if nothing is wrong after all."""
    case = open_case(exchange, views)
    if exchange.channel == "token":
        found = judge_token(case)
        return conclude(case, "request", found) if found is not None else None
    family, verdict = _judge(case)
    return conclude(case, family, verdict)


def present_token(exchange: Exchange) -> Evidence:
    """Return what is to say of a token with which nothing is wrong."""
    case = open_case(exchange, Views())
    shown = presented(case).text.removeprefix("`Authorization` holds ")
    return Evidence(f"{shown}: it is valid on its own", exchange.at)


def _judge(case: Case) -> tuple[str, Verdict]:
    if case.exchange.channel in ("handshake", "subscription"):
        return judge_subscription(case)
    elsewhere = judge_elsewhere(case)
    if elsewhere is not None:
        return "other", elsewhere
    if is_field_denial(case.told) and "Exception" not in (case.told.error_type or ""):
        over_socket = (denied_field(case.told) or "").startswith("Subscription.")
        subscribes = over_socket or case.exchange.asked.kind == "subscription"
        family = "subscription" if subscribes else "field"
        return family, judge_fields(case)
    return "request", _with_prediction(case, judge_request(case))


def _with_prediction(case: Case, verdict: Verdict) -> Verdict:
    """Return the verdict with what `explain` answers to the same request."""
    found = case.views.predict(case.exchange, case.credential, case.mode)
    answers = {one.status if one is not None and not one.questions else None for one in found}
    status = case.exchange.answer.status
    foreseen = next(iter(answers)) if len(answers) == 1 else None
    if foreseen is None or status is None:
        return verdict
    text = f"according to the template, AppSync answers {foreseen} to this request"
    agrees = verdict.agrees
    if foreseen != status and not verdict.is_proven:
        agrees = False
    return replace(verdict, expected=(*verdict.expected, Evidence(text)), agrees=agrees)
