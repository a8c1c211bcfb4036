"""Baseline file ↔ findings: what was there before the tool came is marked, so that news stand out.

A finding is known by its fingerprint, which does not depend on lines or on the rule's wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.policy.aliases import renamed
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.report import Finding, Notice, Report, Suppression

__all__ = ["apply_baseline", "baseline_of", "read_baseline"]

_VERSION = 2  # in version 1 fingerprints depended on the words of messages
_REASON = "it was there when the baseline was written"
_HELP = "write it again with --write-baseline"


def baseline_of(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the data of a baseline with all findings that nobody suppressed otherwise."""
    entries = {
        finding.fingerprint: {
            "fingerprint": finding.fingerprint,
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
    """Keep a reason that somebody wrote into the baseline by hand."""
    if suppressed is None or suppressed.reason == _REASON:
        return {}
    return {"reason": suppressed.reason}


def read_baseline(text: str, file: str) -> dict[str, str]:
    """Return the fingerprints and the reason of each. Raise ConfigError if it is no baseline."""
    at = Location(file)
    try:
        data: Any = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise ConfigError("the baseline is not JSON", location=at, help=_HELP) from error
    entries = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(entries, list) or data.get("version") != _VERSION:
        raise ConfigError(f"the file is no baseline of version {_VERSION}", location=at, help=_HELP)
    reasons: dict[str, str] = {}
    for entry in entries:
        fingerprint = entry.get("fingerprint") if isinstance(entry, dict) else None
        reason = entry.get("reason", _REASON) if isinstance(entry, dict) else None
        if not isinstance(fingerprint, str) or not isinstance(reason, str):
            raise ConfigError("an entry of the baseline is not one", location=at, help=_HELP)
        reasons[fingerprint] = reason.strip() or _REASON
    return reasons


def apply_baseline(
    report: Report, baseline: Mapping[str, str], rules: Iterable[Rule] = ()
) -> Report:
    """Return the report with the findings of the baseline marked, and notices.

    They tell what is gone, and which of the *rules* it calls by an earlier id.
    """
    aliases = {rule.id: rule.aliases for rule in rules if rule.aliases}
    known_as = [(one, _names(one, aliases, baseline)) for one in report.findings]
    gone = len(baseline.keys() - {name for _, names in known_as for name in names.values()})
    old = {(alias, finding.rule) for finding, names in known_as for alias in names}
    words = "1 finding that is" if gone == 1 else f"{gone} findings that are"
    notice = Notice(f"the baseline has {words} no longer there: {_HELP}")
    notices = [notice] if gone else []
    notices += renamed(((alias, None) for alias, rule in sorted(old) if alias != rule), dict(old))
    return replace(
        report,
        findings=tuple(_mark(one, names, baseline) for one, names in known_as),
        notices=(*report.notices, *notices),
    )


def _names(
    finding: Finding, aliases: Mapping[str, tuple[str, ...]], baseline: Mapping[str, str]
) -> dict[str, str]:
    """Return the ids under which the baseline holds the finding, and the fingerprint of each."""
    names = {name: finding.fingerprint_as(name) for name in aliases.get(finding.rule, ())}
    names[finding.rule] = finding.fingerprint
    return {name: print_ for name, print_ in names.items() if print_ in baseline}


def _mark(finding: Finding, names: Mapping[str, str], baseline: Mapping[str, str]) -> Finding:
    if finding.suppressed is not None or not names:
        return finding
    reason = baseline[names.get(finding.rule) or min(names.values())]
    return replace(finding, suppressed=Suppression("baseline", reason))
