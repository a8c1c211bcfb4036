from __future__ import annotations

import pytest
from policy.blog import COGNITO, blog, pick

from cdk_appsync_guard.template.values.value import Unknown

KEY, IAM = "API_KEY", "AWS_IAM"


def test_each_named_mutation_is_looked_up() -> None:
    sdl = """
      type Query { q: Int }
      type Mutation { publish: Post!  count: [Post!]! }
      type Post { id: ID }
      type Subscription {
        published: Post @aws_subscribe(mutations: ["publish", "publsh"])
        counted: Post @aws_subscribe(mutations: ["count"])
      }
    """
    columns = ("coordinate", "mutation", "exists", "hint", "same_type", "mutation_returns")

    assert pick("triggers", blog(sdl), *columns) == [
        ("Subscription.published", "publish", True, "", True, "Post!"),
        ("Subscription.published", "publsh", False, " (likely meant: `publish`)", True, None),
        ("Subscription.counted", "count", True, "", False, "[Post!]!"),
    ]


def test_a_subscription_needs_a_mutation() -> None:
    sdl = """
      type Query { q: Int }
      type Mutation { publish: Int }
      type Subscription {
        a: Int @aws_subscribe(mutations: ["publish"])
        b: Int @aws_subscribe(mutations: [])
        c: Int
      }
    """

    assert pick("subscriptions", blog(sdl), "coordinate", "mutations", "has_source") == [
        ("Subscription.a", ("publish",), True),
        ("Subscription.b", (), False),
        ("Subscription.c", (), False),
    ]


def test_the_older_form_on_the_mutation_may_be_its_source() -> None:
    sdl = """
      type Query { q: Int }
      type Mutation { publish: Int @aws_publish(subscriptions: ["a"]) }
      type Subscription { a: Int }
    """

    assert pick("subscriptions", blog(sdl), "has_source") == [(True,)]


MISSING = """
  type Query {{ q: Int }}
  type Mutation {{
    a: Int @aws_iam @aws_cognito_user_pools
    b: Int {b}
  }}
  type Subscription {on_type} {{
    onA: Int @aws_subscribe(mutations: ["a"]) {sibling}
    onB: Int @aws_subscribe(mutations: ["b"]) {own}
  }}
"""
POOLS = "@aws_cognito_user_pools"


def missing(
    b: str = f"@aws_iam {POOLS}", sibling: str = POOLS, own: str = "", on_type: str = ""
) -> object:
    sdl = MISSING.format(b=b, sibling=sibling, own=own, on_type=on_type)
    rows = pick("subscriptions", blog(sdl, IAM, COGNITO), "missing_mode", "sibling", "fix")
    return rows[1]


def test_a_mode_that_sibling_and_mutation_accept_by_name_is_missing() -> None:
    fix = (
        "Let these callers in: add `@aws_iam @aws_cognito_user_pools` to `Subscription.onB`, which"
        f" opens it to `{COGNITO}` callers."
    )
    assert missing() == (COGNITO, "Subscription.onA", fix)


@pytest.mark.parametrize(
    "written",
    [
        {"own": "@aws_iam"},
        {"on_type": "@aws_iam"},
        {"sibling": "@aws_iam"},
        {"b": "@aws_iam"},
        {"b": ""},
    ],
    ids=["directive", "type-directive", "sibling-refuses", "mutation-refuses", "mutation-silent"],
)
def test_nothing_is_missing_where_one_sign_is(written: dict[str, str]) -> None:
    assert missing(**written) == (None, None, "")


FILTERED = """
  type Query {{ q: Int }}
  type Post {{ id: ID }}
  type Other {{ id: ID }}
  type Mutation {{ p: Post  o: Other }}
  type Subscription {{
    a({first}: ID): Post @aws_subscribe(mutations: ["p"])
    b({first}: ID!, text: String): Post @aws_subscribe(mutations: ["p"])
    c{last}: {returns} @aws_subscribe(mutations: ["p"])
  }}
"""
RESOLVER = """
  Filter:
    Type: AWS::AppSync::Resolver
    Properties: {ApiId: !GetAtt Blog.ApiId, TypeName: Subscription, FieldName: %s}
"""


def unfiltered(
    first: str = "owner", last: str = "", returns: str = "Post", rest: str = ""
) -> object:
    sdl = FILTERED.format(first=first, last=last, returns=returns)
    return pick("subscriptions", blog(sdl, rest=rest), "unfiltered")[2][0]


def test_a_subscription_without_the_identity_that_its_siblings_ask_for() -> None:
    assert unfiltered() is True


@pytest.mark.parametrize("name", ["userId", "tenant_id", "groups", "organisation", "Username"])
def test_arguments_that_say_who_subscribes(name: str) -> None:
    assert unfiltered(first=name) is True


@pytest.mark.parametrize("name", ["id", "postId", "filter", "status", "ownership"])
def test_arguments_that_say_what_is_of_interest(name: str) -> None:
    assert unfiltered(first=name) is False


def test_with_any_argument_or_another_type_it_is_no_exception() -> None:
    assert unfiltered(last="(id: ID)") is False
    assert unfiltered(returns="Other") is False


def test_a_resolver_may_filter() -> None:
    assert unfiltered(rest=RESOLVER % "c") is False
    assert unfiltered(rest=RESOLVER % "a") is True


def test_a_resolver_of_an_unknown_field_may_filter() -> None:
    assert isinstance(unfiltered(rest=RESOLVER % "!ImportValue field"), Unknown)


def test_a_payload_is_what_the_publisher_may_read() -> None:
    sdl = """
      type Query { q: Int }
      type Mutation { a: Post @aws_iam  b: Note @aws_iam @aws_api_key  c: Tag }
      type Post { id: ID }
      type Note @aws_iam @aws_api_key { id: ID  text: String! @aws_api_key }
      type Tag { id: ID  count: Int @aws_iam }
      type Subscription {
        onA: Post @aws_subscribe(mutations: ["a"])
        onB: Note @aws_subscribe(mutations: ["b"])
        onC: Tag @aws_subscribe(mutations: ["c"])
        onD: Tag @aws_subscribe(mutations: ["c"])
      }
    """
    columns = ("coordinate", "mutation", "type", "modes", "outcome", "blocked", "ways")

    assert pick("payloads", blog(sdl, KEY, IAM), *columns) == [
        ("Subscription.onA", "Mutation.a", "Post", (IAM,), "none", "Post.id", 1),
        ("Subscription.onB", "Mutation.b", "Note", (KEY,), "all", None, 1),
        ("Subscription.onB", "Mutation.b", "Note", (IAM,), "broken", "Note.text", 1),
        ("Subscription.onC", "Mutation.c", "Tag", (KEY,), "some", None, 2),
    ]


def test_groups_publish_for_themselves_only_where_the_mutation_names_them() -> None:
    sdl = """
      type Query { q: Int }
      type Mutation {
        a: Post @aws_cognito_user_pools(cognito_groups: ["g", "h"])
        b: Post
      }
      type Post { id: ID @aws_cognito_user_pools(cognito_groups: ["g"]) }
      type Subscription {
        onA: Post @aws_subscribe(mutations: ["a"])
      }
    """

    assert pick("payloads", blog(sdl, COGNITO, KEY), "groups", "outcome") == [
        (("g",), "all"),
        (("h",), "none"),
    ]


def test_a_resolver_that_may_belong_to_another_api_may_filter() -> None:
    resolver = (RESOLVER % "c").replace("!GetAtt Blog.ApiId", "!ImportValue api")

    assert isinstance(unfiltered(rest=resolver), Unknown)


def test_a_mutation_that_does_not_exist_publishes_nothing() -> None:
    sdl = 'type Query { q: Int } type Subscription { s: Int @aws_subscribe(mutations: ["m"]) }'

    assert pick("payloads", blog(sdl), "coordinate") == []
