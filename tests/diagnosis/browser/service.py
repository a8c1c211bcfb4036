"""What AppSync answers, by the specification alone: the test's own reading of it.

Nothing of the product is used. Sections are those of the specification of AppSync authorization
that the tests are written against: 10.3 credentials, 10.4 fields, 10.5 nulls, 6 the error texts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

KEY, IAM, POOL, OIDC, LAMBDA = (
    "API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA",
)  # fmt: skip
NO_HEADER = "Valid authorization header not provided."
NO_JWT = "Unable to parse JWT token."
REFUSED = "You are not authorized to make this call."
SECRET = "secret-of-the-test-key"
KEYS = {"AKIAIOSFODNN7EXAMPLE": "", "ASIAIOSFODNN7EXAMPLE": "session-token-of-the-test"}
FIELDS = {
    "Query": {"getPost": "Post", "listPosts": "[Post]"},
    "Subscription": {"onPost": "Post"},
    "Post": {"id": "ID!", "title": "String"},
}


@dataclass(frozen=True)
class Api:
    """An API. ``open`` are the modes (and groups) of fields or types that carry directives."""

    modes: tuple[str, ...]
    open: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()  # of Query.getPost
    key_is_good: bool = True
    pool: str = "us-east-1_AbCdEfGhI"
    client: str = "3n4b5urk1ft4fl3mg5e62d9ado"
    default_action: str = "ALLOW"
    authorizer: Any = None  # what it returns; "forbidden" if AppSync may not invoke it
    policy_allows: bool = True
    error: dict[str, Any] | None = None  # what the resolver of Query.getPost raises
    status: int = 200  # what something before AppSync answers
    cors: bool = True


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - the answer, not a fault
    status: int
    error_type: str
    message: str | None

    @property
    def body(self) -> dict[str, Any]:
        error = {"errorType": self.error_type}
        return {"errors": [error | ({} if self.message is None else {"message": self.message})]}


def unauthorized(message: str) -> Refusal:
    return Refusal(401, "UnauthorizedException", message)


@dataclass(frozen=True)
class Caller:
    mode: str
    groups: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


def authenticate(api: Api, headers: dict[str, str], sent: tuple[str, str, bytes]) -> Caller:
    """Return who calls (10.3). *sent* is what a signature is made of: host, path, body."""
    key, value = headers.get("x-api-key", ""), headers.get("authorization", "")
    if value.startswith("AWS4-HMAC-SHA256"):
        return _signed(api, headers, sent)
    if value and not (key and KEY in api.modes):
        return _token(api, value)
    if key and KEY in api.modes:
        if not api.key_is_good:
            raise unauthorized(REFUSED)
        return Caller(KEY)
    raise unauthorized(NO_HEADER)


def _token(api: Api, value: str) -> Caller:
    bare = re.sub(r"^[Bb]earer ", "", value)
    parts = bare.split(".")
    jwt_modes = {POOL, OIDC} & set(api.modes)
    if len(parts) != 3 or not jwt_modes:
        if LAMBDA in api.modes:
            return _authorized(api)
        raise unauthorized(NO_JWT if jwt_modes and len(parts) != 3 else NO_HEADER)
    claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    if claims["iss"] != f"https://cognito-idp.us-east-1.amazonaws.com/{api.pool}":
        raise unauthorized(REFUSED)
    if claims["exp"] <= datetime.now(timezone.utc).timestamp():
        raise unauthorized("Token has expired.")
    if claims.get("client_id", claims.get("aud")) != api.client:
        raise unauthorized("Unauthorized")
    return Caller(POOL, tuple(claims.get("cognito:groups", ())))


def _authorized(api: Api) -> Caller:
    if api.authorizer == "forbidden":
        raise Refusal(400, "BadRequestException", None)
    if not isinstance(api.authorizer, dict) or api.authorizer.get("isAuthorized") is not True:
        raise unauthorized(REFUSED)
    return Caller(LAMBDA, denied=tuple(api.authorizer.get("deniedFields", ())))


def _signed(api: Api, headers: dict[str, str], sent: tuple[str, str, bytes]) -> Caller:
    if IAM not in api.modes:
        raise unauthorized(NO_JWT if {POOL, OIDC} & set(api.modes) else NO_HEADER)
    value = headers["authorization"]
    parts = dict(one.strip().split("=", 1) for one in value.split(" ", 1)[1].split(","))
    key, day, region, service, _ = parts["Credential"].split("/")
    if KEYS.get(key) is None or headers.get("x-amz-security-token", "") != KEYS[key]:
        text = "The security token included in the request is invalid."
        raise Refusal(403, "UnrecognizedClientException", text)
    date = headers.get("x-amz-date", "")
    signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    age = (datetime.now(timezone.utc) - signed_at).total_seconds()
    if abs(age) > 300:
        text = f"Signature {'expired' if age > 0 else 'not yet current'}: {date} is now"
        raise Refusal(403, "InvalidSignatureException", text)
    names = parts["SignedHeaders"].split(";")
    host, path, body = sent
    lines = [f"{name}:{host if name == 'host' else headers.get(name, '')}\n" for name in names]
    digest = hashlib.sha256(body).hexdigest()
    request = "\n".join(("POST", path, "", "".join(lines), ";".join(names), digest))
    scope = f"{day}/us-east-1/appsync/aws4_request"
    text = "\n".join(
        ("AWS4-HMAC-SHA256", date, scope, hashlib.sha256(request.encode()).hexdigest())
    )
    mac = f"AWS4{SECRET}".encode()
    for step in (day, "us-east-1", "appsync", "aws4_request", text):
        mac = hmac.new(mac, step.encode(), hashlib.sha256).digest()
    if mac.hex() != parts["Signature"] or (region, service) != ("us-east-1", "appsync"):
        text = "The request signature we calculated does not match the signature you provided."
        raise Refusal(403, "InvalidSignatureException", text)
    return Caller(IAM)


def admits(api: Api, caller: Caller, type_name: str, name: str) -> bool:
    """Return whether the caller may select the field (10.4)."""
    coordinate = f"{type_name}.{name}"
    if coordinate in caller.denied:
        return False
    if len(api.modes) == 1:
        return not (api.modes[0] == POOL and api.default_action == "DENY" and type_name == "Query")
    accepted = api.open.get(coordinate) or api.open.get(type_name) or api.modes[:1]
    if caller.mode not in accepted:
        return False
    needs_group = coordinate == "Query.getPost" and api.groups and caller.mode == POOL
    return not needs_group or bool(set(api.groups) & set(caller.groups))


def execute(api: Api, caller: Caller, query: str) -> dict[str, Any]:
    """Return the answer to a query of the test (10.2, 10.5)."""
    root = "Subscription" if query.lstrip().startswith("subscription") else "Query"
    name, selected = _selection(query)
    if name not in FIELDS[root]:
        text = (
            f"Validation error of type FieldUndefined: Field '{name}' in type '{root}' is undefined"
        )
        return {"data": None, "errors": [{"message": f"{text} @ '{name}'", "locations": []}]}
    if caller.mode == IAM and not api.policy_allows:
        raise unauthorized("Permission denied")
    if not admits(api, caller, root, name):
        return {"data": {name: None}, "errors": [_denied(root, name, [name])]}
    if api.error is not None and name == "getPost":
        return {"data": {name: None}, "errors": [{"path": [name], "locations": [], **api.error}]}
    errors, post, is_null = [], {}, False
    for each in selected:
        allowed = root == "Subscription" or admits(api, caller, "Post", each)
        post[each] = f"{each} of it" if allowed else None
        if not allowed:
            errors.append(_denied("Post", each, [name, each]))
            is_null = is_null or FIELDS["Post"][each].endswith("!")
    value: Any = None if is_null else post
    answer: dict[str, Any] = {"data": {name: [value] if FIELDS[root][name][0] == "[" else value}}
    return answer | ({"errors": errors} if errors else {})


def _selection(query: str) -> tuple[str, list[str]]:
    names = re.findall(r"\w+", re.sub(r"\([^)]*\)", "", query[query.index("{") :]))
    return names[0], [one for one in names[1:] if one != "__typename"]


def _denied(type_name: str, name: str, path: list[str]) -> dict[str, Any]:
    return {
        "path": path,
        "data": None,
        "errorType": "Unauthorized",
        "errorInfo": None,
        "locations": [{"line": 1, "column": 1, "sourceName": None}],
        "message": f"Not Authorized to access {name} on type {type_name}",
    }
