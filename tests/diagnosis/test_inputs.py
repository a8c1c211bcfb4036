"""Each form in which people have captures is told by its content and read."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from diagnosis.captures import (
    EPOCH,
    HOST,
    ISSUER,
    KEY,
    REQUEST_ID,
    denied,
    entry,
    har,
    jwt,
    part,
    refusal,
    signed,
)
from diagnosis.planted import (
    ACCESS_DENIED,
    F1,
    api,
    denied_step,
    log_line,
    logs,
    one,
    socket,
    start,
    trail,
    ws_error,
)

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.diagnosis.log_events import Event
from cdk_appsync_guard.diagnosis.log_lines import LogReader
from cdk_appsync_guard.errors import Location

Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def diagnose(
        *contents: Any, code: int = 1, name: str = "capture", options: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        files = []
        for number, content in enumerate(contents):
            file = tmp_path / f"{number}-{name}"
            data = content if isinstance(content, (bytes, str)) else json.dumps(content)
            file.write_bytes(data if isinstance(data, bytes) else data.encode())
            files.append(str(file))
        assert (
            main(["diagnose", *files, "--format", "json", "--now", "2026-07-01", *options]) == code
        )
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["diagnoses"]
        return found

    return diagnose


EXPIRED = refusal("Token has expired.")
STEP, DONE = denied_step(), log_line(logType="RequestSummary", statusCode=200)
MESSAGES = [STEP["message"], DONE["message"]]


def bodied(text: str, content_encoding: str = "", encoding: str = "base64") -> dict[str, Any]:
    made = entry(
        {"Authorization": jwt()}, 401, "", answer_headers={"Content-Encoding": content_encoding}
    )
    made["response"]["content"] = {"text": text, "encoding": encoding}
    return har(made)


@pytest.mark.parametrize(
    ("pack", "content_encoding"),
    [
        (lambda data: data, ""),
        (gzip.compress, "gzip"),
        (zlib.compress, "deflate"),
        (brotli.compress, "br"),
        (zstandard.ZstdCompressor().compress, "zstd"),
    ],
    ids=["plain", "gzip", "deflate", "br", "zstd"],
)
def test_bodies_are_unpacked(
    run: Run, pack: Callable[[bytes], bytes], content_encoding: str
) -> None:
    text = base64.b64encode(pack(json.dumps(EXPIRED).encode())).decode()

    assert run(bodied(text, content_encoding))[0]["cause"] == "T4"


@pytest.mark.slow
def test_a_bomb_in_a_body_is_cut(run: Run) -> None:
    bomb = base64.b64encode(brotli.compress(b"[" * 50_000_000)).decode()

    assert run(bodied(bomb, "br"))[0]["family"] == "request"


@pytest.mark.parametrize(
    "creator", ["WebInspector", "Firefox", "WebKit Web Inspector", "Playwright", "mitmproxy"]
)
def test_archives_of_all_tools(run: Run, creator: str) -> None:
    made = har(entry({"authorization": jwt()}, body=EXPIRED), creator=creator)
    made["log"]["version"] = "1.1"

    assert run(made)[0]["cause"] == "T4"


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("har.har", text)
        archive.writestr("picture.png", "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: gzip.compress(text.encode()),
        zipped,
    ],
    ids=["BOM", "UTF-16", "gzip", "zip"],
)
def test_files_are_unpacked(run: Run, wrap: Callable[[str], bytes]) -> None:
    assert (
        run(wrap(json.dumps(one({"Authorization": jwt()}, body=EXPIRED)["app.har"])))[0]["cause"]
        == "T4"
    )


class TestSanitized:
    """Chrome's default export: no Authorization, no cookie, and everything else."""

    def test_absence_proves_nothing(self, run: Run) -> None:
        found = run(
            har(
                entry(None, body=refusal("You are not authorized to make this call.")),
                sanitized=True,
            )
        )[0]

        assert found["cause"] is None
        assert "A1" not in found["candidates"]  # it keeps `x-api-key`
        assert any("sensitive data" in ask for ask in found["would_decide"])

    def test_a_date_of_a_signature_proves_iam(self, run: Run) -> None:
        headers = {"X-Amz-Date": "20260701T120000Z"}

        found = run(har(entry(headers, body=refusal("Permission denied")), sanitized=True))[0]

        assert found["mode"] == "AWS_IAM"

    def test_a_key_that_is_left_is_read(self, run: Run) -> None:
        made = entry({"x-api-key": KEY}, body=refusal("You are not authorized to make this call."))

        assert run(har(made, sanitized=True))[0]["cause"] == "A1"

    def test_a_token_given_beside_it_counts(self, run: Run) -> None:
        made = har(entry(None, body=refusal("Unauthorized")), sanitized=True)
        template = "iss"

        found = run(made, jwt(exp=EPOCH - 60))

        assert [one["cause"] for one in found] == ["T4"]
        assert template

    def test_a_cookie_anywhere_shows_that_it_is_whole(self, run: Run) -> None:
        found = run(har(entry(None, body=refusal("Valid authorization header not provided."))))[0]

        assert found["kind"] == "missing-credential"


ENVELOPES = {
    "filter-log-events": {"events": [STEP, DONE], "searchedLogStreams": [], "nextToken": "x"},
    "get-log-events": {"events": [STEP, DONE], "nextForwardToken": "f", "nextBackwardToken": "b"},
    "get-query-results": {
        "results": [
            [
                {"field": "@timestamp", "value": "2026-07-01 12:00:00.123"},
                {"field": "@message", "value": text},
                {"field": "@ptr", "value": "p"},
            ]
            for text in MESSAGES
        ],
        "statistics": {"recordsMatched": 2.0},
        "status": "Complete",
    },
    "insights JSON": [
        {"@timestamp": "2026-07-01 12:00:00.123", "@message": text} for text in MESSAGES
    ],
    "insights JSON, parsed": [
        {"@timestamp": "2026-07-01 12:00:00.123", "@message": json.loads(text)} for text in MESSAGES
    ],
    "console JSON": [{"timestamp": EPOCH * 1000, "message": text} for text in MESSAGES],
    "subscription": {
        "messageType": "DATA_MESSAGE",
        "logGroup": "/aws/appsync/apis/x",
        "logStream": "s",
        "logEvents": [{"id": "1", "timestamp": EPOCH * 1000, "message": text} for text in MESSAGES],
    },
    "lines of events": "\n".join(
        json.dumps({"timestamp": EPOCH * 1000, "message": text}) for text in MESSAGES
    ),
    "lines of messages": "\n".join(MESSAGES),
    "tail, short": "\n".join(f"2026-07-01T12:00:00 {text}" for text in MESSAGES),
    "tail, detailed": "\n".join(
        f"2026-07-01T12:00:00.123000+00:00 0a1b2c3d4e5f {text}" for text in MESSAGES
    ),
    "tail, json": "\n".join(
        f"2026-07-01T12:00:00.123000+00:00 0a1b2c3d4e5f {json.dumps(json.loads(text), indent=4)}"
        for text in MESSAGES
    ),
    "export to S3": "\n".join(f"2026-07-01T12:00:00.123Z {text}" for text in MESSAGES),
}


def as_csv(*names: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(names)
    for text in MESSAGES:
        writer.writerow(
            [
                "1782907200000"
                if name == "timestamp"
                else "2026-07-01 12:00:00.123"
                if "time" in name
                else text
                for name in names
            ]
        )
    return buffer.getvalue()


@pytest.mark.parametrize("name", ENVELOPES)
def test_logs_in_all_envelopes(run: Run, name: str) -> None:
    found = run(ENVELOPES[name])

    assert [(one["family"], one["cause"], one["field"]) for one in found] == [
        ("field", "V1", "Query.getPost")
    ]
    assert found[0]["request_id"] == REQUEST_ID


@pytest.mark.parametrize("names", [("timestamp", "message"), ("@timestamp", "@message", "@ptr")])
def test_logs_as_csv(run: Run, names: tuple[str, ...]) -> None:
    assert run(as_csv(*names))[0]["cause"] == "V1"


def test_logs_packed_by_an_export(run: Run) -> None:
    assert (
        run(gzip.compress(str(ENVELOPES["export to S3"]).encode()), name="000000.gz")[0]["cause"]
        == "V1"
    )


def test_a_folder_of_an_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "task" / "stream"
    folder.mkdir(parents=True)
    (folder / "000000.gz").write_bytes(gzip.compress(str(ENVELOPES["export to S3"]).encode()))
    (tmp_path / "aws-logs-write-test").write_text("Permission Check Successful")

    assert main(["diagnose", str(tmp_path), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["diagnoses"][0]["cause"] == "V1"


def test_old_lines_of_text(run: Run) -> None:
    body = json.loads(STEP["message"])
    old = {**body, "path": "[getPost]", "mappingTemplateType": "Request Mapping", "logType": None}
    del old["requestId"]

    found = run(logs({"timestamp": 1, "message": f"{REQUEST_ID} {json.dumps(old)}"}))

    assert found[0]["cause"] == "V1"


def test_a_har_and_its_logs_are_put_together(run: Run) -> None:
    other = denied_step()
    other["message"] = other["message"].replace(REQUEST_ID, REQUEST_ID.replace("1", "9"))

    found = run(one({"x-api-key": KEY}, 200, F1)["app.har"], logs(other, STEP))

    assert [(one["mode"], one["cause"]) for one in found] == [("API_KEY", "V1"), (None, "V1")]


def test_many_that_fail_alike_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = []
    for number in range(200):
        line = denied_step()
        line["message"] = line["message"].replace(REQUEST_ID, f"{number:08}{REQUEST_ID[8:]}")
        lines.append({**line, "timestamp": (EPOCH + number) * 1000})
    (tmp_path / "logs.json").write_text(json.dumps(logs(*lines)))

    assert main(["diagnose", str(tmp_path / "logs.json")]) == 1
    said = capsys.readouterr().out
    assert "200 x" in said
    assert "from 2026-07-01 12:00:00 UTC to 2026-07-01 12:03:19 UTC" in said
    assert said.count("its resolver denied it") == 1


def test_an_updated_issuer_is_not_foreign(run: Run) -> None:
    token = jwt(iss=ISSUER.replace("https://cognito", "https://issuer-cognito"))

    found = run(one({"Authorization": token}, body=refusal("Unauthorized"))["app.har"])

    assert found[0]["mode"] == "AMAZON_COGNITO_USER_POOLS"


def test_a_token_in_a_subprotocol_is_read(run: Run) -> None:
    carried = (
        base64.urlsafe_b64encode(
            json.dumps({"host": HOST, "Authorization": jwt(exp=EPOCH - 9)}).encode()
        )
        .decode()
        .rstrip("=")
    )
    made = socket(
        None,
        (
            "receive",
            {
                "type": "connection_error",
                "payload": {
                    "errors": [
                        {
                            "errorType": "UnauthorizedException",
                            "message": "Token has expired.",
                            "errorCode": 401,
                        }
                    ]
                },
            },
        ),
    )["app.har"]
    made["log"]["entries"][-1]["request"]["headers"] = [
        {"name": "Sec-WebSocket-Protocol", "value": f"graphql-ws, header-{carried}"}
    ]

    assert run(made)[0]["cause"] == "T4"


def test_subscriptions_of_one_socket_are_told_apart(run: Run) -> None:
    good = {"host": HOST, "x-api-key": KEY}
    way, second = start("subscription { onOther { id } }")
    made = socket(
        good,
        start("subscription { onPost { id } }"),
        (way, {**second, "id": "2"}),
        ws_error("Not Authorized to access onPost on type Subscription"),
    )

    found = run(made["app.har"])

    assert [(one["operation"], one["field"]) for one in found] == [
        ("subscription onPost", "Subscription.onPost")
    ]


@pytest.mark.slow
def test_standard_input(tmp_path: Path) -> None:
    import subprocess
    import sys

    text = json.dumps(one({"Authorization": jwt()}, body=EXPIRED)["app.har"])
    done = subprocess.run(
        [sys.executable, "-m", "cdk_appsync_guard", "diagnose", "-"],
        input=text, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert "(standard input)" in done.stdout


def test_other_servers_are_left_alone(run: Run) -> None:
    made = entry(
        status=401,
        body={"errors": [{"message": "no", "extensions": {"code": "UNAUTHENTICATED"}}]},
        url="https://api.example.com/v1/things",
    )
    made["response"]["headers"] = []

    assert run(har(made), code=0) == []


def test_a_custom_domain_is_read(run: Run) -> None:
    made = entry(
        {"x-api-key": KEY},
        body=refusal("You are not authorized to make this call."),
        url="https://api.example.com/graphql",
    )

    assert run(har(made))[0]["cause"] == "A1"


def test_a_preflight_is_no_exchange(run: Run) -> None:
    made = entry(status=200, body="")
    made["request"]["method"] = "OPTIONS"

    assert run(har(made), code=0) == []


def test_nested_denials_are_all_listed(run: Run) -> None:
    errors = [denied("Post.title", "getPost", "title"), denied("Post.id", "getPost", "id")]

    found = run(one(signed(), 200, {"data": None, "errors": errors})["app.har"])[0]

    assert [field["coordinate"] for field in found["fields"]] == ["Post.title", "Post.id"]


def test_a_token_with_which_nothing_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token.jwt").write_text(f"Bearer {jwt()}")

    assert main(["diagnose", str(tmp_path / "token.jwt"), "--now", "2026-07-01T12:00:00Z"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "the access token of the user pool `us-east-1_AbC…`" in said
    assert "it is valid on its own" in said


def test_a_socket_without_messages_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = socket({"host": HOST, "x-api-key": KEY})["app.har"]
    del made["log"]["entries"][-1]["_webSocketMessages"]
    made["log"]["creator"]["name"] = "Firefox"
    (tmp_path / "app.har").write_text(json.dumps(made))

    assert main(["diagnose", str(tmp_path / "app.har")]) == 0
    assert "a WebSocket without its messages" in capsys.readouterr().out


def test_a_refused_preflight_is_told_from_the_request(run: Run) -> None:
    made = entry(status=403, body="")
    made["request"]["method"] = "OPTIONS"

    assert [(one["family"], one["kind"]) for one in run(har(made))] == [("other", "cors")]


def test_no_copy_is_written_of_what_is_not_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("hello")

    assert main(["diagnose", str(tmp_path / "notes.txt"), "--redact", str(tmp_path / "copy")]) == 2
    assert not (tmp_path / "copy").exists()
    assert "is not a capture" in capsys.readouterr().err


def test_copies_of_several_captures_go_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "app.har").write_text(json.dumps(one({"x-api-key": KEY}, 200, F1)["app.har"]))
    (tmp_path / "logs.json").write_text(json.dumps(logs(STEP)))
    files = [str(tmp_path / name) for name in ("app.har", "logs.json")]

    assert main(["diagnose", *files, "--redact", str(tmp_path / "copies")]) == 1
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == ["01.har", "02.json"]


@pytest.mark.parametrize(("watched", "size"), [(True, 25), (True, 1), (False, 25)])
def test_a_bar_on_long_files_where_somebody_looks(
    watched: bool, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cdk_appsync_guard.cli.progress import bytes_progress

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return watched

    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    draw = bytes_progress(wanted=True)
    for done in range(0, size + 1, 5):
        if draw is not None:
            draw(done * 1_000_000, size * 1_000_000)

    assert ("reading" in screen.getvalue()) == (watched and size > 20)


RECORD = trail(authType=["AWS_IAM"], error=ACCESS_DENIED)["Records"][0]
TRAILS = {
    "file": {"Records": [RECORD]},
    "lookup-events": {"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(RECORD)}]},
    "EventBridge": {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": RECORD},
    "rows of Athena": [
        {
            name.lower(): json.dumps(value) if isinstance(value, dict) else value
            for name, value in RECORD.items()
        }
    ],
    "a record by itself": RECORD,
    "lines": f"{json.dumps(RECORD)}\n",
}


@pytest.mark.parametrize("name", TRAILS)
def test_cloudtrail_in_all_envelopes(run: Run, name: str) -> None:
    found = run(TRAILS[name])

    assert [(one["family"], one["mode"]) for one in found] == [("request", "AWS_IAM")]
    assert found[0]["request_id"] == REQUEST_ID
    assert any("the role `Reader`" in one["text"] for one in found[0]["evidence"])


def test_events_of_other_services_are_left_alone(run: Run) -> None:
    other = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "errorCode": "AccessDenied",
    }

    assert run({"Records": [other]}, code=0) == []


def test_one_of_several_apis_is_told_by_its_fields(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = api("API_KEY", sdl="type Query { listThings: [ID] }").partition("Resources:\n")[2]
    both = api("API_KEY", "AMAZON_COGNITO_USER_POOLS") + second.replace("Api", "Other").replace(
        "Schema:", "Second:"
    ).replace("OtherId", "ApiId").replace("GraphQLOther", "GraphQLApi")
    (tmp_path / "t.yaml").write_text(both)
    (tmp_path / "app.har").write_text(json.dumps(one({"Authorization": jwt()}, 200, F1)["app.har"]))
    arguments = [
        "diagnose",
        str(tmp_path / "app.har"),
        "--template",
        str(tmp_path / "t.yaml"),
        "--format",
        "json",
    ]

    main(arguments)
    told = json.loads(capsys.readouterr().out)["diagnoses"][0]
    main([*arguments, "--api", "Other"])
    other = json.loads(capsys.readouterr().out)["diagnoses"][0]

    assert (told["cause"], other["kind"]) == ("S1", "not-in-template")


def test_a_query_that_a_log_repeats_is_read_once() -> None:
    event = Event(
        f"{REQUEST_ID} GraphQL Query: query Q {{ a }}, Operation: Q, Variables: {{}}",
        Location("logs.json"),
        0.0,
    )
    reader = LogReader()
    for number in range(3):
        other = replace(event, message=event.message.replace("1111", f"{number}" * 4, 1))
        assert list(reader.take(other)) == []

    asked = [request.asked for request in reader.open.values()]
    assert [one.roots for one in asked] == [("a",)] * 3
    assert asked[0] is asked[1] is asked[2]


@pytest.mark.parametrize(
    ("error_type", "message"),
    [
        ("Lambda:Handled", "You are not authorized to make this call."),
        ("UnauthorizedException", "You are not allowed"),
        ("Custom", "Token has expired."),
    ],
)
def test_words_of_a_data_source_refuse_no_request(run: Run, error_type: str, message: str) -> None:
    error = {"path": ["getPost"], "errorType": error_type, "message": message}
    found = run(
        one({"x-api-key": KEY}, 200, {"data": {"getPost": None}, "errors": [error]})["app.har"]
    )

    assert [(each["family"], each["kind"], each["cause"]) for each in found] == [
        ("other", "data-source", None)
    ]


@pytest.mark.parametrize(
    "body", [{"message": "Forbidden"}, {"message": "Missing Authentication Token"}]
)
def test_a_403_without_a_type_is_not_of_appsync(run: Run, body: Any) -> None:
    found = run(one({"x-api-key": KEY}, 403, body)["app.har"])[0]

    assert (found["kind"], found["cause"]) == ("refused-before-appsync", None)
    assert "allowed" not in found["happened"]


def test_an_unknown_error_of_400_is_not_called_allowed(run: Run) -> None:
    found = run(one({"x-api-key": KEY}, 400, refusal("no", "Other"))["app.har"])[0]

    assert (found["family"], found["kind"]) == ("other", "rejected")


def test_a_401_of_unknown_words_is_of_the_request(run: Run) -> None:
    found = run(one({"x-api-key": KEY}, 401, refusal("no", "Other"))["app.har"])[0]

    assert (found["family"], found["cause"]) == ("request", None)


def test_a_refused_socket_of_a_custom_domain_is_seen(run: Run) -> None:
    made = socket({"host": "api.example.com", "x-api-key": KEY}, status=403,
                  url=f"wss://api.example.com/graphql?header={part({'host': 'api.example.com', 'x-api-key': KEY})}")["app.har"]  # fmt: skip

    assert [(each["kind"], each["candidates"][0]) for each in run(made)] == [
        ("refused-before-appsync", "D1")
    ]


DENIED = "Not Authorized to access a on type Query"
CLIENTS = {
    "Apollo": {"name": "ApolloError", "message": DENIED, "networkError": None,
               "graphQLErrors": [{"path": ["a"], "errorType": "Unauthorized", "message": DENIED}]},
    "urql": {"name": "CombinedError", "message": f"[GraphQL] {DENIED}", "response": {},
             "graphQLErrors": [{"path": ["a"], "message": DENIED, "extensions": {}}]},
    "urql in a console": f"[GraphQL] {DENIED}\n    at makeErrorResult",
}  # fmt: skip


@pytest.mark.parametrize("name", CLIENTS)
def test_errors_as_clients_keep_them(run: Run, name: str) -> None:
    found = run(CLIENTS[name])

    assert [(each["family"], each["field"]) for each in found] == [("field", "Query.a")]


@pytest.mark.parametrize(
    "content",
    [
        {"graphQLErrors": [], "networkError": {"name": "ServerError", "statusCode": 401}},
        f"TransportServerError: 401 Client Error: Unauthorized for url: https://{HOST}/graphql",
        f"[Network] Unauthorized\nPOST https://{HOST}/graphql 401 (Unauthorized)",
    ],
    ids=["Apollo", "Python", "urql"],
)
def test_a_status_that_a_client_keeps(run: Run, content: Any) -> None:
    assert [each["family"] for each in run(content)] == ["request"]


def test_an_error_of_a_client_is_told_once(run: Run) -> None:
    found = run("main.js:12 NoApiKey: No api-key configured\n    at headerBasedAuth")

    assert [each["kind"] for each in found] == ["client-only"]


def test_an_authorizer_that_logs_json_is_tied_to_its_request(run: Run) -> None:
    own = {"requestId": "99999999-aaaa-bbbb-cccc-dddddddddddd", "level": "INFO"}
    lines = [
        {**own, "message": {"requestContext": {"requestId": REQUEST_ID}}},
        {**own, "message": {"isAuthorized": False}},
    ]
    made = one(
        {"Authorization": "my-own"}, body=refusal("You are not authorized to make this call.")
    )

    found = run(made["app.har"], logs(*({"timestamp": 1, "message": json.dumps(x)} for x in lines)))

    assert [each["cause"] for each in found] == ["L6"]


def test_a_policy_that_allows_the_field_did_not_deny_it(run: Run) -> None:
    allowed = {"allowedFields": ["Query.getPost"], "deniedFields": []}
    record = trail(authType=["AWS_IAM"], fieldAuthorizationResults=allowed)

    found = run(one(signed(), 200, F1)["app.har"], record)[0]

    assert found["candidates"] == ["I4", "M1", "V1"]
    assert any("`allowedFields`" in each["text"] for each in found["evidence"])


@pytest.mark.parametrize("scheme", ["", "Bearer "])
@pytest.mark.parametrize(
    "message", ["Unable to parse JWT token.", "Valid authorization header not provided."]
)
def test_a_key_in_the_header_of_tokens(run: Run, scheme: str, message: str) -> None:
    found = run(one({"Authorization": f"{scheme}{KEY}"}, body=refusal(message))["app.har"])[0]

    assert (found["kind"], found["cause"]) == ("key-in-authorization", "P1")
    assert found["fix"] == "Send the key in the header `x-api-key`"
    assert KEY not in json.dumps(found)


@pytest.mark.parametrize(
    ("headers", "mode"),
    [(signed(), "AWS_IAM"), ({"x-api-key": KEY}, "API_KEY")],
    ids=["IAM", "key"],
)
def test_a_mode_that_the_template_has_and_appsync_did_not_find(
    run: Run, tmp_path: Path, headers: dict[str, str], mode: str
) -> None:
    (tmp_path / "t.yaml").write_text(api(mode))
    made = one(headers, body=refusal("Valid authorization header not provided."))

    found = run(made["app.har"], options=("--template", str(tmp_path / "t.yaml")))[0]

    assert (found["cause"], found["template"]["agrees"]) == (None, False)


def test_an_api_that_the_template_does_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.yaml").write_text(api("API_KEY"))
    (tmp_path / "app.har").write_text(json.dumps(one({"x-api-key": KEY}, 200, F1)["app.har"]))
    options = ["--template", str(tmp_path / "t.yaml"), "--api", "Nope"]

    assert main(["diagnose", str(tmp_path / "app.har"), *options]) == 2
    said = capsys.readouterr().err
    assert "there is no API `Nope`" in said
    assert "there are: Api" in said


def test_a_request_without_its_answer_is_not_called_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"POST /graphql HTTP/1.1\nHost: {HOST}\nAuthorization: Bearer undefined\n\n{{}}\n"
    (tmp_path / "request.txt").write_text(text)

    assert main(["diagnose", str(tmp_path / "request.txt")]) == 0
    assert "no answer in the capture" in " ".join(capsys.readouterr().out.split())


def test_an_entry_by_itself(run: Run) -> None:
    made = entry({"x-api-key": KEY}, body=refusal("You are not authorized to make this call."))

    assert [each["cause"] for each in run(made)] == ["A1"]


def test_a_request_in_two_files_is_told_once(run: Run) -> None:
    made = one({"Authorization": jwt()}, 200, F1)["app.har"]
    lacking = har(entry(None, 200, F1), sanitized=True)

    found = run(lacking, made, logs(STEP))

    assert [(each["mode"], each["cause"]) for each in found] == [
        ("AMAZON_COGNITO_USER_POOLS", "V1")
    ]


def test_requests_of_one_file_are_told_apart(run: Run) -> None:
    made = entry({"Authorization": jwt()}, 200, F1)

    assert len(run(har(made, made))) == 2


def test_a_refused_key_without_words_is_of_keys(run: Run) -> None:
    found = run(one({"x-api-key": KEY}, body=refusal(None))["app.har"])[0]

    assert found["candidates"] == ["A1", "P1"]


def test_a_foreign_token_by_itself_may_be_meant_for_the_authorizer(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(api("AMAZON_COGNITO_USER_POOLS", "AWS_LAMBDA"))
    token = jwt(iss="https://id.example.com", iat=EPOCH - 90_000)

    found = run(token, options=("--template", str(tmp_path / "t.yaml")))[0]

    assert (found["cause"], found["candidates"]) == (None, ["L2", "O1"])


def test_a_persisted_query_is_told_by_its_message(run: Run) -> None:
    errors = [{"message": "PersistedQueryNotFound", "extensions": {"code": "X"}}]

    found = run(one({"x-api-key": KEY}, 400, {"errors": errors})["app.har"])

    assert [each["kind"] for each in found] == ["persisted-query"]
