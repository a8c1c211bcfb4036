"""What the credentials cannot read is undecided in every command, and says which permission tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from deployer import Answers, World, error

from cdk_appsync_guard.deployed.assemble import assemble
from cdk_appsync_guard.deployed.folder import files_of, write_folder
from cdk_appsync_guard.deployed.pull import pull, unread_of
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.engine.scenes import find_matrices, survey
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.report import Report

SAMPLES = Path(__file__).parents[2] / "sample_stacks"
OPTIONS = ScanOptions(now=datetime(2026, 6, 1, tzinfo=timezone.utc))
WORLDS = {
    name: World().deploy(SAMPLES / name / "secure/cdk.out", {"KeyExpires": "1790000000"})
    for name in ("tenants", "todo-amplify")
}


def pulled_without(sample: str, folder: Path, *operations: str) -> tuple[str, ...]:
    answers = Answers(WORLDS[sample])
    for one in operations:
        answers.operations[one] = error("AccessDeniedException")
    deployed = pull(answers.session(), ())
    write_folder(str(folder), files_of(assemble(deployed), "json"), force=False)
    return unread_of(deployed)


def reasons(report: Report) -> Iterator[str]:
    for one in report.undecided:
        yield f"{one.reason} {one.would_decide}"


@pytest.mark.parametrize(
    ("sample", "operation", "action"),
    [
        ("todo-amplify", "GetIntrospectionSchema", "appsync:GetIntrospectionSchema"),
        ("todo-amplify", "ListApiKeys", "appsync:ListApiKeys"),
        ("tenants", "ListTypes", "appsync:ListTypes"),
        ("tenants", "ListResolvers", "appsync:ListResolvers"),
        ("tenants", "appsync:ListFunctions", "appsync:ListFunctions"),
        ("tenants", "ListDataSources", "appsync:ListDataSources"),
        ("tenants", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails"),
        ("tenants", "GetPolicy", "lambda:GetPolicy"),
    ],
)
def test_what_cannot_be_read_is_undecided_by_its_permission(
    sample: str, operation: str, action: str, tmp_path: Path
) -> None:
    unread = pulled_without(sample, tmp_path / "deployed", operation)
    report = scan([str(tmp_path / "deployed")], OPTIONS)
    service, _, name = action.partition(":")

    assert unread == (action,)
    assert [one.rule for one in report.findings] == []
    assert any(f"NeedsPermission{service.capitalize()}{name}" in one for one in reasons(report))


def test_without_iam_some_unknown_role_may_call_what_iam_opens(tmp_path: Path) -> None:
    pulled_without("tenants", tmp_path / "deployed", "GetAccountAuthorizationDetails")
    (matrix,) = find_matrices(survey([str(tmp_path / "deployed")], OPTIONS))
    cells = dict(zip(matrix.coordinates, matrix.columns[-1], strict=True))

    assert cells["Query.tenant"].verdict == "undecided"
    assert cells["Query.me"].verdict == "denied"


@pytest.mark.parametrize(
    "operation",
    ["ListDomainNames", "lambda:ListFunctions", "ListStackResources", "DescribeLogGroups"],
)
def test_what_only_adds_to_the_picture_is_named_and_left_out(
    operation: str, tmp_path: Path
) -> None:
    unread = pulled_without("tenants", tmp_path / "deployed", operation)

    assert len(unread) == 1
    assert scan([str(tmp_path / "deployed")], OPTIONS).findings == ()


def test_an_api_that_cannot_be_read_at_all_is_an_error() -> None:
    answers = Answers(WORLDS["tenants"])
    answers.operations["GetGraphqlApi"] = error("AccessDeniedException")

    with pytest.raises(ConfigError, match="do not allow `appsync:GetGraphqlApi`"):
        pull(answers.session(), ["x"])


def test_an_api_that_does_not_exist_is_an_error() -> None:
    answers = Answers(WORLDS["tenants"])
    answers.operations["GetGraphqlApi"] = error("NotFoundException")

    with pytest.raises(ConfigError, match="there is no GraphQL API `x`"):
        pull(answers.session(), ["x"])


@pytest.mark.parametrize(
    "more",
    [
        {"Effect": "Deny", "Principal": "*", "Action": "lambda:*"},
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunction",
            "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}},
        },
    ],
)
def test_a_policy_that_no_template_can_express_leaves_its_function_open(
    more: dict[str, object], tmp_path: Path
) -> None:
    answers = Answers(WORLDS["tenants"])
    answers.operations["GetPolicy"] = lambda given: {
        "Policy": json.dumps(
            {"Statement": [*answers.policy(given["FunctionName"])["Statement"], more]}
        )
    }
    deployed = pull(answers.session(), ())
    write_folder(str(tmp_path / "deployed"), files_of(assemble(deployed), "json"), force=False)
    report = scan([str(tmp_path / "deployed")], OPTIONS)

    assert [one.rule for one in report.findings] == []
    assert any("PolicyOf" in one for one in reasons(report))


def test_an_answer_that_was_denied_asks_for_the_permission(tmp_path: Path) -> None:
    pulled_without("tenants", tmp_path / "deployed", "ListDataSources")
    report = scan([str(tmp_path / "deployed")], OPTIONS)
    asked = [one.would_decide for one in report.undecided]

    assert (
        "a new pull whose credentials have the permission that "
        "NeedsPermissionAppsyncListDataSources names" in asked
    )
