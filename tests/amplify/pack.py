"""Assemblies that ``synth.mjs`` made → ``assemblies.json.xz``: what the tests need of them.

    npm install && python sdl.py > in.json && node synth.mjs in.json out && python pack.py out

Provenance: written by npm @aws-amplify/data-construct (Apache-2.0) from ``apis.json``. Program code,
tables, and whatever decides nothing about access are left out.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKED = Path(__file__).parent / "assemblies.json.xz"
_KEPT = ("AWS::AppSync::", "AWS::IAM::", "AWS::Cognito::", "AWS::CloudFormation::Stack")
_TEXTS = (".vtl", ".graphql", ".js")


def pack(folder: Path) -> dict[str, dict[str, str]]:
    """Return the files of each assembly by name."""
    return {
        assembly.name: dict(_files(assembly))
        for assembly in sorted(folder.iterdir())
        if (assembly / "manifest.json").is_file()
    }


def unpack(assembly: dict[str, str], folder: Path) -> Path:
    """Write the files of an assembly."""
    for name, text in assembly.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def read_packed() -> dict[str, dict[str, str]]:
    """Return what was packed."""
    found: dict[str, dict[str, str]] = json.loads(lzma.decompress(PACKED.read_bytes()))
    return found


def _files(assembly: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(assembly.rglob("*")):
        name = path.relative_to(assembly).as_posix()
        if name == "manifest.json":
            yield name, _without_metadata(path)
        elif name.endswith(".template.json"):
            yield name, _trimmed(json.loads(path.read_text("utf-8")))
        elif name.endswith(".assets.json") or (path.suffix in _TEXTS and "/" not in name):
            yield name, path.read_text("utf-8")


def _without_metadata(path: Path) -> str:
    manifest = json.loads(path.read_text("utf-8"))
    manifest["artifacts"] = {
        name: {**artifact, "metadata": {}}
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] in ("aws:cloudformation:stack", "cdk:asset-manifest")
    }
    return json.dumps(manifest)


def _trimmed(template: dict[str, Any]) -> str:
    template["Resources"] = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"].startswith(_KEPT)
    }
    return json.dumps(template)


if __name__ == "__main__":
    packed = json.dumps(pack(Path(sys.argv[1])), sort_keys=True).encode()
    PACKED.write_bytes(lzma.compress(packed, preset=9 | lzma.PRESET_EXTREME))
