"""Captures made by hand: HAR entries, tokens, log lines, as the tools of people write them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=timezone.utc)
EPOCH = int(NOW.timestamp())
API_ID = "abcdefghijklmnopqrstuvwxyz"
HOST = f"{API_ID}.appsync-api.us-east-1.amazonaws.com"
REALTIME = f"{API_ID}.appsync-realtime-api.us-east-1.amazonaws.com"
URL = f"https://{HOST}/graphql"
POOL = "us-east-1_AbCdEfGhI"
ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"
KEY = "da2-abcdefghijklmnopqrstuvwxyz"
QUERY = "query GetPost { getPost(id: 1) { id title } }"
REQUEST_ID = "11111111-2222-3333-4444-555555555555"


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(**claims: Any) -> str:
    """Return an access token of the pool, valid for an hour around NOW, with other claims."""
    usual = {
        "sub": "5f0c1d2e-aaaa-bbbb-cccc-0123456789ab",
        "iss": ISSUER,
        "client_id": "3n4b5urk1ft4fl3mg5e62d9ado",
        "token_use": "access",
        "auth_time": EPOCH - 600,
        "iat": EPOCH - 600,
        "exp": EPOCH + 3000,
        "username": "ada",
    }
    body = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return f"{part({'kid': 'k1', 'alg': 'RS256'})}.{part(body)}.c2lnbmF0dXJl"


def signed(  # noqa: PLR0913 - each is a part of a signature
    *,
    service: str = "appsync",
    region: str = "us-east-1",
    date: str = "20260701T120000Z",
    scope_date: str | None = None,
    key: str = "AKIAIOSFODNN7EXAMPLE",
    token: str | None = None,
    signed_headers: str = "host;x-amz-date",
) -> dict[str, str]:
    scope = f"{key}/{scope_date or date[:8]}/{region}/{service}/aws4_request"
    value = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed_headers}, Signature={'a1' * 32}"
    headers = {"Authorization": value, "X-Amz-Date": date}
    return headers | ({"X-Amz-Security-Token": token} if token else {})


def refusal(message: str | None, error_type: str = "UnauthorizedException") -> dict[str, Any]:
    error = {"errorType": error_type} | ({} if message is None else {"message": message})
    return {"errors": [error]}


def denied(coordinate: str, *path: str | int) -> dict[str, Any]:
    type_name, _, name = coordinate.partition(".")
    return {
        "path": list(path or (name,)),
        "data": None,
        "errorType": "Unauthorized",
        "errorInfo": None,
        "locations": [{"line": 1, "column": 9, "sourceName": None}],
        "message": f"Not Authorized to access {name} on type {type_name}",
    }


def pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def entry(
    headers: Mapping[str, str] | None = None,
    status: int = 401,
    body: Any = None,
    *,
    query: str = QUERY,
    url: str = URL,
    answer_headers: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    sent = {"Host": HOST, "Content-Type": "application/json", **(headers or {})}
    answered = {
        "Date": format_datetime(NOW, usegmt=True),
        "x-amzn-RequestId": REQUEST_ID,
        **(answer_headers or {}),
    }
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "startedDateTime": "2026-07-01T12:00:00.000Z",
        "time": 80,
        "request": {
            "method": "POST",
            "url": url,
            "httpVersion": "h2",
            "headers": pairs(sent),
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": -1,
            "postData": {
                "mimeType": "application/json",
                "text": json.dumps({"query": query, "variables": {}}),
            },
        },
        "response": {
            "status": status,
            "statusText": "",
            "httpVersion": "h2",
            "headers": pairs(answered),
            "cookies": [],
            "content": {"size": len(text), "mimeType": "application/json", "text": text},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 80, "receive": 0},
        **more,
    }


COOKIE_PAGE = {
    "startedDateTime": "2026-07-01T11:59:59.000Z",
    "request": {
        "method": "GET",
        "url": "https://app.example.com/",
        "headers": [{"name": "Cookie", "value": "session=hunter2"}],
    },
    "response": {"status": 200, "headers": [], "content": {"text": "<html>"}},
}
"""Traffic that a sanitized export would not hold like this: it proves that headers are whole."""


def har(
    *entries: Mapping[str, Any], sanitized: bool = False, creator: str = "WebInspector"
) -> dict[str, Any]:
    listed: Sequence[Any] = entries if sanitized else (COOKIE_PAGE, *entries)
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": creator, "version": "537.36"},
            "pages": [],
            "entries": list(listed),
        }
    }
