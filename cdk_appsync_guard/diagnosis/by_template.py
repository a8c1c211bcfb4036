"""A denied field, a template → what directives and the resolver's own code say of it.

In: a Case and a coordinate. Out: a Denial, None if the template says nothing, or not the same in
every scenario. It is ``access.decide`` and ``explain`` that answer.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import replace

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA
from cdk_appsync_guard.diagnosis.case import Case
from cdk_appsync_guard.diagnosis.claims import lacking_claims, shown
from cdk_appsync_guard.diagnosis.denial import AMPLIFY, OF_RESOLVERS, Denial, likely_causes
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.template_view import View, directive_of, field_evidence
from cdk_appsync_guard.diagnosis.tokens import Token
from cdk_appsync_guard.diagnosis.words import CALLED, clean
from cdk_appsync_guard.explanation.model import FieldAnswer

__all__ = ["judge_by_template"]

_ASKS = {
    "mode-not-listed": "whether the call was meant to use this mode, or the field to accept it",
    "group": "the groups that the user is in now, compared with those in the token",
}
_DEPLOYED = "the schema that is deployed: `aws appsync get-introspection-schema`"


def judge_by_template(case: Case, coordinate: str, path: str) -> Denial | None:
    """Return what the directives of the template say, if all scenarios say the same."""
    found = [_by_view(case, view, coordinate, path) for view in case.views.views]
    if not found or found[0] is None:
        return None
    first = found[0]
    same = all(one is not None and one.causes == first.causes for one in found)
    return first if same else None


def _by_view(case: Case, view: View, coordinate: str, path: str) -> Denial | None:
    if view.schema is None:
        return None
    field = view.field_of(coordinate)
    if field is None:
        return _without_field(view, coordinate, path)
    expected = (field_evidence(view, field),)
    mode = case.mode
    if mode is None:
        return None
    if mode not in view.authorization.modes:
        text = f"the API of the template does not have the mode {mode}"
        return _elsewhere(coordinate, path, (*expected, Evidence(text)))
    token = case.credential.token if case.credential is not None else None
    groups = frozenset(token.groups) if token is not None else frozenset[str]()
    decision = view.decide(Caller(mode, groups), field)
    knows_groups = mode != COGNITO or token is not None
    if decision.outcome == "denied" and (decision.reason != "group" or knows_groups):
        causes, is_proven, said, fix = _of_reason(view, mode, coordinate, decision)
        kind = f"directive-{decision.reason}"
        ask = _ASKS.get(decision.reason, "")
        return Denial(coordinate, path, kind, causes, is_proven, said, (), expected, True, fix, ask)
    if decision.outcome == "allowed":
        return _although_allowed(case, view, coordinate, path, expected)
    return None


def _without_field(view: View, coordinate: str, path: str) -> Denial:
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
        return Denial(
            coordinate,
            path,
            "not-in-template",
            (),
            False,
            said,
            (),
            (Evidence(text),),
            False,
            ask=_DEPLOYED,
        )
    text += f", but `{name}` returns it: a resolver's own message names the returned type"
    said = "its resolver denied it"
    return Denial(coordinate, path, "resolver", ("V1",), True, said, (), (Evidence(text),), True)


def _of_reason(
    view: View, mode: str, coordinate: str, decision: Decision
) -> tuple[tuple[str, ...], bool, str, str]:
    """Return the causes of a denial by directive, whether the first is proven, words, and a fix."""
    type_name = coordinate.partition(".")[0]
    schema = view.schema
    is_root = schema is not None and type_name in schema.roots.values()
    called, directive = CALLED[mode], directive_of(mode)
    said = f"its directives do not allow {called}"
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
) -> Denial:
    """Return what is left if directives admit the caller: its resolver, the authorizer, IAM."""
    predicted = _predicted(case, coordinate, path)
    token = case.credential.token if case.credential is not None else None
    lacking = lacking_claims(view, coordinate, token) if token is not None else ()
    if predicted is not None and predicted.decided_by == "credential":
        why = clean(predicted.reason)
        text = f"according to the template, AppSync rejects the whole request: {why}"
        return _elsewhere(coordinate, path, (*expected, Evidence(text, predicted.place)))
    if predicted is not None and predicted.outcome == "denied":
        found = _foreseen(predicted, path, expected)
        return _with_claims(found, lacking, token) if token is not None and lacking else found
    causes = [one for one in likely_causes(case, coordinate, path) if one in OF_RESOLVERS]
    resolver_allows = predicted is not None and predicted.outcome == "allowed"
    if view.has_resolver(coordinate) is False or resolver_allows:
        causes = []
    if case.mode == LAMBDA:
        causes = ["L4", *causes]
    elif case.mode == AWS_IAM and len(path.split(".")) == 1:
        causes = [*causes, "I1", "I5"]
    text = f"its directives allow {CALLED[str(case.mode)]}"
    if predicted is not None and predicted.question:
        text += f"; {clean(predicted.question)}"
    if not causes:
        text += ", and no resolver of it denies: another version is deployed, or it is another API"
        evidence = (*expected, Evidence(text))
        said = "the template says that it is allowed"
        return Denial(
            coordinate, path, "not-in-template", (), False, said, (), evidence, False, ask=_DEPLOYED
        )
    said = "its directives allow the caller, so its resolver denied it"
    if case.mode in (LAMBDA, AWS_IAM):
        said = "its directives allow the caller, so something else denied it"
    evidence = (*expected, Evidence(text, predicted.place if predicted else None))
    return Denial(coordinate, path, "behind-directives", tuple(causes), False, said, (), evidence)


def _elsewhere(coordinate: str, path: str, expected: tuple[Evidence, ...]) -> Denial:
    """Return a denial by an API that is not the one of the template, or not this version of it."""
    said = "the API of the template would not answer like this"
    return Denial(
        coordinate, path, "not-in-template", (), False, said, (), expected, False, ask=_DEPLOYED
    )


def _with_claims(found: Denial, lacking: tuple[str, ...], token: Token) -> Denial:
    """Return a denial by code that reads claims which such a token never carries."""
    text = f"the resolver reads {shown(lacking)}, which this {token.use} token does not carry"
    evidence = (*found.evidence, Evidence(text))
    return replace(found, kind="claim-missing", causes=("T3",), is_proven=True, evidence=evidence)


def _predicted(case: Case, coordinate: str, path: str) -> FieldAnswer | None:
    """Return what `explain` says of the field, if it says the same in every scenario."""
    one = case.credential
    found = [
        next(
            (
                each
                for each in explained.fields
                if each.coordinate == coordinate and path in ("", _names(each.path))
            ),
            None,
        )
        if explained is not None
        else None
        for explained in case.views.predict(case.exchange, one, case.mode)
    ]
    first = found[0] if found else None
    same = first is not None and all(
        each is not None and (each.outcome, each.code) == (first.outcome, first.code)
        for each in found
    )
    return first if same else None


def _names(path: tuple[str | int, ...]) -> str:
    return ".".join(step for step in path if isinstance(step, str))


def _foreseen(one: FieldAnswer, path: str, expected: tuple[Evidence, ...]) -> Denial:
    """Return a denial that `explain` foresees from the resolver's own code."""
    where = one.place.logical_id if one.place is not None else None
    amplify = AMPLIFY.search(where or "")
    causes: tuple[str, ...] = ("M3",) if amplify and amplify[1] == "postAuth" else ("V1",)
    if amplify and amplify[1] == "auth":
        causes = ("M2", "M1", "T6", "T3", "M3")
    if one.decided_by == "iam":
        causes = ("I1", "I5", "I2")
    evidence = (*expected, Evidence(clean(one.reason), one.place))
    said = f"{clean(one.reason)}" if one.decided_by == "resolver" else "the template denies it"
    is_proven = len(causes) == 1
    kind = "resolver" if one.decided_by == "resolver" else one.decided_by
    return Denial(one.coordinate, path, kind, causes, is_proven, said, (), evidence, True)
