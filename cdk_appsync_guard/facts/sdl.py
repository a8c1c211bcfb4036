"""What is written in SDL → rows of schemas, schema_problems and directives.

In: an Api whose schema was found. Out: rows that hold whatever modes the API has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.appsync.sdl import move_place
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.facts.conversions import hint
from cdk_appsync_guard.facts.tables import Cell, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Directive, Field, TypeDefinition

__all__ = ["directive_rows", "problem_rows", "schema_row"]

_AUTHORIZATION = (
    *("aws_api_key", "aws_iam", "aws_oidc", "aws_lambda"),
    *("aws_cognito_user_pools", "aws_auth"),
)
_DECLARATION = re.compile(r"directive\s+@(\w+)")
_DIRECTIVES = (
    *_AUTHORIZATION,
    *("aws_subscribe", "aws_publish"),
    *("canonical", "hidden", "renamed"),  # of the source APIs of a merged API
)


def schema_row(api: Api) -> Row:
    """Return the row of the schemas table; what is not known has no such row."""
    schema, place = api.schema, api.schema_place
    state, error, types, roots = "merged", None, 0, 0
    if isinstance(schema, SchemaError):
        state, error = "broken", schema.message
        place = move_place(place, *schema.spot) if schema.spot else place
    elif isinstance(schema, Schema):
        state, types = "parsed", len(schema.types)
        defined = (schema.types.get(root) for root in schema.roots.values())
        roots = sum(len(one.fields) for one in defined if one)
    cells: dict[str, Cell] = {
        "state": state,
        "error": error,
        "types": types,
        "root_fields": roots,
    }
    return Row("schemas", cells, place, {}, api.name)


def problem_rows(api: Api, schema: Schema) -> Iterator[Row]:
    """Yield what schema creation would refuse, each kind once a type or field."""
    first = {(problem.kind, problem.subject): problem for problem in reversed(schema.problems)}
    for problem in sorted(first.values(), key=lambda one: one.offset):
        yield Row(
            "schema_problems",
            {"kind": problem.kind, "subject": problem.subject, "detail": problem.message},
            schema.at(problem.offset),
            {},
            api.name,
        )


def directive_rows(api: Api, schema: Schema) -> Iterator[Row]:
    """Yield every use of a directive that is AppSync's or looks like it."""
    declared = frozenset(_DECLARATION.findall(schema.text))
    for directive in schema.directives:
        yield from _row(api, schema, directive, "schema", "schema", declared)
    roots = {name: operation for operation, name in schema.roots.items()}
    for definition in schema.types.values():
        name = definition.name
        root = roots.get(name)
        placement = definition.kind if root is None else "root-type"
        on_type = "type" if placement == "object" else placement
        for directive in definition.directives:
            yield from _row(api, schema, directive, name, on_type, declared)
        on_field = _placement(definition, root)
        for field in definition.fields.values():
            for directive in field.directives:
                yield from _row(api, schema, directive, field.coordinate, on_field, declared)


def _placement(definition: TypeDefinition, root: str | None) -> str:
    if definition.kind != "object":
        return f"{definition.kind}-field"
    if root is None:
        return "field"
    return "subscription-field" if root == "subscription" else "root-field"


def _row(
    api: Api,
    schema: Schema,
    directive: Directive,
    coordinate: str,
    placement: str,
    declared: frozenset[str],
) -> Iterator[Row]:
    name = directive.name
    ours = name in _DIRECTIVES
    if not ours and not name.lower().startswith("aws"):
        return
    known = ours or name in declared
    groups = directive.groups
    yield Row(
        "directives",
        {
            "coordinate": coordinate,
            "directive": name,
            "known": known,
            "hint": "" if known else hint(_closest(name)),
            "placement": placement,
            "effect": _effect(schema, directive, coordinate, placement) if ours else "considered",
            "group_list": "absent" if groups is None else "given" if groups else "empty",
            "wrong_argument": next(iter(directive.misplaced_arguments), None),
        },
        schema.at(directive.offset),
        {},
        api.name,
    )


def _closest(name: str) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only a typo should pay for it

    close = get_close_matches(name.lower(), _DIRECTIVES, n=1, cutoff=0.6)
    return close[0] if close else None


def _effect(schema: Schema, directive: Directive, coordinate: str, placement: str) -> str:
    """Return what comes of a directive of AppSync's at that place.

    Authorization directives belong on object types and their fields:
    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    if directive.name == "aws_subscribe":
        return "considered" if placement == "subscription-field" else "ignored"
    if directive.name not in _AUTHORIZATION:
        return "considered"
    if placement in ("type", "field", "root-type", "root-field", "subscription-field"):
        return "considered"
    if placement in ("input", "input-field"):
        return "input"
    if _is_repeated(schema, directive.name, coordinate, placement):
        return "repeated"
    return "ignored"


def _is_repeated(schema: Schema, name: str, coordinate: str, placement: str) -> bool:
    """Return whether every type behind the interface or union carries the directive as well."""
    if placement not in ("interface", "interface-field", "union"):
        return False
    type_name, _, field_name = coordinate.partition(".")
    behind = schema.possible_types(type_name)
    return all(_carries(definition, field_name, name) for definition in behind)


def _carries(definition: TypeDefinition, field_name: str, name: str) -> bool:
    fields: list[Field] = list(definition.fields.values())
    if field_name:
        fields = [field for field in fields if field.name == field_name]
    on_type = any(one.name == name for one in definition.directives)
    return on_type or all(any(one.name == name for one in field.directives) for field in fields)
