from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.errors import GuardError, Location, TemplateError
from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.expand import Expansion, expand
from cdk_appsync_guard.template.source.derived_template import source_of
from cdk_appsync_guard.template.source.read import Template, read_template

TOPIC = "AWS::SNS::Topic"


def expanded(text: str, known: dict[str, Any] | None = None, **snippets: str) -> Expansion:
    def include(location: str) -> Template | None:
        name = location.rpartition("/")[2].replace(".", "_")
        return read_template(location, snippets[name].encode()) if name in snippets else None

    return expand(read_template("t.yaml", text.encode()), known or {}, include)


def data(text: str, known: dict[str, Any] | None = None, **snippets: str) -> dict[str, Any]:
    return expanded(text, known, **snippets).template.data


LOOP = """\
Transform: AWS::LanguageExtensions
Resources:
  Before: {Type: 'AWS::SNS::Topic'}
  Fn::ForEach::Topics:
    - Name
    - [One, Two-2]
    - Topic&{Name}:
        Type: AWS::SNS::Topic
        Properties:
          TopicName: !Sub '${AWS::StackName}-${Name}'
          DisplayName: !Ref Name
"""


def test_a_loop_becomes_one_resource_an_item() -> None:
    assert data(LOOP)["Resources"] == {
        "Before": {"Type": TOPIC},
        "TopicOne": {
            "Type": TOPIC,
            "Properties": {"TopicName": {"Fn::Sub": "${AWS::StackName}-One"}, "DisplayName": "One"},
        },
        "TopicTwo2": {
            "Type": TOPIC,
            "Properties": {
                "TopicName": {"Fn::Sub": "${AWS::StackName}-Two-2"},
                "DisplayName": "Two-2",
            },
        },
    }


def test_what_a_loop_makes_is_located_where_it_is_written() -> None:
    template = expanded(LOOP).template

    assert template.locate(("Resources", "Before")) == (3, 3)
    assert template.locate(("Resources", "TopicTwo2")) == (7, 7)
    assert template.locate(("Resources", "TopicTwo2", "Properties", "DisplayName")) == (11, 11)
    assert source_of(template, ("Resources", "TopicOne", "Properties", "Absent")) == (
        template.source,  # type: ignore[attr-defined]
        ("Resources", "Fn::ForEach::Topics", 2, "Topic&{Name}", "Properties"),
    )


@pytest.mark.parametrize(
    ("collection", "items"),
    [
        ("[A, 1, true]", ["A", "1", "true"]),
        ("!Ref Names", ["X", "Y"]),
        ("!Ref List", ["P", "Q"]),
        ("[A, !Ref Names]", ["A", "X", "Y"]),
        ("!FindInMap [M, k, v]", ["S", "T"]),
        ("!FindInMap [M, !Ref Key, v]", ["S", "T"]),
        ("[]", []),
    ],
)
def test_a_loop_runs_over_a_collection(collection: str, items: list[str]) -> None:
    text = (
        "Mappings: {M: {k: {v: [S, T]}}}\n"
        f"Resources: {{'Fn::ForEach::L': [N, {collection}, {{'T${{N}}': {{Type: 'AWS::SNS::Topic'}}}}]}}"
    )
    known = {"Names": "X, Y", "List": ["P", "Q"], "Key": "k"}

    assert list(data(text, known)["Resources"]) == [f"T{item}" for item in items]


@pytest.mark.parametrize(
    "collection",
    ["!GetAtt A.B", "[A, !GetAtt A.B]", "!FindInMap [M, !Ref X, v]", "~", "{a: 1, b: 2}"],
)
def test_a_loop_over_something_unknown_is_left_out_and_told(collection: str) -> None:
    text = f"Resources: {{'Fn::ForEach::L': [N, {collection}, {{'T${{N}}': {{Type: T}}}}]}}"
    result = expanded(text)

    assert result.template.data == {"Resources": {}}
    assert result.notices == (
        Notice(
            "a part of the template is left out: the values that a loop runs over are not known",
            Location("t.yaml", 1, 13, "Resources/Fn::ForEach::L"),
        ),
    )


def test_a_loop_over_a_parameter_without_a_value_says_which() -> None:
    result = expanded("Resources: {'Fn::ForEach::L': [N, !Ref Names, {'T${N}': {Type: T}}]}")

    assert result.notices == (
        Notice(
            "a part of the template is left out: the parameter `Names`, which a loop runs over, has no value",
            Location("t.yaml", 1, 13, "Resources/Fn::ForEach::L"),
        ),
    )


def test_loops_stand_in_loops_properties_conditions_and_outputs() -> None:
    text = """\
Conditions:
  Fn::ForEach::C: [E, [Prod], {'Is${E}': !Equals [!Ref Env, !Ref E]}]
Resources:
  Fn::ForEach::Outer:
    - A
    - [X, Y]
    - Fn::ForEach::Inner:
        - B
        - [!Ref A, Z]
        - '${A}${B}':
            Type: T
            Properties:
              Fn::ForEach::P: [C, [u], {'p${C}': '${A}-${B}-${C}'}]
Outputs:
  Fn::ForEach::O: [N, [X], {'Out${N}': {Value: !GetAtt [!Sub '${N}${N}', Arn]}}]
"""

    assert data(text) == {
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "Prod"]}},
        "Resources": {
            "XX": {"Type": "T", "Properties": {"pu": "X-X-u"}},
            "XZ": {"Type": "T", "Properties": {"pu": "X-Z-u"}},
            "YY": {"Type": "T", "Properties": {"pu": "Y-Y-u"}},
            "YZ": {"Type": "T", "Properties": {"pu": "Y-Z-u"}},
        },
        "Outputs": {"OutX": {"Value": {"Fn::GetAtt": ["XX", "Arn"]}}},
    }


@pytest.mark.parametrize("loop", ["[N, [A]]", "[1, [A], {}]", "{}", "[N, [A], []]"])
def test_a_malformed_loop_is_an_error_with_its_place(loop: str) -> None:
    with pytest.raises(TemplateError) as caught:
        expanded(f"Resources:\n  Fn::ForEach::L: {loop}\n")

    assert caught.value.message == "a loop needs a list of three: identifier, collection, mapping"
    assert str(caught.value.location) == "t.yaml:2:3"


@pytest.mark.slow
def test_loops_that_explode_are_stopped() -> None:
    items = json.dumps([str(number) for number in range(100)])
    loop = "'x${A}${B}${C}': {Type: T}"
    for name in "CBA":
        loop = f"'Fn::ForEach::L{name}': [{name}, {items}, {{{loop}}}]"
    with pytest.raises(TemplateError, match="its loops expand to more than 50,000 values"):
        expanded(f"Resources: {{{loop}}}")


SNIPPET = "TopicName: included\nDisplayName: too\n"
INCLUDE = "Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: './snippet.yaml'}}"


def test_an_included_file_is_merged_and_located_in_that_file() -> None:
    text = (
        f"Resources:\n  A:\n    Type: T\n    Properties:\n      TopicName: own\n      {INCLUDE}\n"
    )
    template = expanded(text, snippet_yaml=SNIPPET).template
    file, path = source_of(template, ("Resources", "A", "Properties", "DisplayName"))

    assert template.data == {
        "Resources": {"A": {"Type": "T", "Properties": {"TopicName": "own", "DisplayName": "too"}}}
    }
    assert (file.name, path, file.locate(path)) == ("./snippet.yaml", ("DisplayName",), (2, 1))


def test_a_file_that_is_included_in_a_section_adds_to_it() -> None:
    text = f"Resources:\n  A: {{Type: T}}\n  {INCLUDE}\n"

    assert data(text, snippet_yaml="B: {Type: U}") == {
        "Resources": {"A": {"Type": "T"}, "B": {"Type": "U"}}
    }


@pytest.mark.parametrize("transform", ["{0}", "[AWS::LanguageExtensions, {0}]"])
def test_a_file_that_the_transform_section_includes_adds_to_every_section(transform: str) -> None:
    include = "{Name: 'AWS::Include', Parameters: {Location: !Sub 's3://${Bucket}/snippet.yaml'}}"
    text = f"Transform: {transform.format(include)}\nResources: {{A: {{Type: T}}}}\n"
    snippet = "Description: more\nResources: {A: {Type: U}, B: {Type: U}}\n"
    template = expanded(text, snippet_yaml=snippet).template
    file, path = source_of(template, ("Resources", "B", "Type"))

    assert template.data["Resources"] == {"A": {"Type": "T"}, "B": {"Type": "U"}}
    assert template.data["Description"] == "more"
    assert (file.name, path) == ("s3://${Bucket}/snippet.yaml", ("Resources", "B", "Type"))


def test_an_included_file_that_is_not_there_stays_unknown() -> None:
    text = f"Resources:\n  {INCLUDE}\n  A:\n    Type: T\n    Properties:\n      {INCLUDE}\n"
    result = expanded(text)

    assert list(result.template.data["Resources"]) == ["A"]
    assert list(result.template.data["Resources"]["A"]["Properties"]) == ["Fn::Transform"]
    assert result.notices == (
        Notice(
            "a part of the template is left out: the file that it includes was not found beside it",
            Location("t.yaml", 2, 3, "Resources/Fn::Transform"),
        ),
    )


def test_other_macros_are_left_alone() -> None:
    text = "Resources: {A: {Type: T, Properties: {'Fn::Transform': {Name: Mine}}}}"

    assert data(text)["Resources"]["A"]["Properties"] == {"Fn::Transform": {"Name": "Mine"}}


_json = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["", "N", "${N}", "&{N}", "AWS::Include", "a,b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(
            st.just("N"),
            inner,
            st.dictionaries(st.sampled_from(["a${N}", "Fn::ForEach::M"]), inner, max_size=2),
        ).map(list)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Fn::ForEach::L",
                    "Fn::Transform",
                    "Name",
                    "Parameters",
                    "Location",
                    "Ref",
                    "Fn::Sub",
                    "x${N}",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=15,
)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["Resources", "Transform", "Mappings"]), _json, max_size=3))
def test_no_template_raises_anything_but_our_errors(value: dict[str, Any]) -> None:
    try:
        result = expanded(json.dumps(value), {"N": "a,b"})
    except GuardError as error:
        assert str(error.location).startswith("t.yaml:")  # noqa: PT017
    else:
        assert isinstance(result.template.data, dict)
        assert result.template.locate(("Resources", "a")) != (None, None)
