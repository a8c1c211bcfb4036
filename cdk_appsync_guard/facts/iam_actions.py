"""Actions in IAM statements → rows that say whether they exist, and fit the resources.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappsync.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.access.grants import GRAPHQL
from cdk_appsync_guard.appsync.field_arns import read_shape
from cdk_appsync_guard.facts.conversions import hint
from cdk_appsync_guard.facts.iam_grants import Bearing
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Text, unknown_of

__all__ = ["rows_of_actions"]

_DATA = ("GraphQL", "SourceGraphQL", "EventConnect", "EventPublish", "EventSubscribe")
_MEANT_AS_GRAPHQL = frozenset(
    ("query", "mutation", "subscription", "invoke", "execute", "call", "graphqlquery", "read")
)
_MANAGEMENT = frozenset(
    f"{verb}{thing}".lower()
    for verbs, things in (
        (
            ("Create", "Delete", "Get", "Update", "List"),
            (
                *("Api", "ApiCache", "ApiKey", "ChannelNamespace", "DataSource", "DomainName"),
                *("Function", "GraphqlApi", "Resolver", "Type"),
                *("Apis", "ApiKeys", "ChannelNamespaces", "DataSources", "DomainNames"),
                *("Functions", "GraphqlApis", "Resolvers", "ResolversByFunction", "Types"),
                *("TypesByAssociation", "SourceApiAssociation", "SourceApiAssociations"),
                *("ResourcesForWebAcl", "TagsForResource", "ResourcePolicy", "ApiAssociation"),
                *("DataSourceIntrospection", "GraphqlApiEnvironmentVariables"),
                *("IntrospectionSchema", "SchemaCreationStatus", "WebACLForResource"),
            ),
        ),
        (("Put",), ("GraphqlApiEnvironmentVariables", "ResourcePolicy")),
        (("Start",), ("DataSourceIntrospection", "SchemaCreation", "SchemaMerge")),
        (("Associate", "Disassociate"), ("Api", "MergedGraphqlApi", "SourceGraphqlApi", "WebACL")),
        (("Evaluate",), ("Code", "MappingTemplate")),
        (("Tag", "Untag"), ("Resource",)),
        (("Flush",), ("ApiCache",)),
        (("Set",), ("WebACL",)),
    )
    for verb in verbs
    for thing in things
)


def rows_of_actions(bearing: Bearing) -> Iterator[Row]:
    """Yield a row for each action of the document that is AppSync's, or stands on its fields."""
    document = bearing.document
    for statement in document.statements or ():
        if statement.negated_actions:
            continue  # what is left out of a statement is not named by it
        on_fields = _is_on_fields(statement)
        for index, action in enumerate(statement.actions or ()):
            verdict = _judge(action, on_fields=on_fields)
            place = document.place(statement, "Action", index)
            if verdict is not None and place is not None:
                cells = {
                    "principal": bearing.names,
                    "policy": document.name,
                    "action": str(action),
                    **verdict,
                }
                yield Row("iam_actions", cells, place, {}, None)


def _judge(action: str | Text, *, on_fields: bool) -> dict[str, Cell] | None:
    """Return the cells that depend on the action alone; None if it is none of our business."""
    if isinstance(action, Text):
        reason = unknown_of(action)
        return {"exists": reason, "fits": reason, "hint": ""} if on_fields else None
    service, colon, name = action.partition(":")
    own = service.lower() == "appsync"
    if not colon or not (own or on_fields):
        return None
    likely = _likely(name) if own else "appsync:GraphQL"
    return {"exists": not own or likely is None, "fits": own, "hint": hint(likely)}


def _is_on_fields(statement: Statement) -> bool:
    """Return whether the statement allows something on fields alone, and not to call them.

    The ARN of an API as a whole is the resource of other services' actions, too, as of
    ``wafv2:AssociateWebACL``; that of a field is not.
    """
    if statement.effect != "Allow" or statement.negated_resources:
        return False
    if action_matches(statement, GRAPHQL) is not False:
        return False
    shapes = [read_shape(pattern) for pattern in statement.resources or ()]
    return bool(shapes) and all(
        shape.is_appsync and shape.form in ("api", "type", "field") for shape in shapes
    )


def _likely(name: str) -> str | None:
    """Return the action that was probably meant; None if there is one of this name."""
    lower = name.lower()
    known = {action.lower(): action for action in _DATA}
    if "*" in name or "?" in name or lower in known or lower in _MANAGEMENT:
        return None
    if lower in _MEANT_AS_GRAPHQL or "graphql" in lower:
        return "appsync:GraphQL"
    close = closest(lower, [*known, *_MANAGEMENT])
    return f"appsync:{known.get(close, close)}" if close else "appsync:GraphQL"
