"""A portrait → plain data from which the page's script tells why a cell is so, when it is asked.

In: a Portrait. Out: a mapping for JSON. What many cells share is written once and named by its
position: hundreds of thousands of cells have few different reasons, frames and fixes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from cdk_appsync_guard.access.matrix_cells import Cell
from cdk_appsync_guard.access.matrix_words import caller_words, reason_words
from cdk_appsync_guard.portrait.model import FieldView, Frame, Opening, Portrait, Speech
from cdk_appsync_guard.report import Change, Symptom
from cdk_appsync_guard.reporters.html.callers import heads_of
from cdk_appsync_guard.reporters.html.looks import look_of, verdict_words
from cdk_appsync_guard.reporters.html.words import place_words
from cdk_appsync_guard.reporters.text import symptom_words
from cdk_appsync_guard.reporters.writer import escape

__all__ = ["details_of"]


class _Shared:
    """Values that are written once."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._known: dict[Hashable, int] = {}

    def add(self, key: Hashable, value: Any) -> int:
        """Return the position of the value, which *key* tells apart."""
        at = self._known.setdefault(key, len(self.items))
        if at == len(self.items):
            self.items.append(value)
        return at


def details_of(portrait: Portrait, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the data of one API; its keys are read by data.js."""
    matrix = portrait.matrix
    if matrix.question is not None:
        return {"name": escape(matrix.api)}
    frames, fixes = _Shared(), _Shared()
    cells, columns = _cells(portrait, frames)
    roots = sum(name.partition(".")[0] in portrait.operations for name in portrait.fields)
    return {
        "name": escape(matrix.api),
        "operations": {escape(name): one for name, one in portrait.operations.items()},
        "callers": [
            {
                "column": head.column,
                "section": head.section,
                "label": escape(head.label),
                "kind": head.kind,
                "asks": escape(head.asks),
                "mode": matrix.callers[head.column].mode,
                "id": escape(caller_words(matrix.callers[head.column])),
            }
            for head in heads_of(matrix.callers)
        ],
        "coordinates": [escape(name) for name in matrix.coordinates],
        "rows": [escape(name) for name in portrait.rows],
        "fields": {escape(name): _field(view, frames) for name, view in portrait.fields.items()},
        "cells": cells,
        "columns": columns,
        "policies": [[_speech(one, frames, roots) for one in some] for some in portrait.policies],
        "openings": {
            f"{column} {escape(name)}": fixes.add(one, _opening(one))
            for (column, name), one in portrait.openings.items()
        },
        "refusals": {" ".join(key): _symptom(one) for key, one in portrait.refusals.items()},
        "changes": _changes(portrait, changes),
        "frames": frames.items,
        "fixes": fixes.items,
    }


def _cells(portrait: Portrait, frames: _Shared) -> tuple[list[Any], list[list[int]]]:
    """Return the different cells, and the position among them of every cell, by column."""
    shared = _Shared()
    columns = []
    for column, cells in enumerate(portrait.matrix.columns):
        known: dict[int, int] = {}
        positions = []
        for coordinate, cell in zip(portrait.matrix.coordinates, cells, strict=True):
            frame = portrait.resolvers.get((column, coordinate)) if cell.decided_by else None
            if frame is None and id(cell) in known:
                positions.append(known[id(cell)])
                continue
            at = _frame(frame, frames)
            known[id(cell)] = shared.add((cell, at), _cell(cell, at))
            positions.append(known[id(cell)])
        columns.append(positions)
    return shared.items, columns


def _cell(cell: Cell, frame: int | None) -> dict[str, Any]:
    said = {
        "look": look_of(cell),
        "reason": cell.reason,
        "words": escape(reason_words(cell)),
        "blocked": escape(cell.blocked),
        "path": escape(cell.path),
        "frame": frame,
    }
    return {key: value for key, value in said.items() if value not in ("", None)}


def _field(view: FieldView, frames: _Shared) -> dict[str, Any]:
    return {
        "type": escape(view.signature),
        "to": [escape(name) for name in view.targets],
        "frame": _frame(view.frame, frames),
        "refused": _symptom(view.refused),
    }


def _frame(frame: Frame | None, frames: _Shared) -> int | None:
    if frame is None:
        return None
    said = {
        "place": escape(place_words(frame.location)),
        "lines": [[one.number, escape(one.text), one.marks] for one in frame.lines],
    }
    return frames.add(frame, said)


def _speech(one: Speech, frames: _Shared, roots: int) -> dict[str, Any]:
    """Return a statement; ``*`` stands for all root fields."""

    def named(fields: frozenset[str]) -> str | list[str]:
        return "*" if len(fields) == roots else [escape(name) for name in sorted(fields)]

    return {
        "effect": one.effect,
        "policy": escape(one.policy),
        "frame": _frame(one.frame, frames),
        "certain": named(one.certain),
        "possible": named(one.possible),
    }


def _opening(one: Opening) -> dict[str, Any]:
    return {
        "text": escape(one.text),
        "edits": [[escape(part) for part in edit] for edit in one.edits],
    }


def _symptom(symptom: Symptom) -> str:
    return escape(symptom_words(symptom)[1])


def _changes(portrait: Portrait, changes: Sequence[Change]) -> Mapping[str, list[str]]:
    columns = {caller_words(one): at for at, one in enumerate(portrait.matrix.callers)}
    return {
        f"{columns[one.caller]} {escape(one.coordinate)}": [
            one.change,
            verdict_words(one.before),
            verdict_words(one.after),
        ]
        for one in changes
        if one.api == portrait.matrix.api and one.caller in columns
    }
