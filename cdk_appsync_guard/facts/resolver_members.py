"""Members of ``ctx.identity`` that the caller's mode does not have, and what comes of it.

In: Surveys. Out: Found. A member that the code asks for whether it is there is no matter. A request
certainly fails only if every way through the code fails, whatever its data.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.access.surveys import Reached, Surveys
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.facts.code_vocabulary import SurveyFinding
from cdk_appsync_guard.facts.survey_findings import Found
from cdk_appsync_guard.runtime.model import Branch, CodePlace, Note, UnknownData

__all__ = ["find_members"]

_ANY_IDENTITY = UnknownData("ctx.identity", nullable=False, kind="map")
_CRASH = "Runtime Error"
_OF_NULL = ("reads ", "calls ", "takes ")
# AWS's own sample of an IAM user's identity has it, and no list of members.
_PERHAPS = {(AWS_IAM, "user")}


def find_members(surveys: Surveys) -> Iterator[Found]:
    """Yield each absent member that the code of a field reads."""
    for coordinate, mode in surveys.all():
        if surveys.says(coordinate, "identity") and _is_suspect(surveys, coordinate, mode):
            reached = surveys.reached(coordinate, mode)
            if reached is not None:
                yield from _of(surveys, reached)


def _is_suspect(surveys: Surveys, coordinate: str, mode: str) -> bool:
    """Return whether a step, run alone, reads such a member or a member of null."""
    steps = surveys.steps(coordinate, mode)
    return any(
        any(note.kind == "absent-member" for note in step.notes)
        or any(_crashes_on_null(branch) for branch in step.branches)
        for step in steps
    )


def _of(surveys: Surveys, reached: Reached) -> Iterator[Found]:
    survey = reached.survey
    notes = [
        note
        for note in survey.notes
        if note.kind == "absent-member" and (reached.mode, note.what) not in _PERHAPS
    ]
    lines = {_line(note.place): note for note in notes}
    crashes = [branch for branch in survey.branches if _crashes_on_null(branch)]
    if not notes and not (crashes and survey.all_end("failed")):
        return
    if len(crashes) == len(survey.branches) and survey.all_end("failed"):
        if notes or _is_cause(surveys, reached, "failed"):
            yield _found("member-fails", reached, lines, crashes[0])
        return
    at_note = [branch for branch in crashes if _line(branch.outcome.decided_by) in lines]
    if at_note:
        yield _found("member-denies", reached, lines, at_note[0], "some requests fail with it")
    elif survey.branches and survey.complete and all(b.outcome.refuses for b in survey.branches):
        if _is_cause(surveys, reached, "refused"):
            yield _found("member-denies", reached, lines, None, "all of them are denied for it")
    else:
        yield from (
            Found("member-null", reached.coordinate, reached.mode, note.place, note.what)
            for note in lines.values()
        )


def _found(
    finding: SurveyFinding,
    reached: Reached,
    lines: dict[tuple[str, int], Note],
    branch: Branch | None,
    detail: str = "",
) -> Found:
    """Return the finding at the line that breaks, or at the first that reads such a member."""
    place = branch.outcome.decided_by if branch is not None else None
    note = lines.get(_line(place)) or next(iter(lines.values()), None)
    if note is not None:
        return Found(finding, reached.coordinate, reached.mode, note.place, note.what, detail)
    reason = branch.outcome.reason if branch is not None else ""
    what = reason.split("`")[1] if reason.count("`") > 1 else "a member"
    return Found(finding, reached.coordinate, reached.mode, place, what, detail)


def _is_cause(surveys: Surveys, reached: Reached, end: str) -> bool:
    """Return whether the code would go on if the identity had all that it asks for."""
    caller = surveys.anybody(reached.mode)
    if end == "refused":
        return not surveys.refuses(reached.coordinate, caller, _ANY_IDENTITY)
    other = surveys.of(reached.coordinate, caller, identity=_ANY_IDENTITY)
    return other is not None and not other.all_end("failed")


def _crashes_on_null(branch: Branch) -> bool:
    outcome = branch.outcome
    messages = [error.message for error in outcome.errors]
    return outcome.kind == "failed" and _CRASH in messages and outcome.reason.startswith(_OF_NULL)


def _line(place: CodePlace | None) -> tuple[str, int]:
    return (place.code, place.line) if place is not None else ("", 0)
