"""Templates written by others: what the scan says of them changes only on purpose.

They lie beside the checkout where they lie at all; only hashes of their names and numbers are kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

import pytest

from cdk_appsync_guard.scan import ScanOptions, scan

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the checkout")


def test_findings_per_case(
    golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS)

    cases = {
        sha256(case.name.encode()).hexdigest()[:12]: said_of(case.name)
        for case in sorted(CORPUS.iterdir())
        if case.is_dir()
    }

    golden("corpus.json", json.dumps(cases, indent=1, sort_keys=True) + "\n")


def said_of(case: str) -> dict[str, object]:
    report = scan([case], ScanOptions(now=NOW, select=("all",)))
    return {
        "apis": len(report.apis),
        "findings": Counter(one.rule for one in report.findings),
        "undecided": Counter(one.rule for one in report.undecided),
        "problems": len(report.problems),
    }
