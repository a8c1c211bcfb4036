"""What a rule is. ``rule_reader`` makes one of the text of a rule.yaml, and checks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.report import Severity, Symptom

__all__ = ["PLACEHOLDER", "Rule", "rule_of"]

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is written. ``query`` selects the rows that are wrong; see ``parse_query``.

    ``aliases`` are ids that the rule had before: what people wrote down keeps working.
    """

    id: str
    category: str
    title: str
    severity: Severity
    query: str
    message: str
    symptom: Symptom | None
    remediation: str
    references: tuple[str, ...]
    file: str
    aliases: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table that the query filters."""
        return self.query.partition("[")[0].strip()


def rule_of(written: dict[str, Any], *, category: str, file: str) -> Rule:
    """Return the rule of a rule.yaml that is known to be right, every scalar of it a str."""
    return Rule(
        id=written["id"],
        category=category,
        title=written["title"].strip(),
        severity=Severity(written["severity"]),
        query=written["query"].strip(),
        message=written["message"].strip(),
        symptom=_symptom_of(written["symptom"]),
        remediation=written["remediation"].strip(),
        references=tuple(written["references"]),
        file=file,
        aliases=tuple(written.get("aliases", ())),
    )


def _symptom_of(written: str | dict[str, str]) -> Symptom | None:
    if isinstance(written, str):
        return None
    status = written["status"]
    words = [text and text.strip() for text in map(written.get, ("error_type", "message"))]
    return Symptom(int(status) if status.isdigit() else None, *words)
