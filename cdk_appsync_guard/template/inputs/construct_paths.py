"""The metadata of a cloud assembly → which construct made which resource, and what is accepted.

In: an artifact of the manifest. Out: construct paths by logical id, and the rules that the app
acknowledges. A template tells paths itself only if the app was run by the CDK command line; the
manifest, or the file that it names, always.
https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.template.inputs.files import Fence
from cdk_appsync_guard.template.source.read import Template, read_template

__all__ = ["Acknowledgement", "ConstructPaths"]

_LOGICAL_ID = "aws:cdk:logicalId"
_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
# CDK names the resource of a nested stack so, beside the construct whose children it deploys.
_NESTED = re.compile(r"(?P<stack>.*)\.NestedStack/[^/]+\.NestedStackResource")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A rule of any validation plugin that the app accepts for a construct and all below it.

    ``rule`` is what was given to ``Validations.of(construct).acknowledge``: ``Plugin::rule``.
    """

    construct_path: str
    rule: str
    reason: str
    location: Location


class ConstructPaths:
    """The paths of one stack's constructs and of all nested in it, read when first asked for."""

    def __init__(self, folder: Path, fence: Fence, artifact: Mapping[str, Any]) -> None:
        self._folder = folder
        self._fence = fence
        self._artifact = artifact

    def of(self, nesting: tuple[str, ...]) -> dict[str, str]:
        """Return the path of each logical id of the stack itself, or of one nested in it.

        *nesting* are the logical ids of the nested stacks on the way to it.
        """
        owner = ""
        for logical_id in nesting:
            match = _NESTED.fullmatch(self._by_owner.get(owner, {}).get(logical_id, ""))
            if match is None:
                return {}
            owner = match["stack"]
        return self._by_owner.get(owner, {})

    def acknowledgements(self) -> Iterator[Acknowledgement]:
        """Yield what the app acknowledges at a construct of the stack.

        What it acknowledges at itself, or at a stage, CDK writes nowhere.
        """
        for path, at, entry in self._entries(_ACKNOWLEDGED):
            data = entry.get("data")
            for rule, reason in (data if isinstance(data, dict) else {}).items():
                place = self._locate((f"/{path}", at, "data", rule))
                words = reason if isinstance(reason, str) else ""
                yield Acknowledgement(path, rule, words, place)

    def _locate(self, path: tuple[str | int, ...]) -> Location:
        if self._file is None:
            return Location((self._folder / "manifest.json").as_posix())
        line, column = self._file.locate(path)
        return Location(self._file.name, line, column)

    @cached_property
    def _by_owner(self) -> dict[str, dict[str, str]]:
        """The logical ids by the path of the nested stack that they belong to, "" for the outer."""
        found = {
            path: entry["data"]
            for path, _, entry in self._entries(_LOGICAL_ID)
            if isinstance(entry.get("data"), str)
        }
        nested = {match["stack"] for path in found if (match := _NESTED.fullmatch(path))}
        by_owner: dict[str, dict[str, str]] = {}
        for path, logical_id in found.items():
            owner = path.rpartition("/")[0]
            while owner and owner not in nested:
                owner = owner.rpartition("/")[0]
            by_owner.setdefault(owner, {})[logical_id] = path
        return by_owner

    def _entries(self, kind: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Yield construct path, position and entry of the metadata of one kind."""
        metadata = self._artifact.get("metadata")
        if not isinstance(metadata, dict):
            metadata = self._file.data if self._file is not None else {}
        for path, entries in metadata.items():
            for at, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, dict) and entry.get("type") == kind:
                    yield path.lstrip("/"), at, entry

    @cached_property
    def _file(self) -> Template | None:
        """The file that the manifest names for what it does not say of the constructs itself."""
        file = self._artifact.get("additionalMetadataFile")
        if isinstance(self._artifact.get("metadata"), dict) or not isinstance(file, str):
            return None
        path = self._folder / file
        try:
            return read_template(path.as_posix(), self._fence.read(path))
        except InputError:
            return None  # paths only make findings easier to find
