"""cdk.out → Assemblies: one for its stacks, and one for the stacks of each stage.

In: the folder of a CDK cloud assembly. Out: Assemblies. Every version of the manifest is taken:
only names and places are read of it, and those never changed.
https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.template.inputs.construct_paths import ConstructPaths
from cdk_appsync_guard.template.inputs.files import (
    Fence,
    is_regular_file,
    read_regular_file,
    real_path,
)
from cdk_appsync_guard.template.inputs.loading import Loader
from cdk_appsync_guard.template.inputs.sources import Assembly, SourceStack
from cdk_appsync_guard.template.source.read import Template, read_template

__all__ = ["cloud_assembly_root", "is_cloud_assembly", "read_cloud_assembly"]

_MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_NESTED = "cdk:cloud-assembly"
_ENVIRONMENT = re.compile(r"aws://([^/]*)/([^/]*)")


def is_cloud_assembly(folder: Path) -> bool:
    """Tell whether the folder holds the manifest of a cloud assembly, by its content."""
    manifest = folder / _MANIFEST
    if not is_regular_file(manifest):
        return False
    try:
        data = read_regular_file(manifest)
    except InputError:
        return is_regular_file(folder / "cdk.out")
    return b'"artifacts"' in data and b'"version"' in data


def cloud_assembly_root(folder: Path) -> Path:
    """Return the outermost cloud assembly around a folder: a stage's assets lie there."""
    folder = Path(real_path(folder))
    while folder.parent != folder and is_cloud_assembly(folder.parent):
        folder = folder.parent
    return folder


def read_cloud_assembly(folder: Path, fence: Fence, loader: Loader) -> list[Assembly]:
    """Return the assemblies that have stacks; the loader keeps what cannot be read."""
    assemblies: list[Assembly] = []
    waiting = [folder]
    seen: set[str] = set()
    while waiting:
        folder = waiting.pop(0)
        real = real_path(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            manifest, artifacts = _read_manifest(folder, fence)
        except GuardError as error:
            loader.problems.append(error)
            continue
        stacks = tuple(_stacks(folder, fence, artifacts, loader))
        if stacks:
            assemblies.append(Assembly(folder.as_posix(), stacks))
        waiting += _stages(folder, fence, manifest, artifacts, loader)
    return assemblies


def _read_manifest(folder: Path, fence: Fence) -> tuple[Template, dict[str, dict[str, Any]]]:
    path = folder / _MANIFEST
    manifest = read_template(path.as_posix(), fence.read(path))
    artifacts = manifest.data.get("artifacts", {})
    if not isinstance(artifacts, dict):
        raise _refusal(manifest, "artifacts", "must be a mapping")
    return manifest, {
        name: artifact for name, artifact in artifacts.items() if isinstance(artifact, dict)
    }


def _stacks(
    folder: Path, fence: Fence, artifacts: dict[str, dict[str, Any]], loader: Loader
) -> Iterator[SourceStack]:
    for name, artifact in artifacts.items():
        if artifact.get("type") != _STACK:
            continue
        try:
            stack = _stack(folder, fence, (name, artifact), loader)
        except GuardError as error:
            loader.problems.append(error)
        else:
            yield from loader.with_nested(stack)


def _stack(
    folder: Path, fence: Fence, artifact: tuple[str, dict[str, Any]], loader: Loader
) -> SourceStack:
    name, content = artifact
    properties = content.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    file = properties.get("templateFile")
    path = folder / (file if isinstance(file, str) else f"{name}.template.json")
    stack_name = properties.get("stackName")
    parameters = properties.get("parameters")
    account, region = _environment(content.get("environment"))
    return loader.finish(
        SourceStack(
            id=f"{folder.as_posix()}/{name}",
            name=stack_name if isinstance(stack_name, str) else name,
            template=loader.template(path, fence),
            region=region,
            account=account,
            stack_name=stack_name if isinstance(stack_name, str) else name,
            parameters=parameters if isinstance(parameters, dict) else {},
            path=path,
            beside=loader.beside(folder, fence),
            metadata=ConstructPaths(folder, fence, content),
        ),
        whole=False,
    )


def _environment(environment: Any) -> tuple[str | None, str | None]:
    """Return account and region; None where the app left them open."""
    match = _ENVIRONMENT.fullmatch(environment) if isinstance(environment, str) else None
    if match is None:
        return None, None
    account, region = match.groups()
    return (
        account if account and account != "unknown-account" else None,
        region if region and region != "unknown-region" else None,
    )


def _stages(
    folder: Path,
    fence: Fence,
    manifest: Template,
    artifacts: dict[str, dict[str, Any]],
    loader: Loader,
) -> Iterator[Path]:
    for name, artifact in artifacts.items():
        if artifact.get("type") != _NESTED:
            continue
        properties = artifact.get("properties")
        directory = properties.get("directoryName") if isinstance(properties, dict) else None
        if isinstance(directory, str) and fence.holds(folder / directory):
            yield folder / directory
        else:
            loader.problems.append(
                _refusal(
                    manifest, f"artifacts/{name}", "does not name a folder inside the assembly"
                )
            )


def _refusal(manifest: Template, path: str, message: str) -> InputError:
    line, column = manifest.locate(tuple(path.split("/", 1)))
    return InputError(
        f"not a cloud assembly: `{path}` {message}",
        location=Location(manifest.name, line, column, path),
        help="run `cdk synth` again",
    )
