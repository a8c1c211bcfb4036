"""Real clients in a real browser against AppSync as the specification has it: each fault is found.

Needs Chromium and the packages of browser/package.json; without them it is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from diagnosis.browser.scenarios import SCENARIOS, Scenario, api_id, as_json
from diagnosis.browser.server import serve
from diagnosis.planted import RESOLVER, api

from cdk_appsync_guard.cli.main import main

HERE = Path(__file__).parent / "browser"
CLIENTS = Path(os.environ.get("DIAGNOSE_CLIENTS", HERE)) / "node_modules"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(
        not CLIENTS.is_dir(), reason="npm install in tests/diagnosis/browser was not run"
    ),
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js is installed"),
]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder with the HAR of each scenario."""
    folder = tmp_path_factory.mktemp("browser")
    for name in ("page.js", "record.mjs"):
        shutil.copy(HERE / name, folder / name)
    (folder / "node_modules").symlink_to(CLIENTS)
    run(
        folder,
        "node_modules/.bin/esbuild",
        "page.js",
        "--bundle",
        "--format=iife",
        "--outfile=bundle.js",
        "--log-level=error",
    )
    run(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-days",
        "2",
        "-subj",
        "/CN=test",
    )
    (folder / "both.pem").write_text(
        (folder / "key.pem").read_text() + (folder / "cert.pem").read_text()
    )
    scenarios = [as_json(one, number) for number, one in enumerate(SCENARIOS)]
    (folder / "scenarios.json").write_text(json.dumps(scenarios))
    page = (
        f"<!doctype html><meta charset=utf-8><script>{(folder / 'bundle.js').read_text()}</script>"
    )
    apis = {api_id(number): one.api for number, one in enumerate(SCENARIOS)}
    server = serve(apis, page, folder / "both.pem")
    try:
        run(
            folder,
            "node",
            "record.mjs",
            str(CHROMIUM),
            str(server.server_address[1]),
            "scenarios.json",
            ".",
        )
        yield folder
    finally:
        server.shutdown()
        server.server_close()


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(  # noqa: S603 - the test's own tools
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (folder / "said.txt").write_text(done.stdout)


def template_of(scenario: Scenario) -> str:
    sdl = f"type Query {{ getPost(id: ID): Post {scenario.sdl} listPosts: [Post] }} type Subscription {{ onPost: Post }} type Post {{ id: ID! title: String }}"
    text = api(*scenario.api.modes, sdl=sdl, more=RESOLVER if scenario.name == "resolver" else "")
    return text.replace("DefaultAction: ALLOW", f"DefaultAction: {scenario.api.default_action}")


def diagnosed(
    capsys: pytest.CaptureFixture[str], scenario: Scenario, folder: Path, *, with_template: bool
) -> dict[str, Any]:
    arguments = [str(folder / f"{scenario.name}.har")]
    if with_template:
        (folder / "template.yaml").write_text(template_of(scenario))
        arguments += ["--template", str(folder / "template.yaml")]
    code = main(["diagnose", *arguments, "--format", "json"])
    said = capsys.readouterr()
    assert code == 1, said.err or said.out
    found: list[dict[str, Any]] = json.loads(said.out)["diagnoses"]
    assert {one["family"] for one in found} == {scenario.family}, [one["happened"] for one in found]
    return found[0]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_fault_is_found_in_what_the_browser_recorded(
    scenario: Scenario, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = diagnosed(capsys, scenario, recordings, with_template=False)

    assert one["cause"] == scenario.cause, one["happened"]
    assert set(scenario.among) <= set(one["candidates"])
    assert scenario.kind in ("", one["kind"])


@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.with_template], ids=lambda one: one.name
)
def test_the_template_proves_it(
    scenario: Scenario, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = diagnosed(capsys, scenario, recordings, with_template=True)

    assert scenario.with_template is not None
    cause, among = scenario.with_template
    assert one["cause"] == cause, one["happened"]
    assert set(among) <= set(one["candidates"])
