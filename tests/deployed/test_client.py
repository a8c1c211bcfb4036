"""How AWS is asked: page by page, again when it throttles, and not at all with old credentials."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from deployer import LOADER

from cdk_appsync_guard.deployed.calls import CALLS
from cdk_appsync_guard.deployed.client import Account, Denied, Missing, open_session
from cdk_appsync_guard.errors import ConfigError

Sent = Callable[[Any], "tuple[int, Any]"]


class Raw:
    """The body of an answer."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.data


def account(answer: Sent, region: str = "eu-west-1") -> Account:
    """Return an account that answers each request as it is sent, below botocore's own retries."""

    def send(request: Any, **_: Any) -> AWSResponse:
        status, body = answer(request)
        headers = {"x-amzn-errortype": body["code"]} if "code" in body else {}
        return AWSResponse(request.url, status, headers, Raw(json.dumps(body).encode()))

    inner = botocore.session.Session()
    inner.register_component("data_loader", LOADER)
    inner.set_credentials("AKIAIOSFODNN7EXAMPLE", "not-a-secret")
    inner.set_config_variable("region", region)
    inner.register("before-send", send)
    return Account(boto3.Session(botocore_session=inner))


def test_all_pages_are_read() -> None:
    def answer(request: Any) -> tuple[int, Any]:
        token = parse_qs(urlsplit(request.url).query).get("nextToken", ["0"])[0]
        more = {"nextToken": str(int(token) + 1)} if int(token) < 3 else {}
        return 200, {"apiKeys": [{"id": token}], **more}

    listed = account(answer).all("appsync:ListApiKeys", apiId="a")

    assert listed == [{"id": "0"}, {"id": "1"}, {"id": "2"}, {"id": "3"}]


def test_pages_that_do_not_end_are_refused() -> None:
    page = {"apiKeys": [], "nextToken": "again"}

    with pytest.raises(ConfigError, match="AWS cannot be asked"):
        account(lambda _: (200, page)).all("appsync:ListApiKeys", apiId="a")


def test_throttling_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waited.append)
    answers: Iterator[tuple[int, Any]] = iter(
        [(429, {"code": "TooManyRequestsException"})] * 3 + [(200, {"apiKeys": []})]
    )

    assert account(lambda _: next(answers)).all("appsync:ListApiKeys", apiId="a") == []
    assert len(waited) == 3


def test_throttling_without_end_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)

    with pytest.raises(ConfigError, match="AWS still throttles `appsync:ListApiKeys`"):
        account(lambda _: (429, {"code": "TooManyRequestsException"})).all(
            "appsync:ListApiKeys", apiId="a"
        )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredTokenException", "the AWS credentials have expired"),
        ("ExpiredToken", "the AWS credentials have expired"),
        ("UnrecognizedClientException", "AWS does not accept the credentials"),
        ("InvalidSignatureException", "AWS does not accept the credentials"),
        ("SomethingElse", "`appsync:ListApiKeys` fails: `SomethingElse`"),
    ],
)
def test_what_ends_the_run_is_said_in_one_sentence(code: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        account(lambda _: (403, {"code": code})).all("appsync:ListApiKeys", apiId="a")


def test_a_denied_call_names_its_permission() -> None:
    asked = account(lambda _: (403, {"code": "AccessDeniedException"}))

    assert asked.all("appsync:ListApiKeys", apiId="a") == Denied("appsync:ListApiKeys")
    assert asked.get("lambda:GetPolicy", FunctionName="f") == Denied("lambda:GetPolicy")


def test_what_is_not_there_is_missing() -> None:
    asked = account(lambda _: (404, {"code": "ResourceNotFoundException"}))

    assert asked.get("lambda:GetPolicy", FunctionName="f") == Missing()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-1", "appsync.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "appsync.us-gov-west-1.amazonaws.com"),
    ],
)
def test_other_partitions_have_their_own_addresses(region: str, host: str) -> None:
    asked = []

    def answer(request: Any) -> tuple[int, Any]:
        asked.append(urlsplit(request.url).netloc)
        return 200, {"graphqlApis": []}

    account(answer, region).all("appsync:ListGraphqlApis")

    assert asked == [host]


def test_the_table_names_operations_and_what_they_list() -> None:
    session = botocore.session.Session()
    for call in CALLS.values():
        model = session.get_service_model(call.service).operation_model(call.operation)

        assert model.name == call.operation
        assert set(call.items) <= set(model.output_shape.members)


def test_a_profile_that_does_not_exist_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    with pytest.raises(ConfigError, match="the config profile"):
        open_session("eu-west-1", "nobody")


def test_no_credentials_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(ConfigError, match="there are no AWS credentials"):
        open_session("eu-west-1", None)
