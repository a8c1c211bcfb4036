"""AppSync's subscription protocol → Exchanges: the handshake, and each subscription over it.

https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_appsync_guard.diagnosis.bodies import asked_of, decode_base64, parse, told_by
from cdk_appsync_guard.diagnosis.exchange import Answer, Asked, Exchange, Sent, Told
from cdk_appsync_guard.errors import Location

__all__ = ["handshake_of", "read_socket"]

_MOST_SUBSCRIPTIONS = 1000
_SWITCHING = 101
_WITH_ERRORS = ("error", "connection_error")


@dataclass
class _Talk:
    """What has been said over one socket."""

    told: tuple[Told, ...] = ()
    is_acknowledged: bool = False
    foreign: str = ""  # a message that AppSync's protocol does not have
    asked: dict[str, Asked] = field(default_factory=dict)
    credentials: dict[str, Mapping[str, str]] = field(default_factory=dict)
    answers: dict[str, tuple[Told, ...]] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)


def handshake_of(sent: Sent) -> Mapping[str, str] | None:
    """Return what the handshake carries instead of headers, None if it carries nothing.

    It is base64 of JSON: in the query parameter ``header``, or behind ``header-`` in a subprotocol.
    """
    given = sent.query.get("header")
    if given is None:
        carried = (one for one in sent.protocols if one.startswith("header-"))
        given = next((one.removeprefix("header-") for one in carried), None)
    if given is None:
        return None
    data = decode_base64(given.replace(" ", "+"))
    return _texts(parse(data) if data else None)


def read_socket(
    sent: Sent,
    status: int | None,
    frames: Sequence[Mapping[str, Any]],
    at: Location,
    headers: Mapping[str, str],
) -> Iterator[Exchange]:
    """Yield the handshake and the subscriptions that were started over it."""
    talk = _Talk()
    for index, frame in enumerate(frames):
        text = frame.get("data")
        message = parse(text) if isinstance(text, str) else None
        if isinstance(message, dict):
            place = replace(at, path=f"{at.path}/_webSocketMessages/{index}")
            _hear(talk, message, place, is_sent=frame.get("type") == "send")
    broken = status not in (None, _SWITCHING, 200)
    answer = Answer(
        status=status if broken else None,
        headers=headers,
        errors=talk.told or (Told(talk.foreign, "protocol"),) if talk.foreign else talk.told,
        network_error="no answer" if status == 0 else "",
    )
    request_id = headers.get("x-amzn-requestid", "")
    given = handshake_of(sent)
    yield Exchange("handshake", at, sent, answer, authorization=given, request_id=request_id)
    for key, asked in talk.asked.items():
        told = talk.answers.get(key, ())
        yield Exchange(
            "subscription",
            talk.places[key],
            sent,
            Answer(errors=told),
            asked,
            authorization=talk.credentials.get(key) or given,
        )


def _hear(talk: _Talk, message: Mapping[str, Any], at: Location, *, is_sent: bool) -> None:
    kind, key, payload = message.get("type"), message.get("id"), message.get("payload")
    name = key if isinstance(key, str) else ""
    if is_sent and kind == "start":
        _start(talk, name, payload, at)
    elif is_sent and kind == "subscribe":
        talk.foreign = "subscribe"
        _start(talk, name, payload, at)
    elif kind == "connection_ack":
        talk.is_acknowledged = True
    elif kind == "connection_error" or (kind == "error" and name not in talk.asked):
        talk.told += told_by(payload) or (Told("", "connection_error"),)
    elif kind in ("error", "data", "next"):
        talk.answers[name] = talk.answers.get(name, ()) + told_by(payload)[:_MOST_ERRORS]


def _start(talk: _Talk, name: str, payload: Any, at: Location) -> None:
    if not isinstance(payload, dict) or len(talk.asked) >= _MOST_SUBSCRIPTIONS:
        return
    data = payload.get("data")
    talk.asked[name] = asked_of(data, {}) if isinstance(data, str) else _direct(payload)
    extensions = payload.get("extensions")
    carried = extensions.get("authorization") if isinstance(extensions, dict) else None
    if isinstance(carried, dict):
        talk.credentials[name] = _texts(carried) or {}
    talk.places[name] = at


def _direct(payload: Mapping[str, Any]) -> Asked:
    """Return what a client of another protocol asks for, which does not wrap it."""
    import orjson  # noqa: PLC0415 - once in a while

    return asked_of(orjson.dumps({"query": payload.get("query")}).decode(), {})


def _texts(value: Any) -> dict[str, str] | None:
    if not isinstance(value, dict):
        return None
    return {key.lower(): item for key, item in value.items() if isinstance(item, str)}


_MOST_ERRORS = 50
