"""Paths → Assemblies: which templates there are, and which of them are judged together.

In: files, folders, cloud assemblies, standard input. Out: first small, picklable Units, then, unit
by unit, the Assemblies. Resolves nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.template.cloud_assembly import (
    cloud_assembly_root,
    is_cloud_assembly,
    read_cloud_assembly,
)
from cdk_appsync_guard.template.files import (
    Fence,
    fence_around,
    is_folder,
    read_regular_file,
)
from cdk_appsync_guard.template.folders import looks_like_template, walk
from cdk_appsync_guard.template.links import Candidate, Group, group_linked, unique_names
from cdk_appsync_guard.template.loading import Loader, is_template, no_template
from cdk_appsync_guard.template.parameters import Parameters
from cdk_appsync_guard.template.read import read_template
from cdk_appsync_guard.template.sources import Assembly, SourceStack

__all__ = ["Assembly", "SourceStack", "Unit", "UnitFile", "find_inputs", "read_unit"]

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A file or a cloud assembly's folder, and the folder that may not be left from there.

    ``named`` if the user named it: then it must be a template.
    """

    path: str
    root: str
    named: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """What one process reads at once: small, and safe to send to another process.

    ``kind`` is ``templates``, ``cloud assembly`` or ``stdin``; ``elsewhere`` are nested templates
    that do not lie beside their parents, by file name; ``data`` is what standard input held.
    """

    kind: str
    files: tuple[UnitFile, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()
    data: bytes = b""


@dataclass(slots=True)
class _Inputs:
    """What the paths mean, each file and folder once."""

    units: list[Unit] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    problems: list[GuardError] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def is_new(self, path: Path) -> bool:
        real = os.path.realpath(path)
        if real in self.seen:
            return False
        self.seen.add(real)
        return True


def find_inputs(
    paths: Sequence[str], stdin: bytes | None = None
) -> tuple[tuple[Unit, ...], tuple[GuardError, ...]]:
    """Return the units that the paths mean, and the errors of those that mean nothing.

    Units do not depend on each other. Only what may hang together is parsed already here.
    """
    inputs = _Inputs()
    for path in paths:
        if path == "-":
            inputs.units.append(Unit("stdin", (UnitFile(STDIN, ""),), data=stdin or b""))
        else:
            _find(Path(path), inputs)
    only = len(inputs.candidates) == 1 and inputs.candidates[0].named
    groups = (
        [Group(tuple(inputs.candidates))]  # the usual case: nothing to read twice
        if only
        else group_linked([_sniffed(one) for one in inputs.candidates])
    )
    inputs.units += [
        Unit(
            "templates",
            tuple(UnitFile(one.path.as_posix(), one.fence.root, one.named) for one in group.files),
            group.elsewhere,
        )
        for group in groups
    ]
    return tuple(inputs.units), tuple(inputs.problems)


def _find(path: Path, inputs: _Inputs) -> None:
    if path.name == "manifest.json" and is_cloud_assembly(path.parent):
        path = path.parent
    if not is_folder(path):
        if inputs.is_new(path):
            inputs.candidates.append(Candidate(path, fence_around(path), named=True))
        return
    found = walk(path, fence_around(path))
    inputs.problems += found.problems
    fresh = [folder for folder in found.cloud_assemblies if inputs.is_new(folder)]
    inputs.units += [
        Unit(
            "cloud assembly",
            (UnitFile(folder.as_posix(), cloud_assembly_root(folder).as_posix()),),
        )
        for folder in fresh
    ]
    files = [file for file in found.files if inputs.is_new(file)]
    templates = list(_templates_among(files, fence_around(path), unique_names(found.schemas)))
    inputs.candidates += templates
    if not (templates or found.cloud_assemblies or found.problems or len(files) < len(found.files)):
        inputs.problems.append(_empty(path))


def _templates_among(
    files: Iterable[Path], fence: Fence, schemas: Mapping[str, str]
) -> Iterator[Candidate]:
    for path in files:
        candidate = Candidate(path, fence, named=False)
        try:
            data = read_regular_file(path)
        except InputError:
            # Judging says why; the first part of a large file tells whether that is worth it.
            if looks_like_template(_head(path)):
                yield candidate
        else:
            if looks_like_template(data):
                yield candidate.read(data, schemas)


def _head(path: Path) -> bytes:
    try:
        return read_regular_file(path, head=1_000_000)
    except InputError:
        return b"Resources: ::"  # not even that can be read: better an error than silence


def _sniffed(candidate: Candidate) -> Candidate:
    """Return the candidate with what its bytes tell; a walk has told it already."""
    if not candidate.named:
        return candidate
    try:
        data = read_regular_file(candidate.path)
    except InputError:
        return candidate
    return candidate.read(data)


def _empty(path: Path) -> InputError:
    name = path.as_posix()
    return InputError(
        f"there is no CloudFormation template in `{name}`",
        location=Location(name),
        help="pass a template, a folder with templates, or a cdk.out folder",
    )


def read_unit(
    unit: Unit, parameters: Parameters | None = None
) -> tuple[tuple[Assembly, ...], tuple[GuardError, ...]]:
    """Return the unit's assemblies, and what could not be read of it."""
    loader = Loader(parameters, dict(unit.elsewhere))
    if unit.kind == "cloud assembly":
        (folder,) = unit.files
        assemblies = read_cloud_assembly(Path(folder.path), Fence(folder.root), loader)
        return tuple(assemblies), tuple(loader.problems)
    stacks: list[SourceStack] = []
    for file in unit.files:
        stack = _stack(unit, file, loader)
        stacks += loader.with_nested(stack) if stack else ()
    found = (Assembly(unit.files[0].path, tuple(stacks)),) if stacks else ()
    return found, tuple(loader.problems)


def _stack(unit: Unit, file: UnitFile, loader: Loader) -> SourceStack | None:
    try:
        return _open(unit, file, loader)
    except GuardError as error:
        loader.problems.append(error)
        return None


def _open(unit: Unit, file: UnitFile, loader: Loader) -> SourceStack | None:
    """Return the stack of a file, or None if it turns out to be none and nobody said it was."""
    if unit.kind == "stdin":
        template, path, beside = read_template(STDIN, unit.data), None, None
    else:
        path, fence = Path(file.path), Fence(file.root)
        template = loader.template(path, fence, trusted=file.named)
        beside = loader.beside(path.parent, fence)
    if not is_template(template):
        if not file.named:
            return None
        raise no_template(template)
    stack = SourceStack(id=file.path, name=file.path, template=template, path=path, beside=beside)
    return loader.finish(stack, whole=len(unit.files) == 1)
