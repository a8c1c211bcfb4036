"""The whole request was refused (401 and its like) → why.

In: a Case whose answer is of catalogue 6.1 of the specification. Out: a Verdict. What the
credential shows by itself, or beside the template, proves a cause; the message alone rarely does.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.diagnosis.case import Case, Verdict, rank
from cdk_appsync_guard.diagnosis.credentials import Trouble, region_of
from cdk_appsync_guard.diagnosis.fitting import is_misplaced_key, troubles_that_fit
from cdk_appsync_guard.diagnosis.logging import logging_first
from cdk_appsync_guard.diagnosis.messages import refusal_of
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.policies import judge_policy
from cdk_appsync_guard.diagnosis.presented import presented
from cdk_appsync_guard.diagnosis.words import CALLED

__all__ = ["judge_request", "judge_token"]

_ASK_FOR_HEADERS = (
    "the same request exported with its Authorization header"
    " (in Chrome: allow `HAR with sensitive data` in the DevTools settings, then export so)"
)


def judge_request(case: Case) -> Verdict:
    """Return why the request was refused as a whole."""
    judge = _JUDGES[refusal_of(case.told) or "plain"]
    return judge(case)


def judge_token(case: Case) -> Verdict | None:
    """Return what is wrong with a token by itself; None if nothing is."""
    if not case.troubles:
        return None
    meant = ("L2",) if _is_meant_for_authorizer(case, case.troubles) else ()
    causes = rank(meant, (one.cause for one in case.troubles if one.cause))
    return Verdict(
        case.troubles[0].kind,
        case.troubles[0].text,
        causes,
        is_proven=len(causes) == 1,
        evidence=(presented(case), *(Evidence(one.text, one.at) for one in case.troubles)),
        expected=case.views.modes_evidence(),
        agrees=True if case.views else None,
    )


def _verdict(case: Case, kind: str, said: str, family: str, *otherwise: str) -> Verdict:
    """Return a verdict by the troubles that fit; if there is none, by the causes *otherwise*."""
    proof = troubles_that_fit(case, family)
    found = [one.cause for one in proof if one.cause]
    if _is_opaque_for_jwt(case, proof):
        found = ["O2", *found]
    if _is_meant_for_authorizer(case, proof):
        found = ["L2", *found]
    causes = rank(found, otherwise if not proof else ())
    named = set(found)
    rest = [one for one in case.troubles if one not in proof]
    own = (one for one in (*proof, *rest) if one.also is None)
    evidence = [presented(case), *(Evidence(one.text, one.at) for one in own)]
    by_template = (Evidence(one.text, one.also) for one in proof if one.also is not None)
    expected = (*case.views.modes_evidence(), *by_template)
    is_proven = len(named) == 1 and bool(causes)
    return Verdict(
        kind=proof[0].kind if proof else kind,
        happened=f"{said}: {proof[0].text}" if proof else said,
        causes=causes,
        is_proven=is_proven,
        evidence=tuple(evidence),
        expected=expected,
        agrees=True if proof and case.views else None,
        would_decide=() if is_proven else tuple(_asks(case)),
        fix="Send the key in the header `x-api-key`" if is_misplaced_key(proof) else "",
    )


def _is_opaque_for_jwt(case: Case, proof: tuple[Trouble, ...]) -> bool:
    """Return whether the token was refused as no JWT, where a mode of the API takes JWTs."""
    one = case.credential
    refused = any(trouble.kind == "mode-not-configured" for trouble in proof)
    is_opaque = one is not None and one.form == "opaque"
    return refused and is_opaque and bool({COGNITO, OIDC} & case.views.modes)


def _is_meant_for_authorizer(case: Case, proof: tuple[Trouble, ...]) -> bool:
    """Return whether a foreign JWT may be meant for the authorizer, which never sees a JWT."""
    one = case.credential
    is_foreign = any(trouble.kind == "foreign-issuer" for trouble in proof)
    return is_foreign and one is not None and LAMBDA in case.views.modes


def _asks(case: Case) -> Iterator[str]:
    yield from logging_first(case)
    if case.is_stripped and not case.given:
        yield _ASK_FOR_HEADERS
    if not case.views:
        yield "the template: --template PATH"


def _expired(case: Case) -> Verdict:
    proof = [one for one in case.troubles if one.kind == "token-expired"]
    said = proof[0].text if proof else "the token had expired when AppSync saw it"
    evidence = (presented(case), *(Evidence(one.text, one.at) for one in case.troubles))
    return Verdict("token-expired", said, ("T4",), is_proven=True, evidence=evidence)


def _session_expired(case: Case) -> Verdict:
    said = "the session of the IAM credentials had expired"
    evidence = (presented(case),)
    return Verdict("session-expired", said, ("T4",), is_proven=True, evidence=evidence)


def _skew(case: Case) -> Verdict:
    proof = [one for one in case.troubles if one.kind == "clock-skew"]
    said = proof[0].text if proof else "the signature's time is not that of the server"
    evidence = (presented(case), *(Evidence(one.text, one.at) for one in case.troubles))
    return Verdict("clock-skew", said, ("T5",), is_proven=True, evidence=evidence)


def _no_header(case: Case) -> Verdict:
    said = "AppSync found no credential that a mode of the API accepts"
    if not case.given:
        return _missing(case, said)
    one = case.credential
    otherwise: tuple[str, ...] = ("P1",)
    if one is not None and one.form == "signature":
        otherwise = ("I3", "T2")
    elif one is not None and one.form == "opaque":
        otherwise = ("P1", "T1", "O2")
    elif one is not None and one.form == "jwt":
        otherwise = ("P1", "P6", "O1")
    verdict = _verdict(case, "credential-not-usable", said, "no-header", *otherwise)
    return _held_against_modes(case, _sure_by_message(case, verdict))


def _held_against_modes(case: Case, verdict: Verdict) -> Verdict:
    """Return it with the disagreement, if the template has the mode that AppSync did not find."""
    is_open = not verdict.is_proven and verdict.agrees is None
    return replace(verdict, agrees=False) if is_open and case.mode in case.views.modes else verdict


def _missing(case: Case, said: str) -> Verdict:
    signed = case.mode == AWS_IAM
    if case.is_stripped:
        return _verdict(
            case, "credential-not-usable", said, "no-header", "T2" if signed else "P1", "C6"
        )
    modes = case.views.modes
    iam_alone = modes == {AWS_IAM} or signed
    causes = ("T2",) if iam_alone else ("C6", "T2") if not modes or AWS_IAM in modes else ("C6",)
    text = f"{said}: the request has neither `Authorization` nor `x-api-key`"
    return Verdict(
        "missing-credential",
        text,
        causes,
        is_proven=iam_alone,
        evidence=(presented(case),),
        expected=case.views.modes_evidence(),
        agrees=True if case.views else None,
        fix=_what_to_send(case),
    )


def _what_to_send(case: Case) -> str:
    modes = [one for one in CALLED if one in case.views.modes]
    if not modes:
        return "Send `x-api-key` or `Authorization`, whichever the API's mode asks for"
    return "Send " + ", or ".join(CALLED[one] for one in modes)


def _sure_by_message(case: Case, verdict: Verdict) -> Verdict:
    """Return it with the cause: a key gets this answer only if there is no mode for keys."""
    one = case.credential
    if one is None or one.form != "key" or verdict.is_proven:
        return verdict
    if API_KEY in case.views.modes:
        return replace(verdict, agrees=False)
    return replace(verdict, causes=("P1",), is_proven=True, would_decide=())


def _no_jwt(case: Case) -> Verdict:
    said = "AppSync took the value of `Authorization` for a JWT, but it is not one"
    one = case.credential
    if one is not None and one.form == "signature":
        return _signed_for_jwt(case, said)
    otherwise: tuple[str, ...] = ("T1", "O2", "I3")
    if one is not None and one.form == "opaque":
        otherwise = ("O2", "T1", "P1")
    elif one is not None and one.form == "jwt":
        otherwise = ("P6", "O1")
    return _verdict(case, "no-jwt", said, "no-jwt", *otherwise)


def _signed_for_jwt(case: Case, said: str) -> Verdict:
    """Return a verdict: AppSync takes a signature for a JWT only if it has no mode for it."""
    has_iam = AWS_IAM in case.views.modes
    verdict = _verdict(case, "signature-taken-for-jwt", said, "no-jwt", "I3", "T2")
    if verdict.is_proven or has_iam:
        return verdict
    malformed = any(one.kind == "signature-malformed" for one in case.troubles)
    if malformed:
        return verdict
    return replace(verdict, causes=("I3",), is_proven=True, would_decide=())


def _refused(case: Case) -> Verdict:
    one = case.credential
    said = "AppSync did not accept the credential"
    if one is not None and one.form == "key":
        return _key(case)
    log = case.exchange.log
    if log is not None and log.authorizer in ("denied", "error", "timeout"):
        text = {"denied": "said no", "error": "failed", "timeout": "took too long"}[log.authorizer]
        evidence = (presented(case), Evidence(f"the authorizer's log: it {text}", log.at))
        said = f"the Lambda authorizer {text}"
        return Verdict("authorizer", said, ("L6",), is_proven=True, evidence=evidence)
    if case.mode == LAMBDA or (one is not None and one.form in ("opaque", "basic")):
        otherwise = ["L6", "L3", "L7"]
        if one is not None and one.scheme:
            otherwise.append("T1")
        return _verdict(
            case, "authorizer", "the Lambda authorizer denied it", "authorizer", *otherwise
        )
    if one is not None and one.form == "jwt":
        jwt_alone = {COGNITO, OIDC} & case.views.modes or not case.views
        otherwise = ["O1", "P6"] if jwt_alone else ["L6", "L3", "L7"]
        if LAMBDA in case.views.modes or not case.views:
            otherwise = [*otherwise, "L6"]
        return _verdict(case, "token-refused", said, "refused", *otherwise)
    keys = () if case.exchange.sent.is_stripped else ("A1",)  # sanitizing keeps `x-api-key`
    return _verdict(case, "refused", said, "refused", *keys, "L6", "O1", "P6")


def _key(case: Case) -> Verdict:
    expired = [one for one in case.troubles if one.kind == "key-expired"]
    said = "the API does not know the key, or the key has expired"
    evidence = (presented(case), *(Evidence(one.text, one.at) for one in expired))
    return Verdict(
        "key-expired" if expired else "key-refused",
        expired[0].text if expired else said,
        ("A1",),
        is_proven=True,
        evidence=evidence,
        expected=case.views.modes_evidence(),
        agrees=_explains(case, expired),
    )


def _explains(case: Case, expired: list[Trouble]) -> bool | None:
    """Return whether the template explains that a key is refused."""
    modes = case.views.modes
    return False if modes and API_KEY not in modes else True if expired else None


def _policy(case: Case) -> Verdict:
    return judge_policy(case, presented(case))


def _not_invoked(case: Case) -> Verdict:
    said = "AppSync could not call the Lambda authorizer"
    return Verdict(
        "authorizer-not-invoked", said, ("L1",), is_proven=True, evidence=(presented(case),)
    )


def _unknown_key(case: Case) -> Verdict:
    said = "AWS does not recognize the access key or the session token"
    missing = [one for one in case.troubles if one.kind == "session-token-missing"]
    evidence = (presented(case), *(Evidence(one.text, one.at) for one in case.troubles))
    if missing:
        return Verdict("session-token-missing", missing[0].text, ("T2",), True, evidence)
    ask = "the client's credentials: `aws sts get-caller-identity` with them"
    causes = ("C6", "T4", "T2")
    return Verdict("unknown-key", said, causes, evidence=evidence, would_decide=(ask,))


def _signature(case: Case) -> Verdict:
    said = "the signature does not match the one that AWS calculates"
    host = case.exchange.sent.host
    likely = ("T2", "D1") if not host or region_of(host) else ("D1", "T2")
    return _verdict(case, "signature-mismatch", said, "signature", *likely, "C6", "T5")


def _incomplete(case: Case) -> Verdict:
    said = "the request's signature is missing or lacks a part"
    evidence = (presented(case), *(Evidence(one.text, one.at) for one in case.troubles))
    return Verdict("signature-malformed", said, ("T2",), True, evidence)


def _plain(case: Case) -> Verdict:
    said = "AppSync denied the request"
    if not case.given and not case.is_stripped and case.exchange.channel == "http":
        return _missing(case, said)
    otherwise: tuple[str, ...] = (
        ("O1", "P6", "L6") if case.told.message else ("P1", "T2", "A1", "L6", "O1")
    )
    if case.mode == OIDC or case.told.message == "Unauthorized":
        otherwise = ("O1",)
    elif case.mode == COGNITO:
        otherwise = ("P6", "O1", "T4")
    elif case.mode == AWS_IAM:
        otherwise = ("T2", "I1", "I2", "I5")
    elif case.mode == API_KEY:
        otherwise = ("A1", "P1")
    return _verdict(case, "refused", said, "plain" if case.told.message else "", *otherwise)


_JUDGES: dict[str, Callable[[Case], Verdict]] = {
    "expired": _expired,
    "session-expired": _session_expired,
    "skew": _skew,
    "no-jwt": _no_jwt,
    "no-header": _no_header,
    "refused": _refused,
    "policy": _policy,
    "unknown-key": _unknown_key,
    "signature": _signature,
    "incomplete": _incomplete,
    "not-invoked": _not_invoked,
    "plain": _plain,
}
