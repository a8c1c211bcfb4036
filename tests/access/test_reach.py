"""What callers reach, on schemas where it can be seen at a glance."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from access.read import read_schema
from counting import LINEAR, growth

from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.access.reach import CallerReach, find_callers, find_reach
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC, Authorization

MULTI = Authorization(API_KEY, (AWS_IAM,))
Row = tuple[str, str, str, bool]


def look(sdl: str, mode: str = AWS_IAM, authorization: Authorization = MULTI) -> CallerReach:
    (found,) = find_reach(authorization, read_schema(sdl), (Caller(mode),))
    return found


def rows(found: CallerReach) -> list[Row]:
    return [(one.field.coordinate, one.outcome, one.path, one.nulls_root) for one in found.roots]


def test_rows_are_the_root_fields_that_the_caller_may_call() -> None:
    found = look("""
      type Query { open: ID @aws_iam  closed: ID  post: Post @aws_iam }
      type Mutation @aws_iam { add: Post }
      type Subscription @aws_iam { added: Post }
      type Post @aws_iam { id: ID }
    """)

    assert rows(found) == [
        ("Query.open", "all", "", False),
        ("Query.post", "all", "", False),
        ("Mutation.add", "all", "", False),
    ]


@pytest.mark.parametrize(
    ("returns", "field", "nulls_root"),
    [
        ("Post", "name: ID!", True),
        ("Post!", "name: ID!", True),
        ("[Post!]", "name: ID!", True),
        ("[Post!]!", "name: ID!", True),
        ("[[Post!]!]", "name: ID!", True),
        ("[Post]", "name: ID!", False),
        ("[[Post!]]", "name: ID!", False),
        ("[Post]!", "name: ID!", False),
        ("Post", "name: ID", False),
        ("Post", "name: [ID!]", False),
    ],
)
def test_null_of_a_blocked_field_takes_the_root_with_it(
    returns: str,
    field: str,
    nulls_root: bool,
) -> None:
    found = look(f"type Query {{ q: {returns} @aws_iam }} type Post {{ id: ID @aws_iam {field} }}")

    assert rows(found) == [("Query.q", "some", "q.name", nulls_root)]


def test_nearest_blocked_field_is_named_with_its_path() -> None:
    found = look("""
      type Query { a: A @aws_iam }
      type A @aws_iam { b: B!  far: C  self: A }
      type B @aws_iam { c: C! }
      type C @aws_iam { id: ID  name: String! @aws_api_key  other: String @aws_api_key }
    """)

    (row,) = found.roots
    assert row.blocked is not None
    assert (row.path, row.blocked.coordinate, row.nulls_root) == ("a.far.name", "C.name", False)


def test_type_without_a_readable_field_is_a_dead_end() -> None:
    found = look("""
      type Query { post: Post @aws_iam  author: Author @aws_iam }
      type Post @aws_iam { id: ID  author: Author!  tags: [Tag] }
      type Author { name: String }
      type Tag { label: String }
    """)

    assert rows(found) == [
        ("Query.post", "some", "post.author.name", False),
        ("Query.author", "none", "author.name", False),
    ]
    assert [(end.field.coordinate, end.path, end.question) for end in found.dead_ends] == [
        ("Query.author", "author", ""),
        ("Post.author", "post.author", ""),
        ("Post.tags", "post.tags", ""),
    ]


def test_null_climbs_as_far_as_the_first_nullable_position() -> None:
    found = look("""
      type Query { post: Post @aws_iam  must: [Post!]! @aws_iam  box: Box! @aws_iam }
      type Post @aws_iam { id: ID  secret: ID! @aws_api_key  author: Author! }
      type Author @aws_iam { name: String  email: String! @aws_api_key  hidden: Post! @aws_api_key }
      type Box @aws_iam { id: ID  key: ID! @aws_api_key }
    """)

    assert [(one.field.coordinate, one.path, one.nulled) for one in found.null_climbs] == [
        ("Post.secret", "post.secret", "Query.post"),
        ("Box.key", "box.key", "data"),
        ("Author.email", "post.author.email", "Query.post"),
        ("Author.hidden", "post.author.hidden", "Query.post"),
    ]


def test_abstract_type_is_closed_only_if_every_possible_type_is() -> None:
    found = look("""
      type Query @aws_iam { mixed: Mixed  closed: Closed  none: Nobody }
      union Mixed = Open | Shut
      union Closed = Shut | Locked
      interface Nobody { id: ID }
      type Open @aws_iam { id: ID }
      type Shut { id: ID! }
      type Locked { id: ID }
    """)

    assert rows(found) == [
        ("Query.mixed", "some", "mixed.id", True),
        ("Query.closed", "none", "closed.id", True),
        ("Query.none", "all", "", False),
    ]
    assert [end.path for end in found.dead_ends] == ["closed"]


def test_what_is_undecided_stays_undecided() -> None:
    found = look(
        """
        type Query { post: Post  own: Post @aws_iam  id: ID  known: Known }
        type Post { id: ID  author: Author }
        type Author { name: ID @aws_iam }
        type Known { id: ID }
        """,
        API_KEY,
        Authorization(API_KEY),
    )

    question = "AWS does not say what a directive does if its mode is not configured on an API with one mode"
    assert [(one.field.name, one.outcome, one.question) for one in found.roots] == [
        ("post", "undecided", question),
        ("own", "undecided", question),
        ("id", "all", ""),
        ("known", "all", ""),
    ]
    assert [(end.path, end.question) for end in found.dead_ends] == [("post.author", question)]


def test_callers_are_modes_and_the_groups_of_the_schema() -> None:
    schema = read_schema("""
      type Query @aws_cognito_user_pools(cognito_groups: ["b", "a"]) {
        f: ID @aws_auth(cognito_groups: ["c", "a"])
        g: ID @aws_iam
      }
    """)

    assert find_callers(Authorization(AWS_IAM, (COGNITO, AWS_IAM)), schema) == (
        Caller(AWS_IAM),
        Caller(COGNITO),
        Caller(COGNITO, frozenset({"a"})),
        Caller(COGNITO, frozenset({"b"})),
        Caller(COGNITO, frozenset({"c"})),
    )
    assert find_callers(Authorization(API_KEY), schema) == (Caller(API_KEY),)


def test_decisions_are_kept_by_type_and_field() -> None:
    found = look("type Query { a: ID @aws_iam  b: ID }")

    assert {
        name: {field: decision.outcome for field, decision in fields.items()}
        for name, fields in found.decisions.items()
    } == {"Query": {"a": "allowed", "b": "denied"}}


@pytest.mark.slow
def test_work_grows_with_chains_and_unions_only_as_they_grow() -> None:
    def reach(size: int) -> Callable[[], object]:
        schema = read_schema(_long_and_wide(size))
        return lambda: find_reach(Authorization(API_KEY, (AWS_IAM,)), schema, (Caller(API_KEY),))

    assert growth(reach, 300) < LINEAR


@pytest.mark.slow
def test_long_chains_and_large_unions_are_followed_to_the_end() -> None:
    schema = read_schema(_long_and_wide(1000))
    (found,) = find_reach(Authorization(API_KEY, (AWS_IAM,)), schema, (Caller(API_KEY),))

    assert found.roots[0].path.count(".") == 2002
    assert found.roots[-1].path.count(".") == 3001


def _long_and_wide(size: int) -> str:
    chain = "".join(f"type T{i} {{ next: T{i + 1}! }}\n" for i in range(3 * size))
    members = " | ".join(f"T{i}" for i in range(size))
    roots = "".join(f"f{i}: U\n" for i in range(size))
    return f"type Query {{ {roots} g: T0 }} union U = {members}\n{chain} type T{3 * size} {{ id: ID! @aws_iam }}"


@pytest.mark.slow
def test_large_schema_with_every_mode_and_five_groups() -> None:
    groups = '@aws_cognito_user_pools(cognito_groups: ["a", "b", "c", "d", "e"])'
    types = "".join(
        f"type T{i} @aws_iam @aws_api_key {groups} {{ id: ID! n: ID @aws_iam next: T{(i + 1) % 200} }}\n"
        for i in range(200)
    )
    roots = "".join(f"f{i}: T{i % 200} @aws_iam @aws_cognito_user_pools\n" for i in range(1000))
    schema = read_schema(f"{types} type Query {{ {roots} }}")
    authorization = Authorization(API_KEY, (AWS_IAM, COGNITO, OIDC, LAMBDA))
    callers = find_callers(authorization, schema)
    found = find_reach(authorization, schema, callers)

    assert [len(one.roots) for one in found] == [0, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 0, 0]
