"""The sample stacks keep what they promise: insecure ones, and their twins put right."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.report import Report, Severity

SAMPLES = Path(__file__).parents[1] / "sample_stacks"
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
MISTAKES = {
    "blog/insecure.yaml": {
        "api-key-default-beside-user-pool",
        "api-key-expired",
        "aws-auth-ignored",
        "denied-field-nulls-parent",
        "log-level-none",
        "log-role-of-another-service",
        "nested-type-blocks-mode",
        "provider-reaches-no-field",
        "subscribe-to-unknown-mutation",
        "unknown-directive",
    },
    "blog/insecure/cdk.out": {
        "api-key-default-beside-user-pool",
        "api-key-expiry-defaulted",
        "aws-auth-ignored",
        "denied-field-nulls-parent",
        "fields-open-to-nobody",
        "grant-field-missing",
        "grant-without-iam-mode",
        "log-config-missing",
        "nested-type-blocks-mode",
        "subscribe-to-unknown-mutation",
        "unknown-directive",
    },
    "chat/insecure/cdk.out": {
        "client-regex-invalid",
        "issuer-invalid",
        "log-level-none",
        "nested-type-blocks-mode",
        "subscribe-to-unknown-mutation",
        "subscription-type-differs",
    },
    "orders/insecure/cdk.out": {
        "action-misspelt",
        "caller-granted-nothing",
        "event-target-role-not-assumable",
        "grant-in-wrong-case",
        "grant-resource-malformed",
        "identity-pool-role-condition-misspelt",
        "log-config-missing",
    },
    "tenants/insecure/cdk.out": {
        "authorizer-permission-missing",
        "authorizer-ttl-out-of-bounds",
        "grant-on-bare-api-arn",
        "log-role-of-another-service",
        "nested-type-blocks-mode",
        "token-expression-invalid",
    },
    "todo-amplify/insecure/cdk.out": {
        "api-key-expired",
        "aws-auth-ignored",
        "data-source-role-of-another-service",
        "grant-field-missing",
        "identity-pool-forbids-guests",
        "identity-pool-role-wrong-action",
        "log-config-missing",
        "nested-type-blocks-mode",
    },
}


def judged(sample: str) -> Report:
    report = scan([str(SAMPLES / sample)], ScanOptions(now=NOW))
    assert report.problems == ()
    assert report.apis != ()
    return report


def rules_of(sample: str) -> set[str]:
    found = judged(sample).findings
    return {one.rule for one in found if one.severity is not Severity.INFO}


@pytest.mark.parametrize("sample", MISTAKES)
def test_an_insecure_sample_makes_the_mistakes_that_people_make(sample: str) -> None:
    assert rules_of(sample) == MISTAKES[sample]


@pytest.mark.parametrize("sample", [name.replace("insecure", "secure") for name in MISTAKES])
def test_the_secure_twin_has_nothing_to_mend(sample: str) -> None:
    assert rules_of(sample) == set()


@pytest.mark.parametrize("sample", [name for name in MISTAKES if name.endswith("cdk.out")])
def test_every_finding_in_an_app_has_its_construct(sample: str) -> None:
    assert [one for one in judged(sample).findings if not one.location.construct_path] == []
