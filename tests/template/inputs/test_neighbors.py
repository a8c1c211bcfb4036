"""Which templates are judged together because one adds to the API that another one declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_appsync_guard.template.inputs.assembly import find_inputs

API = "Resources: {Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: a}}}\n"
PARTS = (
    "Parameters: {ApiId: {Type: String}}\n"
    "Resources: {R: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !Ref ApiId}}}\n"
)


def together(folder: Path, files: dict[str, str]) -> list[list[str]]:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    units, problems = find_inputs([str(folder)])
    assert problems == ()
    return [
        [Path(file.path).relative_to(folder).as_posix() for file in unit.files] for unit in units
    ]


@pytest.mark.parametrize(
    ("files", "groups"),
    [
        ({"api.yaml": API, "worker.yaml": PARTS}, [["api.yaml", "worker.yaml"]]),
        ({"a/api.yaml": API, "b/worker.yaml": PARTS}, [["a/api.yaml", "b/worker.yaml"]]),
        (
            {"a/api.yaml": API, "a/worker.yaml": PARTS, "b/api.yaml": API},
            [["a/api.yaml", "a/worker.yaml"], ["b/api.yaml"]],
        ),
        (
            {"one.yaml": API, "two.yaml": API, "worker.yaml": PARTS},
            [["one.yaml", "two.yaml", "worker.yaml"]],
        ),
        (
            {"api.yaml": API, "other.yaml": PARTS.replace("AppSync", "S3")},
            [["api.yaml"], ["other.yaml"]],
        ),
        (
            {"api.yaml": API, "worker.yaml": PARTS.split("\n", 1)[1].replace("!Ref ApiId", "abc")},
            [["api.yaml"], ["worker.yaml"]],
        ),
    ],
)
def test_parts_are_judged_with_the_nearest_api(
    tmp_path: Path, files: dict[str, str], groups: list[list[str]]
) -> None:
    assert sorted(together(tmp_path, files)) == groups


def test_in_a_collection_of_examples_no_api_is_the_nearest(tmp_path: Path) -> None:
    files = {f"{number}/api.yaml": API for number in range(5)} | {"x/worker.yaml": PARTS}

    assert all(len(group) == 1 for group in together(tmp_path, files))
