"""Actions in IAM statements → rows that say whether they exist, and fit the resources.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappsync.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cdk_appsync_guard.access.grants import GRAPHQL
from cdk_appsync_guard.appsync.actions import ACTIONS, exists
from cdk_appsync_guard.appsync.field_arns import read_shape
from cdk_appsync_guard.facts.conversions import hint
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_vocabulary import IAM_ACTIONS, ActionCells, IamActions
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["rows_of_actions"]

_MEANT_AS_GRAPHQL = frozenset(
    ("query", "mutation", "subscription", "invoke", "execute", "call", "graphqlquery", "read")
)


def rows_of_actions(bearing: Bearing) -> Iterator[Row]:
    """Yield a row for each action of the document that is AppSync's, or stands on its fields."""
    document = bearing.document
    for statement in document.statements or ():
        if statement.negated_actions or statement.effect == "Deny":
            continue  # what is left out is not named; what a Deny misses, `denies` tells
        on_fields, on_events = _is_on_fields(statement), _is_on_events(bearing, statement)
        for index, action in enumerate(statement.actions or ()):
            verdict = _judge(action, on_fields=on_fields)
            if verdict is not None and verdict["misspells"] == "graphql" and on_events:
                verdict["misspells"] = "management"
                verdict["hint"] = hint("appsync:EventPublish")
            place = document.place(statement, "Action", index)
            if verdict is not None and place is not None:
                cells: IamActions = {
                    "principal": bearing.names,
                    "bearers": bearing.each,
                    "policy": document.name,
                    "action": str(action),
                    **verdict,
                    "other_kind": None,
                    "kind": None,
                }
                yield IAM_ACTIONS.row(cells, place, {}, None)


def _judge(action: str | Text, *, on_fields: bool) -> ActionCells | None:
    """Return the cells that depend on the action alone; None if it is none of our business."""
    if isinstance(action, Text):
        reason = unknown_of(action) or Unknown("the action is not known")
        return {"misspells": reason, "fits": reason, "hint": ""} if on_fields else None
    service, colon, name = action.partition(":")
    own = service.lower() == "appsync"
    if not colon or not (own or on_fields):
        return None
    likely = _likely(name) if own else "appsync:GraphQL"
    return {
        "misspells": _kind(likely) if own else "nothing",
        "fits": own,
        "hint": hint(likely),
    }


def _kind(likely: str | None) -> Literal["nothing", "graphql", "management"]:
    if likely is None:
        return "nothing"
    return "graphql" if likely == GRAPHQL else "management"


def _is_on_events(bearing: Bearing, statement: Statement) -> bool:
    """Return whether the statement is about an Event API of the templates."""
    resource = bearing.document.resource
    holes = [
        hole
        for pattern in statement.resources or ()
        if isinstance(pattern, Text)
        for hole in pattern.holes
    ]
    found = [resource.stack.resource_of(Text((hole,))) for hole in holes] if resource else []
    return any(one is not None and one[0].type == "AWS::AppSync::Api" for one in found)


def _is_on_fields(statement: Statement) -> bool:
    """Return whether the statement allows something on fields alone, and not to call them.

    The ARN of an API as a whole is the resource of other services' actions, too, as of
    ``wafv2:AssociateWebACL``; that of a field is not.
    """
    if statement.effect != "Allow" or statement.negated_resources:
        return False
    if action_matches(statement, GRAPHQL) is True:
        return False
    shapes = [read_shape(pattern) for pattern in statement.resources or ()]
    return bool(shapes) and all(
        shape.is_appsync and shape.form in ("api", "type", "field") for shape in shapes
    )


def _likely(name: str) -> str | None:
    """Return the action that was probably meant; None if there is one of this name."""
    lower = name.lower()
    if exists(name):
        return None
    known = {action.lower(): action for action in ACTIONS}
    close = closest(lower, known, cutoff=0.8)
    if close is not None and lower not in _MEANT_AS_GRAPHQL:
        return f"appsync:{known[close]}"
    return GRAPHQL
