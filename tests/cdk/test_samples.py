"""Each sample is synthesized for real; what lies beside it is what comes out.

``pytest --update-golden`` writes it anew.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

from synthesis import scanned, synthesize

pytestmark = pytest.mark.slow


SAMPLES = Path(__file__).parents[2] / "sample_stacks"
APPS = sorted(file.parent.relative_to(SAMPLES).as_posix() for file in SAMPLES.glob("*/*/app.py"))


@pytest.mark.parametrize("sample", APPS)
def test_the_assembly_beside_a_sample_is_what_it_synthesizes(
    sample: str, request: pytest.FixtureRequest
) -> None:
    folder = SAMPLES / sample
    app = runpy.run_path(str(folder / "app.py"), run_name="sample")["app"]

    synthesis = synthesize(app)

    fresh = {name: _written(data) for name, data in _assembly(Path(app.outdir))}
    stored = folder / "cdk.out"
    if request.config.getoption("--update-golden"):
        stored.mkdir(exist_ok=True)
        for name, text in fresh.items():
            (stored / name).write_text(text, "utf-8", newline="\n")
    assert {file.name: file.read_text("utf-8") for file in stored.iterdir()} == fresh
    assert synthesis.failed is (folder.name == "insecure")
    assert synthesis.rules == {(one.rule, one.construct) for one in scanned(app)}


def _assembly(folder: Path) -> list[tuple[str, Any]]:
    """Return what a scan reads of an assembly, without what each release of CDK writes anew."""
    manifest = _read(folder / "manifest.json")
    kept = [("manifest.json", {"version": "36.0.0", "artifacts": dict(_stacks(folder, manifest))})]
    kept += [(file.name, _template(_read(file))) for file in folder.glob("*.template.json")]
    for file in folder.glob("*.assets.json"):
        sources = {key: entry["source"] for key, entry in _read(file)["files"].items()}
        nested = {
            key: {"source": source}
            for key, source in sources.items()
            if ".nested." in source["path"]
        }
        kept += [(file.name, {"files": nested})] if nested else []
    return kept


def _stacks(folder: Path, manifest: Any) -> list[tuple[str, Any]]:
    stacks = []
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        metadata = artifact.get("metadata") or _read(folder / artifact["additionalMetadataFile"])
        paths = {
            path: [entry]
            for path, entries in metadata.items()
            for entry in entries
            if entry["type"] == "aws:cdk:logicalId" and "ootstrapVersion" not in path
        }
        properties = {"templateFile": artifact["properties"]["templateFile"]}
        stack = {"properties": properties, "displayName": artifact["displayName"]}
        stack |= {key: artifact[key] for key in ("type", "environment")}
        stacks.append((name, {**stack, "metadata": paths}))
    return stacks


def _template(template: Any) -> Any:
    template.pop("Rules", None)
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    return {key: value for key, value in template.items() if value}


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def _written(data: Any) -> str:
    return json.dumps(data, indent=1) + "\n"
