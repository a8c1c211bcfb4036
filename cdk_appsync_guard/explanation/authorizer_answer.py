"""What a Lambda authorizer returns → whether AppSync lets the request in, and which fields not.

In: the result as JSON has it, and the schema. Out: Verdict. Nothing runs the function.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.appsync.schema import Schema

__all__ = ["Verdict", "read_verdict"]

_FIELD = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\.[_A-Za-z][_0-9A-Za-z]*")
_ARN = re.compile(r"arn:[^:]+:appsync:[^:]*:[^:]*:apis/[^/]+/types/(\w+)/fields/(\w+)")
_OF_A_GATEWAY = ("policyDocument", "principalId", "statusCode")
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """``admits`` is None where AWS does not say. ``denied`` are the entries that have effect."""

    admits: bool | None
    reason: str = ""
    question: str = ""
    denied: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def read_verdict(result: Any, schema: Schema) -> Verdict:
    """Return what AppSync makes of the result."""
    if not isinstance(result, dict) or "isAuthorized" not in result:
        return Verdict(False, _explain_missing(result))
    admits = result["isAuthorized"]
    if admits is False or admits is None:
        return Verdict(False, f"the authorizer returns `isAuthorized: {_shown(admits)}`")
    question = ""
    if admits is not True:
        admits = None
        question = "AWS does not say what AppSync does with an `isAuthorized` that is not a boolean"
    listed = result.get("deniedFields")
    if listed is not None and not isinstance(listed, list):
        question = "AWS does not say what AppSync does with `deniedFields` that are not a list"
        return Verdict(None, "", question)
    entries = [one for one in listed or () if isinstance(one, str)][:_MOST]
    denied = frozenset(one for one in entries if _FIELD.fullmatch(one) or _ARN.fullmatch(one))
    return Verdict(admits, "", question, denied, tuple(_notes(entries, result, schema)))


def _explain_missing(result: Any) -> str:
    if isinstance(result, dict) and "errorMessage" in result:
        return "the authorizer throws an error"
    if isinstance(result, dict) and any(key in result for key in _OF_A_GATEWAY):
        return "the authorizer responds as for API Gateway, without `isAuthorized`"
    return "the authorizer's result has no `isAuthorized`"


def _notes(entries: list[str], result: dict[str, Any], schema: Schema) -> Iterator[str]:
    for entry in entries:
        found = _ARN.fullmatch(entry)
        name = f"{found[1]}.{found[2]}" if found else entry
        if not _FIELD.fullmatch(name):
            yield f"the entry `{entry}` of `deniedFields` has no effect: it is not `Type.field`"
            continue
        type_name, _, field = name.partition(".")
        known = schema.types.get(type_name)
        if known is None or field not in known.fields:
            yield f"the entry `{entry}` of `deniedFields` has no effect: there is no such field"
    context = result.get("resolverContext")
    if isinstance(context, dict) and any(isinstance(one, (dict, list)) for one in context.values()):
        yield "`resolverContext` holds nested values, which AppSync does not support"


def _shown(value: bool | None) -> str:  # noqa: FBT001 - it is shown, not obeyed
    return "null" if value is None else str(value).lower()
