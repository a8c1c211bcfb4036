"""check(app) → Report, for unit tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.cdk.library import cdk
from cdk_appsync_guard.cdk.options import Given, read_options
from cdk_appsync_guard.cdk.scopes import within
from cdk_appsync_guard.engine.scan import scan
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.report import Report

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["check", "synthesize"]


def check(construct: Any, **given: Unpack[Given]) -> Report:
    """Synthesize the app of the construct, and return what is wrong at the construct or below.

    Raises no error for findings, not even those of a guard or of other validation plugins that the
    app has; an app that cannot be synthesized raises what CDK raises. Suppressed findings are in
    ``findings``, but not in ``active``; acknowledgements count in CDK's own report only.
    """
    options = read_options(given)
    return within(scan([synthesize(construct)], options.scan), [construct.node.path])


def synthesize(construct: Any) -> str:
    """Return the cloud assembly of the construct's app, also if a plugin is not content with it."""
    app = construct.node.root
    if not isinstance(app, cdk.Stage):
        raise ConfigError(
            f"`{construct.node.path}` does not belong to an App",
            help="create the stack in cdk.App()",
        )
    manifest = Path(app.outdir, "manifest.json")
    before = _written(manifest)
    try:
        app.synth(force=True)
    except RuntimeError:
        # Plugins run when everything is written; what fails before leaves no new manifest.
        if _written(manifest) == before:
            raise
    return os.path.normpath(str(app.outdir))


def _written(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None
