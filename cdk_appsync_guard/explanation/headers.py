"""Headers of a request → the mode that AppSync takes it for.

In: a file of headers, and an API's modes. Out: the headers by name; a Classified. Several
credentials at once are undecided: AWS does not say which one counts.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson

from cdk_appsync_guard.access.answers import credential_refused, mode_refused
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, JWT_MODES, LAMBDA
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.explanation.tokens import is_jwt
from cdk_appsync_guard.report import Symptom

__all__ = ["Classified", "classify", "read_headers"]

_SIGNATURE = "AWS4-HMAC-SHA256"
_NO_HEADER = "Valid authorization header not provided."
_BOTH = "AWS does not say which credential applies if `x-api-key` and `Authorization` are both sent"


@dataclass(frozen=True, slots=True)
class Classified:
    """The mode of a request, or the refusal of it with the reason, or the question.

    A JWT is of ``mode`` JWT: its issuer tells whose it is.
    """

    mode: str = ""
    refusal: Symptom | None = None
    reason: str = ""
    question: str = ""


JWT = "JWT"


def read_headers(text: str, file: str) -> dict[str, str]:
    """Return the headers by their names in small letters: from JSON, or one on each line."""
    if text.lstrip().startswith("{"):
        try:
            data = orjson.loads(text)
        except ValueError as error:
            raise ConfigError(f"the headers `{file}` are not valid JSON") from error
        return {str(name).lower(): _value(value) for name, value in data.items()}
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, colon, value = line.strip().partition(":")
        if not line.strip() or (number == 1 and line.upper().startswith(_REQUEST_LINES)):
            continue
        if not colon or not name:
            raise ConfigError(
                f"line {number} of the headers `{file}` is not a header",
                help="write one `Name: value` on each line, or a JSON object",
            )
        headers[name.strip().lower()] = value.strip()
    return headers


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def classify(headers: Mapping[str, str], modes: Collection[str]) -> Classified:
    """Return what AppSync takes the request for."""
    key, authorization = headers.get("x-api-key", ""), headers.get("authorization", "")
    if key and authorization:
        return Classified(question=_BOTH)
    if key:
        if API_KEY in modes:
            return Classified(API_KEY)
        return _refuse(mode_refused(API_KEY, modes), "the API does not have the mode API_KEY")
    if not authorization:
        return _refuse(credential_refused(_NO_HEADER), "the request carries no credential")
    if authorization.startswith(_SIGNATURE):
        return _signature(modes)
    return _token(authorization, modes)


def _signature(modes: Collection[str]) -> Classified:
    if AWS_IAM in modes:
        return Classified(AWS_IAM)
    if LAMBDA in modes:  # only an API with IAM keeps signatures from its authorizer
        return Classified(LAMBDA)
    return _refuse(
        mode_refused(AWS_IAM, modes), "the request is signed, and the API does not accept IAM"
    )


def _token(authorization: str, modes: Collection[str]) -> Classified:
    if is_jwt(authorization) and not modes_without_jwt(modes):
        return Classified(JWT)
    if LAMBDA in modes:
        return Classified(LAMBDA)
    if is_jwt(authorization):
        answer = credential_refused(_NO_HEADER)
        return _refuse(answer, "the credential is a JWT, and no mode of the API accepts one")
    return _refuse(mode_refused(LAMBDA, modes), "no mode of the API accepts such a token")


def modes_without_jwt(modes: Collection[str]) -> bool:
    """Return whether no mode of the API accepts a JWT."""
    return not any(mode in modes for mode in JWT_MODES)


def _refuse(answer: Symptom, reason: str) -> Classified:
    return Classified(refusal=answer, reason=reason)


_REQUEST_LINES = ("POST ", "GET ", "OPTIONS ", "HTTP/")
