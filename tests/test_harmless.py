"""Shapes of real infrastructure that look wrong and are not: none of them may be a finding."""

from __future__ import annotations

import textwrap
from datetime import datetime, timezone

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan

pytestmark = pytest.mark.slow


NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)

API = """
Api:
  Type: AWS::AppSync::GraphQLApi
  Properties:
    Name: notes
    AuthenticationType: {default}
    UserPoolConfig: {{UserPoolId: !Ref Pool, AwsRegion: !Ref AWS::Region, DefaultAction: ALLOW}}
    AdditionalAuthenticationProviders: [{additional}]
    LogConfig: {{FieldLogLevel: ALL, CloudWatchLogsRoleArn: !GetAtt LogRole.Arn}}
Pool: {{Type: AWS::Cognito::UserPool}}
LogRole:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Statement: {{Effect: Allow, Principal: {{Service: appsync.amazonaws.com}}, Action: sts:AssumeRole}}
    Policies:
      - PolicyName: write
        PolicyDocument:
          Statement: {{Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: "*"}}
Logs:
  Type: AWS::Logs::LogGroup
  Properties: {{LogGroupName: !Sub "/aws/appsync/apis/${{Api.ApiId}}", RetentionInDays: 7}}
Schema:
  Type: AWS::AppSync::GraphQLSchema
  Properties:
    ApiId: !GetAtt Api.ApiId
    Definition: |
{sdl}
"""
NOTE = """
type Query { note: Note @aws_iam @aws_cognito_user_pools }
type Mutation { save: Note @aws_iam @aws_cognito_user_pools }
type Note @aws_iam @aws_cognito_user_pools { id: ID! text: String }
"""
COGNITO, IAM = "AMAZON_COGNITO_USER_POOLS", "{AuthenticationType: AWS_IAM}"


def template(
    sdl: str = NOTE,
    *,
    default: str = COGNITO,
    additional: str = IAM,
    more: str = "",
    head: str = "",
) -> bytes:
    resources = API.format(
        default=default, additional=additional, sdl=textwrap.indent(sdl, " " * 6)
    )
    return f"{head}\nResources:\n{textwrap.indent(resources + more, '  ')}".encode()


def role(*statements: str, name: str = "Reader") -> str:
    return f"""
{name}:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Statement: {{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}
    Policies:
      - PolicyName: call
        PolicyDocument:
          Statement:
""" + "".join(f"            - {{{one}}}\n" for one in statements)


def allow(resource: str, action: str = "appsync:GraphQL") -> str:
    return f'Effect: Allow, Action: "{action}", Resource: {resource}'


ALL_NOTES = allow('!Sub "${Api.Arn}/types/Query/*"')
KEY = """
Key:
  Type: AWS::AppSync::ApiKey
  Condition: MakeKey
  Properties:
    ApiId: !GetAtt Api.ApiId
    Expires: !If [EpochGiven, !Ref Epoch, 1625095600]
"""
KEY_PARAMETERS = """
Parameters:
  Make: {Type: Number, Default: 0}
  Epoch: {Type: Number, Default: -1}
Conditions:
  MakeKey: !Equals [!Ref Make, 1]
  EpochGiven: !And [!Not [!Equals [!Ref Epoch, -1]], !Not [!Equals [!Ref Epoch, 0]]]
"""
AUTHORIZER = """
Authorizer:
  Type: AWS::Lambda::Function
  Properties:
    Role: !GetAtt LogRole.Arn
Permission:
  Type: AWS::Lambda::Permission
  Properties:
    Action: lambda:InvokeFunction
    FunctionName: !Ref Authorizer
    Principal: appsync.amazonaws.com
"""
LAMBDA = """{AuthenticationType: AWS_LAMBDA, LambdaAuthorizerConfig:
      {AuthorizerUri: !GetAtt Authorizer.Arn, IdentityValidationExpression: ""}}"""
NOTE_OF_LAMBDA = NOTE.replace("@aws_cognito_user_pools", "@aws_lambda")

HARMLESS = {
    "rules that mapping templates enforce leave no groups in the schema": template(
        "type Query { note: Note }\ntype Note { id: ID! }", additional=""
    ),
    "types that only the default mode returns have no directive": template(
        NOTE + "type Tag { id: ID! }\n"
        'type Subscription { onSave: Note @aws_subscribe(mutations: ["save"]) }'
    ),
    "statements on nested types beside those on root fields": template(
        more=role(
            ALL_NOTES,
            allow('!Sub "${Api.Arn}/types/Note/*"'),
            allow('!Sub "${Api.Arn}/types/Note/fields/text"'),
        )
    ),
    "the default mode left out on purpose": template(
        "type Query { note: Note  notes: [Note] @aws_iam }\n"
        "type Note @aws_iam @aws_cognito_user_pools { id: ID! }"
    ),
    "a subscription for modes that its mutation refuses": template(
        "type Query { note: Note @aws_iam @aws_cognito_user_pools }\n"
        "type Mutation { save: Note @aws_iam }\n"
        'type Subscription { onSave: Note @aws_subscribe(mutations: ["save"])\n'
        "  @aws_iam @aws_cognito_user_pools }\n"
        "type Note @aws_iam @aws_cognito_user_pools { id: ID! }"
    ),
    "a directive on Query while every field has its own": template(
        "type Query @aws_iam { note: Note @aws_cognito_user_pools  notes: [Note] @aws_iam }\n"
        "type Note @aws_iam @aws_cognito_user_pools { id: ID! }"
    ),
    "IAM without a grant in the assembly": template(),
    "an API id that is a parameter": template(
        more="""
Resolver:
  Type: AWS::AppSync::Resolver
  Properties: {ApiId: !Ref Elsewhere, TypeName: Query, FieldName: other, DataSourceName: !Ref Source}
Policy:
  Type: AWS::IAM::ManagedPolicy
  Properties:
    Roles: [!Ref Elsewhere]
    PolicyDocument:
      Statement: {Effect: Allow, Action: "appsync:GraphQL", Resource: !Sub "${Api.Arn}/*"}
""",
        head="Parameters: {Elsewhere: {Type: String}, Source: {Type: String}}",
    ),
    "a role without statements": template(
        more="""
Guest:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Statement:
        Effect: Allow
        Principal: {Federated: cognito-identity.amazonaws.com}
        Action: sts:AssumeRoleWithWebIdentity
"""
    ),
    "a past date behind a condition": template(
        "type Query { note: Note @aws_api_key @aws_cognito_user_pools }\n"
        "type Note @aws_api_key @aws_cognito_user_pools { id: ID! }",
        additional="{AuthenticationType: API_KEY}",
        more=KEY,
        head=KEY_PARAMETERS,
    ),
    "a user pool whose default is NONE": template(
        additional=IAM + ", {AuthenticationType: AMAZON_COGNITO_USER_POOLS, "
        "UserPoolConfig: {UserPoolId: !Ref PoolId, AwsRegion: eu-west-1}}",
        head="Parameters: {PoolId: {Type: String, Default: NONE}}",
    ),
    "an empty token expression": template(
        NOTE_OF_LAMBDA, default="AWS_IAM", additional=LAMBDA, more=AUTHORIZER
    ),
    "a grant for introspection": template(
        more=role(ALL_NOTES, allow('!Sub "${Api.Arn}/types/Query/fields/__schema"'))
    ),
    "wildcards that overlap": template(
        more=role(allow('[!Sub "${Api.Arn}/*", !Sub "${Api.Arn}/types/Query/*"]'))
    ),
    "an event's type that is open to the publisher only": template(
        "type Query { ping: String @aws_iam @aws_cognito_user_pools }\n"
        "type Mutation { save: Note @aws_iam }\n"
        'type Subscription { onSave: Note @aws_subscribe(mutations: ["save"])\n'
        "  @aws_cognito_user_pools }\n"
        "type Note @aws_iam { id: ID! text: String! }"
    ),
    "the bare ARN for a merged API's role": template(
        more=role(allow("[!GetAtt Api.Arn, !Sub '${Api.Arn}/*']", "appsync:SourceGraphQL"))
    ),
    "all of AppSync for a pipeline": template(
        more=role(allow('!Sub "arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:*"', "appsync:*"))
    ),
    "a hidden type": template(NOTE + "type Draft @hidden { id: ID! }"),
    "directives on inputs": template(
        NOTE.replace("save:", "save(note: NoteInput):")
        + "input NoteInput @aws_iam @aws_cognito_user_pools { text: String }"
    ),
    "groups that differ between siblings": template(
        NOTE
        + 'type Admin @aws_cognito_user_pools { a: ID @aws_cognito_user_pools(cognito_groups: ["a"])'
        ' b: ID @aws_cognito_user_pools(cognito_groups: ["b"]) }'
    ),
    "actions of event APIs": template(
        more=role(
            'Effect: Allow, Action: ["appsync:EventConnect", "appsync:EventPublish"], '
            'Resource: !Sub "arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/*"'
        )
    ),
    "a merged API has no schema": template(
        more="""
Merged:
  Type: AWS::AppSync::GraphQLApi
  Properties:
    Name: merged
    ApiType: MERGED
    AuthenticationType: AWS_IAM
    MergedApiExecutionRoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/merged"
    LogConfig: {FieldLogLevel: ALL, CloudWatchLogsRoleArn: !GetAtt LogRole.Arn}
MergedLogs:
  Type: AWS::Logs::LogGroup
  Properties: {LogGroupName: !Sub "/aws/appsync/apis/${Merged.ApiId}", RetentionInDays: 7}
"""
    ),
}


@pytest.mark.parametrize("shape", HARMLESS)
def test_a_harmless_shape_is_no_finding(shape: str) -> None:
    report = scan(["-"], ScanOptions(now=NOW, stdin=HARMLESS[shape]))

    assert report.problems == ()
    assert [(one.rule, one.message) for one in report.findings] == []
