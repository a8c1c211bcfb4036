from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from explain.template import access_token, jwt, write

import cdk_appsync_guard
from cdk_appsync_guard import ScanOptions, assert_response, explain
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.errors import GuardError

SCHEMA = json.loads(
    Path(cdk_appsync_guard.__file__)
    .parent.joinpath("reporters", "explanation.schema.json")
    .read_text(encoding="utf-8")
)
SDL = """\
type Query {
  getPost(id: ID!): Post @aws_api_key @aws_iam
  posts: [Post] @aws_cognito_user_pools(cognito_groups: ["Editors"])
}
type Post @aws_api_key @aws_iam @aws_cognito_user_pools { id: ID! secret: String @aws_iam }
"""
API: dict[str, Any] = {
    "default": "API_KEY",
    "additional": ["AWS_IAM", "AMAZON_COGNITO_USER_POOLS"],
    "sdl": SDL,
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    write(tmp_path, API)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["explain", "template.json", *arguments])


def fields(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    run(*arguments, "--format", "json")
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    return {".".join(map(str, one["path"])): one for one in document["fields"]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("caller", "query", "code"),
    [
        ("api-key", "{ getPost(id: 1) { id } }", 0),
        ("api-key", "{ getPost(id: 1) { secret } }", 1),
        ("lambda", "{ getPost(id: 1) { id } }", 1),
        ("api-key", "{ getPost(id: 1) { nope } }", 1),
        ("api-key", "{ getPost(id: 1) { id }", 2),
        ("nobody", "{ getPost(id: 1) { id } }", 2),
        ("iam:Nobody", "{ getPost(id: 1) { id } }", 2),
        ("cognito:Editors", "{ posts { id } }", 2),
        ("cognito:groups=Editors", "{ posts { id } }", 0),
        ("cognito:groups=Other,Editors", "{ posts { id } }", 0),
        ("cognito", "{ posts { id } }", 1),
        ("api-key", "query A { posts { id } } query B { posts { id } }", 2),
        ("api-key", "missing.graphql", 2),
    ],
)
def test_exit_code(caller: str, query: str, code: int) -> None:
    assert run("--as", caller, query) == code


def test_json_says_who_decides_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    found = fields(capsys, "--as", "api-key", "{ p: getPost(id: 1) { id secret } posts { id } }")

    assert {path: (one["outcome"], one["code"]) for path, one in found.items()} == {
        "p": ("allowed", "directive"),
        "p.id": ("allowed", "directive"),
        "p.secret": ("denied", "mode-not-listed"),
        "posts": ("denied", "mode-not-listed"),
    }
    assert found["p.secret"]["decided_by"] == "directive"
    assert found["p.secret"]["place"]["file"] == "template.json"


def test_fix_is_the_edit_that_opens_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    run("--as", "api-key", "{ getPost(id: 1) { secret } }", "--format", "json")

    assert json.loads(capsys.readouterr().out)["fix"] == (
        "add `@aws_api_key` to `Post.secret`, which opens it to `API_KEY` callers"
    )


def test_group_that_is_asked_for_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    found = fields(capsys, "--as", "cognito:groups=Readers", "{ posts { id } }")

    assert found["posts"]["reason"] == (
        "`Query.posts` requires group `Editors`, and the caller is in `Readers`"
    )


def test_text_gives_answer_reason_and_fix(capsys: pytest.CaptureFixture[str]) -> None:
    run("--as", "cognito", "{ posts { id } }")
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]

    assert "HTTP 200 OK" in lines
    assert "fix   call it as a member of group `Editors`" in lines
    assert '"path": ["posts"],' in lines


def test_query_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"{ getPost(id: 1) { id } }"))
    monkeypatch.setattr(sys, "stdin", stream)

    assert run("--as", "api-key", "-") == 0


def test_query_comes_from_client_code(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "export const a = gql`query A { posts { id } }`\nconst b = gql`query B { nope }`"
    (here / "app.ts").write_text(code)

    assert run("--as", "cognito:groups=Editors", "app.ts", "--operation-name", "A") == 0
    assert run("--as", "cognito:groups=Editors", "--operations", "app.ts") == 2
    assert run("--as", "cognito:groups=Editors", "app.ts", "--operation-name", "C") == 2
    assert "the operations are `A`, `B`" in capsys.readouterr().err


def test_query_comes_from_the_patterns_of_client_code(here: Path) -> None:
    (here / "a.graphql").write_text("query A { posts { ...P } }")
    (here / "b.graphql").write_text("fragment P on Post { id }")
    names = ("--operations", "*.graphql", "--operation-name", "A")

    assert main(["explain", "template.json", "--as", "cognito:groups=Editors", *names]) == 0


def test_body_of_a_request_is_taken(here: Path) -> None:
    body = {
        "query": "query A($id: ID!) { getPost(id: $id) { id } } query B { nope }",
        "operationName": "A",
        "variables": {"id": "1"},
    }
    (here / "body.json").write_text(json.dumps(body))

    assert run("--as", "api-key", "body.json") == 0


def test_required_variable_that_is_left_out_is_bad_input() -> None:
    query = "query A($id: ID!) { getPost(id: $id) { id } }"

    assert run("--as", "api-key", query) == 0
    assert run("--as", "api-key", query, "--variables", '{"id": "1"}') == 0
    assert run("--as", "api-key", query, "--variables", "{}") == 2


def test_variable_skips_a_field() -> None:
    query = "query A($all: Boolean!) { getPost(id: 1) { id secret @include(if: $all) } }"

    assert run("--as", "api-key", query, "--variables", '{"all": false}') == 0
    assert run("--as", "api-key", query, "--variables", '{"all": true}') == 1


def test_callers_are_named_as_in_the_file_of_callers(here: Path) -> None:
    text = '[[callers]]\nname = "web app"\nmode = "userPool"\ngroups = ["Editors"]\n'
    (here / "callers.toml").write_text(text)

    assert run("--as", "web app", "{ posts { id } }", "--callers", "callers.toml") == 0


def test_result_is_what_the_data_source_returns(capsys: pytest.CaptureFixture[str]) -> None:
    results = ("--result", 'Query.getPost={"id": "7", "secret": "s"}')
    run("--as", "api-key", "{ getPost(id: 1) { id secret } }", *results, "--format", "json")
    body = json.loads(capsys.readouterr().out)["response"]["body"]

    assert body["data"] == {"getPost": {"id": "7", "secret": None}}


def test_null_where_none_is_allowed_climbs(capsys: pytest.CaptureFixture[str]) -> None:
    results = ("--result", 'Query.posts=[{"id": "1"}, {"id": null}]')
    run("--as", "cognito:groups=Editors", "{ posts { id } }", *results, "--format", "json")
    body = json.loads(capsys.readouterr().out)["response"]["body"]

    assert body["data"] == {"posts": [{"id": "1"}, None]}
    assert [one["message"] for one in body["errors"]] == [
        "Cannot return null for non-nullable type: 'ID' within parent 'Post' (/posts/1/id)"
    ]


def test_token_is_never_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = jwt(access_token(exp=1))
    (here / "token.jwt").write_text(f"Bearer {token}")
    (here / "broken.jwt").write_text(token[:-30].replace(".", ""))
    for caller in ("cognito:token.jwt", "cognito:broken.jwt", f"cognito:{token}", "oidc:token.jwt"):
        assert run("--as", caller, "{ posts { id } }") in (1, 2)
    said = capsys.readouterr()

    for part in token.split("."):
        assert part not in said.out + said.err
    assert "Token has expired." in said.out


def test_expect_in_a_test() -> None:
    assert_response("template.json", as_="api-key", query="{ getPost(id: 1) { id } }", expect=200)
    assert_response(
        "template.json",
        as_="api-key",
        query="{ getPost(id: 1) { id secret } }",
        expect={
            "data": {"getPost": {"secret": None}},
            "errors": ["Not Authorized to access secret on type Post"],
        },
    )
    with pytest.raises(AssertionError, match="fix: call it as a member of group `Editors`"):
        assert_response("template.json", as_="cognito", query="{ posts { id } }", expect="allowed")


def test_open_answer_is_not_as_expected() -> None:
    sdl = "type Query { a: Int @aws_iam }"
    Path("one.json").write_text(Path("template.json").read_text())
    write(Path.cwd(), {"default": "API_KEY", "sdl": sdl})
    with pytest.raises(AssertionError, match="the answer is undecided"):
        assert_response("template.json", as_="api-key", query="{ a }", expect=200)
    assert_response("template.json", as_="api-key", query="{ a }", expect="undecided")


def test_unreadable_input_is_one_kind_of_error() -> None:
    with pytest.raises(GuardError):
        explain("nowhere.yaml", as_="api-key", query="{ a }", options=ScanOptions())


def test_api_of_one_of_several_stages(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stage in ("test", "prod"):
        (here / stage).mkdir()
        write(here / stage, API)
    asked = ("--as", "api-key", "{ getPost(id: 1) { id } }")
    paths = ("test/template.json", "prod/template.json")

    assert main(["explain", *paths, *asked]) == 2
    assert "--api prod/template.json/Api or test/template.json/Api" in capsys.readouterr().err
    assert main(["explain", *paths, *asked, "--api", "prod/template.json/Api"]) == 0
