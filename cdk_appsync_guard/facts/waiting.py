"""Resolvers that may be created before what they need → rows of ``unawaited``.

In: an API. Out: a row for each schema and data source that some user of it does not wait for.
CloudFormation knows of a need only if the template refers to it or says DependsOn:
https://github.com/aws/aws-cdk/issues/17997
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.wiring_vocabulary import UNAWAITED, Unawaited
from cdk_appsync_guard.template.scenarios.order import order_of
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Unknown, unknown_of

__all__ = ["waiting_rows"]

_RESOLVER = "AWS::AppSync::Resolver"
_MOST_NAMES = 3


def waiting_rows(api: Api) -> Iterator[Row]:
    """Yield what resolvers and functions need and do not wait for, in their own stack."""
    for schema in api.schemas:
        early = _early(api.resolvers, schema)
        perhaps = _early(api.unplaced_of(_RESOLVER), schema)
        if early:
            failure = f"No field named {_field(early[0])}"
            yield _row(api, schema, "the schema", early, failure)
        elif perhaps:
            yield _open_row(api, schema, perhaps)
    named = _users_by_name(api)
    for source in api.data_sources:
        name = source.get("Name")
        users = named.get((source.stack.id, name), []) if isinstance(name, str) else []
        early = _early(users, source)
        if early:
            failure = f"No data source found named {name}"
            yield _row(api, source, "the data source", early, failure)


def _users_by_name(api: Api) -> dict[tuple[str, str], list[Resource]]:
    """Return the resolvers and functions that call a data source by a plain name."""
    named: dict[tuple[str, str], list[Resource]] = {}
    for user in (*api.resolvers, *api.functions):
        name = user.get("DataSourceName")
        if isinstance(name, str):
            named.setdefault((user.stack.id, name), []).append(user)
    return named


def _early(users: Sequence[Resource], needed: Resource) -> list[Resource]:
    beside = [user for user in users if user.stack is needed.stack]
    if not beside:
        return []
    order = order_of(needed.stack)
    return [user for user in beside if not order.waits(user.logical_id, needed.logical_id)]


def _field(resolver: Resource) -> str:
    return f"{resolver.get('FieldName')} found on type {resolver.get('TypeName')}"


def _row(api: Api, needed: Resource, what: str, users: list[Resource], failure: str) -> Row:
    return UNAWAITED.row(_cells(needed, what, users, failure), users[0].place(), {}, api.name)


def _open_row(api: Api, schema: Resource, users: list[Resource]) -> Row:
    cells = _cells(schema, "the schema", users, "")
    why = unknown_of(users[0].get("ApiId"))
    reason = f"`{users[0].logical_id}` might belong to this API or another"
    reason += f": {why.reason}" if why else ""
    cells["waits"] = Unknown(reason, why.would_decide if why else "")
    return UNAWAITED.row(cells, users[0].place(), {}, api.name)


def _cells(needed: Resource, what: str, users: list[Resource], failure: str) -> Unawaited:
    shown = ", ".join(f"`{user.logical_id}`" for user in users[:_MOST_NAMES])
    more = len(users) - _MOST_NAMES
    return {
        "waits": False,
        "awaited": needed.logical_id,
        "what": what,
        "users": f"{shown} and {more} more" if more > 0 else shown,
        "failure": failure,
    }
