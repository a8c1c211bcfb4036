from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from counting import LINEAR, growth
from policy.blog import blog
from team import SDL, matrices, scenes, team

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_diff import Change, compare
from cdk_appsync_guard.access.matrix_filters import Filters, select
from cdk_appsync_guard.access.matrix_words import MatrixRow, rows_of
from cdk_appsync_guard.engine.scenes import find_matrices

COGNITO = "AMAZON_COGNITO_USER_POOLS"
SIGNS = {"allowed": "+", "partly": "~", "denied": "-", "undecided": "?"}


def drawn(matrix: Matrix) -> dict[str, str]:
    """Return each caller's column in signs."""
    return {
        caller.name: "".join(SIGNS[cell.verdict] for cell in column)
        for caller, column in zip(matrix.callers, matrix.columns, strict=True)
    }


def row(coordinate: str, caller: str, *templates: str, **options: Any) -> MatrixRow:
    (matrix,) = matrices(*templates, **options)
    (found,) = [
        one for one in rows_of(matrix) if (one.coordinate, one.caller) == (coordinate, caller)
    ]
    return found


def test_every_kind_of_caller_has_a_column() -> None:
    (matrix,) = matrices(team())

    assert matrix.coordinates == (
        "Query.getPost",
        "Query.listPosts",
        "Query.drafts",
        "Mutation.addPost",
        "Mutation.deletePost",
        "Subscription.onAddPost",
    )
    assert drawn(matrix) == {
        "API_KEY": "~~---+",
        "AWS_IAM": "++-+++",
        COGNITO: "-~----",
        "Admins": "-~~---",
        "Editors": "-~~~--",
        "ReaderRole": "++----",
        "WriterRole": "---?--",
        "JobRole": "------",
    }


@pytest.mark.parametrize(
    ("coordinate", "caller", "verdict", "reason", "blocked"),
    [
        ("Query.getPost", "AWS_IAM", "allowed", "", ""),
        ("Query.getPost", "API_KEY", "partly", "`getPost.secret` is denied", "Post.secret"),
        (
            "Query.drafts",
            "group Admins",
            "partly",
            "none of the fields that it returns can be read: `drafts.id` is denied",
            "Draft.id",
        ),
        (
            "Query.drafts",
            "API_KEY",
            "denied",
            "its directives, or those of its type, leave the mode out",
            "",
        ),
        ("Query.drafts", COGNITO, "denied", "its directives require another group", ""),
        ("Query.getPost", "role JobRole", "denied", "no policy allows it", ""),
        ("Mutation.deletePost", "role WriterRole", "denied", "a policy denies it", ""),
        (
            "Mutation.addPost",
            "role WriterRole",
            "undecided",
            "a policy of the principal has a condition, or a part that cannot be known",
            "",
        ),
        # IAM is asked first, but a granted field must admit the mode as well.
        (
            "Query.drafts",
            "role ReaderRole",
            "denied",
            "its directives, or those of its type, leave the mode out",
            "",
        ),
    ],
)
def test_cell_says_why(
    coordinate: str, caller: str, verdict: str, reason: str, blocked: str
) -> None:
    found = row(coordinate, caller, team())

    assert (found.verdict, found.reason, found.blocked) == (verdict, reason, blocked)


def test_principal_is_told_from_one_of_another_stack() -> None:
    role = """\
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: {Effect: Allow, Action: "appsync:*", Resource: "*"}}
"""
    (matrix,) = matrices(blog("type Query { a: ID }", "AWS_IAM"), role, role)

    assert drawn(matrix) == {"AWS_IAM": "+", "stack1/Reader": "+", "stack2/Reader": "+"}


def test_principal_of_an_api_without_iam_is_denied() -> None:
    found = row("Query.getPost", "role ReaderRole", _without_iam())

    assert (found.verdict, found.reason) == ("denied", "the API does not have the mode")


def _without_iam() -> str:
    return team().replace("        - AuthenticationType: AWS_IAM\n", "")


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        ("!GetAtt Blog.Arn", True),
        ("!Sub 'arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:/apis/x/*'", True),
        ("!Sub '${Blog.Arn}/types/Query/fields/noSuchField'", True),
        ("!Sub '${Other.Arn}/types/Query/*'", False),
        ("arn:aws:s3:::bucket", False),
    ],
)
def test_principal_has_a_column_if_its_policy_means_the_api(resource: str, shown: bool) -> None:
    rest = f"""
  Other: {{Type: AWS::AppSync::GraphQLApi, Properties: {{Name: o, AuthenticationType: AWS_IAM}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{Statement: []}}
      Policies:
        - PolicyName: p
          PolicyDocument: {{Statement: {{Effect: Allow, Action: "*", Resource: {resource}}}}}
"""
    matrix = matrices(blog("type Query { a: ID }", "AWS_IAM", rest=rest))[0]

    assert ("Role" in drawn(matrix)) == shown


def test_nested_fields_are_judged_by_mode() -> None:
    (matrix,) = matrices(team(), nested=True)

    assert matrix.coordinates[6:] == ("Post.id", "Post.title", "Post.secret", "Draft.id")
    assert {name: column[6:] for name, column in drawn(matrix).items()} == {
        "API_KEY": "++-+",
        "AWS_IAM": "+++-",
        COGNITO: "----",
        "Admins": "----",
        "Editors": "----",
        "ReaderRole": "+++-",
        "WriterRole": "+++-",
        "JobRole": "+++-",
    }


def test_cells_that_depend_on_a_condition_are_undecided() -> None:
    text = blog("type Query {\n  a: ID @aws_iam\n  b: ID @aws_api_key\n}", "API_KEY")
    text = text.replace(
        "Resources:",
        "Parameters: {Stage: {Type: String}}\nConditions: {Iam: !Equals [!Ref Stage, prod]}\nResources:",
        1,
    )
    text = text.replace(
        "  Schema:",
        "      AdditionalAuthenticationProviders: !If [Iam, [{AuthenticationType: AWS_IAM}], !Ref AWS::NoValue]\n  Schema:",
    )
    (matrix,) = matrices(text)

    assert drawn(matrix) == {"API_KEY": "?+", "AWS_IAM": "?-"}
    assert matrix.columns[1][0] == Cell("undecided", "alternatives")


def test_cells_that_all_possible_modes_agree_on_are_decided() -> None:
    text = blog("type Query {\n  a: ID @aws_iam\n  b: ID\n}", "!Ref Mode", "AWS_IAM")
    text = text.replace(
        "Resources:",
        "Parameters: {Mode: {Type: String, AllowedValues: [API_KEY, AWS_LAMBDA]}}\nResources:",
        1,
    )
    (matrix,) = matrices(text)

    assert drawn(matrix)["AWS_IAM"] == "+-"


def test_api_without_schema_is_one_question() -> None:
    text = "Resources:\n  Api:\n    Type: AWS::AppSync::GraphQLApi\n    Properties: {Name: a, AuthenticationType: API_KEY}\n"
    (matrix,) = matrices(text)

    assert matrix.question is not None
    assert matrix.question.would_decide == "--schema Api=schema.graphql"
    assert list(rows_of(matrix)) == []


@pytest.mark.parametrize(
    ("filters", "coordinates", "callers"),
    [
        (Filters(types=["mutation"]), ["Mutation.addPost", "Mutation.deletePost"], 8),
        (Filters(fields=["*post*", "x"]), ["Query.getPost", "Query.listPosts"], 8),
        (Filters(fields=["Query.drafts"]), ["Query.drafts"], 8),
        (Filters(callers=["iam"]), ["Query.getPost"], 4),
        (Filters(callers=["role *"]), ["Query.getPost"], 3),
        (Filters(callers=["editors", "API_KEY"]), ["Query.getPost"], 2),
        (Filters(callers=["cognito"]), ["Query.getPost"], 3),
    ],
)
def test_filters(filters: Filters, coordinates: list[str], callers: int) -> None:
    (matrix,) = matrices(team())
    selected = select(matrix, filters)

    assert list(selected.coordinates[: len(coordinates)]) == coordinates
    assert len(selected.callers) == len(selected.columns) == callers
    assert {len(column) for column in selected.columns} == {len(selected.coordinates)}


def changes(old: str, new: str) -> list[tuple[str, ...]]:
    found = compare(matrices(old, nested=True), matrices(new, nested=True))
    return [(one.caller, one.change, one.coordinate) for one in found]


def test_same_template_changes_nothing() -> None:
    assert changes(team(), team()) == []


def test_directive_that_is_taken_away_opens_a_field_below() -> None:
    new = team(SDL.replace("secret: String @aws_iam", "secret: String"))

    assert changes(team(), new) == [("API_KEY", "gains", "Post.secret")]


def test_directive_that_changes_takes_from_one_and_gives_to_another() -> None:
    new = team(SDL.replace("deletePost(id: ID!): ID @aws_iam", "deletePost(id: ID!): ID"))

    assert changes(team(), new) == [
        ("API_KEY", "gains", "Mutation.deletePost"),
        ("AWS_IAM", "loses", "Mutation.deletePost"),
    ]


def test_policy_that_shrinks_takes_from_its_role_alone() -> None:
    new = team().replace("types/Query/*", "types/Query/fields/getPost")

    assert changes(team(), new) == [("role ReaderRole", "loses", "Query.listPosts")]


def test_new_condition_makes_access_unclear() -> None:
    new = team().replace(
        'Resource: !Sub "${Blog.Arn}/types/Query/*"',
        'Resource: !Sub "${Blog.Arn}/types/Query/*"\n                Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}',
    )

    assert changes(team(), new) == [
        ("role ReaderRole", "unclear", "Query.getPost"),
        ("role ReaderRole", "unclear", "Query.listPosts"),
    ]


def test_role_that_goes_loses_all_it_had() -> None:
    new = team().replace("  ReaderRole:", "  NewRole:")

    assert changes(team(), new) == [
        ("role NewRole", "gains", "Query.getPost"),
        ("role NewRole", "gains", "Query.listPosts"),
        ("role ReaderRole", "loses", "Query.getPost"),
        ("role ReaderRole", "loses", "Query.listPosts"),
    ]


def test_api_whose_schema_is_out_of_reach_is_unclear() -> None:
    new = team().replace(
        "      Definition: |", "      DefinitionS3Location: s3://bucket/schema.graphql\n      X: |"
    )
    (change,) = compare(matrices(team()), matrices(new))

    assert change == Change(
        "Blog",
        "",
        "",
        "",
        "unclear",
        "",
        "undecided",
        "the schema `s3://bucket/schema.graphql` is not in the files given",
    )


def test_group_of_users_is_no_group_of_the_pool() -> None:
    rest = """
  Staff:
    Type: AWS::IAM::Group
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: {Effect: Allow, Action: "appsync:*", Resource: "*"}}
"""
    (matrix,) = matrices(blog("type Query { a: ID }", "AWS_IAM", rest=rest))

    assert matrix.callers[1] == MatrixCaller("Staff", "iam-group", "AWS_IAM")


@pytest.mark.slow
@pytest.mark.parametrize(("roles", "fields"), [(1, 0), (0, 1)], ids=["roles", "fields"])
def test_work_grows_with_roles_and_with_fields(roles: int, fields: int) -> None:
    def matrix(size: int) -> Callable[[], object]:
        found = scenes(_many(20 + roles * size, 20 + fields * size))
        return lambda: find_matrices(found)

    assert growth(matrix, 50) < LINEAR


@pytest.mark.slow
def test_each_role_has_what_it_is_granted() -> None:
    (matrix,) = find_matrices(scenes(_many(200, 2000)))

    assert len(matrix.columns) == 201
    assert drawn(matrix)["Role7"].count("+") == 50


def _many(count: int, fields: int) -> str:
    sdl = (
        "type Query {\n" + "".join(f"  f{number}: ID @aws_iam\n" for number in range(fields)) + "}"
    )
    roles = {
        f"Role{number}": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Statement": []},
                "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": _grants(number)}}],
            },
        }
        for number in range(count)
    }
    api = {
        "Api": {
            "Type": "AWS::AppSync::GraphQLApi",
            "Properties": {"Name": "a", "AuthenticationType": "AWS_IAM"},
        },
        "Schema": {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "Definition": sdl},
        },
    }
    return json.dumps({"Resources": api | roles})


def _grants(role: int) -> list[dict[str, object]]:
    return [
        {
            "Effect": "Allow",
            "Action": "appsync:GraphQL",
            "Resource": {
                "Fn::Sub": f"${{Api.Arn}}/types/Query/fields/f{(role * 7 + number * 31) % 2000}"
            },
        }
        for number in range(50)
    ]
