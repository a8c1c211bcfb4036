"""Every shape in which templates write the ARN of a field, and what it grants."""

from __future__ import annotations

import textwrap

import pytest
from judging import open_scenarios

from cdk_appsync_guard.access.grants import Fields, granted_to
from cdk_appsync_guard.appsync.api import find_apis
from cdk_appsync_guard.iam.principals import find_principals

TEMPLATE = """
Parameters:
  GivenApi: {Type: String}
  TypeName: {Type: String, Default: Mutation}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: notes, AuthenticationType: AWS_IAM}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: call
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: appsync:GraphQL
              Resource:
"""
FIELDS = ("Query.note", "Mutation.save", "Mutation.drop")
PREFIX = '"arn:", !Ref AWS::Partition, ":appsync:", !Ref AWS::Region, ":", !Ref AWS::AccountId'
LITERAL = '"arn:aws:appsync:", !Ref AWS::Region, ":123456789012:apis/"'

SHAPES = {
    "a map of type and field": (
        """
        Fn::Sub:
          - arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${id}/types/${type}/fields/${field}
          - {id: !GetAtt Api.ApiId, type: Mutation, field: save}
        """,
        "dad",
    ),
    "the same with the partition written out": (
        """
        Fn::Sub:
          - arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/${id}/types/${type}/fields/${field}
          - {id: !GetAtt Api.ApiId, type: Query, field: note}
        """,
        "add",
    ),
    "a whole type by a map": (
        """
        Fn::Sub:
          - arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/${id}/types/${type}/*
          - {id: !GetAtt Api.ApiId, type: Mutation}
        """,
        "daa",
    ),
    "a type by a parameter's default": ("!Sub '${Api.Arn}/types/${TypeName}/*'", "daa"),
    "a join with the id": (
        f'!Join ["", [{PREFIX}, ":apis/", !GetAtt Api.ApiId, "/types/Mutation/fields/save"]]',
        "dad",
    ),
    "a join with a literal account beside tokens": (
        f'!Join ["", [{LITERAL}, !GetAtt Api.ApiId, "/types/Mutation/fields/save"]]',
        "dud",
    ),
    "the ARN with an end": ("!Sub '${Api.Arn}/types/Mutation/*'", "daa"),
    "the reference with an end": ("!Sub '${Api}/types/Query/fields/note'", "add"),
    "a join of the ARN": ('!Join ["", [!GetAtt Api.Arn, "/types/Query/*"]]', "add"),
    "all of the API": ("!Sub '${Api.Arn}/*'", "aaa"),
    "all of every API": ("!Sub 'arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/*'", "aaa"),
    "all of AppSync": (
        '!Join ["", ["arn:aws:appsync:", !Ref AWS::Region, ":", !Ref AWS::AccountId, ":*"]]',
        "aaa",
    ),
    "a whole ARN as a parameter": ("!Sub '${GivenApi}/types/Mutation/*'", "duu"),
    "an id as a parameter": (
        "!Sub 'arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/${GivenApi}/types/Query/*'",
        "udd",
    ),
    "introspection": ("!Sub '${Api.Arn}/types/Query/fields/__schema'", "ddd"),
    "the API alone": ("!Ref Api", "ddd"),
    "another API": ("!Sub 'arn:aws:appsync:*:*:apis/abc/types/Query/*'", "udd"),
    "everything": ("'*'", "aaa"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shape(shape: str) -> None:
    resource, expected = SHAPES[shape]
    written = textwrap.indent(textwrap.dedent(resource), " " * 16)
    (scenario,) = open_scenarios(TEMPLATE + written)
    (api,) = find_apis(scenario.stacks)
    fields = Fields(api.resource.attribute("Arn"), FIELDS)

    granted = granted_to(find_principals(scenario.stacks)[0], fields)

    assert "".join(granted.outcome(fields.bit(field))[0] for field in FIELDS) == expected
