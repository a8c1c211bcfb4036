"""The code of Lambda authorizers → rows of ``authorizer_answers`` and ``authorizer_denials``.

In: an API and all stacks. Out: a row for each authorizer whose code is next to the template, and
one for each field that it denies by name. The code is read, and never run.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from cdk_appsync_guard.appsync.api import Api, Provider
from cdk_appsync_guard.appsync.authorizer import read_authorizer
from cdk_appsync_guard.appsync.modes import LAMBDA
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.authorizer_code.source import Source, read_source
from cdk_appsync_guard.authorizer_code.verdict import Admits, Verdict, judge
from cdk_appsync_guard.facts.conversions import hint, number
from cdk_appsync_guard.facts.tables import Flag, Row
from cdk_appsync_guard.facts.wiring_vocabulary import (
    AUTHORIZER_ANSWERS,
    AUTHORIZER_DENIALS,
    AuthorizerAnswers,
    AuthorizerDenials,
)
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["authorizer_answer_rows", "code_of"]

_FIELD = re.compile(r"[_A-Za-z]\w*\.[_A-Za-z]\w*", re.ASCII)
_ARN = re.compile(r"arn:[^:]+:appsync:[^:]*:[^:]*:apis/[^/]+/types/(\w+)/fields/(\w+)")


def authorizer_answer_rows(api: Api, stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield the rows about each authorizer whose code is at hand."""
    for provider in api.providers:
        if provider.mode != LAMBDA:
            continue
        found = code_of(api, provider, stacks)
        if found is None:
            continue
        function, source = found
        verdict = judge(source)
        yield _answer_row(api, provider, function, source, verdict)
        for entry, line in verdict.denied:
            yield _denial_row(api, function, source, entry, line)


def code_of(
    api: Api, provider: Provider, stacks: tuple[Stack, ...]
) -> tuple[Resource, Source] | None:
    """Return an authorizer's function and its code, None if it is not at hand."""
    uri = provider.get("AuthorizerUri")
    if uri in (None, ""):
        return None
    authorizer = read_authorizer(uri, api.stack, stacks)
    function = authorizer.function
    if not isinstance(function, Resource) or authorizer.problem:
        return None
    source = read_source(function)
    return None if source is None else (function, source)


def _answer_row(
    api: Api, provider: Provider, function: Resource, source: Source, verdict: Verdict
) -> Row:
    unread = Unknown(f"{verdict.unread}, which is not followed") if verdict.unread else None
    admits: Admits | Unknown = verdict.admits or Unknown(
        f"{verdict.unread}, which is not followed", "", verdict.could
    )
    raw: Flag = verdict.raw_token > 0
    if source.outline is None and unread is not None:
        raw = unread
    cells: AuthorizerAnswers = {
        "function": function.logical_id,
        "admits": admits,
        "cached": _cached(provider, verdict),
        "reads": ", ".join(f"`{name}`" for name in verdict.reads) or None,
        "bad_ttl": str(verdict.ttl[0])[:40] if verdict.ttl else unread,
        "nested": verdict.nested[0][:80] if verdict.nested else unread,
        "raw_token": raw,
    }
    lines = {
        "admits": verdict.line,
        "cached": verdict.line,
        "bad_ttl": verdict.ttl[1] if verdict.ttl else verdict.line,
        "nested": verdict.nested[1] if verdict.nested else verdict.line,
        "raw_token": verdict.raw_token or verdict.line,
    }
    places = {name: source.at(line) for name, line in lines.items()}
    return AUTHORIZER_ANSWERS.row(cells, source.at(verdict.line), places, api.name)


def _cached(provider: Provider, verdict: Verdict) -> bool | Unknown:
    """Return whether an answer that depends on the operation is kept for other operations."""
    if not verdict.reads:
        return False
    if verdict.ttls and all(value == 0 for value in verdict.ttls):
        return False
    if any(isinstance(value, int) and value > 0 for value in verdict.ttls):
        return True
    kept = number(provider.get("AuthorizerResultTtlInSeconds"))
    if isinstance(kept, Unknown):
        return Unknown(kept.reason, kept.would_decide)
    return bool(kept)


def _denial_row(api: Api, function: Resource, source: Source, entry: str, line: int) -> Row:
    problem, likely = _problem(entry, api)
    cells: AuthorizerDenials = {
        "function": function.logical_id,
        "entry": entry[:200],
        "problem": problem,
        "hint": likely,
    }
    return AUTHORIZER_DENIALS.row(cells, source.at(line), {}, api.name)


def _problem(entry: str, api: Api) -> tuple[Literal["form", "type", "field"] | Unknown | None, str]:
    """Return why an entry has no effect, None if it has one.

    https://github.com/aws/aws-appsync-community/issues/272
    """
    found = _ARN.fullmatch(entry)
    name = f"{found[1]}.{found[2]}" if found else entry
    if not _FIELD.fullmatch(name):
        return "form", ""
    schema = api.schema
    if not isinstance(schema, Schema):
        return Unknown("the schema is not known", "--schema", ("type", "field", None)), ""
    type_name, _, field = name.partition(".")
    definition = schema.types.get(type_name)
    if definition is None:
        return "type", hint(closest(type_name, schema.types))
    if field not in definition.fields:
        return "field", hint(closest(field, definition.fields))
    return None, ""
