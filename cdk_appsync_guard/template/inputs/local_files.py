"""References → local files: what an S3 location, an asset URL or a relative path means on disk.

In: the folder of a template and a reference, resolved or written. Out: a path inside the fence, or
None. Nothing is fetched: a file in a bucket is found only if its source is next to the template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.template.inputs.files import Fence, is_regular_file
from cdk_appsync_guard.template.source.read import SourceFile, read_template, read_text
from cdk_appsync_guard.template.values.value import Text, Value

__all__ = ["Beside", "sketch"]

_HASH = re.compile(r"[0-9a-f]{64}")
_HOLE = re.compile(r"\$\{[^{}]*\}")
_MOST_HASHES = 8
_MOST_NAMES = 12
_MOST_PIECES = 1000


class Beside:
    """The files beside the templates of one folder.

    ``elsewhere`` are files in other folders that are known by their unique name.
    """

    def __init__(
        self, folder: Path, fence: Fence, elsewhere: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.fence = fence
        self.elsewhere = elsewhere or {}

    def read(self, reference: Value) -> SourceFile | None:
        """Return the text file that a resolved value means, or None."""
        if not isinstance(reference, (str, Text)):
            return None
        path = self.find(str(reference))
        if path is None:
            return None
        return read_text(path.as_posix(), self.fence.read(path))

    def find(self, reference: str) -> Path | None:
        """Return the file that the reference means; holes are written ``${...}``."""
        return self.find_exactly(reference) or self.find_by_name(reference)

    def find_exactly(self, reference: str) -> Path | None:
        """Return the file that the reference names by a hash or by a path."""
        for match in islice(_HASH.finditer(reference), _MOST_HASHES):
            found = self._asset(match.group(), reference[match.end() :])
            if found is not None:
                return found
        if not reference or "://" in reference or "${" in reference:
            return None
        return self._inside(self.folder / reference)

    def find_by_name(self, reference: str) -> Path | None:
        """Return the file beside the template whose name is the end of the reference.

        A bucket's key ends with the path that the file had before it was uploaded: the longest end
        that is a file counts.
        """
        if "://" not in reference and "${" not in reference:
            return None  # a local path: what is not there is not elsewhere either
        names = names_at_end(reference)
        for start in range(len(names)):
            for folder in self._folders(reference):
                found = self._inside(folder.joinpath(*names[start:]))
                if found is not None:
                    return found
        return self._inside(Path(self.elsewhere.get(names[-1], ""))) if names else None

    def _folders(self, reference: str) -> Iterator[Path]:
        # Amplify writes what it uploads to `build/`; the file of the same name beside it is the
        # source, with `@model` and `@auth` still in it.
        amplify = "DeploymentRootKey" in reference or is_regular_file(
            self.folder / "transform.conf.json"
        )
        if amplify:
            yield self.folder / "build"
        yield self.folder
        if not amplify:
            yield self.folder / "build"
        if self.folder.name == "stacks":
            yield self.folder.parent

    def _asset(self, digest: str, rest: str) -> Path | None:
        source = self._assets.get(digest)
        places = [self.folder / source] if source else []
        places += [self.folder / f"asset.{digest}", *self._named_assets.get(digest, ())]
        for place in places:
            within = place.joinpath(*names_at_end(rest)) if "/" in rest else place
            for path in (place, within):
                found = self._inside(path)
                if found is not None:
                    return found
        return None

    def _inside(self, path: Path) -> Path | None:
        path = Path(os.path.normpath(path))
        return path if is_regular_file(path) and self.fence.holds(path) else None

    @cached_property
    def _named_assets(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in self._listing:
            match = _HASH.search(path.name)
            if match is not None and path.name.startswith("asset."):
                found.setdefault(match.group(), []).append(path)
        return found

    @cached_property
    def _assets(self) -> dict[str, str]:
        """The source of each asset, by its hash, as the ``*.assets.json`` of the folder say it."""
        found: dict[str, str] = {}
        for path in self._listing:
            if path.name.endswith(".assets.json") and self._inside(path):
                found.update(self._manifest(path))
        return found

    @cached_property
    def _listing(self) -> list[Path]:
        try:
            return sorted(self.folder.iterdir())
        except (OSError, ValueError):
            return []

    def _manifest(self, path: Path) -> Iterator[tuple[str, str]]:
        try:
            data = read_template(path.as_posix(), self.fence.read(path)).data
        except InputError:
            return  # its assets count as absent; a schema that is missed so is undecided, not clean
        files = data.get("files") if isinstance(data, dict) else None
        for digest, entry in (files if isinstance(files, dict) else {}).items():
            source = entry.get("source") if isinstance(entry, dict) else None
            where = source.get("path") if isinstance(source, dict) else None
            if isinstance(where, str):
                yield digest, where


def names_at_end(reference: str) -> list[str]:
    """Return the path segments that follow what is not fully known, without host and query."""
    _, scheme, rest = reference.rpartition("://")
    if scheme:
        rest = rest.partition("?")[0]
    segments = rest.replace("\\", "/").split("/")
    if scheme:
        segments = segments[1:]  # the bucket or the host
    names: list[str] = []
    for segment in reversed(segments):
        if "${" in segment or segment == "..":
            break
        if segment not in {"", "."}:
            names.append(segment)
    return names[:_MOST_NAMES][::-1]


def sketch(value: Any, known: Mapping[str, Value], depth: int = 8) -> str:
    """Return what is plain in an unresolved string: the rest is holes, written ``${...}``.

    *known* are parameters' values. Enough to tell which file is meant, before anything is resolved.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1 or not depth:
        return "${?}"
    (name, argument), *_ = value.items()
    if name == "Ref" and isinstance(argument, str):
        given = known.get(argument)
        return given if isinstance(given, str) and given else "${" + argument + "}"
    if name == "Fn::Sub":
        return _sketch_sub(argument, known, depth)
    if name == "Fn::Join" and _is_pair(argument):
        separator, pieces = argument
        if isinstance(separator, str) and isinstance(pieces, list):
            return separator.join(
                sketch(piece, known, depth - 1) for piece in pieces[:_MOST_PIECES]
            )
    return "${?}"


def _sketch_sub(argument: Any, known: Mapping[str, Value], depth: int) -> str:
    names: Mapping[str, Any] = {}
    if _is_pair(argument) and isinstance(argument[1], dict):
        argument, names = argument
    if not isinstance(argument, str):
        return "${?}"

    def fill(match: re.Match[str]) -> str:
        name = match.group()[2:-1].strip()
        return sketch(names.get(name, {"Ref": name}), known, depth - 1)

    return _HOLE.sub(fill, argument)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == len(("first", "second"))
