"""Policies that no principal of the templates has → rows: whether their grants match anything.

An exported managed policy may be attached elsewhere, so what its bearers can call is not known. A
resource that matches no field grants nothing to any of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.access.grants import GRAPHQL, statement_fields
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_grants import About, about_resource, find_targets
from cdk_appsync_guard.facts.iam_resources import (
    GrantResource,
    coordinate_of,
    resources_of,
)
from cdk_appsync_guard.facts.iam_targets import Target, Targets
from cdk_appsync_guard.facts.iam_vocabulary import UNATTACHED, Unattached
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policies import action_matches

__all__ = ["rows_of_unattached"]


def rows_of_unattached(bearing: Bearing, targets: Targets) -> Iterator[Row]:
    """Yield a row for each resource that the document grants appsync:GraphQL on by name."""
    for statement in bearing.document.statements or ():
        if statement.effect != "Allow" or statement.negated_resources:
            continue
        if action_matches(statement, GRAPHQL) is False:
            continue
        for resource in resources_of(bearing.document, statement):
            if not resource.is_specific or resource.shape.form == "other-service":
                continue
            about = find_targets(resource, targets)
            for target in about:
                if target.fields.coordinates and not _is_spare(resource, target):
                    yield _row(resource, target, targets)
            if not about and resource.shape.form == "malformed":
                yield _row(resource, None, targets)


def _is_spare(resource: GrantResource, target: Target) -> bool:
    """Return whether it is one of several, for a root type that the schema does not have."""
    shape = resource.shape
    spare = shape.form == "type" and shape.type_name in ("Query", "Mutation", "Subscription")
    return spare and bool(statement_fields(resource.statement, target.fields)[1])


def _row(resource: GrantResource, target: Target | None, targets: Targets) -> Row:
    shape = resource.shape
    cells: Unattached = {
        "policy": resource.document.name,
        "resource": targets.shortened(str(resource.pattern)),
        "matches": 0,
        "why": shape.mistake,
    }
    if target is not None:
        about = about_resource(resource, target, targets)
        cells["matches"] = about.cells["matches"]
        cells["why"] = _why(resource, about)
    return UNATTACHED.row(cells, resource.place, {}, target.api.name if target else None)


def _why(resource: GrantResource, about: About) -> str:
    mistake = about.form["mistake"]
    if resource.shape.form == "bare-api":
        return "it is the API itself, and AppSync asks IAM about fields"
    if mistake:
        return str(mistake)
    coordinate = coordinate_of(resource.shape)
    if about.cells["nested"] is True:
        return f"`{coordinate}` is not a top-level field, and AppSync asks IAM about those only"
    if about.cells["other_api"] is not None:
        return f"`{coordinate}` is a field of `{about.cells['other_api']}`"
    if about.cells["mismatch"] is not None and coordinate:
        return f"the schema does not have `{coordinate}`{about.cells['hint']}"
    return "no field of Query, Mutation, or Subscription matches it"
