from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from template.folder import write

from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.template.inputs.files import Fence, fence_around
from cdk_appsync_guard.template.inputs.local_files import Beside, sketch
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown

HASH = "0123456789abcdef" * 4
OTHER = "f" * 64
AMPLIFY = "s3://${S3DeploymentBucket}/${S3DeploymentRootKey}/schema.graphql"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def find(reference: str, folder: str = "app", root: str | None = None) -> str | None:
    fence = Fence(os.path.realpath(root)) if root else fence_around(Path(folder))
    found = Beside(Path(folder), fence).find(reference)
    return None if found is None else found.as_posix()


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("schema.graphql", "app/schema.graphql"),
        ("./graphql/../schema.graphql", "app/schema.graphql"),
        ("graphql/api.gql", "app/graphql/api.gql"),
        ("s3://bucket/v1/schema.graphql", "app/schema.graphql"),
        ("s3://bucket/v1/graphql/api.gql", "app/graphql/api.gql"),
        (
            "https://bucket.s3.eu-west-1.amazonaws.com/schema.graphql?versionId=1",
            "app/schema.graphql",
        ),
        ("${Bucket}/schema.graphql", "app/schema.graphql"),
        ("absent.graphql", None),
        ("src/schema.graphql", None),
        ("s3://bucket/absent.graphql", None),
        ("s3://schema.graphql", None),
        ("s3://bucket/${Key}", None),
        ("s3://bucket/../schema.graphql/..", None),
        ("graphql", None),
        ("", None),
        ("a\0b", None),
        ("s3://b/" + "x/" * 10_000 + "y" * 10_000, None),
    ],
)
def test_a_reference_means_a_file_beside_the_template(reference: str, found: str | None) -> None:
    write({"app/schema.graphql": "", "app/graphql/api.gql": ""})

    assert find(reference) == found


def test_what_amplify_uploads_is_its_build_and_not_its_source() -> None:
    write({"app/schema.graphql": "", "app/build/schema.graphql": ""})

    assert find(AMPLIFY) == "app/build/schema.graphql"
    assert find("s3://bucket/schema.graphql") == "app/schema.graphql"


def test_a_template_in_amplifys_build_folder_finds_the_schema_there() -> None:
    write(
        {"api/build/schema.graphql": "", "api/build/stacks/Todo.json": "", "api/schema.graphql": ""}
    )

    assert find(AMPLIFY, "api/build") == "api/build/schema.graphql"
    assert find(AMPLIFY, "api/build/stacks", "api") == "api/build/schema.graphql"


def test_an_asset_is_found_by_its_hash() -> None:
    write(
        {
            "cdk.out/App.assets.json": {
                "files": {
                    HASH: {"source": {"path": "asset.one.graphql"}},
                    OTHER: {"source": {"path": f"asset.{OTHER}", "packaging": "zip"}},
                }
            },
            "cdk.out/asset.one.graphql": "",
            f"cdk.out/asset.{OTHER}/schema.graphql": "",
        }
    )

    assert (
        find(f"s3://cdk-assets-${{AWS::Region}}/{HASH}.graphql", "cdk.out")
        == "cdk.out/asset.one.graphql"
    )
    assert find(f"s3://cdk-assets/{OTHER}.zip", "cdk.out") is None
    assert (
        find(f"s3://cdk-assets/{OTHER}/schema.graphql", "cdk.out")
        == f"cdk.out/asset.{OTHER}/schema.graphql"
    )


def test_an_asset_is_found_without_a_manifest_too() -> None:
    write({f"cdk.out/asset.{HASH}.graphql": "", f"cdk.out/{OTHER}.txt": ""})

    assert find(f"s3://cdk-assets/{HASH}.graphql", "cdk.out") == f"cdk.out/asset.{HASH}.graphql"
    assert find(f"s3://cdk-assets/{OTHER}.graphql", "cdk.out") is None


def test_the_assets_of_a_stage_lie_in_the_folder_above() -> None:
    write(
        {
            "cdk.out/assembly-Prod/App.assets.json": {
                "files": {HASH: {"source": {"path": f"../asset.{HASH}.graphql"}}}
            },
            f"cdk.out/asset.{HASH}.graphql": "",
        }
    )
    folder = "cdk.out/assembly-Prod"

    assert find(f"s3://b/{HASH}.graphql", folder, "cdk.out") == f"cdk.out/asset.{HASH}.graphql"
    assert find(f"s3://b/{HASH}.graphql", folder, folder) is None


@pytest.mark.parametrize(
    "content", ["[", "[]", "{}", '{"files": []}', '{"files": {"a": {"source": 1}}}']
)
def test_a_broken_list_of_assets_has_no_assets(content: str) -> None:
    write({"cdk.out/App.assets.json": content})

    assert find(f"s3://b/{HASH}.graphql", "cdk.out") is None


def test_nothing_outside_the_folder_is_found() -> None:
    write(
        {
            "secret.graphql": "",
            "app/App.assets.json": {"files": {HASH: {"source": {"path": "../secret.graphql"}}}},
            "app/sub/schema.graphql": "",
        }
    )
    Path("app/link.graphql").symlink_to(Path("secret.graphql").absolute())
    Path("app/out").symlink_to(Path().absolute(), target_is_directory=True)
    references = [
        "../secret.graphql",
        "../../../../../../etc/passwd",
        "/etc/passwd",
        str(Path("secret.graphql").absolute()),
        "link.graphql",
        "out/secret.graphql",
        f"s3://b/{HASH}.graphql",
        "s3://b/out/secret.graphql",
        "file:///etc/passwd",
    ]

    assert [find(reference) for reference in references] == [None] * len(references)


def test_a_project_ends_where_its_repository_does() -> None:
    write(
        {"repository/src/schema.graphql": "", "repository/app/a.json": "{}", "schema.graphql": ""}
    )
    Path("repository/.git").mkdir()

    assert find("../src/schema.graphql", "repository/app") == "repository/src/schema.graphql"
    assert find("../../schema.graphql", "repository/app") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_a_file() -> None:
    write({"app/a.json": "{}"})
    os.mkfifo("app/schema.graphql")

    assert find("schema.graphql") is None


def test_a_file_elsewhere_is_found_by_its_name_but_not_by_a_path_that_is_wrong() -> None:
    write({"app/a.json": "{}", "other/api.graphql": ""})
    beside = Beside(Path("app"), fence_around(Path()), {"api.graphql": "other/api.graphql"})

    assert beside.find("s3://bucket/v1/api.graphql") == Path("other/api.graphql")
    assert beside.find("./api.graphql") is None


def test_reading_gives_the_text_under_the_name_that_leads_to_it() -> None:
    write({"app/schema.graphql": "type Query { a: ID }"})
    beside = Beside(Path("app"), fence_around(Path("app")))
    location = Text(("s3://", Hole("parameter", "Bucket"), "/schema.graphql"))
    file = beside.read(location)

    assert file is not None
    assert (file.name, file.text) == ("app/schema.graphql", "type Query { a: ID }")
    odd: list[Any] = [None, 1, [], {}, Unknown("why")]
    assert [beside.read(value) for value in odd] == [None] * 5


def test_a_file_that_is_no_text_is_an_error() -> None:
    write({"app/a.json": "{}"})
    Path("app/schema.graphql").write_bytes(b"\xff\xfe")

    with pytest.raises(InputError, match="not UTF-8"):
        Beside(Path("app"), fence_around(Path("app"))).read("schema.graphql")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("a", "a"),
        ({"Ref": "A"}, "${A}"),
        ({"Ref": "Known"}, "k"),
        ({"Fn::Sub": "x/${A}/${Known}/y"}, "x/${A}/k/y"),
        ({"Fn::Sub": ["${B}/y", {"B": {"Ref": "A"}}]}, "${A}/y"),
        ({"Fn::Join": ["/", ["a", {"Ref": "A"}, {"Fn::Sub": "${Known}"}]]}, "a/${A}/k"),
        ({"Fn::If": ["C", "a", "b"]}, "${?}"),
        ({"Fn::Join": ["/"]}, "${?}"),
        ({"Fn::Sub": [1]}, "${?}"),
        (None, "${?}"),
        (["a"], "${?}"),
    ],
)
def test_a_sketch_keeps_what_is_plain(value: object, plain: str) -> None:
    assert sketch(value, {"Known": "k", "List": ["a"]}) == plain
