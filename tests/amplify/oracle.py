"""What Amplify's rules say: who may do what with which item.

In: a model of ``apis.json``, an operation, a caller, an item. Out: allowed, denied, or undecided
where the item would decide. Written from Amplify's documentation alone, not from its templates:
https://docs.amplify.aws/gen1/javascript/build-a-backend/graphqlapi/customize-authorization-rules/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["CALLERS", "OPERATIONS", "Asker", "Item", "may", "may_read_field"]

Item = Literal["unknown", "mine", "theirs"]
OPERATIONS = ("get", "list", "create", "update", "delete", "listen")
_READS = ("get", "list", "listen")
_MODES = {
    "apiKey": "API_KEY",
    "iam": "AWS_IAM",
    "userPools": "AMAZON_COGNITO_USER_POOLS",
    "oidc": "OPENID_CONNECT",
    "function": "AWS_LAMBDA",
}
_PROVIDERS = {"public": "apiKey", "custom": "function"}
_ALL = ("create", "update", "delete", *_READS)


@dataclass(frozen=True)
class Asker:
    """Who asks: ``claims`` of a token, or which of an identity pool's users, or neither."""

    name: str
    mode: str
    claims: dict[str, Any] = field(default_factory=dict)
    users: str = ""


_NOW = 1_795_564_800
_COGNITO = {
    "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool",
    "exp": 1_900_000_000,
}
_ALICE = {
    **_COGNITO,
    "sub": "s-alice",
    "username": "alice",
    "token_use": "access",
    "client_id": "c",
}
_OIDC = {
    "iss": "https://login.example.com",
    "exp": 1_900_000_000,
    "iat": _NOW,
    "auth_time": _NOW,
    "aud": "client",
}

CALLERS = (
    Asker("key", "API_KEY"),
    Asker("alice", _MODES["userPools"], _ALICE),
    Asker("admin", _MODES["userPools"], {**_ALICE, "cognito:groups": ["Admin"]}),
    Asker("staff", _MODES["userPools"], {**_ALICE, "cognito:groups": ["Staff", "Others"]}),
    Asker("claimed", _MODES["userPools"], {**_ALICE, "roles": ["Admin"], "custom:tenant": "acme"}),
    Asker(
        "machine",
        _MODES["userPools"],
        {**_COGNITO, "sub": "c", "token_use": "access", "client_id": "c"},
    ),
    Asker("signed-in", "AWS_IAM", users="authenticated"),
    Asker("guest", "AWS_IAM", users="unauthenticated"),
    Asker("worker", "AWS_IAM"),
    Asker(
        "oidc",
        _MODES["oidc"],
        {**_OIDC, "sub": "s-1", "email": "a@example.com", "roles": ["Admin"]},
    ),
    Asker("oidc-plain", _MODES["oidc"], {**_OIDC, "sub": "s-2"}),
    Asker("custom", "AWS_LAMBDA"),
)


def may(
    api: dict[str, Any], model: dict[str, Any], operation: str, asker: Asker, item: Item
) -> str:
    """Return whether the caller may do the operation with the item."""
    if _passes_anyhow(api, asker, model["rules"] is None):
        return "allowed"
    if model["rules"] is None:
        return "denied"
    rules = [one for one in model["rules"] if operation in _operations(one)]
    if operation == "delete":
        rules = [one for one in rules if _is_of_all_fields(one, model)]
    return _judge(rules, operation, asker, item)


def _is_of_all_fields(rule: dict[str, Any], model: dict[str, Any]) -> bool:
    """Return whether every field that has rules of its own lets the same callers delete it."""
    return all(
        any(_who(one) == _who(rule) and "delete" in _operations(one) for one in rules)
        for rules in model.get("fieldRules", {}).values()
    )


def _who(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "operations"}


def may_read_field(
    api: dict[str, Any], model: dict[str, Any], name: str, asker: Asker, item: Item
) -> str:
    """Return whether the caller may read a field that has rules of its own."""
    if _passes_anyhow(api, asker, False):
        return "allowed"
    rules = [one for one in model["fieldRules"][name] if "get" in _operations(one)]
    return _judge(rules, "field", asker, item)


def _passes_anyhow(api: dict[str, Any], asker: Asker, without_rules: bool) -> bool:
    if api.get("enableIam") and asker.mode == "AWS_IAM" and not asker.users:
        return True
    return bool(api.get("sandbox")) and asker.mode == "API_KEY" and without_rules


def _operations(rule: dict[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for one in rule.get("operations", _ALL):
        found += _READS if one == "read" else (one,)
    return tuple(found)


def _judge(rules: list[dict[str, Any]], operation: str, asker: Asker, item: Item) -> str:
    fitting = [one for one in rules if _mode(one) == asker.mode]
    if any(_holds(one, asker) for one in fitting if not _is_about_items(one)):
        return "allowed"
    depending = [
        one for one in fitting if _is_about_items(one) and _can_match(one, asker, operation)
    ]
    if not depending:
        return "denied"
    if operation in ("list", "listen"):  # what is not theirs is left out
        return "allowed"
    return {"unknown": "undecided", "mine": "allowed", "theirs": "denied"}[item]


def _mode(rule: dict[str, Any]) -> str:
    return _MODES[rule.get("provider", _PROVIDERS.get(rule["allow"], "userPools"))]


def _is_about_items(rule: dict[str, Any]) -> bool:
    return rule["allow"] == "owner" or "groupsField" in rule


def _holds(rule: dict[str, Any], asker: Asker) -> bool:
    if rule["allow"] == "groups":
        return not set(_groups(rule, asker)).isdisjoint(rule["groups"])
    if asker.mode == "AWS_IAM":
        return asker.users == ("authenticated" if rule["allow"] == "private" else "unauthenticated")
    return True


def _can_match(rule: dict[str, Any], asker: Asker, operation: str) -> bool:
    if rule["allow"] == "groups":
        return bool(_groups(rule, asker))
    if operation in ("get", "list"):  # an owner may be stored as any part of the claim
        return any(one is not None for one in _claims(rule, asker))
    if operation == "listen":
        return _claims(rule, asker)[-1] is not None
    return owner_value(rule, asker) is not None


def _groups(rule: dict[str, Any], asker: Asker) -> list[str]:
    return list(asker.claims.get(rule.get("groupClaim", "cognito:groups"), []))


def owner_value(rule: dict[str, Any], asker: Asker) -> str | None:
    """Return what stands in an item that the caller creates; None if the token lacks a claim."""
    values = _claims(rule, asker)
    return None if None in values else "::".join(map(str, values))


def _claims(rule: dict[str, Any], asker: Asker) -> list[Any]:
    names = rule.get("identityClaim", "sub::username").split("::")
    return [asker.claims.get(one) for one in names]
