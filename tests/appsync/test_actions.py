from __future__ import annotations

import json
from pathlib import Path

import cfnlint
import pytest

from cdk_appsync_guard.appsync.actions import ACTIONS, DATA_ACTIONS, exists

POLICIES = Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json"


@pytest.mark.slow
def test_the_actions_are_those_that_cfn_lint_knows() -> None:
    services = json.loads(POLICIES.read_text(encoding="utf-8")) if POLICIES.is_file() else {}
    if "appsync" not in services:
        pytest.skip("this release of cfn-lint keeps them elsewhere")
    known = services["appsync"]["Actions"]

    assert {action.lower() for action in ACTIONS} >= set(known)
    assert set(DATA_ACTIONS) <= set(ACTIONS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GraphQL", True),
        ("graphql", True),
        ("Get*", True),
        ("*", True),
        ("CreateApiKeys", False),
        ("Mutation", False),
        ("Mut*", False),
    ],
)
def test_an_action_exists_if_its_wildcards_match_one(name: str, expected: bool) -> None:
    assert exists(name) is expected
