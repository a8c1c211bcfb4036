"""A literal, a file, client code or standard input → the operation that is sent.

In: what the user gives. Out: Sent. A document that is not GraphQL, or where it is not clear which
operation is meant, is an error of the input, not an answer of AppSync.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from cdk_appsync_guard.access.calls import as_operation
from cdk_appsync_guard.access.document import Invalid, Operation, read_operation
from cdk_appsync_guard.appsync.client_callers import read_client_code
from cdk_appsync_guard.appsync.client_files import is_client_code
from cdk_appsync_guard.appsync.operations import ClientOperation, Clients, read_clients
from cdk_appsync_guard.errors import ConfigError, InputError, Location
from cdk_appsync_guard.explanation.arguments import ABSENT, literal
from cdk_appsync_guard.settings.files import read_file

__all__ = ["Sent", "read_json", "read_request"]

_GRAPHQL = (".graphql", ".gql", ".graphqls", ".txt")


@dataclass(frozen=True, slots=True)
class Sent:
    """An operation, and what keeps it from being known: parts that code fills in."""

    operation: Operation
    questions: tuple[str, ...] = ()


def read_request(
    query: str | None,
    name: str | None = None,
    variables: Mapping[str, Any] | None = None,
    operations: Sequence[str] = (),
) -> Sent:
    """Return the operation that is meant. Raise ConfigError or InputError if none is."""
    if query is None:
        code = read_client_code(operations)
        if code is None:
            raise ConfigError("there is no operation to send", help="give a document or a file")
        return _of_clients(code.clients, name, variables)
    if "{" in query:
        return _of_text(query, name, variables)
    if query.lower().endswith(".json"):
        return _of_body(query, name, variables)
    if query.lower().endswith(_GRAPHQL) or not is_client_code(query):
        text = read_file(query, "the document")
        return _of_text(text, name, variables, file=query)
    return _of_clients(read_clients([Path(query)]), name, variables)


def read_json(text: str, what: str) -> Any:
    """Return what JSON text, or the file that it names, holds."""
    is_json = text.strip()[:1] in ("{", "[", '"') or text.strip() in ("null", "true", "false")
    try:
        return orjson.loads(text if is_json or text.strip().isdecimal() else read_file(text, what))
    except ValueError as error:
        shown = what if is_json else f"{what} `{text}`"
        raise ConfigError(f"{shown} is not valid JSON") from error


def _of_body(file: str, name: str | None, variables: Mapping[str, Any] | None) -> Sent:
    """Return the operation of the body of a request."""
    body = read_json(file, "the request")
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        message = f"`{file}` is not the body of a GraphQL request"
        raise ConfigError(message, help='it has the form {"query": "...", "variables": {...}}')
    given = body.get("variables") if variables is None else variables
    chosen = name or body.get("operationName") or None
    return _of_text(body["query"], chosen, given if isinstance(given, dict) else None)


def _of_text(
    text: str, name: str | None, variables: Mapping[str, Any] | None, *, file: str = ""
) -> Sent:
    found = read_operation(text, name, variables)
    if isinstance(found, Invalid):
        location = Location(file or "the document", found.line, found.column)
        several = "several operations" in found.message or "no single" in found.message
        raise InputError(
            found.message,
            location=location if file or found.line else None,
            help="name one of its operations: --operation-name" if several else None,
        )
    return Sent(_with_variables(found, variables))


def _of_clients(clients: Clients, name: str | None, variables: Mapping[str, Any] | None) -> Sent:
    for problem in clients.problems:
        raise problem
    found = [one for one in clients.operations if name in (None, one.name)]
    if len(found) != 1:
        raise ConfigError(_explain_choice(name, clients.operations, found), help=_HELP)
    chosen = found[0]
    operation = replace(as_operation(chosen), variables=dict(variables or {}))
    return Sent(_with_variables(operation, variables), chosen.gaps)


def _explain_choice(
    name: str | None, operations: Sequence[ClientOperation], found: Sequence[ClientOperation]
) -> str:
    known = ", ".join(f"`{one.name}`" for one in operations if one.name) or "none"
    if name is not None and found:
        return f"{len(found)} operations are called `{name}`"
    if name is not None:
        return f"no operation is called `{name}`: the operations are {known}"
    return f"the code holds {len(operations)} operations: {known}"


def _with_variables(operation: Operation, given: Mapping[str, Any] | None) -> Operation:
    """Return the operation with the defaults of its variables, and what is left out.

    What is not given is unknown if no variables are given at all.
    """
    variables: dict[str, Any] = dict(operation.variables)
    for one in operation.node.variable_definitions or () if operation.node else ():
        name = one.variable.name.value
        if given is not None and name in given:
            continue
        if one.default_value is not None:
            variables[name] = literal(one.default_value)
        elif given is not None and one.type.kind == "non_null_type":
            message = f"the operation requires the variable `${name}`, which is not given"
            raise ConfigError(message, help="add it to --variables")
        elif given is not None:
            variables[name] = ABSENT
    return replace(operation, variables=variables)


_HELP = "name one operation: --operation-name"
