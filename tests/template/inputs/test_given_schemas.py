"""SDL where a template is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_appsync_guard.template.inputs.given_schemas import explain_folder, explain_schema


@pytest.mark.parametrize(
    "text",
    [
        "type Query { a: Int }",
        "# a comment\n\ntype Query\n{ a: Int }",
        '"""\nabout: it\n"""\ntype Query @aws_iam { a: Int }',
        '"about"\nschema { query: Q }',
        "directive @a on OBJECT",
        "extend type Query { b: Int }",
        "interface Node implements Other { id: ID }",
        "\ufeffunion A = B | C",
    ],
)
def test_sdl_is_recognized_by_its_text(text: str) -> None:
    error = explain_schema("<stdin>", text.encode())

    assert error is not None
    assert "is a GraphQL schema" in error.message


@pytest.mark.parametrize(
    "text",
    ["Resources: {}", '{"Resources": {}}', "type: x", "# type Query {", "schema: {}", "", '"""'],
)
def test_other_text_is_none(text: str) -> None:
    assert explain_schema("template.yaml", text.encode()) is None


def test_the_name_is_enough() -> None:
    assert explain_schema("a/Schema.GraphQL", b"query { a }") is not None


def test_a_folder_with_a_schema_says_so() -> None:
    plain, other = explain_folder(Path("a"), ()), explain_folder(Path("a"), [Path("a/b.graphql")])

    assert plain.help != other.help
    assert "--schema API=a/b.graphql" in (other.help or "")
