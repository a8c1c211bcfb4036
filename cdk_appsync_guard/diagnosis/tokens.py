"""A header's value → the token or the signature that it holds.

In: the value as it was sent. Out: Token, Signature. Signatures are not verified: what is asked is
what AppSync reads of them. https://datatracker.ietf.org/doc/html/rfc7519
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from cdk_appsync_guard.explanation.tokens import groups_in, read_part

__all__ = [
    "Signature",
    "Token",
    "is_stub",
    "read_moment",
    "read_signature",
    "read_token",
]

_PARTS = 3
_PART = re.compile(r"[A-Za-z0-9_=+/-]*")
_POOL = re.compile(r"https://(?:issuer-)?cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(\S+)")
_ALGORITHM = "AWS4-HMAC-SHA256"
_SCOPE_PARTS = 5
_COMPACT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Token:
    """A JSON web token, or something of three parts that is none: then ``problem`` says why."""

    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    problem: str = ""

    def number(self, name: str) -> float | None:
        """Return a claim that is a moment."""
        value = self.claims.get(name)
        return float(value) if isinstance(value, (int, float)) and value < _LAST else None

    def text(self, name: str) -> str:
        """Return a claim that is a text, the empty text if it is absent or none."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else ""

    @property
    def issuer(self) -> str:
        """The issuer, without the slash at its end."""
        return self.text("iss").rstrip("/")

    @property
    def pool(self) -> tuple[str, str] | None:
        """The region and the id of the Cognito user pool that issued it, None if none did."""
        found = _POOL.fullmatch(self.issuer)
        return (found[1], found[2]) if found else None

    @property
    def use(self) -> str:
        """``access`` or ``id`` of a Cognito token."""
        return self.text("token_use")

    @property
    def groups(self) -> tuple[str, ...]:
        """The Cognito groups."""
        return groups_in(self.claims)

    @property
    def is_of_machine(self) -> bool:
        """Whether it was issued to a client, not a person (client credentials).

        https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
        """
        client = self.text("client_id")
        return self.use == "access" and client != "" and self.text("sub") == client


@dataclass(frozen=True, slots=True)
class Signature:
    """What a SigV4 ``Authorization`` header says; empty where a part is missing."""

    key_id: str = field(default="", repr=False)
    date: str = ""
    region: str = ""
    service: str = ""
    signed_headers: tuple[str, ...] = ()
    is_complete: bool = False

    @property
    def is_temporary(self) -> bool:
        """Whether the key belongs to a session, whose token must be sent with it."""
        return self.key_id.startswith("ASIA")


def read_token(text: str) -> Token | None:
    """Return the token, None if the text does not have a token's form."""
    parts = text.split(".", _PARTS)
    if len(parts) != _PARTS or not all(_PART.fullmatch(part) for part in parts[:2]) or not parts[0]:
        return None
    head, body = (read_part(part) for part in parts[:2])
    if head is None:
        return (
            Token(problem="its first part is not base64 of a JSON object") if _looks(text) else None
        )
    if body is None:
        return Token(problem="its second part is not base64 of a JSON object")
    if not parts[2] and head.get("alg") != "none":
        return Token(body, "its signature is missing")
    return Token(body)


def read_signature(value: str) -> Signature | None:
    """Return the parts of a SigV4 header, None if it is none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
    """
    if not value.startswith("AWS4-"):
        return None
    fields: dict[str, str] = {}
    for part in value.partition(" ")[2].replace(" ", ",").split(","):
        name, equals, given = part.strip().partition("=")
        if equals:
            fields.setdefault(name, given)
    scope = fields.get("Credential", "").split("/")
    full = len(scope) == _SCOPE_PARTS and scope[4] == "aws4_request"
    scope = [*scope, *[""] * _SCOPE_PARTS][:_SCOPE_PARTS]
    signed = tuple(one.lower() for one in fields.get("SignedHeaders", "").split(";") if one)
    return Signature(
        key_id=scope[0],
        date=scope[1],
        region=scope[2],
        service=scope[3],
        signed_headers=signed,
        is_complete=full
        and value.startswith(_ALGORITHM)
        and bool(signed and fields.get("Signature")),
    )


def read_moment(text: str) -> float | None:
    """Return an ``x-amz-date`` as seconds since 1970."""
    try:
        return datetime.strptime(text, _COMPACT).replace(tzinfo=timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None


def is_stub(text: str) -> bool:
    """Return whether the text was shortened when the capture was made safe to share."""
    return text.endswith("…")


def _looks(text: str) -> bool:
    return text.startswith("eyJ")


_LAST = 253_402_300_799  # the end of the year 9999
