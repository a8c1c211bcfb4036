from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from template.folder import nested, template, write

from cdk_appsync_guard.template.inputs.assembly import SourceStack, find_inputs, read_unit

HASH = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(*paths: str) -> tuple[list[list[SourceStack]], list[str]]:
    units, problems = find_inputs(paths)
    results = [read_unit(unit) for unit in units]
    groups = [list(assembly.stacks) for assemblies, _ in results for assembly in assemblies]
    errors = [*problems, *(error for _, errors in results for error in errors)]
    return groups, [f"{error.location}: {error.message}" for error in errors]


def ids(*paths: str) -> list[list[str]]:
    groups, problems = read(*paths)

    assert problems == []

    return [[stack.id for stack in stacks] for stacks in groups]


def manifest(version: str = "36.0.0", **artifacts: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": version,
        "artifacts": {name.replace("_", "-"): one for name, one in artifacts.items()},
    }


def stack(
    file: str, environment: str = "aws://unknown-account/unknown-region", **more: Any
) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": file, **more},
    }


def stage(folder: str) -> dict[str, Any]:
    return {"type": "cdk:cloud-assembly", "properties": {"directoryName": folder}}


@pytest.mark.parametrize("version", ["0.36.0", "17.0.0", "55.0.0"])
@pytest.mark.parametrize("path", ["cdk.out", ".", "cdk.out/manifest.json"])
def test_all_stacks_of_a_cloud_assembly_are_judged_together(path: str, version: str) -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(
                version, A=stack("A.json"), B=stack("B.json"), Tree={"type": "cdk:tree"}
            ),
            "cdk.out/A.json": template(),
            "cdk.out/B.json": template(),
            "cdk.out/stale.template.json": template(),
            "cdk.out/tree.json": template(),
        }
    )

    assert ids(path) == [["cdk.out/A", "cdk.out/B"]]


def test_templates_beside_a_cloud_assembly_are_judged_too() -> None:
    write(
        {
            "app/cdk.out/manifest.json": manifest(A=stack("A.json")),
            "app/cdk.out/A.json": template(),
            "app/main.json": template(),
            "app/site/manifest.json": {"name": "a web app"},
            "app/.amplify/artifacts/cdk.out/manifest.json": manifest(A=stack("A.json")),
            "app/.amplify/artifacts/cdk.out/A.json": template(),
        }
    )

    assert ids("app") == [
        ["app/.amplify/artifacts/cdk.out/A"],
        ["app/cdk.out/A"],
        ["app/main.json"],
    ]


def test_the_manifest_tells_account_region_name_and_parameters() -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(
                A=stack(
                    "A.json",
                    "aws://123456789012/eu-west-1",
                    stackName="Blog",
                    parameters={"Stage": "prod"},
                ),
                B=stack("A.json"),
                C={**stack("A.json"), "environment": 1},
            ),
            "cdk.out/A.json": template(),
        }
    )
    (stacks,), problems = read("cdk.out")

    assert problems == []
    assert [
        (one.name, one.stack_name, one.account, one.region, one.parameters) for one in stacks
    ] == [
        ("Blog", "Blog", "123456789012", "eu-west-1", {"Stage": "prod"}),
        ("B", "B", None, None, {}),
        ("C", "C", None, None, {}),
    ]


def test_each_stage_is_an_assembly_of_its_own() -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(
                Pipeline=stack("P.json"), assembly_Prod=stage("assembly-Prod")
            ),
            "cdk.out/P.json": template(),
            "cdk.out/assembly-Prod/manifest.json": manifest(
                Api=stack("Api.json"), Web=stack("Web.json")
            ),
            "cdk.out/assembly-Prod/Api.json": template(),
            "cdk.out/assembly-Prod/Web.json": template(),
            "cdk.out/assembly-Prod/Api.assets.json": {
                "files": {HASH: {"source": {"path": f"../asset.{HASH}.graphql"}}}
            },
            f"cdk.out/asset.{HASH}.graphql": "type Query { a: ID }",
        }
    )
    prod = ["cdk.out/assembly-Prod/Api", "cdk.out/assembly-Prod/Web"]
    ((api, _),), _ = read("cdk.out/assembly-Prod")
    schema = api.read_beside(f"s3://assets/{HASH}.graphql")

    assert ids("cdk.out") == [["cdk.out/Pipeline"], prod]
    assert ids("cdk.out/assembly-Prod") == [prod]
    assert schema is not None
    assert (schema.name, schema.text) == (f"cdk.out/asset.{HASH}.graphql", "type Query { a: ID }")


@pytest.mark.parametrize(
    "inner",
    [
        nested("unknown", Metadata={"aws:asset:path": "Inner.nested.template.json"}),
        nested(
            {"Fn::Sub": f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/cdk-assets/{HASH}.json"}
        ),
        nested(
            {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, f"/cdk-assets/{HASH}.json"]]}
        ),
    ],
)
def test_a_nested_stack_is_found_by_its_asset(inner: dict[str, Any]) -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(A=stack("A.json", "aws://123456789012/eu-west-1")),
            "cdk.out/A.json": template(Inner=inner),
            "cdk.out/A.assets.json": {
                "files": {HASH: {"source": {"path": "Inner.nested.template.json"}}}
            },
            "cdk.out/Inner.nested.template.json": template(),
        }
    )
    ((_, child),), problems = read("cdk.out")

    assert problems == []
    assert (child.id, child.account, child.region) == (
        "cdk.out/A/Inner",
        "123456789012",
        "eu-west-1",
    )


def test_a_missing_template_is_an_error_and_the_others_go_on() -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(A=stack("A.json"), B=stack("B.json")),
            "cdk.out/B.json": template(),
        }
    )
    groups, problems = read("cdk.out")

    assert [[one.id for one in stacks] for stacks in groups] == [["cdk.out/B"]]
    assert problems == [
        "cdk.out/A.json: cannot read `cdk.out/A.json`: there is no such file or folder"
    ]


def test_a_template_outside_the_assembly_is_refused() -> None:
    write({"cdk.out/manifest.json": manifest(A=stack("../A.json")), "A.json": template()})
    root = Path("cdk.out").resolve()

    assert read("cdk.out") == (
        [],
        [f"cdk.out/../A.json: `cdk.out/../A.json` is outside `{root}`"],
    )


@pytest.mark.parametrize("folder", ["..", "/", 1, None])
def test_a_stage_outside_the_assembly_is_refused(folder: Any) -> None:
    write({"cdk.out/manifest.json": manifest(S=stage(folder))})

    assert read("cdk.out") == (
        [],
        [
            "cdk.out/manifest.json:4:3: not a cloud assembly: `artifacts/S` does not name a folder inside the assembly"
        ],
    )


def test_stages_that_contain_each_other_end() -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(S=stage("."), T=stage("./inner/..")),
            "cdk.out/inner/x": "",
        }
    )

    assert read("cdk.out") == ([], [])


@pytest.mark.parametrize("artifacts", ["[]", "1", '"x"'])
def test_a_manifest_without_artifacts_is_refused(artifacts: str) -> None:
    write({"cdk.out/manifest.json": f'{{"version": "1", "artifacts": {artifacts}}}'})

    assert read("cdk.out") == (
        [],
        ["cdk.out/manifest.json:1:18: not a cloud assembly: `artifacts` must be a mapping"],
    )


def test_a_broken_manifest_is_an_error() -> None:
    write({"cdk.out/manifest.json": '{"version": "1", "artifacts": '})
    groups, problems = read("cdk.out")

    assert (groups, len(problems)) == ([], 1)


@pytest.mark.parametrize(
    "properties", [None, [], {"templateFile": 1}, {"stackName": []}, {"parameters": 1}]
)
def test_a_stack_without_a_template_file_is_looked_for_by_its_name(properties: Any) -> None:
    write(
        {
            "cdk.out/manifest.json": manifest(
                A={"type": "aws:cloudformation:stack", "properties": properties}
            ),
            "cdk.out/A.template.json": template(),
        }
    )

    assert ids("cdk.out") == [["cdk.out/A"]]
