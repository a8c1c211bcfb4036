from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

library = pytest.importorskip("cdk_appsync_guard.cdk.library", exc_type=ImportError)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("release", ["2.271.0", "2.275.0", "2.1000.0", "3.0.0", "2.271.0rc1"])
def test_a_release_from_the_oldest_on_will_do(release: str) -> None:
    assert library.refusal(release) is None


@pytest.mark.parametrize(
    ("release", "beginning"),
    [
        ("2.270.1", "aws-cdk-lib 2.270.1 is too old: cdk_appsync_guard.cdk needs 2.271.0 or newer"),
        ("1.204.0", "aws-cdk-lib 1.204.0 is too old"),
        (None, "aws-cdk-lib is not installed: cdk_appsync_guard.cdk needs 2.271.0 or newer"),
    ],
)
def test_an_older_or_missing_one_gets_one_sentence_with_the_way_out(
    release: str | None, beginning: str
) -> None:
    sentence = library.refusal(release)

    assert sentence.startswith(beginning)
    assert sentence.endswith('run pip install --upgrade "cdk-appsync-guard[cdk]"')


def test_without_node_the_import_says_what_to_install(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "JSII_NODE": "no-such-node"}
    run = subprocess.run(
        [sys.executable, "-c", "import cdk_appsync_guard.cdk"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (
        "ImportError: the AWS CDK needs Node.js, which is not installed: install Node.js"
        in run.stderr
    )
