"""Columns of a matrix → the order, the sections and the names in which a page shows them.

In: MatrixCallers. Out: Heads. Anonymous callers stand first and apart: an API key is in every copy
of an app, and a guest role is handed out to anyone who asks.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#api-key-authorization
https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.matrix import MatrixCaller
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, RECORDS

__all__ = ["TITLES", "Head", "call", "heads_of"]

TITLES = {"anonymous": "Anonymous", "signed-in": "Signed in", "iam": "IAM"}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. ``column`` is its position in the matrix; ``first`` begins a section.

    ``asks`` is the caller as the subject of a question.
    """

    column: int
    section: str
    label: str
    kind: str
    asks: str
    first: bool = False


def heads_of(callers: Sequence[MatrixCaller]) -> list[Head]:
    """Return the heads in the order of their sections, within which they keep theirs."""
    ordered = sorted(enumerate(callers), key=lambda one: list(TITLES).index(_section(one[1])))
    heads: list[Head] = []
    for column, caller in ordered:
        section = _section(caller)
        first = not heads or heads[-1].section != section
        heads.append(Head(column, section, *_names(caller), first))
    return heads


def call(words: str) -> str:
    """Return how the page calls a caller that other formats call by *words*."""
    return RECORDS[words].label if words in RECORDS else words


def _section(caller: MatrixCaller) -> str:
    if caller.name == API_KEY and caller.kind == "mode":
        return "anonymous"
    if caller.users == "unauthenticated":
        return "anonymous"
    return "iam" if caller.mode == AWS_IAM else "signed-in"


def _names(caller: MatrixCaller) -> tuple[str, str, str]:
    """Return the label, the kind below it, and the caller in a sentence."""
    if caller.kind == "mode":
        record = RECORDS.get(caller.name)
        if record is None:
            return caller.name, "", caller.name
        return record.label, _OF_MODE.get(caller.name, ""), _ASKS.get(caller.name, caller.name)
    if caller.users == "unauthenticated":
        return caller.name, "guests", f"a guest with the role `{caller.name}`"
    if caller.users == "authenticated":
        return caller.name, "signed-in users", f"a signed-in user with the role `{caller.name}`"
    if caller.kind in ("group", "iam-group"):
        kind = "group" if caller.kind == "group" else "IAM group"
        return caller.name, kind, f"a member of the {kind} `{caller.name}`"
    return caller.name, caller.kind, f"the {caller.kind} `{caller.name}`"


_OF_MODE = {
    "API_KEY": "no sign-in",
    "AWS_IAM": "before policies",
    "AMAZON_COGNITO_USER_POOLS": "any user",
    "OPENID_CONNECT": "any user",
    "AWS_LAMBDA": "authorizer",
}
_ASKS = {
    "API_KEY": "anyone with the API key",
    "AWS_IAM": "an IAM principal whose policies allow everything",
    "AMAZON_COGNITO_USER_POOLS": "a user of the pool who is in no group",
    "OPENID_CONNECT": "a user of the OpenID Connect issuer",
    "AWS_LAMBDA": "a caller that the Lambda authorizer accepts",
}
