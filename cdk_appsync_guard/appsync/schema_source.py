"""GraphQLSchema resource → the parsed schema, wherever its SDL lies.

In: the resource, or a file that the user names. Out: Schema, SchemaError, or Unknown with what to
give. Reads only through the stack, which never leaves the assembly's own folder.
"""

from __future__ import annotations

from dataclasses import replace
from posixpath import dirname, join, normpath
from typing import Literal, TypeAlias

from cdk_appsync_guard.appsync.schema import Schema, parse_schema
from cdk_appsync_guard.appsync.sdl import may_be_accepted
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.source.read import Place, SourceFile
from cdk_appsync_guard.template.values.value import Unknown, Value, display

_ENDINGS = (".graphql", ".graphqls", ".gql", ".sdl")

__all__ = [
    "ParsedSchemas",
    "SchemaSource",
    "SourceKind",
    "read_given",
    "read_schema",
]

SourceKind: TypeAlias = Literal["inline", "file", "merged", "missing"]
ParsedSchemas: TypeAlias = "dict[tuple[str, Place | None], Schema | SchemaError]"
"""What was parsed so far, by text and place; the entry without a place serves equal texts."""

SchemaSource: TypeAlias = "tuple[Schema | SchemaError | Unknown, Place, SourceKind]"
"""The schema, where it stands, and how it was found: inline, file or missing."""


def read_schema(resource: Resource, api_name: str, parsed: ParsedSchemas) -> SchemaSource:
    """Return the schema that a GraphQLSchema resource deploys."""
    definition = resource.get("Definition")
    if definition is None:
        return _read_location(resource, api_name, parsed)
    place = resource.place("Definition")
    if isinstance(definition, str):
        return _parse(definition, place, parsed), place, "inline"
    reason = "the schema's `Definition` is put together from values that are not known"
    return Unknown(reason, _ask(api_name)), place, "missing"


def read_given(file: SourceFile, parsed: ParsedSchemas) -> SchemaSource:
    """Return the schema of a file that the user names."""
    return _parse_file(file, Place(file), parsed)


def _read_location(resource: Resource, api_name: str, parsed: ParsedSchemas) -> SchemaSource:
    location = resource.get("DefinitionS3Location")
    place = resource.place("DefinitionS3Location")
    file = None if location is None else resource.stack.read_beside(location)
    if file is not None:
        # The file is no one's resource, but the schema that is deployed from it is this one.
        place = Place(file, (), None, place.logical_id, place.construct_path)
        return _parse_file(file, place, parsed)
    if location is None:
        reason = f"`{resource.logical_id}` has neither `Definition` nor `DefinitionS3Location`"
    elif isinstance(location, Unknown):
        reason = f"the schema's place is not known: {location.reason}"
    else:
        reason = f"the schema `{display(location)}` is not in the files given"
    return Unknown(reason, _ask(api_name, location, place)), place, "missing"


def _parse_file(file: SourceFile, place: Place, parsed: ParsedSchemas) -> SchemaSource:
    """Return the schema of a file. What is not SDL is never shown: it may be secret."""
    schema = _parse(file.text, place, parsed)
    source = _source_of_amplify(schema)
    if source is not None:
        return source, place, "missing"
    named_as_sdl = file.name.lower().endswith(_ENDINGS)
    if named_as_sdl or not isinstance(schema, SchemaError) or may_be_accepted(schema):
        return schema, place, "file"
    hidden = replace(place, file=SourceFile(file.name, ""))
    error = SchemaError(f"`{file.name}` is not SDL", location=schema.location)
    return error, hidden, "file"


def _source_of_amplify(schema: Schema | SchemaError) -> Unknown | None:
    """Return the question if the SDL is what Amplify compiles, not what AppSync gets.

    https://docs.amplify.aws/gen1/react/build-a-backend/graphqlapi/
    """
    if isinstance(schema, SchemaError):
        return None
    for definition in schema.types.values():
        uses = (
            *definition.directives,
            *(d for f in definition.fields.values() for d in f.directives),
        )
        name = next((use.name for use in uses if use.name in _OF_AMPLIFY), None)
        if name is not None:
            reason = (
                f"the schema is the source that Amplify compiles (`@{name}` on"
                f" `{definition.name}`), not the schema that AppSync gets"
            )
            return Unknown(reason, "`--schema` with the compiled build/schema.graphql")
    return None


def _parse(text: str, place: Place, parsed: ParsedSchemas) -> Schema | SchemaError:
    known = parsed.get((text, place))
    if known is not None:
        return known
    elsewhere = parsed.get((text, None))
    schema: Schema | SchemaError
    if isinstance(elsewhere, Schema):
        schema = replace(elsewhere, place=place)
    else:
        try:
            schema = parse_schema(text, place)
        except SchemaError as error:
            schema = error
    parsed[text, place] = schema
    parsed.setdefault((text, None), schema)
    return schema


def _ask(api_name: str, location: Value = None, place: Place | None = None) -> str:
    """Return the option that gives the schema; a relative path is that of the template's folder."""
    path = "schema.graphql"
    if isinstance(location, str) and place is not None and ":" not in location:
        path = normpath(join(dirname(place.file.name), location))
    return f"--schema {api_name}={path}"


_OF_AMPLIFY = frozenset(
    {"model", "auth", "hasOne", "hasMany", "belongsTo", "manyToMany", "primaryKey", "index"}
    | {"searchable", "versioned", "predictions", "connection", "function", "http", "mapsTo"}
    | {"refersTo", "sql"}
)
