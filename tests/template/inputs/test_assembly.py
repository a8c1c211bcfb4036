from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from template.folder import nested, template, write

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.template.inputs.assembly import Unit, UnitFile, find_inputs, read_unit
from cdk_appsync_guard.template.inputs.parameters import Parameters

Problems = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def stacks(*paths: str) -> list[list[str]]:
    """Return the ids of the stacks that are judged together; there must be no problem."""
    groups, problems = read(*paths)

    assert problems == []

    return groups


def read(*paths: str) -> tuple[list[list[str]], Problems]:
    units, problems = find_inputs(paths)
    groups: list[list[str]] = []
    words = [(str(error.location), error.message) for error in problems]
    for unit in units:
        assemblies, more = read_unit(pickle.loads(pickle.dumps(unit)))  # noqa: S301 (our own)
        groups += [[stack.id for stack in assembly.stacks] for assembly in assemblies]
        words += [(str(error.location), error.message) for error in more]
    return groups, words


def test_one_file_is_one_assembly_and_is_not_read_to_find_it() -> None:
    units, problems = find_inputs(["absent.yaml"])

    assert units == (Unit("templates", (UnitFile("absent.yaml", str(Path.cwd())),)),)
    assert problems == ()


def test_standard_input_is_a_template_without_files_beside_it() -> None:
    write({"schema.graphql": "type Query { a: ID }"})
    (unit,), problems = find_inputs(["-"], b'{"Resources": {"A": {"Type": "T"}}}')
    (assembly,), errors = read_unit(unit)
    (stack,) = assembly.stacks

    assert (problems, errors, stack.id) == ((), (), "<stdin>")
    assert stack.read_beside("./schema.graphql") is None


def test_files_in_a_folder_are_templates_by_their_content() -> None:
    write(
        {
            "app/a.yaml": "Resources: {A: {Type: 'AWS::SNS::Topic'}}",
            "app/b.template": template(),
            "app/deep/er/c.json": template(),
            "app/d.yml": "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}",
            "app/package.json": {"name": "x"},
            "app/openapi.yaml": "openapi: 3.0.0\npaths: {}",
            "app/serverless.yml": "resources:\n  Resources:\n    A: {Type: 'AWS::SNS::Topic'}\n",
            "app/events.json": {"source": ["aws.s3"], "Resources": ["arn"]},
            "app/node_modules/x/template.json": template(),
            "app/.venv/template.json": template(),
            "app/readme.md": "Resources:",
        }
    )

    assert stacks("app") == [
        ["app/a.yaml"],
        ["app/b.template"],
        ["app/d.yml"],
        ["app/deep/er/c.json"],
    ]


def test_a_file_named_explicitly_must_be_a_template() -> None:
    write({"x.json": {"name": "x"}, "good.json": template()})

    assert read("x.json", "good.json") == (
        [["good.json"]],
        [("x.json:1:1", "`x.json` is not a CloudFormation template: it declares no resources")],
    )


def test_a_broken_template_in_a_folder_is_an_error_and_the_others_go_on() -> None:
    write(
        {"app/a.json": '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}', "app/b.json": template()}
    )
    groups, problems = read("app")

    assert groups == [["app/b.json"]]
    assert [place for place, _ in problems] == ["app/a.json:1:48"]


def test_a_folder_without_templates_is_an_error() -> None:
    write({"app/readme.md": "hello"})

    assert read("app") == ([], [("app", "there is no CloudFormation template in `app`")])


def test_the_same_file_is_read_once() -> None:
    write({"app/a.json": template()})

    assert stacks("app", "app/a.json", "./app") == [["app/a.json"]]


def test_a_missing_file_is_an_error() -> None:
    assert read("nowhere.yaml") == (
        [],
        [("nowhere.yaml", "cannot read `nowhere.yaml`: there is no such file or folder")],
    )


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_a_path_that_no_file_can_have_is_an_error(path: str) -> None:
    groups, problems = read(path)

    assert (groups, len(problems)) == ([], 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_without_waiting_for_it() -> None:
    os.mkfifo("pipe.json")

    assert read("pipe.json") == ([], [("pipe.json", "`pipe.json` is not a regular file")])
    assert read(".") == ([], [(".", "there is no CloudFormation template in `.`")])


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs devices")
def test_a_device_is_refused() -> None:
    assert read("/dev/zero") == ([], [("/dev/zero", "`/dev/zero` is not a regular file")])


def test_a_file_that_is_too_large_is_an_error_only_if_it_looks_like_a_template() -> None:
    write({"app/a.json": template()})
    Path("app/data.json").write_bytes(b"[" + b" " * 20_000_001)
    Path("app/large.yaml").write_bytes(b"Resources: {A: {Type: 'A::B'}}\n" + b"#" * 20_000_000)

    assert read("app") == (
        [["app/a.json"]],
        [("app/large.yaml", "the file has 20,000,031 bytes, more than the limit of 20,000,000")],
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_an_unreadable_file_is_an_error_and_the_others_go_on() -> None:
    write({"app/a.json": template(), "app/b.json": template()})
    Path("app/a.json").chmod(0)

    assert read("app") == (
        [["app/b.json"]],
        [("app/a.json", "cannot read `app/a.json`: permission denied")],
    )


def test_a_file_that_vanishes_is_an_error_and_the_others_go_on() -> None:
    write({"app/a.json": template(), "app/b.json": template()})
    units, _ = find_inputs(["app"])
    Path("app/a.json").unlink()
    results = [read_unit(unit) for unit in units]

    assert [
        [stack.id for found in assemblies for stack in found.stacks] for assemblies, _ in results
    ] == [[], ["app/b.json"]]
    assert [str(error) for _, errors in results for error in errors] == [
        "cannot read `app/a.json`: there is no such file or folder"
    ]


def test_a_folder_that_loops_through_a_link_ends_and_is_told() -> None:
    write({"app/a.json": template(), "app/b/c.txt": ""})
    Path("app/loop").symlink_to(Path("app").absolute(), target_is_directory=True)
    Path("app/beside").symlink_to(Path("app/b").absolute(), target_is_directory=True)

    assert read("app") == (
        [["app/a.json"]],
        [("app/loop", "`app/loop` is a link to a folder that contains it")],
    )


def test_a_link_out_of_the_folder_is_refused_and_the_others_go_on() -> None:
    write({"app/a.json": template(), "secret.json": template()})
    Path("app/link.json").symlink_to(Path("secret.json").absolute())
    root = os.path.realpath("app")

    assert read("app") == (
        [["app/a.json"]],
        [("app/link.json", f"`app/link.json` is a link that leaves `{root}`")],
    )


def test_a_link_that_the_user_names_is_followed() -> None:
    write({"a.json": template()})
    Path("app").mkdir()
    Path("app/link.json").symlink_to(Path("a.json").absolute())

    assert stacks("app/link.json") == [["app/link.json"]]


@pytest.mark.parametrize(
    "url",
    [
        "./child.json",
        "nested/../child.json",
        "https://s3.amazonaws.com/bucket/v1/child.json",
        {"Fn::Sub": "s3://${Bucket}/child.json"},
        {"Fn::Sub": ["${Url}/child.json", {"Url": {"Ref": "Bucket"}}]},
        {"Fn::Join": ["", ["https://", {"Ref": "Bucket"}, "/child.json"]]},
        {
            "Fn::Join": [
                "/",
                ["https://s3.amazonaws.com", {"Fn::Join": ["", ["a", "b"]]}, "child.json"],
            ]
        },
    ],
)
def test_a_nested_stack_is_found_by_its_file_and_not_judged_alone(url: Any) -> None:
    write({"app/main.json": template(Inner=nested(url)), "app/child.json": template()})

    assert stacks("app") == [["app/main.json", "app/main.json/Inner"]]


@pytest.mark.parametrize("paths", [["main.yaml"], ["child.yaml", "main.yaml"]])
def test_a_sam_application_is_a_nested_stack(paths: list[str]) -> None:
    write(
        {
            "main.yaml": "Transform: AWS::Serverless-2016-10-31\n"
            "Resources: {App: {Type: 'AWS::Serverless::Application', Properties: {Location: child.yaml}}}",
            "child.yaml": "Resources: {A: {Type: 'AWS::SNS::Topic'}}",
        }
    )

    assert stacks(*paths) == [["main.yaml", "main.yaml/App"]]


def test_nested_stacks_know_their_parents() -> None:
    write(
        {
            "main.json": template(Inner=nested("child.json")),
            "child.json": template(Innermost=nested("grandchild.json")),
            "grandchild.json": template(),
        }
    )
    (unit,), _ = find_inputs(["main.json"])
    (assembly,), _ = read_unit(unit)
    main, child, grandchild = assembly.stacks

    assert (child.parent, child.parent_logical_id, child.template.name) == (
        main,
        "Inner",
        "child.json",
    )
    assert (grandchild.parent, grandchild.parent_logical_id) == (child, "Innermost")


def test_a_nested_template_that_is_used_twice_is_parsed_once() -> None:
    write(
        {
            "main.json": template(One=nested("child.json"), Two=nested("child.json")),
            "child.json": template(),
        }
    )
    (unit,), _ = find_inputs(["main.json"])
    (assembly,), _ = read_unit(unit)
    _, one, two = assembly.stacks

    assert (one.id, two.id) == ("main.json/One", "main.json/Two")
    assert one.template is two.template


def test_a_nested_template_elsewhere_in_the_folder_is_found_by_its_unique_name() -> None:
    write(
        {
            "app/deploy/main.json": template(
                One=nested({"Fn::Sub": "s3://${B}/unique.json"}),
                Two=nested({"Fn::Sub": "s3://${B}/twin.json"}),
            ),
            "app/stacks/unique.json": template(),
            "app/stacks/twin.json": template(),
            "app/other/twin.json": template(),
        }
    )

    assert stacks("app") == [
        ["app/deploy/main.json", "app/deploy/main.json/One"],
        ["app/other/twin.json"],
        ["app/stacks/twin.json"],
    ]


def test_a_url_that_ends_like_the_template_itself_is_another_template() -> None:
    write(
        {
            "template.json": template(
                Vpc=nested("https://s3.amazonaws.com/quickstart/vpc/template.json")
            )
        }
    )

    assert stacks("template.json") == [["template.json"]]


def test_a_nested_stack_that_contains_itself_is_an_error_with_its_place() -> None:
    write(
        {
            "app/a.json": template(B=nested("b.json")),
            "app/b.json": template(A=nested("a.json")),
            "app/c.json": template(),
        }
    )
    groups, problems = read("app")

    assert groups == [["app/a.json", "app/a.json/B"], ["app/c.json"]]
    assert problems == [
        (
            "app/b.json:3:3",
            "a nested stack contains itself: `app/a.json` in `app/b.json` in `app/a.json`",
        )
    ]


def test_nested_stacks_that_multiply_are_stopped() -> None:
    files = {
        f"{level}.json": template(**{f"N{n}": nested(f"{level + 1}.json") for n in range(10)})
        for level in range(5)
    }
    write({**files, "5.json": template()})
    groups, problems = read("0.json")

    assert [len(group) for group in groups] == [1001]
    assert {message for _, message in problems} == {"there are more than 1,000 nested stacks"}


def test_a_broken_nested_template_is_an_error_and_its_parent_goes_on() -> None:
    write({"main.json": template(Inner=nested("child.json")), "child.json": '{"Resources": '})
    groups, problems = read("main.json")

    assert groups == [["main.json"]]
    assert [place for place, _ in problems] == ["child.json:1:15"]


EXPORT = "Resources: {{A: {{Type: 'AWS::AppSync::GraphQLApi'}}}}\nOutputs: {{O: {{Value: x, Export: {{Name: {}}}}}}}\n"
IMPORT = "Resources: {{A: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: {{'Fn::ImportValue': {}}}}}}}}}\n"


@pytest.mark.parametrize(
    ("exported", "imported", "linked"),
    [
        ("net-ApiId", "net-ApiId", True),
        ("net-ApiId", "net-Other", False),
        ("!Sub '${AWS::StackName}-ApiId'", "net-ApiId", True),
        ("!Sub '${AWS::StackName}-ApiId'", "net-Other", False),
        ("!Sub '${AWS::StackName}-ApiId'", "{'Fn::Sub': '${Net}-ApiId'}", True),
        ("!Sub '${AWS::StackName}-ApiId'", "{'Fn::Join': ['-', [{Ref: Net}, ApiId]]}", True),
        ("!Sub '${AWS::StackName}-ApiId'", "{'Fn::Sub': '${Net}-Other'}", False),
        ("net-ApiId", "{Ref: Name}", True),
        ("!Sub 'prod-${AWS::Region}'", "{'Fn::Sub': 'test-${AWS::Region}'}", False),
    ],
)
def test_stacks_that_share_an_export_are_judged_together(
    exported: str, imported: str, *, linked: bool
) -> None:
    write({"app/a.yaml": EXPORT.format(exported), "app/b.yaml": IMPORT.format(imported)})
    apart = [["app/a.yaml"], ["app/b.yaml"]]

    assert stacks("app") == ([["app/a.yaml", "app/b.yaml"]] if linked else apart)


def test_of_equal_exports_the_nearest_counts() -> None:
    exported, imported = EXPORT.format("!Sub '${AWS::StackName}-Id'"), IMPORT.format("net-Id")
    write(
        {
            f"{name}/{file}.yaml": text
            for name in "xy"
            for file, text in (("a", exported), ("b", imported))
        }
    )

    assert stacks(".") == [["x/a.yaml", "x/b.yaml"], ["y/a.yaml", "y/b.yaml"]]


def test_exports_that_have_nothing_to_do_with_appsync_join_nothing() -> None:
    exported = EXPORT.format("net").replace("AppSync::GraphQLApi", "SNS::Topic")
    write({"app/a.yaml": exported, "app/b.yaml": IMPORT.format("net")})

    assert stacks("app") == [["app/a.yaml"], ["app/b.yaml"]]


def test_construct_paths_come_from_the_templates_metadata() -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    write(
        {
            "a.json": template(
                A={**topic, "Metadata": {"aws:cdk:path": "App/A"}},
                B={**topic, "Metadata": 1},
                C=topic,
            )
        }
    )
    (unit,), _ = find_inputs(["a.json"])
    (assembly,), _ = read_unit(unit)

    assert assembly.stacks[0].construct_paths == {"A": "App/A"}


def test_a_thousand_loops_over_given_parameters_are_one_resource_each() -> None:
    write(
        {
            "a.yaml": "Parameters: {Names: {Type: CommaDelimitedList}}\n"
            "Resources:\n  Fn::ForEach::L: [N, !Ref Names, {'T${N}': {Type: 'AWS::SNS::Topic'}}]\n"
        }
    )
    (unit,), _ = find_inputs(["a.yaml"])
    (assembly,), errors = read_unit(unit, Parameters(given={"Names": "A,B"}))

    assert (list(assembly.stacks[0].data["Resources"]), errors) == (["TA", "TB"], ())


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(
        [
            "",
            "a.json",
            "s3://b/a.json",
            "${A}",
            "AWS::CloudFormation::Stack",
            "AWS::Serverless-2016-10-31",
            "AWS::AppSync::GraphQLApi",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Type",
                    "Properties",
                    "TemplateURL",
                    "Metadata",
                    "aws:asset:path",
                    "Fn::ImportValue",
                    "Fn::Sub",
                    "Fn::ForEach::L",
                    "Fn::Transform",
                    "Name",
                    "Export",
                    "Ref",
                    "A",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
_templates = st.dictionaries(
    st.sampled_from(["Resources", "Outputs", "Parameters", "Transform", "Mappings"]),
    _json,
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(_templates, _templates)
def test_no_template_raises_anything_but_our_errors(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    write({"f/a.json": one, "f/b.json": other, "f/manifest.json": template()})
    for paths in (["f"], ["f/a.json"], ["f/a.json", "f/b.json"]):
        units, problems = find_inputs(paths)
        for unit in units:
            problems += read_unit(unit)[1]

        assert all(isinstance(problem, GuardError) for problem in problems)
