from __future__ import annotations

from policy.blog import COGNITO, blog, pick

IAM, KEY = "AWS_IAM", "API_KEY"


def test_a_field_has_its_own_directives_or_those_of_its_type_or_the_default_mode() -> None:
    sdl = """
      type Query { own: Int @aws_iam  none: Int }
      type Post @aws_api_key @aws_iam { typed: Int  own: Int @aws_iam }
    """

    assert pick(
        "fields", blog(sdl, KEY, IAM), "coordinate", "operation", "modes", "directives"
    ) == [
        ("Query.own", "query", (IAM,), "@aws_iam"),
        ("Query.none", "query", (KEY,), ""),
        ("Post.typed", None, (KEY, IAM), "@aws_api_key @aws_iam"),
        ("Post.own", None, (IAM,), "@aws_iam"),
    ]


def test_groups_are_told_only_where_users_without_one_are_denied() -> None:
    sdl = """
      type Query {
        some: Int @aws_cognito_user_pools(cognito_groups: ["a", "b"])
        all: Int @aws_cognito_user_pools
      }
    """

    assert pick("fields", blog(sdl, COGNITO, KEY), "coordinate", "groups", "directives") == [
        ("Query.some", ("a", "b"), '@aws_cognito_user_pools(cognito_groups: ["a", "b"])'),
        ("Query.all", (), "@aws_cognito_user_pools"),
    ]


def test_default_action_deny_closes_root_fields_without_aws_auth() -> None:
    sdl = """
      type Query {
        open: Post @aws_auth(cognito_groups: ["a"])
        closed: Post @aws_cognito_user_pools(cognito_groups: ["a"])
      }
      type Post { id: ID }
    """

    assert pick("fields", blog(sdl, COGNITO, action="DENY"), "coordinate", "denied_by_default") == [
        ("Query.open", False),
        ("Query.closed", True),
        ("Post.id", False),
    ]


def test_what_directives_on_a_root_type_do_to_fields_without_any() -> None:
    sdl = """
      type Query @aws_iam { a: Int @aws_iam  b: Int  c: Int }
      type Mutation @aws_api_key @aws_iam { d: Int }
      type Subscription @aws_api_key { e: Int }
    """
    columns = ("coordinate", "effect", "tagged", "untagged", "affected")

    assert pick("root_types", blog(sdl, KEY, IAM), *columns) == [
        ("Query", "replaces", 1, 2, "b, c"),
        ("Mutation", "opens", 0, 1, "d"),
        ("Subscription", "nothing", 0, 1, "e"),
    ]


def test_groups_on_a_root_type_close_it_to_the_default_mode_in_part() -> None:
    sdl = 'type Query @aws_cognito_user_pools(cognito_groups: ["a"]) { a: Int }'

    assert pick("root_types", blog(sdl, COGNITO, KEY), "effect") == [("closes",)]


def test_directives_on_a_root_type_do_nothing_where_there_is_one_mode() -> None:
    assert pick("root_types", blog("type Query @aws_iam { a: Int }", KEY), "effect") == [
        ("nothing",)
    ]


def test_modes_are_counted_with_the_fields_that_only_they_would_open() -> None:
    sdl = """
      type Query { a: Int @aws_oidc  b: Int @aws_oidc @aws_iam  c: Post }
      type Post @aws_oidc { id: ID }
      input New @aws_lambda { id: ID }
    """
    columns = ("mode", "configured", "coordinate", "uses", "closed", "first_closed")

    assert pick("directive_modes", blog(sdl, KEY, IAM), *columns) == [
        (IAM, True, "Query.b", 1, 0, None),
        ("OPENID_CONNECT", False, "Query.a", 3, 2, "Query.a"),
    ]


def test_aws_auth_names_no_mode() -> None:
    sdl = 'type Query { a: Int @aws_auth(cognito_groups: ["a"]) }'

    assert pick("directive_modes", blog(sdl, KEY), "mode") == []
