from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from team import SDL, team

from cdk_appsync_guard.cli.main import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "old.yaml").write_text(team())
    (tmp_path / "new.yaml").write_text(
        team(SDL.replace("secret: String @aws_iam", "secret: String"))
    )
    (tmp_path / "nothing.yaml").write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["old.yaml"], 0),
        (["old.yaml", "--caller", "Editors", "--field", "get*"], 0),
        (["old.yaml", "--caller", "Edtors"], 2),
        (["old.yaml", "--field", "noField"], 2),
        (["old.yaml", "--type", "NoType"], 2),
        ([], 2),
        (["nothing.yaml"], 2),
        (["old.yaml", "--diff", "old.yaml", "new.yaml"], 2),
        (["old.yaml", "-o", "no/such/folder"], 2),
        (["--diff", "old.yaml", "new.yaml"], 0),
        (["--diff", "old.yaml", "new.yaml", "--fail-on", "gain"], 1),
        (["--diff", "old.yaml", "new.yaml", "--fail-on", "any"], 1),
        (["--diff", "old.yaml", "new.yaml", "--fail-on", "lose"], 0),
        (["--diff", "new.yaml", "old.yaml", "--fail-on", "lose"], 1),
        (["--diff", "old.yaml", "old.yaml", "--fail-on", "any"], 0),
    ],
)
def test_exit_code(arguments: list[str], code: int) -> None:
    assert main(["matrix", *arguments]) == code


def test_csv_has_a_row_per_cell(capsys: pytest.CaptureFixture[str]) -> None:
    main(["matrix", "old.yaml", "--format", "csv", "--caller", "API_KEY"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    assert rows[0] == {
        "api": "Blog",
        "coordinate": "Query.getPost",
        "caller": "API_KEY",
        "mode": "API_KEY",
        "verdict": "partly",
        "reason": "`getPost.secret` is denied",
        "blocked": "Post.secret",
    }
    assert len(rows) == 6


def test_json_and_csv_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["matrix", "old.yaml", "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    main(["matrix", "old.yaml", "--format", "json"])

    assert json.loads(capsys.readouterr().out) == {"version": 1, "rows": rows, "undecided": []}


def test_diff_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["matrix", "--diff", "old.yaml", "new.yaml", "--format", "json"])

    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "changes": [
            {
                "api": "Blog",
                "coordinate": "Post.secret",
                "caller": "API_KEY",
                "mode": "API_KEY",
                "change": "gains",
                "before": "denied",
                "after": "allowed",
                "reason": "its directives, or those of its type, leave the mode out",
            }
        ],
    }


def test_output_goes_to_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["matrix", "old.yaml", "-o", "matrix.txt"])

    assert capsys.readouterr().out == ""
    assert (here / "matrix.txt").read_text().startswith("API Blog\n")


def test_diff_of_the_same_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    main(["matrix", "--diff", "old.yaml", "old.yaml"])

    assert capsys.readouterr().out == "no caller's access changes\n"


def test_apis_of_several_apps_are_told_apart_by_their_place(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side in ("a", "b"):
        for app in ("x", "y"):
            (here / side / app).mkdir(parents=True)
            (here / side / app / "api.yaml").write_text(team())
    main(["matrix", "a", "--format", "json", "--field", "drafts", "--caller", "iam"])
    rows = json.loads(capsys.readouterr().out)["rows"]

    assert {row["api"] for row in rows} == {"x/api.yaml: Blog", "y/api.yaml: Blog"}
    assert main(["matrix", "--diff", "a", "b", "--fail-on", "any"]) == 0
