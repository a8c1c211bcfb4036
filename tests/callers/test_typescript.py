"""The plugin for CDK apps in TypeScript: built, packed, installed and synthesized by npm's CDK."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TYPESCRIPT = ROOT / "cdk_appsync_guard" / "cdk" / "typescript"
SAMPLES = ROOT / "sample_stacks"

pytestmark = pytest.mark.slow

APP = """\
import { App, CfnParameter, Stack, Stage, Validations, aws_appsync as appsync } from 'aws-cdk-lib';
import { AppSyncGuard } from 'cdk-appsync-guard';
import { Construct } from 'constructs';

const SDL = `
type Query { post: Post @aws_iam @aws_api_key }
type Post @aws_api_key { id: ID! }
`;

function blog(stack: Construct, definition: string): void {
  const api = new appsync.CfnGraphQLApi(stack, 'Api', {
    name: 'blog',
    authenticationType: 'API_KEY',
    additionalAuthenticationProviders: [{ authenticationType: 'AWS_IAM' }],
  });
  new appsync.CfnGraphQLSchema(stack, 'Schema', { apiId: api.attrApiId, definition });
}

const app = new App({ policyValidationBeta1: process.env.BETA ? [new AppSyncGuard()] : [] });
for (const name of ['Beta', 'Prod']) {
  blog(new Construct(new Stack(new Stage(app, name), 'One'), '$(touch ran)'), SDL);
}
const open = new Stack(app, 'Open');
blog(open, new CfnParameter(open, 'Sdl').valueAsString);
if (!process.env.BETA) {
  Validations.of(app).addPlugins(new AppSyncGuard());
}
if (process.env.ACKNOWLEDGE) {
  const at = process.env.ACKNOWLEDGE === 'app' ? app : app.node.findChild('Beta').node.findChild('One');
  Validations.of(at).acknowledge({ id: 'AppSyncGuard::nested-type-blocks-mode', reason: 'known' });
}
"""


def test_it_has_the_version_of_the_python_package() -> None:
    manifest = json.loads((TYPESCRIPT / "package.json").read_text("utf-8"))

    assert f'version = "{manifest["version"]}"\n' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_its_report_version_is_that_of_the_json_report() -> None:
    schema = json.loads(
        (ROOT / "cdk_appsync_guard/reporters/report.schema.json").read_text("utf-8")
    )
    source = (TYPESCRIPT / "src" / "report.ts").read_text("utf-8")

    assert f"VERSION = {schema['properties']['version']['const']};" in source


def test_its_own_tests_and_types_pass(checkout: Path, tarball: Path) -> None:
    assert tarball.is_file()
    for command in (["npm", "run", "--silent", "types"], ["node", "--test"]):
        done = _run(command, checkout, {})

        assert done.returncode == 0, done.stdout + done.stderr


def test_a_user_installs_code_types_license_and_nothing_else(workspace: Path) -> None:
    installed = workspace / "node_modules" / "cdk-appsync-guard"
    files = {file.relative_to(installed).as_posix() for file in installed.rglob("*.*")}

    assert {"LICENSE"} | files >= {"README.md", "package.json", "lib/index.js", "lib/index.d.ts"}
    assert {name for name in files if not name.startswith("lib/")} == {"README.md", "package.json"}
    assert (installed / "LICENSE").is_file()


@pytest.mark.parametrize("beta", ["", "yes"])
def test_an_app_shows_the_findings_of_all_stages_at_their_constructs(
    tmp_path: Path, workspace: Path, environment: dict[str, str], beta: str
) -> None:
    done, report = _synth(workspace, tmp_path, environment | {"BETA": beta})
    errors = _constructs(report["violations"], "nested-type-blocks-mode")

    assert done.returncode == 1, done.stderr
    assert errors == {f"{stage}/One/$(touch ran)/Schema" for stage in ("Beta", "Prod")}
    assert "Open/Schema" in _constructs(report["violations"], "undecided")
    assert "Acknowledge with 'AppSyncGuard::nested-type-blocks-mode'" in done.stderr
    assert not list(tmp_path.rglob("ran"))


@pytest.mark.parametrize(("at", "code", "left"), [("app", 0, 0), ("stack", 1, 1)])
def test_what_the_app_acknowledges_is_kept_by_cdk(
    tmp_path: Path, workspace: Path, environment: dict[str, str], at: str, code: int, left: int
) -> None:
    done, report = _synth(workspace, tmp_path, environment | {"ACKNOWLEDGE": at})
    rule = "nested-type-blocks-mode"

    assert done.returncode == code, done.stderr
    assert len(_constructs(report["violations"], rule)) == left
    assert len(_constructs(report["suppressedViolations"], rule)) == 2 - left


def test_without_the_program_one_line_says_what_to_install(
    tmp_path: Path, workspace: Path, environment: dict[str, str]
) -> None:
    done, _ = _synth(workspace, tmp_path, environment | {"PATH": "/usr/bin/none"})
    [line] = [line for line in done.stderr.splitlines() if "AppSyncGuard" in line]

    assert done.returncode == 1
    assert "Validation plugin 'AppSyncGuard' failed: none of cdk-appsync-guard, uvx, and" in line


def test_it_says_what_the_plugin_in_python_says(
    tmp_path: Path, workspace: Path, environment: dict[str, str]
) -> None:
    pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)
    from cdk_appsync_guard.cdk import AppSyncGuardPlugin

    folder = tmp_path / "templates"
    folder.mkdir()
    for file in (ROOT / "tests" / "faults").glob("d*.yaml"):  # all channels, and what is undecided
        shutil.copy(file, folder)
    templates = [str(file) for file in SAMPLES.glob("*/*/cdk.out/*.template.json")]
    context = SimpleNamespace(
        template_paths=[*templates, str(folder / "One.template.json")],
        app_construct=test_it_says_what_the_plugin_in_python_says,  # any object will do
    )
    script = (
        "const { AppSyncGuard } = require('cdk-appsync-guard');"
        "const templatePaths = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(new AppSyncGuard().validate({ templatePaths })));"
    )
    done = subprocess.run(  # noqa: S603 - our own lines
        ["node", "-e", script],  # noqa: S607 - the one that installed the tools
        cwd=workspace,
        env=environment,
        input=json.dumps(context.template_paths),
        capture_output=True,
        text=True,
        check=True,
    )
    mine = json.loads(done.stdout)
    theirs = AppSyncGuardPlugin().validate(context)

    assert mine["success"] is theirs.success is False
    assert [_plain(one) for one in mine["violations"]] == [
        _from_python(one) for one in theirs.violations
    ]


def _plain(violation: dict[str, Any]) -> dict[str, Any]:
    """Return the violation as Python has it: what is unknown there is empty here."""
    resources = [
        {key: value for key, value in one.items() if value or key == "locations"}
        for one in violation["violatingResources"]
    ]
    return {"ruleMetadata": None, **violation, "violatingResources": resources}


def _from_python(violation: Any) -> dict[str, Any]:
    names = {
        "resourceLogicalId": "resource_logical_id",
        "templatePath": "template_path",
        "constructPath": "construct_path",
    }
    resources = [
        {key: value for key, name in names.items() if (value := getattr(one, name))}
        | {"locations": list(one.locations)}
        for one in violation.violating_resources
    ]
    return {
        "ruleName": violation.rule_name,
        "description": violation.description,
        "fix": violation.fix,
        "severity": violation.severity,
        "ruleMetadata": violation.rule_metadata and dict(violation.rule_metadata),
        "violatingResources": resources,
    }


def _synth(
    workspace: Path, folder: Path, environment: dict[str, str]
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Run the app as its `cdk.json` does, and return what CDK wrote of the plugin."""
    file = workspace / "app.ts"
    file.write_text(APP, "utf-8")
    out = folder / "cdk.out"
    known = {"CDK_OUTDIR": str(out), "CDK_VALIDATION": "false"}
    node = shutil.which("node")
    assert node is not None
    done = _run([node, "--import", "tsx", str(file)], workspace, environment | known)
    assert (out / "validation-report.json").is_file(), done.stderr
    written = json.loads((out / "validation-report.json").read_text("utf-8"))
    reports = [one for one in written["pluginReports"] if one["pluginName"] == "AppSyncGuard"]
    return done, reports[0] if reports else {}


def _constructs(violations: list[dict[str, Any]], rule: str) -> set[str]:
    return {
        construct["constructPath"]
        for violation in violations
        if violation["ruleName"] == rule
        for construct in violation["violatingConstructs"]
    }


def _run(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - node and npm
        command,
        cwd=folder,
        env=environment or None,
        capture_output=True,
        text=True,
        check=False,
    )
