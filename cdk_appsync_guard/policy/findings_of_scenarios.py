"""Evaluations of all scenarios → findings and open questions, worded, placed and in final order.

What is the same in several scenarios is said once, with the conditions under which it holds. What
another finding explains is listed with that one, which is then as bad as its worst consequence.
Does not suppress anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from sys import intern
from typing import TypeVar

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.facts.row_key import key_of
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.policy.consequences import Folded, fold
from cdk_appsync_guard.policy.evaluate import Evaluation, Hit, Open
from cdk_appsync_guard.policy.query import parse_query
from cdk_appsync_guard.policy.rule import COMPUTED, Rule
from cdk_appsync_guard.policy.wording import Truths, fill, name_scenarios
from cdk_appsync_guard.report import (
    Excerpt,
    Finding,
    Symptom,
    Undecided,
    Waiting,
    ask_once,
    cut_excerpt,
)
from cdk_appsync_guard.template.source.read import Place, SourceFile

__all__ = ["Conclusion", "conclude"]

_Said = TypeVar("_Said", Finding, Undecided)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """All findings and all open questions, by file, line, column and rule."""

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()


def conclude(judged: Sequence[tuple[Truths, Evaluation]]) -> Conclusion:
    """Return what the evaluations say together.

    Each comes with the truths of its scenario; the scenarios are all that are possible.
    """
    places = _Places()
    scenarios = [truths for truths, _ in judged]
    folded = [fold(evaluation) for _, evaluation in judged]
    findings = _merge(((_finding(hit, places) for hit in each.hits) for each in folded), scenarios)
    explained = _consequences(folded, scenarios, places)
    said = (_explain(_worded(one, when), explained.get(one, ())) for one, when in findings.items())
    return Conclusion(
        tuple(_once(sorted(said, key=lambda one: (*_order(one), one.message)))),
        _questions(folded, scenarios, places),
    )


def _questions(
    folded: Sequence[Folded], scenarios: Sequence[Truths], places: _Places
) -> tuple[Undecided, ...]:
    """Return each question once, by the first place where a rule waits for its answer."""
    asked = _merge(((_undecided(one, places) for one in each.open) for each in folded), scenarios)
    worded = [
        replace(one, rules=tuple(replace(rule, scenario=when) for rule in one.rules))
        for one, when in asked.items()
    ]
    return ask_once(sorted(worded, key=lambda one: (*_order(one.rules[0]), one.reason)))


def _merge(
    said_by_scenario: Iterable[Iterable[_Said]], scenarios: Sequence[Truths]
) -> dict[_Said, str | None]:
    """Return what is said, each once, with the words for when it holds, None for always."""
    holds: dict[_Said, int] = {}
    for position, said in enumerate(said_by_scenario):
        for one in said:
            holds[one] = holds.get(one, 0) | 1 << position
    words = {mask: name_scenarios(scenarios, mask) or None for mask in set(holds.values())}
    return {one: words[mask] for one, mask in holds.items()}


def _worded(finding: Finding, when: str | None) -> Finding:
    return replace(finding, scenario=when) if when else finding


def _consequences(
    folded: Sequence[Folded], scenarios: Sequence[Truths], places: _Places
) -> dict[Finding, list[Finding]]:
    """Return what each finding explains, worded like findings of their own."""
    if not any(each.consequences for each in folded):
        return {}
    pairs = [
        [(_finding(cause, places), _finding(hit, places)) for cause, hit in each.consequences]
        for each in folded
    ]
    worded = _merge(((hit for _, hit in each) for each in pairs), scenarios)
    explained: dict[Finding, dict[Finding, None]] = {}
    for cause, hit in (pair for each in pairs for pair in each):
        explained.setdefault(cause, {})[_worded(hit, worded[hit])] = None
    return {cause: sorted(hits, key=_order) for cause, hits in explained.items()}


def _explain(finding: Finding, consequences: Sequence[Finding]) -> Finding:
    if not consequences:
        return finding
    worst = min((finding, *consequences), key=lambda one: one.severity.rank)
    return replace(finding, severity=worst.severity, consequences=tuple(consequences))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings about policies once where they say the same of several APIs.

    A statement on `*` is one cause, however many APIs there are.
    """
    told: set[Finding] = set()
    for finding in findings:
        if finding.key[:1] in _OF_POLICIES:
            alike = replace(finding, api=None)
            if alike in told:
                continue
            told.add(alike)
        yield finding


_OF_POLICIES = (("grants",), ("denies",), ("boundaries",))


def _order(said: Finding | Waiting) -> tuple[object, ...]:
    at = said.location
    return (
        at.file,
        at.line or 0,
        at.column or 0,
        said.rule,
        at.path,
        said.api or "",
        said.coordinate or "",
        said.scenario or "",
    )


def _finding(hit: Hit, places: _Places) -> Finding:
    """Return the finding of a hit, which scenarios share."""
    if id(hit) not in places.findings:
        places.findings[id(hit)] = _word(hit, places)
    return places.findings[id(hit)]


def _word(hit: Hit, places: _Places) -> Finding:
    rule, row = hit.rule, hit.row
    place = _place(rule, row)
    location = places.locate(place)
    return Finding(
        rule=rule.id,
        category=rule.category,
        severity=rule.severity,
        title=rule.title,
        message=fill(rule.message, row.cells),
        symptom=_symptom(rule.symptom, row),
        remediation=fill(rule.remediation, row.cells).strip(),
        references=rule.references,
        location=location,
        api=row.api,
        coordinate=_coordinate(row),
        excerpt=_excerpt(place.file, location),
        key=tuple(map(intern, key_of(row))),  # most parts are those of many other findings
        fixes=row.fixes if "{fix}" in rule.remediation else (),
    )


def _undecided(question: Open, places: _Places) -> Undecided:
    rule, row = question.rule, question.row
    waiting = Waiting(
        rule=rule.id,
        category=rule.category,
        severity=rule.severity,
        title=rule.title,
        location=places.locate(_place(rule, row)),
        api=row.api,
        coordinate=_coordinate(row),
    )
    decides = question.unknown.would_decide or "the value itself in the template"
    return Undecided(question.unknown.reason, decides, (waiting,))


def _place(rule: Rule, row: Row) -> Place:
    columns = parse_query(rule.query).columns
    return next((row.places[name] for name in columns if name in row.places), row.place)


def _symptom(symptom: Symptom | None, row: Row) -> Symptom | None:
    if symptom is None:
        return None
    if symptom.channel == COMPUTED:
        return row.answer
    error_type, message = symptom.error_type, symptom.message
    return Symptom(
        symptom.status,
        error_type and fill(error_type, row.cells),
        message and fill(message, row.cells),
        symptom.channel,
    )


def _coordinate(row: Row) -> str | None:
    coordinate = row.cells.get("coordinate")
    return coordinate if isinstance(coordinate, str) else None


class _Places:
    """Looks up each place once: many rows, and all scenarios, share them."""

    def __init__(self) -> None:
        self._locations: dict[tuple[object, ...], Location] = {}
        self.findings: dict[int, Finding] = {}  # by the identity of the hit

    def locate(self, place: Place) -> Location:
        """Return where the place is, as a person can find it."""
        key = (id(place.file), place.path, place.inner, place.logical_id, place.construct_path)
        if key not in self._locations:
            line, column = place.file.locate(place.path, place.inner)
            path = "/".join(str(step) for step in place.path)
            self._locations[key] = Location(
                place.file.name, line, column, path, place.logical_id, place.construct_path
            )
        return self._locations[key]


def _excerpt(file: SourceFile, at: Location) -> Excerpt | None:
    line = file.line_text(at.line) if at.line is not None else ""
    return cut_excerpt(line, at.column or 1) if line else None
