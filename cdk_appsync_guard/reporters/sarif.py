"""Report → SARIF 2.1.0, for code scanning and editors.

A finding is a result of kind ``fail``; what stays undecided is one of kind ``open``, which the
standard has for exactly that (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html,
3.27.9). Inputs that could not be judged are notifications of the invocation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import (
    Excerpt,
    Finding,
    Location,
    Report,
    Severity,
    Suppression,
    Undecided,
    Waiting,
    word_at,
)
from cdk_appsync_guard.reporters.encode import HERE, TOOL, stream
from cdk_appsync_guard.reporters.words import finding_words, problem_words, question_words

__all__ = ["MOST_RESULTS", "render", "render_pieces"]

MOST_RESULTS = 25_000
"""GitHub refuses a run with more
(https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning)."""


def render(report: Report, tool_version: str) -> str:
    """Return the report as one SARIF log with one run."""
    return "".join(render_pieces(report, tool_version))


def render_pieces(report: Report, tool_version: str) -> Iterator[str]:
    """Yield the report as one SARIF log with one run, piece by piece."""
    everything: list[Finding | Undecided] = [*report.findings, *report.undecided]
    kept = everything
    if len(everything) > MOST_RESULTS:
        kept = sorted(everything, key=_importance)[:MOST_RESULTS]
    rules = _rules(one for one in kept if isinstance(one, Finding))
    if any(isinstance(one, Undecided) for one in kept):
        rules.append(_UNDECIDED_RULE)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {"name": TOOL, "version": tool_version, "rules": rules},
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, len(everything) - len(kept))],
        "results": HERE,
    }
    results = (
        _question(item, numbers[_UNDECIDED])
        if isinstance(item, Undecided)
        else _result(item, numbers[item.rule])
        for item in kept
    )
    return stream({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, results)


def _importance(item: Finding | Undecided) -> tuple[bool, bool, int]:
    if isinstance(item, Undecided):
        return (True, False, item.severity.rank)
    return (False, item.suppressed is not None, item.severity.rank)


def _rules(items: Iterable[Finding]) -> list[dict[str, Any]]:
    by_id: dict[str, list[Finding]] = {}
    for item in items:
        by_id.setdefault(item.rule, []).append(item)
    return [_rule(by_id[name]) for name in sorted(by_id)]


def _rule(findings: list[Finding]) -> dict[str, Any]:
    first = findings[0]
    remedies = dict.fromkeys(finding.remediation for finding in findings)
    references = dict.fromkeys(url for finding in findings for url in finding.references)
    # A fix that names the place differs from result to result; there it is part of the message.
    advice = [f"Fix: {text}" for text in remedies] if len(remedies) == 1 else []
    text = [first.title, *advice, *references]
    markdown = [_markdown(first.title), *map(_markdown, advice)]
    markdown += [f"- <{url}>" for url in references]
    return {
        "id": first.rule,
        "name": _pascal(first.rule),
        "shortDescription": {"text": first.title or first.rule},
        "fullDescription": {"text": ". ".join([first.title, *advice]) or first.rule},
        "help": {"text": "\n\n".join(text) or first.rule, "markdown": "\n\n".join(markdown)},
        "defaultConfiguration": {"level": _LEVELS[first.severity]},
        "properties": {
            "tags": ["security", "appsync", "authorization", first.category],
            "problem.severity": _GITHUB_SEVERITIES[first.severity],
            "security-severity": _SECURITY_SEVERITIES[first.severity],
        },
    } | ({"helpUri": next(iter(references))} if references else {})


def _question(item: Undecided, rule_number: int) -> dict[str, Any]:
    """Return one result for the question; the places of the rules that wait are related to it."""
    places = {str(one.location): one for one in reversed(item.rules)}
    others = [_location(one) for one in list(reversed(places.values()))[1:_MOST_PLACES]]
    result: dict[str, Any] = {
        "ruleId": _UNDECIDED,
        "ruleIndex": rule_number,
        "kind": "open",
        "level": "none",  # a result that is not of kind `fail` has no level (3.27.10)
        "message": {"text": question_words(item)},
        "locations": [_location(item.rules[0])],
        "properties": {
            "would_decide": item.would_decide,
            "rules": list(dict.fromkeys(one.rule for one in item.rules)),
        },
    }
    return result | ({"relatedLocations": others} if others else {})


def _result(item: Finding, rule_number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": rule_number,
        "kind": "fail",
        "level": _LEVELS[item.severity],
        "message": {"text": finding_words(item)},
        "locations": [_location(item)],
        "partialFingerprints": {"cdkAppsyncGuard/v2": item.fingerprint},
        "properties": {
            "remediation": item.remediation,
            "api": item.api,
            "coordinate": item.coordinate,
            "scenario": item.scenario,
        },
    }
    if item.consequences:
        result["relatedLocations"] = [
            {**_location(one), "message": {"text": f"{one.message} [{one.rule}]"}}
            for one in item.consequences
        ]
    if item.suppressed:
        result["suppressions"] = [_suppression(item.suppressed)]
    return result


def _suppression(suppressed: Suppression) -> dict[str, str]:
    kind = "inSource" if suppressed.by in {"metadata", "sdl", "cdk"} else "external"
    return {"kind": kind, "status": "accepted", "justification": suppressed.reason}


def _location(item: Finding | Waiting) -> dict[str, Any]:
    place = item.location
    excerpt = item.excerpt if isinstance(item, Finding) else None
    location: dict[str, Any] = {"physicalLocation": _physical(place, excerpt)}
    names = (
        (item.coordinate, "member"),
        (place.construct_path, "module"),
        (place.logical_id, "resource"),
    )
    logical = [{"fullyQualifiedName": name, "kind": kind} for name, kind in names if name]
    return location | ({"logicalLocations": logical} if logical else {})


def _physical(place: Location, excerpt: Excerpt | None = None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line is not None:
        physical["region"] = {"startLine": place.line, "endLine": place.line}
        if place.column is not None:
            end = place.column + (len(word_at(excerpt)) if excerpt else 1)
            physical["region"] |= {"startColumn": place.column, "endColumn": end}
    return physical


def _uri(file: str) -> str:
    """Return the file as a relative URI, or a ``file:`` one if its path is absolute."""
    path = file.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    encoded = quote(path.encode("utf-8", "backslashreplace"), safe="/")
    if _DRIVE.match(path):
        return "file:///" + encoded
    return "file://" + encoded if path.startswith("/") else encoded


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    notes = [_notification(problem) for problem in report.problems]
    if left_out:
        text = f"{left_out} results were left out: a run may have {MOST_RESULTS}"
        notes.append({"level": "warning", "message": {"text": text}})
    for notice in report.notices:
        where = [{"physicalLocation": _physical(notice.location)}] if notice.location else []
        notes.append({"level": "note", "message": {"text": notice.message}, "locations": where})
    return {"executionSuccessful": not report.problems, "toolExecutionNotifications": notes}


def _notification(problem: GuardError) -> dict[str, Any]:
    where = [{"physicalLocation": _physical(problem.location)}] if problem.location else []
    return {"level": "error", "message": {"text": problem_words(problem)}, "locations": where}


def _markdown(text: str) -> str:
    """Escape what markdown would take for markup, but not within code."""
    return _MARKUP.sub(lambda found: found[0] if found[0][0] == "`" else "\\" + found[0], text)


def _pascal(rule: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in rule.split("-"))


_UNDECIDED = "undecided"
_MOST_PLACES = 100
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_SEVERITIES = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
# What GitHub calls high, medium and low: it sorts by this number.
# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
_SECURITY_SEVERITIES = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.INFO: "2.0"}
_UNDECIDED_RULE: dict[str, Any] = {
    "id": _UNDECIDED,
    "name": "Undecided",
    "shortDescription": {"text": "The input does not answer a question that rules ask"},
    "help": {"text": "Provide what the message names, and scan again."},
    "defaultConfiguration": {"level": "none"},
    "properties": {"tags": ["appsync", "authorization"]},
}
_DRIVE = re.compile("[A-Za-z]:/")
_MARKUP = re.compile(r"`[^`]+`|[\\*\[\]<>]")
