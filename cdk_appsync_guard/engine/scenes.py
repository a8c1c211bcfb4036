"""Paths → the APIs, stacks and IAM principals of every scenario, for anyone who asks about callers.

In: paths and ScanOptions. Out: Scenes; matrices. The first input that cannot be read stops it: an
answer about who may do what must not be silent about half of the templates.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from cdk_appsync_guard.access.grants import Fields, concerns, fields_of
from cdk_appsync_guard.access.matrix import Matrix, agree, build_matrix
from cdk_appsync_guard.access.signers import Signers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.api_clients import functions_of, role_of
from cdk_appsync_guard.engine.scan import ScanOptions, open_scenarios
from cdk_appsync_guard.errors import InputError, SchemaError
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.iam.policy_conditions import certain_context
from cdk_appsync_guard.iam.principals import Principal, find_principals
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = [
    "Scene",
    "View",
    "concerned_by",
    "find_apis_in",
    "find_matrices",
    "find_matrix",
    "matrix",
    "survey",
]


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is in one scenario of stacks that are judged together."""

    name: str  # of the assembly
    apis: tuple[Api, ...]
    stacks: tuple[Stack, ...]
    principals: tuple[Principal, ...]


View: TypeAlias = "tuple[Scene, Api]"
"""An API in one scenario."""


def survey(paths: Sequence[str], options: ScanOptions | None = None) -> tuple[Scene, ...]:
    """Return all scenes, those of one assembly one after the other. Raise if there is no API."""
    options = options or ScanOptions()
    known = certain_context(options.now)
    scenes = tuple(
        Scene(assembly, apis, stacks, find_principals(stacks, known) if apis else ())
        for assembly, scenarios in open_scenarios(paths, options)
        for apis, stacks in scenarios
    )
    if not any(scene.apis for scene in scenes):
        raise InputError(
            "there is no AppSync GraphQL API in the input",
            help="pass the template that holds AWS::AppSync::GraphQLApi, or the whole cdk.out",
        )
    return scenes


def matrix(
    path: str | Sequence[str], *, nested: bool = False, options: ScanOptions | None = None
) -> tuple[Matrix, ...]:
    """Return who may call what, one Matrix for each API of the templates at *path*.

    With *nested* the fields of all object types follow the root fields. Raise GuardError if an
    input cannot be read or has no API.
    """
    paths = (path,) if isinstance(path, str) else tuple(path)
    return find_matrices(survey(paths, options), nested=nested)


def find_matrices(scenes: Iterable[Scene], *, nested: bool = False) -> tuple[Matrix, ...]:
    """Return one matrix per API: what scenarios disagree about is undecided in it."""
    return tuple(
        replace(
            agree([find_matrix(api, scene, nested=nested) for scene, api in views]),
            api=name,
            title=_title(views[0][1]),
        )
        for name, views in find_apis_in(scenes)
    )


def _title(api: Api) -> str:
    name = api.resource.get("Name")
    return name if isinstance(name, str) and api.outside is None else ""


def find_apis_in(scenes: Iterable[Scene]) -> tuple[tuple[str, tuple[View, ...]], ...]:
    """Return the APIs, each with a name that tells it apart, as every scenario has it."""
    found: dict[tuple[str, str], list[View]] = {}
    for scene in scenes:
        for api in scene.apis:
            found.setdefault((scene.name, api.name), []).append((scene, api))
    names = _tell_apart(list(found))
    return tuple((name, tuple(views)) for name, views in zip(names, found.values(), strict=True))


def find_matrix(api: Api, scene: Scene, *, nested: bool = False) -> Matrix:
    """Return the matrix of one API in one scenario."""
    question = _question(api)
    possible = authorizations(api)
    if question is not None:
        return Matrix(api.name, question=question)
    if isinstance(possible, Unknown):
        return Matrix(api.name, question=possible)
    fields = fields_of(api, scene.apis)
    concerned = concerned_by(api, fields, scene)
    signers = Signers(scene.principals, scene.stacks)
    return agree(
        [
            build_matrix(api, one, fields, concerned, nested=nested, signers=signers)
            for one in possible
        ]
    )


def _tell_apart(keys: Sequence[tuple[str, str]]) -> list[str]:
    """Return the APIs' names; those that several apps share, with the place of the app before it.

    The places are relative, so that two checkouts of the same apps have the same names.
    """
    apis = [api for _, api in keys]
    if len(set(apis)) == len(apis):
        return apis
    folders = [os.path.dirname(assembly) for assembly, _ in keys]  # noqa: PTH120 - Path has no common
    try:
        start = os.path.commonpath(folders)
        places = [os.path.relpath(assembly, start or os.curdir) for assembly, _ in keys]
    except ValueError:  # absolute paths and others, or two drives
        places = [assembly for assembly, _ in keys]
    return [
        api if apis.count(api) == 1 else f"{Path(place).as_posix()}: {api}"
        for api, place in zip(apis, places, strict=True)
    ]


def _question(api: Api) -> Unknown | None:
    if api.schema is None:
        return Unknown("a merged API has the schemas of its sources", "their own templates")
    if isinstance(api.schema, SchemaError):
        return Unknown(api.schema.message, api.schema.help or "")
    return api.schema if isinstance(api.schema, Unknown) else None


def concerned_by(api: Api, fields: Fields, scene: Scene) -> tuple[Principal, ...]:
    """Return the principals with a policy on the API, or a role of a function that calls it."""
    identifier = api.resource.attribute("ApiId")
    api_id = identifier if isinstance(identifier, (str, Text)) else None
    roles = [
        id(role_of(function, scene.principals))
        for function, _ in functions_of(scene.stacks, api.resource)
    ]
    return tuple(
        one for one in scene.principals if id(one) in roles or concerns(one, fields, api_id)
    )
