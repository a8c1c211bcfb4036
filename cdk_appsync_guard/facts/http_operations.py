"""What EventBridge, Pipes, and Step Functions send to an API over HTTP: operations with callers.

In: the APIs and stacks of one scenario. Out: SentOperations. An API destination or an HTTP task
names the API's URL, a connection that holds the credentials, and the body, so that all is there.
EventBridge Scheduler has no target of either kind.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html
https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.api_clients import domains_of, holds_address
from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.appsync.connections import read_credential
from cdk_appsync_guard.appsync.modes import COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import (
    Hole,
    Text,
    Unknown,
    Value,
    concatenate,
    display,
    unknown_of,
)

__all__ = ["SentOperation", "sent_over_http"]

_RULE = "AWS::Events::Rule"
_PIPE = "AWS::Pipes::Pipe"
_MACHINE = "AWS::StepFunctions::StateMachine"
_DESTINATION = "AWS::Events::ApiDestination"
_CONNECTION = "AWS::Events::Connection"
_Home: TypeAlias = "tuple[Api, Hole, tuple[str | Text, ...]]"


@dataclass(frozen=True, slots=True)
class SentOperation:
    """An operation, who sends it, and the API that it goes to.

    ``text`` and ``caller`` are Unknown where the template does not tell all of them. ``at`` is
    where the text is written; ``exact`` tells that it begins there, and not somewhere in a larger
    text.
    """

    name: str
    text: str | Unknown
    at: Place
    caller: ClientCaller | Unknown
    api: Api
    exact: bool = False


def sent_over_http(stacks: Sequence[Stack], apis: Sequence[Api]) -> Iterator[SentOperation]:
    """Yield the operations that resources send to an API's URL."""
    homes = _homes(stacks, apis)
    for stack in stacks:
        for rule in stack.of_type(_RULE):
            yield from _of_rule(rule, homes)
        for pipe in stack.of_type(_PIPE):
            yield from _of_pipe(pipe, homes)
        for machine in stack.of_type(_MACHINE):
            yield from _of_machine(machine, homes)


def _of_rule(rule: Resource, homes: Sequence[_Home]) -> Iterator[SentOperation]:
    targets = rule.get("Targets")
    for position, target in enumerate(targets if isinstance(targets, list) else ()):
        if isinstance(target, dict):
            transformer = target.get("InputTransformer")
            template = transformer.get("InputTemplate") if isinstance(transformer, dict) else None
            body = target.get("Input") if template is None else template
            key = "Input" if template is None else "InputTransformer"
            at = rule.place("Targets", position, key)
            yield from _to_destination(rule, target.get("Arn"), (body, at), homes)


def _of_pipe(pipe: Resource, homes: Sequence[_Home]) -> Iterator[SentOperation]:
    for arn, parameters in (
        ("Target", "TargetParameters"),
        ("Enrichment", "EnrichmentParameters"),
    ):
        path = (parameters, "InputTemplate")
        yield from _to_destination(pipe, pipe.get(arn), (pipe.get(*path), pipe.place(*path)), homes)


def _to_destination(
    sender: Resource, arn: Value, written: tuple[Value, Place], homes: Sequence[_Home]
) -> Iterator[SentOperation]:
    """Yield the operation that a target sends to an API destination, if it is one of an API."""
    body, at = written
    target = sender.stack.resource_of(arn)
    if target is None or target[0].type != _DESTINATION:
        return
    destination = target[0]
    api = _api_at(destination.get("InvocationEndpoint"), homes)
    connection = destination.stack.resource_of(destination.get("ConnectionArn"))
    text = _query(body)
    if api is not None and text is not None:
        caller = _caller(sender.logical_id, connection[0] if connection else None, api)
        name = f"{sender.stack.id}/{sender.logical_id}/{at.path}"
        yield SentOperation(name, text, at, caller, api)


def _of_machine(machine: Resource, homes: Sequence[_Home]) -> Iterator[SentOperation]:
    marks = _Marks()
    definition, at = _definition(machine, marks)
    for path, task in _http_tasks(definition):
        given = task.get("Arguments", task.get("Parameters"))
        if not isinstance(given, dict):
            continue
        api = _api_at(marks.unmark(given.get("ApiEndpoint")), homes)
        named = given.get("Authentication", given.get("InvocationConfig"))
        arn = named.get("ConnectionArn") if isinstance(named, dict) else None
        connection = _resource_in(machine.stack, marks.holes_in(arn))
        text = _query_of_task(given, marks)
        if api is None or text is None:
            continue
        caller = _caller(machine.logical_id, connection, api)
        name = f"{machine.stack.id}/{machine.logical_id}/{'/'.join(map(str, path))}"
        key = "Arguments" if "Arguments" in task else "Parameters"
        if at is not None:
            yield SentOperation(name, text, at, caller, api)
            continue
        place = machine.place("Definition", *path, key, "RequestBody", "query")
        yield SentOperation(name, text, place, caller, api, exact=True)


def _http_tasks(definition: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield the HTTP tasks of all states, those of branches and maps included, with their paths."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), definition)]
    while waiting:
        path, machine = waiting.pop()
        states = machine.get("States") if isinstance(machine, dict) else None
        for name, state in states.items() if isinstance(states, dict) else ():
            if not isinstance(state, dict):
                continue
            here = (*path, "States", str(name))
            if _HTTP_TASK.fullmatch(str(state.get("Resource", ""))):
                yield here, state
            branches = state.get("Branches")
            inner = enumerate(branches if isinstance(branches, list) else ())
            waiting += [((*here, "Branches", at), branch) for at, branch in inner]
            waiting += [((*here, key), state.get(key)) for key in ("Iterator", "ItemProcessor")]


def _definition(machine: Resource, marks: _Marks) -> tuple[Any, Place | None]:
    """Return the definition with marks for what is not known, and its place if it is a text."""
    given = machine.get("DefinitionSubstitutions")
    known = given if isinstance(given, dict) else {}
    text = machine.get("DefinitionString")
    if text is None:
        return marks.mark_all(machine.get("Definition"), known), None
    try:
        return json.loads(marks.mark(text, known)), machine.place("DefinitionString")
    except (ValueError, RecursionError):
        return None, None


@dataclass(slots=True)
class _Marks:
    """Stand-ins for holes, so that a text with holes can be read as JSON and told apart again."""

    holes: list[Hole] = field(default_factory=list)

    def mark_all(self, value: Value, substitutions: dict[str, Value]) -> Any:
        """Return the data with all texts marked."""
        if isinstance(value, dict):
            return {key: self.mark_all(one, substitutions) for key, one in value.items()}
        if isinstance(value, list):
            return [self.mark_all(one, substitutions) for one in value]
        return self.mark(value, substitutions) if isinstance(value, (str, Text)) else value

    def mark(self, value: Value, substitutions: dict[str, Value]) -> str:
        """Return the text with a mark for each hole, its own and those of substitutions."""
        if isinstance(value, str):
            return _NAMED.sub(lambda found: self._substitute(found, substitutions), value)
        parts = value.parts if isinstance(value, Text) else ()
        return "".join(
            self.mark(part, substitutions) if isinstance(part, str) else self._add(part)
            for part in parts
        )

    def holes_in(self, text: Any) -> list[Hole]:
        """Return the holes that the marks of a text stand for."""
        found = _MARK.findall(text) if isinstance(text, str) else ()
        return [self.holes[int(number)] for number in found if int(number) < len(self.holes)]

    def unmark(self, text: Any) -> Value:
        """Return the text with its marks turned into holes again."""
        if not isinstance(text, str):
            return None
        written = _MARK.split(text)
        parts = [self._hole(int(part)) if at % 2 else part for at, part in enumerate(written)]
        return concatenate(parts)

    def _hole(self, number: int) -> Value:
        return Text((self.holes[number],)) if number < len(self.holes) else ""

    def _add(self, hole: Hole) -> str:
        self.holes.append(hole)
        return f"\ue000{len(self.holes) - 1}\ue001"

    def _substitute(self, found: re.Match[str], substitutions: dict[str, Value]) -> str:
        value = substitutions.get(found[1])
        return found[0] if value is None else self.mark(value, {})


def _api_at(address: Value, homes: Sequence[_Home]) -> Api | None:
    """Return the API on whose URL, or on whose custom domain, an address is built."""
    found = (api for api, own, domains in homes if holds_address(address, own, domains))
    return next(found, None)


def _homes(stacks: Sequence[Stack], apis: Sequence[Api]) -> list[_Home]:
    ids = ((api, api.resource.attribute("ApiId")) for api in apis)
    holes = [(api, own.hole) for api, own in ids if isinstance(own, Text) and own.hole]
    return [(api, hole, domains_of(stacks, hole)) for api, hole in holes]


def _holes(value: Value) -> Sequence[Hole]:
    return value.holes if isinstance(value, Text) else ()


def _resource_in(stack: Stack, holes: Sequence[Hole]) -> Resource | None:
    found = (stack.resource_of(Text((hole,))) for hole in holes)
    return next((one[0] for one in found if one is not None), None)


def _caller(name: str, connection: Resource | None, api: Api) -> ClientCaller | Unknown:
    """Return who a connection makes the sender."""
    known = connection if connection is not None and connection.type == _CONNECTION else None
    credential, modes = read_credential(known)
    if isinstance(modes, Unknown):
        return Unknown(modes.reason, modes.would_decide)
    open_ = next((mode for one in api.providers if isinstance(mode := one.mode, Unknown)), None)
    if open_ is not None and len(modes) > 1:
        return Unknown(open_.reason, open_.would_decide)
    taking = [mode for mode in modes if api.accepts(mode) is True] or list(modes[:1])
    if not {COGNITO, OIDC}.isdisjoint(taking):
        taking = [mode for mode in taking if mode != LAMBDA]  # a JWT never gets to an authorizer
    if len(taking) == 1:
        return ClientCaller(name, mode=taking[0])
    words = " or ".join(f"`{mode}`" for mode in taking) or "no mode"
    reason = f"the connection sends {credential}, which can be for {words}"
    return Unknown(reason, "a caller with its mode in `--callers`")


def _without_placeholders(template: str) -> str:
    """Return an input template as JSON: what stands outside of strings in ``<...>`` is null."""
    parts = _STRING.split(template)
    return "".join(
        part if at % 2 else _PLACEHOLDER.sub("null", part) for at, part in enumerate(parts)
    )


def _query(body: Value) -> str | Unknown | None:
    """Return the operation of a request's body, None if the body has none."""
    if isinstance(body, Unknown):
        return Unknown(body.reason, body.would_decide)
    if not isinstance(body, (str, Text)):
        return None
    written = str(body)
    holes = {display(Text((hole,))): hole for hole in _holes(body)}
    try:
        data = json.loads(_without_placeholders(written))
    except (ValueError, RecursionError):
        return _why_not_plain(written, holes)
    if not isinstance(data, dict):
        return _why_not_plain(written, holes)
    text = data.get("query")
    if isinstance(text, str):
        return text if _is_plain(text) else _why_not_plain(text, holes)
    return _FILLED if "query" in data else None


def _query_of_task(given: dict[str, Any], marks: _Marks) -> str | Unknown | None:
    """Return the operation that an HTTP task sends, None if its body has none."""
    body = given.get("RequestBody")
    if "RequestBody.$" in given or isinstance(body, str):
        return _FILLED
    if not isinstance(body, dict):
        return None
    text = body.get("query")
    if not isinstance(text, str):
        return _FILLED if "query.$" in body else None
    if _is_plain(text):
        return text
    holes = marks.holes_in(text)
    return _why_not_plain(text, {display(Text((hole,))): hole for hole in holes}, of_all=True)


def _why_not_plain(text: str, holes: Mapping[str, Hole], *, of_all: bool = False) -> Unknown | None:
    """Return what is put into a text, None if nothing is."""
    for shown, hole in holes.items():
        why = unknown_of(Text((hole,)))
        if why is not None and (of_all or shown in text):
            return Unknown(why.reason, why.would_decide)
    return None if _is_plain(text) else _FILLED


def _is_plain(text: str) -> bool:
    """Return whether nothing is put into the operation when it is sent, except into strings."""
    without = _STRING.sub('""', text)
    return not _FILLED_IN.search(without)


_FILLED = Unknown(
    "the operation is put together when it is sent", "the operation in `--operations`"
)
_HTTP_TASK = re.compile(r"arn:[^:\s]{1,30}:states:::http:invoke")
_NAMED = re.compile(r"\$\{([A-Za-z0-9]{1,255})\}")
_MARK = re.compile("\ue000([0-9]{1,6})\ue001")
# A string that nothing ends goes on to the end: each character is looked at once.
_STRING = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?\Z))', re.DOTALL)
_PLACEHOLDER = re.compile(r"<[^<>\"]{1,256}>")
_FILLED_IN = re.compile(r"<|\$\{|\{%|States\.|[\ue000\ue001]")
