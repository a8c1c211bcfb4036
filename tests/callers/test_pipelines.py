"""The GitHub Action and the GitLab template: their script lines, run as the runners run them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "scan" / "action.yml"
JOB = ROOT / ".gitlab" / "cdk-appsync-guard.yml"
SAMPLES = ROOT / "sample_stacks" / "blog"
RULE = "nested-type-blocks-mode"
SAMPLE = pytest.mark.parametrize(("sample", "code"), [("insecure.yaml", 1), ("secure.yaml", 0)])


def action() -> dict[str, Any]:
    return dict(yaml.safe_load(ACTION.read_text("utf-8")))


def job() -> dict[str, Any]:
    return dict(yaml.safe_load(JOB.read_text("utf-8"))["cdk-appsync-guard"])


@pytest.fixture
def runner(tmp_path: Path, programs: Path, environment: dict[str, str]) -> dict[str, str]:
    """What GitHub's runner sets, with the program where the first step installs it."""
    installed = tmp_path / "cdk-appsync-guard" / "bin"
    installed.mkdir(parents=True)
    shutil.copy(programs / "cdk-appsync-guard", installed)
    shutil.copy(programs / "python3", installed / "python")
    return environment | {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(ACTION.parent)}


@SAMPLE
def test_the_action_annotates_and_writes_sarif(
    tmp_path: Path, runner: dict[str, str], sample: str, code: int
) -> None:
    shutil.copy(SAMPLES / sample, tmp_path / "my template.yaml")
    done = _run_step(1, tmp_path, runner, {"paths": "  my template.yaml\n\n"})
    sarif = json.loads((tmp_path / "cdk-appsync-guard.sarif").read_text("utf-8"))
    found = {one["ruleId"] for one in sarif["runs"][0]["results"]}

    assert (done.returncode, RULE in found) == (code, bool(code)), done.stderr
    assert ("::error" in done.stdout) == bool(code)


def test_inputs_of_the_action_are_words_and_no_code(tmp_path: Path, runner: dict[str, str]) -> None:
    shutil.copy(SAMPLES / "insecure.yaml", tmp_path / "$(touch a).yaml")
    inputs = {"paths": "$(touch a).yaml", "options": "--fail-on\nnever", "sarif": "of $(touch b)"}
    done = _run_step(1, tmp_path, runner, inputs)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "of $(touch b)").is_file()
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()


def test_the_action_installs_what_it_is_part_of(tmp_path: Path, runner: dict[str, str]) -> None:
    done = _run_step(0, tmp_path, runner, {})
    *_, package = (tmp_path / "asked").read_text().splitlines()
    folder, extra = package.split("[")

    assert (done.returncode, extra) == (0, "sam]"), done.stderr
    assert (Path(folder).resolve() / "pyproject.toml").is_file()


@SAMPLE
def test_the_gitlab_job_prints_and_keeps_a_report(
    tmp_path: Path, environment: dict[str, str], sample: str, code: int
) -> None:
    shutil.copy(SAMPLES / sample, tmp_path / "template.yaml")
    script = "\n".join(job()["script"])
    variables = job()["variables"] | {"GUARD_PATHS": "template.yaml template.yaml"}
    done = subprocess.run(  # noqa: S603 - our own lines
        ["sh", "-ec", script],  # noqa: S607
        cwd=tmp_path,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    [kept] = job()["artifacts"]["paths"]
    entries = json.loads((tmp_path / kept).read_text("utf-8"))
    found = {one["check_name"] for one in entries}

    assert (done.returncode, RULE in found, RULE in done.stdout) == (code, *[bool(code)] * 2)
    assert {one["location"]["path"] for one in entries} <= {"template.yaml"}
    assert job()["artifacts"]["reports"] == {"codequality": kept}
    assert job()["artifacts"]["when"] == "always"
    assert (tmp_path / "asked").read_text().split()[-1] == "cdk-appsync-guard[sam]"


def _run_step(
    index: int, folder: Path, runner: dict[str, str], inputs: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a step as `shell: bash` is documented to, its expressions filled in."""
    read = action()
    given = {name: inputs.get(name, one["default"]) for name, one in read["inputs"].items()}
    step = read["runs"]["steps"][index]
    filled = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], value)
        for name, value in step.get("env", {}).items()
    }
    assert "${{" not in step["run"]
    return subprocess.run(  # noqa: S603 - our own lines
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607
        cwd=folder,
        env=runner | filled,
        capture_output=True,
        text=True,
        check=False,
    )
