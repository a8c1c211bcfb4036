"""Text → the same text without secrets: API keys, tokens, AWS access keys, passwords in URLs.

A mask is as long as what it hides, so that columns stay true. Does not look for other passwords:
they have no form of their own.
"""

from __future__ import annotations

import re

__all__ = ["redact", "stub"]


def redact(text: str) -> str:
    """Return the text with each secret masked but for its telling beginning."""
    if _HEADER in text:
        text = _TOKEN.sub(lambda found: found["before"] + _mask(found["token"]), text)
    # Most texts hold no secret, and to look for a few letters is a hundred times faster.
    if any(letters in text for letters in _BEGINNINGS):
        text = _SECRET.sub(lambda found: _mask(found[0]), text)
    if _AUTHORITY in text:
        text = _PASSWORD.sub(lambda found: found["before"] + "*" * len(found["word"]) + "@", text)
    return text


def stub(secret: str) -> str:
    """Return what is shown of a secret: enough to tell which one it is, too little to use it."""
    return f"{secret[:4]}…" if len(secret) >= _LONG_ENOUGH else "…"


def _mask(secret: str) -> str:
    return secret[:4] + "*" * (len(secret) - 4)


# A word begins after anything that is not a letter of it, and after the escape of such a letter:
# formats write U+0001 or a colon as `\x01`, `\u0001`, `%3A`.
_BEGIN = (
    r"(?:(?<![A-Z0-9])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\U[0-9a-f]{8})"
    r"|(?<=%[0-9A-F]{2}))"
)
# An AppSync API key (https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html) and
# an access key id (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html).
_SECRET = re.compile(
    rf"da2-[a-z0-9]{{26}}|{_BEGIN}(?:AKIA|ASIA)[A-Z0-9]{{16}}(?![A-Z0-9])", re.ASCII
)
_LONG_ENOUGH = 16
_BEGINNINGS = ("da2-", "AKIA", "ASIA")
# A JSON web token: its header is base64 of `{"`. Every run of letters is looked at once, from its
# beginning, so that no text takes longer than its length.
_HEADER = "eyJ"
_TOKEN = re.compile(
    r"(?<![\w-])(?P<before>(?:(?!eyJ)[\w-])*)(?P<token>eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)",
    re.ASCII,
)
# `https://user:password@host`: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
_AUTHORITY = "://"
_PASSWORD = re.compile(
    r"(?P<before>://[^\s/@:?#\"'`${}]{0,128}:)(?P<word>[^\s/@?#\"'`${}]{1,256})@", re.ASCII
)
