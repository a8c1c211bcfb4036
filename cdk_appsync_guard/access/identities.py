"""A caller → ``ctx.identity`` as AppSync builds it for the caller's mode.

In: what is known of the caller. Out: a mapping with the keys that the mode has; UnknownData stands
for what is not known, None for an API key's. Claims that code asks for and no one gave are unknown.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_appsync_guard.appsync.modes import AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.runtime.model import Code, Data, Pipeline, UnknownData, hole
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Text, Value

__all__ = ["Known", "identity_of", "names_in_code", "settle", "text_in_code"]

_AT = "ctx.identity"
_ROLE = "AWS::IAM::Role"
_PARTITION = "AWS::Partition"
_ACCOUNT = "AWS::AccountId"
_SOME_ACCOUNT = "111122223333"
_SOME_ID = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
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
    that signs, ``session`` the name of the role's session if it is known, and ``users`` which of an
    identity pool's users it stands for. ``context`` is the authorizer's ``resolverContext``, if
    ``has_context``.
    """

    mode: str
    claims: Mapping[str, Any] | None = field(default=None, repr=False)
    complete: bool = False
    groups: Collection[str] | None = None
    default_action: str | None = None
    principal: Resource | None = None
    session: str = ""
    users: str = ""
    pool: Resource | None = None
    context: Any = None
    has_context: bool = False


def identity_of(
    known: Known, names: Collection[str] = ()
) -> Mapping[str, Data] | UnknownData | None:
    """Return the identity; *names* are what ``names_in_code`` finds."""
    if known.mode == COGNITO:
        return _cognito(known, names)
    if known.mode == OIDC:
        claims = _claims(known, names, ("sub", "iss", "exp", "iat", "aud"))
        return {"sub": claims["sub"], "issuer": claims["iss"], "claims": claims}
    if known.mode == AWS_IAM:
        return _iam(known, names)
    if known.mode == LAMBDA:
        context = known.context if known.has_context else UnknownData(f"{_AT}.resolverContext")
        return {"resolverContext": context}
    return None


def names_in_code(pipeline: Pipeline) -> tuple[str, ...]:
    """Return every name in the code that may be a claim's, and whether it names an account."""
    codes = [pipeline.before, pipeline.after]
    codes += [code for step in pipeline.steps for code in (step.request, step.response)]
    names: dict[str, None] = {}
    for code in codes:
        if code is not None:
            for quoted, member in _NAME.findall(code.text[:_LONGEST_CODE]):
                names[quoted or member] = None
            if _SOME_ID.search(code.text):
                names[_ACCOUNT] = None
    return tuple(names)


def settle(pipeline: Pipeline, names: Collection[str]) -> Pipeline:
    """Return the code with an account and a partition for those that only AWS knows.

    An account that the code spells out may be the one that it runs in: then it stays open.
    """
    filled = {hole(_PARTITION): "aws"}
    if _ACCOUNT not in names:
        filled[hole(_ACCOUNT)] = _SOME_ACCOUNT

    def fill(code: Code | None) -> Code | None:
        if code is None or not any(one in code.text for one in filled):
            return code
        text = code.text
        for one, value in filled.items():
            text = text.replace(one, value)
        return replace(code, text=text)

    steps = tuple(
        replace(step, request=fill(step.request), response=fill(step.response))
        for step in pipeline.steps
    )
    return replace(pipeline, before=fill(pipeline.before), steps=steps, after=fill(pipeline.after))


def _cognito(known: Known, names: Collection[str]) -> Mapping[str, Data]:
    claims = _claims(known, names, (*_STANDARD, *_OF_ONE_KIND))
    if known.groups is not None:
        claims.pop("cognito:groups", None)
        if known.groups:
            claims["cognito:groups"] = list(known.groups)
    username = next((claims[name] for name in _USERNAMES if claims.get(name) is not None), None)
    groups = claims.get("cognito:groups")
    if "cognito:groups" not in claims and known.groups is None and not known.complete:
        groups = UnknownData(f'{_AT}.claims["cognito:groups"]', kind="list")
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


def _iam(known: Known, names: Collection[str]) -> Mapping[str, Data]:
    account = hole(_ACCOUNT) if _ACCOUNT in names else _SOME_ACCOUNT
    role = known.principal
    of_pool = bool(known.users)
    signed_in = known.users == "authenticated"
    session = _POOL_SESSION if of_pool else known.session or hole("the session's name")
    pool = known.pool
    identity: dict[str, Data] = {
        "accountId": account,
        "sourceIp": UnknownData(f"{_AT}.sourceIp", nullable=False, kind="list"),
        "username": UnknownData(f"{_AT}.username", nullable=False, kind="string"),
        "userArn": _user_arn(role, session, account),
        "cognitoIdentityPoolId": text_in_code(pool.attribute()) if pool is not None else None,
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


def _user_arn(principal: Resource | None, session: str, account: str) -> Data:
    """Return the ARN of a user, or of a role's session."""
    unknown = UnknownData(f"{_AT}.userArn", nullable=False, kind="string")
    if principal is None:
        return unknown
    start = f"arn:{_pseudo(principal, _PARTITION) or 'aws'}"
    account = _pseudo(principal, _ACCOUNT) or account
    given = principal.get("RoleName" if principal.type == _ROLE else "UserName")
    name = text_in_code(given if isinstance(given, (str, Text)) else principal.attribute())
    if not isinstance(name, str):
        return unknown
    if principal.type != _ROLE:
        return f"{start}:iam::{account}:user/{name}"
    return f"{start}:sts::{account}:assumed-role/{name}/{session}"


def _pseudo(resource: Resource, name: str) -> str | None:
    value = resource.stack.scope.refer(name, 0)
    return value if isinstance(value, str) else None


def text_in_code(value: Value) -> Data:
    """Return a text as code sees it, with holes for what only AWS knows."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Text):
        return UnknownData(_AT)
    return "".join(
        part if isinstance(part, str) else hole(part.name, part.stack) for part in value.parts
    )
