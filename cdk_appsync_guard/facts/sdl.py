"""What is written in SDL → rows of schemas, schema_problems and directives.

In: an Api whose schema was found. Out: rows that hold whatever modes the API has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from cdk_appsync_guard.appsync.definitions import AUTHORIZATION, OWN_DIRECTIVES
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.appsync.sdl import move_place
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.facts.conversions import hint
from cdk_appsync_guard.facts.schema_vocabulary import (
    DIRECTIVES,
    SCHEMA_PROBLEMS,
    SCHEMAS,
    ArgumentCells,
    DirectiveEffect,
    Placement,
    Schemas,
)
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Directive, Field, SchemaProblem, TypeDefinition

__all__ = ["directive_rows", "problem_rows", "schema_row"]

_OF_GRAPHQL = ("deprecated", "specifiedBy", "skip", "include", "oneOf")
_TOLD_ONCE = ("undefined-type", "extension")
# Words of names: hasRole, allow_groups, IsAuthenticated.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_GUARDS = frozenset(
    {"auth", "authenticate", "authenticated", "authorize", "authorized", "authorization"}
    | {"iam", "apikey", "cognito", "oidc", "group", "groups", "role", "roles", "owner"}
    | {"permission", "permissions", "scope", "scopes", "private", "public", "protected"}
    | {"admin", "guard", "policy", "allow", "deny"}
)
_MEANT = {
    "apikey": "aws_api_key",
    "iam": "aws_iam",
    "oidc": "aws_oidc",
    "openidconnect": "aws_oidc",
    "lambda": "aws_lambda",
    "cognito": "aws_cognito_user_pools",
    "cognitogroups": "aws_cognito_user_pools",
    "cognitouserpool": "aws_cognito_user_pools",
    "cognitouserpools": "aws_cognito_user_pools",
    "userpool": "aws_cognito_user_pools",
    "userpools": "aws_cognito_user_pools",
    "subscribe": "aws_subscribe",
    "publish": "aws_publish",
}


def schema_row(api: Api) -> Row:
    """Return the row of the schemas table; what is not known has no such row."""
    schema, place = api.schema, api.schema_place
    state: Literal["parsed", "broken", "merged"] = "merged"
    error, types, roots = None, 0, 0
    if isinstance(schema, SchemaError):
        state, error = "broken", schema.message
        place = move_place(place, *schema.spot) if schema.spot else place
    elif isinstance(schema, Schema):
        state, types = "parsed", len(schema.types)
        defined = (schema.types.get(root) for root in schema.roots.values())
        roots = sum(len(one.fields) for one in defined if one)
    cells: Schemas = {
        "state": state,
        "error": error,
        "types": types,
        "root_fields": roots,
    }
    return SCHEMAS.row(cells, place, {}, api.name)


def problem_rows(api: Api, schema: Schema) -> Iterator[Row]:
    """Yield what schema creation would refuse, each kind once a type or field."""
    first = {_key(problem): problem for problem in reversed(schema.problems)}
    for problem in sorted(first.values(), key=lambda one: one.offset):
        yield SCHEMA_PROBLEMS.row(
            {"kind": problem.kind, "subject": problem.subject, "detail": problem.message},
            schema.at(problem.offset),
            {},
            api.name,
        )


def _key(problem: SchemaProblem) -> tuple[str, str]:
    """Return what makes two problems one: other users of an undefined type are not news."""
    return problem.kind, problem.subject if problem.kind in _TOLD_ONCE else problem.message


def directive_rows(api: Api, schema: Schema) -> Iterator[Row]:
    """Yield every use of a directive that is not GraphQL's own."""
    for directive in schema.directives:
        yield from _row(api, schema, directive, "schema", "schema")
    roots = {name: operation for operation, name in schema.roots.items()}
    for definition in schema.types.values():
        name = definition.name
        root = roots.get(name)
        kind: Placement = "type" if definition.kind == "object" else definition.kind
        on_type: Placement = kind if root is None else "root-type"
        for directive in definition.directives:
            yield from _row(api, schema, directive, name, on_type)
        on_field = _placement(definition, root)
        for field in definition.fields.values():
            for directive in field.directives:
                yield from _row(api, schema, directive, field.coordinate, on_field)


def _placement(definition: TypeDefinition, root: str | None) -> Placement:
    if definition.kind != "object":
        return "input-field" if definition.kind == "input" else "interface-field"
    if root is None:
        return "field"
    return "subscription-field" if root == "subscription" else "root-field"


def _row(
    api: Api, schema: Schema, directive: Directive, coordinate: str, placement: Placement
) -> Iterator[Row]:
    name = directive.name
    own = name in OWN_DIRECTIVES
    if not own and name in _OF_GRAPHQL:
        return
    known = own or name in schema.declared
    guards = name in AUTHORIZATION or (not own and promises_to_guard(name))
    groups = directive.groups
    yield DIRECTIVES.row(
        {
            "coordinate": coordinate,
            "owner": coordinate.partition(".")[0],
            "directive": name,
            "known": known,
            "own": own,
            "guards": guards,
            "hint": hint(_closest(name)) if guards and not known else "",
            "placement": placement,
            "effect": _effect(schema, directive, coordinate, placement) if own else "considered",
            "group_list": "absent" if groups is None else "given" if groups else "empty",
            **_argument_cells(directive),
        },
        schema.at(directive.offset),
        {},
        api.name,
    )


def _argument_cells(directive: Directive) -> ArgumentCells:
    """Return what is wrong with the arguments of a directive of AppSync's."""
    name = next(iter(directive.misplaced_arguments), None)
    if name is None:
        single = [one for one in directive.single_arguments if directive.takes(one)]
        if not single or not directive.arguments:
            return {"wrong_argument": None, "argument_problem": None, "argument_detail": ""}
        why = Unknown(
            f"AWS does not say whether one string is taken for a list in `{single[0]}`",
            "write it as a list",
            ("invalid", None),
        )
        return {
            "wrong_argument": single[0],
            "argument_problem": why,
            "argument_detail": f"takes a list of strings as `{single[0]}`",
        }
    known = directive.takes(name)
    problem: Literal["unknown", "invalid", "refused"]
    if known:
        problem = "refused" if name == "mutations" else "invalid"
        detail = f"takes a list of strings as `{name}`, and nothing else"
    else:
        problem = "unknown"
        detail = f"does not have an argument `{name}`{hint(closest(name, directive.arguments))}"
    return {"wrong_argument": name, "argument_problem": problem, "argument_detail": detail}


def promises_to_guard(name: str) -> bool:
    """Return whether people who read the directive take it for one that decides who gets in."""
    words = {word.lower() for word in _WORD.findall(name)}
    if name.lower().startswith("aws") or not words.isdisjoint(_GUARDS):
        return True
    return _plain(name) in _MEANT or _closest(name) is not None


def _closest(name: str) -> str | None:
    """Return the directive of AppSync's that was probably meant."""
    meant = _MEANT.get(_plain(name))
    return meant or closest(name.lower(), OWN_DIRECTIVES, cutoff=0.7)


def _plain(name: str) -> str:
    """Return the name without prefix, case and underscores: AUTH_API_KEY → apikey."""
    plain = name.lower().replace("_", "")
    for prefix in ("aws", "auth", "appsync"):
        if plain != prefix:
            plain = plain.removeprefix(prefix)
    return plain


def _effect(
    schema: Schema, directive: Directive, coordinate: str, placement: str
) -> DirectiveEffect:
    """Return what comes of a directive of AppSync's at that place.

    Authorization directives belong on object types and their fields:
    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    if directive.name == "aws_subscribe":
        return "considered" if placement == "subscription-field" else "ignored"
    if directive.name not in AUTHORIZATION:
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
