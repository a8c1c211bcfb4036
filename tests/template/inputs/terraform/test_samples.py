"""A sample stack, and the configuration of Terraform that means the same: the same is said."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hcl import ACCOUNT, REGION, Resources, plan, state
from hcl_samples import SAMPLES, blog_of, chat, tenants

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.engine.scenes import matrix
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.source.read import read_template

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
THERE = Parameters({"Stage": "dev"}, region=REGION, account=ACCOUNT)


def _blog() -> Resources:
    data = read_template("blog", (SAMPLES / "blog/insecure.yaml").read_bytes()).data
    return blog_of(data["Resources"]["BlogSchema"]["Properties"]["Definition"])


CASES = {
    "blog/insecure.yaml": _blog(),
    "chat/insecure/cdk.out": chat("chat/insecure"),
    "tenants/insecure/cdk.out": tenants("tenants/insecure"),
}


def _written(folder: Path, data: dict[str, Any]) -> str:
    file = folder / "plan.json"
    file.write_text(json.dumps(data))
    return str(file)


def _options(sample: str) -> ScanOptions:
    given = THERE if sample.startswith("blog") else Parameters(region=REGION, account=ACCOUNT)
    return ScanOptions(now=NOW, parameters=given)


def _said(report: Report) -> list[tuple[str, str]]:
    return sorted((one.rule, one.coordinate or "") for one in report.findings)


def _cells(one: Matrix, *kinds: str) -> list[list[str]]:
    columns = zip(one.callers, one.columns, strict=True)
    return [[str(cell) for cell in cells] for caller, cells in columns if caller.kind in kinds]


@pytest.mark.parametrize("sample", CASES)
def test_a_state_is_judged_as_the_template_is(sample: str, tmp_path: Path) -> None:
    path, file = str(SAMPLES / sample), _written(tmp_path, state(CASES[sample]))

    assert _said(scan([file], ScanOptions(now=NOW))) == _said(scan([path], _options(sample)))

    (wanted,) = matrix(path, nested=True, options=_options(sample))
    (found,) = matrix(file, nested=True, options=ScanOptions(now=NOW))
    everybody = ("mode", "group", "role")

    assert found.coordinates == wanted.coordinates
    assert _cells(found, *everybody) == _cells(wanted, *everybody)


@pytest.mark.parametrize("sample", CASES)
def test_a_plan_leaves_open_what_its_policies_will_say(sample: str, tmp_path: Path) -> None:
    path, file = str(SAMPLES / sample), _written(tmp_path, plan(CASES[sample]))
    options = ScanOptions(now=NOW, region=REGION, account=ACCOUNT)
    (wanted,) = matrix(path, nested=True, options=_options(sample))
    (found,) = matrix(file, nested=True, options=options)
    missed = set(_said(scan([path], _options(sample)))) - set(_said(scan([file], options)))

    assert missed <= {("grant-on-bare-api-arn", "")}
    assert _cells(found, "mode", "group") == _cells(wanted, "mode", "group")
    assert [one.kind for one in found.callers] == [one.kind for one in wanted.callers]
    assert all("only known after the apply" in str(column) for column in _cells(found, "role"))
