"""The program under its own name, as whoever calls it finds it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
