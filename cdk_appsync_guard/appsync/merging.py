"""Which API is merged into which, and what modes lead to a source's fields.

In: an Api and all others. Out: pairs of associations and APIs, modes, and the authorization under
which a merged API judges the fields of one source. Directives survive a merge, and where a field
has none it keeps the source's default mode:
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.execution_role import find_api
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["FurtherModes", "find_further_modes", "judge_source", "merged_apis_of", "sources_of"]


@dataclass(frozen=True, slots=True)
class FurtherModes:
    """The modes in which merged APIs lead to a source; ``unknown`` is why there may be more."""

    modes: frozenset[str] = frozenset()
    unknown: Unknown | None = None


def sources_of(merged: Api, apis: Sequence[Api]) -> list[tuple[Resource, Api | None]]:
    """Return each association of a merged API, with the source if it is in the input."""
    return [(one, find_api(one.get("SourceApiIdentifier"), apis)) for one in merged.sources]


def merged_apis_of(source: Api, apis: Sequence[Api]) -> list[tuple[Resource, Api | None]]:
    """Return each association that names the API as its source, with the merged API."""
    return [(one, find_api(one.get("MergedApiIdentifier"), apis)) for one in source.merged_by]


def find_further_modes(source: Api, apis: Sequence[Api]) -> FurtherModes:
    """Return the modes of the APIs that the source is merged into."""
    modes: set[str] = set()
    unknown: Unknown | None = None
    for association, merged in merged_apis_of(source, apis):
        if merged is None:
            reason = f"`{association.logical_id}` merges the API into one that is not in the inputs"
            unknown = unknown or Unknown(reason, "the template of the merged API")
            continue
        known = merged.authorization
        if isinstance(known, Unknown):
            unknown = unknown or Unknown(known.reason, known.would_decide)
        else:
            modes.update(known.modes)
    return FurtherModes(frozenset(modes), unknown)


def judge_source(merged: Api, source: Api) -> Authorization | Unknown:
    """Return the modes of a merged API as the fields of one source see them."""
    own, all_modes = source.default.mode, merged.authorization
    if isinstance(all_modes, Unknown):
        return all_modes
    if isinstance(own, Unknown):
        return Unknown(own.reason, own.would_decide)
    others = [mode for mode in all_modes.modes if mode != own]
    if own not in all_modes.modes:
        reason = f"the merged API lacks the mode `{own}`, so nothing is merged"
        return Unknown(reason, f"a provider for `{own}`")
    return Authorization(own, tuple(others), all_modes.default_action)
