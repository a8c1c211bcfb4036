"""A field came back null with `Unauthorized` → which engine denied it: directive, IAM, resolver ...

In: a Case whose answer is of catalogue 6.2. Out: a Verdict. One message has many causes: they are
told apart by the type that it names, by the logs, by CloudTrail, and by the template's directives.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.appsync.modes import AWS_IAM, LAMBDA
from cdk_appsync_guard.diagnosis.by_template import judge_by_template
from cdk_appsync_guard.diagnosis.case import Case, Verdict
from cdk_appsync_guard.diagnosis.claims import on_machines
from cdk_appsync_guard.diagnosis.denial import AMPLIFY, OF_RESOLVERS, Denial, likely_causes
from cdk_appsync_guard.diagnosis.exchange import FieldLog, Told
from cdk_appsync_guard.diagnosis.logging import logging_first
from cdk_appsync_guard.diagnosis.model import Evidence, FieldDenial
from cdk_appsync_guard.diagnosis.presented import presented
from cdk_appsync_guard.diagnosis.tokens import Token
from cdk_appsync_guard.diagnosis.words import name_of

__all__ = ["denied_field", "is_field_denial", "judge_fields"]

_DENIED = re.compile(r"Not Authorized to access ([_A-Za-z]\w{0,120}) on type ([_A-Za-z]\w{0,120})")
_INPUT = re.compile(r"Unauthorized on \[([\w, ]{1,300})\]")
_OF_POLICIES = ("I1", "I2", "I5", "C3", "C4")
_NULL = "Cannot return null for non-nullable type"
_NULL_OF = re.compile(r"within parent '(\w{1,120})' \((/[\w/\[\]]{1,300})\)")


def denied_field(told: Told) -> str | None:
    """Return the coordinate that a message names, None if it names none."""
    found = _DENIED.search(told.message)
    return f"{found[2]}.{found[1]}" if found else None


def is_field_denial(told: Told) -> bool:
    """Return whether the error is about a field that was denied, or about what follows from it."""
    return bool(
        _DENIED.search(told.message)
        or told.message.startswith(_NULL)
        or _INPUT.search(told.message)
        or told.error_type == "Unauthorized"
    )


def judge_fields(case: Case) -> Verdict:
    """Return why fields of the answer were denied: the first one leads, the others are listed."""
    denials = [
        _judge(case, told) for told in case.exchange.answer.errors if _DENIED.search(told.message)
    ]
    if not denials:
        return _without_name(case)
    lead = denials[0]
    fields = tuple(
        FieldDenial(one.coordinate, one.path, one.causes[0] if one.is_proven else None, one.causes)
        for one in _once(denials)
    )
    others = len(fields) - 1
    more = f" (and {others} more field{'s' if others > 1 else ''})" if others else ""
    return Verdict(
        kind=lead.kind,
        happened=f"`{lead.coordinate}` was denied{more}: {lead.said}",
        causes=lead.causes,
        is_proven=lead.is_proven,
        evidence=(presented(case), *lead.evidence, *on_machines(_token(case))),
        expected=lead.expected,
        agrees=lead.agrees,
        fix=lead.fix,
        would_decide=_would_decide(case, lead),
        field=lead.coordinate,
        path=lead.path,
        fields=fields,
    )


def _would_decide(case: Case, lead: Denial) -> tuple[str, ...]:
    if lead.is_proven:
        return ()
    return (lead.ask,) if lead.ask else tuple(_asks(case))


def _token(case: Case) -> Token | None:
    return case.credential.token if case.credential is not None else None


def _judge(case: Case, told: Told) -> Denial:
    coordinate = denied_field(told) or ""
    path = ".".join(name_of(step) for step in told.path)
    by_log = _by_logs(case, coordinate, path)
    if by_log is not None and by_log.is_proven:
        return _with_place(case, by_log)
    by_trail = _by_trail(case, coordinate, path)
    if by_trail is not None:
        return by_trail
    by_template = judge_by_template(case, coordinate, path)
    if by_template is not None:
        return by_template
    return by_log or _by_message(case, told, coordinate, path)


def _by_logs(case: Case, coordinate: str, path: str) -> Denial | None:
    """Return what the logs prove: a resolver that ran and denied, or one that never ran."""
    log = case.exchange.log
    if log is None:
        return None
    steps = [one for one in log.failed if one.coordinate == coordinate and _denies(one)]
    if steps:
        return _by_step(case, steps[-1], coordinate, path)
    if coordinate in log.denied_fields:
        text = "the authorizer's log lists the field in `deniedFields`"
        evidence = (Evidence(text, log.at),)
        said = "the Lambda authorizer denied it"
        return Denial(coordinate, path, "denied-fields", ("L4",), True, said, evidence)
    if coordinate in log.resolved or not log.resolved:
        return None
    text = "the logs show resolvers of other fields but none of this one: it was denied before that"
    causes = tuple(one for one in likely_causes(case, coordinate, path) if one not in OF_RESOLVERS)
    return Denial(
        coordinate, path, "denied-before-resolver", causes, False,
        "its resolver never ran", (Evidence(text, log.at),),
    )  # fmt: skip


def _with_place(case: Case, found: Denial) -> Denial:
    """Return a denial that the logs prove with what the template says of the resolver's code."""
    foreseen = judge_by_template(case, found.coordinate, found.path)
    if foreseen is None:
        return found
    agrees = foreseen.agrees if foreseen.kind == found.kind else None
    return replace(found, expected=foreseen.expected, agrees=agrees)


def _denies(step: FieldLog) -> bool:
    said = " ".join(step.errors)
    return step.in_error and (not said or "nauthorized" in said or "Not Authorized" in said)


def _by_step(case: Case, step: FieldLog, coordinate: str, path: str) -> Denial:
    amplify = AMPLIFY.search(step.function)
    where = f"`{name_of(step.function)}`" if step.function else "the resolver"
    text = f"the log shows that {where} denied in its step `{name_of(step.step)}`"
    evidence = (Evidence(text, step.at),)
    if amplify is None:
        said = "its resolver denied it"
        return Denial(coordinate, path, "resolver", ("V1",), True, said, evidence)
    if amplify[1] == "postAuth":
        said = "no Amplify rule covers the caller and the operation"
        return Denial(coordinate, path, "amplify-no-rule", ("M3",), True, said, evidence)
    said = "Amplify's rules did not allow the caller"
    causes = ("M1",) if case.mode == AWS_IAM else ("M2", "T6", "T3", "M3")
    return Denial(coordinate, path, "amplify-rule", causes, len(causes) == 1, said, evidence)


def _by_trail(case: Case, coordinate: str, path: str) -> Denial | None:
    trail = case.exchange.trail
    if trail is None or coordinate not in trail.denied:
        return None
    evidence = (Evidence("CloudTrail lists the field in `deniedFields`", trail.at),)
    if LAMBDA in trail.modes:
        said = "the Lambda authorizer denied it"
        return Denial(coordinate, path, "denied-fields", ("L4",), True, said, evidence)
    said = "the caller's IAM policies do not allow it"
    return Denial(coordinate, path, "policy", ("I1", "I5", "I2", "C3"), False, said, evidence)


def _by_message(case: Case, told: Told, coordinate: str, path: str) -> Denial:
    """Return what the message alone suggests."""
    del told
    causes = likely_causes(case, coordinate, path)
    said = "a directive, a policy, an authorizer, or the resolver denied it"
    trail = case.exchange.trail
    if trail is None or coordinate not in trail.allowed:
        return Denial(coordinate, path, "field-denied", causes, False, said)
    text = "CloudTrail lists the field in `allowedFields`, so the caller's policies allow it"
    causes = tuple(one for one in causes if one not in _OF_POLICIES)
    said = "a directive or the resolver denied it"
    return Denial(
        coordinate, path, "field-denied", causes, False, said, (Evidence(text, trail.at),)
    )


def _without_name(case: Case) -> Verdict:
    """Return a verdict on answers that name no field: input fields, nulls, other words."""
    message = case.told.message
    listed = _INPUT.search(message)
    if listed is not None:
        said = f"Amplify's resolver denied the input fields `{listed[1]}`"
        return Verdict("input-fields", said, ("V1",), True, (presented(case),))
    if message.startswith(_NULL):
        return _null(case)
    said = "a resolver answered `Unauthorized` with a message of its own"
    return Verdict("resolver", said, ("V1",), True, (presented(case),))


def _null(case: Case) -> Verdict:
    found = _NULL_OF.search(case.told.message)
    path = found[2].strip("/").replace("/", ".") if found else ""
    name = re.sub(r"\[\d{1,9}\]", "", path.rpartition(".")[2])
    field = f"{found[1]}.{name}" if found else None
    said = "a non-null field is null, and so is its parent"
    evidence = (presented(case),)
    if case.exchange.channel == "subscription":
        said = "the event lacks a field that cannot be null"
        return Verdict("null-in-event", said, ("W3",), True, evidence, field=field, path=path)
    return Verdict("null", said, ("R3",), False, evidence, field=field, path=path,
                   would_decide=tuple(_asks(case)))  # fmt: skip


def _once(denials: list[Denial]) -> Iterator[Denial]:
    seen: set[tuple[str, str]] = set()
    for one in denials:
        if (one.coordinate, one.path) not in seen:
            seen.add((one.coordinate, one.path))
            yield one


def _asks(case: Case) -> Iterator[str]:
    yield from logging_first(case)
    if not case.views:
        yield "the template: --template PATH"
    if case.exchange.log is None and not case.views:
        yield "the CloudWatch logs of the request, with FieldLogLevel `ALL` and verbose content"
    if case.mode is None and case.is_stripped:
        yield "the same request exported with its Authorization header"
