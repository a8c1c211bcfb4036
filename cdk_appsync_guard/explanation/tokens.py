"""A file with a JWT or with claims → the claims. A token is never kept, shown or verified.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from cdk_appsync_guard.errors import ConfigError

__all__ = ["Token", "claims_in", "groups_in", "is_jwt", "read_part", "read_token", "shorten"]

_PARTS = 3
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_SHOWN = 4
_STANDARD = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Token:
    """The claims of a token. ``complete`` is True if they come from a token itself.

    Claims that people write down may be a part of what the token holds.
    """

    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    complete: bool = False
    algorithm: str | None = None

    @property
    def groups(self) -> tuple[str, ...]:
        """The Cognito groups that the token names."""
        return groups_in(self.claims)


def read_token(text: str, file: str) -> Token:
    """Return what the text of a file holds: a JWT, or claims as JSON."""
    stripped = text.strip()
    if stripped.startswith("{"):
        claims = _json(stripped)
        if not isinstance(claims, dict):
            raise ConfigError(f"`{file}` does not hold claims: it is not valid JSON")
        return Token(claims)
    token = claims_in(stripped.strip("\"'"))
    if token is None:
        raise ConfigError(
            f"`{file}` holds neither a JWT nor claims in JSON",
            help="save the token alone, or claims such as "
            '{"sub": "...", "cognito:groups": ["Admins"]}',
        )
    return token


def is_jwt(text: str) -> bool:
    """Return whether AppSync takes the text for a JWT: three parts with dots between."""
    return _JWT.fullmatch(_bare(text)) is not None


def claims_in(text: str) -> Token | None:
    """Return what a JWT holds, with or without ``Bearer`` before it; None if it is none."""
    parts = _bare(text).split(".")
    if len(parts) != _PARTS:
        return None
    header, claims = read_part(parts[0]), read_part(parts[1])
    if claims is None:
        return None
    algorithm = header.get("alg") if header is not None else None
    return Token(claims, True, algorithm if isinstance(algorithm, str) else None)


def read_part(part: str) -> dict[str, Any] | None:
    """Return the JSON object that a part of a JWT holds, in base64 of either alphabet."""
    plain = "".join(part.split()).translate(_STANDARD).rstrip("=")
    try:
        value = orjson.loads(b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def groups_in(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the Cognito groups that claims name."""
    listed = claims.get("cognito:groups")
    items = listed if isinstance(listed, list) else []
    return tuple(one for one in items if isinstance(one, str))


def shorten(value: str) -> str:
    """Return the beginning of what may be someone's id or address."""
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"


def _bare(text: str) -> str:
    scheme, space, rest = text.strip().partition(" ")
    return rest.strip() if space and scheme.lower() == "bearer" else text.strip()


def _json(data: str) -> Any:
    try:
        return orjson.loads(data)
    except ValueError:
        return None
