from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from judging import find, line, open_scenarios

from cdk_appsync_guard.appsync.api import Api, find_apis
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.appsync.schema_source import ParsedSchemas
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.template.inputs.assembly import find_inputs, read_unit
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.scenarios.scenario import resolve
from cdk_appsync_guard.template.source.read import SourceFile
from cdk_appsync_guard.template.values.value import Unknown

BLOG = """
Resources:
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: API_KEY
"""
SCHEMA = """
  BlogSchema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Blog.ApiId
      Definition: |
        type Query {
          posts: [String]
        }
"""


def _only(*templates: str, given: dict[str, str] | None = None) -> Api:
    (api,) = find(*templates, given=given)
    return api


def _part(kind: str, api_id: str, name: str = "Part") -> str:
    return f"""
  {name}:
    Type: {kind}
    Properties:
      {"ResourceArn" if "WAFv2" in kind else "ApiId"}: {api_id}
"""


def test_a_template_without_graphql_apis_has_none() -> None:
    assert find("Resources:\n  Events: {Type: AWS::AppSync::Api, Properties: {Name: e}}") == ()


def test_an_inline_schema_stands_at_its_definition() -> None:
    api = _only(BLOG + SCHEMA)

    assert isinstance(api.schema, Schema)
    assert (api.schema_source, list(api.schema.types)) == ("inline", ["Query"])
    assert line(api.schema.at(api.schema.types["Query"].fields["posts"].offset)) == 15


def test_a_schema_that_does_not_parse_is_an_error_and_no_exception() -> None:
    assert isinstance(_only(BLOG + SCHEMA.replace("posts:", "posts")).schema, SchemaError)


def test_a_schema_that_is_nowhere_says_how_to_give_it() -> None:
    assert _only(BLOG).schema == Unknown(
        "no schema of the API is in the files given", "--schema Blog=schema.graphql"
    )


def test_a_schema_put_together_from_unknown_values_is_unknown() -> None:
    schema = """
  BlogSchema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Blog.ApiId
      Definition: !Sub "type Query { posts: ${Kind} }"
"""
    api = _only(BLOG + schema + "Parameters: {Kind: {Type: String}}")

    assert api.schema == Unknown(
        "the schema's `Definition` is put together from values that are not known",
        "--schema Blog=schema.graphql",
    )


def test_two_schemas_of_one_api_leave_it_open() -> None:
    api = _only(BLOG + SCHEMA + SCHEMA.replace("BlogSchema", "Second"))

    assert api.schema == Unknown(
        "2 schemas belong to the API, and the last one deployed wins",
        "--schema Blog=schema.graphql",
    )


def test_a_schema_of_an_unnamed_api_may_be_this_ones() -> None:
    api = _only(
        BLOG + SCHEMA.replace("!GetAtt Blog.ApiId", "!Ref Id") + "Parameters: {Id: {Type: String}}"
    )

    assert api.schema == Unknown(
        "the schema `BlogSchema` might belong to another API: parameter `Id` has no value",
        "--schema Blog=schema.graphql",
    )


def test_a_schema_of_another_api_is_not_this_ones() -> None:
    api = _only(BLOG + SCHEMA.replace("!GetAtt Blog.ApiId", "an-id-of-elsewhere"))

    assert (api.schema_source, api.unplaced) == ("missing", ())


@pytest.mark.parametrize("name", ["Blog", ""])
def test_a_given_schema_wins(name: str) -> None:
    (scenario,) = open_scenarios(BLOG + SCHEMA)
    file = SourceFile("given.graphql", "type Query { given: Int }")

    (api,) = find_apis(scenario.stacks, schemas={name: file})

    assert isinstance(api.schema, Schema)
    assert list(api.schema.types["Query"].fields) == ["given"]
    assert (api.schema_source, api.schema_place.file.name) == ("file", "given.graphql")


def test_equal_schemas_are_parsed_once_and_stand_each_in_its_place() -> None:
    parsed: ParsedSchemas = {}
    twin = (BLOG + SCHEMA).replace("Blog", "Twin").replace("Resources:\n", "", 1)
    (scenario,) = open_scenarios(BLOG + SCHEMA + twin)

    blog, other = find_apis(scenario.stacks, parsed=parsed)

    assert isinstance(blog.schema, Schema)
    assert isinstance(other.schema, Schema)
    assert blog.schema.types is other.schema.types
    assert (line(blog.schema.place), line(other.schema.place)) == (13, 28)
    assert find_apis(scenario.stacks, parsed=parsed)[1].schema is other.schema


def test_a_merged_api_has_no_schema_of_its_own() -> None:
    api = _only(BLOG + "      ApiType: MERGED\n")

    assert (api.schema, api.schema_source) == (None, "merged")


@pytest.mark.parametrize(
    "location", ["./blog.graphql", "s3://bucket/builds/blog.graphql", "schemas/../blog.graphql"]
)
def test_a_schema_beside_the_template_is_found(tmp_path: Path, location: str) -> None:
    (tmp_path / "blog.graphql").write_text("type Query { posts: Int }", encoding="utf-8")
    api = _read(
        tmp_path,
        f"""{BLOG}
  BlogSchema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Blog.ApiId
      DefinitionS3Location: {location}
""",
    )

    assert isinstance(api.schema, Schema)
    assert Path(api.schema_place.file.name).name == "blog.graphql"


def test_the_schema_that_amplify_built_is_found(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "schema.graphql").write_text("type Query { a: Int }", encoding="utf-8")
    (tmp_path / "schema.graphql").write_text("type Post @model { a: Int }", encoding="utf-8")
    api = _read(
        tmp_path,
        f"""{BLOG}
  BlogSchema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Blog.ApiId
      DefinitionS3Location: !Sub
        - s3://${{S3DeploymentBucket}}/${{S3DeploymentRootKey}}/schema.graphql
        - S3DeploymentBucket: !Ref S3DeploymentBucket
          S3DeploymentRootKey: !Ref S3DeploymentRootKey
Parameters:
  S3DeploymentBucket: {{Type: String}}
  S3DeploymentRootKey: {{Type: String}}
""",
    )

    assert isinstance(api.schema, Schema)
    assert list(api.schema.types) == ["Query"]


def _read(folder: Path, template: str) -> Api:
    path = folder / "template.yaml"
    path.write_text(template, encoding="utf-8")
    (unit,), problems = find_inputs([str(path)])
    assert problems == ()
    assemblies, _ = read_unit(unit, Parameters())
    (scenario,) = resolve(assemblies[0], Parameters()).scenarios
    (api,) = find_apis(scenario.stacks)
    return api


@pytest.mark.parametrize(
    ("kind", "api_id", "held_in"),
    [
        ("AWS::AppSync::ApiKey", "!GetAtt Blog.ApiId", "keys"),
        ("AWS::AppSync::Resolver", '!Sub "${Blog.ApiId}"', "resolvers"),
        ("AWS::AppSync::FunctionConfiguration", "!GetAtt Blog.ApiId", "functions"),
        ("AWS::AppSync::DataSource", "!GetAtt Blog.ApiId", "data_sources"),
        ("AWS::WAFv2::WebACLAssociation", "!GetAtt Blog.Arn", "firewalls"),
        ("AWS::WAFv2::WebACLAssociation", "!Ref Blog", "firewalls"),
        (
            "AWS::WAFv2::WebACLAssociation",
            '!Sub "arn:aws:appsync:eu-west-1:123456789012:apis/${Blog.ApiId}"',
            "firewalls",
        ),
    ],
)
def test_parts_are_found_by_the_api_that_they_name(kind: str, api_id: str, held_in: str) -> None:
    api = _only(BLOG + _part(kind, api_id))

    assert [part.logical_id for part in getattr(api, held_in)] == ["Part"]
    assert api.unplaced == ()


@pytest.mark.parametrize(
    "api_id", ["an-id", "!Ref Balancer", "!GetAtt Events.ApiId", "!Ref AWS::StackId"]
)
def test_parts_of_something_else_are_left_alone(api_id: str) -> None:
    others = """
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
  Events: {Type: AWS::AppSync::Api}
"""
    api = _only(BLOG + others + _part("AWS::WAFv2::WebACLAssociation", api_id))

    assert (api.firewalls, api.unplaced) == ((), ())


@pytest.mark.parametrize(
    "api_id", ["!Ref Id", "!ImportValue id", "!GetAtt Lookup.Id", "!GetAtt Inner.Outputs.Id"]
)
def test_parts_of_an_api_nobody_names_may_be_this_ones(api_id: str) -> None:
    others = """
  Lookup: {Type: Custom::Lookup}
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml}}
Parameters: {Id: {Type: String}}
"""
    api = _only(BLOG + _part("AWS::AppSync::ApiKey", api_id) + others)

    assert [part.logical_id for part in api.unplaced] == ["Part"]


def test_parts_may_stand_in_another_stack() -> None:
    exporting = BLOG + "Outputs: {Id: {Value: !GetAtt Blog.ApiId, Export: {Name: blog-id}}}"
    importing = "Resources:" + _part("AWS::AppSync::ApiKey", "!ImportValue blog-id")

    assert [key.stack.name for key in _only(exporting, importing).keys] == ["stack1"]


def test_a_key_under_a_condition_that_is_false_is_told() -> None:
    key = _part("AWS::AppSync::ApiKey", "!GetAtt Blog.ApiId") + "    Condition: Never\n"
    api = _only(BLOG + key + "Conditions: {Never: !Equals [a, b]}")

    assert (api.keys, api.absent_keys) == ((), True)


def test_apis_of_one_name_are_told_apart_by_their_stacks() -> None:
    assert [api.name for api in find(BLOG, BLOG)] == ["stack0/Blog", "stack1/Blog"]
    assert [api.name for api in find(BLOG)] == ["Blog"]


def test_providers_are_the_default_one_and_the_additional_ones() -> None:
    api = _only(
        BLOG
        + """
      AdditionalAuthenticationProviders:
        - !If [Never, {AuthenticationType: AWS_IAM}, !Ref AWS::NoValue]
        - AuthenticationType: OPENID_CONNECT
          OpenIDConnectConfig: {Issuer: https://login.example.com}
Conditions: {Never: !Equals [a, b]}
"""
    )

    assert [(one.mode, one.position, one.config) for one in api.providers] == [
        ("API_KEY", 0, None),
        ("OPENID_CONNECT", 1, {"Issuer": "https://login.example.com"}),
    ]
    assert [line(one.place) for one in api.providers] == [7, 11]
    assert api.authorization == Authorization("API_KEY", ("OPENID_CONNECT",))


def test_an_empty_list_of_additional_providers_is_none() -> None:
    api = _only(BLOG + "      AdditionalAuthenticationProviders: []\n")

    assert api.authorization == Authorization("API_KEY")


def test_a_mode_that_is_a_parameter_leaves_the_authorization_open() -> None:
    template = BLOG.replace("API_KEY", "!Ref Mode") + "Parameters: {Mode: {Type: String}}"
    unknown = Unknown("parameter `Mode` has no value", "--parameters Mode=VALUE")

    assert _only(template).authorization == unknown
    assert _only(template, given={"Mode": "AWS_IAM"}).authorization == Authorization("AWS_IAM")


def test_a_list_that_is_not_known_leaves_the_authorization_open() -> None:
    api = _only(
        BLOG
        + """
      AdditionalAuthenticationProviders:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/providers.yaml}}
"""
    )

    assert isinstance(api.additional, Unknown)
    assert isinstance(api.authorization, Unknown)
    assert [one.mode for one in api.providers] == ["API_KEY"]


def test_a_default_action_counts_where_a_pool_is_alone() -> None:
    pool = BLOG.replace("API_KEY", "AMAZON_COGNITO_USER_POOLS") + (
        "      UserPoolConfig: {UserPoolId: p, DefaultAction: !Ref Action}\n"
    )
    more = "      AdditionalAuthenticationProviders: [{AuthenticationType: AWS_IAM}]\n"
    parameter = "Parameters: {Action: {Type: String}}"

    assert isinstance(_only(pool + parameter).authorization, Unknown)
    assert _only(pool + more + parameter).authorization == Authorization(
        "AMAZON_COGNITO_USER_POOLS", ("AWS_IAM",)
    )
    assert _only(pool + parameter, given={"Action": "DENY"}).authorization == Authorization(
        "AMAZON_COGNITO_USER_POOLS", (), "DENY"
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Ref", "Fn::Sub", "Fn::If", "AuthenticationType", "UserPoolConfig"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=8,
)
"""What may stand where a property is expected, sensible or not."""


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@drawn(
    st.dictionaries(
        st.sampled_from(
            ["AuthenticationType", "AdditionalAuthenticationProviders", "UserPoolConfig", "ApiType"]
        ),
        VALUES,
    ),
    st.dictionaries(st.sampled_from(["ApiId", "Definition", "DefinitionS3Location"]), VALUES),
)
def test_no_property_raises(api: dict[str, object], schema: dict[str, object]) -> None:
    template = {
        "Resources": {
            "Blog": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
            "Schema": {
                "Type": "AWS::AppSync::GraphQLSchema",
                "Properties": {"ApiId": {"Fn::GetAtt": "Blog.ApiId"}, **schema},
            },
        }
    }
    for scenario in open_scenarios(json.dumps(template)):
        for found in find_apis(scenario.stacks):
            assert found.authorization is not None
