"""Paths → Units: what is told of files and folders before anything is judged.

In: files, folders, cloud assemblies. Out: small, picklable Units that do not depend on each other.
Parses only what may hang together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cdk_appsync_guard.errors import GuardError, InputError
from cdk_appsync_guard.template.inputs.cloud_assembly import cloud_assembly_root, is_cloud_assembly
from cdk_appsync_guard.template.inputs.files import (
    Fence,
    fence_around,
    is_folder,
    read_regular_file,
    real_path,
)
from cdk_appsync_guard.template.inputs.folders import looks_like_template, walk
from cdk_appsync_guard.template.inputs.given_schemas import explain_folder
from cdk_appsync_guard.template.inputs.links import Candidate, group_linked, unique_names
from cdk_appsync_guard.template.inputs.organization import whereabouts
from cdk_appsync_guard.template.inputs.sources import Unit, UnitFile

__all__ = ["find_units"]


@dataclass(slots=True)
class _Inputs:
    """What the paths mean, each file and folder once."""

    units: list[Unit] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    problems: list[GuardError] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def is_new(self, path: Path) -> bool:
        real = real_path(path)
        if real in self.seen:
            return False
        self.seen.add(real)
        return True


def find_units(paths: Sequence[Path]) -> tuple[list[Unit], list[GuardError]]:
    """Return the units that the paths mean, and the errors of those that mean nothing."""
    inputs = _Inputs()
    for path in paths:
        _find(path, inputs)
    inputs.units += [
        Unit(
            "templates",
            tuple(UnitFile(one.path.as_posix(), one.fence.root, one.named) for one in group.files),
            group.elsewhere,
        )
        for candidates in _by_place(inputs.candidates)
        for group in group_linked([_sniffed(one) for one in candidates])
    ]
    return inputs.units, inputs.problems


def _by_place(candidates: Iterable[Candidate]) -> Iterable[list[Candidate]]:
    """Part the candidates by account and Region: exports reach no further."""
    places: dict[tuple[str, str] | None, list[Candidate]] = {}
    for one in candidates:
        home = whereabouts(one.path)
        places.setdefault((home.account, home.region) if home else None, []).append(one)
    return places.values()


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
        inputs.problems.append(explain_folder(path, found.schemas))


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
