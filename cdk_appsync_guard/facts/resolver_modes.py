"""Modes and fields that pass unchecked where others of their kind are checked → Found.

In: Surveys. Out: Found: callers of a mode that the code's questions about ``util.authType()`` leave
out, and fields whose code asks nothing although that of their siblings does.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.surveys import Surveys, codes_of
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.facts.survey_findings import Found
from cdk_appsync_guard.runtime.faults import AuthTypeTest, find_faults
from cdk_appsync_guard.runtime.model import CodePlace
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.util.checks import AUTH_TYPES

__all__ = ["find_unchecked_fields", "find_unchecked_modes"]

_MODES = {text: mode for mode, text in AUTH_TYPES.items()}
_FEWEST_SIBLINGS = 2
_HOLD_DATA = frozenset(
    {"AMAZON_DYNAMODB", "RELATIONAL_DATABASE", "AMAZON_OPENSEARCH_SERVICE", "AMAZON_ELASTICSEARCH"}
)
_DENY = ("nauthorized", "util.error", "Unauthorized")
_ASKS = ("identity", "authType", "nauthorized", "headers", "util.error", "authorized", "validate")


def find_unchecked_modes(surveys: Surveys, programs: Programs) -> Iterator[Found]:
    """Yield the modes of which the code does not ask, and whose callers it lets through."""
    for coordinate in surveys.coordinates:
        modes = surveys.modes_of(coordinate)
        tests = list(_tests(surveys, coordinate, programs)) if len(modes) > 1 else []
        if not tests or any(test.covers_others for test, _ in tests):
            continue
        asked = {_MODES.get(test.text, "") for test, _ in tests}
        known = [mode for mode in modes if mode in asked]
        for mode in modes:
            if mode in asked or not _always_passes(surveys, coordinate, mode):
                continue
            checked = [one for one in known if _may_refuse(surveys, coordinate, one)]
            if checked:
                yield Found("mode-unchecked", coordinate, mode, tests[0][1], checked[0])


def _tests(
    surveys: Surveys, coordinate: str, programs: Programs
) -> Iterator[tuple[AuthTypeTest, CodePlace]]:
    for code in dict.fromkeys(codes_of(surveys.code.pipeline(coordinate))):
        for test in find_faults(code, programs)[1]:
            yield test, CodePlace(code.name, test.line, code.place)


def _may_refuse(surveys: Surveys, coordinate: str, mode: str) -> bool:
    """Return whether the code denies some callers of the mode, and not all."""
    if not surveys.says(coordinate, *_DENY):
        return False
    survey = surveys.of(coordinate, surveys.anybody(mode))
    return survey is not None and any(branch.outcome.refuses for branch in survey.branches)


def _always_passes(surveys: Surveys, coordinate: str, mode: str) -> bool:
    survey = surveys.of(coordinate, surveys.anybody(mode))
    return survey is not None and survey.all_end("allowed")


def find_unchecked_fields(surveys: Surveys) -> Iterator[Found]:
    """Yield the root fields that use a table and ask nothing, unlike their siblings."""
    roots = {surveys.schema.roots.get(name) for name in ("query", "mutation")}
    families: dict[tuple[str, str], list[str]] = {}
    for coordinate in surveys.code.attached:
        field = surveys.field(coordinate)
        if field is not None and field.type_name in roots:
            families.setdefault((field.type_name, field.returns), []).append(coordinate)
    for family in families.values():
        silent = [one for one in family if _asks_nothing(surveys, one)]
        if not silent or len(family) - len(silent) < _FEWEST_SIBLINGS:
            continue
        asking = [one for one in family if one not in silent and _is_checked(surveys, one)]
        if len(asking) < _FEWEST_SIBLINGS or len(asking) < 2 * len(silent):
            continue
        for coordinate in silent:
            modes = surveys.modes_of(coordinate)
            if modes and _is_as_open(surveys, coordinate, asking[0]):
                yield Found("field-unchecked", coordinate, modes[0], None, asking[0])


def _asks_nothing(surveys: Surveys, coordinate: str) -> bool:
    """Return whether all the code is at hand, uses data, and never mentions the caller."""
    pipeline = surveys.code.pipeline(coordinate)
    steps = pipeline.steps
    if not any(step.data_source_kind in _HOLD_DATA for step in steps):
        return False
    if any(step.missing or step.data_source_kind in ("", "AWS_LAMBDA") for step in steps):
        return False
    codes = [pipeline.before, pipeline.after]
    codes += [code for step in steps for code in (step.request, step.response)]
    given = [code for code in codes if code is not None]
    return not any(code.missing or any(word in code.text for word in _ASKS) for code in given)


def _is_checked(surveys: Surveys, coordinate: str) -> bool:
    return any(_may_refuse(surveys, coordinate, mode) for mode in surveys.modes_of(coordinate))


def _is_as_open(surveys: Surveys, coordinate: str, sibling: str) -> bool:
    """Return whether the directives allow as many callers as those of the sibling do."""
    if not set(surveys.modes_of(sibling)) <= set(surveys.modes_of(coordinate)):
        return False
    return _grouped(surveys, coordinate) == _grouped(surveys, sibling)


def _grouped(surveys: Surveys, coordinate: str) -> bool:
    field = surveys.field(coordinate)
    if field is None:
        return False
    decision = decide(surveys.authorization, surveys.schema, Caller(COGNITO), field)
    return decision.reason == "group"
