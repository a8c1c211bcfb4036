"""Report → the sentences that formats with one text per item share: SARIF, GitHub, JUnit, GitLab.

Plain text that nothing is escaped in: each format does that its own way.
"""

from __future__ import annotations

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Finding, Undecided
from cdk_appsync_guard.reporters.text import symptom_subject, symptom_words

__all__ = ["finding_words", "forward", "headline", "problem_words", "question_words"]


def headline(finding: Finding) -> str:
    """Return what is wrong, and when, without the fix."""
    return finding.message + (f", when {finding.scenario}" if finding.scenario else "")


def finding_words(finding: Finding) -> str:
    """Return what is wrong, what the client sees of it, and the fix, each on its line."""
    words = headline(finding)
    if finding.symptom:
        words += f"\n{symptom_subject(finding.symptom)} sees: {symptom_words(finding.symptom)[1]}"
    return f"{words}\nFix: {finding.remediation}" if finding.remediation else words


def question_words(question: Undecided) -> str:
    """Return what stays undecided, and what would decide it."""
    return f"undecided: {question.reason}: give {question.would_decide}"


def problem_words(problem: GuardError) -> str:
    """Return why an input could not be judged, and what helps."""
    return f"{problem.message}: {problem.help}" if problem.help else problem.message


def forward(file: str) -> str:
    """Return the path as services compare it with those of a repository."""
    path = file.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path
