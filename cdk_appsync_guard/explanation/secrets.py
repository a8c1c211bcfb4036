"""An Explanation → the same without what tells who the caller is.

In: an explanation, and whose it is. Out: ids and addresses of the caller's claims shortened; what
the user gave as the result of a data source stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cdk_appsync_guard.explanation.callers import Given
from cdk_appsync_guard.explanation.model import Explanation
from cdk_appsync_guard.explanation.tokens import claims_in, shorten

__all__ = ["without_identities"]

_SHORTEST = 8
_LIKE_AN_ID = re.compile(r"[^@\s]{1,200}@[^@\s]{1,200}|[\w+:|-]*\d[\w+:|-]*", re.ASCII)
_HEADERS = ("authorization", "x-api-key", "x-amz-security-token", "cookie")


def without_identities(
    explanation: Explanation, given: Given, results: Mapping[str, Any]
) -> Explanation:
    """Return the explanation with the caller's ids, addresses and credentials shortened."""
    secrets = dict.fromkeys(_secrets(given))
    if not secrets:
        return explanation
    shown = set(_texts(results))
    ordered = sorted(secrets, key=len, reverse=True)
    in_body = [one for one in ordered if one not in shown]

    def hide(text: str) -> str:
        for one in ordered:
            if one in text:
                text = text.replace(one, shorten(one))
        return text

    return replace(
        explanation,
        body=_replace(explanation.body, in_body) if in_body else explanation.body,
        fields=tuple(
            replace(one, reason=hide(one.reason), question=hide(one.question))
            for one in explanation.fields
        ),
        questions=tuple(map(hide, explanation.questions)),
        notes=tuple(map(hide, explanation.notes)),
    )


def _secrets(given: Given) -> Iterator[str]:
    token = given.token
    for name in _HEADERS:
        value = (given.headers or {}).get(name, "")
        if value:
            yield value
            token = token or claims_in(value)
    for text in _texts(token.claims if token is not None else {}):
        if len(text) >= _SHORTEST and _LIKE_AN_ID.fullmatch(text):
            yield text


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, Mapping)) and depth < 20:  # noqa: PLR2004 - no claims are deeper
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one, depth + 1)


def _replace(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for one in secrets:
            if one in value:
                value = value.replace(one, shorten(one))
        return value
    if isinstance(value, dict):
        return {name: _replace(one, secrets) for name, one in value.items()}
    return [_replace(one, secrets) for one in value] if isinstance(value, list) else value
