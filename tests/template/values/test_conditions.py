from __future__ import annotations

from typing import Any

import pytest
from template.building import value_of

from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.values.value import Unknown

TRUE = {"Fn::Equals": ["a", "a"]}
FALSE = {"Fn::Equals": ["a", "b"]}
OPEN = {"Fn::Equals": [{"Ref": "Open"}, "a"]}
STAGE = {"Ref": "Stage"}
IMPORTED = {"Fn::ImportValue": "x"}
SPLIT = {"Fn::Split": [",", "a,b"]}


def truth_of(condition: Any) -> bool | None:
    value = value_of(
        {"Fn::If": ["C", "yes", "no"]},
        Parameters({"Stage": "prod"}),
        Parameters={
            "Stage": {"Type": "String"},
            "Open": {"Type": "String", "AllowedValues": ["a", "b"]},
        },
        Mappings={"M": {"a": {"X": "one"}, "b": {"X": "two"}}},
        Conditions={"C": condition, "True": TRUE},
    )
    return None if isinstance(value, Unknown) else value == "yes"


CASES: list[tuple[Any, bool | None]] = [
    (TRUE, True),
    (FALSE, False),
    (OPEN, None),
    (True, True),
    ({"Fn::Equals": [STAGE, "prod"]}, True),
    ({"Fn::Equals": [STAGE, "Prod"]}, False),
    ({"Fn::Equals": [1, "1"]}, True),
    ({"Fn::Equals": [True, "true"]}, True),
    ({"Condition": "True"}, True),
    ({"Condition": "Nobody"}, None),
    ({"Fn::Not": [TRUE]}, False),
    ({"Fn::Not": [OPEN]}, None),
    ({"Fn::And": [TRUE, TRUE]}, True),
    ({"Fn::And": [TRUE, OPEN]}, None),
    ({"Fn::And": [OPEN, FALSE]}, False),
    ({"Fn::Or": [FALSE, OPEN]}, None),
    ({"Fn::Or": [OPEN, TRUE]}, True),
    ({"Fn::Or": [FALSE, FALSE]}, False),
    # An open name, but not any value would do.
    ({"Fn::Equals": [{"Ref": "Open"}, "c"]}, False),
    ({"Fn::Equals": [{"Ref": "Open"}, {"Ref": "Open"}]}, True),
    ({"Fn::Equals": [{"Ref": "Open"}, IMPORTED]}, None),
    ({"Fn::Equals": [{"Fn::Sub": "x-${Open}"}, "y-a"]}, False),
    ({"Fn::Equals": ["x-a-z", {"Fn::Sub": "x-${Open}-y"}]}, False),
    ({"Fn::Equals": [{"Fn::Sub": "aba${AWS::Region}aba"}, "ababa"]}, False),
    ({"Fn::Equals": [{"Fn::Sub": "x-${AWS::Region}"}, "x-eu-west-1"]}, None),
    ({"Fn::Equals": [{"Fn::Sub": "${Open}-${AWS::Region}"}, "a-b"]}, None),
    # Several values are possible, and all give the same answer.
    ({"Fn::Equals": [{"Fn::FindInMap": ["M", {"Ref": "Open"}, "X"]}, "three"]}, False),
    ({"Fn::Equals": [{"Fn::FindInMap": ["M", {"Ref": "Open"}, "X"]}, "one"]}, None),
    ({"Fn::Equals": [SPLIT, SPLIT]}, True),
    ({"Fn::Equals": [SPLIT, "a,b"]}, None),
    # Malformed.
    ({"Fn::Equals": ["a"]}, None),
    ({"Fn::Equals": "a"}, None),
    ({"Fn::Not": [TRUE, TRUE]}, None),
    ({"Fn::Not": TRUE}, False),
    ({"Fn::And": []}, None),
    ({"Fn::And": "x"}, None),
    ({"Fn::If": ["True", True, False]}, None),
    ({"Condition": "True", "Fn::Not": [TRUE]}, None),
    ("True", None),
]


@pytest.mark.parametrize(("condition", "expected"), CASES, ids=str)
def test_truths(condition: Any, expected: bool | None) -> None:
    assert truth_of(condition) is expected
