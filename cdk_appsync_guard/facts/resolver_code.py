"""Resolver code → rows of what is wrong with it in itself, and of how it tests the caller's mode.

In: an API. Out: rows of ``code_faults`` and ``auth_type_tests``. The code is read, not run.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from cdk_appsync_guard.access.resolver_run import ResolverCode
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.resolver_code import read_codes
from cdk_appsync_guard.facts.code_vocabulary import (
    AUTH_TYPE_TESTS,
    CODE_FAULTS,
    AuthTypeTests,
    CodeFaults,
)
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.runtime.faults import AuthTypeTest, CodeFault, find_faults
from cdk_appsync_guard.runtime.model import HOLE, Code, show_holes
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.util.checks import AUTH_TYPES
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["ApiCode", "resolver_code_rows"]

_MODES = {text: mode for mode, text in AUTH_TYPES.items()}


class ApiCode:
    """The code of one API's resolvers and functions, read once, and what was parsed of it."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.programs = Programs()

    @cached_property
    def all(self) -> tuple[tuple[Code, Place], ...]:
        """Every template and module, with its place."""
        return tuple(
            (code, code.place or resource.place())
            for resource in (*self.api.resolvers, *self.api.functions)
            for code in read_codes(resource)
        )

    @cached_property
    def runs(self) -> ResolverCode:
        """The code by the field that it resolves, to be run."""
        return ResolverCode(self.api, self.programs)

    @cached_property
    def missing(self) -> tuple[Unknown, Place] | None:
        """The one question about all code that is not at hand."""
        missing = [(code, place) for code, place in self.all if code.missing]
        if not missing:
            return None
        code, place = missing[0]
        more = f", and neither are {len(missing) - 1} more" if len(missing) > 1 else ""
        ask = "the folder that holds the template and its code"
        return Unknown(f"{code.missing}{more}", ask), place


def resolver_code_rows(own: ApiCode) -> Iterator[Row]:
    """Yield the rows about the code of an API's resolvers and functions."""
    read: dict[str, tuple[tuple[CodeFault, ...], tuple[AuthTypeTest, ...]]] = {}
    for code, place in own.all:
        if code.missing:
            continue
        key = f"{code.language} {code.text}"
        if key not in read:
            read[key] = find_faults(code, own.programs)
        faults, tests = read[key]
        yield from (_fault_row(own.api, code, fault, place) for fault in faults)
        yield from (_test_row(own.api, code, test, place) for test in tests)
    if own.missing is not None:
        unknown, place = own.missing
        cells: CodeFaults = {"code": "?", "fault": unknown, "what": unknown}
        yield CODE_FAULTS.row(cells, place, {}, own.api.name)


def _fault_row(api: Api, code: Code, fault: CodeFault, place: Place) -> Row:
    what = show_holes(fault.what)
    if fault.kind == "refused-construct":
        what = f"APPSYNC_JS does not have {what}"
    cells: CodeFaults = {"code": code.name, "fault": fault.kind, "what": what}
    return CODE_FAULTS.row(cells, _at(place, fault.line), {}, api.name)


def _test_row(api: Api, code: Code, test: AuthTypeTest, place: Place) -> Row:
    mode: str | Unknown | None = _MODES.get(test.text)
    shown = show_holes(test.text)
    if HOLE in test.text:
        reason = f"the {code.name} compares `util.authType()` with `{shown}`, which is not known"
        mode = Unknown(reason, "the values of the parameters in it")
    cells: AuthTypeTests = {
        "code": code.name,
        "compared": shown,
        "mode": mode,
        "mode_configured": api.accepts(mode) if isinstance(mode, str) else mode,
        "advice": _advice(test.text) if mode is None else "",
    }
    return AUTH_TYPE_TESTS.row(cells, _at(place, test.line), {}, api.name)


def _advice(text: str) -> str:
    meant = closest(text, tuple(_MODES)) or closest(f"{text} Authorization", tuple(_MODES))
    return f" (likely meant: `{meant}`)" if meant else ""


def _at(place: Place, line: int) -> Place:
    return replace(place, inner=(line, 1))
