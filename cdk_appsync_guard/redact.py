"""Text → the same text without secrets: API keys, tokens and AWS access keys are masked.

A mask is as long as what it hides, so that columns stay true. Does not look for passwords: they
have no form of their own.
"""

from __future__ import annotations

import re

__all__ = ["redact"]


def redact(text: str) -> str:
    """Return the text with each secret masked but for its telling beginning."""
    return _SECRET.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    secret = found[0]
    return secret[:4] + "*" * (len(secret) - 4)


# An AppSync API key (https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html), a
# JSON web token (its header is base64 of `{"`), an access key id
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html).
_SECRET = re.compile(
    r"da2-[a-z0-9]{26}"
    r"|(?:(?<![\w-])eyJ[\w-]{8,}|eyJ[\w-]{8,200})\.[\w-]+(?:\.[\w-]*)?"
    r"|(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])",
    re.ASCII,
)
