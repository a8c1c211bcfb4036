"""A caller, an API → whether its credential is allowed, before any field is looked at.

In: a Given, an Api and the scene around it. Out: Admission. Firewalls, private networks, keys and
signatures themselves are not looked at.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from cdk_appsync_guard.access.answers import credential_refused
from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.appsync.api import Api, Provider
from cdk_appsync_guard.appsync.authorizer import read_authorizer, read_permission
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC, Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.appsync.token_patterns import match
from cdk_appsync_guard.authorizer_code.verdict import judge
from cdk_appsync_guard.engine.scenes import Scene
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.explanation.authorizer_answer import read_verdict
from cdk_appsync_guard.explanation.callers import Given
from cdk_appsync_guard.explanation.headers import JWT, classify
from cdk_appsync_guard.explanation.jwt_check import Checked, check_token
from cdk_appsync_guard.explanation.signer import Signer, find_signer
from cdk_appsync_guard.explanation.tokens import Token, claims_in
from cdk_appsync_guard.facts.authorizer_answers import code_of
from cdk_appsync_guard.facts.credentials import api_key_rows
from cdk_appsync_guard.report import Symptom
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["Admission", "Around", "admit"]

_REFUSED = "You are not authorized to make this call."
_CREDENTIAL = re.compile(r"Credential=[^/,\s]{1,200}/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_PARTS_OF_SIGNATURE = ("Credential=", "SignedHeaders=", "Signature=")
_REFUSING = {
    "never": "never returns `isAuthorized` true",
    "missing": "never returns `isAuthorized`",
    "gateway": "responds as for API Gateway, without `isAuthorized`",
}
_NO_RESULT = "what the Lambda authorizer returns is not given"


@dataclass(frozen=True, slots=True)
class Admission:
    """The caller that is allowed, None if that is not known.

    Or ``refusal`` is the answer, with ``reason`` and ``place``. ``questions`` are what must be
    known for it to be certain. ``gate`` is what decides: credential or authorizer. ``signer``,
    ``token`` and ``result`` are what resolvers see of the caller.
    """

    caller: Caller | None
    refusal: Symptom | None = None
    reason: str = ""
    place: Place | None = None
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gate: str = "credential"
    denied_fields: frozenset[str] = frozenset()
    provider: Provider | None = None
    signer: Signer | None = None
    token: Token | None = field(default=None, repr=False)
    result: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Around:
    """What a credential is held against."""

    api: Api
    schema: Schema
    authorization: Authorization
    scene: Scene
    now: datetime


def admit(given: Given, around: Around) -> Admission:
    """Return whether AppSync lets the caller in."""
    if given.headers is not None:
        return _by_headers(given, given.headers, around)
    mode = given.mode or around.authorization.default
    if mode not in around.authorization.modes:
        return Admission(Caller(mode, frozenset(given.groups or ())))
    return _CHECKS[mode](replace(given, mode=mode), around)


def _by_headers(given: Given, headers: dict[str, str] | Any, around: Around) -> Admission:
    modes: Collection[str] = around.authorization.modes
    found = classify(headers, modes)
    if found.question:
        return Admission(None, questions=(found.question,))
    if found.refusal is not None:
        caller = Caller(around.authorization.default)
        return Admission(caller, found.refusal, found.reason)
    authorization = headers.get("authorization", "")
    if found.mode == JWT:
        token = claims_in(authorization)
        if token is None:
            reason = "the JWT cannot be parsed"
            return Admission(Caller(COGNITO), credential_refused(None), reason)
        return _jwt(replace(given, token=token), around)
    if found.mode == LAMBDA:
        refused = _refuse_by_pattern(authorization, around)
        return refused or _authorizer(given, around)
    if found.mode == AWS_IAM:
        refused = _refuse_signature(authorization)
        return refused or _iam(given, around)
    return _key(replace(given, name=""), around)


def _key(given: Given, around: Around) -> Admission:
    caller = Caller(API_KEY)
    rows = api_key_rows(around.api, around.now)
    if given.name:
        rows = [row for row in rows if row.cells["key"] == given.name]
        if not rows:
            raise ConfigError(
                f"`{around.api.name}` has no API key `{given.name}`",
                help="give the logical id of an AWS::AppSync::ApiKey, or api-key alone",
            )
    if not rows:
        return Admission(caller, notes=("no API key is in the input: it is assumed to be valid",))
    expired = [row for row in rows if row.cells["expiry"] == "past"]
    if len(expired) == len(rows):
        key, day = expired[0].cells["key"], expired[0].cells["expires_on"]
        place = expired[0].places.get("expiry", expired[0].place)
        return Admission(
            caller, credential_refused(_REFUSED), f"the API key `{key}` expired on {day}", place
        )
    open_ = [row.cells["key"] for row in rows if isinstance(row.cells["expiry"], Unknown)]
    if len(open_) + len(expired) < len(rows):
        return Admission(caller)
    note = f"the API key `{open_[0]}` is assumed to be valid: when it expires is not known"
    return Admission(caller, notes=(note,))


def _iam(given: Given, around: Around) -> Admission:
    signer = find_signer(given, around.api, around.scene)
    notes = (signer.note,) if signer.note else ()
    return Admission(Caller(AWS_IAM), signer=signer, notes=notes)


def _refuse_signature(authorization: str) -> Admission | None:
    """Return the refusal of a signature that no key could make good.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    """
    if not all(part in authorization for part in _PARTS_OF_SIGNATURE):
        answer = Symptom(HTTPStatus.FORBIDDEN.value, "IncompleteSignatureException")
        return Admission(Caller(AWS_IAM), answer, "the signature lacks a part")
    found = _CREDENTIAL.search(authorization)
    if found is not None and found["service"] != "appsync":
        answer = Symptom(HTTPStatus.FORBIDDEN.value, "InvalidSignatureException")
        reason = f"the request is signed for the service `{found['service']}`, not `appsync`"
        return Admission(Caller(AWS_IAM), answer, reason)
    return None


def _jwt(given: Given, around: Around) -> Admission:
    token = given.token or Token()
    if given.token is None:
        mode = given.mode or COGNITO
        checked = Checked(mode, _only_provider(around.api, mode))
    else:
        checked = check_token(around.api, token, given.mode, around.now)
    groups = token.groups if given.groups is None else given.groups
    position = checked.provider.position if checked.provider else None
    caller = Caller(
        checked.mode, frozenset(groups) if checked.mode == COGNITO else frozenset(), position
    )
    notes = ("the token's signature is not verified",) if token.complete else ()
    return Admission(
        caller,
        checked.refusal,
        checked.reason,
        checked.place,
        checked.questions,
        notes,
        provider=checked.provider,
        token=given.token,
    )


def _only_provider(api: Api, mode: str) -> Provider | None:
    of_mode = [one for one in api.providers if one.mode == mode]
    return of_mode[0] if len(of_mode) == 1 else None


def _authorizer(given: Given, around: Around) -> Admission:
    """Return what the authorizer's result does; whether AppSync may invoke it comes first."""
    caller = Caller(LAMBDA)
    provider = _only_provider(around.api, LAMBDA)
    refused = _refuse_invocation(provider, around) if provider is not None else None
    if refused is not None:
        return refused
    if not given.has_result:
        return _by_code(caller, provider, around)
    verdict = read_verdict(given.result, around.schema)
    admission = Admission(
        caller,
        questions=(verdict.question,) if verdict.question else (),
        notes=verdict.notes,
        gate="authorizer",
        denied_fields=verdict.denied,
        provider=provider,
        result=given.result,
    )
    if verdict.admits is False:
        place = provider.place if provider else None
        return replace(
            admission, refusal=credential_refused(_REFUSED), reason=verdict.reason, place=place
        )
    return admission


def _by_code(caller: Caller, provider: Provider | None, around: Around) -> Admission:
    """Return what the authorizer's code can answer, if it is next to the template."""
    found = code_of(around.api, provider, around.scene.stacks) if provider is not None else None
    if found is None:
        return Admission(caller, questions=(_NO_RESULT,), gate="authorizer", provider=provider)
    function, source = found
    verdict = judge(source)
    admission = Admission(caller, gate="authorizer", provider=provider)
    if verdict.admits in _REFUSING:
        reason = f"the code of `{function.logical_id}` {_REFUSING[verdict.admits]}"
        answer = credential_refused(_REFUSED)
        return replace(admission, refusal=answer, reason=reason, place=source.at(verdict.line))
    if verdict.admits == "always" and not verdict.denies and not verdict.unread:
        return replace(
            admission, notes=(f"the code of `{function.logical_id}` allows every caller",)
        )
    can = "it can allow or deny" if verdict.admits == "some" else verdict.unread
    denied = ", ".join(f"`{entry}`" for entry, _ in verdict.denied)
    also = f", and deny {denied}" if denied else ""
    question = f"{_NO_RESULT}: according to the code of `{function.logical_id}`, {can}{also}"
    return replace(admission, questions=(question,))


def _refuse_invocation(provider: Provider, around: Around) -> Admission | None:
    """Return the refusal if AppSync is not allowed to invoke the function.

    https://github.com/aws/aws-cdk/issues/19239
    """
    api, stacks = around.api, around.scene.stacks
    uri = provider.get("AuthorizerUri")
    if uri in (None, ""):
        return None
    authorizer = read_authorizer(uri, api.stack, stacks)
    permission = read_permission(authorizer, api.resource, stacks)
    word = permission.word
    if authorizer.problem or isinstance(word, Unknown) or word == "granted":
        return None
    answer = Symptom(HTTPStatus.BAD_REQUEST.value, "BadRequestException", "")
    reason = f"AppSync is not allowed to invoke the authorizer `{authorizer.name}`"
    place = api.resource.place(
        *(
            ("AdditionalAuthenticationProviders", provider.position - 1)
            if provider.position
            else ()
        ),
        "LambdaAuthorizerConfig",
        "AuthorizerUri",
    )
    return Admission(Caller(LAMBDA), answer, reason, place)


def _refuse_by_pattern(token: str, around: Around) -> Admission | None:
    provider = _only_provider(around.api, LAMBDA)
    expression = provider.get("IdentityValidationExpression") if provider is not None else None
    if provider is None or not isinstance(expression, str) or not expression:
        return None
    found = match(expression, token)
    if found is None or (found.part and not found.whole):
        question = (
            "AWS does not say whether `IdentityValidationExpression` must match the whole token"
        )
        return Admission(
            Caller(LAMBDA), questions=(question, _NO_RESULT), gate="authorizer", provider=provider
        )
    if found.whole:
        return None
    reason = "`IdentityValidationExpression` does not match the token"
    return Admission(Caller(LAMBDA), credential_refused(_REFUSED), reason, provider.place)


_CHECKS: dict[str, Callable[[Given, Around], Admission]] = {
    API_KEY: _key,
    AWS_IAM: _iam,
    COGNITO: _jwt,
    OIDC: _jwt,
    LAMBDA: _authorizer,
}
