from __future__ import annotations

import copy
import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from template.folder import write

from cdk_appsync_guard.errors import GuardError, TemplateError
from cdk_appsync_guard.template.inputs.assembly import SourceStack, find_inputs, read_unit
from cdk_appsync_guard.template.inputs.sam import translate
from cdk_appsync_guard.template.source.read import read_template

API = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Pool: {Type: String}
Conditions:
  IsProd: !Equals [!Ref 'AWS::Region', eu-west-1]
Globals:
  Function: {Runtime: nodejs22.x, Handler: index.handler}
Resources:
  Api:
    Type: AWS::Serverless::GraphQLApi
    Condition: IsProd
    Metadata: {cdk-appsync-guard: {ignore: []}}
    Properties:
      SchemaInline: |
        type Query {
          a: ID @aws_iam
        }
      Auth:
        Type: AMAZON_COGNITO_USER_POOLS
        UserPool: {UserPoolId: !Ref Pool, AwsRegion: !Ref 'AWS::Region', DefaultAction: ALLOW}
        Additional:
          - Type: AWS_IAM
          - Type: AWS_LAMBDA
            LambdaAuthorizer: {AuthorizerUri: !GetAtt Worker.Arn}
      ApiKeys:
        Key: {}
      Resolvers:
        Query:
          a: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, CodeUri: ./a.js, Pipeline: [Step]}
      Functions:
        Step: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, CodeUri: ./a.js, DataSource: NONE}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./worker
      Policies:
        - AmazonDynamoDBReadOnlyAccess
        - Statement: [{Effect: Allow, Action: 'appsync:GraphQL', Resource: !Sub '${Api.Arn}/types/Query/*'}]
"""


@pytest.fixture(autouse=True)
def _without_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no region, no configuration, and no way to the network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setattr(socket.socket, "connect", None, raising=False)


def read(text: str, name: str = "template.yaml") -> SourceStack:
    write({name: text})
    (unit,), _ = find_inputs([name])
    (assembly,), problems = read_unit(unit)

    assert problems == ()

    return assembly.stacks[0]


def properties(stack: SourceStack, logical_id: str) -> dict[str, Any]:
    found = stack.data["Resources"][logical_id]["Properties"]
    assert isinstance(found, dict)
    return found


def test_an_api_becomes_cloudformation() -> None:
    stack = read(API)
    resources = {name: resource["Type"] for name, resource in stack.data["Resources"].items()}

    assert resources == {
        "Api": "AWS::AppSync::GraphQLApi",
        "ApiSchema": "AWS::AppSync::GraphQLSchema",
        "ApiCloudWatchRole": "AWS::IAM::Role",
        "ApiKey": "AWS::AppSync::ApiKey",
        "ApiNoneDataSource": "AWS::AppSync::DataSource",
        "ApiStep": "AWS::AppSync::FunctionConfiguration",
        "ApiQuerya": "AWS::AppSync::Resolver",
        "ApiToLambdaAuthConnector1WriteLambdaPermission": "AWS::Lambda::Permission",
        "Worker": "AWS::Lambda::Function",
        "WorkerRole": "AWS::IAM::Role",
    }
    assert properties(stack, "Api")["UserPoolConfig"] == {
        "UserPoolId": {"Ref": "Pool"},
        "AwsRegion": {"Ref": "AWS::Region"},
        "DefaultAction": "ALLOW",
    }
    assert stack.data["Resources"]["Api"]["Condition"] == "IsProd"
    assert stack.data["Resources"]["Api"]["Metadata"] == {"cdk-appsync-guard": {"ignore": []}}
    assert "IntrinsicFunction" not in json.dumps(stack.data)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("Api",), (9, 3)),
        (("Api", "Properties", "AuthenticationType"), (19, 9)),
        (("Api", "Properties", "UserPoolConfig", "UserPoolId"), (20, 20)),
        (
            ("Api", "Properties", "AdditionalAuthenticationProviders", 0, "AuthenticationType"),
            (22, 13),
        ),
        (
            ("Api", "Properties", "AdditionalAuthenticationProviders", 1, "LambdaAuthorizerConfig"),
            (24, 13),
        ),
        (("Api", "Properties", "Tags"), (13, 5)),
        (("ApiSchema", "Properties", "Definition"), (14, 7)),
        (("ApiSchema", "Properties", "ApiId"), (13, 5)),
        (("ApiCloudWatchRole",), (9, 3)),
        (("ApiKey", "Properties", "Expires"), (26, 9)),
        (("ApiQuerya", "Properties", "FieldName"), (29, 11)),
        (("ApiStep",), (31, 9)),
        (("WorkerRole", "Properties", "Policies"), (36, 7)),
    ],
)
def test_what_is_generated_is_located_where_it_is_written(
    path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert read(API).template.locate(("Resources", *path)) == place


def test_a_spot_in_the_schema_is_located_in_the_inline_text() -> None:
    template = read(API).template

    assert template.locate(("Resources", "ApiSchema", "Properties", "Definition"), (2, 9)) == (
        16,
        17,
    )


def test_a_local_schema_is_found_beside_the_template() -> None:
    write({"schema.graphql": "type Query { a: ID }"})
    start, _, rest = API.partition("      SchemaInline: |\n")
    stack = read(start + "      SchemaUri: ./schema.graphql\n" + rest.partition("        }\n")[2])
    file = stack.read_beside(properties(stack, "ApiSchema")["DefinitionS3Location"])

    assert file is not None
    assert file.name == "schema.graphql"
    assert stack.template.locate(
        ("Resources", "ApiSchema", "Properties", "DefinitionS3Location")
    ) == (14, 7)


@pytest.mark.parametrize(
    ("logging", "config"),
    [
        (
            "",
            {
                "FieldLogLevel": "ALL",
                "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["ApiCloudWatchRole", "Arn"]},
            },
        ),
        ("      Logging: false\n", None),
    ],
)
def test_logging_is_on_unless_it_is_switched_off(logging: str, config: object) -> None:
    stack = read(API.replace("      Auth:\n", logging + "      Auth:\n"))

    assert properties(stack, "Api").get("LogConfig") == config


def test_files_that_only_packaging_would_upload_do_not_matter() -> None:
    text = """\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Workers:
    - Name
    - [One, Two]
    - 'Worker${Name}': {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13}}
  Image: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1, DefinitionUri: openapi.yaml}}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: a.asl.json, Role: 'arn:aws:iam::123456789012:role/appsync'}}
  Local: {Type: AWS::Serverless::Application, Properties: {Location: absent.yaml}}
  Published: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: 'arn:aws:serverlessrepo:us-east-1:123456789012:applications/a', SemanticVersion: 1.0.0}}}
"""
    stack = read(text)
    types = {name: resource["Type"] for name, resource in stack.data["Resources"].items()}

    assert {
        name: kind
        for name, kind in types.items()
        if name in {"WorkerOne", "WorkerTwo", "Image", "Rest", "Machine", "Local", "Published"}
    } == {
        "WorkerOne": "AWS::Lambda::Function",
        "WorkerTwo": "AWS::Lambda::Function",
        "Image": "AWS::Lambda::Function",
        "Rest": "AWS::ApiGateway::RestApi",
        "Machine": "AWS::StepFunctions::StateMachine",
        "Local": "AWS::CloudFormation::Stack",
        "Published": "AWS::CloudFormation::Stack",
    }
    assert stack.template.locate(("Resources", "WorkerTwoRole")) == (6, 7)


def test_a_template_that_never_speaks_of_appsync_is_left_as_it_is() -> None:
    stack = read(
        "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: 'AWS::Serverless::Function'}}\n"
    )

    assert stack.data["Resources"] == {"A": {"Type": "AWS::Serverless::Function"}}


def refusal(text: str) -> TemplateError:
    write({"template.yaml": text})
    (unit,), _ = find_inputs(["template.yaml"])
    assemblies, problems = read_unit(unit)

    assert assemblies == ()

    (problem,) = problems
    assert isinstance(problem, TemplateError)
    return problem


def test_what_the_translator_refuses_is_one_error_with_its_place() -> None:
    error = refusal(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources:\n"
        "  Api: {Type: 'AWS::Serverless::GraphQLApi', Properties: {Auth: {Type: AWS_IAM}}}\n"
    )

    assert error.message == (
        "the SAM translator rejects the template: resource with id `Api` is invalid. "
        "One of `SchemaInline` or `SchemaUri` must be set"
    )
    assert (str(error.location), error.location and error.location.logical_id) == (
        "template.yaml:3:3",
        "Api",
    )


def test_many_refusals_are_counted() -> None:
    apis = "".join(
        f"  A{n}: {{Type: 'AWS::Serverless::GraphQLApi', Properties: {{}}}}\n" for n in range(9)
    )
    error = refusal(f"Transform: AWS::Serverless-2016-10-31\nResources:\n{apis}")

    assert error.message.endswith("; and 6 more")


def test_without_the_translator_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "samtranslator.translator.translator", None)
    error = refusal(API)

    assert error.message == "a SAM template needs the SAM translator, which is not installed"
    assert error.help == 'pip install "cdk-appsync-guard[sam]"'
    assert str(error.location) == "template.yaml:1:1"


_SOURCE = read_template("template.yaml", API.encode()).data
_junk: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        1,
        True,
        "",
        "x",
        [],
        {},
        [1],
        {"Ref": "x"},
        {"Ref": 1},
        {"Fn::GetAtt": []},
        {"Fn::Sub": 1},
        {"Fn::If": []},
        [[]],
    ]
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(below for key, item in items for below in _paths(item, (*path, key)))]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_paths(_SOURCE)[1:]), _junk), min_size=1, max_size=4))
def test_no_template_raises_anything_but_our_errors(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    data: Any = json.loads(json.dumps(_SOURCE))
    for path, value in changes:
        inner = data
        for key in path[:-1]:
            inner = (
                inner[key]
                if (isinstance(inner, dict) and key in inner)
                or (isinstance(inner, list) and isinstance(key, int) and key < len(inner))
                else None
            )
        if isinstance(inner, dict) or (
            isinstance(inner, list) and isinstance(path[-1], int) and path[-1] < len(inner)
        ):
            inner[path[-1]] = copy.deepcopy(value)
    template = read_template("template.json", json.dumps(data).encode())
    try:
        translated = translate(template, {})
    except GuardError as error:
        assert "\n" not in error.message  # noqa: PT017
    else:
        assert isinstance(translated.data["Resources"], dict)
