"""A CloudTrail data event → an Exchange: who called, in which mode, which fields were denied.

https://docs.aws.amazon.com/appsync/latest/devguide/cloudtrail-logging.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.diagnosis.bodies import parse, told_by
from cdk_appsync_guard.diagnosis.exchange import Answer, Asked, Exchange, Sent, Told, Trail
from cdk_appsync_guard.diagnosis.log_lines import coordinates
from cdk_appsync_guard.errors import Location

__all__ = ["is_record", "read_record"]

_SOURCE = "appsync.amazonaws.com"
_ROLE_PARTS = 3


def is_record(value: Any) -> bool:
    """Return whether it is an event of CloudTrail, of whatever service."""
    return isinstance(value, dict) and isinstance(_pick(value, "eventSource"), str)


def read_record(value: Mapping[str, Any], at: Location) -> Exchange | None:
    """Return what the event tells, None if it is not about a request to an API."""
    if _pick(value, "eventSource") != _SOURCE or _pick(value, "eventCategory") == "Management":
        return None
    extra = _part(value, "additionalEventData")
    results = _part(extra, "fieldAuthorizationResults")
    modes = extra.get("authType")
    listed = modes if isinstance(modes, list) else [modes]
    trail = Trail(
        modes=tuple(one for one in listed if one in MODES),
        allowed=coordinates(results.get("allowedFields")),
        denied=coordinates(results.get("deniedFields")),
        role=_role(_part(value, "userIdentity")),
        at=at,
    )
    code, name = _pick(value, "errorCode"), extra.get("operationName")
    request_id = _pick(value, "requestID")
    return Exchange(
        "trail",
        at,
        Sent(started=_moment(_pick(value, "eventTime"))),
        _answer(value, code if isinstance(code, str) else "", trail),
        Asked(name=name if isinstance(name, str) else None),
        request_id=request_id if isinstance(request_id, str) else "",
        trail=trail,
    )


def _answer(value: Mapping[str, Any], code: str, trail: Trail) -> Answer:
    if code:
        message = _pick(value, "errorMessage")
        text = message if isinstance(message, str) else ""
        errors = told_by(parse(text)) or (Told(text, "UnauthorizedException"),)
        return Answer(status=401 if code == "AccessDenied" else None, errors=errors)
    if "AWS_LAMBDA" in trail.modes:  # the list is the authorizer's, whatever was asked for
        return Answer()
    errors = tuple(
        Told(f"Not Authorized to access {name} on type {parent}", "Unauthorized", (name,))
        for parent, name in (one.split(".") for one in trail.denied)
    )
    return Answer(errors=errors)


def _role(identity: Mapping[str, Any]) -> str:
    arn = identity.get("arn")
    parts = arn.rpartition(":")[2].split("/") if isinstance(arn, str) else []
    is_assumed = len(parts) == _ROLE_PARTS and parts[0] == "assumed-role"
    return parts[1][:64] if is_assumed else ""


def _pick(value: Mapping[str, Any], name: str) -> Any:
    """Return a member; Athena and Lake write the names in small letters."""
    return value.get(name, value.get(name.lower()))


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = _pick(value, name)
    found = parse(found) if isinstance(found, str) else found
    return found if isinstance(found, dict) else {}


def _moment(value: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(value)[:40].replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None
