"""Input whose size is its weapon: nothing takes longer than its length."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from counting import calls_of

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.reporters import json as json_report
from cdk_appsync_guard.reporters import text as text_report

pytestmark = pytest.mark.slow


MOST_CALLS = 100  # for each byte of the template
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def _doubled(times: int) -> Any:
    text: Any = "x" * 500
    for _ in range(times):
        text = {"Fn::Join": ["", [text, text]]}
    return text


def api(**properties: Any) -> dict[str, Any]:
    kind = "AWS::AppSync::GraphQLApi"
    return {"Type": kind, "Properties": {"AuthenticationType": "API_KEY", **properties}}


def schema(definition: Any) -> dict[str, Any]:
    own = {"Fn::GetAtt": ["Api", "ApiId"]}
    kind = "AWS::AppSync::GraphQLSchema"
    return {"Type": kind, "Properties": {"ApiId": own, "Definition": definition}}


def nested(url: str) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}


def statement(resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resource}


def role(*statements: Any) -> dict[str, Any]:
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": statements}}
    return {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}


def field_arn(coordinate: str) -> dict[str, Any]:
    return {"Fn::Sub": "${Api.Arn}/types/" + coordinate}


IAM = [{"AuthenticationType": "AWS_IAM"}]
SMALL = schema("type Query { a: N @aws_iam } type N { id: ID! @aws_iam }")
PATTERNS = ["?*" * 9000, "*a" * 9000, "<" * 99_000, "${" * 99_000, "arn:" * 30_000]
N = 100_000
# Whatever takes longer than its length would take minutes.
HEAVY: dict[str, Callable[[], dict[str, Any]]] = {
    "statements": lambda: {
        "Api": api(AdditionalAuthenticationProviders=IAM),
        "S": SMALL,
        "R": role(*(statement(field_arn(f"Query/fields/f{i}")) for i in range(1500))),
    },
    "resources of one statement": lambda: {
        "Api": api(AdditionalAuthenticationProviders=IAM),
        "S": SMALL,
        "R": role(statement([field_arn(f"Query/fields/f{i}") for i in range(1500)])),
    },
    "patterns": lambda: {
        "Api": api(AdditionalAuthenticationProviders=IAM),
        "S": SMALL,
        "R": role(*map(statement, PATTERNS), *(statement({"Fn::Sub": one}) for one in PATTERNS)),
    },
    "conditions": lambda: {
        f"Api{i}": api(AuthenticationType={"Fn::If": [f"C{i}", "API_KEY", "AWS_IAM"]})
        for i in range(60)
    },
    "typos": lambda: {
        "Api": api(),
        "S": schema(
            f"type Query {{ a: ID }} type Mutation {{ {' '.join(f'field{i}: ID' for i in range(500))} }}"
            "type Subscription {"
            + " ".join(f's{i}: ID @aws_subscribe(mutations: ["feild{i}"])' for i in range(500))
            + "}"
        ),
    },
    "unknown directives": lambda: {
        "Api": api(),
        "S": schema("type Query {" + "".join(f"f{i}: U{i} @aws_i{i}\n" for i in range(1500)) + "}"),
    },
    "letters": lambda: {
        "Api": api(Name="eyJ" * N, LogConfig={"FieldLogLevel": "eyJ" * N}),
        "S": schema("type Q implements" + " " * N + "X # cdk-appsync-guard:" + "," * N),
        "N": nested("${" * N),
        "M": nested("a" * N),
    },
    "doubling": lambda: {
        "Api": api(Name=_doubled(12)),
        "Other": api(Name={"Fn::Sub": "${" * N}, AdditionalAuthenticationProviders=[{}] * 9000),
    },
    "regular expressions": lambda: {
        "Api": api(
            AuthenticationType="OPENID_CONNECT",
            OpenIDConnectConfig={"Issuer": "https://a", "ClientId": "(a+)+" * 9000 + "$"},
        )
    },
    "groups": lambda: {
        "Api": api(AuthenticationType="AMAZON_COGNITO_USER_POOLS", UserPoolConfig={"UserPoolId": "x"}),
        "S": schema(
            "type Query {"
            + "".join(f'f{i}: T @aws_auth(cognito_groups: ["g{i}", "h{i}"]) ' for i in range(500))
            + "} type T { id: ID @aws_cognito_user_pools t: T! }"
        ),
    },
    "SDL nested thousands deep": lambda: {
        "Api": api(),
        "S": schema("type Query { a: " + "[" * 20_000 + "ID" + "]" * 20_000 + " }"),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", HEAVY)
def test_large_input_takes_work_that_grows_with_its_size(case: str) -> None:
    conditions = {f"C{i}": {"Fn::Equals": [{"Ref": f"P{i}"}, "a"]} for i in range(60)}
    parameters = {f"P{i}": {"Type": "String"} for i in range(60)}
    data = {"Parameters": parameters, "Conditions": conditions, "Resources": HEAVY[case]()}
    text = json.dumps(data).encode()
    reports = []

    def judge() -> None:
        reports.append(scan(["-"], ScanOptions(now=NOW, stdin=text)))
        json_report.render(reports[0], "1")
        text_report.render(reports[0])

    scenarios = 32 if case == "conditions" else 1

    assert calls_of(judge) < MOST_CALLS * scenarios * len(text)
    assert reports[0].apis != ()
