"""What the roles of data sources need, in the forms that templates write it."""

from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.template.values.value import Unknown

TEMPLATE = """
Parameters: {{Given: {{Type: String}}}}
Resources:
  Api: {{Type: AWS::AppSync::GraphQLApi, Properties: {{Name: a, AuthenticationType: AWS_IAM}}}}
  Table: {{Type: AWS::DynamoDB::Table}}
  Other: {{Type: AWS::DynamoDB::Table}}
  Named: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: pets}}}}
  Guarded: {{Type: AWS::DynamoDB::Table, Properties: {{ResourcePolicy: {{PolicyDocument: {{}}}}}}}}
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Role: "arn:aws:iam::1:role/r"}}}}
  Version: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Fn}}}}
  Live:
    Type: AWS::Lambda::Alias
    Properties: {{Name: live, FunctionName: !Ref Fn, FunctionVersion: !GetAtt Version.Version}}
  Bus: {{Type: AWS::Events::EventBus, Properties: {{Name: bus}}}}
  Domain: {{Type: AWS::OpenSearchService::Domain}}
  Open: {{Type: AWS::OpenSearchService::Domain, Properties: {{AccessPolicies: {{}}}}}}
  Cluster: {{Type: AWS::RDS::DBCluster}}
  Secret: {{Type: AWS::SecretsManager::Secret}}
  Bucket: {{Type: AWS::S3::Bucket}}
  Source:
    Type: AWS::AppSync::DataSource
    Properties:
      ApiId: !GetAtt Api.ApiId
      Name: source
      ServiceRoleArn: !GetAtt Role.Arn
      {source}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {{Effect: Allow, Principal: {{Service: appsync.amazonaws.com}}, Action: sts:AssumeRole}}
      {policies}
"""
TABLE = (
    "{{Type: AMAZON_DYNAMODB, DynamoDBConfig: {{TableName: {}, AwsRegion: !Ref 'AWS::Region'}}}}"
)
FUNCTION = "{{Type: AWS_LAMBDA, LambdaConfig: {{LambdaFunctionArn: {}}}}}"
BUS = "{Type: AMAZON_EVENTBRIDGE, EventBridgeConfig: {EventBusArn: !GetAtt Bus.Arn}}"
SEARCH = (
    "{{Type: AMAZON_OPENSEARCH_SERVICE, OpenSearchServiceConfig: "
    "{{AwsRegion: eu-west-1, Endpoint: !Sub 'https://${{{}.DomainEndpoint}}'}}}}"
)
CLUSTER = "'arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${Cluster}'"
DATABASE = (
    "{Type: RELATIONAL_DATABASE, RelationalDatabaseConfig: {RdsHttpEndpointConfig: "
    f"{{AwsRegion: eu-west-1, DbClusterIdentifier: !Sub {CLUSTER}, AwsSecretStoreArn: !Ref Secret}}}}}}"
)
SIGNED = (
    "{{Type: HTTP, HttpConfig: {{Endpoint: 'https://x', AuthorizationConfig: "
    "{{AuthorizationType: AWS_IAM, AwsIamConfig: {{SigningServiceName: {}}}}}}}}}"
)


def access(source: str, *statements: str, more: str = "") -> object:
    properties = "\n      ".join(source[1:-1].split(", ", 1))
    listed = ", ".join(statements)
    document = (
        f"{{PolicyName: p, PolicyDocument: {{Version: '2012-10-17', Statement: [{listed}]}}}}"
    )
    policies = f"Policies: [{document}]" if statements else more or "Description: x"
    text = TEMPLATE.format(source=properties, policies=policies)
    (row,) = facts("data_sources", text + (more if statements else ""))
    cell = row.cells["role_access"]
    return "?" if isinstance(cell, Unknown) else cell


def allow(action: str, resource: str = "'*'", effect: str = "Allow") -> str:
    return f"{{Effect: {effect}, Action: '{action}', Resource: {resource}}}"


ANY = "dynamodb:GetItem"
BOTH = "[!GetAtt Table.Arn, !Sub '${Table.Arn}/index/*']"
LITERAL = "'arn:aws:dynamodb:*:*:table/pets'"
NAMED = "!Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}'"


@pytest.mark.parametrize(
    ("name", "statements", "expected"),
    [
        ("!Ref Table", [allow(ANY, "!GetAtt Table.Arn")], "yes"),
        ("!Ref Table", [allow("dynamodb:*", NAMED)], "yes"),
        ("!Ref Table", [allow("dynamodb:Query", "!Sub '${Table.Arn}/index/*'")], "yes"),
        ("!Ref Table", [allow(ANY, "!GetAtt Other.Arn")], "no"),
        ("!Ref Table", [allow(ANY, "!GetAtt Bucket.Arn")], "no"),
        ("!Ref Table", [allow("s3:*")], "no"),
        ("!Ref Table", [allow("dynamodb:DescribeTable")], "no"),
        ("!Ref Table", [allow("*"), allow("dynamodb:*", effect="Deny")], "no"),
        ("!Ref Table", [allow("*"), allow("*", "!GetAtt Other.Arn", effect="Deny")], "yes"),
        ("!Ref Table", [allow("*"), allow("*", BOTH, effect="Deny")], "no"),
        ("!Ref Table", [allow(ANY, "!Ref Given")], "?"),
        ("!Ref Named", [allow(ANY, LITERAL)], "yes"),
        ("!Ref Named", [allow(ANY, "'arn:aws:dynamodb:*:*:table/other'")], "no"),
        ("pets", [allow(ANY, LITERAL)], "yes"),
        ("pets", [allow(ANY, "'arn:aws:dynamodb:*:*:table/other'")], "no"),
        ("!Ref Guarded", [allow("s3:*")], "?"),
    ],
)
def test_a_table(name: str, statements: list[str], expected: str) -> None:
    assert access(TABLE.format(name), *statements) == expected


@pytest.mark.parametrize(
    ("arn", "resource", "expected"),
    [
        ("!GetAtt Fn.Arn", "!GetAtt Fn.Arn", "yes"),
        ("!GetAtt Fn.Arn", "!Sub '${Fn.Arn}:*'", "no"),
        ("!Ref Live", "!Ref Live", "yes"),
        ("!Ref Live", "!Sub '${Fn.Arn}:live'", "yes"),
        ("!Ref Live", "!Sub '${Fn.Arn}:*'", "yes"),
        ("!Ref Live", "!GetAtt Fn.Arn", "no"),
        ("!Sub '${Fn.Arn}:live'", "!Sub '${Fn.Arn}:test'", "no"),
        (
            "'arn:aws:lambda:eu-west-1:1:function:f'",
            "'arn:aws:lambda:eu-west-1:1:function:g'",
            "no",
        ),
        ("'arn:aws:lambda:eu-west-1:1:function:f'", "'arn:aws:lambda:*:*:function:f'", "yes"),
    ],
)
def test_a_function_its_versions_and_aliases(arn: str, resource: str, expected: str) -> None:
    statement = allow("lambda:InvokeFunction", resource)

    assert access(FUNCTION.format(arn), statement) == expected


@pytest.mark.parametrize(
    ("source", "statements", "expected"),
    [
        (BUS, [allow("events:PutEvents", "!GetAtt Bus.Arn")], "yes"),
        (BUS, [allow("events:PutRule")], "no"),
        (SEARCH.format("Domain"), [allow("es:ESHttpGet", "!Sub '${Domain.Arn}/*'")], "yes"),
        (SEARCH.format("Domain"), [allow("es:DescribeDomain")], "no"),
        (SEARCH.format("Open"), [allow("s3:*")], "?"),
        (DATABASE, [allow("*")], "yes"),
        (DATABASE, [allow("rds-data:*", f"!Sub {CLUSTER}")], "no"),
        (
            DATABASE,
            [
                allow("rds-data:ExecuteStatement", f"!Sub {CLUSTER}"),
                allow("secretsmanager:GetSecretValue", "!Ref Secret"),
            ],
            "yes",
        ),
        (SIGNED.format("states"), [allow("states:StartExecution")], "yes"),
        (SIGNED.format("states"), [allow("sqs:*")], "no"),
        (SIGNED.format("strange"), [allow("sqs:*")], "elsewhere"),
    ],
)
def test_other_sources(source: str, statements: list[str], expected: str) -> None:
    assert access(source, *statements) == expected


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess", "yes"),
        ("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess", "yes"),
        ("arn:aws:iam::aws:policy/AWSLambda_FullAccess", "no"),
        ("arn:aws:iam::aws:policy/SomethingNew", "?"),
    ],
)
def test_managed_policies_count(arn: str, expected: str) -> None:
    assert access(TABLE.format("!Ref Table"), more=f"ManagedPolicyArns: ['{arn}']") == expected


def test_a_connector_of_sam_makes_policies_of_its_own() -> None:
    connector = "  Connector: {Type: AWS::Serverless::Connector}\n"

    assert access(TABLE.format("!Ref Table"), allow("s3:*"), more=connector) == "?"


def test_callers_credentials_need_no_role() -> None:
    source = TABLE.format("!Ref Table").replace("}}", ", UseCallerCredentials: true}}")

    assert access(source, allow("s3:*")) == "elsewhere"
