from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from template.building import source

from cdk_appsync_guard.errors import ConfigError, GuardError, InputError
from cdk_appsync_guard.template.inputs.assembly import Assembly
from cdk_appsync_guard.template.inputs.parameters import Parameters, find_misfits, read_parameters
from cdk_appsync_guard.template.scenarios.deployment import find_fitting_names
from cdk_appsync_guard.template.values.value import Unknown

ELSEWHERE = Unknown("the parameter file does not give a plain value", "a plain value")


def read_file(folder: Path, content: Any) -> Parameters:
    path = folder / "parameters.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_parameters([str(path)])


@pytest.mark.parametrize(
    ("argument", "given", "by_stack"),
    [
        ("Stage=prod", {"Stage": "prod"}, {}),
        ("Stage=", {"Stage": ""}, {}),
        ("Url=https://a/?b=c", {"Url": "https://a/?b=c"}, {}),
        ("Api-Stack:Stage=prod", {}, {"Api-Stack": {"Stage": "prod"}}),
        ("ParameterKey=Stage,ParameterValue=a,b", {"Stage": "a,b"}, {}),
    ],
)
def test_arguments(argument: str, given: Any, by_stack: Any) -> None:
    parameters = read_parameters([argument])

    assert (parameters.given, parameters.by_stack) == (given, by_stack)


FILES: list[tuple[str, Any, Any, Any]] = [
    ("CloudFormation", [{"ParameterKey": "Stage", "ParameterValue": "prod"}], {"Stage": "prod"}, {}),
    ("CodePipeline", {"Parameters": {"Stage": "prod"}, "Tags": {}}, {"Stage": "prod"}, {}),
    ("deploy's overrides", ["Stage=prod", "Level=ALL"], {"Stage": "prod", "Level": "ALL"}, {}),
    ("plain", {"Stage": "prod", "Count": 3}, {"Stage": "prod", "Count": 3}, {}),
    ("CDK", {"App": {"Stage": "prod"}, "Stage": "dev"}, {"Stage": "dev"}, {"App": {"Stage": "prod"}}),
    ("Amplify", {"Pool": {"Fn::GetAtt": ["auth", "Outputs.Id"]}}, {"Pool": ELSEWHERE}, {}),
    ("previous value", [{"ParameterKey": "Stage", "UsePreviousValue": True}], {"Stage": ELSEWHERE}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("content", "given", "by_stack"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])  # fmt: skip
def test_files(tmp_path: Path, content: Any, given: Any, by_stack: Any) -> None:
    parameters = read_file(tmp_path, content)

    assert (parameters.given, parameters.by_stack) == (given, by_stack)


def test_yaml_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text("Stage: prod\n", encoding="utf-8")

    assert read_parameters([f"file://{path}"]).given == {"Stage": "prod"}


def test_the_last_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "parameters.json"
    path.write_text('{"Stage": "dev", "Level": "ALL"}', encoding="utf-8")
    parameters = read_parameters([str(path), "Stage=prod"], region="eu-west-1", account="1")

    assert parameters == Parameters(
        {"Stage": "prod", "Level": "ALL"},
        {},
        "eu-west-1",
        "1",
        {path.as_posix(): (("", "Stage"), ("", "Level")), "Stage": (("", "Stage"),)},
    )


@pytest.mark.parametrize("content", ["[]", "{}", "3", '"text"', "[1, {}]"])
def test_what_is_no_parameter_file_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "parameters.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match="is not a parameter file"):
        read_parameters([str(path)])


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_parameters([str(tmp_path / "parameters.json")])


def test_names_fit_where_a_template_declares_them() -> None:
    declared = {"Parameters": {"Stage": {"Type": "String"}}, "Resources": {}}
    root = source(declared, "root")
    child = source(declared, "child", parent=root, parent_logical_id="Child")
    by_stack = {"root": {"Stage": "a", "X": "b"}, "child": {"Stage": "c"}}
    given = Parameters({"Stage": "a", "Other": "b"}, by_stack)

    assert find_fitting_names(Assembly("app", (root, child)), given) == {
        ("", "Stage"),
        ("root", "Stage"),
    }


def test_what_fits_nothing_is_an_error_and_what_fits_in_part_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "parameters.json"
    path.write_text('{"Stage": "dev", "Typo": "hush"}', encoding="utf-8")
    parameters = read_parameters([str(path), "App:Lost=hush", "Stage=prod"])
    problems, notices = find_misfits(parameters, [("", "Stage")])

    assert [problem.message for problem in problems] == [
        "no template declares the parameters of `App:Lost`: `App:Lost`"
    ]
    assert [notice.message for notice in notices] == [
        f"no template declares the parameter `Typo` of `{path.as_posix()}`"
    ]


def test_a_misfit_lists_only_some_names(tmp_path: Path) -> None:
    parameters = read_file(tmp_path, {f"P{at}": "x" for at in range(5)})
    problems, _ = find_misfits(parameters, [])

    assert [problem.message.partition(": ")[2] for problem in problems] == [
        "`P0`, `P1`, `P2` and 2 more"
    ]
    assert all(isinstance(problem, GuardError) for problem in problems)
