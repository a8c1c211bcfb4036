"""The five authorization modes, each one record, and the three regimes.

A mode that AppSync adds is one more record here, and whatever is peculiar to its credential. What
all modes have (a directive, a block of settings, words) is read from the record everywhere.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "DIRECTIVE_OF_MODE",
    "JWT_MODES",
    "MODES",
    "MODE_OF_DIRECTIVE",
    "RECORDS",
    "Authorization",
    "Mode",
    "Regime",
    "mode_called",
]

API_KEY = "API_KEY"
AWS_IAM = "AWS_IAM"
COGNITO = "AMAZON_COGNITO_USER_POOLS"
OIDC = "OPENID_CONNECT"
LAMBDA = "AWS_LAMBDA"


@dataclass(frozen=True, slots=True)
class Mode:
    """All that is true of a mode.

    ``block`` holds its settings, none for API keys and IAM: ``required`` is the one that the
    service cannot do without, ``identity`` tells two providers of the mode apart, and ``clients``
    is an expression for ids of clients.
    """

    name: str
    directive: str
    label: str
    credential: str
    callers: str  # which callers it admits, as the subject of a sentence
    called: tuple[str, ...]  # what people write for it, without `_`, `-` and `@`
    block: str | None = None
    required: str | None = None
    identity: str | None = None
    clients: str | None = None
    takes_jwt: bool = False


RECORDS = {
    one.name: one
    for one in (
        Mode(
            API_KEY,
            directive="aws_api_key",
            label="API key",
            credential="an API key",
            callers="every caller with the API key",
            called=("apikey", "key"),
        ),
        Mode(
            AWS_IAM,
            directive="aws_iam",
            label="IAM",
            credential="IAM credentials",
            callers="every IAM principal whose policy allows it",
            called=("iam", "identitypool"),
        ),
        Mode(
            COGNITO,
            directive="aws_cognito_user_pools",
            label="Cognito",
            credential="a Cognito user pool token",
            callers="every user of the user pool",
            called=(
                *("cognito", "userpool", "userpools", "cognitouserpools"),
                "amazoncognitouserpools",
            ),
            block="UserPoolConfig",
            required="UserPoolId",
            identity="UserPoolId",
            clients="AppIdClientRegex",
            takes_jwt=True,
        ),
        Mode(
            OIDC,
            directive="aws_oidc",
            label="OIDC",
            credential="an OpenID Connect token",
            callers="every user of the OpenID Connect issuer",
            called=("oidc", "openidconnect"),
            block="OpenIDConnectConfig",
            required="Issuer",
            identity="Issuer",
            clients="ClientId",
            takes_jwt=True,
        ),
        Mode(
            LAMBDA,
            directive="aws_lambda",
            label="Lambda",
            credential="a token for the Lambda authorizer",
            callers="every caller that the Lambda authorizer accepts",
            called=("lambda",),
            block="LambdaAuthorizerConfig",
            required="AuthorizerUri",
        ),
    )
}
MODES = tuple(RECORDS)
JWT_MODES = tuple(one.name for one in RECORDS.values() if one.takes_jwt)
DIRECTIVE_OF_MODE = {one.name: one.directive for one in RECORDS.values()}
MODE_OF_DIRECTIVE = {one.directive: one.name for one in RECORDS.values()}
_CALLED = {name: one.name for one in RECORDS.values() for name in one.called}


def mode_called(name: str) -> str | None:
    """Return the mode that is meant by ``iam``, ``AWS_IAM``, ``apiKey``, ``userPool`` ..."""
    plain = name.lower().replace("_", "").replace("-", "").lstrip("@")
    return _CALLED.get(plain) or _CALLED.get(plain.removeprefix("aws"))


Regime: TypeAlias = Literal["cognito-only", "multi", "single-other"]
COGNITO_ONLY: Regime = "cognito-only"
MULTI: Regime = "multi"
SINGLE_OTHER: Regime = "single-other"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The modes of one API, all known. ``default_action`` counts only on a Cognito-only API."""

    default: str
    additional: tuple[str, ...] = ()
    default_action: str | None = None

    @property
    def modes(self) -> tuple[str, ...]:
        """All modes, the default first, each once."""
        return tuple(dict.fromkeys((self.default, *self.additional)))

    @property
    def regime(self) -> Regime:
        """Which directives count: ``multi``, ``cognito-only`` or ``single-other``.

        Additional providers make an API ``multi`` even if they repeat the default mode.
        """
        if self.additional:
            return MULTI
        return COGNITO_ONLY if self.default == COGNITO else SINGLE_OTHER
