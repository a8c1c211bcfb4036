"""Templates without AppSync: nothing is found in them, and nothing is open."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan

pytestmark = pytest.mark.slow


FOLDER = Path(__file__).parents[2] / "shared" / "foreign"
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the templates are not here")
def test_nothing_is_found_where_appsync_is_not() -> None:
    report = scan([str(FOLDER)], ScanOptions(now=NOW))

    assert len(report.files) > 100
    assert [(one.rule, str(one.location)) for one in report.findings] == []
    assert [(str(one.location), one.reason) for one in report.undecided] == []
