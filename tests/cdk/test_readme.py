"""What README.md shows of a CDK app is what the app says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"```console\n\$ JSII_HOST_STACK_TRACES=1 python (.*)\n((?:.+\n)+?)```")


def test_the_output_of_a_sample_is_shown_as_it_is() -> None:
    shown = SHOWN.search((ROOT / "README.md").read_text("utf-8"))
    assert shown is not None
    # Not as under pytest, where CDK raises the whole report instead of printing it.
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}

    run = subprocess.run(  # noqa: S603 - our own app
        [sys.executable, *shlex.split(shown[1])],
        env={**environment, "JSII_HOST_STACK_TRACES": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    passages = [passage.strip("\n") for passage in shown[2].split("…") if passage.strip()]
    assert [passage for passage in passages if passage not in run.stderr] == []
