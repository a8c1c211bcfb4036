"""What holds for every template: no crash, no contradiction between knowing less and knowing more."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from template.building import API, resolution_of, source

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.template.inputs.assembly import Assembly
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.scenarios.scenario import Resolution, resolve
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value

NAMES = st.sampled_from(["A", "B", "Api", "Child", "M", "AWS::Region", "AWS::NoValue", "AWS::X"])
FUNCTIONS = st.sampled_from(
    [
        *("Ref", "Condition", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Fn::Select", "Fn::Split"),
        *("Fn::FindInMap", "Fn::If", "Fn::ImportValue", "Fn::Base64", "Fn::Length", "Fn::Cidr"),
        *("Fn::ToJsonString", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Transform"),
    ]
)
TEXTS = st.sampled_from(
    [
        *(
            "",
            "a",
            "a,b",
            "1",
            "-1",
            "${A}",
            "${A.Arn}",
            "${Child.Outputs.A}",
            "${!A}",
            "${",
            "A.B",
        ),
        *("${Api}-{{resolve:ssm:${B}}}", "{{resolve:", "}}", "Child.Outputs.A", "\ud7ff\x00"),
    ]
)
SCALARS = NAMES | TEXTS | st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-1, 1)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arguments = st.lists(inner, max_size=4)
    return st.one_of(
        arguments,
        st.dictionaries(FUNCTIONS, inner | arguments, min_size=1, max_size=1),
        st.dictionaries(NAMES | FUNCTIONS, inner, max_size=3),
    )


RAW = st.recursive(SCALARS, _containers, max_leaves=12)


def _named(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(NAMES, values | RAW, max_size=4) | RAW


def _object(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=members)


TYPES = st.sampled_from(
    ["AWS::AppSync::GraphQLApi", "AWS::AppSync::ApiKey", "AWS::IAM::Role", "AWS::S3::Bucket"]
)
DECLARATIONS = _object(
    Type=st.sampled_from(["String", "Number", "CommaDelimitedList"]) | RAW,
    Default=SCALARS | RAW,
    AllowedValues=st.lists(SCALARS, max_size=3) | RAW,
    NoEcho=SCALARS,
    MinValue=SCALARS,
    MaxValue=SCALARS,
)
TEMPLATES = _object(
    Parameters=_named(DECLARATIONS),
    Mappings=_named(st.dictionaries(NAMES, RAW, max_size=2)),
    Conditions=_named(RAW),
    Resources=_named(
        _object(Type=TYPES, Condition=NAMES, Properties=_named(RAW), Metadata=RAW)
    ),
    Outputs=_named(_object(Value=RAW, Condition=NAMES, Export=_object(Name=RAW))),
)  # fmt: skip


def read_everything(resolution: Resolution) -> None:
    for scenario in resolution.scenarios:
        for stack in scenario.stacks:
            for resource in stack.resources.values():
                for name in ("A", "B"):
                    value = resource.get(name)
                    resource.get(name, 0, "A")
                    resource.place(name, "A")
                    resource.conditional_at(name)
                    stack.resource_of(value)
                resource.get()
                resource.attribute("Arn")
                assert resource.conditional in (True, False)


@pytest.mark.slow
@settings(max_examples=50)
@given(TEMPLATES, TEMPLATES, st.dictionaries(NAMES, SCALARS | st.lists(SCALARS), max_size=2))
def test_no_template_raises_anything_but_our_errors(
    parent: dict[str, Any], child: dict[str, Any], values: dict[str, Any]
) -> None:
    resources = parent.get("Resources")
    if isinstance(resources, dict):
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"A": {"Ref": "A"}}}}  # fmt: skip
        resources["Child"] = nested
    root = source(parent, "root")
    stacks = (root, source(child, "child", parent=root, parent_logical_id="Child"))
    try:
        read_everything(resolve(Assembly("test", stacks), Parameters(values)))
    except GuardError as error:
        assert error.message  # noqa: PT017 - either outcome is fine


VALUES = st.sampled_from(["a", "b", "c"])
PIECES = st.recursive(
    VALUES | st.sampled_from([{"Ref": "A"}, {"Ref": "B"}, {"Fn::Sub": "x${A},${B}"}, {"Ref": "AWS::Region"}]),
    lambda inner: st.one_of(
        st.builds(lambda items: {"Fn::Join": [",", items]}, st.lists(inner, max_size=3)),
        st.builds(lambda text: {"Fn::Select": [0, {"Fn::Split": [",", text]}]}, inner),
        st.builds(lambda key: {"Fn::FindInMap": ["M", {"Ref": key}, "X"]}, st.sampled_from("AB")),
        st.builds(lambda a, b: {"Fn::If": ["C0", a, b]}, inner, inner),
    ),
    max_leaves=6,
)  # fmt: skip
TRUTHS = st.recursive(
    st.builds(lambda a, b: {"Fn::Equals": [a, b]}, PIECES, VALUES),
    lambda inner: st.one_of(
        st.builds(lambda one: {"Fn::Not": [one]}, inner),
        st.builds(lambda some: {"Fn::And": some}, st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda some: {"Fn::Or": some}, st.lists(inner, min_size=2, max_size=3)),
        st.sampled_from([{"Condition": "C0"}, {"Condition": "C1"}]),
    ),
    max_leaves=4,
)
FIRST = st.sampled_from([{"Fn::Equals": [{"Ref": "A"}, "a"]}, {"Fn::Equals": [{"Ref": "B"}, "b"]}])
SECOND = st.sampled_from([{"Condition": "C0"}, {"Fn::Equals": [{"Fn::Sub": "x${A}"}, "xb"]}])
MAPPING = {"M": {"a": {"X": "b"}, "b": {"X": "a"}, "c": {"X": "a"}}}
DECLARED = st.sampled_from(
    [{"Type": "String"}, {"Type": "String", "AllowedValues": ["a", "b", "c"]}]
)


def is_decided(value: Value) -> bool:
    if isinstance(value, Text):
        return all(hole.kind != "parameter" for hole in value.holes)
    return not isinstance(value, Unknown)


def fill(value: Value, known: dict[str, str]) -> str:
    """Return the value as a text in which the parameters are filled in."""
    parts = value.parts if isinstance(value, Text) else (value,)
    return "".join(
        known.get(part.name, str(part)) if isinstance(part, Hole) else str(part) for part in parts
    )


@pytest.mark.slow
@settings(max_examples=50)
@given(PIECES, FIRST, st.fixed_dictionaries({"A": DECLARED, "B": DECLARED}), VALUES, VALUES)
def test_knowing_more_never_changes_or_undoes_what_is_decided(
    raw: Any, condition: Any, declared: Any, a: str, b: str
) -> None:
    data = {
        "Parameters": declared,
        "Mappings": MAPPING,
        "Conditions": {"C0": condition},
        "Resources": {"T": {"Type": "AWS::Test::Thing", "Properties": {"V": raw}}},
    }
    known = {"A": a, "B": b}
    values = [
        resolution_of(data, Parameters(given)).scenarios[0].stacks[0].resources["T"].get("V")
        for given in ({}, {"A": a}, known)
    ]

    for less, more in ((values[0], values[1]), (values[1], values[2])):
        assert is_decided(more) or not is_decided(less)
        if not isinstance(less, Unknown):
            assert fill(less, known) == fill(more, known)


@pytest.mark.slow
@settings(max_examples=50)
@given(FIRST, SECOND, TRUTHS, st.fixed_dictionaries({"A": DECLARED, "B": DECLARED}))
def test_whatever_is_deployed_is_one_of_the_scenarios(
    first: Any, second: Any, third: Any, declared: Any
) -> None:
    conditions = {"C0": first, "C1": second, "C2": third}
    data = {
        "Parameters": declared,
        "Mappings": MAPPING,
        "Conditions": conditions,
        "Resources": {
            "Api": API,
            **{name: {**API, "Condition": name} for name in conditions},
        },
    }
    foreseen = [set(one.stacks[0].resources) for one in resolution_of(data).scenarios]

    for a, b in product("abc", repeat=2):
        deployed = resolution_of(data, Parameters({"A": a, "B": b}))

        for scenario in deployed.scenarios:
            assert set(scenario.stacks[0].resources) in foreseen
