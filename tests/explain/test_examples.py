"""The verified examples of AWS's documentation, issues and end-to-end tests, each as a request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from explain.template import NOW, jwt, write

from cdk_appsync_guard import Explanation, ScanOptions, explain
from cdk_appsync_guard.engine.options import _now

FOLDER = Path(__file__).parent
RESPONSES = json.loads((FOLDER.parent / "cases" / "responses.json").read_text(encoding="utf-8"))
EXAMPLES = [
    json.loads(line)
    for line in (FOLDER / "examples.jsonl").read_text(encoding="utf-8").splitlines()
]
CALLERS = {
    "API_KEY": "api-key",
    "AWS_IAM": "iam:policy.json",
    "OPENID_CONNECT": "oidc",
    "AWS_LAMBDA": "lambda:result.json",
}


def ask(folder: Path, case: dict[str, Any], caller: str) -> Explanation:
    sent = case.get("headers_with_jwt")
    if sent is not None:
        header = {"Authorization": sent["prefix"] + jwt(sent["claims"])}
        case.setdefault("files", {})["headers.json"] = header
    path = write(folder, case)
    return explain(str(path), as_=caller, query=case["query"], options=ScanOptions(now=_now(NOW)))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", RESPONSES["cases"], ids=lambda case: case["id"])
def test_directive_example(case: dict[str, Any], tmp_path: Path) -> None:
    listed = case.get("iam_allows", ["*"])
    resources: list[Any] = [
        {"Fn::Sub": "${Api.Arn}/" + ("*" if one == "*" else _path(one))} for one in listed
    ] or ["arn:aws:s3:::nothing"]
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resources}
    files = {"policy.json": {"Statement": statement}, "result.json": {"isAuthorized": True}}
    groups = ",".join(case.get("groups", ()))
    pool = f"cognito:groups={groups}" if groups else "cognito"
    full = {**case, "sdl": RESPONSES["schemas"][case["schema"]], "files": files}

    found = ask(tmp_path, full, CALLERS.get(case["mode"], pool))
    errors = [[one.get("path"), one["message"]] for one in (found.body or {}).get("errors", ())]
    denied = {one.coordinate for one in found.fields if one.outcome == "denied"}

    assert (found.status, errors) == (case["status"], case["errors"])
    assert bool(denied) == bool(errors) or case["id"].startswith("V34")
    assert found.succeeds == (not errors) or case["id"] == "V33-AWS_IAM"


def _path(coordinate: str) -> str:
    type_name, _, name = coordinate.partition(".")
    return f"types/{type_name}/fields/{name}"


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["id"])
def test_credential_example(case: dict[str, Any], tmp_path: Path) -> None:
    found = ask(tmp_path, case, case["as"])
    said = {
        ".".join(str(s) for s in one.path if not isinstance(s, int)): one for one in found.fields
    }

    assert found.status == case["status"]
    assert found.outcome == case["outcome"]
    if "body" in case:
        assert found.body == case["body"]
    if "errors" in case:
        assert [one["message"] for one in (found.body or {})["errors"]] == case["errors"]
    for path, outcome, decided_by in case.get("fields", ()):
        assert (said[path].outcome, said[path].decided_by) == (outcome, decided_by), path
    if "question" in case:
        assert case["question"] in found.questions


def test_every_example_has_its_number() -> None:
    numbers = {case["id"][:3] for case in (*RESPONSES["cases"], *EXAMPLES)}

    assert numbers == {f"V{number:02}" for number in range(1, 63)}
