"""GraphQLSchema resource → the parsed schema, wherever its SDL lies.

In: the resource, or a file that the user names. Out: Schema, SchemaError, or Unknown with what to
give. Reads only through the stack, which never leaves the assembly's own folder.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from cdk_appsync_guard.appsync.schema import Schema, parse_schema
from cdk_appsync_guard.appsync.sdl import may_be_accepted
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.source.read import Place, SourceFile
from cdk_appsync_guard.template.values.value import Unknown, display

_ENDINGS = (".graphql", ".graphqls", ".gql", ".sdl")

__all__ = ["ParsedSchemas", "SchemaSource", "read_given", "read_schema"]

ParsedSchemas: TypeAlias = "dict[tuple[str, Place | None], Schema | SchemaError]"
"""What was parsed so far, by text and place; the entry without a place serves equal texts."""

SchemaSource: TypeAlias = "tuple[Schema | SchemaError | Unknown, Place, str]"
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
        # The file is nobody's resource, but the schema that is deployed from it is this one.
        place = Place(file, (), None, place.logical_id, place.construct_path)
        return _parse_file(file, place, parsed)
    if location is None:
        reason = f"`{resource.logical_id}` has neither `Definition` nor `DefinitionS3Location`"
    elif isinstance(location, Unknown):
        reason = f"the schema's place is not known: {location.reason}"
    else:
        reason = f"the schema `{display(location)}` is not among the files that were given"
    return Unknown(reason, _ask(api_name)), place, "missing"


def _parse_file(file: SourceFile, place: Place, parsed: ParsedSchemas) -> SchemaSource:
    """Return the schema of a file. Whatever is no SDL shows nothing of itself: it may be secret."""
    schema = _parse(file.text, place, parsed)
    named_as_sdl = file.name.lower().endswith(_ENDINGS)
    if named_as_sdl or not isinstance(schema, SchemaError) or may_be_accepted(schema):
        return schema, place, "file"
    hidden = replace(place, file=SourceFile(file.name, ""))
    error = SchemaError(f"`{file.name}` is not SDL", location=schema.location)
    return error, hidden, "file"


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


def _ask(api_name: str) -> str:
    return f"--schema {api_name}=schema.graphql"
