"""The reader of plain SDL agrees with graphql-core wherever it does not leave the text to it."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLSyntaxError, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.appsync.plain_sdl import read_plain

NODES = (
    *("name", "type", "fields", "values", "types", "interfaces", "directives", "arguments"),
    *("default_value", "definitions", "operation_types", "locations"),
)
NAMES = st.sampled_from(
    (
        *("Query", "type", "input", "on", "a", "_b1", "ID", "String", "query", "repeatable"),
        *("extend", "implements", "true", "null", "enum", "schema"),
    )
)
BLANKS = st.sampled_from(["", " ", "\n", ", ", " # note\n", "\t", "\r\n", "\ufeff"])


def shape(node: Any) -> Any:
    """Return all of a node that anybody reads, of either parser."""
    if isinstance(node, (list, tuple)):
        return tuple(map(shape, node))
    if node is None:
        return ()
    found: dict[str, Any] = {"kind": node.kind, "start": node.loc.start}
    for name in NODES:
        if getattr(node, name, None):
            found[name] = shape(getattr(node, name))
    value = getattr(node, "value", None)
    found["value"] = shape(value) if hasattr(value, "kind") else value
    if getattr(node, "operation", None) is not None:
        found["operation"] = node.operation.value
    found["repeatable"] = getattr(node, "repeatable", False)
    found["described"] = getattr(node, "description", None) is not None
    return found


def judge(text: str) -> Any:
    try:
        return shape(parse(text))
    except (GraphQLSyntaxError, RecursionError):
        return "refused"


def references() -> st.SearchStrategy[str]:
    return st.recursive(
        NAMES, lambda inner: st.builds("{}{}".format, inner.map("[{}]".format), MARKS), max_leaves=3
    ).flatmap(lambda one: MARKS.map(lambda mark: one if one.endswith("!") else one + mark))


MARKS = st.sampled_from(["", "!"])
TEXTS = st.sampled_from(['""', '"words"', '"a \\" b"', '"""block"""', '"""two\n lines # {"""'])
VALUES = st.recursive(
    st.one_of(
        st.sampled_from(["1", "-2", "0.5", "1e9", "true", "null", "ADMIN", '"text"', '""']),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda some: f"[{' '.join(some)}]"),
        st.lists(st.tuples(NAMES, inner), max_size=2).map(
            lambda some: "{" + ", ".join(f"{name}: {value}" for name, value in some) + "}"
        ),
    ),
    max_leaves=4,
)


def wrapped(inner: st.SearchStrategy[str], opening: str, closing: str) -> st.SearchStrategy[str]:
    return st.one_of(
        st.just(""),
        st.tuples(BLANKS, st.lists(inner, min_size=1, max_size=3)).map(
            lambda parts: f"{opening}{parts[0]}{' '.join(parts[1])}{closing}"
        ),
    )


ARGUMENTS = wrapped(st.builds("{}: {}".format, NAMES, VALUES), "(", ")")
DIRECTIVES = st.lists(st.builds("@{}{}".format, NAMES, ARGUMENTS), max_size=2).map(" ".join)
DESCRIPTIONS = st.one_of(st.just(""), TEXTS)
INPUTS = st.builds(
    "{} {}: {}{} {}".format,
    DESCRIPTIONS,
    NAMES,
    references(),
    st.one_of(st.just(""), VALUES.map(" = {}".format)),
    DIRECTIVES,
)
FIELDS = st.builds(
    "{} {}{}: {} {}".format,
    DESCRIPTIONS,
    NAMES,
    wrapped(INPUTS, "(", ")"),
    references(),
    DIRECTIVES,
)
INTERFACES = st.one_of(
    st.just(""),
    st.lists(NAMES, min_size=1, max_size=2).map(lambda n: "implements " + " & ".join(n)),
)
SOMETIMES_EXTENDED = st.sampled_from(["", "", "", "extend "])
DEFINITIONS = st.one_of(
    st.builds(
        "{} {}{} {} {} {} {}".format,
        DESCRIPTIONS,
        SOMETIMES_EXTENDED,
        st.sampled_from(["type", "interface"]),
        NAMES,
        INTERFACES,
        DIRECTIVES,
        wrapped(FIELDS, "{", "}"),
    ),
    st.builds(
        "{} input {} {} {}".format, DESCRIPTIONS, NAMES, DIRECTIVES, wrapped(INPUTS, "{", "}")
    ),
    st.builds(
        "{} enum {} {} {}".format,
        DESCRIPTIONS,
        NAMES,
        DIRECTIVES,
        wrapped(st.builds("{} {} {}".format, DESCRIPTIONS, NAMES, DIRECTIVES), "{", "}"),
    ),
    st.builds("{}scalar {} {}".format, SOMETIMES_EXTENDED, NAMES, DIRECTIVES),
    st.builds(
        "union {} {} {}".format,
        NAMES,
        DIRECTIVES,
        st.one_of(st.just(""), st.lists(NAMES, min_size=1).map(lambda n: "= " + " | ".join(n))),
    ),
    st.builds(
        "directive @{}{}{} on {}".format,
        NAMES,
        wrapped(INPUTS, "(", ")"),
        st.sampled_from(["", " repeatable"]),
        st.sampled_from(["OBJECT", "| OBJECT | FIELD_DEFINITION", "SCHEMA", "NOWHERE"]),
    ),
    st.builds(
        "{}schema {} {}".format,
        SOMETIMES_EXTENDED,
        DIRECTIVES,
        wrapped(st.sampled_from(["query: A", "mutation: type", "other: A"]), "{", "}"),
    ),
)
DOCUMENTS = st.lists(st.tuples(BLANKS, DEFINITIONS).map("".join), min_size=1, max_size=4).map(
    "\n".join
)


@pytest.mark.slow
@given(DOCUMENTS)
@settings(max_examples=80)
def test_what_is_read_is_what_graphql_core_reads(text: str) -> None:
    plain = read_plain(text)

    assert plain is None or shape(plain) == judge(text)


@pytest.mark.slow
@given(DOCUMENTS, st.data())
@settings(max_examples=80)
def test_mutated_text_is_read_the_same_or_left_to_graphql_core(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(at + 4, len(text))))
    more = data.draw(st.sampled_from([*'"{}()[]!@:=|&#\\;.$-0', '"""', "extend ", "é", "\x00", ""]))
    mutated = text[:at] + more + text[end:]

    plain = read_plain(mutated)

    assert plain is None or shape(plain) == judge(mutated)


PLAIN = '''
"""A query, and "quotes" in it."""
type Query implements Node & Other @aws_iam @aws_auth(cognito_groups: ["a", "b"]) {
  "one" node(id: ID! = "x", more: [In!] = [{a: 1, b: -2.5e3}, null]): [Node!]! # a comment
  , other: AWSDateTime
}
interface Node { id: ID! }
union Both = | Query | Other
enum Colors { RED @deprecated(reason: "old \\" ink") GREEN }
scalar AWSThing @specifiedBy(url: "u")
input In { a: Int = 1 b: Float }
directive @mine(a: Int) repeatable on FIELD_DEFINITION | OBJECT
extend type Query @aws_api_key
extend schema { subscription: Sub }
schema { query: Query mutation: Mutation }
'''


def test_everything_plain_is_read() -> None:
    text = PLAIN.replace('"old \\" ink"', '"old"')

    plain = read_plain(text)

    assert plain is not None
    assert shape(plain) == shape(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " # nothing",
        "{ a }",
        "query Q { a }",
        "type T {}",
        "type T implements A, B { a: A }",
        "type T { a: A; b: B }",
        'type T { a: A @d(a: "\\u00e9") }',
        'type T { a: A @d(a: """block""") }',
        "type T { a: A @d(a: $v) }",
        "type T { a(): A }",
        "extend type T",
        "extend directive @d on OBJECT",
        "schema @d",
        "directive @d on NOWHERE",
        "enum E { true }",
        "type T { a: A = 1 }",
        "type T { a: " + "[" * 40 + "A" + "]" * 40 + " }",
        "type T { a: A\x00 }",
        'type T { "a }',
    ],
)
def test_what_is_odd_is_left_to_graphql_core(text: str) -> None:
    assert read_plain(text) is None
