"""The sample stacks keep what they promise: an insecure one, and its twin put right."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from cdk_appsync_guard.findings import Severity
from cdk_appsync_guard.scan import ScanOptions, scan

SAMPLES = Path(__file__).parents[1] / "sample_stacks"
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def rules_of(file: str) -> set[str]:
    report = scan([str(SAMPLES / file)], ScanOptions(now=NOW))
    assert report.problems == ()
    return {one.rule for one in report.findings if one.severity is not Severity.INFO}


@pytest.mark.parametrize("sample", ["blog"])
def test_the_secure_twin_has_nothing_to_mend(sample: str) -> None:
    assert rules_of(f"{sample}/secure.yaml") == set()


def test_the_insecure_blog_makes_the_mistakes_that_people_make() -> None:
    assert rules_of("blog/insecure.yaml") == {
        "api-key-default-beside-user-pool",
        "api-key-expired",
        "aws-auth-ignored",
        "denied-field-nulls-parent",
        "log-level-none",
        "log-role-of-another-service",
        "nested-type-blocks-mode",
        "payload-closed-to-publisher",
        "provider-reaches-no-field",
        "subscribe-to-unknown-mutation",
        "unknown-directive",
    }
