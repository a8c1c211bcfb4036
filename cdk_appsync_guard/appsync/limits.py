"""What AppSync refuses although GraphQL does not: its own limits.

In: types, and graphql-core's nodes. Out: SchemaProblems. That AppSync refuses custom scalars and
definitions of its own scalars and directives is reported, not documented:
https://github.com/aws/aws-appsync-community/issues/26
https://github.com/sid88in/serverless-appsync-plugin/issues/480
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cdk_appsync_guard.appsync.definitions import OWN_DIRECTIVES, SchemaProblem, TypeDefinition

__all__ = ["SCALARS", "find_limit_problems"]

# https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
SCALARS = frozenset(
    {"ID", "Int", "Float", "String", "Boolean", "AWSDate", "AWSTime", "AWSDateTime", "AWSTimestamp"}
    | {"AWSEmail", "AWSJSON", "AWSURL", "AWSPhone", "AWSIPAddress"}
)
_OF_GRAPHQL = ("deprecated", "skip", "include", "specifiedBy")
_LONGEST_SUBSCRIPTION = 50


def find_limit_problems(
    nodes: Iterable[Any], types: Mapping[str, TypeDefinition], subscription: str | None
) -> Iterator[SchemaProblem]:
    """Yield what AppSync refuses; *subscription* is the name of the Subscription type."""
    for one in types.values():
        if one.name in SCALARS:
            yield _redeclared(one.name, one.offset)
        elif one.kind == "scalar":
            words = f"`{one.name}` is a custom scalar, and AppSync supports only its own"
            yield SchemaProblem("custom-scalar", one.name, words, one.offset)
    for node in nodes:
        if node.kind == "directive_definition" and node.name.value in _TAKEN:
            yield _redeclared(f"@{node.name.value}", node.name.loc.start)
    root = types.get(subscription or "")
    for field in root.fields.values() if root else ():
        if len(field.name) > _LONGEST_SUBSCRIPTION:
            words = f"`{field.coordinate}` has a name of {len(field.name)} characters"
            yield SchemaProblem("long-subscription", field.coordinate, words, field.offset)


_TAKEN = frozenset((*OWN_DIRECTIVES, *_OF_GRAPHQL))


def _redeclared(name: str, offset: int) -> SchemaProblem:
    words = f"`{name}` is defined in the schema, although AppSync provides it"
    return SchemaProblem("redeclared", name, words, offset)
