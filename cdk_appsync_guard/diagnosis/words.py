"""What captures hold → what may be shown of it: no token, no key, no address, no id of a person.

The only place from which words of a capture go into a Diagnosis.
"""

from __future__ import annotations

import re

from cdk_appsync_guard.appsync.modes import RECORDS
from cdk_appsync_guard.diagnosis.exchange import Asked
from cdk_appsync_guard.redact import redact, stub

__all__ = ["CALLED", "clean", "clean_id", "name_of", "operation_of", "word"]

CALLED = {one.name: one.credential for one in RECORDS.values()}
"""How a sentence calls the credential of a mode."""

_MOST = 400
_DENIED = re.compile(r"Not Authorized to access (\w{1,120}) on type (\w{1,120})")
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,99}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,256}@[\w.-]{3,255}")
_UUID = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_LONG = re.compile(r"(?<![\w+/=.-])[\w+/=.-]{20,}")
_NUMBERS = re.compile(r"(?<![\w.])[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w.])")
_QUOTED = re.compile(r"Value\{value=[^}]{1,400}")  # AppSync quotes an argument that is not valid
_PHONE = re.compile(r"(?<![\w+])\+[0-9]{7,15}(?![0-9])")
_PART = re.compile(r"[\w+=-]+")
_LONG_PART = 20
_MANY_DIGITS = 6
_HYPHENS = 4


def clean(text: str) -> str:
    """Return the words of a server or client without what is secret in them, and not too long."""
    named = _DENIED.fullmatch(text)
    if named is not None:
        return f"Not Authorized to access {name_of(named[1])} on type {name_of(named[2])}"
    text = redact(text[: 4 * _MOST])
    text = _NUMBERS.sub("…", _QUOTED.sub("Value{value=…", text))
    text = _ADDRESS.sub(lambda found: "…@…" if found else "", text)
    text = _UUID.sub(lambda found: stub(found[0]), text)
    text = _PHONE.sub("+…", text)
    text = _LONG.sub(_shorten, text)
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def clean_id(text: str) -> str:
    """Return a request's id as it is, which is not a secret; other text of a client is."""
    plain = text[:64]
    return plain if plain.replace("-", "").isalnum() and plain.count("-") == _HYPHENS else ""


def word(text: str) -> str:
    """Return a short word of a protocol as it is, and anything else as a stub."""
    return text if _WORD.fullmatch(text) and _is_word(text) else stub(text)


def name_of(text: str) -> str:
    """Return a name of GraphQL as it is, and anything else as a stub."""
    digits = sum(letter.isdigit() for letter in text)
    looks_random = len(text) >= _LONG_PART and digits >= _MANY_DIGITS
    is_name = _NAME.fullmatch(text) is not None and redact(text) == text
    return text if is_name and not looks_random else stub(text)


def operation_of(asked: Asked) -> str | None:
    """Return ``query GetPost``, or the root fields of an operation without a name."""
    if asked.kind is None and asked.name is None:
        return None
    called = name_of(asked.name) if asked.name else ", ".join(map(name_of, asked.roots[:3]))
    return " ".join(part for part in (asked.kind or "operation", called) if part)


def _shorten(found: re.Match[str]) -> str:
    return _PART.sub(lambda part: part[0] if _is_word(part[0]) else stub(part[0]), found[0])


def _is_word(text: str) -> bool:
    """Return whether it reads as a name: a long mixture of letters and digits does not."""
    if len(text) < _LONG_PART:
        return True
    return not any(letter.isdigit() for letter in text) or "_" in text
