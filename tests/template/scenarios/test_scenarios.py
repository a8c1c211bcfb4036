from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from counting import LINEAR, growth
from template.building import API, parameter, resolution_of, source, text

from cdk_appsync_guard.template.inputs.assembly import Assembly
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.scenarios.scenario import Scenario, resolve
from cdk_appsync_guard.template.values.value import Unknown

IS_PROD = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
STRING = {"Type": "String"}


def api(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::AppSync::GraphQLApi", "Properties": properties}


def conditional(name: str) -> dict[str, Any]:
    return {**API, "Condition": name}


def template(conditions: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    """Return a template in which one resource per condition exists under it."""
    return {
        "Parameters": parameters,
        "Conditions": conditions,
        "Resources": {f"Under{name}": conditional(name) for name in conditions},
    }


def truths_of(data: dict[str, Any], **given: Any) -> list[dict[str, bool]]:
    return [dict(one.truths) for one in resolution_of(data, Parameters(given)).scenarios]


def test_without_conditions_there_is_one_scenario() -> None:
    assert truths_of({"Resources": {"Api": API}}) == [{}]


def test_a_default_does_not_fix_a_condition_and_comes_first() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "prod"})

    assert truths_of(data) == [{"IsProd": True}, {"IsProd": False}]


def test_a_given_value_fixes_a_condition() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "dev"})
    resolution = resolution_of(data, Parameters({"Stage": "prod"}))

    assert [one.truths for one in resolution.scenarios] == [()]
    assert list(resolution.scenarios[0].stacks[0].resources) == ["UnderIsProd"]


def test_resources_exist_in_their_scenarios_only() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "dev"})
    stacks = [one.stacks[0] for one in resolution_of(data).scenarios]

    assert [
        (list(stack.resources), stack.lacks("AWS::AppSync::GraphQLApi")) for stack in stacks
    ] == [
        ([], True),
        (["UnderIsProd"], False),
    ]


def test_a_scenario_agrees_with_a_view_that_reads_nothing_else() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "dev"})
    data["Resources"]["Always"] = {"Type": "AWS::Test::Thing", "Properties": {"Name": "a"}}
    first, second = resolution_of(data).scenarios
    unread, read = first.view(), first.view()

    (always,) = unread.stacks[0].of_type("AWS::Test::Thing")
    assert always.get("Name") == "a"
    assert read.stacks[0].of_type("AWS::AppSync::GraphQLApi") == []

    assert first.agrees(unread)
    assert second.agrees(unread)
    assert first.agrees(read)
    assert not second.agrees(read)


def test_only_combinations_that_a_value_can_make_are_tried() -> None:
    conditions = {
        "IsProd": IS_PROD,
        "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
        "IsOther": {"Fn::Not": [{"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]}]},
    }
    data = template(conditions, Stage={**STRING, "Default": "dev"})

    assert truths_of(data) == [
        {"IsProd": False, "IsTest": False, "IsOther": True},
        {"IsProd": True, "IsTest": False, "IsOther": False},
        {"IsProd": False, "IsTest": True, "IsOther": False},
    ]


def test_allowed_values_close_the_list() -> None:
    stage = {**STRING, "AllowedValues": ["prod", "test"]}
    conditions = {"IsProd": IS_PROD, "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]}}

    assert truths_of(template(conditions, Stage=stage)) == [
        {"IsProd": True, "IsTest": False},
        {"IsProd": False, "IsTest": True},
    ]


def test_a_condition_that_every_allowed_value_fixes_does_not_vary() -> None:
    stage = {**STRING, "AllowedValues": ["dev", "test"]}

    assert truths_of(template({"IsProd": IS_PROD}, Stage=stage)) == [{}]


def test_a_small_range_of_numbers_closes_the_list() -> None:
    level = {"Type": "Number", "MinValue": 0, "MaxValue": 1, "Default": 1}
    conditions = {"On": {"Fn::Equals": [{"Ref": "Level"}, 1]}}

    assert truths_of(template(conditions, Level=level)) == [{"On": True}, {"On": False}]


def values_of(scenario: Scenario, raw_in: str = "Api") -> Any:
    return scenario.stacks[0].resources[raw_in].get("Name")


@pytest.mark.parametrize(
    ("stage", "names"),
    [
        ({**STRING, "Default": "dev"}, ["dev", "prod"]),
        ({**STRING, "Default": "prod"}, ["prod", text(parameter("Stage"))]),
        (STRING, ["prod", text(parameter("Stage"))]),
        ({**STRING, "AllowedValues": ["dev", "prod"]}, ["dev", "prod"]),
    ],
)
def test_a_parameter_has_the_value_that_the_scenario_implies(stage: Any, names: list[Any]) -> None:
    data = template({"IsProd": IS_PROD}, Stage=stage)
    data["Resources"]["Api"] = api(Name={"Ref": "Stage"})

    assert [values_of(one) for one in resolution_of(data).scenarios] == names


def test_a_value_that_is_only_narrowed_says_what_it_could_be() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "AllowedValues": ["prod", "a", "b"]})
    data["Resources"]["Api"] = api(Name={"Ref": "Stage"})
    second = values_of(resolution_of(data).scenarios[1])

    assert second.hole.could_be == ("a", "b")


def test_a_default_that_the_scenario_leaves_room_for_is_used_and_said() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "dev"})
    data["Resources"]["Api"] = api(Name={"Ref": "Stage"})
    resolution = resolution_of(data)
    values_of(resolution.scenarios[1])
    implied = resolution.notices
    values_of(resolution.scenarios[0])

    assert implied == ()
    assert [notice.message for notice in resolution.notices] == [
        "no value is given for the parameter `Stage`: its default `dev` is used"
    ]


def test_a_special_region_comes_last() -> None:
    conditions = {"InChina": {"Fn::Equals": [{"Ref": "AWS::Region"}, "cn-north-1"]}}
    data = template(conditions)
    data["Resources"]["Api"] = api(Name={"Ref": "AWS::Partition"})
    scenarios = resolution_of(data).scenarios

    assert [(one.truths, str(values_of(one))) for one in scenarios] == [
        ((("InChina", False),), "${AWS::Partition}"),
        ((("InChina", True),), "aws-cn"),
    ]


def test_a_region_that_is_known_fixes_a_condition() -> None:
    data = template({"InChina": {"Fn::Equals": [{"Ref": "AWS::Region"}, "cn-north-1"]}})

    assert [one.truths for one in resolution_of(data, Parameters(region="eu-west-1")).scenarios] == [()]  # fmt: skip


def test_a_value_inside_a_string_is_found() -> None:
    conditions = {"IsProd": {"Fn::Equals": [{"Fn::Sub": "app-${Stage}"}, "app-prod"]}}
    data = template(conditions, Stage={**STRING, "Default": "dev"})
    data["Resources"]["Api"] = api(Name={"Ref": "Stage"})

    assert [values_of(one) for one in resolution_of(data).scenarios] == ["dev", "prod"]


def test_a_mapping_tells_which_values_are_worth_a_try() -> None:
    in_map = {"Fn::FindInMap": ["Logging", {"Ref": "Stage"}, "On"]}
    data = template({"Logs": {"Fn::Equals": [in_map, "yes"]}}, Stage={**STRING, "Default": "dev"})
    data["Mappings"] = {"Logging": {"dev": {"On": "no"}, "prod": {"On": "yes"}}}
    data["Resources"]["Api"] = api(Name={"Ref": "Stage"})
    resolution = resolution_of(data)

    assert {(one.truths, str(values_of(one))) for one in resolution.scenarios} >= {
        ((("Logs", False),), "dev")
    }
    assert resolution.scenarios[0].truths == (("Logs", False),)


def test_a_list_is_compared_as_a_joined_string() -> None:
    joined = {"Fn::Join": ["", {"Ref": "Subnets"}]}
    conditions = {"NoVpc": {"Fn::Equals": [joined, ""]}}

    assert truths_of(template(conditions, Subnets={"Type": "CommaDelimitedList", "Default": ""})) == [
        {"NoVpc": True},
        {"NoVpc": False},
    ]  # fmt: skip


def test_a_comparison_that_nobody_can_decide_is_tried_both_ways() -> None:
    undecidable = {"Fn::Equals": [{"Fn::GetAZs": ""}, "a"]}
    conditions = {"A": undecidable, "NotA": {"Fn::Not": [undecidable]}}

    assert truths_of(template(conditions)) == [
        {"A": True, "NotA": False},
        {"A": False, "NotA": True},
    ]


def test_conditions_of_resources_that_do_not_matter_make_no_scenario() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "dev"})
    data["Resources"] = {"Api": API, "Bucket": {"Type": "AWS::S3::Bucket", "Condition": "IsProd"}}
    scenario = resolution_of(data).scenarios[0]

    assert truths_of(data) == [{}]
    assert scenario.stacks[0].resources["Bucket"].conditional is True


@pytest.mark.parametrize(
    "resource",
    [
        {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": {"Action": "appsync:GraphQL"}}}},
        {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [{"Action": ["*"]}]}}},
        {"Type": "AWS::Lambda::Permission", "Properties": {"Principal": "appsync.amazonaws.com"}},
        {"Type": "AWS::Cognito::UserPool"},
        {"Type": "AWS::WAFv2::WebACLAssociation"},
        {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "/x/${Api.ApiId}"}}},
        {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Api"}}},
        {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["Api", "GraphQLEndpointArn"]}}]}},
    ],
    ids=lambda resource: resource["Type"],
)  # fmt: skip
def test_conditions_of_what_has_to_do_with_appsync_matter(resource: dict[str, Any]) -> None:
    data = template({"IsProd": IS_PROD}, Stage=STRING)
    data["Resources"] = {"Api": API, "Other": {**resource, "Condition": "IsProd"}}

    assert truths_of(data) == [{"IsProd": True}, {"IsProd": False}]


def test_conditions_of_what_appsync_refers_to_matter() -> None:
    data = template({"IsProd": IS_PROD}, Stage=STRING)
    role = {"Type": "AWS::IAM::Role", "Condition": "IsProd"}
    data["Resources"] = {
        "Role": role,
        "Api": api(LogConfig={"CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}),
    }

    assert truths_of(data) == [{"IsProd": True}, {"IsProd": False}]


def test_a_condition_inside_a_property_matters() -> None:
    data = template({"IsProd": IS_PROD}, Stage={**STRING, "Default": "dev"})
    data["Resources"] = {"Api": api(Name={"Fn::If": ["IsProd", "a", "b"]})}

    assert [values_of(one) for one in resolution_of(data).scenarios] == ["b", "a"]


def test_without_an_api_conditions_make_no_scenario() -> None:
    data = template({"IsProd": IS_PROD}, Stage=STRING)
    data["Resources"] = {"Pool": {"Type": "AWS::Cognito::UserPool", "Condition": "IsProd"}}

    assert truths_of(data) == [{}]


def family(child: dict[str, Any], **parent: Any) -> Assembly:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Stage": {"Ref": "Stage"}}}}  # fmt: skip
    root = source({"Resources": {"Child": nested}, **parent}, "root")
    return Assembly("app", (root, source(child, "child", parent=root, parent_logical_id="Child")))


def test_a_condition_of_a_nested_stack_depends_on_the_parents_parameter() -> None:
    child = template({"IsProd": IS_PROD}, Stage=STRING)
    assembly = family(child, Parameters={"Stage": {**STRING, "Default": "prod"}})
    scenarios = resolve(assembly, Parameters()).scenarios

    assert [one.truths for one in scenarios] == [(("IsProd", True),), (("IsProd", False),)]
    assert [one.truths for one in resolve(assembly, Parameters({"Stage": "x"})).scenarios] == [()]


def test_a_default_that_a_parent_leaves_is_a_fact() -> None:
    child = template({"IsOn": {"Fn::Equals": [{"Ref": "On"}, "yes"]}}, On={**STRING, "Default": "yes"})  # fmt: skip
    assembly = family(child, Parameters={"Stage": STRING})

    assert [one.truths for one in resolve(assembly, Parameters()).scenarios] == [()]


def test_namesakes_that_always_agree_are_named_once() -> None:
    child = template({"IsProd": IS_PROD}, Stage=STRING)
    parent = template({"IsProd": IS_PROD}, Stage=STRING)
    parent["Resources"]["Child"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"Parameters": {"Stage": {"Ref": "Stage"}}},
    }
    scenarios = resolve(family(child, **parent), Parameters()).scenarios

    assert [one.truths for one in scenarios] == [(("IsProd", True),), (("IsProd", False),)]


def test_namesakes_that_differ_carry_their_stacks_names() -> None:
    data = template({"IsProd": IS_PROD}, Stage=STRING)
    assembly = Assembly("app", (source(data, "a"), source(data, "b")))
    scenarios = resolve(assembly, Parameters()).scenarios

    assert [dict(one.truths) for one in scenarios] == [
        {"a.IsProd": True, "b.IsProd": True},
        {"a.IsProd": True, "b.IsProd": False},
        {"a.IsProd": False, "b.IsProd": True},
        {"a.IsProd": False, "b.IsProd": False},
    ]


def test_a_condition_behind_an_export_matters() -> None:
    exporting = template({"IsProd": IS_PROD}, Stage=STRING)
    exporting["Resources"] = {}
    exporting["Outputs"] = {
        "Mode": {"Value": {"Fn::If": ["IsProd", "AWS_IAM", "API_KEY"]}, "Export": {"Name": "mode"}}
    }
    importing = {"Resources": {"Api": api(AuthenticationType={"Fn::ImportValue": "mode"})}}
    assembly = Assembly("app", (source(exporting, "a"), source(importing, "b")))
    stacks = [one.stacks[1] for one in resolve(assembly, Parameters()).scenarios]

    assert [stack.resources["Api"].get("AuthenticationType") for stack in stacks] == [
        "AWS_IAM",
        "API_KEY",
    ]


def test_a_secret_is_tried_but_never_shown() -> None:
    token = {"Type": "String", "NoEcho": True, "Default": "hush"}
    data = template(
        {"HasToken": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Token"}, ""]}]}}, Token=token
    )
    data["Resources"]["Api"] = api(Name={"Fn::Sub": "a-${Token}"})
    scenarios = resolution_of(data).scenarios

    assert [(one.truths, str(values_of(one))) for one in scenarios] == [
        ((("HasToken", True),), "a-${Token}"),
        ((("HasToken", False),), "a-${Token}"),
    ]


def many(count: int) -> dict[str, Any]:
    conditions = {f"C{at}": {"Fn::Equals": [{"Ref": f"P{at}"}, "on"]} for at in range(count)}
    return template(conditions, **{f"P{at}": {**STRING, "Default": "off"} for at in range(count)})


def test_surplus_conditions_are_open() -> None:
    resolution = resolution_of(many(8))
    last = resolution.scenarios[0].stacks[0].resources["UnderC7"]

    assert len(resolution.scenarios) == 32
    assert [name for name, _ in resolution.scenarios[0].truths] == ["C0", "C1", "C2", "C3", "C4"]
    assert last.conditional is True


def test_a_value_under_a_surplus_condition_is_one_of_both() -> None:
    data = many(8)
    data["Resources"]["Last"] = {"Type": "AWS::IAM::Role", "Properties": {"Name": {"Fn::If": ["C7", "a", "b"]}}}  # fmt: skip

    assert values_of(resolution_of(data).scenarios[0], "Last") == Unknown(
        "the condition `C7` is undecided: there are too many combinations of conditions to try them all",
        "--parameters NAME=VALUE",
        ("a", "b"),
    )


@pytest.mark.slow
@pytest.mark.parametrize("count", [20, 200, 2000])
def test_many_conditions_are_no_more_than_32_scenarios(count: int) -> None:
    assert len(resolution_of(many(count)).scenarios) <= 32


@pytest.mark.slow
def test_work_grows_with_the_number_of_conditions_only() -> None:
    def scenarios(size: int) -> Callable[[], object]:
        return lambda: resolution_of(many(size))

    assert growth(scenarios, 100) < LINEAR


@pytest.mark.slow
def test_a_parameter_with_many_values_takes_no_time() -> None:
    conditions = {
        f"C{at}": {"Fn::Equals": [{"Ref": name}, f"v{at}"]}
        for at, name in enumerate(["P", "Q"] * 500)
    }
    stage = {**STRING, "AllowedValues": [f"v{at}" for at in range(1000)]}

    assert len(resolution_of(template(conditions, P=stage, Q=stage)).scenarios) <= 32


def test_scenarios_are_the_same_each_time() -> None:
    assert truths_of(many(6)) == truths_of(many(6))
