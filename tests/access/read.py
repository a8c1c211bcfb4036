"""What the tests of this folder share: SDL in, Schema out."""

from __future__ import annotations

from cdk_appsync_guard.appsync.schema import Schema, parse_schema
from cdk_appsync_guard.template.source.read import Place, SourceFile


def read_schema(text: str) -> Schema:
    return parse_schema(text, Place(SourceFile("schema.graphql", text)))
