"""Work over APIs and roles grows with what is written: counted in calls, not in seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import Any

from counting import LINEAR, calls_of, growth

from cdk_appsync_guard.engine.scan import ScanOptions, scan

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
MOST_CALLS_A_PAIR = 60


def template(apis: int, roles: int, *, everywhere: bool) -> bytes:
    """Return roles that may call everything, or two fields of one API each."""
    resources: dict[str, Any] = {}
    for number in range(apis):
        modes = {"Name": "a", "AuthenticationType": "AWS_IAM"}
        api_id = {"Fn::GetAtt": [f"Api{number}", "ApiId"]}
        sdl = "type Query { a: ID b: ID }"
        resources[f"Api{number}"] = {"Type": "AWS::AppSync::GraphQLApi", "Properties": modes}
        resources[f"Schema{number}"] = {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": api_id, "Definition": sdl},
        }
    for number in range(roles):
        arn = f"${{Api{number % apis}.Arn}}/types/Query/fields/"
        fields = [{"Fn::Sub": arn + name} for name in "ab"]
        allow = {
            "Effect": "Allow",
            "Action": "appsync:GraphQL",
            "Resource": "*" if everywhere else fields,
        }
        policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [allow]}}
        resources[f"Role{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Statement": []}, "Policies": [policy]},
        }
    return json.dumps({"Resources": resources}).encode()


def judged(apis: int, roles: int, *, everywhere: bool = False) -> Callable[[], object]:
    stdin = template(apis, roles, everywhere=everywhere)
    return partial(scan, ["-"], ScanOptions(now=NOW, stdin=stdin))


def test_roles_that_name_their_apis_are_linear() -> None:
    assert growth(lambda size: judged(size, size), 25) < LINEAR


def test_roles_that_name_no_api_cost_little_for_each() -> None:
    judged(1, 1)()  # imports do not count
    calls = {size: calls_of(judged(size, size, everywhere=True)) for size in (20, 40)}
    pairs = 40 * 40 - 2 * 20 * 20

    assert calls[40] - 2 * calls[20] < MOST_CALLS_A_PAIR * pairs
