"""The bundle of a wheel holds the same rules as the folder."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import orjson
import pytest

from cdk_appsync_guard.policy.rule import rule_of
from cdk_appsync_guard.policy.rules import built_in_rules

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_bundle_says_what_the_folder_says() -> None:
    pytest.importorskip("hatchling")
    bundle = run_path(str(ROOT / ".hatch" / "bundle_rules.py"))["bundle"]
    written = orjson.loads(bundle(ROOT / "rules"))

    for rule in built_in_rules():
        assert (
            rule_of(written[rule.category][rule.id], category=rule.category, file=rule.file) == rule
        )
    assert sum(map(len, written.values())) == len(built_in_rules())
