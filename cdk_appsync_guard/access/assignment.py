"""Operations × all APIs of a scan → the APIs that each operation is meant for.

In: APIs, scenario by scenario, and client code. Out: Claims, plain data that travels between
processes; and of all claims together, for each operation the keys of its APIs. An operation belongs
to the API on which it is valid; to several if it is valid on several; else to the likeliest one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cdk_appsync_guard.access.calls import as_operation, root_nodes
from cdk_appsync_guard.access.mistakes import Validator
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.client_callers import ClientCode
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.spelling import closest

__all__ = ["ApiKey", "Claim", "Homes", "assign", "claims_of", "key_of", "meant_for", "rivals_of"]

ApiKey: TypeAlias = "tuple[str, str]"
"""The file and the logical id of an API: the same in all scenarios."""

Homes: TypeAlias = "Mapping[int, tuple[ApiKey, ...]]"
"""The APIs of each operation, by the operation's position in the client code."""


@dataclass(frozen=True, slots=True)
class Claim:
    """How well an operation fits an API.

    ``shared`` counts its root fields that the API has, ``near`` those of which it has a similar
    one. ``readable`` is False if the API's schema is not known.
    """

    operation: int
    key: ApiKey
    names: tuple[str, str]  # the API's name, and its logical id
    valid: bool = False
    shared: int = 0
    near: int = 0
    complete: bool = False
    readable: bool = True


def key_of(api: Api) -> ApiKey:
    """Return what tells the API from all others of a scan."""
    return api.resource.place().file.name, api.resource.logical_id


def claims_of(apis: Sequence[Api], code: ClientCode) -> list[Claim]:
    """Return the claims of the APIs of one scenario to all operations."""
    return [claim for api in apis for claim in _claims(api, code.clients.operations)]


def assign(claims: Iterable[Claim], code: ClientCode) -> Homes:
    """Return the APIs of each operation, of the claims of all APIs."""
    by_operation: dict[int, list[Claim]] = {}
    for claim in claims:
        by_operation.setdefault(claim.operation, []).append(claim)
    homes: dict[int, tuple[ApiKey, ...]] = {}
    for position, operation in enumerate(code.clients.operations):
        found = by_operation.get(position, [])
        named = {caller.api for caller in code.callers_of(operation)} - {None}
        if named:
            best = [claim for claim in found if not named.isdisjoint(claim.names)]
        else:
            best = _best(found)
        homes[position] = tuple(dict.fromkeys(claim.key for claim in best))
    return homes


def meant_for(apis: Sequence[Api], code: ClientCode) -> list[tuple[Api, list[ClientOperation]]]:
    """Return each API's operations, of all APIs of the scan or, if not known, of these."""
    homes = _homes(apis, code)
    return [
        (
            api,
            [
                operation
                for position, operation in enumerate(code.clients.operations)
                if key_of(api) in homes.get(position, ())
            ],
        )
        for api in apis
    ]


def _homes(apis: Sequence[Api], code: ClientCode) -> Homes:
    return code.homes if code.homes is not None else assign(claims_of(apis, code), code)


def rivals_of(apis: Sequence[Api], code: ClientCode) -> dict[int, str]:
    """Return the APIs, in words, of each operation that fits several, by the operation's id.

    Copies of one API in several stages are not rivals, nor are APIs that the callers name.
    """
    found: dict[int, str] = {}
    homes = _homes(apis, code)
    for position, operation in enumerate(code.clients.operations):
        names = dict.fromkeys(logical_id for _, logical_id in homes.get(position, ()))
        named = any(caller.api for caller in code.callers_of(operation))
        if len(names) > 1 and not named:
            found[id(operation)] = " and ".join(f"`{name}`" for name in names)
    return found


def _best(claims: Sequence[Claim]) -> list[Claim]:
    valid = [claim for claim in claims if claim.valid]
    if valid:
        return valid
    unread = [claim for claim in claims if not claim.readable]
    if unread and not any(claim.complete for claim in claims):
        return unread  # it may be one of theirs
    readable = [claim for claim in claims if claim.readable]
    if not readable:
        return []
    score, likeliest = max(
        (((claim.shared, claim.near), claim) for claim in readable), key=lambda pair: pair[0]
    )
    if score == (0, 0) and len({claim.names for claim in claims}) > 1:
        return []  # of none of several APIs: of another one, probably
    # Copies of one API, in the stages of an app, are one.
    return [claim for claim in readable if claim.names == likeliest.names]


def _claims(api: Api, operations: Sequence[ClientOperation]) -> Iterable[Claim]:
    key, names = key_of(api), (api.name, api.resource.logical_id)
    if not isinstance(api.schema, Schema):
        for position in range(len(operations)):
            yield Claim(position, key, names, readable=False)
        return
    validator = Validator(api.schema)
    for position, operation in enumerate(operations):
        asked = as_operation(operation)
        root = api.schema.types.get(api.schema.roots.get(operation.kind, ""))
        wanted = {one.name.value for one in asked.selections if one.kind == "field"}
        shared = len(root_nodes(api.schema, operation))
        missing = sorted(wanted - (root.fields.keys() if root else set()))
        fields = root.fields if root else {}
        yield Claim(
            position,
            key,
            names,
            valid=bool(shared or not missing)
            and not validator.mistakes(asked, complete=not operation.gaps),
            shared=shared,
            near=sum(closest(name, fields) is not None for name in missing),
            complete=shared > 0 and not missing,
        )
