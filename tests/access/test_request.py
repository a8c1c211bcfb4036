"""The examples that AWS's documentation, issues and end-to-end tests give, and the shapes around."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from access.read import read_schema
from hypothesis import given
from hypothesis import strategies as st

from cdk_appsync_guard.access import execution
from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.document import read_operation
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.request import Response, decide_operation
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC, Authorization
from cdk_appsync_guard.errors import InputError

EXAMPLES = json.loads(
    (Path(__file__).parent.parent / "cases" / "responses.json").read_text(encoding="utf-8")
)


@pytest.mark.slow
@pytest.mark.parametrize("case", EXAMPLES["cases"], ids=lambda case: case["id"])
def test_response_of_known_example(case: dict[str, Any]) -> None:
    response = answer_case(case)
    errors = [[error.get("path"), error["message"]] for error in response.errors]

    assert (response.status, errors, find_nulls(response.data)) == (
        case["status"],
        case["errors"],
        case["nulls"],
    )


def answer_case(case: dict[str, Any]) -> Response:
    authorization = Authorization(
        case["default"], tuple(case["additional"]), case.get("default_action")
    )
    schema = read_schema(EXAMPLES["schemas"][case["schema"]])
    listed = case.get("iam_allows")
    return decide_operation(
        Endpoint(authorization, schema, introspection=case.get("introspection", True)),
        Caller(case["mode"], frozenset(case.get("groups", ()))),
        read_operation(case["query"]),
        iam_allows=None if listed is None else allow_only(*listed),
    )


def allow_only(*coordinates: str) -> Any:
    return lambda one: Decision("allowed" if one in coordinates else "denied")


def find_nulls(value: Any, path: tuple[str | int, ...] = ()) -> list[list[str | int]]:
    if value is None:
        return [list(path)]
    items: Any = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    return [null for key, one in items for null in find_nulls(one, (*path, key))]


BLOG = """
type Query {
  getPost: Post @aws_api_key @aws_iam
  posts: [Post!] @aws_api_key
  search: [Hit] @aws_api_key
  node: Node @aws_api_key
  secret: String @aws_iam
}
type Mutation { touch: ID! @aws_api_key }
type Subscription { onPost: Post @aws_api_key  onSecret: Post @aws_iam }
union Hit = Post | Author
interface Node { id: ID  name: String }
type Post implements Node @aws_api_key { id: ID  name: String @aws_iam  author: Author! }
type Author implements Node @aws_api_key { id: ID  name: String @aws_iam  email: String! }
"""
MULTI = Authorization(COGNITO, (API_KEY, AWS_IAM))


def ask(
    query: str, mode: str = API_KEY, authorization: Authorization = MULTI, **more: Any
) -> Response:
    endpoint = Endpoint(authorization, read_schema(BLOG))
    return decide_operation(endpoint, Caller(mode), read_operation(query), **more)


def opened(response: Response) -> list[tuple[str, str, str]]:
    return [
        (".".join(map(str, one.path)), one.coordinate, one.decision.reason)
        for one in response.undecided
    ]


def test_error_has_the_shape_of_the_service() -> None:
    assert ask("{\n  getPost {\n    title: name\n  }\n}").body == {
        "data": {"getPost": {"title": None}},
        "errors": [
            {
                "path": ["getPost", "title"],
                "data": None,
                "errorType": "Unauthorized",
                "errorInfo": None,
                "locations": [{"line": 3, "column": 5, "sourceName": None}],
                "message": "Not Authorized to access name on type Post",
            }
        ],
    }


def test_data_is_a_skeleton_of_one_item_per_list() -> None:
    assert ask("{ posts { __typename id author { email } } }").body == {
        "data": {"posts": [{"__typename": "Post", "id": "…", "author": {"email": "…"}}]}
    }


def test_fragments_aliases_and_repeated_fields_merge() -> None:
    response = ask(
        "query { p: getPost { ...A } p: getPost { author { id } } }"
        " fragment A on Node { ... on Post { author { n: name } } ... on Author { email } }"
    )

    assert response.body["data"] == {"p": {"author": {"n": None, "id": "…"}}}
    assert [error["path"] for error in response.errors] == [["p", "author", "n"]]


def test_skipped_fields_are_not_asked_for() -> None:
    query = """query ($no: Boolean = false, $open: Boolean!) {
      secret @skip(if: true)
      other: secret @include(if: $no)
      getPost { id @include(if: $open) author { id @skip(if: $open) } }
    }"""

    assert ask(query).body == {"data": {"getPost": {"id": "…", "author": {"id": "…"}}}}


def test_denied_on_every_possible_type_is_an_error() -> None:
    response = ask("{ node { id name } }")

    assert response.data == {"node": {"id": "…", "name": None}}
    assert [error["path"] for error in response.errors] == [["node", "name"]]
    assert response.undecided == ()


def test_denied_on_one_possible_type_is_undecided() -> None:
    response = ask("{ search { ... on Post { name } ... on Author { id } } }")

    assert response.errors == ()
    assert opened(response) == [("search.0.name", "Post.name", "only-type")]


def test_subscriber_is_asked_for_the_root_field_only() -> None:
    assert ask("subscription { onPost { name } }").body == {"type": "start_ack"}
    assert ask("subscription { onSecret { id } }").body == {
        "type": "error",
        "payload": {
            "errors": [
                {
                    "errorType": "Unauthorized",
                    "message": "Not Authorized to access onSecret on type Subscription",
                }
            ]
        },
    }


def test_policy_that_allows_some_root_fields_only() -> None:
    response = ask("{ getPost { name } secret }", AWS_IAM, iam_allows=allow_only("Query.secret"))

    assert response.data == {"getPost": None, "secret": "…"}
    assert [error["path"] for error in response.errors] == [["getPost"]]
    assert opened(response) == [("", "", "iam-partial")]


def test_policy_that_cannot_be_decided() -> None:
    perhaps = Decision("undecided", "condition", "does the condition hold?")
    response = ask("{ secret }", AWS_IAM, iam_allows=lambda _: perhaps)

    assert (response.status, response.errors) == (200, ())
    assert opened(response) == [("secret", "Query.secret", "condition")]


def test_policy_for_introspection_is_not_predicted() -> None:
    response = ask("{ __typename }", AWS_IAM, iam_allows=allow_only())

    assert (response.status, response.data) == (200, {"__typename": "Query"})
    assert opened(response) == [("", "", "iam-introspection")]


@pytest.mark.parametrize(
    "entry",
    ["Post.author", "arn:aws:appsync:eu-west-1:111122223333:apis/abc/types/Post/fields/author"],
)
def test_field_that_the_authorizer_denies(entry: str) -> None:
    schema = read_schema("type Query { post: Post } type Post { id: ID author: String }")
    response = decide_operation(
        Endpoint(Authorization(LAMBDA), schema),
        Caller(LAMBDA),
        read_operation("{ post { id author } }"),
        denied_fields=frozenset({entry, "Query.*", "Post"}),
    )

    assert response.data == {"post": {"id": "…", "author": None}}
    assert [error["path"] for error in response.errors] == [["post", "author"]]


@pytest.mark.parametrize(
    ("modes", "mode", "message", "undecided"),
    [
        ((API_KEY,), AWS_IAM, "Valid authorization header not provided.", []),
        ((COGNITO,), AWS_IAM, "Unable to parse JWT token.", []),
        ((COGNITO,), API_KEY, "Valid authorization header not provided.", []),
        ((API_KEY,), COGNITO, "Valid authorization header not provided.", []),
        ((OIDC,), LAMBDA, "Unable to parse JWT token.", []),
        ((OIDC,), COGNITO, "Valid authorization header not provided.", [("", "", "message")]),
    ],
)
def test_mode_that_the_api_does_not_have(
    modes: tuple[str, ...], mode: str, message: str, undecided: list[tuple[str, str, str]]
) -> None:
    response = ask("{ getPost { id } }", mode, Authorization(modes[0], modes[1:]))

    assert (response.status, response.body) == (
        401,
        {"errors": [{"errorType": "UnauthorizedException", "message": message}]},
    )
    assert opened(response) == undecided


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "{ nope }",
            "Validation error of type FieldUndefined: Field 'nope' in type 'Query' is undefined @ 'nope'",
        ),
        (
            "{ getPost }",
            (
                "Validation error of type SubSelectionRequired: Sub selection required for type Post"
                " of field getPost @ 'getPost'"
            ),
        ),
        (
            "{ secret(a: 1) }",
            "Validation error of type UnknownArgument: Unknown field argument a @ 'secret'",
        ),
        ("{ secret { id } }", "`Query.secret` is of type `String`, which has no fields to select"),
        ("{ ...F }", "`F` is a fragment that is not defined"),
        ("{ ... on Nope { id } }", "`Nope` is not in the schema"),
        (
            "query A { secret } query B { secret }",
            "the document has several operations: say which of `A`, `B` is meant",
        ),
        ("fragment F on Query { secret }", "the document has no operation"),
        (
            "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
            "`F` is a fragment that leads back to itself",
        ),
        ("{", "the document is not GraphQL: expected Name, found <EOF>"),
    ],
)
def test_document_that_does_not_fit(query: str, message: str) -> None:
    response = ask(query)

    # No errorType: https://github.com/aws-amplify/learn/issues/417
    assert [set(one) for one in response.body["errors"]] == [{"path", "locations", "message"}]
    assert [one["message"] for one in response.body["errors"]] == [message]
    assert (response.status, response.body["data"]) == (200, None)


@pytest.mark.slow
def test_fragments_that_multiply_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MOST_FIELDS", 5_000)
    doubling = "".join(
        f" fragment F{i} on Post {{ a: author {{ p {{ ...F{i + 1} }} q: p {{ ...F{i + 1} }} }} }}"
        for i in range(60)
    )
    schema = read_schema(
        "type Query { p: Post } type Post { author: Author id: ID } type Author { p: Post }"
    )
    document = f"{{ p {{ ...F0 }} }}{doubling} fragment F60 on Post {{ id }}"

    with pytest.raises(InputError, match="selects more than 5000 fields"):
        decide_operation(
            Endpoint(Authorization(API_KEY), schema), Caller(API_KEY), read_operation(document)
        )


@pytest.mark.slow
def test_deep_document_is_refused() -> None:
    schema = read_schema("type Query { q: Query id: ID }")
    chain = "".join(f" fragment F{i} on Query {{ q {{ ...F{i + 1} }} }}" for i in range(1500))
    document = f"{{ ...F0 }}{chain} fragment F1500 on Query {{ id }}"

    with pytest.raises(InputError, match="nested too deeply"):
        decide_operation(
            Endpoint(Authorization(API_KEY), schema), Caller(API_KEY), read_operation(document)
        )


WORDS = '{ } getPost search node id name author ... on Post Hit F a: __typename subscription é "'
PIECES = st.sampled_from(
    [*WORDS.split(), "@skip(if: $x)", "fragment F on Node {", "query Q($x: Boolean = true)"]
)


@pytest.mark.slow
@given(st.lists(PIECES, max_size=25).map(" ".join), st.sampled_from([API_KEY, AWS_IAM, OIDC]))
def test_any_document_gets_an_answer(document: str, mode: str) -> None:
    assert ask(document, mode).status in {200, 401}
