"""The metadata of a cloud assembly → which construct made which resource.

In: an artifact of the manifest. Out: construct paths by logical id. A template tells them itself
only if the app was run by the CDK command line; the manifest, or the file that it names, always.
https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.template.inputs.files import Fence
from cdk_appsync_guard.template.source.read import read_template

__all__ = ["ConstructPaths"]

_LOGICAL_ID = "aws:cdk:logicalId"
# CDK names the resource of a nested stack so, beside the construct whose children it deploys.
_NESTED = re.compile(r"(?P<stack>.*)\.NestedStack/[^/]+\.NestedStackResource")


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

    @cached_property
    def _by_owner(self) -> dict[str, dict[str, str]]:
        """The logical ids by the path of the nested stack that they belong to, "" for the outer."""
        found = dict(self._entries())
        nested = {match["stack"] for path in found if (match := _NESTED.fullmatch(path))}
        by_owner: dict[str, dict[str, str]] = {}
        for path, logical_id in found.items():
            owner = path.rpartition("/")[0]
            while owner and owner not in nested:
                owner = owner.rpartition("/")[0]
            by_owner.setdefault(owner, {})[logical_id] = path
        return by_owner

    def _entries(self) -> Iterator[tuple[str, str]]:
        for path, entries in self._metadata().items():
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and entry.get("type") == _LOGICAL_ID:
                    logical_id = entry.get("data")
                    if isinstance(logical_id, str):
                        yield path.lstrip("/"), logical_id

    def _metadata(self) -> dict[str, Any]:
        """Return what the manifest says of each construct, or the file that it names for it."""
        metadata = self._artifact.get("metadata")
        if isinstance(metadata, dict):
            return metadata
        file = self._artifact.get("additionalMetadataFile")
        if not isinstance(file, str):
            return {}
        path = self._folder / file
        try:
            return read_template(path.as_posix(), self._fence.read(path)).data
        except InputError:
            return {}  # paths only make findings easier to find
