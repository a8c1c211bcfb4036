"""What scenarios share is what each of them would be told alone, and sharing is what keeps it cheap."""

from __future__ import annotations

import copy
import json
import random
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from counting import calls_of

from cdk_appsync_guard.engine import unit
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.template.source.read import read_template

pytestmark = pytest.mark.slow


FIXTURES = sorted(Path(__file__).parent.parent.glob("rules/*/*/fail.yaml"))
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
NEVER = {"Ref": "AWS::NoValue"}


def with_conditions(data: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return the template with conditions on some resources and `Fn::If` in some properties."""
    data = copy.deepcopy(data)
    names = [f"Cond{number}" for number in range(chance.randint(1, 3))]
    for name in names:
        parameter: dict[str, Any] = {"Type": "String"}
        if chance.random() < 0.4:
            parameter["Default"] = "a"
        data.setdefault("Parameters", {})[f"{name}Value"] = parameter
        test = {"Fn::Equals": [{"Ref": f"{name}Value"}, "a"]}
        data.setdefault("Conditions", {})[name] = test
    for resource in data["Resources"].values():
        fate, properties = chance.random(), resource.get("Properties")
        if fate < 0.3:
            resource["Condition"] = chance.choice(names)
        elif fate < 0.6 and properties:
            key = chance.choice(list(properties))
            other = chance.choice([NEVER, {"Ref": f"{names[0]}Value"}])
            properties[key] = {"Fn::If": [chance.choice(names), properties[key], other]}
    return data


def judge(data: dict[str, Any]) -> Report:
    options = ScanOptions(now=NOW, select=("all",), stdin=json.dumps(data, default=str).encode())
    return scan(["-"], options)


class Alone(unit._Asker):  # noqa: SLF001 - the only other way to ask
    """Judges each scenario by itself."""

    def __init__(self, *given: Any, alone: bool) -> None:  # noqa: ARG002 - that is the point
        super().__init__(*given, alone=True)


@pytest.mark.parametrize("seed", range(40))
def test_sharing_changes_no_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same templates each time
    file = chance.choice(FIXTURES)
    template = read_template(file.name, file.read_bytes())
    data = with_conditions(template.data, chance)
    shared = judge(data)
    monkeypatch.setattr(unit, "_Asker", Alone)
    alone = judge(data)

    assert sorted(map(repr, shared.findings)) == sorted(map(repr, alone.findings))
    assert sorted(map(repr, shared.undecided)) == sorted(map(repr, alone.undecided))
    assert set(shared.notices) == set(alone.notices)


def large(conditions: int) -> dict[str, Any]:
    """Return an API with 40 roles, and as many conditional resolvers as asked for."""
    api_id = {"Fn::GetAtt": ["Api", "ApiId"]}
    fields = " ".join(f"f{number}: ID" for number in range(100))
    arn = "arn:aws:appsync:eu-west-1:111122223333:apis/${Api.ApiId}/types/Query/fields/f"
    resources: dict[str, Any] = {
        "Api": {
            "Type": "AWS::AppSync::GraphQLApi",
            "Properties": {"Name": "a", "AuthenticationType": "AWS_IAM"},
        },
        "Schema": {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": api_id, "Definition": f"type Query {{ {fields} }}"},
        },
    }
    for number in range(40):
        statement = {
            "Effect": "Allow",
            "Action": "appsync:GraphQL",
            "Resource": [{"Fn::Sub": f"{arn}{number + more}"} for more in range(5)],
        }
        resources[f"Role{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Statement": []},
                "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
            },
        }
    for number in range(5):
        resources[f"Resolver{number}"] = {
            "Type": "AWS::AppSync::Resolver",
            "Properties": {"ApiId": api_id, "TypeName": "Query", "FieldName": f"f{number}"},
            **({"Condition": f"C{number}"} if number < conditions else {}),
        }
    wanted = range(conditions)
    return {
        "Parameters": {f"P{number}": {"Type": "String"} for number in wanted},
        "Conditions": {
            f"C{number}": {"Fn::Equals": [{"Ref": f"P{number}"}, "a"]} for number in wanted
        },
        "Resources": resources,
    }


def test_conditions_do_not_multiply_the_work() -> None:
    plain, conditional = large(0), large(5)
    judge(plain)

    # 32 scenarios, of which each would cost as much as the template without conditions.
    assert calls_of(lambda: judge(conditional)) < 5 * calls_of(lambda: judge(plain))
