"""What is planted behind the browser: an API, a client, a fault, and what must be diagnosed."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from diagnosis.browser.service import IAM, KEY, LAMBDA, POOL, SECRET, Api
from diagnosis.captures import ISSUER, part

GOOD_KEY = "da2-abcdefghijklmnopqrstuvwxyz"
QUERY = "query GetPost { getPost(id: 1) { id title } }"
SUBSCRIPTION = "subscription OnPost { onPost { id } }"
CREDENTIALS = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": SECRET}
SESSION = {"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": SECRET}
ALL = {"Query.getPost": (KEY, POOL, IAM, LAMBDA), "Post": (KEY, POOL, IAM, LAMBDA)}
TEN_MINUTES = 600_000


def jwt(**claims: Any) -> str:
    now = int(time.time())
    usual = {
        "sub": "s",
        "iss": ISSUER,
        "client_id": Api(()).client,
        "token_use": "access",
        "iat": now - 60,
        "exp": now + 3000,
    }
    return f"{part({'alg': 'RS256'})}.{part({**usual, **claims})}.c2ln"


def old() -> str:
    return jwt(exp=int(time.time()) - 90)


@dataclass(frozen=True)
class Scenario:
    """``cause`` and ``among`` are what is diagnosed from the HAR alone, ``with_template`` beside it."""

    name: str
    api: Api
    client: Mapping[str, Any]
    family: str
    cause: str | None = None
    among: tuple[str, ...] = ()
    kind: str = ""
    with_template: tuple[str | None, tuple[str, ...]] | None = None
    sdl: str = ""
    more: str = field(default="", repr=False)


def bearer(value: str, client: str = "apollo") -> dict[str, Any]:
    return {"client": client, "headers": {"Authorization": value}}


def key(client: str = "urql", **more: Any) -> dict[str, Any]:
    return {"client": client, "headers": {"x-api-key": GOOD_KEY}, **more}


def amplify(mode: str, **more: Any) -> dict[str, Any]:
    return {"client": "amplify", "mode": mode, "key": GOOD_KEY, **more}


def sign(credentials: Mapping[str, str] = CREDENTIALS, **more: Any) -> dict[str, Any]:
    return {"client": "signed", "sign": {"credentials": credentials, **more}}


def socket(header: Mapping[str, str] | None, kind: str = "start") -> dict[str, Any]:
    payload: dict[str, Any] = {"data": json.dumps({"query": SUBSCRIPTION})}
    payload["extensions"] = {"authorization": {"x-api-key": GOOD_KEY, "host": "HOST"}}
    if kind == "subscribe":
        payload = {"query": SUBSCRIPTION}
    return {
        "client": "socket",
        "header": header,
        "start": {"id": "1", "type": kind, "payload": payload},
    }


TWO = (KEY, POOL)
ADMINS = '@aws_cognito_user_pools(cognito_groups: ["admins"]) '
F5 = {
    "errorType": "DynamoDB:AmazonDynamoDBException",
    "message": "User: arn:aws:sts::123456789012:assumed-role/r/APPSYNC_ASSUME_ROLE is not authorized to perform: dynamodb:GetItem on resource: t",
}
F1 = {
    "errorType": "Unauthorized",
    "message": "Not Authorized to access getPost on type Query",
    "data": None,
    "errorInfo": None,
}
NULL = {
    "message": "Cannot return null for non-nullable type: 'ID' within parent 'Post' (/onPost/id)"
}

SCENARIOS = (
    Scenario("no-header", Api((KEY,)), bearer("", "fetch") | {"headers": {}}, "request", None, ("C6",), "missing-credential"),
    Scenario("no-signature", Api((IAM,)), key("fetch") | {"headers": {}}, "request", None, ("T2",), with_template=("T2", ())),
    Scenario("bearer-undefined", Api((POOL,)), bearer("Bearer undefined"), "request", "C6"),
    Scenario("bearer-opaque", Api((POOL,)), bearer("Bearer 0123456789abcdef0123"), "request", "T1"),
    Scenario("opaque", Api((POOL,)), bearer("0123456789abcdef0123", "urql"), "request", None, ("O2",)),
    Scenario("expired-token", Api((POOL,)), {"client": "urql", "headers": {"Authorization": "OLD"}}, "request", "T4"),
    Scenario("expired-token-amplify", Api((POOL,)), amplify("userPool", token="OLD"), "request", "T4"),
    Scenario("another-pool", Api((POOL,)), bearer("Bearer OTHER-POOL"), "request", None, ("P6",), with_template=("P6", ())),
    Scenario("another-client", Api((POOL,)), bearer("OTHER-CLIENT", "urql"), "request", None, ("O1",), with_template=("O1", ())),
    Scenario("token-to-keys", Api((KEY,)), bearer("JWT"), "request", None, ("P1",), with_template=("P1", ())),
    Scenario("key-to-users", Api((POOL,)), amplify("apiKey"), "request", "P1", with_template=("P1", ())),
    Scenario("old-key", Api((KEY,), key_is_good=False), amplify("apiKey"), "request", "A1"),
    Scenario("two-credentials", Api(TWO, key_is_good=False), {"client": "apollo", "headers": {"x-api-key": GOOD_KEY, "Authorization": "JWT"}}, "request", "P7"),
    Scenario("signed-to-users", Api((POOL,)), amplify("iam", credentials=CREDENTIALS), "request", "I3", with_template=("I3", ())),
    Scenario("no-policy", Api((IAM,), policy_allows=False), amplify("iam", credentials=CREDENTIALS), "request", None, ("I1", "I2", "I5")),
    Scenario("clock-behind", Api((IAM,)), amplify("iam", credentials=CREDENTIALS, clock=-TEN_MINUTES), "request", "T5"),
    Scenario("clock-ahead", Api((IAM,)), sign() | {"clock": TEN_MINUTES}, "request", "T5"),
    Scenario("wrong-region", Api((IAM,)), sign(region="eu-west-1"), "request", "T2", kind="wrong-region"),
    Scenario("wrong-service", Api((IAM,)), sign(service="execute-api"), "request", "T2", kind="wrong-service"),
    Scenario("wrong-secret", Api((IAM,)), sign({**CREDENTIALS, "secretAccessKey": "x"}), "request", None, ("T2", "D1", "C6")),
    Scenario("no-session-token", Api((IAM,)), sign(SESSION), "request", "T2", kind="session-token-missing"),
    Scenario("unknown-access-key", Api((IAM,)), sign({**CREDENTIALS, "accessKeyId": "AKIAUNKNOWN7EXAMPLE1"}), "request", None, ("C6",)),
    Scenario("authorizer-says-no", Api((LAMBDA,), authorizer={"isAuthorized": False}), amplify("lambda", authToken="my-own-token"), "request", None, ("L6",)),
    Scenario("authorizer-forbidden", Api((LAMBDA,), authorizer="forbidden"), amplify("lambda", authToken="my-own-token"), "request", "L1"),
    Scenario("denied-fields", Api((LAMBDA,), authorizer={"isAuthorized": True, "deniedFields": ["Query.getPost"]}), amplify("lambda", authToken="my-own-token"), "field", None, ("L4",), with_template=(None, ("L4",))),
    Scenario("token-for-authorizer", Api((POOL, LAMBDA)), bearer("OTHER-ISSUER"), "request", None, (), with_template=(None, ("L2",))),
    Scenario("untagged-field", Api(TWO), amplify("userPool", token="JWT"), "field", None, ("S1", "P1"), with_template=("S1", ())),
    Scenario("untagged-for-iam", Api((KEY, IAM)), amplify("iam", credentials=CREDENTIALS), "field", None, ("I4",), with_template=("I4", ())),
    Scenario("key-to-field-of-users", Api(TWO, open={"Query.getPost": (POOL,), "Post": TWO}), amplify("apiKey"), "field", None, ("P1",), with_template=(None, ("P1", "S2")), sdl="@aws_cognito_user_pools"),
    Scenario("nested-type", Api(TWO, open={"Query.getPost": TWO}), amplify("userPool", token="JWT"), "field", None, ("R1",), with_template=("R1", ()), sdl="@aws_api_key @aws_cognito_user_pools"),
    Scenario("group", Api(TWO, open={"Query.getPost": (POOL,), "Post": TWO}, groups=("admins",)), bearer("JWT"), "field", None, ("S1",), with_template=(None, ("T6",)), sdl=ADMINS),
    Scenario("default-action", Api((POOL,), default_action="DENY"), amplify("userPool", token="JWT"), "field", None, ("S1", "V1"), with_template=("P4", ())),
    Scenario("resolver", Api((KEY,), error=F1), key(), "field", None, ("V1",), with_template=("V1", ())),
    Scenario("data-source-role", Api((KEY,), error=F5), key(), "other", "V3"),
    Scenario("validation", Api((KEY,)), key("apollo") | {"query": "query Q { getNothing { id } }"}, "other", kind="validation"),
    Scenario("firewall", Api((KEY,), status=403), key(), "other", "N2"),
    Scenario("throttled", Api((KEY,), status=429), key(), "other", kind="throttled"),
    Scenario("no-host", Api((KEY,)), key("fetch") | {"url": "https://nowhere.appsync-api.us-east-1.amazonaws.com/graphql"}, "other", None, ("N1",), "network"),
    Scenario("no-cors", Api((KEY,), cors=False), key("fetch"), "other", kind="cors"),
    Scenario("batch", Api((KEY,)), key("apollo", batch=True), "other", kind="batched"),
    Scenario("persisted-query", Api((KEY,)), key("apollo", persisted=True), "other", kind="persisted-query"),
    Scenario("handshake-old-key", Api((KEY,), key_is_good=False), amplify("apiKey", query=SUBSCRIPTION), "subscription", "A1"),
    Scenario("handshake-old-token", Api((POOL,)), amplify("userPool", token="OLD", query=SUBSCRIPTION), "subscription", "T4"),
    Scenario("subscription-untagged", Api(TWO), amplify("userPool", token="JWT", query=SUBSCRIPTION), "subscription", None, ("W5",), with_template=("W5", ())),
    Scenario("handshake-without-header", Api((KEY,)), socket(None), "subscription", "W1", kind="handshake-without-header"),
    Scenario("handshake-realtime-host", Api((KEY,)), socket({"host": "REALTIME", "x-api-key": GOOD_KEY}), "subscription", "W1", kind="handshake-realtime-host"),
    Scenario("another-protocol", Api((KEY,)), socket({"host": "HOST", "x-api-key": GOOD_KEY}, "subscribe"), "subscription", "W1", kind="wrong-protocol"),
    Scenario("null-in-event", Api((KEY,), error=NULL), socket({"host": "HOST", "x-api-key": GOOD_KEY}), "subscription", "W3"),
)  # fmt: skip


def as_json(scenario: Scenario, number: int) -> dict[str, Any]:
    """Return the scenario as the page takes it."""
    host, realtime = hosts(number)
    whole = {
        "url": f"https://{host}/graphql",
        "realtime": f"wss://{realtime}/graphql",
        "query": QUERY,
        **scenario.client,
        "name": scenario.name,
    }
    other = ISSUER.replace("_AbC", "_XyZ")
    text = json.dumps(whole)
    for name, value in (
        ("OTHER-POOL", jwt(iss=other)),
        ("OTHER-CLIENT", jwt(client_id="another")),
        ("OTHER-ISSUER", jwt(iss="https://id.example.com")),
        ("OLD", old()),
        ("JWT", jwt()),
        ("REALTIME", realtime),
        ("HOST", host),
    ):
        text = text.replace(f'"{name}"', f'"{value}"').replace(
            f'"Bearer {name}"', f'"Bearer {value}"'
        )
    found: dict[str, Any] = json.loads(text)
    if "start" in found:
        found["start"] = json.loads(json.dumps(found["start"]).replace("HOST", host))
    return found


def api_id(number: int) -> str:
    return base64.b32encode(f"api-of-test-{number:04}".encode()).decode().lower().strip("=")[:26]


def hosts(number: int) -> tuple[str, str]:
    name = api_id(number)
    return (
        f"{name}.appsync-api.us-east-1.amazonaws.com",
        f"{name}.appsync-realtime-api.us-east-1.amazonaws.com",
    )
