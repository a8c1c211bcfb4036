"""Put all rules into one JSON file of the wheel: reading 150 YAML files takes a tenth of a scan."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleRules(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own examples have none
    """Adds rules.json beside the folder of rules; an editable install reads the folder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the bundle where the builder picks it up."""
        if version == "editable":
            return
        file = Path(tempfile.mkdtemp(), "rules.json")
        file.write_text(bundle(Path(self.root, "rules")), encoding="utf-8")
        build_data["force_include"][str(file)] = "cdk_appsync_guard/rules.json"


def bundle(folder: Path) -> str:
    """Return the rules of the folder by category and id, every scalar a string."""
    rules: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*/*/rule.yaml")):
        written = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        rules.setdefault(file.parent.parent.name, {})[file.parent.name] = written
    return json.dumps(rules)
