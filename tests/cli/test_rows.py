"""``--format jsonl`` and ``--format parquet``: the rows of an organization, queried."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine.rows import COLUMNS

SAMPLES = Path(__file__).parents[2] / "sample_stacks"
SCHEMA = json.loads(files("cdk_appsync_guard.reporters").joinpath("rows.schema.json").read_text())
NOW = ("--now", "2026-06-01")


@pytest.fixture
def organization(tmp_path: Path) -> Path:
    """Return a folder with a stack in each of two accounts."""
    stacks = {
        "111122223333/eu-west-1/blog.yaml": "blog/insecure.yaml",
        "444455556666/us-east-1/chat.json": "chat/insecure/cdk.out/Chat.template.json",
    }
    for name, sample in stacks.items():
        file = tmp_path / "organization" / name
        file.parent.mkdir(parents=True)
        file.write_bytes((SAMPLES / sample).read_bytes())
    return tmp_path / "organization"


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("command", ["scan", "matrix"])
def test_every_line_is_as_the_schema_says(
    command: str, organization: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    main([command, str(organization), "--format", "jsonl", *NOW])
    rows = _rows(capsys.readouterr().out)
    checker = jsonschema.Draft202012Validator(SCHEMA)

    assert [error.message for row in rows for error in checker.iter_errors(row)] == []
    assert len({row["key"] for row in rows}) == len(rows) > 0
    assert tuple(SCHEMA["properties"]) == COLUMNS


def test_a_query_joins_findings_and_cells(organization: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    folder = organization.parent
    main(["scan", str(organization), "--format", "parquet", "-o", f"{folder}/f.parquet", *NOW])
    main(["matrix", str(organization), "--format", "parquet", "-o", f"{folder}/c.parquet", *NOW])
    found = duckdb.execute(
        """
        SELECT account, count(*) FILTER (kind = 'finding' AND severity = 'error') > 0,
               count(*) FILTER (kind = 'cell' AND caller = 'API_KEY' AND verdict = 'allowed')
        FROM read_parquet([?, ?]) GROUP BY account ORDER BY account
        """,
        [f"{folder}/f.parquet", f"{folder}/c.parquet"],
    ).fetchall()

    assert found == [("111122223333", True, 1), ("444455556666", True, 0)]


def test_both_formats_say_the_same(organization: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = organization.parent
    for kind in ("jsonl", "parquet"):
        main(["scan", str(organization), "--format", kind, "-o", f"{folder}/rows.{kind}", *NOW])
    lines = (folder / "rows.jsonl").read_text()

    assert parquet.read_table(folder / "rows.parquet").to_pylist() == _rows(lines)


def test_a_stack_that_cannot_be_read_does_not_stop_the_others(
    organization: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = organization / "444455556666/us-east-1/broken.json"
    broken.write_text('{"Resources": {"A": {"Type": "AWS::AppSync::GraphQLApi"')
    code = main(["matrix", str(organization), "--format", "jsonl", *NOW])
    rows = _rows(capsys.readouterr().out)

    assert code == 2
    assert [row["stack"] for row in rows if row["kind"] == "problem"] == ["broken"]
    assert {row["stack"] for row in rows} == {"blog", "chat", "broken"}


def test_parquet_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(SAMPLES / "blog/insecure.yaml"), "--format", "parquet"]) == 2
    assert "cannot be printed" in capsys.readouterr().err
