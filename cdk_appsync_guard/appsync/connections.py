"""EventBridge connections that authorize requests to an API, and what sends them.

In: the stacks of one scenario. Out: Sender, an API destination or a state machine with HTTP tasks
that holds the address of an API. None of them signs with IAM.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html
https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import API_KEY, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["SENDER_TYPES", "Sender", "find_senders", "read_credential"]

_CONNECTION = "AWS::Events::Connection"
_DESTINATION = "AWS::Events::ApiDestination"
_MACHINE = "AWS::StepFunctions::StateMachine"
SENDER_TYPES = frozenset((_DESTINATION, _MACHINE))
_KINDS = {_DESTINATION: "API destination", _MACHINE: "state machine"}
_TOKENS = (COGNITO, OIDC, LAMBDA)
_DEFINITION = ("Definition", "DefinitionString", "DefinitionSubstitutions")
_HEADERS = ("x-api-key", "authorization")
_MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Sender:
    """What sends requests, the values that may hold an address, and how it is authorized.

    ``modes`` are those that its credential can be for, in ``credential`` in words; Unknown if the
    connection is not in the input.
    """

    resource: Resource
    kind: str
    addresses: tuple[str | Text, ...]
    credential: str
    modes: tuple[str, ...] | Unknown
    inside_vpc: bool | Unknown


def find_senders(stack: Stack) -> Iterator[Sender]:
    """Yield the API destinations and the state machines of a stack."""
    for destination in stack.of_type(_DESTINATION):
        texts = list(_strings(destination.get("InvocationEndpoint")))
        connection = _connection(destination.get("ConnectionArn"), stack)
        yield _sender(destination, texts, connection, _headers_of_rules(destination))
    for machine in stack.of_type(_MACHINE):
        definition = [machine.get(name) for name in _DEFINITION]
        texts = list(_strings(definition))
        built = (text for text in texts if isinstance(text, Text))
        holes = dict.fromkeys(hole for text in built for hole in text.holes)
        found = dict.fromkeys(_connection(Text((hole,)), stack) for hole in holes)
        connections = [one for one in found if one is not None]
        only = connections[0] if len(connections) == 1 else None
        yield _sender(machine, texts, only, _headers_in(definition))


def _sender(
    resource: Resource,
    texts: Iterable[str | Text],
    connection: Resource | None,
    more: frozenset[str],
) -> Sender:
    credential, modes = read_credential(connection, more)
    kind = _KINDS[resource.type]
    return Sender(resource, kind, tuple(texts), credential, modes, _is_inside(connection))


def _connection(value: Value, stack: Stack) -> Resource | None:
    target = stack.resource_of(value)
    return target[0] if target is not None and target[0].type == _CONNECTION else None


def _strings(value: Value) -> Iterator[str | Text]:
    """Yield every string in a value, keys included."""
    waiting = [value]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, (str, Text)):
            yield one
        elif isinstance(one, (dict, list)):
            waiting += one
            waiting += one.values() if isinstance(one, dict) else ()


def read_credential(
    connection: Resource | None, more: frozenset[str] = frozenset()
) -> tuple[str, tuple[str, ...] | Unknown]:
    """Return what requests are authorized with, and the modes that take it.

    *more* are the headers that are added beside those of the connection.
    """
    if connection is None:
        return "", Unknown("its connection is not in the input", "the connection's template")
    type_ = connection.get("AuthorizationType")
    own = _headers(connection)
    if isinstance(own, Unknown):
        return "", own
    why = unknown_of(type_)
    if why is not None:
        return "", Unknown(why.reason, why.would_decide)
    headers = own | more
    keys = (API_KEY,) if "x-api-key" in headers else ()
    if type_ == "OAUTH_CLIENT_CREDENTIALS" or "authorization" in headers:
        return "a token", (*_TOKENS, *keys)
    if keys:
        return "an API key", keys
    if type_ == "BASIC":
        return "a user name and a password", (LAMBDA,)
    return "neither `x-api-key` nor `Authorization`", ()


def _headers(connection: Resource) -> frozenset[str] | Unknown:
    """Return the names, in small letters, of the headers that a connection adds."""
    parameters = ("AuthParameters", "InvocationHttpParameters", "HeaderParameters")
    more = connection.get(*parameters)
    names = [connection.get("AuthParameters", "ApiKeyAuthParameters", "ApiKeyName")]
    listed = more if isinstance(more, list) else [more]
    names += [one.get("Key") if isinstance(one, dict) else one for one in listed]
    why = next((why for one in names if (why := unknown_of(one))), None)
    if why is not None:
        return Unknown(why.reason, why.would_decide)
    return frozenset(one.lower() for one in names if isinstance(one, str))


def _headers_of_rules(destination: Resource) -> frozenset[str]:
    """Return the headers that the rules of the stack add to what they send to a destination."""
    rules = destination.stack.of_type("AWS::Events::Rule")
    listed = [rule.get("Targets") for rule in rules]
    targets = [one for each in listed if isinstance(each, list) for one in each]
    added = [one.get("HttpParameters") for one in targets if isinstance(one, dict)]
    return _headers_in(added)


def _headers_in(value: Value) -> frozenset[str]:
    """Return which of the headers that authorize requests a value mentions."""
    written = [str(one).lower() for one in _strings(value)]
    return frozenset(name for name in _HEADERS if any(name in one for one in written))


def _is_inside(connection: Resource | None) -> bool | Unknown:
    """Return whether requests come from a VPC; a resource configuration of VPC Lattice leads there.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html
    """
    if connection is None or connection.get("InvocationConnectivityParameters") is None:
        return False
    return Unknown("its connection leads into a VPC", "the VPC that it leads to")
