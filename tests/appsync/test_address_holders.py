from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.template.values.value import Unknown

TEMPLATE = """
Parameters: {{Given: {{Type: CommaDelimitedList}}, Role: {{Type: String}}}}
Resources:
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties: {{Name: blog, AuthenticationType: AWS_IAM, Visibility: PRIVATE}}
  Own: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}}}}}
  Caller: {{Type: "{type}", Properties: {properties}}}
"""
FUNCTION = "AWS::Lambda::Function"
URL = "Environment: {Variables: {URL: !GetAtt Blog.GraphQLUrl}}"


def _callers(type_: str, properties: str) -> list[dict[str, Cell]]:
    rows = facts("principals", TEMPLATE.format(type=type_, properties=properties))
    return [dict(row.cells) for row in rows]


@pytest.mark.parametrize(
    ("vpc", "outside"),
    [
        ("", True),
        ("VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}", False),
        ("VpcConfig: {SubnetIds: !Ref Given, SecurityGroupIds: [b]}", False),
        ("VpcConfig: {}", Unknown("its `VpcConfig` names no subnet", "the subnets")),
        ("VpcConfig: {SubnetIds: []}", Unknown("its `VpcConfig` names no subnet", "the subnets")),
    ],
)
def test_a_function_is_inside_a_vpc_if_it_names_subnets(vpc: str, outside: Cell) -> None:
    properties = ", ".join(filter(None, ["Role: !GetAtt Own.Arn", URL, vpc]))

    (caller,) = _callers(FUNCTION, f"{{{properties}}}")

    assert caller["outside_vpc"] == outside


@pytest.mark.parametrize(
    ("role", "principal"),
    [
        ("!GetAtt Own.Arn", "role Own"),
        ("!Ref Role", "the role of function `Caller`"),
        ("arn:aws:iam::123456789012:role/fn", "the role of function `Caller`"),
        ("!ImportValue role", "the role of function `Caller`"),
    ],
)
def test_a_role_outside_the_inputs_leaves_open_what_it_is_granted(
    role: str, principal: str
) -> None:
    (caller,) = _callers(FUNCTION, f"{{Role: {role}, {URL}}}")

    assert (caller["principal"], caller["outside_vpc"]) == (principal, True)
    assert isinstance(caller["granted"], Unknown)


@pytest.mark.parametrize(
    ("type_", "properties", "via"),
    [
        (
            "AWS::AppRunner::Service",
            (
                "{InstanceConfiguration: {InstanceRoleArn: !GetAtt Own.Arn}, SourceConfiguration:"
                " {ImageRepository: {ImageConfiguration: {RuntimeEnvironmentVariables:"
                " [{Name: URL, Value: !GetAtt Blog.GraphQLUrl}]}}}}"
            ),
            "App Runner service `Caller` has its address in `URL`",
        ),
        (
            "AWS::AppRunner::Service",
            (
                "{InstanceConfiguration: {InstanceRoleArn: !GetAtt Own.Arn}, SourceConfiguration:"
                " {CodeRepository: {CodeConfiguration: {CodeConfigurationValues:"
                " {RuntimeEnvironmentVariables: [{Name: URL, Value: !GetAtt Blog.GraphQLUrl}]}}}}}"
            ),
            "App Runner service `Caller` has its address in `URL`",
        ),
        (
            "AWS::IoT::TopicRule",
            (
                "{TopicRulePayload: {Actions: [{Http: {Url: !GetAtt Blog.GraphQLUrl, Auth: {Sigv4:"
                " {RoleArn: !GetAtt Own.Arn, ServiceName: appsync, SigningRegion: a}}}}]}}"
            ),
            "IoT rule `Caller` signs requests to it",
        ),
    ],
    ids=["image", "code", "iot"],
)
def test_services_that_hold_the_url_are_callers(type_: str, properties: str, via: str) -> None:
    (caller,) = _callers(type_, properties)

    assert (caller["principal"], caller["via"], caller["outside_vpc"]) == ("role Own", via, True)


@pytest.mark.parametrize("attribute", ["ApiId", "Arn"])
def test_an_id_or_an_arn_is_no_evidence(attribute: str) -> None:
    variables = f"Environment: {{Variables: {{API: !GetAtt Blog.{attribute}}}}}"

    assert _callers(FUNCTION, f"{{Role: !GetAtt Own.Arn, {variables}}}") == []
