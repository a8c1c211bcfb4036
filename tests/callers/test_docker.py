"""The Dockerfile: what its instructions do, without Docker."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / ".github" / "Dockerfile"


def instructions(name: str) -> list[str]:
    lines = DOCKERFILE.read_text("utf-8").splitlines()
    return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]


def test_the_base_is_one_release_of_python() -> None:
    bases = {line.split()[0] for line in instructions("FROM")}

    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases.pop())


def test_it_does_not_run_as_root() -> None:
    last = DOCKERFILE.read_text("utf-8").rpartition("FROM ")[2]

    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001:10001"]
    assert "RUN" not in last


def test_what_it_copies_is_in_its_context() -> None:
    ignored = Path(f"{DOCKERFILE}.dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}

    assert ignored[0] == "*"
    assert allowed == set(_copied())
    assert all((ROOT / name).exists() for name in allowed)


def test_what_it_copies_is_enough_to_build_and_to_scan(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    context = tmp_path / "src"
    context.mkdir()
    for name in _copied():
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, context / name)
    [install] = instructions("RUN")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=context, capture_output=True, check=True)  # noqa: S603 - ours
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "guard")
        programs = [name for name in packed.namelist() if fnmatch(name, "*/entry_points.txt")]
        declared = packed.read(programs[0]).decode()
    program, *rest = re.findall(r'"([^"]+)"', instructions("ENTRYPOINT")[0])
    arguments = re.findall(r'"([^"]+)"', instructions("CMD")[0])
    mounted = tmp_path / "work"
    mounted.mkdir()
    shutil.copy(ROOT / "sample_stacks" / "blog" / "insecure.yaml", mounted)
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "cdk_appsync_guard", *rest, *arguments],
        cwd=mounted,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "guard")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert shlex.split(install)[-1] == ".[sam]"
    assert f"{Path(program).name} = " in declared
    assert (done.returncode, "nested-type-blocks-mode" in done.stdout) == (1, True), done.stderr


def _copied() -> list[str]:
    from_context = [line for line in instructions("COPY") if not line.startswith("--from")]
    return [name for line in from_context for name in line.split()[:-1]]
