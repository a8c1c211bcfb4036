"""Stacks → Api: providers, keys, WAF, and the schema that belongs to each.

In: the stacks of one scenario. Out: one Api per ``AWS::AppSync::GraphQLApi``. Does not judge.
Event APIs (``AWS::AppSync::Api``) are another service and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cdk_appsync_guard.appsync.modes import COGNITO, Authorization
from cdk_appsync_guard.appsync.providers import (
    CONFIG_OF_MODE,
    Provider,
    additional_providers,
    default_provider,
)
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.appsync.schema_source import (
    ParsedSchemas,
    SchemaSource,
    SourceKind,
    read_given,
    read_schema,
)
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place, SourceFile
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, unknown_of

__all__ = ["CONFIG_OF_MODE", "Api", "Parts", "Provider", "find_apis"]

_API = "AWS::AppSync::GraphQLApi"
_SCHEMA = "AWS::AppSync::GraphQLSchema"
_KEY = "AWS::AppSync::ApiKey"
_RESOLVER = "AWS::AppSync::Resolver"
_FUNCTION = "AWS::AppSync::FunctionConfiguration"
_DATA_SOURCE = "AWS::AppSync::DataSource"
_FIREWALL = "AWS::WAFv2::WebACLAssociation"
_SOURCE = "AWS::AppSync::SourceApiAssociation"

_MERGED_BY = "merged by"  # the associations again, by the source that they name

_NAMES_ITS_API_IN = {
    _SCHEMA: "ApiId",
    _KEY: "ApiId",
    _RESOLVER: "ApiId",
    _FUNCTION: "ApiId",
    _DATA_SOURCE: "ApiId",
    _FIREWALL: "ResourceArn",
    _SOURCE: "MergedApiIdentifier",
}

# Their attributes may be the id of any API.
_PASSES_VALUES_ON = ("AWS::CloudFormation::", "Custom::")


class Parts(Protocol):
    """The resources that belong to APIs."""

    def of(self, api: Resource, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a kind that belong to an API."""

    def unplaced(self, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a kind whose API is not known."""

    def lack(self, kind: str) -> bool:
        """Return whether a condition removes a resource of the kind."""


@dataclass(frozen=True, slots=True)
class Api:
    """One GraphQL API in one scenario.

    ``name`` is the logical id, with the stack's name before it where that is ambiguous.
    ``additional`` is Unknown if the list itself cannot be known. ``schema`` is Unknown if no SDL
    was found and SchemaError if it does not parse; None for a merged API. ``outside`` says
    why nothing is known of an API that is not in the input; its ``resource`` is a part. Parts
    are looked for type by type, when someone asks for them.
    """

    name: str
    resource: Resource
    default: Provider
    additional: tuple[Provider, ...] | Unknown
    schema: Schema | SchemaError | Unknown | None
    schema_place: Place
    schema_source: SourceKind
    parts: Parts = field(repr=False, compare=False)
    outside: Unknown | None = None

    @property
    def schemas(self) -> tuple[Resource, ...]:
        """The resources that deploy a schema."""
        return self.parts.of(self.resource, _SCHEMA)

    @property
    def resolvers(self) -> tuple[Resource, ...]:
        """The API's resolvers."""
        return self.parts.of(self.resource, _RESOLVER)

    @property
    def functions(self) -> tuple[Resource, ...]:
        """The functions of its pipelines."""
        return self.parts.of(self.resource, _FUNCTION)

    @property
    def data_sources(self) -> tuple[Resource, ...]:
        """Its data sources."""
        return self.parts.of(self.resource, _DATA_SOURCE)

    @property
    def keys(self) -> tuple[Resource, ...]:
        """Its API keys."""
        return self.parts.of(self.resource, _KEY)

    @property
    def firewalls(self) -> tuple[Resource, ...]:
        """The associations with web ACLs."""
        return self.parts.of(self.resource, _FIREWALL)

    @property
    def sources(self) -> tuple[Resource, ...]:
        """The associations of a merged API with its source APIs."""
        return self.parts.of(self.resource, _SOURCE)

    @property
    def merged_by(self) -> tuple[Resource, ...]:
        """The associations that name this API as the source."""
        return self.parts.of(self.resource, _MERGED_BY)

    @property
    def absent_keys(self) -> bool:
        """Whether an API key exists, but only under another condition."""
        return self.parts.lack(_KEY)

    @property
    def unplaced(self) -> tuple[Resource, ...]:
        """The resources that belong to an API no one can name: to this one, perhaps."""
        return tuple(one for kind in _NAMES_ITS_API_IN for one in self.parts.unplaced(kind))

    def unplaced_of(self, kind: str) -> tuple[Resource, ...]:
        """Return those of one type."""
        return self.parts.unplaced(kind)

    @property
    def stack(self) -> Stack:
        """The stack that declares the API."""
        return self.resource.stack

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The default provider and those additional ones that are known, in order."""
        additional = () if isinstance(self.additional, Unknown) else self.additional
        return (self.default, *additional)

    @property
    def authorization(self) -> Authorization | Unknown:
        """All modes, if all are known."""
        if isinstance(self.additional, Unknown):
            return self.additional
        modes: list[str] = []
        for provider in self.providers:
            if isinstance(provider.mode, Unknown):
                return provider.mode
            modes.append(provider.mode)
        action = self.default.get("DefaultAction") if modes[0] == COGNITO else None
        reason = unknown_of(action)
        if reason is not None and len(modes) == 1:
            return reason
        known = action if isinstance(action, str) else None
        return Authorization(modes[0], tuple(modes[1:]), known)

    def accepts(self, mode: str) -> bool | Unknown:
        """Return whether requests in a mode are accepted, as far as the known providers tell."""
        unknown = self.additional if isinstance(self.additional, Unknown) else None
        for provider in self.providers:
            if not isinstance(provider.mode, Unknown):
                if provider.mode == mode:
                    return True
            elif provider.mode.could_be is None or mode in provider.mode.could_be:
                unknown = unknown or provider.mode
        return False if unknown is None else Unknown(unknown.reason, unknown.would_decide)


def find_apis(
    stacks: tuple[Stack, ...],
    *,
    schemas: Mapping[str, SourceFile] | None = None,
    parsed: ParsedSchemas | None = None,
) -> tuple[Api, ...]:
    """Return the GraphQL APIs of the stacks in template order.

    *schemas* are the files that the user names, by API name or logical id, or by nothing for any
    API; they win over what the template says. *parsed* remembers schemas from one scenario to the
    next.
    """
    resources = [resource for stack in stacks for resource in stack.of_type(_API)]
    if not resources:
        return ()
    parts = PartsOfApis(stacks, resources)
    names = [resource.logical_id for resource in resources]
    remembered: ParsedSchemas = {} if parsed is None else parsed
    return tuple(
        _build(
            resource,
            resource.logical_id
            if names.count(resource.logical_id) == 1
            else f"{resource.stack.name}/{resource.logical_id}",
            parts,
            schemas or {},
            remembered,
        )
        for resource in resources
    )


class PartsOfApis:
    """The parts of the APIs of the inputs, by type and then by API (the hole that is its id)."""

    def __init__(self, stacks: tuple[Stack, ...], apis: list[Resource]) -> None:
        self._stacks = stacks
        self._ids = {hole for hole in map(_id_of, apis) if hole is not None}
        self._placed: dict[str, dict[Hole, tuple[Resource, ...]]] = {}
        self._unplaced: dict[str, tuple[Resource, ...]] = {}
        self._leaning: dict[str, bool] = {}

    def of(self, api: Resource, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a kind that belong to an API."""
        own = _id_of(api)
        self._place(kind)
        return self._placed[kind].get(own, ()) if own is not None else ()

    def unplaced(self, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a kind whose API is not known."""
        self._place(kind)
        return self._unplaced[kind]

    def lack(self, kind: str) -> bool:
        """Return whether a condition removes a resource of the kind."""
        return any(stack.lacks(kind) for stack in self._stacks)

    def _place(self, kind: str) -> None:
        """Find out which resources of a kind belong to which API, once."""
        world = self._stacks[0].scope.world
        if kind not in self._placed:
            before = world.leaned
            self._share_out(kind)
            self._leaning[kind] = world.leaned > before
        world.leaned += self._leaning[kind]

    def _share_out(self, kind: str) -> None:
        type_ = _SOURCE if kind == _MERGED_BY else kind
        name = "SourceApiIdentifier" if kind == _MERGED_BY else _NAMES_ITS_API_IN[kind]
        placed: dict[Hole, list[Resource]] = {}
        unplaced: list[Resource] = []
        for stack in self._stacks:
            for resource in stack.of_type(type_):
                owner = _owner(stack, resource.get(name), self._ids)
                if isinstance(owner, Unknown):
                    unplaced.append(resource)
                elif owner is not None:
                    placed.setdefault(owner, []).append(resource)
        self._placed[kind] = {owner: tuple(some) for owner, some in placed.items()}
        self._unplaced[kind] = tuple(unplaced)


def _id_of(api: Resource) -> Hole | None:
    value = api.attribute("ApiId")
    return value.hole if isinstance(value, Text) else None


def _owner(stack: Stack, value: Value, ids: set[Hole]) -> Hole | Unknown | None:
    """Return the id of the API that an ApiId or ARN names, None if it is none of these."""
    if not isinstance(value, Text):
        return unknown_of(value)
    named = next((hole for hole in value.holes if hole in ids), None)
    if named is not None:
        return named
    last = Text((value.holes[-1],))
    if value.holes[-1].kind == "attribute":
        target = stack.resource_of(last)
        if target is not None and target[0].type == _API:
            return _id_of(target[0])  # its URL, say, where its id is due: that one is meant
        if target is None or not target[0].type.startswith(_PASSES_VALUES_ON):
            return None
    return None if value.holes[-1].kind == "pseudo" else unknown_of(last)


def _build(
    resource: Resource,
    name: str,
    parts: Parts,
    schemas: Mapping[str, SourceFile],
    parsed: ParsedSchemas,
) -> Api:
    file = schemas.get(name) or schemas.get(resource.logical_id) or schemas.get("")
    if file is not None:
        schema, schema_place, schema_source = read_given(file, parsed)
    elif resource.get("ApiType") == "MERGED":
        schema, schema_place, schema_source = None, resource.place(), "merged"
    else:
        schema, schema_place, schema_source = _find_schema(resource, name, parts, parsed)
    return Api(
        name=name,
        resource=resource,
        default=default_provider(resource),
        additional=additional_providers(resource),
        schema=schema,
        schema_place=schema_place,
        schema_source=schema_source,
        parts=parts,
    )


def _find_schema(
    api: Resource,
    name: str,
    parts: Parts,
    parsed: ParsedSchemas,
) -> SchemaSource:
    own, perhaps = parts.of(api, _SCHEMA), parts.unplaced(_SCHEMA)
    if len(own) == 1:
        return read_schema(own[0], name, parsed)
    if own:
        reason = f"{len(own)} schemas belong to the API, and the last one deployed wins"
    elif perhaps:
        why = unknown_of(perhaps[0].get("ApiId"))
        reason = f"the schema `{perhaps[0].logical_id}` might belong to another API"
        reason += f": {why.reason}" if why else ""
    else:
        reason = "no schema of the API is in the files given"
    return Unknown(reason, f"--schema {name}=schema.graphql"), api.place(), "missing"
