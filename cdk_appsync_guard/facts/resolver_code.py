"""Resolver code → rows of what is wrong with it in itself, and of how it tests the caller's mode.

In: an API. Out: rows of ``code_faults`` and ``auth_type_tests``. The code is read, not run.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.resolver_code import read_codes
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.runtime.faults import AuthTypeTest, CodeFault, find_faults
from cdk_appsync_guard.runtime.model import HOLE, Code, show_holes
from cdk_appsync_guard.runtime.util.checks import AUTH_TYPES
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["missing_code", "resolver_code_rows"]

_MODES = {text: mode for mode, text in AUTH_TYPES.items()}


def resolver_code_rows(api: Api) -> Iterator[Row]:
    """Yield the rows about the code of an API's resolvers and functions."""
    read: dict[str, tuple[tuple[CodeFault, ...], tuple[AuthTypeTest, ...]]] = {}
    for resource in (*api.resolvers, *api.functions):
        for code in read_codes(resource):
            if code.missing:
                continue
            place = code.place or resource.place()
            key = f"{code.language} {code.text}"
            if key not in read:
                read[key] = find_faults(code)
            faults, tests = read[key]
            yield from (_fault_row(api, code, fault, place) for fault in faults)
            yield from (_test_row(api, code, test, place) for test in tests)
    missing = missing_code(api)
    if missing is not None:
        unknown, place = missing
        cells: dict[str, Cell] = {"code": "?", "fault": unknown, "what": unknown}
        yield Row("code_faults", cells, place, {}, api.name)


def missing_code(api: Api) -> tuple[Unknown, Place] | None:
    """Return the one question about all code of an API that is not at hand."""
    missing = [
        (code, code.place or resource.place())
        for resource in (*api.resolvers, *api.functions)
        for code in read_codes(resource)
        if code.missing
    ]
    if not missing:
        return None
    code, place = missing[0]
    more = f", and of {len(missing) - 1} more not, either" if len(missing) > 1 else ""
    unknown = Unknown(f"{code.missing}{more}", "the folder that holds the template and its code")
    return unknown, place


def _fault_row(api: Api, code: Code, fault: CodeFault, place: Place) -> Row:
    what = show_holes(fault.what)
    if fault.kind == "refused-construct":
        what = f"APPSYNC_JS does not have {what}"
    cells: dict[str, Cell] = {"code": code.name, "fault": fault.kind, "what": what}
    return Row("code_faults", cells, _at(place, fault.line), {}, api.name)


def _test_row(api: Api, code: Code, test: AuthTypeTest, place: Place) -> Row:
    mode: str | Unknown | None = _MODES.get(test.text)
    shown = show_holes(test.text)
    if HOLE in test.text:
        reason = f"the {code.name} compares `util.authType()` with `{shown}`, which is not known"
        mode = Unknown(reason, "the values of the parameters in it")
    cells: dict[str, Cell] = {
        "code": code.name,
        "compared": shown,
        "mode": mode,
        "mode_configured": api.accepts(mode) if isinstance(mode, str) else mode,
        "advice": _advice(test.text) if mode is None else "",
    }
    return Row("auth_type_tests", cells, _at(place, test.line), {}, api.name)


def _advice(text: str) -> str:
    meant = closest(text, tuple(_MODES)) or closest(f"{text} Authorization", tuple(_MODES))
    return f" (likely meant: `{meant}`)" if meant else ""


def _at(place: Place, line: int) -> Place:
    return replace(place, inner=(line, 1))
