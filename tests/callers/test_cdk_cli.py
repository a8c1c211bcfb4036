"""What CDK's own command line shows of the findings: `cdk validate`, `cdk lsp`, `cdk explore`.

Both apps write their lines into the assembly: TypeScript because CDK's command line asks for it,
Python only if `JSII_HOST_STACK_TRACES=1` asks, too.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import shlex
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from language_client import LanguageClient

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RULE = "undefined-type"
WORDS = "`Missing` is not defined"
PYTHON = """\
import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from cdk_appsync_guard.cdk import AppSyncGuardPlugin

app = cdk.App()
stack = cdk.Stack(app, "Blog")
appsync.GraphqlApi(
    stack,
    "Api",
    name="blog",
    definition=appsync.Definition.from_file("schema.graphql"),
)
cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin())
app.synth()
"""
TYPESCRIPT = """\
import { App, Stack, Validations, aws_appsync as appsync } from 'aws-cdk-lib';
import { AppSyncGuard } from 'cdk-appsync-guard';

const app = new App();
const stack = new Stack(app, 'Blog');

new appsync.GraphqlApi(stack, 'Api', {
  name: 'blog',
  definition: appsync.Definition.fromFile('schema.graphql'),
});
Validations.of(app).addPlugins(new AppSyncGuard());
"""
LINE = 7


@dataclass(frozen=True)
class App:
    """An app in its folder, and how CDK's command line is called there."""

    folder: Path
    file: Path
    language: str
    cdk: tuple[str, ...]
    environment: dict[str, str]
    validated: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module", params=["python", "typescript"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, workspace: Path
) -> App:
    """An app that was synthesized by `cdk validate`; the other two commands read what that wrote."""
    language: str = request.param
    folder = workspace / language
    folder.mkdir()
    (folder / "schema.graphql").write_text("type Query { post: Missing }\n", "utf-8")
    if language == "python":
        pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)
        file, run = folder / "app.py", f"{shlex.quote(sys.executable)} app.py"
        file.write_text(PYTHON, "utf-8")
    else:
        file, run = folder / "app.ts", "node --import tsx app.ts"
        file.write_text(TYPESCRIPT, "utf-8")
    (folder / "cdk.json").write_text(json.dumps({"app": run}), "utf-8")
    environment = _environment(tmp_path_factory.mktemp("home"))
    cdk = str(workspace.parent / "node_modules" / ".bin" / "cdk")
    validated = subprocess.run(  # noqa: S603 - CDK
        [cdk, "validate", "--unstable=validate", "--no-online", "--no-notices"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return App(folder, file, language, (cdk,), environment, validated)


def _environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing waits for the network."""
    program = home / "cdk-appsync-guard"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cdk_appsync_guard "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "JSII_HOST_STACK_TRACES": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "CDK_VALIDATION": "false",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "us-east-1",
    }


def test_validate_prints_the_finding_at_its_line_and_fails(app: App) -> None:
    said = app.validated.stdout + app.validated.stderr

    assert app.validated.returncode == 1, said
    assert f"{app.file.name}:{LINE}" in said.partition(f"ERROR {WORDS}")[0].splitlines()[-1]
    assert f"Acknowledge with 'AppSyncGuard::{RULE}'" in said


def test_the_language_server_marks_the_line(app: App) -> None:
    with LanguageClient([*app.cdk, "lsp", "--no-notices"], app.folder, app.environment) as client:
        client.open(app.file, app.language)
        said = client.diagnostics(app.file, "AppSyncGuard")
    found = {one["code"]: one for one in said}

    assert found[RULE]["range"]["start"]["line"] == LINE - 1
    assert found[RULE]["severity"] == 1
    assert found[RULE]["message"].startswith(WORDS)
    assert {one["range"]["start"]["line"] for one in said} == {LINE - 1}


def test_the_explorer_lists_the_finding_with_its_line(app: App) -> None:
    command = [*app.cdk, "explore", "--unstable=explore", "--no-notices", "--port", "0"]
    server = subprocess.Popen(  # noqa: S603 - CDK
        command,
        cwd=app.folder,
        env=app.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        violations = _explored(server)
    finally:
        server.kill()
        server.communicate()
    [found] = [one for one in violations if one["ruleName"] == RULE]
    [place] = found["occurrences"]

    assert (found["source"], found["severity"]) == ("AppSyncGuard", "error")
    assert found["description"].startswith(WORDS)
    assert place["constructPath"] == "Blog/Api/Schema"
    assert [one["line"] for one in place["sourceLocations"]] == [LINE]
    assert place["sourceLocations"][0]["file"].endswith(app.file.name)


def _explored(server: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Open the page as a browser does, which brings the cookie, and ask for what the panel shows."""
    assert server.stdout is not None
    for line in server.stdout:
        _, running, address = line.partition("running at ")
        if running:
            break
    page = address.strip()
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    browser.open(page, timeout=60).close()
    source = f"{page.partition('/?')[0]}/api/policy-validation"
    with browser.open(source, timeout=60) as answer:
        violations: list[dict[str, Any]] = json.load(answer)["violations"]
    return violations
