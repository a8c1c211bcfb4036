"""The ids by which cfn-lint knows our rules: ``E9-<rule>``, ``W9-<rule>`` and ``I9-<rule>``.

cfn-lint tells a rule's severity by the first letter of its id, and leaves the numbers from 9000 on
to rules that are not its own.
"""

from __future__ import annotations

from cdk_appsync_guard.report import Severity

__all__ = ["COPY", "FAILED", "UNDECIDED", "custom_id", "lint_id"]

_LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "I"}

FAILED = "E9-cdk-appsync-guard"
"""What could not be judged; this rule also carries the configuration of all."""
UNDECIDED = "I9-cdk-appsync-guard-undecided"
COPY = "I9-cdk-appsync-guard-copy"
"""What cannot be judged in an editor that has a copy of the template linted in another folder."""


def lint_id(severity: Severity, rule: str) -> str:
    """Return cfn-lint's id of a built-in rule."""
    return f"{_LETTERS[severity]}9-{rule}"


def custom_id(severity: Severity) -> str:
    """Return cfn-lint's id of what the rules of a user's own folders find."""
    return lint_id(severity, "your-own-rule")
