"""Operations that stand in the template → rows of ``calls`` and ``selections``, as of client code.

In: the APIs and stacks of one scenario. Out: rows. Caller, operation and API all stand in the
template, so the operation is judged as client code is that ``--operations`` and ``--callers`` name.
What EventBridge sends to an API as a target is found here, what is sent over HTTP in
``http_operations``.
https://docs.aws.amazon.com/eventbridge/latest/userguide/target-appsync.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.access.assignment import key_of
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode
from cdk_appsync_guard.appsync.client_files import ClientFile, Document
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.appsync.operations import Clients
from cdk_appsync_guard.appsync.sdl import move_place
from cdk_appsync_guard.facts.authorizations import unknown_row
from cdk_appsync_guard.facts.calls import rows_of_calls
from cdk_appsync_guard.facts.calls_vocabulary import CALL_TABLES
from cdk_appsync_guard.facts.endpoints import api_of_target
from cdk_appsync_guard.facts.http_operations import SentOperation, sent_over_http
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown, Value, display, unknown_of

__all__ = ["rows_of_sent"]

_RULE = "AWS::Events::Rule"
_OF_UNKNOWN = {Unknown: ("calls", "selections"), str: ("calls",)}


class _WrittenOperation(ClientFile):
    """An operation that is a text inside a template."""

    def __init__(self, sent: SentOperation) -> None:
        super().__init__(sent.name, str(sent.text))
        self._place = sent.at
        self._is_exact = sent.exact

    def at(self, offset: int) -> Place:
        """Return the place of a character, inside the template."""
        if not self._is_exact:
            return self._place
        line, column = super().at(offset).inner or (1, 1)
        return move_place(self._place, line, column)


def rows_of_sent(
    apis: Sequence[Api], stacks: tuple[Stack, ...], principals: Principals
) -> Iterator[Row]:
    """Yield the rows about the operations that resources of the template send."""
    sent = (*_sent_by_rules(stacks, apis), *sent_over_http(stacks, apis))
    yield from (row for one in sent for row in _unknown_rows(one))
    found = {one.name: one for one in sent if isinstance(one.text, str)}
    if not found:
        return
    clients = Clients(
        [Document(_WrittenOperation(one), 0, str(one.text)) for one in found.values()]
    )
    apis_by_file = {name: key_of(one.api) for name, one in found.items()}
    homes = {
        position: (apis_by_file[operation.file],)
        for position, operation in enumerate(clients.operations)
    }
    runs = tuple(
        (one.caller, frozenset({name}))
        for name, one in found.items()
        if isinstance(one.caller, ClientCaller)
    )
    yield from rows_of_calls(apis, stacks, ClientCode(clients, runs, homes), principals)


def _unknown_rows(sent: SentOperation) -> Iterator[Row]:
    """Yield the rows that say what is not known of the operation or of who sends it."""
    for table in CALL_TABLES:
        if isinstance(sent.text, Unknown):
            unknown: Unknown | ClientCaller = sent.text
        else:
            unknown = sent.caller
        if isinstance(unknown, Unknown) and table.name in _OF_UNKNOWN[type(sent.text)]:
            yield unknown_row(table, unknown, sent.at, sent.api.name)


def _sent_by_rules(stacks: Sequence[Stack], apis: Sequence[Api]) -> Iterator[SentOperation]:
    for stack in stacks:
        for rule in stack.of_type(_RULE):
            yield from _targets(rule, apis)


def _targets(rule: Resource, apis: Sequence[Api]) -> Iterator[SentOperation]:
    targets = rule.get("Targets")
    for position, target in enumerate(targets if isinstance(targets, list) else ()):
        if not isinstance(target, dict):
            continue
        api = api_of_target(target.get("Arn"), rule.stack, apis)
        parameters = target.get("AppSyncParameters")
        text = parameters.get("GraphQLOperation") if isinstance(parameters, dict) else None
        role = target.get("RoleArn")
        # Without the mode no operation comes through: `event_targets` tells of that.
        if api is None or role is None or text is None:
            continue
        if api.accepts(AWS_IAM) is False:
            continue
        place = rule.place("Targets", position, "AppSyncParameters", "GraphQLOperation")
        name = f"{rule.stack.id}/{rule.logical_id}/{position}"
        caller = ClientCaller(rule.logical_id, principal=_role_name(role, rule))
        why = unknown_of(text)
        known = Unknown(why.reason, why.would_decide) if why is not None else str(text)
        yield SentOperation(name, known, place, caller, api, exact=True)


def _role_name(role: Value, rule: Resource) -> str:
    """Return the logical id of a role, or the name in its ARN if no template declares it."""
    declared = rule.stack.resource_of(role)
    if declared is not None:
        return declared[0].logical_id
    written = display(role)
    return written.rpartition("/")[2] if ":role/" in written else written
