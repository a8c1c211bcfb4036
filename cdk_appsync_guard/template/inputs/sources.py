"""SourceStack and Assembly: templates as they lie on disk, and those that are judged together.

Plain holders; nothing is resolved here. Files beside a template are read when someone asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.construct_paths import ConstructPaths
from cdk_appsync_guard.template.inputs.local_files import Beside
from cdk_appsync_guard.template.source.derived_template import source_of
from cdk_appsync_guard.template.source.read import DataPath, SourceFile, Template
from cdk_appsync_guard.template.values.value import Value

__all__ = ["Assembly", "SourceStack", "Unit", "UnitFile", "resources_of"]


@dataclass(frozen=True, slots=True, eq=False)
class SourceStack:
    """A template and what is known of its stack before anything is resolved.

    ``id`` is unique in a scan; ``name`` is what ``--parameters`` and people call the stack.
    ``stack_name`` is what ``AWS::StackName`` will be, if known. ``parameters`` come from a cloud
    assembly's manifest; those of a nested stack stand in its parent's resource
    ``parent_logical_id``. ``notices`` tell what is missing from ``data``.
    """

    id: str
    name: str
    template: Template
    parent: SourceStack | None = None
    parent_logical_id: str | None = None
    region: str | None = None
    account: str | None = None
    stack_name: str | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    path: Path | None = None
    beside: Beside | None = None
    metadata: ConstructPaths | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The template's data: loops expanded, includes merged, SAM translated."""
        return self.template.data

    @property
    def construct_paths(self) -> dict[str, str]:
        """The ``aws:cdk:path`` of each resource that has one, else what the assembly tells."""
        found: dict[str, str] = {}
        for logical_id, resource in resources_of(self.data).items():
            metadata = resource.get("Metadata")
            path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
            if isinstance(path, str):
                found[logical_id] = path
        if not found and self.metadata is not None:
            return self.metadata.of(self._nesting)
        return found

    @property
    def _nesting(self) -> tuple[str, ...]:
        """The logical ids of the nested stacks from the outermost stack down to this one."""
        if self.parent is None or self.parent_logical_id is None:
            return ()
        return (*self.parent._nesting, self.parent_logical_id)  # noqa: SLF001 - its own class

    def source_of(self, path: DataPath) -> tuple[SourceFile, DataPath]:
        """Return the file, and the path in it, where the value at *path* of ``data`` stands.

        The file is the template as written, or one that it includes.
        """
        return source_of(self.template, path)

    def read_beside(self, reference: Value) -> SourceFile | None:
        """Return the local file that an S3 location, an asset URL or a relative path means, if any.

        Never leaves the folder that the template belongs to.
        """
        return self.beside.read(reference) if self.beside else None


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """Stacks that are judged together, parents before their nested stacks."""

    name: str
    stacks: tuple[SourceStack, ...]


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A file or a cloud assembly's folder, and the folder that cannot be left from there.

    ``named`` if the user named it: then it must be a template.
    """

    path: str
    root: str
    named: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """What one process reads at once: small, and safe to send to another process.

    ``kind`` is ``templates``, ``cloud assembly`` or ``stdin``; ``elsewhere`` are files that do not
    are next to the templates that need them, by name; ``data`` is what standard input held.
    """

    kind: str
    files: tuple[UnitFile, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()
    data: bytes = b""


def resources_of(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the resources of a template that are mappings at least."""
    resources = data.get("Resources")
    if not isinstance(resources, dict):
        return {}
    return {name: value for name, value in resources.items() if isinstance(value, dict)}
