"""What a portrait of an API holds: its matrix, and for each cell what explains it.

Plain, frozen values; the reporters turn them into pages. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.report import Symptom

__all__ = ["FieldView", "Frame", "FrameLine", "Opening", "Portrait", "Speech"]


@dataclass(frozen=True, slots=True)
class FrameLine:
    """A line of a file. ``marks`` are the parts that matter: where each begins, and its length."""

    number: int | None
    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Lines that belong together, with gaps between them; ``location`` is that of the last one."""

    location: Location
    lines: tuple[FrameLine, ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: its type as written, the object types of its values, and where it is written.

    ``refused`` is what a client gets to which subscribers directives deny it.
    """

    coordinate: str
    signature: str
    targets: tuple[str, ...]
    frame: Frame
    refused: Symptom


@dataclass(frozen=True, slots=True)
class Speech:
    """A statement of a principal's policies: the fields that it names, or might name.

    ``frame`` is None for policies of AWS itself.
    """

    effect: str
    policy: str
    frame: Frame | None
    certain: frozenset[str]
    possible: frozenset[str]


@dataclass(frozen=True, slots=True)
class Opening:
    """What to change so that a caller may select a field, and what each place becomes.

    ``edits`` are a coordinate or a principal, what stands there, and what should.
    """

    text: str
    edits: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Portrait:
    """One API. ``rows`` are the fields to show at first, the matrix holds those below as well.

    ``operations`` are the root types' names with their operations. ``policies`` are by column;
    ``openings`` by column and field, ``refusals`` by reason and operation.
    """

    matrix: Matrix
    rows: tuple[str, ...] = ()
    operations: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, FieldView] = field(default_factory=dict)
    policies: tuple[tuple[Speech, ...], ...] = ()
    openings: Mapping[tuple[int, str], Opening] = field(default_factory=dict)
    refusals: Mapping[tuple[str, str], Symptom] = field(default_factory=dict)
    resolvers: Mapping[tuple[int, str], Frame] = field(default_factory=dict)
