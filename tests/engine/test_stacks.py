"""One stack → rows: the same for everyone who asks, and a row for what cannot be judged."""

from __future__ import annotations

import json
import pickle
from datetime import datetime, timezone
from typing import Any

from cdk_appsync_guard.engine.rows import COLUMNS
from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.engine.stacks import StackJudge, stack_judge

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
HOME = "templates/111122223333/eu-west-1/orders.json"


def template(account: str = "") -> bytes:
    """Return a stack whose role may query one API, of this account or of another."""
    arn = f"arn:aws:appsync:eu-west-1:{account}:apis/*" if account else "*"
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": arn}
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
    api = {"Name": "orders", "AuthenticationType": "AWS_IAM"}
    role = {"AssumeRolePolicyDocument": {"Statement": []}, "Policies": [policy]}
    schema = {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "Definition": "type Query { a: ID b: ID }"}
    resources: dict[str, Any] = {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
        "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": schema},
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
    }
    return json.dumps({"Resources": resources}).encode()


def judge() -> StackJudge:
    return stack_judge(ScanOptions(now=NOW))


def test_it_goes_to_another_process_and_says_the_same() -> None:
    travelled = pickle.loads(pickle.dumps(judge()))  # noqa: S301 - our own bytes

    assert travelled(HOME, template()) == judge()(HOME, template())


def test_every_row_has_every_column_and_a_key_of_its_own() -> None:
    rows = judge()(HOME, template())

    assert {tuple(row) for row in rows} == {COLUMNS}
    assert len({row["key"] for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} >= {"finding", "cell"}


def test_folders_tell_the_account_and_the_region() -> None:
    rows = judge()(HOME, template())

    assert {(row["account"], row["region"], row["stack"]) for row in rows} == {
        ("111122223333", "eu-west-1", "orders")
    }


def test_options_win_over_folders() -> None:
    rows = stack_judge(ScanOptions(now=NOW, account="999999999999"))(HOME, template())

    assert {row["account"] for row in rows} == {"999999999999"}


def _verdicts(account: str) -> set[str]:
    rows = judge()(HOME, template(account))
    return {row["verdict"] for row in rows if row["caller"] == "role Role"}


def test_a_grant_on_another_account_is_not_one_on_this_api() -> None:
    assert _verdicts("111122223333") == {"allowed"}
    assert _verdicts("444455556666") <= {"denied"}


def test_keys_do_not_depend_on_where_the_layout_lies() -> None:
    here = {row["key"] for row in judge()(HOME, template())}
    there = {row["key"] for row in judge()(f"/mnt/elsewhere/{HOME}", template())}

    assert here == there


def test_what_cannot_be_read_is_a_row() -> None:
    (row,) = judge()(HOME, b'{"Resources": {"a": ')

    assert (row["kind"], row["account"], row["stack"]) == ("problem", "111122223333", "orders")
    assert row["message"].startswith("the file is not valid JSON")
