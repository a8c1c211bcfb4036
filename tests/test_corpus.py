"""Templates written by others: what the scan says of them changes only on purpose.

They lie beside the checkout, where they lie at all. Only hashes of them and numbers are kept, so a
case that changed is no longer one that is known.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
GOLDEN = Path(__file__).parent / "golden" / "corpus.json"
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the checkout"),
    pytest.mark.slow,  # and what SAM's translator makes of a template depends on its release
]


def test_findings_per_case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    cases = {key_of(case): case for case in sorted(CORPUS.iterdir()) if case.is_dir()}
    if request.config.getoption("--update-golden"):
        said = {key: said_of(case) for key, case in cases.items()}
        GOLDEN.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", "utf-8")
    known = json.loads(GOLDEN.read_text("utf-8"))

    said = {key: said_of(case) for key, case in cases.items() if key in known}

    assert said == {key: known[key] for key in said}


def key_of(case: Path) -> str:
    digest = sha256()
    for file in sorted(file for file in case.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(case).as_posix()}\0".encode())
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def said_of(case: Path) -> dict[str, object]:
    report = scan([case.name], ScanOptions(now=NOW, select=("all",)))
    return {
        "apis": len(report.apis),
        "findings": Counter(one.rule for one in report.findings),
        "undecided": Counter(rule.rule for one in report.undecided for rule in one.rules),
        "problems": len(report.problems),
    }
