from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import NOW, open_scenarios
from policy.blog import blog
from team import team

from cdk_appsync_guard.appsync.api import find_apis
from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode, read_client_code
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.facts import build_facts
from cdk_appsync_guard.facts.tables import Row, misfits
from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.template.values.value import Unknown

COGNITO = "AMAZON_COGNITO_USER_POOLS"
WEB = ClientCaller("web", mode="API_KEY")
JOB = ClientCaller("job", function="Job")
READER = ClientCaller("reader", principal="ReaderRole")


def rows(
    folder: Path, document: str, *templates: str, callers: Sequence[ClientCaller] = ()
) -> list[Row]:
    """Return the rows about client code; every row keeps its table's promises."""
    (folder / "app.graphql").write_text(document)
    code = read_client_code([str(folder / "app.graphql")], callers)
    assert code is not None
    (scenario,) = open_scenarios(*templates)
    found = [
        row
        for row in build_facts(find_apis(scenario.stacks), scenario.stacks, NOW, code)
        if row.table in ("calls", "operations", "selections")
    ]
    assert [wrong for row in found for wrong in misfits(row, TABLES[row.table])] == []
    return found


def pick(found: list[Row], table: str, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row.cells[name] for name in columns) for row in found if row.table == table]


def calls(
    folder: Path, document: str, caller: ClientCaller, template: str | None = None
) -> list[tuple[object, ...]]:
    found = rows(folder, document, template or team(), callers=[caller])
    return pick(found, "calls", "gate", "coordinate", "outcome")


def test_mode_is_asked_by_directives_alone(tmp_path: Path) -> None:
    assert calls(tmp_path, "{ getPost(id: 1) { id secret } drafts { id } }", WEB) == [
        ("directive", "Query.getPost", "allowed"),
        ("directive", "Post.id", "allowed"),
        ("directive", "Post.secret", "denied"),
        # What is below a denied field is never reached.
        ("directive", "Query.drafts", "denied"),
    ]


def test_principal_is_asked_by_policies_before_directives(
    tmp_path: Path,
) -> None:
    document = "mutation { addPost(title: 1) { id secret } }"

    assert calls(tmp_path, document, READER) == [
        # Nothing runs: directives are not asked.
        ("policy", "Mutation.addPost", "denied"),
    ]


def test_function_calls_as_its_role(tmp_path: Path) -> None:
    assert calls(tmp_path, "{ listPosts { id } }", JOB)[0] == (
        "policy",
        "Query.listPosts",
        "denied",
    )


@pytest.mark.parametrize(
    ("groups", "outcome"), [((), "denied"), (("Admins",), "allowed"), (("Readers",), "denied")]
)
def test_groups_count(tmp_path: Path, groups: tuple[str, ...], outcome: str) -> None:
    caller = ClientCaller("editor", mode=COGNITO, groups=groups)

    assert calls(tmp_path, "{ drafts { __typename } }", caller) == [
        ("directive", "Query.drafts", outcome)
    ]


def test_subscriber_is_asked_at_the_root_only(tmp_path: Path) -> None:
    assert calls(tmp_path, "subscription { onAddPost { id secret } }", WEB) == [
        ("directive", "Subscription.onAddPost", "allowed")
    ]


def test_condition_of_a_policy_is_undecided(tmp_path: Path) -> None:
    caller = ClientCaller("writer", principal="WriterRole")
    ((_, _, outcome), *_) = calls(tmp_path, "mutation { addPost(title: 1) { id } }", caller)

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    ("caller", "words"),
    [
        (ClientCaller("x", function="NoJob"), "the function `NoJob` is not in the templates"),
        (ClientCaller("x", principal="NoRole"), "the role `NoRole` is not in the templates"),
    ],
)
def test_caller_whom_no_template_has_is_undecided(
    tmp_path: Path, caller: ClientCaller, words: str
) -> None:
    ((_, _, outcome), *_) = calls(tmp_path, "{ listPosts { id } }", caller)

    assert isinstance(outcome, Unknown)
    assert outcome.reason == words


def test_field_of_some_types_only_is_undecided(tmp_path: Path) -> None:
    sdl = """\
type Query { feed: [Item] @aws_api_key }
union Item = Post | Ad
type Post @aws_api_key { id: ID }
type Ad @aws_iam { id: ID }
"""
    document = "{ feed { ... on Post { id } ... on Ad { id } } }"
    found = calls(tmp_path, document, WEB, blog(sdl, "API_KEY", "AWS_IAM"))

    assert found[:2] == [
        ("directive", "Query.feed", "allowed"),
        ("directive", "Post.id", "allowed"),
    ]
    assert [coordinate for _, coordinate, _ in found[2:]] == ["Ad.id"]
    assert isinstance(found[2][2], Unknown)


def test_one_field_tells_of_all_of_its_type_that_are_closed_alike(tmp_path: Path) -> None:
    sdl = "type Query { post: Post @aws_iam @aws_api_key }\ntype Post @aws_iam { a: ID b: ID c: ID @aws_api_key }"
    document = "{ post { a b c } }"
    found = rows(tmp_path, document, blog(sdl, "API_KEY", "AWS_IAM"), callers=[WEB])

    assert pick(found, "calls", "coordinate", "outcome", "first", "also") == [
        ("Query.post", "allowed", True, ""),
        ("Post.a", "denied", True, " (as well as `b`)"),
        ("Post.b", "denied", False, " (as well as `b`)"),
        ("Post.c", "allowed", True, ""),
    ]


@pytest.mark.parametrize(
    ("directives", "mode", "groups", "admits", "fix"),
    [
        ("", "AWS_IAM", (), "`API_KEY` callers", "@aws_api_key @aws_iam"),
        ("@aws_api_key", "AWS_IAM", (), "`API_KEY` callers", "@aws_api_key @aws_iam"),
        ("@aws_lambda", "API_KEY", (), "no caller", "@aws_lambda @aws_api_key"),
        (
            '@aws_cognito_user_pools(cognito_groups: ["a"])',
            COGNITO,
            ("b",),
            f"`{COGNITO}` callers in group `a`",
            '@aws_cognito_user_pools(cognito_groups: ["a", "b"])',
        ),
    ],
)
def test_denied_call_says_who_is_admitted_and_what_to_write(
    tmp_path: Path, directives: str, mode: str, groups: tuple[str, ...], admits: str, fix: str
) -> None:
    template = blog(f"type Query {{ a: ID {directives} }}", "API_KEY", "AWS_IAM", COGNITO)
    caller = ClientCaller("x", mode=mode, groups=groups)
    found = rows(tmp_path, "{ a }", template, callers=[caller])

    assert pick(found, "calls", "admits") == [(admits,)]
    assert [edit.after for row in found for one in row.fixes for edit in one.edits] == [fix]


@pytest.mark.parametrize(
    ("document", "runs", "blocked"),
    [
        ("{ getPost(id: 1) { id } }", True, None),
        ("{ getPost(id: 1) { id } drafts { id } }", False, "Query.drafts"),
        ("{ drafts { id } }", False, "Draft.id"),
        ("subscription { onAddPost { id secret } }", True, None),
    ],
)
def test_operation_of_nobody_in_particular(
    tmp_path: Path, document: str, runs: bool, blocked: str | None
) -> None:
    found = rows(tmp_path, document, team())

    assert pick(found, "operations", "runs", "blocked") == [(runs, blocked)]
    assert pick(found, "calls", "coordinate") == []


def test_member_of_several_groups_counts_as_one_caller(tmp_path: Path) -> None:
    sdl = """\
type Query {
  a: ID @aws_cognito_user_pools(cognito_groups: ["a"])
  b: ID @aws_cognito_user_pools(cognito_groups: ["b"])
}
"""
    found = rows(tmp_path, "{ a b }", blog(sdl, COGNITO, "AWS_IAM"))

    assert pick(found, "operations", "runs") == [(True,)]


@pytest.mark.slow
def test_operation_that_code_completes_is_undecided_unless_denied(tmp_path: Path) -> None:
    document = (
        "query A { getPost(id: 1) { ...X } } query B { getPost(id: 1) { id ...X } drafts { id } }"
    )
    ((first,), (second,)) = pick(rows(tmp_path, document, team()), "operations", "runs")

    assert isinstance(first, Unknown)
    assert second is False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{ nothing }", ("unknown-name", "Query.nothing", "is not in the schema", "")),
        (
            "{ getpost(id: 1) { id } }",
            ("unknown-name", "Query.getpost", "is not in the schema", "; did you mean `getPost`?"),
        ),
        (
            "{ listPosts { ... on Article { id } } }",
            ("unknown-name", "Article", "is not in the schema", ""),
        ),
        (
            "{ ...F } fragment F on Mutatoin { a }",
            ("unknown-name", "Mutatoin", "is not in the schema", "; did you mean `Mutation`?"),
        ),
        (
            "{ getPost { id } }",
            (
                "wrong-argument",
                "Query.getPost",
                "requires the argument `id`, which is not given",
                "",
            ),
        ),
        (
            "{ getPost(id: null) { id } }",
            (
                "wrong-argument",
                "Query.getPost",
                "requires the argument `id`, which is `null` here",
                "",
            ),
        ),
        (
            "query A($i: ID) { getPost(id: $i) { id } }",
            (
                "wrong-argument",
                "Query.getPost",
                "takes `ID!` for the argument `id`, and the variable `$i` is `ID`",
                "",
            ),
        ),
        (
            "{ getPost(id: 1, ide: 2) { id } }",
            (
                "wrong-argument",
                "Query.getPost",
                "does not have an argument `ide`",
                "; did you mean `id`?",
            ),
        ),
        (
            "{ getPost(id: 1) }",
            (
                "wrong-selection",
                "Query.getPost",
                "is an object, but no fields of it are selected",
                "",
            ),
        ),
        (
            "{ listPosts { id { x } } }",
            (
                "wrong-selection",
                "Post.id",
                "is of type `ID`, which has no fields to select",
                "",
            ),
        ),
        ("query A($i: ID = 1) { getPost(id: $i) { id } }", None),
        ("query A($i: ID!) { getPost(id: $i) { id } }", None),
        ("{ __typename listPosts { __typename } }", None),
    ],
)
def test_mistakes(tmp_path: Path, document: str, said: tuple[str, ...] | None) -> None:
    found = rows(tmp_path, document, team())
    wrong = [
        one
        for one in pick(found, "selections", "state", "coordinate", "detail", "hint")
        if one[0] != "known"
    ]

    assert wrong == ([said] if said else [])


def test_operation_without_root_type_is_one_mistake(tmp_path: Path) -> None:
    found = rows(tmp_path, "mutation { a }", blog("type Query { a: ID }"))

    assert pick(found, "selections", "state", "coordinate") == [("unknown-name", "Mutation")]
    assert pick(found, "operations", "runs") == []


SUBSCRIPTION = "subscription S { onAddPost { id title } }"


@pytest.mark.parametrize(
    ("mutations", "delivered"),
    [
        ("", ["untold", "untold"]),
        ("mutation M { deletePost(id: 1) }", ["untold", "untold"]),
        ("mutation M { addPost(title: 1) { id title } }", ["all", "all"]),
        ("mutation M { addPost(title: 1) { title: id } }", ["all", "none"]),
        (
            "mutation M { addPost(title: 1) { ...F } } fragment F on Post { id title }",
            ["all", "all"],
        ),
        (
            "mutation M { addPost(title: 1) { id title } } mutation N { addPost(title: 1) { id } }",
            ["all", "some"],
        ),
    ],
)
def test_what_subscribers_receive(tmp_path: Path, mutations: str, delivered: list[str]) -> None:
    found = rows(tmp_path, f"{SUBSCRIPTION} {mutations}", team())

    assert [
        told
        for coordinate, kind, told in pick(found, "selections", "coordinate", "kind", "delivered")
        if kind == "subscription" and coordinate != "Subscription.onAddPost"
    ] == delivered


def test_what_code_completes_may_deliver_anything(tmp_path: Path) -> None:
    found = rows(
        tmp_path, f"{SUBSCRIPTION} mutation M {{ addPost(title: 1) {{ id ...X }} }}", team()
    )
    delivered = pick(found, "selections", "coordinate", "delivered")[1:3]

    assert delivered[0] == ("Post.id", "all")
    assert isinstance(delivered[1][1], Unknown)


def test_object_that_is_not_delivered_is_told_once(tmp_path: Path) -> None:
    sdl = """\
type Query { a: ID }
type Mutation { add: Post }
type Subscription { onAdd: Post @aws_subscribe(mutations: ["add"]) }
type Post { id: ID author: Author }
type Author { name: String! }
"""
    document = "subscription { onAdd { author { name } } } mutation { add { id } }"
    found = rows(tmp_path, document, blog(sdl))

    assert pick(found, "selections", "coordinate", "delivered", "arrives")[1:3] == [
        ("Post.author", "none", "null"),
        ("Author.name", "untold", "an error instead of the value"),
    ]


OTHER = blog("type Query { other: ID }").replace("Blog", "Shop").replace("Schema:", "ShopSchema:")


@pytest.mark.parametrize(
    ("document", "api", "apis"),
    [
        ("{ other }", None, ["Shop"]),
        ("{ listPosts { id } }", None, ["Blog"]),
        ("{ listPosts { id } other }", None, ["Blog"]),
        ("{ nothing }", None, []),
        ("{ nothing }", "Shop", ["Shop"]),
    ],
)
def test_operation_belongs_to_the_api_that_has_its_fields(
    tmp_path: Path, document: str, api: str | None, apis: list[str]
) -> None:
    callers = [ClientCaller("x", mode="API_KEY", api=api)] if api else []
    found = rows(tmp_path, document, team(), OTHER, callers=callers)

    assert list(dict.fromkeys(row.api for row in found)) == apis


def test_denial_on_one_of_several_apis_is_open_until_the_caller_names_one(tmp_path: Path) -> None:
    one = blog("type Query { other: ID @aws_iam }", "API_KEY", "AWS_IAM")
    both = one, one.replace("Blog", "Shop").replace("Schema:", "ShopSchema:")

    def outcomes(api: str | None) -> list[object]:
        caller = ClientCaller("x", mode="API_KEY", api=api)
        found = rows(tmp_path, "{ other }", *both, callers=[caller])
        return [outcome for (outcome,) in pick(found, "calls", "outcome")]

    assert [isinstance(outcome, Unknown) for outcome in outcomes(None)] == [True, True]
    assert outcomes("Shop") == ["denied"]


def test_unknown_schema_is_one_question_per_table(tmp_path: Path) -> None:
    text = "Resources:\n  Api:\n    Type: AWS::AppSync::GraphQLApi\n    Properties: {Name: a, AuthenticationType: API_KEY}\n"
    found = rows(tmp_path, "{ a }", text)

    assert [row.table for row in found] == ["calls", "operations", "selections"]
    assert all(isinstance(cell, Unknown) for row in found for cell in row.cells.values())


def test_fragments_without_end_are_undecided(tmp_path: Path) -> None:
    sdl = "type Query { a: A }\ntype A { a: A id: ID }"
    ((runs,),) = pick(
        rows(tmp_path, "{ a { ...F } } fragment F on A { a { ...F } }", blog(sdl)),
        "operations",
        "runs",
    )

    assert isinstance(runs, Unknown)


def test_comment_in_the_document_suppresses(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(team())
    (tmp_path / "app.graphql").write_text(
        "{\n  listPosts {\n    # cdk-appsync-guard: ignore operation-names-unknown-field -- next release\n    soon\n  }\n}\n"
    )
    options = ScanOptions(
        operations=(str(tmp_path / "app.graphql"),), select=("operation-names-unknown-field",)
    )
    (finding,) = scan([str(tmp_path / "api.yaml")], options).findings

    assert finding.location.line == 4
    assert finding.suppressed is not None
    assert finding.suppressed.reason == "next release"


@pytest.mark.slow
def test_many_units_share_the_client_code(tmp_path: Path) -> None:
    for number in range(14):
        (tmp_path / f"{number}.yaml").write_text(team())
    (tmp_path / "app.graphql").write_text("{ soon listPosts { id } }")
    (tmp_path / "other.graphql").write_text("{ nothing }")
    options = ScanOptions(
        operations=(str(tmp_path / "*.graphql"),),
        select=("operation-names-unknown-field",),
        jobs=2,
    )
    report = scan([str(tmp_path / f"{number}.yaml") for number in range(14)], options)

    # Copies of one API are one: what fits none of them is told.
    assert {one.message for one in report.findings} == {
        "`query without a name` names `Query.soon`, which is not in the schema",
        "`query without a name` names `Query.nothing`, which is not in the schema",
    }
    assert not any(one.message.startswith("no API in the input") for one in report.notices)


TOKENS = [
    "{",
    "}",
    "(id: 1)",
    "(title: $t)",
    "getPost",
    "listPosts",
    "addPost",
    "onAddPost",
    "id",
    "secret",
    "query A",
    "mutation B($t: String)",
    "subscription C",
    "...F",
    "fragment F on Post",
    "... on Draft",
    "x: ",
    "@skip(if: true)",
]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(document=st.lists(st.sampled_from(TOKENS), min_size=3, max_size=25).map(" ".join))
def test_rows_are_well_formed_whatever_the_document(
    tmp_path_factory: pytest.TempPathFactory, document: str
) -> None:
    folder = tmp_path_factory.mktemp("code")

    for callers in ([], [WEB, READER]):
        code = read_client_code([str(folder)], callers)
        assert code is None or isinstance(code, ClientCode)
        rows(folder, document, team(), callers=callers)
