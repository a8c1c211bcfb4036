"""A HAR of a browser, from file to exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from diagnosis.captures import EPOCH, KEY, denied, entry, har, jwt, refusal, signed

from cdk_appsync_guard.cli.main import main


def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *entries: Any, code: int = 1
) -> list[dict[str, Any]]:
    file = tmp_path / "app.har"
    file.write_text(json.dumps(har(*entries)))
    assert main(["diagnose", str(file), "--format", "json"]) == code
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["diagnoses"]
    return found


def test_what_went_well_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = entry({"x-api-key": KEY}, 200, {"data": {"getPost": {"id": "1"}}})

    assert run(tmp_path, capsys, good, code=0) == []


def test_color_paints_the_labels_and_is_not_shown_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "app.har"
    expired = entry({"Authorization": jwt(exp=EPOCH - 90)}, body=refusal("Token has expired."))
    file.write_text(json.dumps(har(expired)))
    main(["diagnose", str(file), "--color", "always"])
    painted = capsys.readouterr().out
    main(["diagnose", str(file), "--color", "never"])

    assert "\x1b[32;1mfix\x1b[0m: " in painted
    assert re.sub("\x1b\\[[0-9;]*m", "", painted) == capsys.readouterr().out


def test_a_401_and_a_denied_field_are_two_families(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"data": {"getPost": None}, "errors": [denied("Query.getPost")]}
    expired = entry({"Authorization": jwt(exp=EPOCH - 90)}, body=refusal("Token has expired."))

    found = run(tmp_path, capsys, expired, entry({"x-api-key": KEY}, 200, answer))

    assert [(one["family"], one["cause"], one["field"]) for one in found] == [
        ("request", "T4", None),
        ("field", None, "Query.getPost"),
    ]
    assert found[1]["candidates"][:2] == ["P1", "S1"]


def test_a_signature_for_another_region_is_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"message": "The request signature we calculated does not match the signature"}
    headers = {"x-amzn-ErrorType": "InvalidSignatureException:http://internal"}

    found = run(
        tmp_path, capsys, entry(signed(region="eu-west-1"), 403, body, answer_headers=headers)
    )

    assert (found[0]["family"], found[0]["cause"], found[0]["mode"]) == ("request", "T2", "AWS_IAM")
