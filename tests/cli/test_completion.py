"""The completion scripts, and what the program answers when they ask it."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from cdk_appsync_guard.cli.main import main

VARIABLE = "_CDK_APPSYNC_GUARD_COMPLETE"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_asks_the_program(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out

    assert f"{VARIABLE}={shell}_complete" in script
    assert "cdk-appsync-guard" in script


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("cdk-appsync-guard ma", ["plain,matrix"]),
        ("cdk-appsync-guard scan --fail", ["plain,--fail-on"]),
        ("cdk-appsync-guard completion f", ["plain,fish"]),
    ],
)
def test_the_program_answers(
    words: str,
    offered: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))

    assert (main([]), capsys.readouterr().out.splitlines()) == (0, offered)


def test_bash_takes_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash") or pytest.skip("there is no bash")
    main(["completion", "bash"])
    script = capsys.readouterr().out + "complete -p cdk-appsync-guard"
    done = subprocess.run(  # noqa: S603 - our own script
        [bash, "--norc", "-ec", script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("complete ")


def test_another_shell_is_refused() -> None:
    assert main(["completion", "tcsh"]) == 2
