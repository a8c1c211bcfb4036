"""Calls of the table → answers of AWS: paginated, retried, and with their errors put in words.

In: a session of boto3, a call. Out: what AWS answers, or a Denied that names the permission. What
makes every call fail (no credentials, expired ones, no Region) is a ConfigError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.deployed.calls import CALLS, Call
from cdk_appsync_guard.errors import ConfigError

__all__ = ["Account", "Denied", "Missing", "open_session"]

_MOST_PAGES = 10_000
_ATTEMPTS = 10
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
_MISSING = frozenset(
    {"NoSuchEntity", "NotFoundException", "ResourceNotFoundException", "GraphQLSchemaException"}
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_INVALID = frozenset(
    {
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_THROTTLED = frozenset(
    {"LimitExceededException", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)


@dataclass(frozen=True, slots=True)
class Denied:
    """What could not be read, and the IAM action that would let it be read."""

    action: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not there."""


class Account:
    """One account in one Region, as the credentials of a session see it."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._clients: dict[str, Any] = {}

    def get(self, name: str, **parameters: Any) -> dict[str, Any] | Denied | Missing:
        """Return the answer of a call that has no pages."""
        call = CALLS[name]
        found = _attempt(call, lambda: [self._call(call, parameters)])
        return found[0] if isinstance(found, list) else found

    def all(self, name: str, **parameters: Any) -> list[dict[str, Any]] | Denied | Missing:
        """Return what all pages of a call list."""
        call = CALLS[name]
        found = _attempt(call, lambda: list(self._pages(call, parameters)))
        if not isinstance(found, list):
            return found
        kind = call.items[0]
        return [one for page in found for one in page.get(kind) or () if isinstance(one, dict)]

    def pages(self, name: str, **parameters: Any) -> list[dict[str, Any]] | Denied | Missing:
        """Return the pages of a call that lists several kinds of items."""
        call = CALLS[name]
        return _attempt(call, lambda: list(self._pages(call, parameters)))

    def _call(self, call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
        client = self._client(call.service)
        answer: dict[str, Any] = getattr(client, _python_name(call.operation))(**parameters)
        return answer

    def _pages(self, call: Call, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        paginator = self._client(call.service).get_paginator(_python_name(call.operation))
        for number, page in enumerate(paginator.paginate(**parameters)):
            if number == _MOST_PAGES:
                raise ConfigError(f"`{call.action}` answers with more than {_MOST_PAGES:,} pages")
            yield page

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            from botocore.config import Config  # noqa: PLC0415 - takes long to load

            # https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
            retries = {"mode": "standard", "max_attempts": _ATTEMPTS}
            self._clients[service] = self._session.client(service, config=Config(retries=retries))
        return self._clients[service]


def open_session(region: str | None, profile: str | None) -> Any:
    """Return a session of boto3 that has credentials and a Region."""
    try:
        import boto3  # noqa: PLC0415 - an extra, which takes long to load
    except ImportError as error:
        raise ConfigError(
            "pull needs boto3", help='install it: pip install "cdk-appsync-guard[aws]"'
        ) from error
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - see above

    try:
        session = boto3.Session(region_name=region, profile_name=profile)
        if session.get_credentials() is None:
            raise ConfigError(
                "there are no AWS credentials", help="run aws configure, or pass --profile NAME"
            )
    except BotoCoreError as error:
        raise _in_words(error) from error
    if not session.region_name:
        raise ConfigError("no AWS Region is set", help="pass --region, such as --region eu-west-1")
    return session


def _attempt(call: Call, run: Any) -> list[dict[str, Any]] | Denied | Missing:
    from botocore.exceptions import (  # noqa: PLC0415 - takes long to load
        BotoCoreError,
        ClientError,
    )

    try:
        found: list[dict[str, Any]] = run()
    except ClientError as error:
        return _judge(call, error)
    except BotoCoreError as error:
        raise _in_words(error) from error
    return found


def _judge(call: Call, error: Any) -> Denied | Missing:
    """Return what an error of the service means, or raise what ends the run."""
    said = error.response.get("Error", {})
    code = str(said.get("Code", ""))
    if code in _DENIED:
        return Denied(call.action)
    if code in _MISSING or (code == "ValidationError" and call.service == "cloudformation"):
        return Missing()
    if code in _EXPIRED:
        raise ConfigError(
            "the AWS credentials have expired", help="sign in again, then repeat the command"
        ) from error
    if code in _INVALID:
        raise ConfigError(
            f"AWS does not accept the credentials (`{code}`)",
            help="run aws sts get-caller-identity to see which credentials are used",
        ) from error
    if code in _THROTTLED:
        raise ConfigError(
            f"AWS still throttles `{call.action}` after {_ATTEMPTS} attempts",
            help="repeat the command later",
        ) from error
    raise ConfigError(f"`{call.action}` fails: `{code or 'an error without a code'}`") from error


def _in_words(error: Exception) -> ConfigError:
    """Return the error for what happens before AWS answers."""
    text = " ".join(str(error).split()).rstrip(".")
    name = type(error).__name__
    if name in ("TokenRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError"):
        return ConfigError("the AWS credentials have expired", help="run aws sso login")
    if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
        return ConfigError(
            "there are no AWS credentials", help="run aws configure, or pass --profile NAME"
        )
    return ConfigError(f"AWS cannot be asked: {text[:1].lower()}{text[1:]}")


def _python_name(operation: str) -> str:
    from botocore import xform_name  # noqa: PLC0415 - takes long to load

    name: str = xform_name(operation)
    return name
