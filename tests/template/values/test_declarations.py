from __future__ import annotations

from typing import Any

import pytest
from template.building import parameter, text, value_of

from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.values.value import Hole, Unknown

SSM = "AWS::SSM::Parameter::Value<String>"
OPEN = Unknown("parameter `P` has no value", "--parameters P=VALUE")
LOOKED_UP = "`{{resolve:ssm:/name}}` is looked up during deployment"

CASES: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("a given value wins over the default", {"Type": "String", "Default": "dev"}, "prod", "prod"),
    ("a default is used", {"Type": "String", "Default": "dev"}, None, "dev"),
    ("an empty default is a value", {"Type": "String", "Default": ""}, None, ""),
    ("a missing value is a hole", {"Type": "String"}, None, text(parameter("P"))),
    ("a number is the string that was given", {"Type": "Number"}, "007", "007"),
    ("a default number is a string", {"Type": "Number", "Default": 7}, None, "7"),
    ("a default boolean is a string", {"Type": "String", "Default": True}, None, "true"),
    ("a list is split", {"Type": "CommaDelimitedList"}, "a, b", ["a", "b"]),
    ("a list of ids is split", {"Type": "List<AWS::EC2::Subnet::Id>", "Default": "a,b"}, None, ["a", "b"]),
    ("a list may be given as one", {"Type": "CommaDelimitedList"}, ["a", 1], ["a", "1"]),
    ("a missing list is unknown", {"Type": "CommaDelimitedList"}, None, OPEN),
    ("a list given for a string is joined", {"Type": "String"}, ["a", "b"], "a,b"),
    ("an SSM parameter's default is only a name", {"Type": SSM, "Default": "/name"}, None, text(Hole("dynamic", "{{resolve:ssm:/name}}"))),
    ("an SSM parameter's given value is only a name", {"Type": SSM}, "/name", text(Hole("dynamic", "{{resolve:ssm:/name}}"))),
    ("an SSM parameter without a name is a hole", {"Type": SSM}, None, text(parameter("P"))),
    ("an SSM list is unknown", {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/name"}, None, Unknown(LOOKED_UP, "nothing before deployment")),
    ("a secret's default is a hole", {"Type": "String", "NoEcho": True, "Default": "hush"}, None, text(Hole("secret", "P", "app"))),
    ("a secret that is given is a hole", {"Type": "String", "NoEcho": "true"}, "hush", text(Hole("secret", "P", "app"))),
    ("a value that nobody can read hides the default", {"Type": "String", "Default": "NONE"}, Unknown("elsewhere"), text(parameter("P"))),
    ("a dynamic reference may be a default", {"Type": "String", "Default": "{{resolve:ssm:/x}}"}, None, text(Hole("dynamic", "{{resolve:ssm:/x}}"))),
    ("a malformed declaration declares a string", {"Type": 3, "AllowedValues": "x", "Default": {}}, None, text(parameter("P"))),
]  # fmt: skip


@pytest.mark.parametrize(("declaration", "given", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_ref_of_a_parameter(declaration: dict[str, Any], given: Any, expected: Any) -> None:
    parameters = Parameters() if given is None else Parameters({"P": given})

    assert value_of({"Ref": "P"}, parameters, Parameters={"P": declaration}) == expected


@pytest.mark.parametrize(
    ("declaration", "could_be"),
    [
        ({"AllowedValues": ["a", 1, True]}, ("a", "1", "true")),
        ({"Type": "Number", "MinValue": 1, "MaxValue": "3"}, ("1", "2", "3")),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 1000}, None),
        ({"Type": "Number", "MinValue": 3, "MaxValue": 1}, None),
        ({"AllowedValues": []}, None),
    ],
)
def test_what_a_parameter_could_be(declaration: dict[str, Any], could_be: Any) -> None:
    value = value_of({"Ref": "P"}, Parameters={"P": declaration})

    assert value.hole.could_be == could_be
