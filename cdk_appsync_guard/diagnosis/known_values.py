"""What a request carries → the same exchange, with those values taken out of what it was answered.

In: an Exchange. Out: an Exchange whose errors repeat none of the request's own values: AppSync and
resolvers quote arguments, claims and headers in their messages, and no pattern tells a password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cdk_appsync_guard.diagnosis.exchange import Exchange, Told
from cdk_appsync_guard.diagnosis.tokens import read_token

__all__ = ["without_known_values"]

_SHORTEST = 6
_LONGEST = 2000
_MOST_VALUES = 200
_MOST_VISITED = 2000
_MOST_MESSAGE = 20_000
_OWN_WORDS = ("Not Authorized to access ", "Cannot return null for ", "Unauthorized on [")
_PLAIN_HEADERS = frozenset(
    {"host", ":authority", "content-type", "accept", "connection", "upgrade", "x-amz-date"}
)
_PLAIN_CLAIMS = frozenset({"iss", "token_use"})
_QUOTES = "\"'"


def without_known_values(exchange: Exchange) -> Exchange:
    """Return the exchange with errors that repeat nothing of what the request carries."""
    answer = exchange.answer
    if not any(map(_could_repeat, answer.errors)):
        return exchange
    known = sorted(set(_first(_values(exchange))), key=len, reverse=True)
    if not known:
        return exchange
    errors = tuple(_without(told, known) if _could_repeat(told) else told for told in answer.errors)
    return replace(exchange, answer=replace(answer, errors=errors))


def _could_repeat(told: Told) -> bool:
    return len(told.message) >= _SHORTEST and not told.message.startswith(_OWN_WORDS)


def _without(told: Told, known: list[str]) -> Told:
    message = told.message[:_MOST_MESSAGE]
    for value in known:
        if value in message:
            message = message.replace(value, "…")
    return replace(told, message=message)


def _first(values: Iterator[str]) -> Iterator[str]:
    number = 0
    for value in values:
        if _SHORTEST <= len(value) <= _LONGEST:
            number += 1
            yield value
        if number >= _MOST_VALUES:
            return


def _values(exchange: Exchange) -> Iterator[str]:
    for headers in (exchange.authorization, exchange.sent.headers):
        yield from _of_headers(headers or {})
    yield from _texts(exchange.asked.variables)
    yield from _literals(exchange.asked.text)


def _of_headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if name in _PLAIN_HEADERS:
            continue
        yield value
        bare = value.rpartition(" ")[2]
        yield bare
        token = read_token(bare.strip(_QUOTES)) if name == "authorization" else None
        if token is not None:
            claims = token.claims
            yield from _texts({name: claims[name] for name in claims if name not in _PLAIN_CLAIMS})


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value of JSON, however deep it is."""
    waiting, visited = [value], 0
    while waiting and visited < _MOST_VISITED:
        visited += 1
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _literals(document: str) -> Iterator[str]:
    """Yield the texts between the quotes of a document; one that is too long is cut."""
    parts = document[:_MOST_MESSAGE].split('"')
    yield from parts[1::2]
