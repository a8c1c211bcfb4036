"""An exchange on its way to a diagnosis: what is known of it, gathered once.

In: an Exchange, and what the template knows of it. Out: Case, which the judges read; and
``conclude``, with which they make a Diagnosis of a Verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.diagnosis.catalogue import CAUSES
from cdk_appsync_guard.diagnosis.credentials import Credential, Trouble, credentials_of, troubles_of
from cdk_appsync_guard.diagnosis.exchange import Exchange, Told
from cdk_appsync_guard.diagnosis.model import Candidate, Diagnosis, Evidence, FieldDenial
from cdk_appsync_guard.diagnosis.template_view import Views
from cdk_appsync_guard.diagnosis.words import clean, clean_id, operation_of

__all__ = ["Case", "Verdict", "conclude", "open_case", "rank"]

_NOTHING = Told("")


@dataclass(frozen=True, slots=True)
class Case:
    """``told`` is the error that matters most, ``troubles`` what is wrong with the credential."""

    exchange: Exchange
    views: Views
    given: tuple[Credential, ...]
    troubles: tuple[Trouble, ...]
    told: Told

    @property
    def credential(self) -> Credential | None:
        """The one credential, None if there is none or more than one."""
        return self.given[0] if len(self.given) == 1 else None

    @property
    def mode(self) -> str | None:
        """The mode that the request really used, as far as that is certain."""
        trail = self.exchange.trail
        if trail is not None and len(trail.modes) == 1:
            return trail.modes[0]
        one = self.credential
        if one is None:
            headers = self.exchange.sent.headers or {}
            signed = "x-amz-date" in headers or "x-amz-security-token" in headers
            return AWS_IAM if signed and not self.given else None
        return _settle(one, self.views.modes)

    @property
    def is_stripped(self) -> bool:
        """Whether the capture leaves out the header that would tell."""
        return self.exchange.sent.is_stripped or self.knows_no_headers

    @property
    def knows_no_headers(self) -> bool:
        """Whether the capture holds no headers of the request at all."""
        return self.exchange.sent.headers is None and self.exchange.authorization is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says; the rest of a Diagnosis follows from the case.

    ``causes`` are those that fit, ranked; ``is_proven`` tells that the first is the cause.
    """

    kind: str
    happened: str
    causes: tuple[str, ...] = ()
    is_proven: bool = False
    evidence: tuple[Evidence, ...] = ()
    expected: tuple[Evidence, ...] = ()
    agrees: bool | None = None
    fix: str = ""
    would_decide: tuple[str, ...] = ()
    field: str | None = None
    path: str = ""
    fields: tuple[FieldDenial, ...] = ()


def open_case(exchange: Exchange, views: Views) -> Case:
    """Return the case of an exchange that failed."""
    given = credentials_of(exchange)
    own = troubles_of(exchange, given)
    told = _main(exchange.answer.errors)
    return Case(exchange, views, given, (*own, *views.troubles_of(exchange, given)), told)


def conclude(case: Case, family: str, verdict: Verdict) -> Diagnosis:
    """Return the diagnosis that a verdict makes of a case."""
    exchange, told = case.exchange, case.told
    cause = verdict.causes[0] if verdict.is_proven and verdict.causes else None
    ranked = () if cause else tuple(dict.fromkeys(verdict.causes))
    known = CAUSES.get(cause or "")
    return Diagnosis(
        family=family,
        kind=verdict.kind,
        happened=verdict.happened,
        at=exchange.at,
        cause=cause,
        cause_title=known.title if known else "",
        candidates=tuple(_candidate(case, one) for one in ranked),
        mode=case.mode,
        operation=operation_of(exchange.asked),
        field=verdict.field,
        path=verdict.path,
        fields=verdict.fields,
        status=exchange.answer.status,
        error_type=clean(told.error_type) if told.error_type else None,
        message=clean(told.message) if told.message else None,
        evidence=verdict.evidence,
        expected=verdict.expected,
        agrees=verdict.agrees,
        fix=verdict.fix or (known.fix if known else ""),
        would_decide=verdict.would_decide,
        request_id=clean_id(exchange.request_id),
        started=exchange.sent.started,
        caller=_caller(case),
    )


def _candidate(case: Case, name: str) -> Candidate:
    known = CAUSES[name]
    asks = known.confirm.replace(": --template PATH", "") if case.views else known.confirm
    if asks == "the template":
        asks = "that the directives are not as intended"
    return Candidate(name, known.title, asks)


def _caller(case: Case) -> str:
    """Return what tells this caller from others, and not who it is."""
    import hashlib  # noqa: PLC0415 - costs start-up time

    one, trail = case.credential, case.exchange.trail
    if one is None:
        return trail.role if trail is not None else ""
    token, signature = one.token, one.signature
    whose = token.text("sub") if token is not None else signature.key_id if signature else ""
    name = f"{one.form} {whose or one.secret}"
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def rank(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return the causes of all groups in order, each once."""
    return tuple(dict.fromkeys(one for group in groups for one in group))


def _main(errors: Sequence[Told]) -> Told:
    """Return the error that matters most: a denial before what follows from it."""
    denials = (one for one in errors if "nauthorized" in (one.error_type or "") + one.message)
    return next(denials, errors[0] if errors else _NOTHING)


def _settle(one: Credential, modes: frozenset[str]) -> str | None:
    """Return the mode by the form of the credential and the modes of the API, if they are known.

    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
    """
    if one.mode is None or not modes:
        return one.mode
    if one.form == "jwt":
        if modes & {COGNITO, OIDC}:
            return OIDC if modes == {OIDC} or one.mode not in modes else one.mode
        return LAMBDA if LAMBDA in modes else one.mode
    if one.form == "signature" and AWS_IAM not in modes and LAMBDA in modes:
        return LAMBDA
    return one.mode
