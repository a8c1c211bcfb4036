"""The hook for users, run by pre-commit itself in a repository of theirs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("pre_commit")

from pre_commit.clientlib import load_manifest

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_stacks" / "blog"


@pytest.fixture
def hook() -> dict[str, Any]:
    [hook] = load_manifest(ROOT / ".pre-commit-hooks.yaml")
    return dict(hook)


def test_the_hook_installs_the_package_and_runs_scan(hook: dict[str, Any]) -> None:
    assert (hook["id"], hook["language"]) == ("cdk-appsync-guard", "python")
    assert hook["entry"].split() == ["cdk-appsync-guard", "scan"]


@pytest.mark.parametrize(
    ("sample", "code", "said"),
    [
        ("insecure.yaml", 1, "nested-type-blocks-mode"),
        ("secure.yaml", 0, "Passed"),
    ],
)
def test_a_commit_of_a_template_is_judged(
    tmp_path: Path,
    environment: dict[str, str],
    hook: dict[str, Any],
    sample: str,
    code: int,
    said: str,
) -> None:
    done = _commit(tmp_path, environment, hook, {"template.yaml": (SAMPLES / sample).read_text()})

    assert (done.returncode, said in done.stdout) == (code, True), done.stdout


def test_a_commit_without_templates_is_not(
    tmp_path: Path, environment: dict[str, str], hook: dict[str, Any]
) -> None:
    done = _commit(tmp_path, environment, hook, {"app.py": "print()\n"})

    assert (done.returncode, "no files to check" in done.stdout) == (0, True), done.stdout


def _commit(
    top: Path, environment: dict[str, str], hook: dict[str, Any], files: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run pre-commit; `language: system` takes the program that is there, and installs nothing."""
    git = shutil.which("git") or pytest.skip("there is no git")
    repository = top / "theirs"
    repository.mkdir()
    local = {"repo": "local", "hooks": [{**hook, "language": "system"}]}
    config = yaml.safe_dump({"repos": [local]})
    for name, text in {**files, ".pre-commit-config.cfg": config}.items():
        (repository / name).write_text(text)
    run = [sys.executable, "-m", "pre_commit", "run", "-c", ".pre-commit-config.cfg"]
    with_home = environment | {
        "PRE_COMMIT_HOME": str(top / "store"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for command in ([git, "init", "-q"], [git, "add", "."]):
        subprocess.run(command, cwd=repository, check=True)  # noqa: S603 - git
    return subprocess.run(  # noqa: S603 - pre-commit
        run, cwd=repository, env=with_home, capture_output=True, text=True, check=False
    )
