"""What resolvers do with callers → rows of ``resolver_checks``.

In: an API whose schema and modes are known, and its code. Out: a row for each thing that the code
does with the callers of a mode that the schema allows. The code is run over unknown data; what is
the same for several modes is one row.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cdk_appsync_guard.access.surveys import Surveys
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.access_view import words
from cdk_appsync_guard.facts.authorizations import authorizations, question
from cdk_appsync_guard.facts.code_vocabulary import RESOLVER_CHECKS, ResolverChecks
from cdk_appsync_guard.facts.resolver_code import ApiCode
from cdk_appsync_guard.facts.resolver_members import find_members
from cdk_appsync_guard.facts.resolver_mistakes import find_mistakes
from cdk_appsync_guard.facts.resolver_modes import find_unchecked_fields, find_unchecked_modes
from cdk_appsync_guard.facts.resolver_tokens import find_token_faults
from cdk_appsync_guard.facts.survey_findings import Found
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.runtime.model import show_holes
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["check_rows"]

_NO_SCHEMA = Unknown("the schema is not known", "--schema")


def check_rows(own: ApiCode, stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield the rows about one API."""
    api = own.api
    if own.missing is not None:
        yield _open_row(api, *own.missing)
    possible = authorizations(api)
    schema = api.schema
    if isinstance(possible, Unknown) or len(possible) != 1:
        yield _open_row(api, *question(api))
    elif not isinstance(schema, Schema):
        why = schema if isinstance(schema, Unknown) else _NO_SCHEMA
        yield _open_row(api, why, api.resource.place())
    else:
        surveys = Surveys(api, possible[0], schema, own.runs)
        yield from _rows(api, surveys, _find(surveys, own, stacks))


def _find(surveys: Surveys, own: ApiCode, stacks: tuple[Stack, ...]) -> Iterator[Found]:
    yield from find_members(surveys)
    yield from find_token_faults(surveys, stacks)
    yield from find_mistakes(surveys)
    yield from find_unchecked_modes(surveys, own.programs)
    yield from find_unchecked_fields(surveys)


def _rows(api: Api, surveys: Surveys, found: Iterable[Found]) -> Iterator[Row]:
    """Yield a row for each thing at each line of code, whichever modes and fields it is about."""
    alike: dict[tuple[object, ...], list[Found]] = {}
    for one in found:
        line = (one.at.code, one.at.line) if one.at else one.coordinate
        alike.setdefault((one.finding, one.what, line), []).append(one)
    for group in alike.values():
        yield _row(api, surveys, group)


def _row(api: Api, surveys: Surveys, alike: list[Found]) -> Row:
    first = alike[0]
    fields = dict.fromkeys(one.coordinate for one in alike)
    place = surveys.code.attached[first.coordinate].place()
    if first.at is not None and first.at.place is not None:
        place = replace(first.at.place, inner=(first.at.line, 1))
    more = len(fields) - 1
    cells: ResolverChecks = {
        "coordinate": first.coordinate,
        "fields": f"`{first.coordinate}`" + (f" and {more} more" if more else ""),
        "mode": first.mode,
        "callers": words(dict.fromkeys(one.mode for one in alike)),
        "code": show_holes(first.at.code) if first.at else f"code of {first.coordinate}",
        "finding": first.open or first.finding,
        "what": show_holes(first.what)[:200],
        "detail": show_holes(first.detail)[:300],
    }
    return RESOLVER_CHECKS.row(cells, place, {}, api.name)


def _open_row(api: Api, unknown: Unknown, place: Place) -> Row:
    mode = api.default.mode
    cells: ResolverChecks = {
        "coordinate": "?",
        "fields": "?",
        "mode": mode if isinstance(mode, str) else Unknown(mode.reason, mode.would_decide),
        "callers": "callers",
        "code": "?",
        "finding": Unknown(unknown.reason, unknown.would_decide or "the template with all it uses"),
        "what": "?",
        "detail": "",
    }
    return RESOLVER_CHECKS.row(cells, place, {}, api.name)
