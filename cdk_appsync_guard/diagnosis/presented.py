"""What a request authenticates with, in words that give nothing away."""

from __future__ import annotations

from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.diagnosis.case import Case
from cdk_appsync_guard.diagnosis.credentials import Credential
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.words import word

__all__ = ["presented"]


def presented(case: Case) -> Evidence:
    """Return what the request authenticates with, and where that stands."""
    if not case.given:
        return _absent(case)
    shown = "; ".join(_described(one) for one in case.given)
    return Evidence(shown, case.given[0].at)


def _absent(case: Case) -> Evidence:
    at = case.exchange.at
    if case.knows_no_headers:
        return Evidence("the capture holds no headers of the request", at)
    if case.exchange.sent.is_stripped:
        text = "the capture leaves out `Authorization`, so its absence proves nothing"
        if case.mode == AWS_IAM:
            text += "; `x-amz-date` or `x-amz-security-token` shows that the request was signed"
        return Evidence(text, at)
    return Evidence("the request has neither `Authorization` nor `x-api-key`", at)


def _described(one: Credential) -> str:
    if one.form == "key":
        return f"`x-api-key` holds the key `{one.shown}`"
    if one.form == "signature" and one.signature is not None:
        scope = "/".join(word(part) for part in (one.signature.region, one.signature.service))
        return f"`Authorization` holds a SigV4 signature for `{scope}`"
    if one.form == "jwt" and one.token is not None:
        kind = "a JWT"
        if one.token.pool is not None:
            region, pool = one.token.pool
            use = f"{one.token.use} " if one.token.use in ("access", "id") else ""
            kind = f"the {use}token of the user pool `{pool[: len(word(region)) + 4]}…`"
        return f"`Authorization` holds {kind} `{one.shown}`"
    if one.form == "placeholder":
        return f"`{one.header}` holds `{one.shown}`"
    if one.form == "hidden":
        return "`Authorization` was sent, and the log does not show what it holds"
    return f"`{one.header}` holds `{one.shown}`, which is neither a JWT nor a signature"
