"""Code that looks like a check and is none, or that comes too late → Found.

In: Surveys. Out: Found: an error that is only appended, a denial after the write, a null result
that old templates never see, headers and addresses that the caller writes, requests that no data
source takes.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-changelog.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.access.surveys import Reached, Surveys, codes_of
from cdk_appsync_guard.facts.survey_findings import Found
from cdk_appsync_guard.runtime.data_source_requests import lacks_word
from cdk_appsync_guard.runtime.model import Branch, Pipeline, Step
from cdk_appsync_guard.runtime.run import Survey
from cdk_appsync_guard.runtime.util.ends import reads_like_refusal

__all__ = ["find_mistakes"]

_HEADERS = "ctx.request.headers"
_ADDRESSES = "ctx.identity.sourceIp"
# Any address but the last may be the caller's own words: a fixed place, or one of all.
_ANY_ADDRESS = re.compile(
    r"\[\d+\]|\[\*+\]|\.get\(\d+\)|\.(?:contains|includes|indexOf|join|toString)\(", re.ASCII
)
_WRITTEN_BY_TEMPLATE = frozenset({"AMAZON_DYNAMODB", "NONE"})
_OLD, _NEW = "2017-02-28", "2018-05-29"
# Old code of Amplify asks whether there are addresses, to tell modes apart.
_SUSPECT = re.compile(r"headers|appendError|sourceIp(?!\s?\))")
_WRITES = re.compile(r"PutItem|UpdateItem|DeleteItem|TransactWrite|aws-appsync/utils/dynamodb")
_DENIES = re.compile(r"nauthorized|Forbidden|AccessDenied")
_CONDITION = "`the item that "


def find_mistakes(surveys: Surveys) -> Iterator[Found]:
    """Yield the mistakes in the code of each field."""
    for coordinate, mode in surveys.all():
        if _is_suspect(surveys, coordinate):
            reached = surveys.reached(coordinate, mode)
            if reached is not None:
                yield from _appended(reached)
                yield from _late(surveys, reached)
                yield from _trusting(reached)
    for coordinate in surveys.coordinates:
        yield from _unseen_null(surveys, coordinate)
        yield from _refused_requests(surveys, coordinate)


def _is_suspect(surveys: Surveys, coordinate: str) -> bool:
    """Return whether the code has what any of the mistakes is made with."""
    codes = codes_of(surveys.code.pipeline(coordinate))
    if any(_SUSPECT.search(code.text) for code in codes):
        return True
    writing = [index for index, code in enumerate(codes) if _WRITES.search(code.text)]
    # A JavaScript module has both handlers: it may write in one and deny in the other.
    return any(
        _DENIES.search(later.text)
        for index in writing[:1]
        for later in codes[index + (codes[index].language == "vtl") :]
    )


def _appended(reached: Reached) -> Iterator[Found]:
    """Yield where data goes out, or is written, beside an error that reads like a refusal."""
    for branch in reached.survey.branches:
        outcome = branch.outcome
        if outcome.kind != "allowed" or (outcome.value is None and not outcome.wrote):
            continue
        errors = [(error.error_type, error.message) for error in outcome.errors]
        said = [one for one in errors if any(reads_like_refusal(part) for part in one)]
        notes = [note for note in reached.survey.notes if note.kind == "appended"]
        if said and notes:
            note = next((one for one in notes if one.what in said[0]), notes[0])
            yield Found("appended-refusal", reached.coordinate, reached.mode, note.place, note.what)
            return


def _late(surveys: Surveys, reached: Reached) -> Iterator[Found]:
    """Yield a mutation that is denied once the table has been written to."""
    root = surveys.schema.roots.get("mutation")
    pipeline = surveys.code.pipeline(reached.coordinate)
    kinds = {step.data_source_kind for step in pipeline.steps}
    if reached.coordinate.partition(".")[0] != root or not kinds <= _WRITTEN_BY_TEMPLATE:
        return
    for branch in reached.survey.branches:
        if branch.outcome.refuses and branch.outcome.wrote and not _was_refused_by_table(branch):
            operations = [note for note in reached.survey.notes if note.kind == "operation"]
            what = next((one.what for one in operations if _writes(one.what)), "write")
            at = branch.outcome.decided_by
            yield Found("denied-after-write", reached.coordinate, reached.mode, at, what)
            return


def _writes(operation: str) -> bool:
    return not operation.startswith(("Get", "Query", "Scan", "Sync", "BatchGet", "TransactGet"))


def _was_refused_by_table(branch: Branch) -> bool:
    """Return whether a condition of the request itself failed: then nothing was written."""
    return any(question.startswith(_CONDITION) and not yes for question, yes in branch.conditions)


def _trusting(reached: Reached) -> Iterator[Found]:
    """Yield where what the caller writes himself decides whether he is refused."""
    outcome = reached.survey.outcome
    refusing = [branch for branch in outcome.branches if branch.outcome.refuses]
    if not refusing or len(refusing) == len(outcome.branches):
        return
    at = refusing[0].outcome.decided_by
    for name in outcome.depends_on:
        if name.startswith(_HEADERS):
            header = name.removeprefix(_HEADERS).partition("(")[0].strip(".")
            what = header or "a header"
            yield Found("header-decides", reached.coordinate, reached.mode, at, what)
            return
        if name.startswith(_ADDRESSES) and _ANY_ADDRESS.search(name):
            yield Found("source-ip-decides", reached.coordinate, reached.mode, at, name)
            return


def _refused_requests(surveys: Surveys, coordinate: str) -> Iterator[Found]:
    """Yield a request that its data source does not take, whatever the arguments."""
    for mode in surveys.modes_of(coordinate)[:1]:
        steps = [step for step in surveys.code.pipeline(coordinate).steps if _is_odd(step)]
        alone = surveys.steps(coordinate, mode, tuple(steps)) if steps else ()
        if not any(_is_refused(survey) for survey in alone):
            return
        reached = surveys.reached(coordinate, mode)
        if reached is not None and _is_refused(reached.survey):
            outcome = reached.survey.branches[0].outcome
            at = outcome.decided_by
            yield Found("request-refused", coordinate, mode, at, outcome.reason)


def _is_odd(step: Step) -> bool:
    """Return whether the text of a request lacks a word that its data source asks for."""
    code = step.request
    return code is not None and not code.missing and lacks_word(code.text, step.data_source_kind)


def _is_refused(survey: Survey) -> bool:
    reasons = {branch.outcome.reason for branch in survey.branches}
    if not survey.all_end("failed") or len(reasons) != 1:
        return False
    return next(iter(reasons)).startswith("the request for ")


def _unseen_null(surveys: Surveys, coordinate: str) -> Iterator[Found]:
    """Yield a refusal of a null result in a response template that does not run for null.

    It is found by what the newer version would do: it runs the template for null as well.
    """
    pipeline = surveys.code.pipeline(coordinate)
    step = pipeline.steps[0] if pipeline.steps else None
    if pipeline.kind != "UNIT" or pipeline.runtime != "vtl" or step is None or step.version:
        return
    texts = [code.text for code in (step.request, step.response) if code is not None]
    if len(texts) != len(("request", "response")) or _OLD not in texts[0]:
        return
    if "nauthorized" not in texts[1]:
        return
    for mode in surveys.modes_of(coordinate)[:1]:
        yield from _compare_versions(surveys, pipeline, coordinate, mode)


def _compare_versions(
    surveys: Surveys, pipeline: Pipeline, coordinate: str, mode: str
) -> Iterator[Found]:
    caller = surveys.anybody(mode)
    step = pipeline.steps[0]
    nothing = {step.name: None}
    newer = replace(pipeline, steps=(replace(step, version=_NEW),))
    new = surveys.of(coordinate, caller, results=nothing, pipeline=newer)
    old = surveys.of(coordinate, caller, results=nothing)
    usual = surveys.of(coordinate, caller)
    if new is None or old is None or usual is None:
        return
    refusals = [branch for branch in new.branches if branch.outcome.refuses]
    if len(refusals) != len(new.branches) or not refusals:
        return
    if any(branch.outcome.refuses for branch in old.branches) or not old.branches:
        return
    if all(branch.outcome.refuses for branch in usual.branches):
        return
    yield Found("null-never-checked", coordinate, mode, refusals[0].outcome.decided_by, _OLD)
