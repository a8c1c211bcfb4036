"""What is secret in a capture is nowhere in any output, nor in the copy that is made to be shared."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from diagnosis.captures import EPOCH, HOST, REALTIME, denied, entry, har, part, refusal
from diagnosis.planted import (
    PLANTED,
    Planted,
    denied_step,
    log_line,
    logs,
    socket,
    start,
    trail,
    ws_error,
)

from cdk_appsync_guard.cli.main import main

SECRETS = {
    "key": "da2-s3cretkeys3cretkeys3cretke",
    "access": "AKIAS3CRETS3CRETS3CR",
    "session": "SessionSecret0123456789SessionSecret0123456789==",
    "signature": "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7",
    "cookie": "cookie-s3cret-value-0123456789",
    "mail": "grace.hopper@navy.example",
    "sub": "0b5e55ed-5ec7-4e75-8000-0123456789ab",
    "client": "s3cretclient0123456789abcd",
    "user": "grace-hopper-1906-s3cret",
    "phone": "+15550199123",
    "password": "correct-horse-battery-1906",
    "jti": "jti5ec7e7-0123456789abcdef",
    "value": "a patient's diagnosis, s3cret",
}
CLAIMS = {
    "sub": SECRETS["sub"],
    "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI",
    "client_id": SECRETS["client"],
    "aud": SECRETS["client"],
    "email": SECRETS["mail"],
    "phone_number": SECRETS["phone"],
    "username": SECRETS["user"],
    "cognito:username": SECRETS["user"],
    "custom:note": SECRETS["value"],
    "jti": SECRETS["jti"],
    "token_use": "access",
    "exp": EPOCH - 60,
}
JWT = f"{part({'kid': 's3cretkid0123456789', 'alg': 'RS256'})}.{part(CLAIMS)}.{part('5ec7e7signature')}"
SIGNED = {
    "Authorization": (
        f"AWS4-HMAC-SHA256 Credential={SECRETS['access']}/20260701/us-east-1/appsync/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={SECRETS['signature']}"
    ),
    "X-Amz-Date": "20260701T110000Z",
    "X-Amz-Security-Token": SECRETS["session"],
}
PARTS = (*SECRETS.values(), *JWT.split("."))
EVERYWHERE = {
    "Cookie": SECRETS["cookie"],
    "X-Custom": SECRETS["password"],
    "Referer": f"https://app.example.com/?token={JWT}",
}
QUERY = f'query Q {{ getPost(id: "{SECRETS["value"]}", mail: "{SECRETS["mail"]}") {{ id }} }} # {SECRETS["password"]}'
LEAKY = f"Not Authorized for {SECRETS['mail']} {SECRETS['sub']} {JWT} {SECRETS['key']}"


def exchange(headers: dict[str, str], status: int, body: Any) -> dict[str, Any]:
    url = f"https://{HOST}/graphql?x={SECRETS['session']}"
    made = entry(
        {**EVERYWHERE, **headers},
        status,
        body,
        query=QUERY,
        url=url,
        answer_headers={"Set-Cookie": SECRETS["cookie"], "X-Trace": SECRETS["user"]},
    )
    sent = {
        "query": QUERY,
        "variables": {"password": SECRETS["password"], "who": [SECRETS["mail"]]},
    }
    made["request"]["postData"]["text"] = json.dumps(sent)
    made["request"]["cookies"] = [{"name": "session", "value": SECRETS["cookie"]}]
    made["comment"] = SECRETS["password"]
    return made


def captures() -> dict[str, str]:
    answer = {
        "data": {"me": {"mail": SECRETS["mail"], "note": SECRETS["value"]}},
        "errors": [denied("Query.getPost")],
    }
    other = {
        "data": None,
        "errors": [
            {"errorType": "Lambda:Unhandled", "message": LEAKY, "errorInfo": SECRETS["value"]}
        ],
    }
    wide = har(
        exchange({"Authorization": JWT}, 401, refusal("Token has expired.")),
        exchange(
            {"Authorization": f"Bearer {SECRETS['password']}"},
            401,
            refusal("Unable to parse JWT token."),
        ),
        exchange(
            {"x-api-key": SECRETS["key"]}, 401, refusal("You are not authorized to make this call.")
        ),
        exchange(
            SIGNED,
            403,
            refusal(f"Signature expired: {SECRETS['signature']}", "InvalidSignatureException"),
        ),
        exchange({"x-api-key": SECRETS["key"]}, 200, answer),
        exchange({"x-api-key": SECRETS["key"]}, 200, other),
        exchange({"x-api-key": SECRETS["key"]}, 0, "") | {"_error": f"net::ERR_FAILED {JWT}"},
        exchange({"x-api-key": SECRETS["key"]}, 403, f"<html>{SECRETS['cookie']} {JWT}"),
    )
    carried = {"host": HOST, "Authorization": JWT}
    sockets = socket(
        carried,
        start(QUERY.replace("query", "subscription"), carried),
        ws_error(f"Not Authorized to access onPost on type Subscription {SECRETS['mail']}"),
        url=f"wss://{REALTIME}/graphql?header={part(carried)}&payload={part({'p': SECRETS['password']})}",
    )["app.har"]
    lines = logs(
        denied_step(
            context={"arguments": {"mail": SECRETS["mail"]}, "identity": CLAIMS},
            transformedTemplate=LEAKY,
        ),
        log_line(logType="RequestSummary", statusCode=200),
        {
            "timestamp": 1,
            "message": f"11111111-2222-3333-4444-555555555555 Request Headers: {{authorization=[{JWT}], x-api-key=[{SECRETS['key']}], cookie=[{SECRETS['cookie']}]}}",
        },
        {
            "timestamp": 1,
            "message": f"11111111-2222-3333-4444-555555555555 GraphQL Query: {QUERY}, Operation: Q, Variables: {{mail={SECRETS['mail']}}}",
        },
        {
            "timestamp": 1,
            "message": f"START RequestId: 99999999-2222-3333-4444-555555555555\n{JWT} isAuthorized: false {SECRETS['mail']}",
        },
    )
    return {
        "app.har": json.dumps(wide),
        "socket.har": json.dumps(sockets),
        "logs.json": json.dumps(lines),
        "trail.json": json.dumps(
            trail(
                error={
                    "errorCode": "AccessDenied",
                    "errorMessage": LEAKY,
                    "sourceIPAddress": SECRETS["user"],
                },
                operationName=SECRETS["client"],
            )
        ),
        "curl.txt": f"> POST /graphql?t={JWT} HTTP/2\n> Host: {HOST}\n> authorization: {JWT}\n> cookie: {SECRETS['cookie']}\n>\n< HTTP/2 401\n<\n{json.dumps(refusal(LEAKY))}\n",
        "token.jwt": JWT,
        "console.txt": f"Error: UnauthorizedException {LEAKY} {SECRETS['cookie']}\nNot Authorized to access a on type B {JWT}",
        "error.json": json.dumps(refusal(LEAKY) | {"data": {"mail": SECRETS["mail"]}}),
        "unknown.txt": f"hello {JWT} {SECRETS['password']}",
        "broken.json": f'{{"log": {{"entries": [{{"request": "{JWT} {SECRETS["password"]}',
    }


def everything(text: str) -> str:
    """Return the text and all that is hidden in base64 inside of it."""
    hidden = []
    for found in re.findall(r"[A-Za-z0-9+/_=-]{8,}", text):
        plain = found.translate(str.maketrans("-_", "+/")).rstrip("=")
        try:
            hidden.append(base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("latin-1"))
        except ValueError:
            continue
    return "\n".join([text, *hidden])


def leaks(text: str) -> list[str]:
    whole = everything(text)
    return [secret for secret in PARTS if secret in whole or secret[8:28] in whole]


@pytest.mark.slow
@pytest.mark.parametrize("name", captures())
@pytest.mark.parametrize("options", [[], ["--verbose"], ["--format", "json"]], ids=" ".join)
def test_no_output_shows_a_secret(
    name: str, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(captures()[name])

    main(["diagnose", str(tmp_path / name), *options])

    assert leaks("".join(capsys.readouterr())) == []


@pytest.mark.parametrize("name", [name for name in captures() if name[0] not in "ub"])
def test_no_copy_holds_a_secret(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(captures()[name])

    main(["diagnose", str(tmp_path / name), "--redact", str(tmp_path / "copy")])
    capsys.readouterr()
    text = (tmp_path / "copy").read_text()

    assert text
    assert leaks(text) == []


def test_a_token_on_the_command_line_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", JWT])
    main(["diagnose", f"{JWT}.more"])

    assert leaks("".join(capsys.readouterr())) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "planted", [one for one in PLANTED if not one.template], ids=lambda one: one.name
)
def test_the_copy_is_diagnosed_as_its_original(
    planted: Planted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in planted.texts().items():
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / name) for name in planted.files]
    target = tmp_path / "copy"
    main(["diagnose", *files, "--format", "json", "--redact", str(target)])
    original = json.loads(capsys.readouterr().out)["diagnoses"]
    main(["diagnose", str(target), "--format", "json"])
    copied = json.loads(capsys.readouterr().out)["diagnoses"]

    keys = ("family", "kind", "cause", "candidates", "field", "mode")
    assert [[one[key] for key in keys] for one in copied] == [
        [one[key] for key in keys] for one in original
    ]


REPEATED = {
    "an argument": f"Cannot find {SECRETS['password']}",
    "a variable": f"{SECRETS['value']} is not valid",
    "a claim": f"the user {SECRETS['user']} is not known",
    "a header": f"the header {SECRETS['cookie']} is not valid",
    "an address": "the caller 203.0.113.77 is not known",
}


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("kind", ["text", "json", "html"])
def test_what_the_request_carries_is_not_repeated(
    name: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = {"errorType": "Custom", "message": REPEATED[name], "path": ["getPost"]}
    made = exchange({"Authorization": JWT}, 200, {"data": None, "errors": [error]})
    sent = {
        "query": f'{{ getPost(key: "{SECRETS["password"]}") }}',
        "variables": {"x": [SECRETS["value"]]},
    }
    made["request"]["postData"]["text"] = json.dumps(sent)
    (tmp_path / "app.har").write_text(json.dumps(har(made)))
    copy = tmp_path / "copy"

    main(["diagnose", str(tmp_path / "app.har"), "--format", kind, "--redact", str(copy)])
    said = "".join(capsys.readouterr()) + copy.read_text()

    assert "not" in said or "find" in said
    assert leaks(said) == []
    assert "203.0.113.77" not in said
    assert SECRETS["value"].replace("'", "&#39;") not in said


def test_a_literal_that_appsync_quotes_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = (
        "Validation error of type WrongType: argument 'id' with value"
        " 'StringValue{value='my-own-word'}' is not a valid 'Int' @ 'getPost'"
    )
    (tmp_path / "e.json").write_text(json.dumps({"errors": [{"message": message}]}))

    main(["diagnose", str(tmp_path / "e.json"), "--redact", str(tmp_path / "copy")])
    said = "".join(capsys.readouterr()) + (tmp_path / "copy").read_text()

    assert "my-own-word" not in said
    assert "the operation does not match the schema" in said


def test_the_copy_keeps_no_request_id_of_another_form(tmp_path: Path) -> None:
    text = f"> POST /graphql HTTP/2\n> Host: {HOST}\n>\n< HTTP/2 401\n< x-amzn-requestid: {SECRETS['password']}\n<\n{json.dumps(refusal('x'))}\n"
    (tmp_path / "curl.txt").write_text(text)

    main(["diagnose", str(tmp_path / "curl.txt"), "--redact", str(tmp_path / "copy")])

    assert leaks((tmp_path / "copy").read_text()) == []


def test_the_copy_of_an_authorizers_log_is_still_tied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "11111111-2222-3333-4444-555555555555"
    event = {"requestContext": {"requestId": name}}
    texts = ("START RequestId: 9", json.dumps(event), "Task timed out after 10.01 seconds")
    lines = logs(*({"timestamp": 1, "message": text} for text in texts))
    made = har(
        entry(
            {"Authorization": "my-own"}, 401, refusal("You are not authorized to make this call.")
        )
    )
    files = [str(tmp_path / "app.har"), str(tmp_path / "logs.json")]
    for file, value in zip(files, (made, lines), strict=True):
        Path(file).write_text(json.dumps(value))
    copies = tmp_path / "copies"

    main(["diagnose", *files, "--redact", str(copies)])
    capsys.readouterr()
    main(["diagnose", str(copies), "--format", "json"])

    assert [one["cause"] for one in json.loads(capsys.readouterr().out)["diagnoses"]] == ["L6"]
