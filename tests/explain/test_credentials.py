"""The credential stage: headers, tokens, keys and the authorizer's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explain.template import COGNITO, ISSUER, LAMBDA, LATER, NOW, OIDC, access_token, jwt, write

from cdk_appsync_guard import Explanation, ScanOptions, explain
from cdk_appsync_guard.appsync.token_patterns import match
from cdk_appsync_guard.engine.options import _now
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.explanation.callers import read_caller
from cdk_appsync_guard.explanation.headers import classify, read_headers

SDL = "type Query { a: Int }"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ask(caller: str, query: str = "{ a }", **case: Any) -> Explanation:
    path = write(Path.cwd(), {"sdl": SDL, **case})
    return explain(str(path), as_=caller, query=query, options=ScanOptions(now=_now(NOW)))


def message(found: Explanation) -> str | None:
    return (found.body or {}).get("errors", [{}])[0].get("message")


@pytest.mark.parametrize(
    ("claims", "settings", "outcome", "said"),
    [
        (access_token(), {}, "allowed", None),
        (access_token(exp=1), {}, "denied", "Token has expired."),
        (access_token(iss=f"{ISSUER}x"), {}, "denied", None),
        (access_token(iss=ISSUER.replace("eu-", "us-")), {}, "denied", None),
        (access_token(iss=f"{ISSUER}/"), {}, "allowed", None),
        (access_token(iss="https://login.example.org"), {}, "denied", None),
        (access_token(iss=ISSUER.replace("//", "//issuer-")), {}, "undecided", None),
        (access_token(), {"AppIdClientRegex": "client1|client2"}, "allowed", None),
        (access_token(), {"AppIdClientRegex": "^other$"}, "denied", None),
        (access_token(), {"AppIdClientRegex": "client"}, "undecided", None),
        (access_token(), {"AppIdClientRegex": "(?=x)"}, "undecided", None),
        (
            access_token(client_id=None, aud="client1"),
            {"AppIdClientRegex": "client1"},
            "allowed",
            None,
        ),
        (access_token(), {"AppIdClientRegex": {"Ref": "Nothing"}}, "undecided", None),
    ],
)
def test_token_of_a_user_pool(
    claims: dict[str, Any], settings: dict[str, Any], outcome: str, said: str | None
) -> None:
    found = ask(
        "cognito:token.jwt",
        default=COGNITO,
        settings={COGNITO: settings},
        files={"token.jwt": claims},
    )

    assert found.outcome == outcome
    assert found.status == (401 if outcome == "denied" else 200)
    if said:
        assert message(found) == said


@pytest.mark.parametrize(
    ("claims", "settings", "outcome"),
    [
        ({"iss": "https://login.example.com", "aud": "app", "exp": LATER}, {}, "allowed"),
        ({"iss": "https://login.example.com", "aud": ["x", "app"]}, {"ClientId": "app"}, "allowed"),
        ({"iss": "https://login.example.com", "azp": "app"}, {"ClientId": "a|app"}, "allowed"),
        ({"iss": "https://login.example.com", "aud": "no"}, {"ClientId": "app"}, "denied"),
        ({"iss": "https://other.example.com"}, {}, "denied"),
        ({"iss": "https://login.example.com", "iat": 1_700_000_000}, {"IatTTL": 1000}, "denied"),
        (
            {"iss": "https://login.example.com", "auth_time": 1_700_000_000},
            {"AuthTTL": 1},
            "denied",
        ),
        ({"iss": "https://login.example.com", "iat": 1_764_028_000}, {"IatTTL": 10**13}, "allowed"),
    ],
)
def test_token_of_a_provider(
    claims: dict[str, Any], settings: dict[str, Any], outcome: str
) -> None:
    found = ask(
        "oidc:token.jwt",
        default=OIDC,
        additional=["API_KEY"],
        settings={OIDC: settings},
        files={"token.jwt": claims},
    )

    assert found.outcome == outcome


def test_issuer_does_not_count_where_oidc_is_the_only_mode() -> None:
    files = {"token.jwt": {"iss": "https://other.example.com", "exp": LATER}}

    assert ask("oidc:token.jwt", default=OIDC, files=files).outcome == "allowed"


def test_token_counts_for_the_provider_that_issued_it() -> None:
    sdl = "type Query { a: Int @aws_oidc  b: Int @aws_cognito_user_pools }"
    files = {"token.jwt": {"iss": "https://login.example.com/", "exp": LATER}}
    found = ask(
        "cognito:token.jwt",
        "{ a b }",
        default=COGNITO,
        additional=[OIDC],
        sdl=sdl,
        files=files,
    )

    assert [one.outcome for one in found.fields] == ["allowed", "denied"]


def test_subscriber_is_refused_when_it_connects() -> None:
    sdl = f"{SDL} type Subscription {{ on: Int }}"
    files = {"token.jwt": access_token(exp=1)}
    found = ask("cognito:token.jwt", "subscription { on }", default=COGNITO, sdl=sdl, files=files)

    assert found.body == {
        "type": "connection_error",
        "payload": {
            "errors": [
                {
                    "errorType": "UnauthorizedException",
                    "message": "You are not authorized to make this call.",
                    "errorCode": 401,
                }
            ]
        },
    }


@pytest.mark.parametrize(
    ("headers", "modes", "mode"),
    [
        ({"x-api-key": "da2-x"}, ["API_KEY"], "API_KEY"),
        ({"x-api-key": "da2-x"}, [COGNITO], "refused"),
        ({"x-api-key": "k", "authorization": "t"}, ["API_KEY", LAMBDA], "open"),
        ({"authorization": "AWS4-HMAC-SHA256 x"}, ["AWS_IAM", LAMBDA], "AWS_IAM"),
        ({"authorization": "AWS4-HMAC-SHA256 x"}, [LAMBDA], LAMBDA),
        ({"authorization": jwt({})}, [LAMBDA, COGNITO], "JWT"),
        ({"authorization": jwt({})}, [LAMBDA], LAMBDA),
        ({"authorization": f"Bearer {jwt({})}"}, [LAMBDA, OIDC], "JWT"),
        ({"authorization": "opaque"}, [LAMBDA, OIDC], LAMBDA),
        ({"authorization": "opaque"}, [OIDC], "refused"),
        ({}, ["API_KEY"], "refused"),
    ],
)
def test_headers_decide_the_mode(headers: dict[str, str], modes: list[str], mode: str) -> None:
    found = classify(headers, modes)

    assert (found.mode or ("open" if found.question else "refused")) == mode


@pytest.mark.parametrize(
    "text", ['{"X-Api-Key": "k"}', "X-Api-Key: k\n", "POST /graphql HTTP/1.1\nx-api-key:k\n\n"]
)
def test_headers_are_read_from_json_or_lines(text: str) -> None:
    assert read_headers(text, "file") == {"x-api-key": "k"}


def test_two_credentials_say_nothing_of_the_answer() -> None:
    files = {"h.json": {"x-api-key": "k", "authorization": "t"}}
    found = ask("headers:h.json", default="API_KEY", additional=[LAMBDA], files=files)

    assert (found.status, found.body, found.outcome) == (None, None, "undecided")


def test_authorizer_without_a_result_is_open() -> None:
    found = ask("lambda", default=LAMBDA)

    assert (found.outcome, found.fields[0].decided_by) == ("undecided", "authorizer")


@pytest.mark.parametrize("value", ["true", 1, ["x"]])
def test_answer_that_is_no_boolean_is_open(value: Any) -> None:
    files = {"r.json": {"isAuthorized": value}}

    assert ask("lambda:r.json", default=LAMBDA, files=files).outcome == "undecided"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not a caller"),
        ("iamx:Role", "is not a caller"),
        ("iam:Pool,robots", "no users called `robots`"),
        ("headers:", "does not name a file"),
        ("lambda:missing.json", "cannot read"),
        ("oidc:missing.jwt", "cannot read"),
    ],
)
def test_caller_that_makes_no_sense(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        read_caller(text)


@pytest.mark.parametrize(
    ("expression", "text", "whole", "part"),
    [("a|b", "b", True, True), ("^a", "ab", False, True), ("c.*", "abc", False, True)],
)
def test_pattern_matches_all_or_a_part(expression: str, text: str, whole: bool, part: bool) -> None:
    found = match(expression, text)

    assert found is not None
    assert (found.whole, found.part) == (whole, part)


def test_pattern_that_would_take_long_does_not() -> None:
    found = match("(a*)*(a|aa)*b", "a" * 3000)

    assert found is None or not found.part


@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [
        ("def handler(e, c):\n  return {'isAuthorized': True}", "allowed", "allows every caller"),
        ("def handler(e, c):\n  return {'isAuthorized': False}", "denied", "never returns"),
        ("def handler(e, c):\n  return {'statusCode': 200}", "denied", "API Gateway"),
        ("def handler(e, c):\n  return {'isAuthorized': e == 1}", "undecided", "allow or deny"),
        ("def handler(e, c):\n  return load(e)", "undecided", "returns `load()` in line 2"),
        ("def handler(e, c):\n  return {'isAuthorized': True, 'deniedFields': f}", "undecided", ""),
    ],
)
def test_code_of_the_authorizer_tells_what_it_can_answer(
    code: str, outcome: str, said: str
) -> None:
    properties = {"Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": code}}
    guard = {"Type": "AWS::Lambda::Function", "Properties": properties}
    found = ask("lambda", default=LAMBDA, override={"Guard": guard})
    words = (*found.notes, *found.questions, *(one.reason for one in found.fields))

    assert found.outcome == outcome
    assert any(said in text for text in words)
