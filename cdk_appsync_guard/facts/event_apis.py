"""Event APIs → rows of ``api_keys``, and of ``iam_actions`` where two kinds of APIs are confused.

In: stacks, policy documents. Out: rows. An ApiKey is the same for both kinds of APIs; the actions
are not: GraphQL on the one, EventConnect, EventPublish and EventSubscribe on the other.
https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cdk_appsync_guard.appsync.event_apis import accepts, event_api_of
from cdk_appsync_guard.appsync.modes import API_KEY
from cdk_appsync_guard.facts.credentials import key_row
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_vocabulary import IAM_ACTIONS, IamActions
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.iam.policies import Statement, any_of
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = ["event_key_rows", "rows_of_confused_actions"]

_GRAPHQL_API = "AWS::AppSync::GraphQLApi"
_CALLS_FIELDS = ("appsync:graphql",)
_USES_CHANNELS = ("appsync:eventconnect", "appsync:eventpublish", "appsync:eventsubscribe")


def event_key_rows(stacks: Sequence[Stack], now: datetime) -> Iterator[Row]:
    """Yield a row for each API key of an Event API."""
    for stack in stacks:
        for key in stack.of_type("AWS::AppSync::ApiKey"):
            api = event_api_of(key.get("ApiId"), stack)
            if api is not None:
                yield key_row(key, now, api.logical_id, accepted=accepts(api, API_KEY))


def rows_of_confused_actions(bearing: Bearing) -> Iterator[Row]:
    """Yield a row for each action of a statement that is for the other kind of API.

    Only if no principal of the document is allowed the right one anywhere.
    """
    document = bearing.document
    known: dict[tuple[str, ...], bool | None] = {}  # all statements are looked at once for each
    for statement in document.statements or ():
        if statement.effect != "Allow" or statement.negated_actions or statement.negated_resources:
            continue
        api, wrong, right = _confusion(statement, document.resource)
        if api is None:
            continue
        if right not in known:
            known[right] = any_of(_allows(one, right) for one in _statements(bearing))
        granted = known[right]
        if granted:
            continue
        for index, action in enumerate(statement.actions or ()):
            place = document.place(statement, "Action", index)
            if place is not None and _is_one(action, wrong) is not False:
                cells: IamActions = {
                    "principal": bearing.names,
                    "bearers": bearing.each,
                    "policy": document.name,
                    "action": str(action),
                    "misspells": "nothing",
                    "fits": True,
                    "hint": "",
                    "other_kind": _OPEN if granted is None else api.logical_id,
                    "kind": "a GraphQL API" if api.type == _GRAPHQL_API else "an Event API",
                }
                yield IAM_ACTIONS.row(cells, place, {}, api.logical_id)


def _confusion(
    statement: Statement, document: Resource | None
) -> tuple[Resource | None, tuple[str, ...], tuple[str, ...]]:
    """Return the API of the statement, the actions that do nothing on it, and those that do."""
    if document is None or not statement.resources:
        return None, (), ()
    stack = document.stack
    events = [event_api_of(one, stack) for one in statement.resources]
    if None not in events:
        return events[0], _CALLS_FIELDS, _USES_CHANNELS
    apis = [_graphql_api_of(one, stack) for one in statement.resources]
    if None not in apis:
        return apis[0], _USES_CHANNELS, _CALLS_FIELDS
    return None, (), ()


def _graphql_api_of(value: str | Text, stack: Stack) -> Resource | None:
    for hole in value.holes if isinstance(value, Text) else ():
        target = stack.resource_of(Text((hole,)))
        if target is not None and target[0].type == _GRAPHQL_API:
            return target[0]
    return None


def _statements(bearing: Bearing) -> Iterator[Statement]:
    for bearer in bearing.bearers:
        for document in bearer.documents:
            yield from document.statements or ()


def _allows(statement: Statement, actions: tuple[str, ...]) -> bool | None:
    """Return whether the statement allows one of the actions, None if no one knows."""
    if statement.effect != "Allow":
        return False
    if statement.negated_actions:
        return True
    return any_of(_is_one(one, actions) for one in statement.actions or ("*",))


def _is_one(action: str | Text, actions: tuple[str, ...]) -> bool | None:
    if isinstance(action, Text):
        return None
    lower = action.lower()
    return any(matches(lower, one) for one in actions)


_OPEN = Unknown("an action of the principal's policies is not known", "the policies' parameters")
