from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from explain.template import write

from cdk_appsync_guard import Explanation, ScanOptions, explain

API = "arn:aws:appsync:eu-west-1:111122223333:apis/abcdef"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ask(resource: Any, region: str | None = None, name: str = "policy.json") -> Explanation:
    path = write(Path.cwd(), {"default": "AWS_IAM", "sdl": "type Query { a: Int b: Int }"})
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resource}
    Path(name).write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    options = ScanOptions(region=region)
    return explain(str(path), as_=f"iam:{name}", query="{ a }", options=options)


@pytest.mark.parametrize(
    ("resource", "outcome"),
    [
        ("*", "allowed"),
        (f"{API}/*", "allowed"),
        (f"{API}/types/Query/fields/a", "allowed"),
        (f"{API}/types/Query/fields/b", "denied"),
        ([f"{API}/types/Query/fields/b", f"{API}/types/Query/*"], "allowed"),
        (API, "denied"),
        (f"{API.replace(':apis', ':/apis')}/*", "denied"),
        ({"Fn::Sub": "${Api.Arn}/*"}, "allowed"),
        ("arn:aws:appsync:*:*:apis/*/types/Query/fields/a", "allowed"),
        ("arn:aws:s3:::bucket/*", "denied"),
        ([f"{API}/*", f"{API}x/*"], "undecided"),
    ],
)
def test_api_that_the_policy_spells_out_is_this_one(resource: Any, outcome: str) -> None:
    assert ask(resource).outcome == outcome


def test_api_of_another_region_is_another_one() -> None:
    assert ask(f"{API}/*", region="eu-west-1").outcome == "allowed"
    assert ask(f"{API}/*", region="us-east-1").outcome == "denied"


def test_what_was_taken_for_granted_is_said() -> None:
    assert ask(f"{API}/*").notes[0] == "`apis/abcdef` in the policy is taken to mean this API"


def test_file_of_any_name_is_a_policy() -> None:
    assert ask("*", name="policy").outcome == "allowed"
