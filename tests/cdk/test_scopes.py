from __future__ import annotations

import pytest

scopes = pytest.importorskip("cdk_appsync_guard.cdk.scopes", exc_type=ImportError)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("templates", "folders"),
    [
        (["out/A.template.json", "out/B.template.json"], ["out"]),
        (["out/A.template.json", "out/assembly-Prod/B.template.json"], ["out"]),
        (["out/assembly-B/x.json", "out/assembly-A/x.json"], ["out/assembly-A", "out/assembly-B"]),
        (["out/assembly-A/x.json", "out/assembly-A/assembly-A-B/x.json"], ["out/assembly-A"]),
        (["A.template.json"], ["."]),
        ([], []),
    ],
)
def test_folders_within_others_are_read_with_them(templates: list[str], folders: list[str]) -> None:
    assert scopes.outermost(templates) == folders
