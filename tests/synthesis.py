"""Apps for the CDK tests, and what CDK's own validation report says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from cdk_appsync_guard.engine.scan import scan

# One error at the schema (a nested type that readers may not read), and warnings at the API.
BLOCKED = """
type Query { post: Post @aws_cognito_user_pools @aws_api_key }
type Post @aws_api_key { id: ID! author: Author }
type Author { name: String }
"""
SOUND = "type Query { post: String }"


class Said(NamedTuple):
    """A violation of CDK's report, per construct."""

    rule: str
    severity: str
    construct: str
    words: str


class Synthesis(NamedTuple):
    """What came of `app.synth()`."""

    failed: bool
    said: list[Said]
    acknowledged: list[Said]

    @property
    def rules(self) -> set[tuple[str, str]]:
        return {(one.rule, one.construct) for one in self.said}


def app_at(folder: Path, **context: Any) -> cdk.App:
    return cdk.App(outdir=str(folder / "cdk.out"), context=context, analytics_reporting=False)


def blog(scope: Construct, name: str = "Api", schema: str = BLOCKED) -> Construct:
    """Add an API with a public key and a user pool, from L1 constructs below one of that name."""
    within = Construct(scope, name)
    pool = cognito.CfnUserPool(within, "Pool")
    api = appsync.CfnGraphQLApi(
        within,
        "Api",
        name="blog",
        authentication_type="API_KEY",
        additional_authentication_providers=[
            {
                "authenticationType": "AMAZON_COGNITO_USER_POOLS",
                "userPoolConfig": {"userPoolId": pool.ref, "awsRegion": cdk.Aws.REGION},
            }
        ],
    )
    appsync.CfnGraphQLSchema(within, "Schema", api_id=api.attr_api_id, definition=schema)
    return within


def synthesize(app: cdk.App) -> Synthesis:
    """Synthesize, whether a validation plugin is content or not."""
    failed = False
    try:
        app.synth(force=True)
    except RuntimeError as error:
        failed = True
        if "ValidationFailed" not in str(error):
            raise
    file = Path(app.outdir, "validation-report.json")
    reports = json.loads(file.read_text("utf-8"))["pluginReports"] if file.exists() else []
    reports = [report for report in reports if report["pluginName"] == "AppSyncGuard"]
    return Synthesis(
        failed,
        [one for report in reports for one in _said(report["violations"])],
        [one for report in reports for one in _said(report.get("suppressedViolations", []))],
    )


def _said(violations: list[dict[str, Any]]) -> list[Said]:
    return [
        Said(
            violation["ruleName"],
            violation["severity"],
            construct["constructPath"],
            violation["description"].partition("\n")[0],
        )
        for violation in violations
        for construct in violation["violatingConstructs"]
    ]


def scanned(app: cdk.App) -> set[Said]:
    """Return what `scan` says of the app's `cdk.out`, in the words of CDK's report."""
    report = scan([app.outdir])
    assert report.problems == ()
    found = {
        Said(
            one.rule,
            "warning" if one.severity.value == "error" else one.severity.value,
            one.location.construct_path or "",
            one.message + (f" (when {one.scenario})" if one.scenario else ""),
        )
        for one in report.active
    }
    asked = {
        Said(
            "undecided",
            "info",
            rule.location.construct_path or "",
            f"cannot be decided: {one.reason}",
        )
        for one in report.undecided
        for rule in one.rules
    }
    return found | asked
