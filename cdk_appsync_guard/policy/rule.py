"""What a rule is. ``rule_reader`` makes one of the text of a rule.yaml, and checks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.report import Severity, Symptom

__all__ = [
    "CHANNELS",
    "COMPUTED",
    "PLACEHOLDER",
    "Cause",
    "Rule",
    "links_of",
    "rule_of",
    "symptom_of",
]

COMPUTED = "computed"
CHANNELS = {"deploy": "deployment", "merge": "merge"}

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


@dataclass(frozen=True, slots=True)
class Cause:
    """Another rule whose finding explains this rule's: see ``consequences``.

    ``links`` are pairs of this rule's column and the other rule's, which hold the same.
    """

    rule: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is written. ``query`` selects the rows that are wrong; see ``parse_query``.

    ``aliases`` are ids that the rule had before: what people wrote down keeps working. ``settles``
    is what would decide the questions that a finding of the rule settles, see ``consequences``.
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
    consequence_of: tuple[Cause, ...] = ()
    settles: str = ""

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
        consequence_of=tuple(
            Cause(rule, links_of(columns))
            for rule, columns in written.get("consequence_of", {}).items()
        ),
        settles=written.get("settles", "").strip(),
    )


def links_of(columns: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs that ``principal, type_name = blocked_type`` says; ``api`` says none."""
    pairs = (column.partition("=") for column in columns.split(","))
    links = ((own.strip(), (other if equals else own).strip()) for own, equals, other in pairs)
    return tuple(link for link in links if link != ("api", "api"))


def _symptom_of(written: str | dict[str, str]) -> Symptom | None:
    if isinstance(written, str):
        return Symptom(channel=COMPUTED) if written == COMPUTED else None
    status = written["status"]
    error_type, message = (
        text and text.strip() for text in map(written.get, ("error_type", "message"))
    )
    return symptom_of(status, error_type, message)


def symptom_of(status: str, error_type: str | None, message: str | None) -> Symptom:
    """Return the symptom with a status as it is written: a number, ``deploy`` or ``merge``."""
    if status.isdigit():
        return Symptom(int(status), error_type, message)
    return Symptom(None, error_type, message, CHANNELS[status])
