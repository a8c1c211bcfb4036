"""What ``prelude`` prints makes AppSync's SDL plain GraphQL, and hides no mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, parse

from cdk_appsync_guard.appsync.definitions import OWN_DIRECTIVES, Directive
from cdk_appsync_guard.appsync.schema import SCALARS
from cdk_appsync_guard.cli.main import main

SAMPLES = Path(__file__).parents[2] / "sample_stacks"
MISSPELLED = {"blog/insecure/schema.graphql": ["Unknown directive '@aws_congito_user_pools'."]}
ALL_PLACES = """\
type Query { post: Post @aws_oidc  all: [Post] @aws_auth(cognito_groups: ["Editors"]) }
type Mutation { add(at: AWSDateTime!): Post @aws_publish(subscriptions: ["added"]) }
type Subscription { added: Post @aws_subscribe(mutations: ["add"]) }
type Post @aws_iam @aws_api_key @aws_lambda @canonical {
  id: ID! @aws_cognito_user_pools(cognito_groups: ["Editors"]) @renamed(to: "key")
  body: AWSJSON @aws_cognito_user_pools
}
enum Color @hidden { RED }
input Filter @hidden { name: AWSEmail @hidden }
interface Node @renamed(to: "Thing") { id: ID! @canonical }
"""


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["prelude"]) == 0
    return capsys.readouterr().out


def test_it_defines_each_name_that_appsync_brings(printed: str) -> None:
    own = build_schema(printed + "type Query { a: Int }")
    directives = {one.name: tuple(one.args) for one in own.directives}

    assert {name for name in own.type_map if name.startswith("AWS")} == {
        name for name in SCALARS if name.startswith("AWS")
    }
    assert set(OWN_DIRECTIVES) <= set(directives)
    assert all(
        directives[name] == (Directive(name, 0).arguments or directives[name])
        for name in OWN_DIRECTIVES
    )


@pytest.mark.parametrize(
    "file", sorted(SAMPLES.rglob("schema.graphql")), ids=lambda file: str(file.parent)[-20:]
)
def test_a_sample_is_plain_graphql_behind_it(printed: str, file: Path) -> None:
    expected = MISSPELLED.get(file.relative_to(SAMPLES).as_posix(), [])

    assert _problems(printed + file.read_text("utf-8")) == expected


def test_directives_are_accepted_wherever_appsync_takes_them(printed: str) -> None:
    assert _problems(printed + ALL_PLACES) == []


@pytest.mark.parametrize(
    ("sdl", "named"),
    [
        ("type Query { a: Int @aws_key }", "Unknown directive '@aws_key'"),
        ("type Query { a: AWSDay }", "Unknown type 'AWSDay'"),
        ("type Query @aws_auth { a: Int }", "'@aws_auth'"),
        ('type Query { a: Int @aws_iam(groups: ["a"]) }', "Unknown argument 'groups'"),
    ],
)
def test_mistakes_stay_mistakes(printed: str, sdl: str, named: str) -> None:
    [problem] = _problems(printed + sdl)

    assert named in problem


def test_it_is_written_to_a_file(tmp_path: Path, printed: str) -> None:
    file = tmp_path / "appsync.graphql"

    assert main(["prelude", "-o", str(file)]) == 0
    assert file.read_text("utf-8") == printed


def _problems(sdl: str) -> list[str]:
    from graphql.validation.validate import validate_sdl

    problems: list[GraphQLError] = validate_sdl(parse(sdl))
    if not problems:
        assert isinstance(build_schema(sdl), GraphQLSchema)
    return [one.message for one in problems]
