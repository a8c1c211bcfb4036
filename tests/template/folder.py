"""Folders for tests: files by name, written where the test runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write(files: dict[str, str | dict[str, Any]]) -> None:
    """Write the files below the current folder; mappings become JSON."""
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        path.write_text(text, encoding="utf-8")


def template(**resources: dict[str, Any]) -> dict[str, Any]:
    """Return a template with these resources, or with a topic if there are none."""
    return {"Resources": resources or {"Topic": {"Type": "AWS::SNS::Topic"}}}


def nested(url: Any, **more: Any) -> dict[str, Any]:
    """Return a nested stack's resource."""
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}, **more}
