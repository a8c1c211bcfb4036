from __future__ import annotations

from textwrap import dedent

import pytest
from team import SDL, scenes, team

from cdk_appsync_guard.access.matrix_filters import Filters
from cdk_appsync_guard.portrait.draw import draw
from cdk_appsync_guard.portrait.model import Portrait

RESOLVER = """\
  Gate:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Blog.ApiId
      TypeName: Query
      FieldName: listPosts
      DataSourceName: NONE
      Runtime: {Name: APPSYNC_JS, RuntimeVersion: 1.0.0}
      Code: |
        import { util } from "@aws-appsync/utils";
        export function request(ctx) {
          if (!ctx.identity) util.unauthorized();
          return {};
        }
        export function response(ctx) { return ctx.result; }
"""
GUESTS = """\
  Pool: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: true}}
  Attachment:
    Type: AWS::Cognito::IdentityPoolRoleAttachment
    Properties:
      IdentityPoolId: !Ref Pool
      Roles: {unauthenticated: !GetAtt ReaderRole.Arn, authenticated: !GetAtt WriterRole.Arn}
"""


def portrait(template: str = "", filters: Filters | None = None) -> Portrait:
    (one,) = draw(scenes(template or team()), filters)
    return one


def column(one: Portrait, name: str) -> int:
    return [caller.name for caller in one.matrix.callers].index(name)


def test_rows_are_root_fields_and_the_matrix_holds_those_below() -> None:
    one = portrait()

    assert [name.partition(".")[0] for name in one.rows] == ["Query"] * 3 + ["Mutation"] * 2 + [
        "Subscription"
    ]
    assert "Post.secret" in one.matrix.coordinates
    assert one.fields["Query.getPost"].targets == ("Post",)
    assert one.operations == {
        "Query": "query",
        "Mutation": "mutation",
        "Subscription": "subscription",
    }


def test_a_frame_marks_the_directives_of_the_field() -> None:
    frame = portrait().fields["Post.secret"].frame
    (line,) = frame.lines
    (mark,) = line.marks

    assert line.text == "  secret: String @aws_iam"
    assert line.text[mark[0] : mark[0] + mark[1]] == "@aws_iam"
    assert frame.location.line == line.number


def test_a_frame_shows_the_type_where_its_directives_decide() -> None:
    lines = portrait().fields["Post.title"].frame.lines

    assert [line.text for line in lines] == [
        "type Post @aws_api_key @aws_iam {",
        "  title: String",
    ]
    assert [len(line.marks) for line in lines] == [2, 0]
    assert lines[1].number == (lines[0].number or 0) + 2


def test_groups_belong_to_the_mark() -> None:
    (line,) = portrait().fields["Query.drafts"].frame.lines
    ((start, length),) = line.marks

    assert line.text[start : start + length] == (
        '@aws_cognito_user_pools(cognito_groups: ["Editors", "Admins"])'
    )


def test_a_schema_on_one_line_of_json_is_numbered_by_its_own_lines() -> None:
    template = """{"Resources": {
      "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "a", "AuthenticationType": "API_KEY"}},
      "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
        "Definition": "type Query {\\n  a: Int\\n  b: Int @aws_iam\\n}"}}}}"""
    frame = portrait(template).fields["Query.b"].frame

    assert [(line.number, line.text) for line in frame.lines] == [(3, "  b: Int @aws_iam")]
    assert frame.location.line == 4


def test_policies_are_told_with_the_fields_that_they_speak_of() -> None:
    one = portrait()
    (reads,) = one.policies[column(one, "ReaderRole")]
    perhaps, denies = one.policies[column(one, "WriterRole")]

    assert (reads.effect, reads.policy) == ("Allow", "read")
    assert reads.certain == {"Query.getPost", "Query.listPosts", "Query.drafts"}
    assert reads.frame is not None
    assert reads.frame.lines[0].text == 'Resource: !Sub "${Blog.Arn}/types/Query/*"'
    assert perhaps.certain == frozenset()
    assert perhaps.possible == {"Mutation.addPost"}
    assert denies.effect == "Deny"
    assert denies.certain == {"Mutation.deletePost"}
    assert one.policies[column(one, "API_KEY")] == ()


@pytest.mark.parametrize(
    ("caller", "coordinate", "text"),
    [
        ("API_KEY", "Post.secret", "add `@aws_api_key` to `Post.secret`"),
        ("AMAZON_COGNITO_USER_POOLS", "Query.drafts", "call it as a member of group `Editors` or"),
        ("Admins", "Mutation.addPost", 'add `"Admins"` to the `cognito_groups` of'),
        ("WriterRole", "Mutation.deletePost", "take `Mutation.deletePost` out of the Deny"),
        ("JobRole", "Query.getPost", "add a statement to role `JobRole` that allows"),
    ],
)
def test_what_opens_a_field_to_a_caller(caller: str, coordinate: str, text: str) -> None:
    one = portrait()

    assert one.openings[column(one, caller), coordinate].text.startswith(text)


def test_a_statement_alone_is_no_opening_where_directives_deny_as_well() -> None:
    one = portrait()
    opening = one.openings[column(one, "JobRole"), "Query.drafts"]

    assert "appsync:GraphQL" in opening.text
    assert "add `@aws_iam` to `Query.drafts`" in opening.text
    assert [place for place, _, _ in opening.edits][:2] == ["JobRole", "Query.drafts"]


def test_what_is_allowed_has_no_opening() -> None:
    one = portrait()

    assert (column(one, "API_KEY"), "Query.listPosts") not in one.openings
    assert (column(one, "ReaderRole"), "Query.getPost") not in one.openings


def test_the_line_of_a_resolver_that_decides() -> None:
    one = portrait(team() + RESOLVER)
    frame = one.resolvers[column(one, "API_KEY"), "Query.listPosts"]

    assert frame.lines[0].text == "if (!ctx.identity) util.unauthorized();"


def test_guests_are_told_from_users_who_signed_in() -> None:
    users = {one.name: one.users for one in portrait(team() + GUESTS).matrix.callers if one.users}

    assert users == {"ReaderRole": "unauthenticated", "WriterRole": "authenticated"}


def test_what_the_client_sees_depends_on_who_refuses() -> None:
    one = portrait()

    assert (
        one.fields["Post.secret"].refused.message == "Not Authorized to access secret on type Post"
    )
    assert one.refusals["iam", "query"].status == 401
    assert one.refusals["iam", "subscription"].channel == "websocket"


def test_filters_choose_rows_and_columns_and_keep_what_lies_below() -> None:
    one = portrait(filters=Filters(fields=("getPost",), callers=("API_KEY",)))

    assert one.rows == ("Query.getPost",)
    assert [caller.name for caller in one.matrix.callers] == ["API_KEY"]
    assert "Post.secret" in one.matrix.coordinates
    assert portrait(filters=Filters(types=("Post",))).rows == (
        "Post.id",
        "Post.title",
        "Post.secret",
    )


def test_an_api_that_cannot_be_judged_has_its_question() -> None:
    text = dedent(team(SDL)).replace("Definition: |", "Unread: |")
    one = portrait(text)

    assert one.matrix.question is not None
    assert one.rows == ()


def test_a_schema_on_one_long_line_shows_what_matters_of_it() -> None:
    fields = " ".join(f"field{number}: Int @aws_iam" for number in range(600))
    one = portrait(team(f"type Query {{ {fields} last: Int @aws_iam }}\n"))
    (line,) = one.fields["Query.last"].frame.lines
    ((start, length),) = line.marks

    assert line.text[start : start + length] == "@aws_iam"
    assert "last: Int" in line.text
    assert len(line.text) < 120
    assert max(len(view.frame.lines[0].text) for view in one.fields.values()) < 120
