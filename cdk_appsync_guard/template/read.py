"""Bytes → Template: plain data; positions are looked up only when somebody asks.

In: the bytes of a JSON or YAML file (CloudFormation's short forms included), or of SDL. Out:
``Template`` or ``SourceFile``. Does not resolve anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["DataPath", "Place", "SourceFile", "Template"]

DataPath: TypeAlias = "tuple[str | int, ...]"


class SourceFile:
    """A text file that findings can point into. ``name`` is how reports call it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def locate(
        self, path: DataPath, inner: tuple[int, int] | None = None
    ) -> tuple[int | None, int | None]:
        """Return line and column (from 1) of the value at *path*.

        *inner* is a line and column (from 1) inside the string that stands at *path*. A plain
        text file knows only the empty path.
        """
        raise NotImplementedError


class Template(SourceFile):
    """A JSON or YAML file. ``data`` is plain: dict, list, str, int, float, bool, None.

    YAML's short forms are long ones in it: ``!GetAtt a.b`` is ``{"Fn::GetAtt": ["a", "b"]}``.
    """

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A symbolic location: which file, the way through its data, and maybe a spot inside a string."""

    file: SourceFile
    path: DataPath = ()
    inner: tuple[int, int] | None = None
    logical_id: str | None = None
    construct_path: str | None = None
