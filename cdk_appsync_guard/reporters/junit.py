"""Report → JUnit XML, for services that show tests: a suite per file, a failed case per finding.

The class of a case is the rule, so that services group by it. What stays undecided, or is
suppressed, is skipped; an input that cannot be judged is an error. A file without any of that has
one case that passed, since some services take an empty report for a failure. There is no standard:
https://llg.cubic.org/docs/junit/ lists what Jenkins, GitLab and others read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape as escape_markup

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Finding, Report, Undecided
from cdk_appsync_guard.reporters.words import (
    finding_words,
    forward,
    headline,
    problem_words,
    question_words,
)
from cdk_appsync_guard.reporters.writer import escape, safe, text_of

__all__ = ["render"]


@dataclass(frozen=True, slots=True)
class _Case:
    """One test: its outcome is failure, error, skipped, or empty if it passed."""

    group: str
    name: str
    outcome: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""


def render(report: Report, tool_version: str) -> str:  # noqa: ARG001 - every format is called alike
    """Return the report as ASCII XML, so that any encoding of the output can hold it."""
    suites = _suites(report)
    cases = [case for suite in suites.values() for case in suite]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<testsuites{_attributes(name=_TOOL, **_counts(cases))}>")
    for name, suite in suites.items():
        lines += _suite_lines(name, suite)
    lines.append("</testsuites>")
    return text_of(lines).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _suites(report: Report) -> dict[str, list[_Case]]:
    """Return the cases of each file; a problem without a place belongs to the tool."""
    suites: dict[str, list[_Case]] = {forward(file): [] for file in report.files}
    for problem in report.problems:
        file = problem.location.file if problem.location else _TOOL
        suites.setdefault(forward(file), []).append(_problem(problem))
    for finding in report.findings:
        suites.setdefault(forward(finding.location.file), []).append(_finding(finding))
    for question in report.undecided:
        suites.setdefault(forward(question.location.file), []).append(_question(question))
    passed = [_Case(_TOOL, "nothing found")]
    return {name: _told_apart(cases) or passed for name, cases in suites.items()}


def _told_apart(cases: Sequence[_Case]) -> list[_Case]:
    """Return the cases, numbered where they share a name: services show one of each name."""
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for case in cases:
        seen[case.group, case.name] += 1
        count = seen[case.group, case.name]
        name = case.name if count == 1 else f"{case.name} ({count})"
        named.append(_Case(case.group, name, case.outcome, case.kind, case.message, case.text))
    return named


def _problem(problem: GuardError) -> _Case:
    words = problem_words(problem)
    place = f"{problem.location}\n" if problem.location else ""
    return _Case("input", problem.message, "error", "error", words, place + words)


def _finding(finding: Finding) -> _Case:
    name = headline(finding)
    if finding.suppressed:
        reason = f"suppressed by {finding.suppressed.by}: {finding.suppressed.reason}"
        return _Case(finding.rule, name, "skipped", message=reason)
    text = "\n".join([str(finding.location), finding_words(finding), *finding.references])
    return _Case(finding.rule, name, "failure", finding.severity.value, finding.title, text)


def _question(question: Undecided) -> _Case:
    return _Case("undecided", question.reason, "skipped", message=question_words(question))


def _suite_lines(name: str, cases: Sequence[_Case]) -> Iterator[str]:
    yield f"  <testsuite{_attributes(name=name, **_counts(cases))}>"
    for case in cases:
        head = f"    <testcase{_attributes(classname=case.group, name=case.name)}"
        if case.outcome:
            yield f"{head}>"
            yield from _outcome_lines(case)
            yield "    </testcase>"
        else:
            yield f"{head}/>"
    yield "  </testsuite>"


def _outcome_lines(case: _Case) -> Iterator[str]:
    kind = {"type": case.kind} if case.kind else {}
    head = f"      <{case.outcome}{_attributes(message=case.message, **kind)}"
    if not case.text:
        yield f"{head}/>"
        return
    text = "\n".join(map(_markup, case.text.split("\n")))
    yield from f"{head}>{text}</{case.outcome}>".split("\n")


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    outcomes = Counter(case.outcome for case in cases)
    return {
        "tests": str(len(cases)),
        "failures": str(outcomes["failure"]),
        "errors": str(outcomes["error"]),
        "skipped": str(outcomes["skipped"]),
    }


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{_markup(value)}"' for name, value in values.items())


def _markup(text: str) -> str:
    """Return the text without what XML cannot hold, secrets masked before they are escaped."""
    return escape_markup(safe(escape(text)))


_TOOL = "cdk-appsync-guard"
