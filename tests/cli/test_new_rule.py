"""``rules new ID`` writes a rule that works, so that its author only changes what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine.scan import ScanOptions, scan

ID = "key-for-everyone"
FILES = ["fail.yaml", "pass.yaml", "rule.yaml", "unknown.yaml"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("arguments", [[], ["--rules", "mine"]])
def test_it_writes_a_folder_whose_fixtures_hold(arguments: list[str]) -> None:
    code = main(["rules", "new", ID, "--category", "providers", *arguments])
    top = arguments[-1] if arguments else "rules"
    folder = Path(top, "providers", ID)
    said = {
        name: scan([str(folder / f"{name}.yaml")], ScanOptions(select=(ID,), rules=(top,)))
        for name in ("fail", "pass", "unknown")
    }

    assert code == 0
    assert sorted(file.name for file in folder.iterdir()) == FILES
    assert [one.rule for one in said["fail"].findings] == [ID]
    assert (
        "# expect: " + ID
        in (folder / "fail.yaml")
        .read_text()
        .splitlines()[(said["fail"].findings[0].location.line or 0) - 1]
    )
    assert said["pass"].findings == said["unknown"].findings == ()
    assert said["pass"].undecided == ()
    assert [rule.rule for one in said["unknown"].undecided for rule in one.rules] == [ID]


@pytest.mark.parametrize(
    "arguments",
    [
        ["new"],
        ["new", "Key_For"],
        ["new", "../key"],
        ["new", "x" * 70],
        ["new", "api-key-expired"],
        ["new", ID, "--rules", "a", "--rules", "b"],
        ["new", ID, "--category", "nonsense"],
        ["api-key-expired", "more"],
    ],
)
def test_what_cannot_be_a_new_rule_is_refused(arguments: list[str]) -> None:
    assert main(["rules", *arguments]) == 2
    assert list(Path.cwd().iterdir()) == []


def test_what_is_there_already_is_left_alone() -> None:
    main(["rules", "new", ID])
    file = Path("rules", "schema", ID, "rule.yaml")
    file.write_text(file.read_text().replace("warning", "info"))

    assert main(["rules", "new", ID]) == 2
    assert "severity: info" in file.read_text()


def test_a_file_in_the_way_is_an_error() -> None:
    Path("rules").write_text("")

    assert main(["rules", "new", ID]) == 2
