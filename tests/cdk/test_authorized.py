from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from synthesis import app_at, blog

from cdk_appsync_guard.cdk import assert_authorized
from cdk_appsync_guard.errors import ConfigError

pytestmark = pytest.mark.slow


SAMPLES = Path(__file__).parents[2] / "sample_stacks"
BLOG = SAMPLES / "blog" / "secure" / "cdk.out"
SDL = """
type Query { post(id: ID!): Post posts: [Post] }
type Mutation { publish(id: ID!): Post }
type Post { id: ID! }
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> cdk.Stack:
    """An API for IAM callers, a role that may read one field and a function that may publish."""
    folder = tmp_path_factory.mktemp("app")
    stack = cdk.Stack(app_at(folder), "One")
    (folder / "schema.graphql").write_text(SDL, "utf-8")
    api = appsync.GraphqlApi(
        stack,
        "Api",
        name="blog",
        definition=appsync.Definition.from_file(str(folder / "schema.graphql")),
        authorization_config=appsync.AuthorizationConfig(
            default_authorization=appsync.AuthorizationMode(
                authorization_type=appsync.AuthorizationType.IAM
            )
        ),
    )
    reader = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    api.grant_query(reader, "post")
    publisher = lambda_.Function(
        stack,
        "Publisher",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
    api.grant_mutation(publisher)
    return stack


def find(stack: cdk.Stack, name: str) -> Any:
    return stack.node.find_child(name)


def test_a_role_may_call_what_it_is_granted_and_nothing_else(stack: cdk.Stack) -> None:
    reader = find(stack, "Reader")

    assert_authorized(stack, reader, may=["Query.post"], may_not=["Mutation.*"])
    assert_authorized(stack, reader, may=["Query.post"], only=True)
    assert_authorized(find(stack, "Api"), reader, may=["Query.post"], only=True)


def test_a_function_stands_for_its_role(stack: cdk.Stack) -> None:
    assert_authorized(stack, find(stack, "Publisher"), may=["Mutation.publish"], only=True)


def test_what_is_not_so_is_told_with_the_reason(stack: cdk.Stack) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_authorized(stack, find(stack, "Reader"), may=["Query.posts"], only=True)

    name, *lines = str(raised.value).splitlines()
    assert name.startswith("`role Reader")
    assert lines == [
        "  cannot select `Query.posts`, but must be able to: no policy allows it",
        "  can select `Query.post`, but must not be able to",
    ]


@pytest.mark.parametrize(
    ("caller", "may", "may_not"),
    [
        ("api-key", ["Query.post", "Post.title"], ["Mutation.*", "Query.drafts", "Post.views"]),
        ("group Editors", ["Query.drafts", "Mutation.publish"], ["Mutation.countView"]),
        ("AMAZON_COGNITO_USER_POOLS", ["Mutation.comment"], ["Mutation.publish"]),
    ],
)
def test_modes_and_groups_of_an_assembly_on_disk_can_be_pinned(
    caller: str, may: list[str], may_not: list[str]
) -> None:
    assert_authorized(BLOG, caller, may=may, may_not=may_not)


def test_a_role_without_a_grant_may_call_nothing(stack: cdk.Stack) -> None:
    role = iam.Role(stack, "Other", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))

    assert_authorized(stack, role, may_not=["*"], only=True)


def test_what_cannot_be_decided_is_wrong_either_way(stack: cdk.Stack) -> None:
    role = iam.Role(stack, "Open", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    field = cdk.CfnParameter(stack, "Field").value_as_string
    find(stack, "Api").grant_query(role, field)

    pins: list[dict[str, Any]] = [{"may": ["Query.post"]}, {"may_not": ["Query.post"]}]
    for pinned in pins:
        with pytest.raises(AssertionError, match=r"might be able to select `Query.post`"):
            assert_authorized(stack, role, **pinned)


@pytest.mark.parametrize(
    ("caller", "pinned", "message"),
    [
        ("group Nobody", {}, "`group Nobody` is not a caller of API"),
        ("api-key", {"may": ["Query.nothing"]}, "does not have a field `Query.nothing`"),
    ],
)
def test_a_pin_on_what_there_is_not_is_refused(
    caller: str, pinned: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        assert_authorized(BLOG, caller, **pinned)


def test_one_of_several_apis_must_be_named(tmp_path: Path) -> None:
    stack = cdk.Stack(app_at(tmp_path), "One")
    blog(stack)
    other = blog(stack, "Other")

    with pytest.raises(
        ConfigError, match=r"exactly one API is expected, but the scope has `.*`, `.*`"
    ):
        assert_authorized(stack, "api-key", may=["Query.post"])
    assert_authorized(other, "api-key", may=["Query.post"])
