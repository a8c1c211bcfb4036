from __future__ import annotations

from typing import Any

import pytest
from template.building import attribute, parameter, pseudo, text, value_of

from cdk_appsync_guard.errors import TemplateError
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.values.value import Hole, Unknown

REGION = {"Ref": "AWS::Region"}
BUCKET = {"Ref": "Bucket"}
MAPPINGS = {
    "ByRegion": {
        "eu-west-1": {"Level": "ERROR", "Kind": "plain"},
        "us-east-1": {"Level": "ALL", "Kind": "plain"},
    },
    "Lists": {"eu-west-1": {"Zones": ["a", "b"]}},
}
KNOWN = Parameters(region="eu-west-1", account="111122223333")

VALUES: list[tuple[str, Any, Any]] = [
    ("literals", [1, 1.5, True, "a", {"b": []}], [1, 1.5, True, "a", {"b": []}]),
    ("Ref of a resource", BUCKET, text(attribute("Bucket"))),
    ("Ref of a pseudo parameter", REGION, text(pseudo("Region"))),
    ("Ref of nothing", {"Ref": "Nobody"}, Unknown("`Nobody` is not defined in the template", "a valid template")),
    ("Ref beside another key", {"Ref": "Bucket", "a": 1}, {"Ref": "Bucket", "a": 1}),
    ("NoValue alone", {"Ref": "AWS::NoValue"}, None),
    ("NoValue in a list", ["a", {"Ref": "AWS::NoValue"}, "b"], ["a", "b"]),
    ("NoValue in an object", {"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
    ("GetAtt as a list", {"Fn::GetAtt": ["Bucket", "Arn"]}, text(attribute("Bucket.Arn"))),
    ("GetAtt as a string", {"Fn::GetAtt": "Bucket.Arn"}, text(attribute("Bucket.Arn"))),
    ("GetAtt of a nested attribute", {"Fn::GetAtt": ["Bucket", "A.B"]}, text(attribute("Bucket.A.B"))),
    ("GetAtt in three parts", {"Fn::GetAtt": ["Bucket", "A", "B"]}, text(attribute("Bucket.A.B"))),
    ("Sub of a literal", {"Fn::Sub": "plain"}, "plain"),
    ("Sub with an escape", {"Fn::Sub": "${!Literal}-$x"}, "${Literal}-$x"),
    ("Sub of names", {"Fn::Sub": "a-${AWS::Region}-${Bucket.Arn}"}, text("a-", pseudo("Region"), "-", attribute("Bucket.Arn"))),
    ("Sub with a map", {"Fn::Sub": ["${a}/${b}", {"a": "x", "b": BUCKET}]}, text("x/", attribute("Bucket"))),
    ("Sub with a map that hides a resource", {"Fn::Sub": ["${Bucket}", {"Bucket": "mine"}]}, "mine"),
    ("Join of literals", {"Fn::Join": ["-", ["a", 1, True]]}, "a-1-true"),
    ("Join of holes", {"Fn::Join": ["", ["a", BUCKET, "b", "c"]]}, text("a", attribute("Bucket"), "bc")),
    ("Join of nothing", {"Fn::Join": [",", []]}, ""),
    ("Join drops NoValue", {"Fn::Join": [",", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "a,b"),
    ("Select", {"Fn::Select": [1, ["a", "b"]]}, "b"),
    ("Select by a string", {"Fn::Select": ["1", ["a", "b"]]}, "b"),
    ("Select at an open index", {"Fn::Select": [REGION, ["a", "b"]]}, Unknown("`AWS::Region` is only known at deployment", "--region", ("a", "b"))),
    ("Split", {"Fn::Split": [",", "a,b"]}, ["a", "b"]),
    ("Split around a hole", {"Fn::Split": [":", {"Fn::Sub": "a:${AWS::Region}:b"}]}, ["a", text(pseudo("Region")), "b"]),
    ("Select from an API's ARN", {"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::GetAtt": ["Api", "Arn"]}]}]}, text(attribute("Api.ApiId"))),
    ("Select before what is open", {"Fn::Select": [0, {"Fn::Split": ["/", {"Fn::Sub": "a/${Bucket}/b"}]}]}, "a"),
    ("FindInMap", {"Fn::FindInMap": ["ByRegion", "eu-west-1", "Level"]}, "ERROR"),
    ("FindInMap of a list", {"Fn::FindInMap": ["Lists", "eu-west-1", "Zones"]}, ["a", "b"]),
    ("FindInMap by an open key", {"Fn::FindInMap": ["ByRegion", REGION, "Level"]}, Unknown("`AWS::Region` is only known at deployment", "--region", ("ERROR", "ALL"))),
    ("FindInMap where all entries agree", {"Fn::FindInMap": ["ByRegion", REGION, "Kind"]}, "plain"),
    ("FindInMap with a default", {"Fn::FindInMap": ["ByRegion", "ap-south-1", "Level", {"DefaultValue": "NONE"}]}, "NONE"),
    ("FindInMap with an open key and a default", {"Fn::FindInMap": ["ByRegion", REGION, "Level", {"DefaultValue": "NONE"}]}, Unknown("`AWS::Region` is only known at deployment", "--region", ("ERROR", "ALL", "NONE"))),
    ("ImportValue of what nobody exports", {"Fn::ImportValue": "Api"}, text(Hole("import", "Api"))),
    ("ImportValue with a hole in its name", {"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-Api"}}, text(Hole("import", "${AWS::Region}-Api"))),
    ("Base64", {"Fn::Base64": "hello"}, "aGVsbG8="),
    ("Length", {"Fn::Length": ["a", "b"]}, 2),
    ("Length of a Split", {"Fn::Length": {"Fn::Split": [",", "a,b,c"]}}, 3),
    ("ToJsonString", {"Fn::ToJsonString": {"a": [1, True, 'x"', BUCKET]}}, text('{"a":[1,true,"x\\"","', attribute("Bucket"), '"]}')),
    ("a dynamic reference", "{{resolve:ssm:/stage}}", text(Hole("dynamic", "{{resolve:ssm:/stage}}"))),
    ("a dynamic reference inside a string", "a-{{resolve:ssm:/x}}-b", text("a-", Hole("dynamic", "{{resolve:ssm:/x}}"), "-b")),
    ("a dynamic reference joined from parts", {"Fn::Join": ["", ["{{resolve:secretsmanager:", BUCKET, ":SecretString}}"]]}, text(Hole("dynamic", "{{resolve:secretsmanager:${Bucket}:SecretString}}"))),
    ("a dynamic reference that never ends", "a{{resolve:ssm:", "a{{resolve:ssm:"),
    ("Ref of an API", {"Ref": "Api"}, text("arn:", pseudo("Partition"), ":appsync:", pseudo("Region"), ":", pseudo("AccountId"), ":apis/", attribute("Api.ApiId"))),
    ("an API's id", {"Fn::GetAtt": ["Api", "ApiId"]}, text(attribute("Api.ApiId"))),
    ("Split of an attribute that is a name", {"Fn::Split": ["/", {"Fn::GetAtt": ["Bucket", "DomainName"]}]}, [text(attribute("Bucket.DomainName"))]),
    ("StackName belongs to its stack", {"Ref": "AWS::StackName"}, text(Hole("pseudo", "AWS::StackName", "app"))),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES])  # fmt: skip
def test_values(raw: Any, expected: Any) -> None:
    assert value_of(raw, Mappings=MAPPINGS) == expected


WITH_REGION: list[tuple[Any, Any]] = [
    (REGION, "eu-west-1"),
    ({"Ref": "AWS::AccountId"}, "111122223333"),
    ({"Ref": "AWS::Partition"}, "aws"),
    ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
    ({"Fn::FindInMap": ["ByRegion", REGION, "Level"]}, "ERROR"),
    ({"Ref": "Api"}, text("arn:aws:appsync:eu-west-1:111122223333:apis/", attribute("Api.ApiId"))),
]


@pytest.mark.parametrize(("raw", "expected"), WITH_REGION)
def test_region_and_account_fill_pseudo_parameters(raw: Any, expected: Any) -> None:
    assert value_of(raw, KNOWN, Mappings=MAPPINGS) == expected


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")],
)
def test_the_region_tells_the_partition(region: str, partition: str) -> None:
    assert value_of({"Ref": "AWS::Partition"}, Parameters(region=region)) == partition


MALFORMED: list[Any] = [
    {"Ref": ["Bucket"]},
    {"Ref": None},
    {"Fn::GetAtt": "Bucket"},
    {"Fn::GetAtt": ["Bucket"]},
    {"Fn::GetAtt": [1, 2]},
    {"Fn::GetAtt": ["Nobody", "Arn"]},
    {"Fn::Sub": ["${a}"]},
    {"Fn::Sub": ["${a}", {}, {}]},
    {"Fn::Sub": ["${a}", {"a": ["list"]}]},
    {"Fn::Sub": {"a": 1}},
    {"Fn::Sub": "${}"},
    {"Fn::Join": [",", "text"]},
    {"Fn::Join": [",", [["nested"]]]},
    {"Fn::Join": [[], []]},
    {"Fn::Join": [","]},
    {"Fn::Select": [5, ["a"]]},
    {"Fn::Select": [-1, ["a"]]},
    {"Fn::Select": [True, ["a"]]},
    {"Fn::Select": ["x", "text"]},
    {"Fn::Select": 1},
    {"Fn::Split": ["", "a"]},
    {"Fn::Split": [",", ["a"]]},
    {"Fn::Split": ["/", BUCKET]},
    {"Fn::FindInMap": ["Nobody", "a", "b"]},
    {"Fn::FindInMap": ["ByRegion", "a", "b"]},
    {"Fn::FindInMap": ["ByRegion"]},
    {"Fn::If": ["Nobody", "a", "b"]},
    {"Fn::If": ["Nobody"]},
    {"Fn::If": "Nobody"},
    {"Fn::ImportValue": ["a"]},
    {"Fn::Base64": ["a"]},
    {"Fn::Base64": BUCKET},
    {"Fn::Length": "a"},
    {"Fn::GetAZs": ""},
    {"Fn::Cidr": ["10.0.0.0/8", 2, 8]},
    {"Fn::Transform": {"Name": "Macro"}},
    {"Fn::Equals": ["a", "a"]},
    {"Fn::Whatever": []},
    {"Fn::Sub": "a", "b": 1},
    {"Ref": "AWS::Nobody"},
    {"Ref": "AWS::NotificationARNs"},
    {"Fn::ToJsonString": [{"Fn::GetAZs": ""}]},
]


@pytest.mark.parametrize("raw", MALFORMED, ids=str)
def test_what_cannot_be_resolved_is_unknown_with_a_reason(raw: Any) -> None:
    value = value_of(raw, Mappings=MAPPINGS)

    assert isinstance(value, Unknown)
    assert value.reason


def test_one_unknown_part_makes_the_string_unknown_and_keeps_what_it_could_be() -> None:
    raw = {
        "Fn::Sub": ["level-${level}", {"level": {"Fn::FindInMap": ["ByRegion", REGION, "Level"]}}]
    }

    assert value_of(raw, Mappings=MAPPINGS) == Unknown(
        "`AWS::Region` is only known at deployment", "--region", ("level-ERROR", "level-ALL")
    )


def test_a_string_that_doubles_at_every_level_stays_small() -> None:
    raw: Any = "x" * 100
    for _ in range(25):
        raw = {"Fn::Sub": ["${a}${a}", {"a": raw}]}

    assert value_of(raw) == Unknown("the string is longer than a million characters")


def test_a_chain_of_names_that_is_too_long_is_an_error() -> None:
    conditions: dict[str, Any] = {"C200": {"Fn::Equals": ["a", "a"]}}
    for at in range(200):
        conditions[f"C{at}"] = {"Fn::Not": [{"Condition": f"C{at + 1}"}]}

    with pytest.raises(TemplateError, match="nested more than 128 levels"):
        value_of({"Fn::If": ["C0", "a", "b"]}, Conditions=conditions)


def test_a_missing_parameter_is_a_hole_with_its_allowed_values() -> None:
    parameters = {"Mode": {"Type": "String", "AllowedValues": ["API_KEY", "AWS_IAM"]}}
    value = value_of({"Ref": "Mode"}, Parameters=parameters)

    assert value == text(parameter("Mode"))
    assert value.hole.could_be == ("API_KEY", "AWS_IAM")
