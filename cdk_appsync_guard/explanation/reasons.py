"""Decisions → why, in words with the values that decide, who decides, and where it is written.

In: what a request came to. Out: FieldAnswers. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.execution import Endpoint, Selected
from cdk_appsync_guard.appsync.modes import COGNITO, MODE_OF_DIRECTIVE
from cdk_appsync_guard.appsync.schema import Directive, Field
from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.explanation.credential import Admission
from cdk_appsync_guard.explanation.model import FieldAnswer
from cdk_appsync_guard.explanation.resolving import Ran
from cdk_appsync_guard.report import Excerpt, cut_excerpt
from cdk_appsync_guard.runtime.model import CodePlace, show_holes
from cdk_appsync_guard.template.source.read import Place

__all__ = ["Reasons", "locate"]

_GATES = {
    "mode-not-configured": "credential",
    "credential": "credential",
    "iam": "iam",
    "iam-deny": "iam",
    "iam-partial": "iam",
    "iam-introspection": "iam",
    "denied-fields": "authorizer",
    "resolver": "resolver",
    "resolver-fails": "resolver",
}
_FAILED_CONDITION = "DynamoDB:"
_Key: TypeAlias = "tuple[tuple[str | int, ...], str]"


@dataclass(frozen=True, slots=True)
class Reasons:
    """What is needed to say why."""

    endpoint: Endpoint
    caller: Caller
    admission: Admission
    ran: Mapping[_Key, Ran]

    def answer(self, one: Selected, open_types: Mapping[_Key, Decision]) -> FieldAnswer:
        """Return the decision on a field in words."""
        decision = one.decision
        if decision.outcome == "denied":
            decision = open_types.get((one.path, one.coordinate), decision)
        ran = self.ran.get((one.path, one.coordinate))
        gate = self._gate(decision, ran)
        question = decision.question if decision.outcome == "undecided" else ""
        reason = self._reason(one.coordinate, decision, ran)
        place = self._place(one.coordinate, decision, ran)
        if decision.outcome == "allowed" and self.admission.questions:
            question, gate = self.admission.questions[0], self.admission.gate
            decision = Decision("undecided", gate, question)
            reason = f"{reason}, and whether the credential is accepted is undecided"
        return FieldAnswer(
            one.path,
            one.coordinate,
            decision.outcome,
            reason,
            gate,
            locate(place),
            question,
            decision.reason,
            _excerpt(place),
        )

    def _gate(self, decision: Decision, ran: Ran | None) -> str:
        if decision.reason == "credential":
            return self.admission.gate
        outcome = ran.outcome if ran else None
        if decision.reason == "resolver-fails" and outcome is not None and outcome.errors:
            kind = outcome.errors[-1].error_type
            if isinstance(kind, str) and kind.startswith(_FAILED_CONDITION):
                return "data"
        return _GATES.get(decision.reason, "directive")

    def _reason(self, coordinate: str, decision: Decision, ran: Ran | None) -> str:
        if decision.reason in _OF_RESOLVERS and ran is not None:
            return _of_resolver(decision, ran)
        if decision.reason in _DIRECTIVES:
            return self._of_directives(coordinate, decision)
        words = {
            "mode-not-configured": f"the API does not have the mode `{self.caller.mode}`",
            "credential": self.admission.reason,
            "iam": "no policy of the caller allows `appsync:GraphQL` on the field",
            "iam-deny": "a policy of the caller denies `appsync:GraphQL` on the field",
            "denied-fields": "the Lambda authorizer lists it in `deniedFields`",
            "introspection": "introspection is open to every caller",
            "default-action": "the pool's default action is `DENY`, and no `@aws_auth` lifts it",
        }
        if decision.outcome == "undecided" and decision.question:
            return decision.question
        return words.get(decision.reason, decision.reason)

    def _of_directives(self, coordinate: str, decision: Decision) -> str:
        default = self.endpoint.authorization.default
        field = self._field(coordinate)
        own, on = self._directives(field, decision)
        written = " ".join(f"@{one.name}" for one in own)
        if decision.reason == "no-directive":
            return f"it does not have a directive, and `{default}` is the API's default mode"
        if decision.reason == "default-mode":
            return (
                f"it does not have a directive, so only the default mode `{default}` can select it"
            )
        if decision.reason == "not-enforced":
            return "its directives have no effect while Cognito user pools are the only mode"
        if decision.reason == "mode-not-listed":
            return f"`{written}` on {on} leaves out `{self.caller.mode}`"
        if decision.reason == "group":
            return self._of_groups(own, on)
        admitting = [one for one in own if MODE_OF_DIRECTIVE.get(one.name) == self.caller.mode]
        return f"`@{(admitting or list(own))[0].name}` on {on} allows it" if own else "admitted"

    def _of_groups(self, own: tuple[Directive, ...], on: str) -> str:
        named = dict.fromkeys(
            group
            for one in own
            if one.name == "aws_auth" or MODE_OF_DIRECTIVE.get(one.name) == COGNITO
            for group in one.groups or ()
        )
        wanted = " or ".join(f"`{group}`" for group in named)
        groups = ", ".join(f"`{group}`" for group in sorted(self.caller.groups))
        who = f"the caller is in {groups}" if groups else "the caller is not in a group"
        return f"{on} requires group {wanted}, and {who}"

    def _directives(self, field: Field, decision: Decision) -> tuple[tuple[Directive, ...], str]:
        """Return the directives that counted, and what carries them."""
        if any(one in field.directives for one in decision.counted):
            return decision.counted, f"`{field.coordinate}`"
        return decision.counted, f"type `{field.type_name}`"

    def _place(self, coordinate: str, decision: Decision, ran: Ran | None) -> Place | None:
        if decision.reason in _OF_RESOLVERS and ran is not None:
            return _place_of(ran)
        gate = self._gate(decision, ran)
        signer = self.admission.signer
        if gate == "iam" and signer is not None:
            return signer.place(coordinate)
        if gate != "directive":
            return self.admission.place
        schema = self.endpoint.schema
        field = self._field(coordinate)
        own, _ = self._directives(field, decision)
        return schema.at(own[0].offset if own else field.offset)

    def _field(self, coordinate: str) -> Field:
        type_name, _, name = coordinate.partition(".")
        return self.endpoint.schema.types[type_name].fields[name]


def _of_resolver(decision: Decision, ran: Ran) -> str:
    outcome = ran.outcome
    name = f"the resolver `{ran.resolver.logical_id}`"
    if outcome is None or decision.outcome == "undecided":
        return f"{name}: {decision.question}" if decision.question else name
    said = show_holes(outcome.reason)
    if decision.outcome == "allowed":
        return f"{name} allows it"
    where = f" in line {outcome.decided_by.line}" if outcome.decided_by else ""
    if decision.reason == "resolver":
        return f"{name} calls `unauthorized()`{where}" + (f": {said}" if said else "")
    message = outcome.errors[-1].message if outcome.errors else said
    shown = f" `{show_holes(message)}`" if isinstance(message, str) else ""
    wrote = ", after its data source was asked to write" if outcome.wrote else ""
    return f"{name} raises the error{shown}{where}{wrote}"


def _place_of(ran: Ran) -> Place | None:
    at: CodePlace | None = ran.outcome.decided_by if ran.outcome else None
    if at is None or at.place is None:
        return ran.resolver.place()
    return Place(
        at.place.file, at.place.path, (at.line, 1), at.place.logical_id, at.place.construct_path
    )


def locate(place: Place | None) -> Location | None:
    """Return a place as reports say it."""
    if place is None:
        return None
    line, column = place.file.locate(place.path, place.inner)
    path = "/".join(map(str, place.path))
    return Location(place.file.name, line, column, path, place.logical_id, place.construct_path)


def _excerpt(place: Place | None) -> Excerpt | None:
    """Return the line at a place, cut to what a person needs to see of it."""
    found = locate(place)
    if place is None or found is None or found.line is None:
        return None
    return cut_excerpt(place.file.line_text(found.line), found.column or 1)


_OF_RESOLVERS = ("resolver", "resolver-fails")
_DIRECTIVES = (
    "no-directive",
    "directive",
    "default-mode",
    "not-enforced",
    "mode-not-listed",
    "group",
)
