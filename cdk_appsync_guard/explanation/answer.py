"""One request, one API in one scenario → the Explanation.

In: who asks, what is asked, and the API with all around it. Out: Explanation. The order is that of
AppSync: credential, validity, IAM on root fields, then directives and resolvers field by field.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.document import Operation
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.request import Response, decide_operation, refuse_credential
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.explanation.callers import Given
from cdk_appsync_guard.explanation.credential import Admission, Around, admit
from cdk_appsync_guard.explanation.mending import Failed, find_fix
from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
from cdk_appsync_guard.explanation.reasons import Reasons
from cdk_appsync_guard.explanation.resolving import Resolvers, hide

__all__ = ["Asked", "answer"]

_REFUSED = Decision("denied", "credential")
_PAYLOAD = (
    "an event holds what the mutation selects and its caller can read: what is missing arrives as"
    " null, and as an error where it is non-null"
)
_OPEN_TYPES = ("concrete-type", "only-type")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who sends what, and what data sources return to it."""

    given: Given
    operation: Operation
    results: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def answer(asked: Asked, around: Around) -> Explanation:
    """Return what AppSync answers."""
    admission = admit(asked.given, around)
    introspection = around.api.resource.get("IntrospectionConfig") != "DISABLED"
    endpoint = Endpoint(around.authorization, around.schema, introspection=introspection)
    if admission.caller is None:
        return _nothing_known(asked, around, admission)
    resolvers = Resolvers(
        around.api,
        around.scene.stacks,
        around.schema,
        asked.operation,
        _known(asked.given, admission, around, admission.caller),
        asked.results,
        asked.given.headers,
    )
    response = _respond(asked, endpoint, admission, admission.caller, resolvers)
    return _explain(asked, around, (endpoint, admission, admission.caller), response, resolvers)


def _respond(
    asked: Asked,
    endpoint: Endpoint,
    admission: Admission,
    caller: Caller,
    resolvers: Resolvers,
) -> Response:
    if admission.refusal is not None:
        return refuse_credential(endpoint, asked.operation, admission.refusal, _REFUSED)
    signer = admission.signer
    return decide_operation(
        endpoint,
        caller,
        asked.operation,
        iam_allows=signer.allows if signer is not None else None,
        denied_fields=admission.denied_fields,
        resolve=resolvers.resolve,
    )


def _explain(
    asked: Asked,
    around: Around,
    who: tuple[Endpoint, Admission, Caller],
    response: Response,
    resolvers: Resolvers,
) -> Explanation:
    endpoint, admission, caller = who
    reasons = Reasons(endpoint, caller, admission, resolvers.ran)
    open_types = {
        (one.path, one.coordinate): one.decision
        for one in response.undecided
        if one.decision.reason in _OPEN_TYPES
    }
    fields = tuple(
        reasons.answer(one, open_types) for one in (*response.refused, *response.decisions)
    )
    failed = Failed(around.api, endpoint, caller, admission, asked.operation, fields)
    return Explanation(
        api=around.api.name,
        caller=asked.given.words,
        operation=_words(asked.operation),
        status=response.status,
        body=hide(response.body),
        channel="websocket" if asked.operation.kind == "subscription" else "http",
        fields=fields,
        questions=_questions(asked, admission, response, fields),
        notes=(*asked.notes, *admission.notes, *_notes(resolvers, response)),
        fix=find_fix(failed) if _is_refused(response, fields) else None,
    )


def _is_refused(response: Response, fields: tuple[FieldAnswer, ...]) -> bool:
    valid = bool(fields) or bool(response.refused)
    return valid and any(one.outcome == "denied" for one in fields)


def _questions(
    asked: Asked, admission: Admission, response: Response, fields: tuple[FieldAnswer, ...]
) -> tuple[str, ...]:
    """Return what is open, each once: about the request first, then field by field."""
    found = list(asked.questions)
    if admission.refusal is None:
        found += admission.questions
    found += [one.decision.question for one in response.undecided]
    found += [one.question for one in fields if one.question]
    return tuple(dict.fromkeys(one for one in found if one))


def _notes(resolvers: Resolvers, response: Response) -> list[str]:
    if resolvers.operation.kind == "subscription":
        return [_PAYLOAD] if response.executed and not response.errors else []
    notes = list(resolvers.assumed)
    names = ", ".join(f"`{one}`" for one in resolvers.unattached)
    if names:
        notes.append(f"no resolver of {names} is in the input: as it stands the value is null")
    return notes


def _known(given: Given, admission: Admission, around: Around, caller: Caller) -> Known:
    """Return what resolvers see of the caller."""
    if admission.signer is not None:
        return admission.signer.known
    token = admission.token
    result = admission.result if isinstance(admission.result, dict) else {}
    has_groups = given.groups is not None or token is not None or given.headers is None
    return Known(
        caller.mode,
        claims=token.claims if token is not None else None,
        complete=token.complete if token is not None else False,
        groups=_groups(given, admission) if caller.mode == COGNITO and has_groups else None,
        default_action=around.authorization.default_action,
        context=result.get("resolverContext"),
        has_context=given.has_result,
    )


def _groups(given: Given, admission: Admission) -> tuple[str, ...]:
    """Return the groups in the order in which they are written."""
    if given.groups is not None:
        return given.groups
    return admission.token.groups if admission.token is not None else ()


def _nothing_known(asked: Asked, around: Around, admission: Admission) -> Explanation:
    return Explanation(
        api=around.api.name,
        caller=asked.given.words,
        operation=_words(asked.operation),
        status=None,
        body=None,
        questions=(*asked.questions, *admission.questions),
        notes=asked.notes,
    )


def _words(operation: Operation) -> str:
    return f"{operation.kind} {operation.name}" if operation.name else operation.kind
