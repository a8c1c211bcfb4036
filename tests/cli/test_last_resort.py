"""Nothing ends as a traceback, and nothing but findings with exit code 1."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.cli import scan as scan_command
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine import workers
from cdk_appsync_guard.errors import InputError

pytestmark = pytest.mark.slow


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there is no shell for it")
PROGRAM = f"{sys.executable} -m cdk_appsync_guard"
TEMPLATE = "Resources: {Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: a, AuthenticationType: API_KEY}}}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent.parent))
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    return tmp_path


def shell(command: str) -> tuple[int, list[str]]:
    done = subprocess.run(  # noqa: S602 - our own program, whose streams only a shell can close
        command, shell=True, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stderr.splitlines()


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("command", ["scan t.yaml", "scan t.yaml --format json", "scan --help"])
@pytest.mark.usefixtures("here")
def test_standard_output_that_is_full(command: str) -> None:
    code, said = shell(f"{PROGRAM} {command} > /dev/full")

    assert code == 2, said
    assert len(said) == 1
    assert said[0].startswith("error: "), said


@POSIX
@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("scan t.yaml >&-", 2, "standard output is closed"),
        ("scan t.yaml --format json -o r.json >&- 2>&-", 0, ""),
        ("scan no.yaml >/dev/null 2>&-", 2, ""),
        ("scan - <&-", 2, "standard input is closed"),
        ("--help >&-", 0, ""),
    ],
)
@pytest.mark.usefixtures("here")
def test_streams_that_are_closed(command: str, code: int, words: str) -> None:
    found, said = shell(f"{PROGRAM} {command}")

    assert found == code, said
    assert words in "\n".join(said)
    assert not any("Traceback" in line for line in said)


@POSIX
def test_a_folder_that_is_gone(here: Path) -> None:
    gone = here / "gone"
    code, said = shell(f"mkdir {gone}; cd {gone}; rmdir {gone}; {PROGRAM} scan {here}/t.yaml")

    assert (code, said[0]) == (2, "error: the current folder no longer exists")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 2, "there is not enough memory"),
        (RecursionError(), 2, "the input is nested too deeply"),
        (
            OSError(28, "No space left on device", "x"),
            2,
            "the operating system rejects `x`: no space left",
        ),
        (KeyError("a secret of the input"), 2, "this is a bug in cdk-appsync-guard: KeyError in "),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
        (SystemExit(1), 0, ""),
    ],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.usefixtures("here")
def test_whatever_is_raised_has_an_exit_code(
    error: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(scan_command, "scan", fail)

    assert main(["scan", "t.yaml"]) == code
    said = capsys.readouterr().err
    assert words in said
    assert "secret" not in said


LONG = "A" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["--operations", LONG],
        ["-o", LONG],
        ["-o", f"{LONG}/x"],
        ["--write-baseline", LONG],
        ["--baseline", LONG],
        ["--config", LONG],
        ["--callers", LONG],
        ["--schema", LONG],
        ["--rules", LONG],
        ["--parameters", LONG],
        ["--operations", f"{LONG}/*.ts"],
        ["--operations", "a\0b"],
        ["-o", "a\0b"],
        [LONG],
    ],
    ids=lambda arguments: arguments[0][:20],
)
@pytest.mark.usefixtures("here")
def test_a_path_that_no_file_can_have(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "t.yaml", *arguments]) == 2
    assert "a bug in cdk-appsync-guard" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[parameters]\na = 0x" + "f" * 9000, "the number is too long"),
        ("[parameters]\na = " + "9" * 9000, "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
        ("select = 0b" + "1" * 99_000, "must be a string"),
    ],
)
def test_numbers_and_lists_that_are_too_much_for_toml(
    text: str, words: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".appsync-guard.toml").write_text(text)

    assert main(["scan", "t.yaml"]) == 2
    assert words in capsys.readouterr().err


def _fall(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@POSIX
def test_a_process_that_is_killed_is_an_error() -> None:
    with pytest.raises(InputError, match="of the scan was killed"):
        list(workers.share_out(_fall, range(4), 2))


def _wait(_: int) -> int:
    time.sleep(60)
    return 0


@POSIX
def test_processes_end_with_the_first_one() -> None:
    before = set(workers.active_children())
    judgements = workers.share_out(_mark_or_wait, range(8), 2)
    assert next(judgements) == 0
    running = set(workers.active_children()) - before
    assert running

    with pytest.raises(KeyboardInterrupt):
        judgements.throw(KeyboardInterrupt())  # type: ignore[attr-defined]  # it is a generator

    assert not any(process.is_alive() for process in running)


def _mark_or_wait(number: int) -> int:
    return _wait(number) if number else 0


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.usefixtures("here")
def test_signals_that_end_programs(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[str] = []

    def wait(*_: Any) -> None:
        try:
            os.kill(os.getpid(), number)
            time.sleep(60)
        finally:
            ended.append("cleanly")

    monkeypatch.setattr(scan_command, "scan", wait)
    before: Callable[..., Any] | int | None = signal.getsignal(number)

    assert main(["scan", "t.yaml"]) == 128 + number
    assert ended == ["cleanly"]
    assert signal.getsignal(number) == before
    assert capsys.readouterr().err == ""


@POSIX
def test_what_lies_in_the_way_is_not_waited_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(here / "pipe")

    for option in (
        "--baseline",
        "--callers",
        "--config",
        "--schema",
        "--parameters",
        "--operations",
    ):
        assert main(["scan", "t.yaml", option, "pipe"]) == 2, option
    assert "not a regular file" in capsys.readouterr().err


@POSIX
def test_a_report_goes_through_no_link_that_somebody_laid(here: Path) -> None:
    (here / "victim").write_text("keep")
    (here / f".r.json.{os.getpid()}.tmp").symlink_to(here / "victim")

    main(["scan", "t.yaml", "--format", "json", "-o", "r.json"])

    assert (here / "victim").read_text() == "keep"
    assert (here / "r.json").is_file()
    assert not (here / "r.json").is_symlink()
