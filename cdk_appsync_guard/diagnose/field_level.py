"""A field came back null with `Unauthorized` → which engine denied it: directive, IAM, resolver ...

In: a Case whose answer is of catalogue 6.2. Out: a Verdict. One message has many causes: they are
told apart by the type that it names, by the logs, by CloudTrail, and by the template's directives.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.diagnose.case import Case, Verdict, rank
from cdk_appsync_guard.diagnose.diagnosis import Evidence, FieldDenial
from cdk_appsync_guard.diagnose.exchange import FieldLog, Told
from cdk_appsync_guard.diagnose.logging import logging_first
from cdk_appsync_guard.diagnose.request_level import presented
from cdk_appsync_guard.diagnose.template_view import View, directive_of, field_evidence
from cdk_appsync_guard.diagnose.words import CALLED, name_of

__all__ = ["denied_field", "is_field_denial", "judge_fields"]

_DENIED = re.compile(r"Not Authorized to access ([_A-Za-z]\w{0,120}) on type ([_A-Za-z]\w{0,120})")
_INPUT = re.compile(r"Unauthorized on \[([\w, ]{1,300})\]")
_NULL = "Cannot return null for non-nullable type"
_NULL_OF = re.compile(r"within parent '(\w{1,120})' \((/[\w/\[\]]{1,300})\)")
_ROOTS = ("Query", "Mutation", "Subscription")
_AMPLIFY = re.compile(r"(?:Query|Mutation|Subscription)\w{1,150}?(postAuth|auth)\d*Function")


@dataclass(frozen=True, slots=True)
class _Denial:
    """One denied field: ``causes`` that fit, ranked; ``is_proven`` if the first is the cause."""

    coordinate: str
    path: str
    kind: str
    causes: tuple[str, ...]
    is_proven: bool = False
    said: str = ""
    evidence: tuple[Evidence, ...] = ()
    expected: tuple[Evidence, ...] = ()
    agrees: bool | None = None
    fix: str = ""


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
        evidence=(presented(case), *lead.evidence),
        expected=lead.expected,
        agrees=lead.agrees,
        fix=lead.fix,
        would_decide=() if lead.is_proven else tuple(_asks(case)),
        field=lead.coordinate,
        path=lead.path,
        fields=fields,
    )


def _judge(case: Case, told: Told) -> _Denial:
    coordinate = denied_field(told) or ""
    path = ".".join(name_of(step) for step in told.path)
    by_log = _by_logs(case, coordinate, path)
    if by_log is not None and by_log.is_proven:
        return by_log
    by_trail = _by_trail(case, coordinate, path)
    if by_trail is not None:
        return by_trail
    by_template = _by_template(case, coordinate, path)
    if by_template is not None:
        return by_template
    return by_log or _by_message(case, told, coordinate, path)


def _by_logs(case: Case, coordinate: str, path: str) -> _Denial | None:
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
        return _Denial(coordinate, path, "denied-fields", ("L4",), True, said, evidence)
    if coordinate in log.resolved or not log.resolved:
        return None
    text = "the logs show resolvers of other fields and none of this one: it was denied before"
    causes = tuple(one for one in _likely(case, coordinate, path) if one not in _OF_RESOLVERS)
    return _Denial(
        coordinate, path, "denied-before-resolver", causes, False,
        "its resolver never ran", (Evidence(text, log.at),),
    )  # fmt: skip


def _denies(step: FieldLog) -> bool:
    said = " ".join(step.errors)
    return step.in_error and (not said or "nauthorized" in said or "Not Authorized" in said)


def _by_step(case: Case, step: FieldLog, coordinate: str, path: str) -> _Denial:
    amplify = _AMPLIFY.search(step.function)
    where = f"`{name_of(step.function)}`" if step.function else "the resolver"
    text = f"the log shows that {where} denied in its step `{name_of(step.step)}`"
    evidence = (Evidence(text, step.at),)
    if amplify is None:
        said = "its resolver denied it"
        return _Denial(coordinate, path, "resolver", ("V1",), True, said, evidence)
    if amplify[1] == "postAuth":
        said = "no rule of Amplify's covers the caller and the operation"
        return _Denial(coordinate, path, "amplify-no-rule", ("M3",), True, said, evidence)
    said = "Amplify's rules did not let the caller in"
    causes = ("M1",) if case.mode == AWS_IAM else ("M2", "T6", "T3", "M3")
    return _Denial(coordinate, path, "amplify-rule", causes, len(causes) == 1, said, evidence)


def _by_trail(case: Case, coordinate: str, path: str) -> _Denial | None:
    trail = case.exchange.trail
    if trail is None or coordinate not in trail.denied:
        return None
    evidence = (Evidence("CloudTrail lists the field in `deniedFields`", trail.at),)
    if LAMBDA in trail.modes:
        said = "the Lambda authorizer denied it"
        return _Denial(coordinate, path, "denied-fields", ("L4",), True, said, evidence)
    said = "the caller's IAM policies do not allow it"
    return _Denial(coordinate, path, "policy", ("I1", "I5", "I2", "C3"), False, said, evidence)


def _by_template(case: Case, coordinate: str, path: str) -> _Denial | None:
    """Return what the directives of the template say, if all scenarios say the same."""
    found = [_by_view(case, view, coordinate, path) for view in case.views.views]
    if not found or found[0] is None:
        return None
    first = found[0]
    same = all(one is not None and one.causes == first.causes for one in found)
    return first if same else None


def _by_view(case: Case, view: View, coordinate: str, path: str) -> _Denial | None:
    if view.schema is None:
        return None
    field = view.field_of(coordinate)
    if field is None:
        return _without_field(view, coordinate, path)
    expected = (field_evidence(view, field),)
    mode = case.mode
    if mode is None or mode not in view.authorization.modes:
        return None
    token = case.credential.token if case.credential is not None else None
    groups = frozenset(token.groups) if token is not None else frozenset[str]()
    decision = view.decide(Caller(mode, groups), field)
    knows_groups = mode != COGNITO or token is not None
    if decision.outcome == "denied" and (decision.reason != "group" or knows_groups):
        causes, is_proven, said, fix = _of_reason(view, mode, coordinate, decision)
        kind = f"directive-{decision.reason}"
        return _Denial(coordinate, path, kind, causes, is_proven, said, (), expected, True, fix)
    if decision.outcome == "allowed":
        return _although_allowed(case, view, coordinate, path, expected)
    return None


def _without_field(view: View, coordinate: str, path: str) -> _Denial:
    type_name, _, name = coordinate.partition(".")
    assert view.schema is not None  # noqa: S101 - the caller has looked
    known = type_name in view.schema.types
    text = f"the schema has no field `{name}` on the type `{type_name}`" if known else (
        f"the schema has no type `{type_name}`")  # fmt: skip
    returned = any(
        field.returns == type_name
        for root in view.schema.roots.values()
        for field in view.schema.types[root].fields.values()
        if field.name == name
    )
    if not returned:
        text += ": another version is deployed, or it is another API"
        said = "the schema of the template does not have it"
        return _Denial(
            coordinate, path, "not-in-template", (), False, said, (), (Evidence(text),), False
        )
    text += f", but `{name}` returns it: a resolver's own message names the returned type"
    said = "its resolver denied it"
    return _Denial(coordinate, path, "resolver", ("V1",), True, said, (), (Evidence(text),), True)


def _of_reason(
    view: View, mode: str, coordinate: str, decision: Decision
) -> tuple[tuple[str, ...], bool, str, str]:
    """Return the causes of a denial by directive, whether the first is proven, words, and a fix."""
    type_name = coordinate.partition(".")[0]
    schema = view.schema
    is_root = schema is not None and type_name in schema.roots.values()
    called, directive = CALLED[mode], directive_of(mode)
    said = f"its directives do not admit {called}"
    if decision.reason == "group":
        groups = "the token lists none of the groups that the directive names"
        return ("T6",), False, groups, ""
    if decision.reason == "default-action":
        return ("P4",), True, "the DefaultAction of the user pool is DENY", ""
    if not is_root:
        fix = f"Add `{directive}` to `type {type_name}` or to the field"
        return ("R1",), True, said, fix
    fix = f"Add `{directive}` to `{coordinate}` and to the types that it returns"
    is_subscription = schema is not None and type_name == schema.subscription
    if decision.reason == "default-mode":
        named = "W5" if is_subscription else "I4" if mode == AWS_IAM else "S1"
        said = f"it has no directive, so {called} cannot select it: that is not the default mode"
        return (named,), True, said, fix
    if mode == view.authorization.default:
        return (("P1", "S2") if mode == API_KEY else ("S2", "P1")), False, said, fix
    if is_subscription:
        return ("W5", "P1"), False, said, fix
    return (("I4", "P1") if mode == AWS_IAM else ("P1", "S1")), False, said, fix


def _although_allowed(
    case: Case, view: View, coordinate: str, path: str, expected: tuple[Evidence, ...]
) -> _Denial | None:
    """Return what is left if directives admit the caller: its resolver, the authorizer, IAM."""
    has_resolver = view.has_resolver(coordinate)
    causes = [one for one in _likely(case, coordinate, path) if one in _OF_RESOLVERS]
    if has_resolver is False:
        causes = []
    if case.mode == LAMBDA:
        causes = ["L4", *causes]
    elif case.mode == AWS_IAM and len(path.split(".")) == 1:
        causes = [*causes, "I1", "I5"]
    text = f"its directives admit {CALLED[str(case.mode)]}"
    if not causes:
        text += ", and it has no resolver that could deny: another version is deployed"
        evidence = (*expected, Evidence(text))
        said = "the template says that it is allowed"
        return _Denial(coordinate, path, "not-in-template", (), False, said, (), evidence, False)
    said = "its directives admit the caller, so its resolver denied it"
    if case.mode in (LAMBDA, AWS_IAM):
        said = "its directives admit the caller, so something else denied it"
    return _Denial(
        coordinate, path, "behind-directives", tuple(causes), False, said, (),
        (*expected, Evidence(text)), None,
    )  # fmt: skip


def _by_message(case: Case, told: Told, coordinate: str, path: str) -> _Denial:
    """Return what the message alone suggests."""
    del told
    causes = _likely(case, coordinate, path)
    said = "a directive, a policy, an authorizer, or the resolver denied it"
    return _Denial(coordinate, path, "field-denied", causes, False, said)


def _likely(case: Case, coordinate: str, path: str) -> tuple[str, ...]:
    """Return the causes that fit the mode and the place of a field, the most frequent first."""
    type_name = coordinate.partition(".")[0]
    is_root = type_name in _ROOTS
    if not is_root and path and "." not in path:
        return rank(("V1",), _MODES_CAUSES.get(case.mode or "", _MODES_CAUSES[""]))
    of_mode = _MODES_CAUSES.get(case.mode or "", _MODES_CAUSES[""])
    if is_root:
        return rank(("W5",) if type_name == "Subscription" else (), of_mode)
    return rank(("R1",), ("V1", "R3"), (one for one in of_mode if one not in ("S1", "P1", "I4")))


_MODES_CAUSES = {
    API_KEY: ("P1", "S1", "V1", "M3"),
    AWS_IAM: ("I4", "M1", "V1", "I1", "I5"),
    COGNITO: ("S1", "P1", "V1", "T6", "M2", "T3", "M3"),
    OIDC: ("S1", "V1", "T3", "M2"),
    LAMBDA: ("S1", "L4", "V1", "L3"),
    "": ("P1", "S1", "V1", "I4", "T6", "M1", "M2", "M3", "L4"),
}
_OF_RESOLVERS = ("V1", "M1", "M2", "M3", "T3", "T6", "L3")


def _without_name(case: Case) -> Verdict:
    """Return a verdict on answers that name no field: input fields, nulls, other words."""
    message = case.told.message
    listed = _INPUT.search(message)
    if listed is not None:
        said = f"Amplify's resolver denied the input fields `{listed[1]}`"
        return Verdict("input-fields", said, ("V1",), True, (presented(case),))
    if message.startswith(_NULL):
        return _null(case)
    said = "a resolver answered `Unauthorized` in words of its own"
    return Verdict("resolver", said, ("V1",), True, (presented(case),))


def _null(case: Case) -> Verdict:
    found = _NULL_OF.search(case.told.message)
    path = found[2].strip("/").replace("/", ".") if found else ""
    name = re.sub(r"\[\d{1,9}\]", "", path.rpartition(".")[2])
    field = f"{found[1]}.{name}" if found else None
    said = "a field that cannot be null is null, and its parent with it"
    evidence = (presented(case),)
    if case.exchange.channel == "subscription":
        said = "the event lacks a field that cannot be null"
        return Verdict("null-in-event", said, ("W3",), True, evidence, field=field, path=path)
    return Verdict("null", said, ("R3",), False, evidence, field=field, path=path,
                   would_decide=tuple(_asks(case)))  # fmt: skip


def _once(denials: list[_Denial]) -> Iterator[_Denial]:
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
