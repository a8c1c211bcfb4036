"""Where in the Python code a construct was made: CDK tells if jsii sends it the Python stack."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

pytestmark = pytest.mark.slow


APP = """\
import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from cdk_appsync_guard.cdk import AppSyncGuard

app = cdk.App()
stack = cdk.Stack(app, "Blog")
appsync.GraphqlApi(
    stack,
    "Api",
    name="blog",
    definition=appsync.Definition.from_file("schema.graphql"),
)
cdk.Aspects.of(app).add(AppSyncGuard())
app.synth()
"""
SCHEMA = "type Query { post: Missing }\n"


def test_the_report_names_the_line_of_python(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "schema.graphql").write_text(SCHEMA, "utf-8")
    # Not as under pytest, where CDK raises the whole report instead of printing it.
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    run = subprocess.run(
        [sys.executable, "app.py"],
        env={**environment, "JSII_HOST_STACK_TRACES": "1", "CDK_OUTDIR": "cdk.out"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    # Node's words and Python's traceback come in either order.
    assert (
        "app.py:7\n"
        "ERROR `Missing` is not defined: `Query.post` names it, so AppSync rejects the schema\n"
    ) in run.stderr
