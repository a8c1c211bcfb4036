"""DerivedTemplate: data that a transform wrote, with its positions in the files that people wrote.

In: the template as written, the data that came of it, and where its parts come from. Out: a
Template whose every path can be located in the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.template.source.read import DataPath, SourceFile, Template

__all__ = ["DerivedTemplate", "Origin", "Origins", "source_of"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of derived data was written.

    ``file`` is None for the template itself. What lies below the part keeps its path below
    ``path``, as far as that exists there.
    """

    path: DataPath
    file: Template | None = None


Origins = Mapping[DataPath, Origin]


class DerivedTemplate(Template):
    """A template after a transform. ``source`` may be derived itself."""

    def __init__(self, source: Template, data: dict[str, Any], origins: Origins) -> None:
        super().__init__(source.name, source.text, data, source._positions)  # noqa: SLF001 (of our parent)
        self.source = source
        self.origins = origins

    def locate(
        self, path: DataPath, inner: tuple[int, int] | None = None
    ) -> tuple[int | None, int | None]:
        """Return line and column of what the value at *path* was made from."""
        file, written, exact = _written(self, path)
        return file.locate(written, inner if exact else None)


def source_of(template: Template, path: DataPath) -> tuple[SourceFile, DataPath]:
    """Return the file, and the path in it, that the value at *path* was made from."""
    file, written, _ = _written(template, path)
    return file, written


def _written(template: Template, path: DataPath) -> tuple[Template, DataPath, bool]:
    exact = True
    while isinstance(template, DerivedTemplate):
        origin, rest = _origin(template.origins, path)
        below = origin.file or template.source
        wanted = (*origin.path, *rest)
        path = existing(below.data, wanted)
        exact = exact and path == wanted
        template = below
    return template, path, exact


def _origin(origins: Origins, path: DataPath) -> tuple[Origin, DataPath]:
    for length in range(len(path), 0, -1):
        origin = origins.get(path[:length])
        if origin is not None:
            return origin, path[length:]
    return Origin(()), path


def existing(data: Any, path: DataPath) -> DataPath:
    """Return the part of the path that leads to something."""
    for position, key in enumerate(path):
        in_list = isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data)
        if not in_list and not (isinstance(data, dict) and key in data):
            return path[:position]
        data = data[key]
    return path
