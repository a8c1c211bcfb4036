"""SDL as people write it, and SDL that is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.appsync.schema import (
    Directive,
    Field,
    Schema,
    TypeDefinition,
    comments,
    parse_schema,
)
from cdk_appsync_guard.appsync.sdl import may_be_accepted
from cdk_appsync_guard.errors import Location, SchemaError
from cdk_appsync_guard.template.source.read import Place, SourceFile


def read(text: str, inner: tuple[int, int] | None = None) -> Schema:
    return parse_schema(text, Place(SourceFile("schema.graphql", text), inner=inner))


def refuse(text: str) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        read(text)
    return caught.value


def problems(schema: Schema) -> list[tuple[str, str]]:
    return [(problem.kind, problem.subject) for problem in schema.problems]


def uses(*directives: Directive) -> list[tuple[str, tuple[str, ...] | None, tuple[str, ...]]]:
    return [(one.name, one.groups, one.misplaced_arguments) for one in directives]


def test_type_with_everything() -> None:
    schema = read("""type Query implements Node @aws_iam {
  posts(first: Int!, after: [ID!] = []): [Post!]! @aws_auth(cognito_groups: ["a"])
}
interface Node { posts(first: Int!, after: [ID!]): [Post!]! }
union Post = Query
""")

    assert schema.types["Query"] == TypeDefinition(
        name="Query",
        kind="object",
        directives=(Directive("aws_iam", 27),),
        fields={
            "posts": Field(
                type_name="Query",
                name="posts",
                returns="Post",
                signature="[Post!]!",
                non_null=True,
                items_non_null=True,
                is_list=True,
                directives=(Directive("aws_auth", 88, groups=("a",)),),
                arguments=(("first", "Int!", True), ("after", "[ID!]", False)),
                offset=40,
            )
        },
        interfaces=("Node",),
        members=(),
        offset=5,
    )
    assert [(one.kind, one.members) for one in schema.types.values()] == [
        ("object", ()),
        ("interface", ()),
        ("union", ("Query",)),
    ]
    assert schema.problems == ()


@pytest.mark.parametrize(
    ("signature", "non_null", "items_non_null", "is_list"),
    [
        ("ID", False, False, False),
        ("ID!", True, True, False),
        ("[ID]", False, False, True),
        ("[ID!]", False, False, True),
        ("[ID]!", True, False, True),
        ("[ID!]!", True, True, True),
        ("[[ID!]]!", True, False, True),
        ("[[ID!]!]!", True, True, True),
    ],
)
def test_nullability(signature: str, non_null: bool, items_non_null: bool, is_list: bool) -> None:
    field = read(f"type Query {{ f: {signature} }}").types["Query"].fields["f"]

    assert (field.signature, field.returns) == (signature, "ID")
    assert (field.non_null, field.items_non_null, field.is_list) == (
        non_null,
        items_non_null,
        is_list,
    )


def test_arguments_of_directives() -> None:
    schema = read("""
      type Query {
        a: ID @aws_cognito_user_pools(cognito_groups: "one")
        b: ID @aws_cognito_user_pools(groups: ["x"])
        c: ID @aws_iam(cognito_groups: ["x"]) @aws_auth(cognito_groups: [Enum])
        d: ID @aws_auth(cognito_groups: []) @aws_auth(cognito_groups: null) @auth(rules: [{allow: public}])
      }
      type Subscription { e: ID @aws_subscribe(mutations: ["m", "n"]) }
    """)

    assert [uses(*field.directives) for field in schema.types["Query"].fields.values()] == [
        [("aws_cognito_user_pools", ("one",), ())],
        [("aws_cognito_user_pools", None, ("groups",))],
        [("aws_iam", ("x",), ("cognito_groups",)), ("aws_auth", (), ("cognito_groups",))],
        [("aws_auth", (), ()), ("aws_auth", None, ()), ("auth", None, ())],
    ]
    assert schema.types["Subscription"].fields["e"].directives[0].mutations == ("m", "n")


def test_roots_by_default_and_by_name() -> None:
    assert read("type Query { a: ID } type Mutation { a: ID }").roots == {
        "query": "Query",
        "mutation": "Mutation",
    }
    renamed = read("schema @aws_iam { query: Reads } type Reads { a: ID } type Mutation { a: ID }")

    assert renamed.roots == {"query": "Reads"}
    assert uses(*renamed.directives) == [("aws_iam", None, ())]


def test_extensions_are_merged_and_noted() -> None:
    schema = read("""
      extend type Query @aws_iam { b: ID @aws_api_key  a: Int }
      type Query { a: ID }
      extend type Orphan implements Node { c: ID }
      interface Node { c: ID }
      union Hit = Query
      extend union Hit = Orphan
      extend schema { mutation: Orphan }
    """)

    assert [(name, one.signature) for name, one in schema.types["Query"].fields.items()] == [
        ("a", "ID"),
        ("b", "ID"),
    ]
    assert uses(*schema.types["Query"].directives) == [("aws_iam", None, ())]
    assert [(one.name, one.defined) for one in schema.possible_types("Hit")] == [
        ("Query", True),
        ("Orphan", False),
    ]
    assert schema.roots == {"query": "Query", "mutation": "Orphan"}
    assert problems(schema) == [
        ("extension", "Query"),
        ("duplicate-field", "Query.a"),
        ("extension", "Orphan"),
        ("extension", "Hit"),
        ("extension", "schema"),
    ]


def test_what_schema_creation_would_refuse_is_noted() -> None:
    schema = read("""
      type Post { id: ID  id: Int  author(by: Order): Author  at: AWSDateTime }
      type Post { id: ID }
      union Hit = Post | Gone
      query Q { a }
      directive @mine on OBJECT
      scalar Colour
    """)

    assert problems(schema) == [
        ("missing-query", "schema"),
        ("duplicate-field", "Post.id"),
        ("undefined-type", "Author"),
        ("undefined-type", "Order"),
        ("duplicate-type", "Post"),
        ("undefined-type", "Gone"),
        ("operation", "schema"),
        ("custom-scalar", "Colour"),
    ]
    assert schema.problems[3].message == "`Order` is not defined: `Post.author` names it"


def test_possible_types() -> None:
    schema = read("""
      interface Node { id: ID }
      type A implements Node { id: ID }
      type B implements Node { id: ID }
      union Hit = B | A | Gone | Node
      enum E { X }
    """)

    assert {
        name: [one.name for one in schema.possible_types(name)]
        for name in ("A", "Node", "Hit", "E", "ID")
    } == {"A": ["A"], "Node": ["A", "B"], "Hit": ["B", "A"], "E": [], "ID": []}


def test_places_count_from_where_the_sdl_starts() -> None:
    schema = read("type Query {\n  a: ID }", inner=(7, 5))

    assert schema.at(schema.types["Query"].offset).inner == (7, 10)
    assert schema.at(schema.types["Query"].fields["a"].offset).inner == (8, 3)


def test_comments_by_line() -> None:
    schema = read(
        '# one\r\ntype Query { # two # three\n  """ # no """ a(b: ID = "# no"): ID #\n}\n#four'
    )

    assert comments(schema) == {1: "one", 2: "two # three", 3: "", 5: "four"}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("type Query implements A, B { a: ID }", "type Query implements A & B { a: ID }"),
        ("type Query implements A B { a: ID }", "type Query implements A &B{ a: ID }"),
        (
            "type Query implements A,B @aws_iam { a: ID }",
            "type Query implements A&B @aws_iam { a: ID }",
        ),
        ("type Empty {} type Query { a: ID }", "type Empty    type Query { a: ID }"),
        (
            "type Empty @aws_iam { # no\n } type Query { a: ID }",
            "type Empty @aws_iam \n type Query { a: ID }",
        ),
    ],
)
def test_older_spellings_are_read(older: str, newer: str) -> None:
    left, right = read(older), read(newer)

    assert [(one.name, one.interfaces, [*one.fields]) for one in left.types.values()] == [
        (one.name, one.interfaces, [*one.fields]) for one in right.types.values()
    ]


@pytest.mark.parametrize(
    "text",
    [
        'type A implements B, C { a: ID } """implements A, B {}""" type Query { b(c: S = "{}"): ID }',
        "type A implements B, C { implements: ID } # implements A, B {}",
    ],
)
def test_older_spellings_are_rewritten_nowhere_else(text: str) -> None:
    assert read(text).types["A"].interfaces == ("B", "C")
    assert read(text).text == text


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("type Query {\n  a: }", "SDL cannot be parsed: expected Name, found `}`", 2, 6),
        ("type Query {\n  a: ID", "SDL cannot be parsed: expected Name, found <EOF>", 2, 8),
        (
            "type A implements B type C { a ID }",
            "SDL cannot be parsed: expected `:`, found Name `ID`",
            1,
            32,
        ),
        ("", "SDL cannot be parsed: unexpected <EOF>", 1, 1),
    ],
)
def test_syntax_error_says_where(text: str, message: str, line: int, column: int) -> None:
    error = refuse(text)

    assert (error.message, error.location) == (message, Location("schema.graphql", line, column))
    assert not may_be_accepted(error)


def test_semicolons_may_be_accepted_by_the_service() -> None:
    error = refuse("type Query {\n  a: ID;\n  b: ID;\n}")

    assert error.location == Location("schema.graphql", 2, 8)
    assert may_be_accepted(error)
    assert not may_be_accepted(refuse("type Query { a: ; }"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        f"type Query {{ a: {'[' * 50_000}",
        f"type Query {{ a(b: ID = {'[' * 50_000}",
        "a " * 5_000_001,
        f"type Query {{ {'a:ID ' * 140_000} }}",
    ],
    ids=["deep type", "deep value", "too long", "too many tokens"],
)
def test_what_is_too_large_is_not_judged(text: str) -> None:
    error = refuse(text)

    assert error.message.startswith("SDL cannot be read: ")
    assert may_be_accepted(error)


WORDS = "type Query Post implements A & , extend interface union = | enum input schema query : { } ( ) ID ! [ ] @aws_iam # \n ;"
PIECES = st.sampled_from(
    [
        *WORDS.split(" "),
        '"',
        '"""',
        "\\",
        '@aws_auth(cognito_groups: ["a"])',
        "\ufeff",
        "\ud800",
        "é",
        "$",
    ]
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        schema = read(text)
    except SchemaError:
        return

    assert all(schema.at(one.offset).inner for one in schema.types.values())
    assert max(comments(schema), default=0) <= text.count("\n") + 1
