"""The program under its own name, as whoever calls it finds it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NPM = Path(__file__).parent / "npm"
TYPESCRIPT = ROOT / "cdk_appsync_guard" / "cdk" / "typescript"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with `cdk-appsync-guard`, and a `python3` that only notes what it is asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    python = shlex.quote(sys.executable)
    guard = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {python} -m cdk_appsync_guard "$@"'
    scripts = {
        "cdk-appsync-guard": guard,
        "python3": f'printf "%s\\n" "$@" >> {shlex.quote(str(tmp_path / "asked"))}',
    }
    for name, line in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def environment(programs: Path) -> dict[str, str]:
    known = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return known | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The CDK of npm and TypeScript, installed when the first test asks for them."""
    npm = shutil.which("npm") or pytest.skip("there is no npm")
    installed = NPM / "node_modules" / ".package-lock.json"
    if not installed.is_file():
        options = ("--no-audit", "--no-fund", "--no-package-lock")
        done = subprocess.run(  # noqa: S603 - npm
            [npm, "install", *options], cwd=NPM, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"npm cannot install: {done.stderr.strip()}")
    return installed.parent


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory, node_modules: Path) -> Path:
    """A copy of the package for npm, at its place below the license, with its tools beside it."""
    top = tmp_path_factory.mktemp("checkout")
    folder = top / TYPESCRIPT.relative_to(ROOT)
    shutil.copytree(TYPESCRIPT, folder, ignore=shutil.ignore_patterns("lib", "node_modules"))
    shutil.copy(ROOT / "LICENSE", top)
    (folder / "node_modules").symlink_to(node_modules, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def tarball(checkout: Path) -> Path:
    """What `npm pack` makes of it: what a user installs."""
    done = subprocess.run(
        ["npm", "pack", "--silent"],  # noqa: S607 - the one that installed the tools
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return checkout / done.stdout.split()[-1]


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, node_modules: Path, tarball: Path) -> Path:
    """A folder below which apps find the CDK and the installed package."""
    top = tmp_path_factory.mktemp("workspace")
    (top / "node_modules").symlink_to(node_modules, target_is_directory=True)
    installed = top / "apps" / "node_modules" / "cdk-appsync-guard"
    installed.mkdir(parents=True)
    with tarfile.open(tarball) as packed:
        for member in packed.getmembers():
            member.name = member.name.removeprefix("package/")
            packed.extract(member, installed)
    return top / "apps"
