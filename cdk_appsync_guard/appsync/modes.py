"""The five authorization modes, their directives and the three regimes.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DIRECTIVE_OF_MODE", "MODES", "MODE_OF_DIRECTIVE", "Authorization", "mode_called"]

API_KEY = "API_KEY"
AWS_IAM = "AWS_IAM"
COGNITO = "AMAZON_COGNITO_USER_POOLS"
OIDC = "OPENID_CONNECT"
LAMBDA = "AWS_LAMBDA"
MODES = (API_KEY, AWS_IAM, COGNITO, OIDC, LAMBDA)

DIRECTIVE_OF_MODE = {
    API_KEY: "aws_api_key",
    AWS_IAM: "aws_iam",
    COGNITO: "aws_cognito_user_pools",
    OIDC: "aws_oidc",
    LAMBDA: "aws_lambda",
}
MODE_OF_DIRECTIVE = {directive: mode for mode, directive in DIRECTIVE_OF_MODE.items()}

# What people write, without `_`, `-` and `@`: Amplify's names, the directives', and shorter ones.
_CALLED = {
    "apikey": API_KEY,
    "key": API_KEY,
    "iam": AWS_IAM,
    "identitypool": AWS_IAM,
    "cognito": COGNITO,
    "userpool": COGNITO,
    "userpools": COGNITO,
    "cognitouserpools": COGNITO,
    "amazoncognitouserpools": COGNITO,
    "oidc": OIDC,
    "openidconnect": OIDC,
    "lambda": LAMBDA,
}


def mode_called(name: str) -> str | None:
    """Return the mode that somebody means by ``iam``, ``AWS_IAM``, ``apiKey``, ``userPool`` ..."""
    plain = name.lower().replace("_", "").replace("-", "").lstrip("@")
    return _CALLED.get(plain) or _CALLED.get(plain.removeprefix("aws"))


COGNITO_ONLY = "cognito-only"
MULTI = "multi"
SINGLE_OTHER = "single-other"


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
    def regime(self) -> str:
        """Which directives count: ``multi``, ``cognito-only`` or ``single-other``.

        Additional providers make an API ``multi`` even if they repeat the default mode.
        """
        if self.additional:
            return MULTI
        return COGNITO_ONLY if self.default == COGNITO else SINGLE_OTHER
