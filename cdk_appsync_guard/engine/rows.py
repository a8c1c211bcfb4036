"""Reports and matrices → flat rows, one table for a whole organization.

In: a Report, a Matrix. Out: Rows: mappings with every column, None where one does not apply. The
columns are described in ``reporters/rows.schema.json``, which has the same names.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.access.matrix_words import rows_of
from cdk_appsync_guard.errors import GuardError, Location
from cdk_appsync_guard.report import Finding, Report, Undecided, Waiting
from cdk_appsync_guard.template.inputs.organization import whereabouts

__all__ = ["COLUMNS", "NUMBERS", "VERSION", "Row", "RowMaker"]

VERSION = 1
"""The version of the rows: raised when a column goes or changes its meaning."""

Row: TypeAlias = "dict[str, Any]"

NUMBERS = ("version", "line", "column", "status")
COLUMNS = (
    "version",
    "kind",
    "key",
    "account",
    "region",
    "stack",
    "file",
    "line",
    "column",
    "logical_id",
    "api",
    "coordinate",
    "rule",
    "category",
    "severity",
    "title",
    "message",
    "remediation",
    "scenario",
    "status",
    "error_type",
    "suppressed_by",
    "would_decide",
    "caller",
    "mode",
    "verdict",
    "blocked",
)


@dataclass(slots=True)
class RowMaker:
    """Makes rows. ``account`` and ``region``, if given, win over the folders of a file.

    A key is the same whenever the same is said of the same place, wherever the layout lies. The
    second row of the same key gets another one, so that no two rows share a key.
    """

    account: str | None = None
    region: str | None = None
    _seen: Counter[str] = field(default_factory=Counter)

    def of_report(self, report: Report) -> Iterator[Row]:
        """Yield findings, suppressed ones too, what is undecided, and what cannot be judged."""
        for finding in report.findings:
            yield self._finding(finding)
        for question in report.undecided:
            for rule in question.rules:
                yield self._waiting(question, rule)
        yield from map(self.of_problem, report.problems)

    def of_problem(self, error: GuardError) -> Row:
        """Return the row of an input that cannot be judged."""
        place = error.location or Location("")
        return self._row("problem", (error.message,), place, message=error.message)

    def of_matrices(self, matrices: Iterable[Matrix], file: str) -> Iterator[Row]:
        """Yield a row for each cell; an API that cannot be judged is one undecided row."""
        place = Location(file)
        for matrix in matrices:
            why = matrix.question
            if why is not None:
                said = {"message": why.reason, "would_decide": why.would_decide}
                yield self._row("undecided", (matrix.api,), place, api=matrix.api, **said)
            for cell in rows_of(matrix):
                yield self._row(
                    "cell",
                    (cell.api, cell.coordinate, cell.caller, cell.mode),
                    place,
                    api=cell.api,
                    coordinate=cell.coordinate,
                    caller=cell.caller,
                    mode=cell.mode,
                    verdict=cell.verdict,
                    message=cell.reason or None,
                    blocked=cell.blocked or None,
                )

    def _finding(self, one: Finding) -> Row:
        place, symptom = one.location, one.symptom
        return self._row(
            "finding",
            (*_named(one), *one.key),
            place,
            **_about(one),
            message=one.message,
            remediation=one.remediation,
            status=symptom.status if symptom else None,
            error_type=symptom.error_type if symptom else None,
            suppressed_by=one.suppressed.by if one.suppressed else None,
        )

    def _waiting(self, question: Undecided, one: Waiting) -> Row:
        place = one.location
        return self._row(
            "undecided",
            (*_named(one), question.reason),
            place,
            **_about(one),
            message=question.reason,
            would_decide=question.would_decide,
        )

    def _row(self, kind: str, named: tuple[str, ...], place: Location, **said: Any) -> Row:
        home = whereabouts(place.file)
        account = self.account or (home.account if home else None)
        region = self.region or (home.region if home else None)
        stack = home.stack if home else place.file.replace("\\", "/")
        key = self._key(kind, account or "", region or "", stack, *named)
        where = {
            "version": VERSION,
            "kind": kind,
            "key": key,
            "account": account,
            "region": region,
            "stack": stack,
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "logical_id": place.logical_id,
        }
        return {**dict.fromkeys(COLUMNS), **where, **said}

    def _key(self, *parts: str) -> str:
        text = "\0".join(parts)
        key = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        if parts[0] == "cell":  # a caller has one cell per field
            return key
        self._seen[key] += 1
        again = self._seen[key]
        return key if again == 1 else self._key(*parts, str(again))


def _named(one: Finding | Waiting) -> tuple[str, ...]:
    """Return what tells it apart from others of the scan."""
    place = one.location
    named = (one.rule, one.api or "", one.coordinate or "", one.scenario or "")
    return (*named, place.logical_id or place.path or "")


def _about(one: Finding | Waiting) -> dict[str, Any]:
    """Return the columns that findings and questions have in common."""
    return {
        "api": one.api,
        "coordinate": one.coordinate,
        "rule": one.rule,
        "category": one.category,
        "severity": one.severity.value,
        "title": one.title,
        "scenario": one.scenario,
    }
