from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cdk_appsync_guard.cli.output import show_error, style_for, write_out
from cdk_appsync_guard.errors import ConfigError, InputError, Location
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.settings.files import check_writable, write_file


@pytest.mark.parametrize(
    ("color", "environment", "painted"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_and_for_those_who_ask(
    color: str, environment: dict[str, str], painted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert style_for(color) == Style(painted, 80)


def test_error_is_shown_with_place_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    error = InputError("`\x1b[31m` is bad", location=Location("a\nb", 1, 2), help="da2-" + "a" * 26)
    show_error(error, Style())

    assert capsys.readouterr().err == (
        "error: `\\x1b[31m` is bad\n  --> a\\nb:1:2\nhelp: da2-" + "*" * 26 + "\n"
    )


def test_output_goes_out_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    write_out("a 日本\n")

    assert capsys.readouterr().out == "a 日本\n"


def test_file_is_replaced_as_a_whole_with_ordinary_rights(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old, and longer than the new one")
    write_file(str(file), "new\n")

    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert file.read_text() == "new\n"
    assert stat.S_IMODE(file.stat().st_mode) & stat.S_IRUSR


def test_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_file(str(tmp_path / "link"), "x")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "x"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file")
def test_device_is_written_not_replaced() -> None:
    write_file("/dev/null", "x")

    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        check_writable(str(tmp_path / "no" / "x.json"))

    assert caught.value.help == f"mkdir -p {tmp_path}/no"
