"""``diagnose``: captures, and perhaps a template → what failed, why, and what to change.

In: paths. Out: Outcome. The command ``diagnose`` and other programs get the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.diagnosis.model import Outcome
from cdk_appsync_guard.diagnosis.run import Wanted, diagnose_captures
from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.engine.scenes import survey

__all__ = ["diagnose"]


def diagnose(
    captures: str | Sequence[str],
    *,
    template: str | Sequence[str] = (),
    api: str | None = None,
    options: ScanOptions | None = None,
) -> Outcome:
    """Return what captured requests show: one diagnosis for each that failed.

    *captures* are HAR files, logs, tokens and whatever else the command takes, or folders of them.
    *template* is what was deployed, with *api* the name of the API if there are several. Nothing in
    the outcome is secret. A capture that cannot be read is in ``problems``. Raise GuardError if a
    path does not exist, or if the template cannot be read or has no API.
    """
    options = options or ScanOptions()
    templates = (template,) if isinstance(template, str) else tuple(template)
    scenes = survey(templates, options) if templates else ()
    paths = (captures,) if isinstance(captures, str) else tuple(captures)
    return diagnose_captures(paths, Wanted(scenes, api, options.now.timestamp()))
