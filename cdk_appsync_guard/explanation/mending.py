"""A request that does not wholly work → the smallest change that makes it work.

In: the request as it was judged. Out: sentences that begin with a verb, or None where no change is
known that opens nothing else. Edits of directives are those of ``fixes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cdk_appsync_guard.access.decide import Caller, Decision, decide
from cdk_appsync_guard.access.document import Operation
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.request import answer_operation
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM, Authorization
from cdk_appsync_guard.appsync.schema import Directive, Field, Schema
from cdk_appsync_guard.explanation.credential import Admission
from cdk_appsync_guard.explanation.model import FieldAnswer
from cdk_appsync_guard.facts.access_view import Gate
from cdk_appsync_guard.fixes.operations import Request, admit_operation

__all__ = ["Failed", "find_fix"]

_BY_MODE = ("mode-not-listed", "default-mode")


@dataclass(frozen=True, slots=True)
class Failed:
    """A request and the decisions on it."""

    api: Api
    endpoint: Endpoint
    caller: Caller
    admission: Admission
    operation: Operation
    fields: Sequence[FieldAnswer]


def find_fix(failed: Failed) -> str | None:
    """Return what to change, None if nothing is denied or no safe change is known."""
    if failed.admission.refusal is not None:
        return _of_credential(failed)
    if failed.caller.mode not in failed.endpoint.authorization.modes:
        return _of_mode(failed)
    steps = [*_of_iam(failed), *_of_directives(failed), *_of_others(failed)]
    if not steps or any(step is None for step in steps):
        return None
    return "; ".join(dict.fromkeys(step for step in steps if step))


def _of_credential(failed: Failed) -> str | None:
    reason = failed.admission.reason
    if "API key" in reason and "expired" in reason:
        return "use an API key that has not expired, or set `Expires` to a later date"
    if reason.startswith("the token expired"):
        return "send a token that has not expired"
    if "not allowed to invoke" in reason:
        return (
            "add an AWS::Lambda::Permission that allows `appsync.amazonaws.com` to call"
            " `lambda:InvokeFunction` on the authorizer"
        )
    if "issuer" in reason:
        return "send a token of a user pool or issuer that the API names"
    if "carries no credential" in reason:
        return "send a credential of one of the API's modes: " + _modes(failed.endpoint)
    return None


def _of_mode(failed: Failed) -> str:
    other = f"use a mode that the API has: {_modes(failed.endpoint)}"
    opened = _open_by_mode(failed)
    return f"{other}; or {opened}" if opened else other


def _open_by_mode(failed: Failed) -> str | None:
    """Return the edit that opens what the mode of the caller closes, None if none is safe."""

    def denials(endpoint: Endpoint) -> list[tuple[str, Decision]]:
        answer = answer_operation(endpoint, failed.caller, failed.operation)
        return [
            (one.coordinate, one.decision)
            for one in (*answer.refused, *answer.decisions)
            if one.decision.reason in (*_BY_MODE, "mode-not-configured")
        ]

    gate = Gate(failed.endpoint.authorization, failed.endpoint.schema)
    fixes = admit_operation(gate, Request(failed.caller, denials))
    return fixes[0].text if fixes else None


def _modes(endpoint: Endpoint) -> str:
    return ", ".join(f"`{mode}`" for mode in endpoint.authorization.modes)


def _of_iam(failed: Failed) -> Iterator[str]:
    signer = failed.admission.signer
    if failed.caller.mode != AWS_IAM or signer is None:
        return
    root = failed.endpoint.schema.roots.get(failed.operation.kind, "")
    for one in dict.fromkeys(
        one.coordinate for one in failed.fields if one.coordinate.startswith(f"{root}.")
    ):
        verdict = signer.allows(one)
        if verdict.outcome != "denied":
            continue
        name = f"`{signer.principal.name}`" if signer.principal else "the caller"
        if verdict.reason == "iam-deny":
            yield f"take the field `{one}` out of the Deny statement of {name}"
        else:
            type_name, _, field = one.partition(".")
            arn = f"${{{failed.api.resource.logical_id}.Arn}}/types/{type_name}/fields/{field}"
            yield f"allow {name} `appsync:GraphQL` on `{arn}`"


def _of_directives(failed: Failed) -> Iterator[str | None]:
    """Yield the edits that open all that the request selects and directives close to the caller."""
    endpoint, caller = failed.endpoint, failed.caller
    closed: dict[str, list[Field]] = {}
    for field in _selected(failed):
        decision = decide(endpoint.authorization, endpoint.schema, caller, field)
        if decision.outcome == "denied":
            closed.setdefault(decision.reason, []).append(field)
    if any(closed.get(reason) for reason in _BY_MODE):
        yield _open_by_mode(failed)
    for field in closed.get("group", ()):
        yield _join_group(field, endpoint)
    for field in closed.get("default-action", ()):
        yield f"add `@aws_auth` to `{field.coordinate}`"


def _join_group(field: Field, endpoint: Endpoint) -> str:
    definition = endpoint.schema.types[field.type_name]
    uses = [one for one in field.directives if one.groups] or [
        one for one in definition.directives if one.groups
    ]
    groups = dict.fromkeys(group for one in uses for group in one.groups or ())
    return "call it as a member of group " + " or ".join(f"`{one}`" for one in groups)


def _selected(failed: Failed) -> list[Field]:
    """Return every field that the request would come to if nothing were denied."""
    schema = _open(failed.endpoint.schema)
    endpoint = Endpoint(Authorization(failed.caller.mode), schema)
    answer = answer_operation(endpoint, Caller(failed.caller.mode), failed.operation)
    types = failed.endpoint.schema.types
    names = dict.fromkeys(one.coordinate for one in answer.decisions)
    return [types[one.partition(".")[0]].fields[one.partition(".")[2]] for one in names]


def _open(schema: Schema) -> Schema:
    none: tuple[Directive, ...] = ()
    return replace(
        schema,
        types={
            name: replace(
                one,
                directives=none,
                fields={key: replace(field, directives=none) for key, field in one.fields.items()},
            )
            for name, one in schema.types.items()
        },
    )


def _of_others(failed: Failed) -> Iterator[str | None]:
    for one in failed.fields:
        if one.outcome != "denied":
            continue
        if one.code == "denied-fields":
            yield f"leave `{one.coordinate}` out of the `deniedFields` that the authorizer returns"
        elif one.decided_by in ("resolver", "data"):
            yield None
