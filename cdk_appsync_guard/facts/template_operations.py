"""EventBridge rules that send GraphQL → rows of ``calls`` and ``selections``, as of client code.

In: the APIs and stacks of one scenario. Out: rows. Caller, operation and API all stand in the
template, so the operation is judged as client code is that ``--operations`` and ``--callers`` name.
https://docs.aws.amazon.com/eventbridge/latest/userguide/target-appsync.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.assignment import ApiKey, key_of
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode
from cdk_appsync_guard.appsync.client_files import ClientFile, Document
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.appsync.operations import Clients
from cdk_appsync_guard.appsync.sdl import move_place
from cdk_appsync_guard.facts.calls import rows_of_calls
from cdk_appsync_guard.facts.endpoints import api_of_target
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place

__all__ = ["rows_of_targets"]

_RULE = "AWS::Events::Rule"


class _WrittenOperation(ClientFile):
    """The operation of a target: a text inside a template."""

    def __init__(self, name: str, text: str, place: Place) -> None:
        super().__init__(name, text)
        self._place = place

    def at(self, offset: int) -> Place:
        """Return the place of a character, inside the template."""
        line, column = super().at(offset).inner or (1, 1)
        return move_place(self._place, line, column)


@dataclass(frozen=True, slots=True)
class _Target:
    document: Document
    caller: ClientCaller
    api: ApiKey


def rows_of_targets(
    apis: Sequence[Api], stacks: tuple[Stack, ...], principals: Principals
) -> Iterator[Row]:
    """Yield the rows about the operations that EventBridge rules run."""
    found = [
        target
        for stack in stacks
        for rule in stack.of_type(_RULE)
        for target in _targets(rule, apis)
    ]
    if not found:
        return
    clients = Clients([one.document for one in found])
    apis_by_file = {one.document.file.name: one.api for one in found}
    homes = {
        position: (apis_by_file[operation.file],)
        for position, operation in enumerate(clients.operations)
    }
    runs = tuple((one.caller, frozenset({one.document.file.name})) for one in found)
    yield from rows_of_calls(apis, stacks, ClientCode(clients, runs, homes), principals)


def _targets(rule: Resource, apis: Sequence[Api]) -> Iterator[_Target]:
    targets = rule.get("Targets")
    for position, target in enumerate(targets if isinstance(targets, list) else ()):
        if not isinstance(target, dict):
            continue
        api = api_of_target(target.get("Arn"), rule.stack, apis)
        parameters = target.get("AppSyncParameters")
        text = parameters.get("GraphQLOperation") if isinstance(parameters, dict) else None
        role = rule.stack.resource_of(target.get("RoleArn"))
        # Without the mode no operation comes through: `event_targets` tells of that.
        if api is None or role is None or not isinstance(text, str):
            continue
        if api.accepts(AWS_IAM) is False:
            continue
        place = rule.place("Targets", position, "AppSyncParameters", "GraphQLOperation")
        name = f"{rule.stack.id}/{rule.logical_id}/{position}"
        document = Document(_WrittenOperation(name, text, place), 0, text)
        caller = ClientCaller(rule.logical_id, principal=role[0].logical_id)
        yield _Target(document, caller, key_of(api))
