"""One request and its answer, whatever the capture: HAR, logs, CloudTrail, text.

Plain, frozen values. What a capture does not tell is None or empty; what it lacks on purpose is
told apart from what was never sent (``Sent.is_stripped``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.errors import Location

__all__ = ["Answer", "Asked", "Exchange", "FieldLog", "LogTrace", "Sent", "Told", "Trail"]


@dataclass(frozen=True, slots=True)
class Told:
    """One error of an answer. ``path`` is as AppSync wrote it, without the list indices."""

    message: str
    error_type: str | None = None
    path: tuple[str, ...] = ()
    code: int | None = None  # of a WebSocket error


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. ``roots`` are the names of its root fields, as far as it can be read.

    ``text`` is the document itself, for judging and never for showing.
    """

    kind: str | None = None  # query, mutation or subscription
    name: str | None = None
    roots: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    batch: int = 0  # how many operations one request carries, if it carries a list
    is_persisted: bool = False  # only a hash of the document was sent


@dataclass(frozen=True, slots=True)
class Sent:
    """The request's side: its headers by lower-case name, and where each stands.

    ``headers`` is None if the capture holds none at all. ``is_stripped`` tells that the capture
    leaves out ``Authorization``, so that its absence proves nothing.
    """

    host: str = ""
    path: str = ""
    method: str = ""
    headers: Mapping[str, str] | None = None
    places: Mapping[str, Location] = field(default_factory=dict)
    is_stripped: bool = False
    started: float | None = None  # seconds since 1970
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    protocols: tuple[str, ...] = ()  # of a WebSocket handshake


@dataclass(frozen=True, slots=True)
class Answer:
    """The response's side. ``status`` is 0 if the request never got an answer."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Told, ...] = ()
    has_data: bool = False
    text: str = field(default="", repr=False)  # a body that is not JSON, cut
    network_error: str = ""


@dataclass(frozen=True, slots=True)
class FieldLog:
    """What a log tells of one step of a resolver."""

    coordinate: str
    step: str  # the log type
    resolver: str
    function: str
    errors: tuple[str, ...]
    in_error: bool
    at: Location


@dataclass(frozen=True, slots=True)
class LogTrace:
    """What the logs tell of one request.

    ``resolved`` are the fields whose resolver ran, ``failed`` the steps with an error.
    ``authorizer`` is what the authorizer's own log says: allowed, denied, error or timeout.
    """

    status: int | None = None
    resolved: tuple[str, ...] = ()
    failed: tuple[FieldLog, ...] = ()
    authorizer: str = ""
    denied_fields: tuple[str, ...] = ()
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """What a CloudTrail data event tells of one request."""

    modes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()  # coordinates
    denied: tuple[str, ...] = ()
    role: str = ""
    api_id: str = ""
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, its answer, and what else is known of it.

    ``channel``: http, handshake (of a WebSocket), subscription (a message over it), log, trail,
    answer (a body alone), console (what a client printed), or token (a token and nothing else).
    """

    channel: str
    at: Location
    sent: Sent = field(default_factory=Sent)
    answer: Answer = field(default_factory=Answer)
    asked: Asked = field(default_factory=Asked)
    authorization: Mapping[str, str] | None = None  # what a WebSocket carries instead of headers
    request_id: str = ""
    log: LogTrace | None = None
    trail: Trail | None = None
    client_error: str = ""  # the name of an error that a client raised by itself

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        if self.channel == "token":  # its judge will tell
            return True
        status = self.answer.status
        refused = status is not None and (status == 0 or status >= 400)  # noqa: PLR2004 - HTTP's
        return bool(refused or self.answer.errors or self.client_error or self.answer.network_error)
