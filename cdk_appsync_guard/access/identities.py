"""A caller → ``ctx.identity`` as AppSync builds it for the caller's mode.

In: what is known of the caller. Out: a mapping with the keys that the mode has; UnknownData stands
for what is not known, None for an API key's. Claims that code asks for and nobody gave are unknown.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.appsync.modes import AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.runtime.model import Data, Pipeline, UnknownData, hole
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Text, Value

__all__ = ["Known", "identity_of", "names_in_code"]

_AT = "ctx.identity"
_POOL_SESSION = "CognitoIdentityCredentials"
_USERNAMES = ("username", "cognito:username")
# What every token of a user pool has, or of one kind of token: access or ID.
_STANDARD = ("sub", "iss", "token_use", "auth_time", "exp", "iat", "jti", "origin_jti", "event_id")
_OF_ONE_KIND = (*_USERNAMES, "client_id", "aud", "scope")
_NAME = re.compile(r"[\"']([\w:.\-]{1,100})[\"']|\.([A-Za-z_]\w{0,99})")
_LONGEST_CODE = 200_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a caller.

    ``claims`` are those of a token, None if no token is given; ``complete`` says that they are all.
    ``groups`` are a Cognito user's, None if they are not known. ``principal`` is the role or user
    that signs, and ``users`` which of an identity pool's users it stands for. ``context`` is the
    authorizer's ``resolverContext``, if ``has_context``.
    """

    mode: str
    claims: Mapping[str, Any] | None = field(default=None, repr=False)
    complete: bool = False
    groups: Collection[str] | None = None
    default_action: str | None = None
    principal: Resource | None = None
    users: str = ""
    pool: Resource | None = None
    context: Any = None
    has_context: bool = False


def identity_of(
    known: Known, names: Collection[str] = ()
) -> Mapping[str, Data] | UnknownData | None:
    """Return the identity; *names* are those of claims that the code may ask for."""
    if known.mode == COGNITO:
        return _cognito(known, names)
    if known.mode == OIDC:
        claims = _claims(known, names, ("sub", "iss", "exp", "iat", "aud"))
        return {"sub": claims["sub"], "issuer": claims["iss"], "claims": claims}
    if known.mode == AWS_IAM:
        return _iam(known)
    if known.mode == LAMBDA:
        context = known.context if known.has_context else UnknownData(f"{_AT}.resolverContext")
        return {"resolverContext": context}
    return None


def names_in_code(pipeline: Pipeline) -> tuple[str, ...]:
    """Return every name in the code that may be a claim's."""
    codes = [pipeline.before, pipeline.after]
    codes += [code for step in pipeline.steps for code in (step.request, step.response)]
    names: dict[str, None] = {}
    for code in codes:
        if code is not None:
            for quoted, member in _NAME.findall(code.text[:_LONGEST_CODE]):
                names[quoted or member] = None
    return tuple(names)


def _cognito(known: Known, names: Collection[str]) -> Mapping[str, Data]:
    claims = _claims(known, names, (*_STANDARD, *_OF_ONE_KIND))
    if known.groups is not None:
        claims.pop("cognito:groups", None)
        if known.groups:
            claims["cognito:groups"] = list(known.groups)
    username = next((claims[name] for name in _USERNAMES if claims.get(name) is not None), None)
    groups = claims.get("cognito:groups")
    return {
        "sub": claims.get("sub"),
        "issuer": claims.get("iss"),
        "username": username,
        "claims": claims,
        "sourceIp": UnknownData(f"{_AT}.sourceIp", nullable=False, kind="list"),
        "defaultAuthStrategy": known.default_action or "ALLOW",
        "groups": groups,
    }


def _claims(known: Known, names: Collection[str], standard: tuple[str, ...]) -> dict[str, Data]:
    """Return the claims: those given, and unknown ones for what may be there besides."""
    if known.claims is None:
        asked = (*standard, *names)
    else:
        has_name = any(name in known.claims for name in _OF_ONE_KIND[:2])
        one_of = () if has_name else _USERNAMES
        asked = () if known.complete else (*standard[: len(_STANDARD)], *one_of)
    claims: dict[str, Data] = dict(known.claims or {})
    for name in asked:
        never_null = name in ("sub", "iss")
        unknown = UnknownData(f'{_AT}.claims["{name}"]', not never_null)
        claims.setdefault(name, unknown)
    for name in ("sub", "iss"):
        claims.setdefault(name, None)
    return claims


def _iam(known: Known) -> Mapping[str, Data]:
    role = known.principal
    of_pool = bool(known.users)
    signed_in = known.users == "authenticated"
    session = _POOL_SESSION if of_pool else UnknownData("the session's name", nullable=False)
    pool = known.pool
    identity: dict[str, Data] = {
        "accountId": hole("AWS::AccountId"),
        "sourceIp": UnknownData(f"{_AT}.sourceIp", nullable=False, kind="list"),
        "username": UnknownData(f"{_AT}.username", nullable=False, kind="string"),
        "userArn": _user_arn(role, session),
        "cognitoIdentityPoolId": _plain(pool.attribute()) if pool is not None else None,
        "cognitoIdentityId": _unknown("cognitoIdentityId") if of_pool else None,
        "cognitoIdentityAuthType": known.users or None,
        "cognitoIdentityAuthProvider": _unknown("cognitoIdentityAuthProvider")
        if signed_in
        else None,
    }
    if role is None:  # a signature tells nothing of who it is
        names = [name for name in identity if name.startswith("cognito")]
        identity |= {name: UnknownData(f"{_AT}.{name}") for name in names}
    return identity


def _unknown(name: str) -> UnknownData:
    return UnknownData(f"{_AT}.{name}", nullable=False, kind="string")


def _user_arn(principal: Resource | None, session: str | UnknownData) -> Data:
    """Return the ARN of a user, or of a role's session."""
    unknown = UnknownData(f"{_AT}.userArn", nullable=False, kind="string")
    if principal is None:
        return unknown
    start = f"arn:{_pseudo(principal, 'AWS::Partition')}"
    account = _pseudo(principal, "AWS::AccountId")
    name = _plain(principal.attribute())
    if not isinstance(name, str):
        return unknown
    if principal.type != "AWS::IAM::Role":
        return f"{start}:iam::{account}:user/{name}"
    if isinstance(session, UnknownData):
        return unknown
    return f"{start}:sts::{account}:assumed-role/{name}/{session}"


def _pseudo(resource: Resource, name: str) -> str:
    value = _plain(resource.stack.scope.refer(name, 0))
    return value if isinstance(value, str) else hole(name)


def _plain(value: Value) -> Data:
    """Return a text as code sees it, with holes for what only AWS knows."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Text):
        return UnknownData(_AT)
    return "".join(
        part if isinstance(part, str) else hole(part.name, part.stack) for part in value.parts
    )
