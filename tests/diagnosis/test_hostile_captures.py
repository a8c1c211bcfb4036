"""Malformed, truncated and hostile captures end with an exit code and a sentence, whatever they are."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from diagnosis.captures import KEY, entry, har, jwt, refusal
from diagnosis.planted import F1, PLANTED, one
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.diagnosis.run import Wanted, diagnose_captures
from cdk_appsync_guard.errors import GuardError

TEXTS = [text for planted in PLANTED if not planted.template for text in planted.texts().values()]
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(folder: Path, data: bytes) -> None:
    """Diagnose the bytes as a file; only a GuardError may come of it."""
    file = folder / "capture"
    file.write_bytes(data)
    try:
        outcome = diagnose_captures([str(file)], Wanted(now=0.0, redacts=True))
    except GuardError:
        return
    assert outcome.failed >= len(outcome.groups) >= 0


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["authorization", "x-api-key", "wss://a.appsync-realtime-api.b", jwt(), KEY, "\ud800", "AWS4-HMAC-SHA256 Credential=////"])
)  # fmt: skip
NAMES = st.sampled_from(
    ["log", "entries", "request", "response", "headers", "name", "value", "url", "status", "content", "text", "postData", "_webSocketMessages", "data", "type", "errors", "message", "errorType", "path", "events", "timestamp", "results", "Records", "eventSource", "additionalEventData", "payload", "logType", "context", "startedDateTime", "encoding"]
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)


@QUIET
@given(data=st.binary(max_size=400))
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    read(tmp_path, data)


@settings(QUIET, max_examples=25)
@given(tree=TREES)
def test_any_json(tree: Any, tmp_path: Path) -> None:
    read(tmp_path, json.dumps(tree).encode())


@QUIET
@given(
    tree=TREES,
    name=st.sampled_from(["request", "response", "_webSocketMessages", "startedDateTime"]),
)
def test_an_entry_with_any_part(tree: Any, name: str, tmp_path: Path) -> None:
    made = entry({"x-api-key": KEY}, 401, refusal("Permission denied"))
    read(tmp_path, json.dumps(har({**made, name: tree})).encode())


@QUIET
@given(text=st.sampled_from(TEXTS), part=st.floats(0, 1))
def test_a_capture_that_is_cut_off(text: str, part: float, tmp_path: Path) -> None:
    data = text.encode()
    read(tmp_path, data[: int(len(data) * part)])


@QUIET
@given(text=st.sampled_from(TEXTS), data=st.data())
def test_a_capture_with_other_bytes_in_it(text: str, data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read(tmp_path, bytes(raw))


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return buffer.getvalue()


HOSTILE = {
    "empty": b"",
    "nul": b"\0" * 1000,
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "deep entry": b'{"log":{"entries":[' + b"[" * 100_000,
    "deep entry that is closed": b'{"log":{"entries":[' + b"[" * 3000 + b"]" * 3000 + b"]}}",
    "deep body": json.dumps(har(entry(status=401, body="[" * 20_000))).encode(),
    "deep query": json.dumps(har(entry(status=401, body=refusal("x"), query="{a" * 5000))).encode(),
    "one long string": b'{"log":{"entries":["' + b"a" * 3_000_000,
    "backslashes": b'{"log":{"entries":["' + b"\\" * 3_000_001 + b'"]}}',
    "quotes": b'"' * 200_000,
    "commas": b"[" + b"," * 200_000,
    "colon": b"{:",
    "a long line": b"2026-07-01T12:00:00Z " + b"x" * 3_000_000,
    "many headers": b"POST / HTTP/1.1\n" + b"a: b\n" * 50_000,
    "header without end": b"GET / HTTP/1.1\n" + b"a" * 2_000_000,
    "csv quotes": b"timestamp,message\n" + b'"' * 500_001,
    "csv nul": b"timestamp,message\n\0,\0\n",
    "gzip cut off": gzip.compress(TEXTS[0].encode())[:-20],
    "gzip of nothing": gzip.compress(b""),
    "gzip twice": gzip.compress(gzip.compress(TEXTS[0].encode())),
    "zip broken": zipped(a_har="{}")[:40],
    "zip without captures": zipped(a_png="x"),
    "utf-16": "﻿hello".encode("utf-16"),
    "braces": b"Unauthorized " + b"{" * 100_000,
    "tokens": b"eyJ" * 100_000,
    "dots": b"eyJ." + b"." * 100_000,
    "message of digits": json.dumps(
        {"events": [{"timestamp": "9" * 400, "message": "x"}]}
    ).encode(),
    "moments": json.dumps({"events": [{"timestamp": 1e308, "message": "{}"}]}).encode(),
    "huge claims": json.dumps(
        one(
            {"Authorization": jwt(exp=10**30, iat=-(10**30), nbf="x")}, body=refusal("Unauthorized")
        )["app.har"]
    ).encode(),
    "infinite dates": json.dumps(
        one(
            {"x-api-key": KEY},
            body=refusal("x"),
            answer_headers={"Date": "Wed, 99 Foo 99999 99:99:99 GMT"},
        )["app.har"]
    ).encode(),
    "packed body": json.dumps(
        har(
            entry(status=200, body="x")
            | {
                "response": {
                    "status": 200,
                    "headers": [{"name": "content-encoding", "value": "br"}],
                    "content": {"encoding": "base64", "text": "H4sIAAAA"},
                }
            }
        )
    ).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_captures(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "capture").write_bytes(HOSTILE[name])

    code = main(["diagnose", str(tmp_path / "capture")])
    said = capsys.readouterr()

    assert code in (0, 1, 2)
    assert "fault of the tool" not in said.err
    assert code != 2 or said.err.startswith("error: ")


def test_what_is_no_capture_says_what_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("the app is broken")

    assert main(["diagnose", str(tmp_path / "notes.txt")]) == 2
    said = capsys.readouterr().err
    assert "is not a capture that `diagnose` can read" in said
    assert "pass a HAR file, CloudWatch Logs" in said


def test_a_har_that_is_cut_off_is_diagnosed_as_far_as_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(har(entry({"x-api-key": KEY}, 200, F1), entry({"x-api-key": KEY}, 200, F1)))
    (tmp_path / "app.har").write_text(text[:-600])

    assert main(["diagnose", str(tmp_path / "app.har"), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert len(found["diagnoses"]) == 1
    assert "cut off" in found["notices"][0]["text"]
