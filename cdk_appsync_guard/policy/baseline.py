"""Baseline file ↔ findings: what was there before the tool came is marked, so that news stand out.

A finding is known by its fingerprint, which does not depend on lines or on the rule's wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.policy.aliases import renamed
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.report import Finding, Notice, Report, Suppression

__all__ = ["Entry", "apply_baseline", "baseline_of", "read_baseline"]

_VERSION = 2  # in version 1 fingerprints depended on the words of messages
_REASON = "it was in the scan when the baseline was written"
_HELP = "write it again with --write-baseline"
_FEW = 3


class Entry(NamedTuple):
    """A finding that was there: why it may stay, and what to call it."""

    reason: str
    rule: str = ""
    file: str = ""


def baseline_of(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the data of a baseline with all findings that no one suppressed otherwise."""
    entries = {
        (fingerprint := finding.fingerprint): {
            "fingerprint": fingerprint,
            "rule": finding.rule,
            "file": finding.location.file,
            "message": finding.message,
            **_reason(finding.suppressed),
        }
        for finding in findings
        if finding.suppressed is None or finding.suppressed.by == "baseline"
    }
    ordered = sorted(entries.values(), key=lambda entry: (*list(entry.values())[1:4], *entry))
    return {"version": _VERSION, "findings": ordered}


def _reason(suppressed: Suppression | None) -> dict[str, str]:
    """Keep a reason that someone wrote into the baseline by hand."""
    if suppressed is None or suppressed.reason == _REASON:
        return {}
    return {"reason": suppressed.reason}


def read_baseline(text: str, file: str) -> dict[str, Entry]:
    """Return the entries by fingerprint. Raise ConfigError if it is not a baseline."""
    at = Location(file)
    try:
        data: Any = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise ConfigError("the baseline is not JSON", location=at, help=_HELP) from error
    entries = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(entries, list) or data.get("version") != _VERSION:
        raise ConfigError(
            f"the file is not a baseline of version {_VERSION}", location=at, help=_HELP
        )
    found: dict[str, Entry] = {}
    for entry in entries:
        fingerprint = entry.get("fingerprint") if isinstance(entry, dict) else None
        reason = entry.get("reason", _REASON) if isinstance(entry, dict) else None
        if not isinstance(fingerprint, str) or not isinstance(reason, str):
            raise ConfigError("an entry of the baseline is not valid", location=at, help=_HELP)
        named = (str(entry.get("rule") or ""), str(entry.get("file") or ""))
        found[fingerprint] = Entry(reason.strip() or _REASON, *named)
    return found


def apply_baseline(
    report: Report,
    baseline: Mapping[str, Entry],
    rules: Iterable[Rule] = (),
    applied: Iterable[Rule] | None = None,
) -> Report:
    """Return the report with the findings of the baseline marked, and notices.

    They tell what is gone, as far as its rule is *applied* and its file was read, and which of the
    *rules* the baseline calls by an earlier id.
    """
    if not baseline:
        return report
    rules = tuple(rules)
    aliases = {rule.id: rule.aliases for rule in rules if rule.aliases}
    known_as = [(one, _names(one, aliases, baseline)) for one in report.findings]
    present = {name for _, names in known_as for name in names.values()}
    idle = set() if applied is None else _ids(rules) - _ids(applied)
    gone = [
        entry
        for fingerprint, entry in baseline.items()
        if fingerprint not in present and entry.rule not in idle and _was_read(entry, report)
    ]
    old = {(alias, finding.rule) for finding, names in known_as for alias in names}
    notices = [Notice(_stale(gone))] if gone else []
    notices += renamed(((alias, None) for alias, rule in sorted(old) if alias != rule), dict(old))
    return replace(
        report,
        findings=tuple(_mark(one, names, baseline) for one, names in known_as),
        notices=(*report.notices, *notices),
    )


def _ids(rules: Iterable[Rule]) -> set[str]:
    return {name for rule in rules for name in (rule.id, *rule.aliases)}


def _was_read(entry: Entry, report: Report) -> bool:
    return not entry.file or not report.files or entry.file in report.files


def _stale(gone: Sequence[Entry]) -> str:
    words = "1 finding that is" if len(gone) == 1 else f"{len(gone)} findings that are"
    named = [f"`{one.rule}` in `{one.file}`" for one in gone if one.rule and one.file]
    listed = ", ".join(named[:_FEW]) + (", ..." if len(named) > _FEW else "")
    return f"the baseline has {words} no longer there{listed and f', {listed}'}: {_HELP}"


def _names(
    finding: Finding, aliases: Mapping[str, tuple[str, ...]], baseline: Mapping[str, Entry]
) -> dict[str, str]:
    """Return the ids under which the baseline holds the finding, and the fingerprint of each."""
    names = {name: finding.fingerprint_as(name) for name in aliases.get(finding.rule, ())}
    names[finding.rule] = finding.fingerprint
    return {name: print_ for name, print_ in names.items() if print_ in baseline}


def _mark(finding: Finding, names: Mapping[str, str], baseline: Mapping[str, Entry]) -> Finding:
    if finding.suppressed is not None or not names:
        return finding
    entry = baseline[names.get(finding.rule) or min(names.values())]
    return replace(finding, suppressed=Suppression("baseline", entry.reason))
