"""The bodies of HTTP messages, unpacked; what they ask for and what they answer.

In: what a capture holds of a body. Out: text, Asked, errors. A body is never shown.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from cdk_appsync_guard.diagnosis.exchange import Asked, Told

__all__ = ["asked_of", "decode_base64", "parse", "plain_type", "told_by", "unpack"]

_MOST_BYTES = 16_000_000
_MOST_ERRORS = 200
_MOST_ROOTS = 50
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BY_GZIP = 31  # zlib's name for "a gzip header is there"


def unpack(text: str, encoding: str, content_encoding: str) -> str:
    """Return a body as text: base64 is undone, and then gzip, deflate, br or zstd."""
    data = decode_base64(text) if encoding == "base64" else None
    if data is None:
        return text
    return _decompress(data, content_encoding.lower()).decode("utf-8", "replace")


def decode_base64(text: str) -> bytes | None:
    """Return what base64 holds, in either alphabet and with or without padding."""
    plain = "".join(text.split()).translate(_STANDARD).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None


def parse(text: str | bytes) -> Any:
    """Return the JSON value, None if it is none."""
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def asked_of(text: str, query: Mapping[str, str]) -> Asked:
    """Return what a request asks for: by its body, or by its URL."""
    value = parse(text) if text else dict(query)
    if value is None and text:
        form = dict(parse_qsl(text[:_MOST_BYTES])) if text.startswith("query=") else None
        value = form or {"query": text}
    batch = len(value) if isinstance(value, list) else 0
    if isinstance(value, list):
        value = next(iter(value), None)
    if not isinstance(value, dict):
        return Asked(batch=batch)
    return _asked(value, batch)


def _asked(value: dict[str, Any], batch: int) -> Asked:
    text, name = value.get("query"), value.get("operationName")
    extensions = value.get("extensions")
    if isinstance(extensions, str):
        extensions = parse(extensions)
    is_persisted = isinstance(extensions, dict) and "persistedQuery" in extensions
    variables = value.get("variables")
    asked = Asked(
        name=name if isinstance(name, str) else None,
        text=text if isinstance(text, str) else "",
        variables=variables if isinstance(variables, dict) else {},
        batch=batch,
        is_persisted=is_persisted and not isinstance(text, str),
    )
    return _read(asked) if asked.text else asked


def _read(asked: Asked) -> Asked:
    """Return it with the operation's kind and root fields; unknown if it is not GraphQL."""
    from dataclasses import replace  # noqa: PLC0415 - beside the parser that few bodies need

    from cdk_appsync_guard.access.document import Invalid, read_operation  # noqa: PLC0415
    from cdk_appsync_guard.errors import InputError  # noqa: PLC0415

    try:
        operation = read_operation(asked.text, asked.name)
    except InputError:
        return asked
    if isinstance(operation, Invalid):
        return asked
    roots: list[str] = []
    waiting = list(reversed(operation.selections))
    seen: set[str] = set()
    while waiting and len(roots) < _MOST_ROOTS:
        node = waiting.pop()
        if node.kind == "field":
            roots.append(node.name.value)
            continue
        if node.kind == "fragment_spread":
            if node.name.value in seen or node.name.value not in operation.fragments:
                continue
            seen.add(node.name.value)
            node = operation.fragments[node.name.value]
        waiting.extend(reversed(node.selection_set.selections))
    return replace(
        asked,
        kind=operation.kind,
        name=operation.name or asked.name,
        roots=tuple(dict.fromkeys(roots)),
    )


def told_by(value: Any, error_type: str = "") -> tuple[Told, ...]:
    """Return the errors of an answer's JSON: GraphQL's, or those of AWS services as such."""
    if isinstance(value, list):
        return tuple(one for item in value[:_MOST_ERRORS] for one in told_by(item, error_type))
    if not isinstance(value, dict):
        return ()
    errors = value.get("errors")
    if isinstance(errors, dict):
        errors = [errors]
    if isinstance(errors, list):
        return tuple(_told(one, error_type) for one in errors[:_MOST_ERRORS])
    message = value.get("message", value.get("Message"))
    named = value.get("__type") or error_type
    if isinstance(message, str) or (named and "data" not in value):
        return (Told(message if isinstance(message, str) else "", plain_type(named) or None),)
    return ()


def plain_type(name: Any) -> str:
    """Return an error type without the package before it and the URL behind it."""
    return name.rpartition("#")[2].partition(":http")[0] if isinstance(name, str) else ""


def _told(error: Any, error_type: str) -> Told:
    if not isinstance(error, dict):
        return Told(error if isinstance(error, str) else "", error_type or None)
    message, path, code = error.get("message"), error.get("path"), error.get("errorCode")
    extensions = error.get("extensions")
    inner = extensions.get("errorType") if isinstance(extensions, dict) else None
    named = plain_type(error.get("errorType") or inner) or plain_type(error_type)
    steps = path if isinstance(path, list) else []
    return Told(
        message if isinstance(message, str) else "",
        named or None,
        tuple(step for step in steps if isinstance(step, str)),
        code if isinstance(code, int) else None,
    )


def _decompress(data: bytes, encoding: str) -> bytes:
    """Return what is packed, up to a limit; what cannot be unpacked stays as it is."""
    try:
        if data.startswith(_GZIP):
            return zlib.decompressobj(_BY_GZIP).decompress(data, _MOST_BYTES)
        if data.startswith(_ZSTD):
            import zstandard  # noqa: PLC0415 - few bodies need it

            with zstandard.ZstdDecompressor().stream_reader(data) as reader:
                return reader.read(_MOST_BYTES)
        if "br" in encoding:
            import brotli  # noqa: PLC0415 - few bodies need it

            return bytes(brotli.Decompressor().process(data, output_buffer_limit=_MOST_BYTES))
        if "deflate" in encoding:
            return zlib.decompressobj().decompress(data, _MOST_BYTES)
    except Exception:  # noqa: BLE001 - three libraries, each with its own error
        return data
    return data


_STANDARD = str.maketrans("-_", "+/")
