from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cdk_appsync_guard.template.inputs.construct_paths import ConstructPaths
from cdk_appsync_guard.template.inputs.files import Fence


def logical_id(name: str) -> list[dict[str, Any]]:
    return [{"type": "aws:cdk:creationStack"}, {"type": "aws:cdk:logicalId", "data": name}]


METADATA = {
    "/Blog": [{"type": "aws:cdk:templateFile", "data": "Blog.template.json"}],
    "/Blog/Api/Resource": logical_id("Api"),
    "/Blog/Inner/Api": logical_id("Api"),
    "/Blog/Inner.NestedStack/Inner.NestedStackResource": logical_id("InnerNested"),
    "/Blog/Inner/Deep.NestedStack/Deep.NestedStackResource": logical_id("DeepNested"),
    "/Blog/Inner/Deep/Api": logical_id("Api"),
}


def paths(artifact: dict[str, Any], *nesting: str, folder: Path = Path()) -> dict[str, str]:
    return ConstructPaths(folder, Fence(str(folder)), artifact).of(nesting)


def test_paths_are_told_by_the_stack_that_the_resource_is_in() -> None:
    artifact = {"metadata": METADATA}

    assert paths(artifact) == {
        "Api": "Blog/Api/Resource",
        "InnerNested": "Blog/Inner.NestedStack/Inner.NestedStackResource",
    }
    assert paths(artifact, "InnerNested") == {
        "Api": "Blog/Inner/Api",
        "DeepNested": "Blog/Inner/Deep.NestedStack/Deep.NestedStackResource",
    }
    assert paths(artifact, "InnerNested", "DeepNested") == {"Api": "Blog/Inner/Deep/Api"}


def test_they_are_read_from_a_file_of_their_own_too(tmp_path: Path) -> None:
    (tmp_path / "Blog.metadata.json").write_text(json.dumps(METADATA), "utf-8")
    artifact = {"additionalMetadataFile": "Blog.metadata.json"}

    assert paths(artifact, "InnerNested", "DeepNested", folder=tmp_path) == {
        "Api": "Blog/Inner/Deep/Api"
    }


def test_what_is_missing_or_strange_tells_no_path(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[]", "utf-8")

    for artifact in (
        {},
        {"metadata": {"/Blog/Api": "text", "/Blog/Other": [None, {"type": "aws:cdk:logicalId"}]}},
        {"additionalMetadataFile": 7},
        {"additionalMetadataFile": "missing.json"},
        {"additionalMetadataFile": "no.json"},
        {"additionalMetadataFile": "../outside.json"},
    ):
        assert paths(artifact, folder=tmp_path) == {}
    assert paths({"metadata": METADATA}, "Nobody") == {}
