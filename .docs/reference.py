"""The command line and the configuration file → reference pages."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout

from texts import escape

from cdk_appsync_guard.cli.main import _COMMANDS, main
from cdk_appsync_guard.settings import config

__all__ = ["command_page", "configuration_table"]


def command_page() -> str:
    """Return the page with each command's help."""
    lines = ["# Commands", "", "What `cdk-appsync-guard COMMAND --help` prints."]
    for command, about in _COMMANDS.items():
        lines += ["", f"## {command}", "", about, "", "```text", _help(command), "```"]
    return "\n".join(lines) + "\n"


def _help(command: str) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out):
        main([command, "--help"])
    out.seek(0)
    return out.read().rstrip()


def configuration_table() -> str:
    """Return the keys of the configuration file, as its JSON schema describes them."""
    file = config.__file__.replace("config.py", "config.schema.json")
    with open(file, encoding="utf-8") as stream:  # noqa: PTH123 - one file of the package
        keys = json.load(stream)["properties"]
    lines = ["| key | meaning |", "| --- | --- |"]
    lines += [f"| `{key}` | {escape(about['description'])} |" for key, about in keys.items()]
    return "\n".join(lines) + "\n"
