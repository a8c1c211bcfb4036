"""Report → what CDK's own validation report shows.

In: a Report. Out: PolicyViolations, worst first, each with the constructs it is about. Equal words
about several constructs are one violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cdk_appsync_guard.cdk.library import cdk
from cdk_appsync_guard.errors import GuardError, Location
from cdk_appsync_guard.report import Finding, Report, Undecided
from cdk_appsync_guard.reporters.text import symptom_subject, symptom_words
from cdk_appsync_guard.reporters.writer import safe

__all__ = ["Remark", "remarks_of", "to_violation"]

UNDECIDED = "undecided"
UNREADABLE = "unreadable-input"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say in CDK's report. ``kind`` is a severity of ours, or undecided."""

    rule: str
    kind: str
    description: str
    fix: str
    places: tuple[Location, ...]
    details: tuple[tuple[str, str], ...] = ()


def remarks_of(report: Report) -> list[Remark]:
    """Return what is to be said, without what was suppressed."""
    return [
        *map(_unreadable, report.problems),
        *_merged(map(_finding, report.active)),
        *map(_question, report.undecided),
    ]


def to_violation(remark: Remark, *, fails: bool) -> Any:
    """Return the violation; its severity is an error if, and only if, it makes synth fail.

    CDK judges by the severity alone once something is acknowledged, and so in every case the two
    have to agree: what stops a deployment is called an error, and nothing else.
    """
    severity = "error" if fails else {"error": "warning", UNDECIDED: "info"}.get(remark.kind)
    return cdk.PolicyViolation(
        rule_name=remark.rule,
        description=safe(remark.description),
        fix=safe(remark.fix),
        severity=severity or remark.kind,
        rule_metadata={key: safe(value) for key, value in remark.details} or None,
        violating_resources=[_resource(place) for place in remark.places],
    )


def _finding(finding: Finding) -> Remark:
    when = f" (when {finding.scenario})" if finding.scenario else ""
    lines = [finding.message + when]
    lines += [f"   So {one.message} ({one.rule})" for one in finding.consequences]
    details = {"severity": finding.severity.value, "category": finding.category}
    if finding.symptom is not None:
        words = symptom_words(finding.symptom)[1]
        lines.append(f"   {symptom_subject(finding.symptom)} sees: {words}")
        details["symptom"] = words
    if finding.excerpt is not None and _in_sdl(finding.location):
        written = finding.excerpt.text.replace('\\"', '"')  # SDL within the JSON of a template
        lines.append(f"   At: {written}")
    named = {"api": finding.api, "coordinate": finding.coordinate, "title": finding.title}
    details |= {key: value for key, value in named.items() if value}
    details["place"] = str(finding.location)
    if finding.references:
        details["documentation"] = finding.references[0]
    fix = "\n".join((finding.remediation, *(f"See {url}" for url in finding.references[:1])))
    return Remark(
        finding.rule,
        finding.severity.value,
        "\n".join(lines),
        fix,
        (finding.location,),
        tuple(details.items()),
    )


def _in_sdl(place: Location) -> bool:
    """Tell whether the place is a line that someone wrote: no one reads a synthesized template."""
    return place.path.endswith("/Definition") or not place.file.endswith(".json")


def _question(question: Undecided) -> Remark:
    return Remark(
        UNDECIDED,
        UNDECIDED,
        f"cannot be decided: {question.reason}",
        f"Decide it with {question.would_decide}",
        _distinct(rule.location for rule in question.rules),
        (("rules", ", ".join(dict.fromkeys(rule.rule for rule in question.rules))),),
    )


def _unreadable(problem: GuardError) -> Remark:
    places = (problem.location,) if problem.location else (Location("cdk.out"),)
    where = f"{problem.location}: " if problem.location else ""
    return Remark(UNREADABLE, "error", where + problem.message, problem.help or "", places)


def _merged(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """Yield one remark for all that are worded alike, with all their constructs."""
    groups: dict[tuple[str, str, str], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.rule, remark.description, remark.fix), []).append(remark)
    for group in groups.values():
        places = _distinct(place for remark in group for place in remark.places)
        yield replace(group[0], places=places)


def _distinct(places: Iterable[Location]) -> tuple[Location, ...]:
    """Return the first place in each construct."""
    found: dict[tuple[str, str | None, str | None], Location] = {}
    for place in places:
        found.setdefault((place.file, place.logical_id, place.construct_path), place)
    return tuple(found.values())


def _resource(place: Location) -> Any:
    """Return the construct; CDK finds it by itself if only its template and name are known."""
    is_template = place.file.endswith(".json")
    known: dict[str, str | None] = {
        "construct_path": place.construct_path,
        "resource_logical_id": place.logical_id if is_template else None,
        "template_path": str(Path(place.file).absolute()) if is_template else None,
    }
    _, _, rest = place.path.partition("/")
    steps = rest.split("/")[1:] if place.logical_id and is_template else []
    return cdk.PolicyViolatingResource(
        locations=[".".join(steps)] if steps else [],
        **{key: value for key, value in known.items() if value},
    )
