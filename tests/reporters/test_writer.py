"""All output goes through one place, so that no reporter can leak what another one hides."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdk_appsync_guard
from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.cli import scan as scan_command
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.cli.output import write_error, write_out
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.reporters.grid import Grid, Look, Row, grid_lines
from cdk_appsync_guard.reporters.matrix_files import matrix_csv
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import safe, text_of

PACKAGE = Path(cdk_appsync_guard.__file__).parent
KEY = "da2-" + "a1" * 13
HOSTILE = f"::warning::pwn \x1b]0;title\x07 {KEY} \u2028##[error]x ##vso[task.x] \x9b31m"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("plain: a::b # c", "plain: a::b # c"),
        ("a\tb\x00\x07\x1b[2J", "a b\\x00\\x07\\x1b[2J"),
        ("a\nb\r\u2028\u202e", "a\\nb\\r\\u2028\\u202e"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("##[group]x and ##vso[a] # ## b", "\\x23#[group]x and \\x23#vso[a] # ## b"),
        (KEY, "da2-" + "*" * 26),
        ("\x1b[1mbold\x1b[0m", "\\x1b[1mbold\\x1b[0m"),
    ],
)
def test_a_line_is_one_line_without_secrets_and_commands(line: str, written: str) -> None:
    assert text_of([line]) == f"{written}\n"


def test_looks_are_kept_and_nothing_else_where_there_is_color() -> None:
    assert safe("\x1b[1;31m::a\x1b[0m \x1b[2J", color=True) == "\x1b[1;31m\\x3a:a\x1b[0m \\x1b[2J"


@pytest.mark.slow
@given(st.lists(st.text()), st.booleans())
def test_what_is_safe_is_left_alone(lines: list[str], color: bool) -> None:
    text = text_of(lines, color=color)

    assert safe(text, color=color) == text
    assert text.count("\n") == len(lines)
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))


def test_a_reporter_that_forgets_cannot_leak(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    careless = f"{HOSTILE}\n"
    monkeypatch.setattr(scan_command, "render_text", lambda *_: careless)
    monkeypatch.setattr(scan_command, "_render_data", lambda *_: (careless,))
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text("Resources: {}")
    main(["scan", "t.yaml", "--format", "text", "-o", "-", "--format", "json", "-o", "a.json"])

    for text in (capsys.readouterr().out, Path("a.json").read_text()):
        assert text.startswith("\\x3a:warning::pwn \\x1b]0;title\\x07 da2-****"), text
        assert "##[" not in text
        assert "##vso[" not in text
        assert text.count("\n") == 1


def test_both_streams_are_safe(capsys: pytest.CaptureFixture[str]) -> None:
    write_out(HOSTILE)
    write_error(HOSTILE)

    for text in capsys.readouterr():
        assert text.isprintable()
        assert KEY not in text


def test_json_stays_json_and_holds_no_command() -> None:
    text = encode({"a": HOSTILE})

    assert json.loads(text)["a"] == HOSTILE.replace(KEY, "da2-" + "*" * 26)
    assert safe(text) == text
    assert text.isascii()


def test_csv_is_one_line_for_each_row_without_control_characters() -> None:
    caller = MatrixCaller(HOSTILE, "mode", "API_KEY")
    matrix = Matrix("::a", ("Query.a",), (caller,), ((Cell("allowed"),),), ("Query",))
    lines = matrix_csv([matrix]).split("\n")

    assert len(lines) == 3
    assert all(line.isprintable() and not line.startswith("::") for line in lines)


def test_a_line_that_is_broken_where_a_command_begins_is_no_command() -> None:
    group = "E" + "w" * 50 + " ::warning::pwn"
    look = Look("yes", "+", "green", "yes")
    grid = Grid([Row("Query", "a", 0)], [("group", group)] * 2, [group] * 2, [[look]] * 2)

    lines = text_of(grid_lines(grid, Style(width=40))).split("\n")

    assert any("warning" in line for line in lines)
    assert not any(line.lstrip().startswith("::") for line in lines)


@pytest.mark.slow
def test_nothing_is_printed_or_masked_elsewhere() -> None:
    wrong = []
    for file in PACKAGE.rglob("*.py"):
        name = file.relative_to(PACKAGE).as_posix()
        called = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        }
        printing = called & {"print", "click.echo", "click.secho"}
        if printing and name not in ("cli/output.py", "cli/main.py"):
            wrong.append(f"{name} prints")
        # An excerpt is cut out of its line, and half a secret can no longer be told.
        if "redact" in called and name not in (
            "reporters/writer.py",
            "report.py",
            "deployed/folder.py",  # code keeps its tabs: nobody shows it, a program reads it
            "diagnosis/open_file.py",  # the same goes for what a capture says: it is cut to be shown
            "diagnosis/words.py",
        ):
            wrong.append(f"{name} masks")

    assert wrong == []
