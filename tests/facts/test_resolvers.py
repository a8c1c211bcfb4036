"""What resolvers, functions and data sources name, and what of it exists."""

from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.template.values.value import Unknown

API = """
Parameters: {P: {Type: String}}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: blog, AuthenticationType: API_KEY}
  Other:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: other, AuthenticationType: API_KEY}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: |
        type Query { post: Post! posts: [Post] }
        type Mutation { addPost: Post }
        type Subscription { onAddPost: Post }
        type Post { title: String }
  Posts:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, Name: posts, Type: NONE}
  Foreign:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Other.ApiId, Name: foreign, Type: NONE}
  Load:
    Type: AWS::AppSync::FunctionConfiguration
    Properties: {ApiId: !GetAtt Api.ApiId, Name: load, DataSourceName: posts}
"""


def _resolver(
    name: str = "R", type_name: str = "Query", field: str = "post", source: str = "posts"
) -> str:
    return f"""
  {name}:
    Type: AWS::AppSync::Resolver
    Properties: {{ApiId: !GetAtt Api.ApiId, TypeName: {type_name}, FieldName: {field}, DataSourceName: {source}}}
"""


def _known(cell: object) -> object:
    return "?" if isinstance(cell, Unknown) else cell


@pytest.mark.parametrize(
    ("type_name", "field", "target", "advice"),
    [
        ("Query", "post", "field", ""),
        ("Post", "title", "field", ""),
        ("Query", "Post", "no-field", "it is `post`, and names are case-sensitive"),
        ("Query", "psot", "no-field", "did you mean `post`"),
        ("Query", "addPost", "no-field", "`Mutation.addPost` exists"),
        ("Query", "zzz", "no-field", "its fields are `post`, `posts`"),
        ("query", "post", "no-type", "it is `Query`, and names are case-sensitive"),
        ("Quer", "post", "no-type", "did you mean `Query`"),
        ("!Ref P", "post", "?", ""),
        ("Query", "!Ref P", "?", ""),
    ],
)
def test_resolver_is_on_a_field(type_name: str, field: str, target: str, advice: str) -> None:
    (row,) = facts("resolvers", API + _resolver("R", type_name, field))

    assert (_known(row.cells["target"]), row.cells["advice"]) == (target, advice)


@pytest.mark.parametrize(
    ("source", "exists", "advice"),
    [
        ("posts", True, ""),
        ("!GetAtt Posts.Name", True, ""),
        ("!Ref P", "?", ""),
        ("Posts", False, "that is a logical id, and AppSync uses the property `Name`"),
        ("NONE", False, "there is `posts`"),
        ("foreign", False, "there is `posts`"),
        ("!GetAtt Foreign.Name", False, "that is a data source of another API"),
        ("!Ref Posts", False, "that is its ARN, and the name is its attribute `Name`"),
        (
            "!Ref Load",
            False,
            "that is not a data source but an AWS::AppSync::FunctionConfiguration",
        ),
    ],
)
def test_resolver_names_a_data_source_of_its_api(source: str, exists: object, advice: str) -> None:
    (row,) = facts("resolvers", API + _resolver(source=source))

    cells = row.cells
    assert (_known(cells["data_source_exists"]), cells["data_source_advice"]) == (exists, advice)


def test_data_source_may_be_declared_by_a_stack_that_is_not_given() -> None:
    outer = API + "Outputs: {Id: {Value: !GetAtt Api.ApiId, Export: {Name: api}}}"
    later = "Resources:" + _resolver(source="unseen").replace(
        "!GetAtt Api.ApiId", "!ImportValue api"
    )

    (row,) = facts("resolvers", outer, later)

    assert _known(row.cells["data_source_exists"]) == "?"


def test_what_is_not_known_is_unknown_in_every_row() -> None:
    api = API.replace(
        "      Definition: |", "      DefinitionS3Location: s3://a/b\n      Unused: |"
    )

    rows = facts("resolvers", api + _resolver("A") + _resolver("B", field="posts"))

    assert [_known(row.cells["target"]) for row in rows] == ["?", "?"]


@pytest.mark.parametrize(
    ("second", "repeats"),
    [
        (("Query", "post"), "A"),
        (("Query", "posts"), None),
        (("Mutation", "post"), None),
        (("Query", "!Ref P"), "?"),
        (("Mutation", "!Ref P"), None),
    ],
)
def test_two_resolvers_on_one_field(second: tuple[str, str], repeats: object) -> None:
    rows = facts("resolvers", API + _resolver("A") + _resolver("B", *second))

    assert [_known(row.cells["repeats"]) for row in rows] == [None, repeats]


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ("!GetAtt Load.FunctionId", None),
        ("abcdefghijklmnopqrstuvwxyz", None),
        ("!Ref P", None),
        ("load", "`load` is a function's name, not its id"),
        ("!Ref Load", "that is the ARN of `Load`, not its `FunctionId`"),
        ("!GetAtt Load.Name", "that is the `Name` of `Load`, not its `FunctionId`"),
        ("!Ref Posts", "`Posts` is not an AppSync function but an AWS::AppSync::DataSource"),
    ],
)
def test_pipeline_lists_functions(item: str, problem: str | None) -> None:
    pipeline = f", Kind: PIPELINE, PipelineConfig: {{Functions: [{item}]}}}}"

    (row,) = facts("resolvers", API + _resolver().replace(", DataSourceName: posts}", pipeline))

    cells = row.cells
    assert (cells["kind"], cells["function_count"], cells["bad_function"]) == (
        "PIPELINE",
        1,
        problem,
    )


def test_fields_without_resolvers_are_told_by_root() -> None:
    rows = facts("unresolved", API + _resolver(field="posts"))

    assert [dict(row.cells) for row in rows] == [
        {
            "type": "Query",
            "lacking": 1,
            "fields": "`Query.post`",
            "placeholder": False,
            "effect": "the answer is null, and an error for `post`, which must not be null",
        },
        {
            "type": "Mutation",
            "lacking": 1,
            "fields": "`Mutation.addPost`",
            "placeholder": False,
            "effect": "the answer is null, without an error",
        },
    ]


def test_nothing_is_told_of_fields_if_no_resolver_is_given() -> None:
    assert facts("unresolved", API) == []


@pytest.mark.parametrize(
    "more",
    [
        "  X: {Type: Custom::Attach, Properties: {ServiceToken: a, Api: !GetAtt Api.ApiId}}",
        "  X: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a, Parameters: {Id: !GetAtt Api.ApiId}}}",
        "  X: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !Ref P, TypeName: !Ref P, FieldName: !Ref P}}",
    ],
)
def test_something_unseen_may_attach_resolvers(more: str) -> None:
    rows = facts("unresolved", API + _resolver() + more)

    assert [_known(row.cells["lacking"]) for row in rows] == ["?", "?"]


def test_a_resolver_of_perhaps_another_api_leaves_its_own_field_open() -> None:
    more = "  X: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !Ref P, TypeName: Mutation, FieldName: addPost}}"
    rows = facts("unresolved", API + _resolver() + more)

    assert {str(row.cells["fields"]): _known(row.cells["lacking"]) for row in rows} == {
        "`Query.posts`": 1,
        "`Mutation.addPost`": "?",
    }


def test_helpers_of_cdk_attach_nothing() -> None:
    helper = "  X: {Type: Custom::LogRetention, Properties: {Name: !GetAtt Api.ApiId}}"

    rows = facts("unresolved", API + _resolver() + helper)

    assert [row.cells["lacking"] for row in rows] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("NONE", "", (False, False, None)),
        ("HTTP", "HttpConfig: {Endpoint: a}", (False, False, None)),
        (
            "HTTP",
            "HttpConfig: {Endpoint: a, AuthorizationConfig: {AuthorizationType: AWS_IAM, AwsIamConfig: {}}}",
            (False, True, None),
        ),
        ("AWS_LAMBDA", "", (True, False, None)),
        ("AWS_LAMBDA", "ServiceRoleArn: !GetAtt Role.Arn", (True, False, "trusted")),
        (
            "AWS_LAMBDA",
            "ServiceRoleArn: 'arn:aws:iam::123456789012:role/x'",
            (True, False, "elsewhere"),
        ),
        ("AWS_LAMBDA", "ServiceRoleArn: !ImportValue role", (True, False, "?")),
        ("!Ref P", "", ("?", False, None)),
    ],
)
def test_data_sources_need_roles(kind: str, more: str, expected: tuple[object, ...]) -> None:
    source = f"""
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {{Effect: Allow, Action: sts:AssumeRole, Principal: {{Service: appsync.amazonaws.com}}}}
  Source:
    Type: AWS::AppSync::DataSource
    Properties:
      ApiId: !GetAtt Api.ApiId
      Name: source
      Type: {kind}
      {more}
"""

    row = facts("data_sources", API + source)[1]

    cells = [_known(row.cells[name]) for name in ("needs_role", "signs", "role_trust")]
    assert tuple(cells) == expected
