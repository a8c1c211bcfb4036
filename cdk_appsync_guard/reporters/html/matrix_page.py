"""Portraits of APIs → the matrix as a page; with the changes from an older input, if there is one.

In: Portraits and Changes. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.portrait.model import Portrait
from cdk_appsync_guard.report import Change
from cdk_appsync_guard.reporters.html.details import details_of
from cdk_appsync_guard.reporters.html.page import render_page
from cdk_appsync_guard.reporters.html.picture import paint

__all__ = ["render_matrices"]


def render_matrices(
    portraits: Sequence[Portrait], version: str, changes: Sequence[Change] | None = None
) -> str:
    """Return the page; with *changes* it tells what each API's callers gain and lose."""
    return render_page(
        "matrix_page.html",
        version,
        {"apis": [details_of(one, changes or ()) for one in portraits]},
        apis=[paint(one, changes) for one in portraits],
    )
