"""``--as CALLER`` → who asks, with the files that it names read.

In: the text, and the callers of a callers file. Out: Given. Does not know the API: whether the
credential is good enough is for ``credential`` to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC, mode_called
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.explanation.headers import read_headers
from cdk_appsync_guard.explanation.tokens import Token, read_token
from cdk_appsync_guard.settings.files import read_file
from cdk_appsync_guard.template.inputs.files import is_folder

__all__ = ["Given", "is_existing_file", "read_caller"]

_HELP = (
    "write api-key, iam:RoleName, cognito:groups=Admins, cognito:token.jwt, oidc:claims.json,"
    " lambda:result.json, or headers:FILE"
)
_FILES = (".json", ".jwt", ".txt", ".token")
_KINDS_OF_USERS = {
    "authenticated": "authenticated",
    "unauthenticated": "unauthenticated",
    "guest": "unauthenticated",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A caller as it is given. ``mode`` is None if headers decide it.

    ``name`` is what ``iam:`` names, or the key of ``api-key:``; ``users`` is which of an identity
    pool's. ``groups`` replace those of the token. ``result`` is what a Lambda authorizer returns,
    if ``has_result``.
    """

    mode: str | None
    words: str
    name: str = ""
    users: str = ""
    function: bool = False
    groups: tuple[str, ...] | None = None
    token: Token | None = field(default=None, repr=False)
    result: Any = field(default=None, repr=False)
    has_result: bool = False
    headers: Mapping[str, str] | None = field(default=None, repr=False)


def read_caller(text: str, callers: Sequence[ClientCaller] = ()) -> Given:
    """Return who is meant. Raise ConfigError if it is not valid, or a file cannot be read."""
    named = next((one for one in callers if one.name == text), None)
    if named is not None:
        return _of_file(named)
    kind, _, rest = text.partition(":")
    if kind == "headers":
        if not rest:
            raise ConfigError("`headers:` does not name a file", help=_HELP)
        headers = read_headers(read_file(rest, "the headers"), rest)
        return Given(None, "the sender of these headers", headers=headers)
    mode = mode_called(kind)
    if mode is None:
        known = ", ".join(f"`{one.name}`" for one in callers)
        advice = f"{_HELP}; the callers of the file are {known}" if known else _HELP
        raise ConfigError(f"`{text}` is not a caller", help=advice)
    return _READERS[mode](rest.strip())


def _of_file(caller: ClientCaller) -> Given:
    if caller.principal is not None or caller.function is not None:
        name = caller.function or caller.principal or ""
        return Given(AWS_IAM, caller.name, name, function=caller.function is not None)
    return Given(caller.mode, caller.name, groups=caller.groups)


def _api_key(rest: str) -> Given:
    return Given(API_KEY, f"the API key `{rest}`" if rest else "an API key", rest)


def _iam(rest: str) -> Given:
    name, _, users = rest.partition(",")
    if users and users not in _KINDS_OF_USERS:
        raise ConfigError(
            f"an identity pool has no users called `{users}`",
            help=f"write iam:{name},guest or iam:{name},authenticated",
        )
    words = f"the IAM principal `{name}`" if name else "an IAM principal"
    return Given(AWS_IAM, words, name, _KINDS_OF_USERS.get(users, ""))


def _cognito(rest: str) -> Given:
    groups, file = _split(rest)
    token = read_token(read_file(file, "the claims"), file) if file else None
    told = groups if groups is not None else token.groups if token else ()
    members = f" in {', '.join(f'`{one}`' for one in told)}" if told else ""
    return Given(COGNITO, f"a Cognito user{members}", groups=groups, token=token)


def _split(rest: str) -> tuple[tuple[str, ...] | None, str]:
    """Return the groups and the file of ``groups=A,B,claims.json``."""
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    has_groups = bool(parts) and parts[0].startswith("groups=")
    file = ""
    if parts and (not has_groups or (len(parts) > 1 and _is_file(parts[-1]))):
        file = parts.pop()
    if parts and not has_groups:
        raise ConfigError(f"`cognito:{rest}` is not valid", help=_HELP)
    if not has_groups and file and not _is_file(file):
        advice = f"write cognito:groups={file}, or the name of a file that exists"
        raise ConfigError("`cognito:` is not followed by groups or the name of a file", help=advice)
    if not has_groups:
        return None, file
    parts[0] = parts[0].removeprefix("groups=")
    return tuple(part for part in parts if part), file


def _is_file(text: str) -> bool:
    return text.lower().endswith(_FILES) or is_existing_file(text)


def is_existing_file(text: str) -> bool:
    """Return whether the text names a file."""
    try:
        return Path(text).exists() and not is_folder(Path(text))
    except (OSError, ValueError):
        return False


def _oidc(rest: str) -> Given:
    token = read_token(read_file(rest, "the claims"), rest) if rest else None
    return Given(OIDC, "an OpenID Connect user", token=token)


def _lambda(rest: str) -> Given:
    words = "a caller of the Lambda authorizer"
    if not rest:
        return Given(LAMBDA, words)
    try:
        result = orjson.loads(read_file(rest, "the authorizer's result"))
    except ValueError as error:
        raise ConfigError(f"the authorizer's result `{rest}` is not valid JSON") from error
    return Given(LAMBDA, words, result=result, has_result=True)


_READERS = {
    API_KEY: _api_key,
    AWS_IAM: _iam,
    COGNITO: _cognito,
    OIDC: _oidc,
    LAMBDA: _lambda,
}
