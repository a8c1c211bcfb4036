"""A Draft → files in a folder: the template, a manifest, schemas and code.

In: a Draft and a folder. Out: nothing of it outside the folder, nothing secret, and no file that
was there before unless that is wanted. The manifest is that of a CDK cloud assembly: it says the
account and Region, which every command reads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cdk_appsync_guard.deployed.draft import Draft
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.redact import redact
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.settings.files import write_file

__all__ = ["files_of", "write_folder"]

_MANIFEST = "manifest.json"
_VERSION = "36.0.0"


def files_of(draft: Draft, kind: str) -> dict[str, str]:
    """Return the texts of all files by their path; *kind* is json or yaml."""
    name = f"deployed.template.{kind}"
    return {
        name: _written(draft.template(), kind),
        _MANIFEST: encode(_manifest(draft, name)),
        **{path: redact(text) for path, text in sorted(draft.files.items())},
    }


def write_folder(folder: str, files: Mapping[str, str], *, force: bool) -> None:
    """Write the files, all of them or, if one is there already, none."""
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        targets = {path: _target(root, path) for path in files}
        present = [path for path, target in targets.items() if os.path.lexists(target)]
        if present and not force:
            raise ConfigError(
                f"there is a file already: `{root / present[0]}`",
                help="choose another folder with -o, or replace the files with --force",
            )
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise ConfigError(f"cannot write to `{folder}`: {reason.lower()}") from error
    for path, target in targets.items():
        write_file(str(target), files[path])


def _target(root: Path, path: str) -> Path:
    """Return where a file goes; links inside the folder might lead out of it."""
    target = root / path
    real = Path(os.path.realpath(root))
    if Path(os.path.realpath(target)) != real / path:
        raise ConfigError(
            f"`{target}` leads to another place", help="remove the link, or choose another folder"
        )
    return target


def _manifest(draft: Draft, name: str) -> dict[str, Any]:
    known = draft.references
    environment = f"aws://{known.account or 'unknown-account'}/{known.region or 'unknown-region'}"
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": name},
    }
    return {"version": _VERSION, "artifacts": {"deployed": artifact}}


def _written(template: dict[str, Any], kind: str) -> str:
    if kind == "json":
        return encode(template)
    import yaml  # noqa: PLC0415 - one of two formats

    return redact(yaml.safe_dump(template, sort_keys=False, width=100, allow_unicode=False))
