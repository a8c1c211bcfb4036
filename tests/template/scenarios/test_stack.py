from __future__ import annotations

from typing import Any

import pytest
from template.building import API, attribute, pseudo, source, stack_of, text, value_of

from cdk_appsync_guard.errors import Location, TemplateError
from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.assembly import Assembly, SourceStack
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.scenarios.scenario import resolve
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Hole, Unknown

NO_VALUE = {"Ref": "AWS::NoValue"}
PROD = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
STAGE = {"Stage": {"Type": "String"}}
IS_OPEN = "the condition `IsProd` is undecided: parameter `Stage` has no value"


def thing(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Test::Thing", "Properties": properties}


def stacks_of(*sources: SourceStack, given: Parameters | None = None) -> dict[str, Stack]:
    scenario = resolve(Assembly("test", sources), given or Parameters()).scenarios[0]
    return {stack.name: stack for stack in scenario.stacks}


def test_get_goes_down_to_a_property() -> None:
    stack = stack_of({"Resources": {"T": thing(A={"B": [{"C": 1}]})}})

    assert stack.resources["T"].get("A", "B", 0, "C") == 1


@pytest.mark.parametrize("path", [("X",), ("A", "X"), ("A", "B", 1), ("A", "B", "X"), ("A", "B", -1), ("N", "X")])  # fmt: skip
def test_what_is_not_written_is_absent(path: tuple[str | int, ...]) -> None:
    stack = stack_of({"Resources": {"T": thing(A={"B": ["x"]}, N=NO_VALUE)}})

    assert stack.resources["T"].get(*path) is None


def test_all_properties_of_a_resource_without_any_are_absent() -> None:
    stack = stack_of({"Resources": {"T": {"Type": "AWS::Test::Thing"}}})

    assert stack.resources["T"].get() is None
    assert stack.resources["T"].place("A") == Place(
        stack.source.template, ("Resources", "T"), None, "T"
    )


def test_a_way_through_an_open_condition_keeps_what_could_be_there() -> None:
    block = {"Fn::If": ["IsProd", {"Level": "ERROR"}, NO_VALUE]}
    data = {
        "Parameters": STAGE,
        "Conditions": {"IsProd": PROD},
        "Resources": {"T": thing(Log=block)},
    }

    assert stack_of(data).resources["T"].get("Log", "Level") == Unknown(
        IS_OPEN, "--parameters Stage=VALUE", ("ERROR", None)
    )


def test_a_way_through_a_hole_is_unknown() -> None:
    stack = stack_of({"Resources": {"T": thing(A={"Fn::GetAtt": ["T", "Config"]})}})

    assert stack.resources["T"].get("A", "B") == Unknown(
        "`T.Config` is only known after deployment", "nothing before deployment"
    )


def test_items_after_one_that_vanishes_move_up() -> None:
    stack = stack_of({"Resources": {"T": thing(L=[NO_VALUE, {"a": 1}, None, {"a": 2}])}})
    resource = stack.resources["T"]

    assert [resource.get("L", 0, "a"), resource.get("L", 1, "a")] == [1, 2]
    assert resource.place("L", 0, "a").path == ("Resources", "T", "Properties", "L", 1, "a")


def test_a_place_goes_through_the_arm_that_is_taken() -> None:
    data = {
        "Parameters": STAGE,
        "Conditions": {"IsProd": PROD},
        "Resources": {"T": thing(A={"Fn::If": ["IsProd", {"B": 1}, {"B": 2}]})},
    }
    resource = stack_of(data, Parameters({"Stage": "prod"})).resources["T"]

    assert resource.get("A", "B") == 1
    assert resource.place("A", "B").path == (
        *("Resources", "T", "Properties", "A"),
        *("Fn::If", 1, "B"),
    )


def test_the_place_of_a_substituted_string_is_the_string() -> None:
    stack = stack_of({"Resources": {"T": thing(A={"Fn::Sub": ["${x}", {"x": "1"}]})}})

    assert stack.resources["T"].place("A").path == (
        *("Resources", "T", "Properties", "A"),
        *("Fn::Sub", 0),
    )


def test_the_place_of_what_is_absent_is_what_encloses_it() -> None:
    data = {"Resources": {"T": {**thing(A={}), "Metadata": {"aws:cdk:path": "App/T"}}}}
    stack = stack_of(data)

    assert stack.resources["T"].place("A", "B") == Place(
        stack.source.template, ("Resources", "T", "Properties", "A"), None, "T", "App/T"
    )


def test_a_false_condition_removes_a_resource() -> None:
    data = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"T": {**thing(), "Condition": "Never"}, "U": thing()},
    }
    stack = stack_of(data)

    assert list(stack.resources) == ["U"]
    assert stack.removes("T")
    assert stack.lacks("AWS::Test::Thing")


def test_a_resource_under_an_open_condition_is_present_and_conditional() -> None:
    data = {
        "Parameters": STAGE,
        "Conditions": {"IsProd": PROD},
        "Resources": {"T": {**thing(), "Condition": "IsProd"}, "U": thing()},
    }
    resources = stack_of(data).resources

    assert {name: resource.conditional for name, resource in resources.items()} == {
        "T": True,
        "U": False,
    }


@pytest.mark.parametrize(("given", "conditional"), [({"Stage": "prod"}, False), ({}, True)])
def test_only_given_parameters_fix_what_is_conditional(
    given: dict[str, str], conditional: bool
) -> None:
    data = {
        "Parameters": {"Stage": {"Type": "String", "Default": "prod"}},
        "Conditions": {"IsProd": PROD},
        "Resources": {"Api": {**API, "Condition": "IsProd"}},
    }

    assert stack_of(data, Parameters(given)).resources["Api"].conditional is conditional


EXPIRES = {"Fn::If": ["EpochGiven", {"Ref": "Epoch"}, 1625095600]}
EPOCH = {
    "Parameters": {"Epoch": {"Type": "Number", "Default": 0}},
    "Conditions": {"EpochGiven": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Epoch"}, 0]}]}},
}


@pytest.mark.parametrize(
    ("raw", "given", "conditional"),
    [
        (EXPIRES, {}, True),
        (EXPIRES, {"Epoch": "7"}, False),
        ({"Fn::Sub": ["${e}", {"e": EXPIRES}]}, {}, True),
        ({"Ref": "Epoch"}, {}, False),
        (1625095600, {}, False),
    ],
)
def test_a_value_may_come_through_a_condition(
    raw: Any, given: dict[str, str], conditional: bool
) -> None:
    data = {**EPOCH, "Resources": {"Key": {"Type": "AWS::AppSync::ApiKey", "Properties": {"Expires": raw}}}}  # fmt: skip

    resource = stack_of(data, Parameters(given)).resources["Key"]

    assert resource.conditional_at("Expires") is conditional


def test_an_arm_that_a_scenario_takes_is_still_conditional() -> None:
    keys = {"Type": "AWS::AppSync::ApiKey", "Properties": {"Expires": EXPIRES}}
    data = {**EPOCH, "Resources": {"Api": API, "Key": keys}}
    resolution = resolve(Assembly("test", (source(data),)), Parameters())
    resources = [one.stacks[0].resources["Key"] for one in resolution.scenarios]

    assert [(str(key.get("Expires")), key.conditional_at("Expires")) for key in resources] == [
        ("1625095600", True),
        ("${Epoch}", True),
    ]


def test_a_value_may_come_through_the_condition_of_a_parent() -> None:
    child = {"Parameters": {"Expires": {"Type": "Number"}}, "Resources": {"Key": thing(Expires={"Ref": "Expires"})}}  # fmt: skip
    parent = {**EPOCH, "Resources": {"Child": nested(Expires=EXPIRES)}}
    root = source(parent, "root")
    stacks = stacks_of(root, source(child, "child", parent=root, parent_logical_id="Child"))

    assert stacks["child"].resources["Key"].conditional_at("Expires") is True


def nested(**parameters: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "child.json", "Parameters": parameters},
    }


def family(parent: dict[str, Any], child: dict[str, Any]) -> tuple[SourceStack, SourceStack]:
    root = source(parent, "root")
    return root, source(child, "child", parent=root, parent_logical_id="Child")


def test_values_pass_through_nested_stacks() -> None:
    parent = {
        "Resources": {
            "Child": nested(Region={"Ref": "AWS::Region"}),
            "T": thing(A={"Fn::GetAtt": ["Child", "Outputs.Level"]}, B={"Fn::Sub": "${Child.Outputs.Id}"}),
        }
    }  # fmt: skip
    child = {
        "Parameters": {"Region": {"Type": "String"}, "Level": {"Type": "String", "Default": "ALL"}},
        "Resources": {"T": thing(R={"Ref": "Region"})},
        "Outputs": {
            "Level": {"Value": {"Fn::Sub": "${Level}/${Region}"}},
            "Id": {"Value": {"Ref": "T"}},
        },
    }
    root, nested_stack = family(parent, child)
    stacks = stacks_of(root, nested_stack)

    assert stacks["child"].resources["T"].get("R") == text(pseudo("Region"))
    assert stacks["root"].resources["T"].get() == {
        "A": text("ALL/", pseudo("Region")),
        "B": text(attribute("T", "child")),
    }


def test_a_value_names_its_resource_in_any_stack() -> None:
    parent = {"Resources": {"Child": nested(Api={"Fn::GetAtt": ["Api", "ApiId"]}), "Api": API}}
    child = {
        "Parameters": {"Api": {"Type": "String"}},
        "Resources": {"T": thing(Api={"Ref": "Api"})},
    }
    stacks = stacks_of(*family(parent, child))
    api = stacks["root"].resources["Api"]

    assert stacks["child"].resource_of(stacks["child"].resources["T"].get("Api")) == (api, "ApiId")
    assert stacks["child"].resource_of(api.attribute()) == (api, "Arn")
    assert stacks["child"].resource_of(text("a-", attribute("Api", "root"))) is None
    assert stacks["child"].resource_of("Api") is None
    assert stacks["child"].parent is stacks["root"]


def test_a_nested_stack_goes_with_its_resource() -> None:
    parent = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Child": {**nested(), "Condition": "Never"}},
    }
    stacks = stacks_of(*family(parent, {"Resources": {"T": thing()}}))

    assert list(stacks) == ["root"]


def test_resources_of_a_nested_stack_are_as_conditional_as_it_is() -> None:
    parent = {
        "Parameters": STAGE,
        "Conditions": {"IsProd": PROD},
        "Resources": {"Child": {**nested(), "Condition": "IsProd"}},
    }
    stacks = stacks_of(*family(parent, {"Resources": {"T": thing()}}))

    assert stacks["child"].resources["T"].conditional is True


def test_an_output_of_a_nested_stack_that_is_not_at_hand_is_a_hole() -> None:
    data = {"Resources": {"Child": nested(), "T": thing(A={"Fn::GetAtt": "Child.Outputs.Id"})}}

    assert stack_of(data).resources["T"].get("A") == text(attribute("Child.Outputs.Id"))


def test_an_output_under_a_false_condition_is_unknown() -> None:
    parent = {
        "Resources": {"Child": nested(), "T": thing(A={"Fn::GetAtt": ["Child", "Outputs.Id"]})}
    }
    child = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {},
        "Outputs": {"Id": {"Value": "x", "Condition": "Never"}},
    }

    assert stacks_of(*family(parent, child))["root"].resources["T"].get("A") == Unknown(
        "the output `Id` does not exist under its condition"
    )


def test_imports_find_exports_by_the_name_they_come_to() -> None:
    exporting = {
        "Resources": {"T": thing()},
        "Outputs": {
            "Id": {"Value": {"Ref": "T"}, "Export": {"Name": {"Fn::Sub": "${AWS::Region}-id"}}}
        },
    }
    name = {"Fn::Join": ["", [{"Ref": "AWS::Region"}, "-id"]]}
    importing = {"Resources": {"T": thing(A={"Fn::ImportValue": name})}}
    stacks = stacks_of(source(exporting, "one"), source(importing, "two"))

    assert stacks["two"].resources["T"].get("A") == text(attribute("T", "one"))


def test_names_of_two_stacks_are_different() -> None:
    data = {"Resources": {"T": thing(A={"Ref": "AWS::StackName"})}}
    stacks = stacks_of(source(data, "one"), source(data, "two", stack_name="Two"))

    assert stacks["one"].resources["T"].get("A") == text(Hole("pseudo", "AWS::StackName", "one"))
    assert stacks["two"].resources["T"].get("A") == "Two"


def test_the_assembly_wins_over_the_options_and_a_nested_stack_inherits() -> None:
    root = source({"Resources": {"Child": nested()}}, "root", region="us-east-1")
    child = source({"Resources": {}}, "child", parent=root, parent_logical_id="Child")
    stacks = stacks_of(root, child, given=Parameters(region="eu-west-1", account="1"))

    assert [(stack.region, stack.account) for stack in stacks.values()] == [("us-east-1", "1")] * 2


def test_parameters_for_one_stack_win() -> None:
    data = {"Parameters": STAGE, "Resources": {"T": thing(A={"Ref": "Stage"})}}
    sources = [source(data, name, parameters={"Stage": "manifest"}) for name in ("a", "b", "c")]
    given = Parameters({}, {"a": {"Stage": "mine"}})
    stacks = stacks_of(*sources[:2], given=given)

    assert [stack.resources["T"].get("A") for stack in stacks.values()] == ["mine", "manifest"]


def test_a_secret_that_decides_a_condition_is_not_shown() -> None:
    data = {
        "Parameters": {"Token": {"Type": "String", "NoEcho": True}},
        "Conditions": {"HasToken": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Token"}, ""]}]}},
        "Resources": {"T": thing(A={"Fn::If": ["HasToken", {"Fn::Sub": "token ${Token}"}, "none"]})},
    }  # fmt: skip

    assert stack_of(data, Parameters({"Token": "hush"})).resources["T"].get("A") == text(
        "token ", Hole("secret", "Token", "app")
    )


def test_a_cycle_is_an_error_with_its_place() -> None:
    parent = {
        "Resources": {
            "Child": nested(P={"Fn::GetAtt": ["Child", "Outputs.O"]}),
            "T": thing(A={"Fn::GetAtt": ["Child", "Outputs.O"]}),
        }
    }
    child = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {},
        "Outputs": {"O": {"Value": {"Ref": "P"}}},
    }
    stacks = stacks_of(*family(parent, child))

    with pytest.raises(TemplateError) as caught:
        stacks["root"].resources["T"].get("A")
    assert (caught.value.message, caught.value.location) == (
        "cyclic reference: `O` → `P` → `O`",
        Location("child.json", 1, 72, "Outputs/O"),
    )


def test_conditions_that_need_each_other_are_an_error() -> None:
    conditions = {
        "A": {"Fn::Not": [{"Condition": "B"}]},
        "B": {"Fn::Not": [{"Condition": "A"}]},
    }

    with pytest.raises(TemplateError, match="cyclic reference: `A` → `B` → `A`"):
        value_of({"Fn::If": ["A", 1, 2]}, Conditions=conditions)


def test_a_default_that_is_used_is_said_once() -> None:
    data = {
        "Parameters": {
            "Used": {"Type": "String", "Default": "dev"},
            "Unused": {"Type": "String", "Default": "dev"},
        },
        "Resources": {"T": thing(A={"Ref": "Used"}, B={"Ref": "Used"}, C={"Ref": "Unused"})},
    }
    resolution = resolve(Assembly("test", (source(data),)), Parameters())
    before = resolution.notices
    for name in ("A", "B"):
        resolution.scenarios[0].stacks[0].resources["T"].get(name)

    assert before == ()
    assert resolution.notices == (
        Notice(
            "no value is given for the parameter `Used`: its default `dev` is used",
            Location("app.json", path="Parameters/Used"),
        ),
    )


def test_a_long_default_is_cut() -> None:
    data = {
        "Parameters": {"Long": {"Type": "String", "Default": "x" * 100}},
        "Resources": {"T": thing(A={"Ref": "Long"})},
    }
    resolution = resolve(Assembly("test", (source(data),)), Parameters())
    resolution.scenarios[0].stacks[0].resources["T"].get()

    assert resolution.notices[0].message.endswith(f"default `{'x' * 60}...` is used")


def test_malformed_resources_are_none() -> None:
    data = {"Resources": {"A": [], "B": {"Type": 1}, "C": {"Properties": {}}, "T": thing()}}

    assert list(stack_of(data).resources) == ["T"]


def test_resources_are_found_by_type() -> None:
    stack = stack_of({"Resources": {"B": thing(), "Api": API, "A": thing()}})

    assert [one.logical_id for one in stack.of_type("AWS::Test::Thing")] == ["B", "A"]
