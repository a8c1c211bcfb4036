"""The resolvers of an API → what their code does with a caller.

In: an Api, and for a field who asks and what is known of the request. Out: Outcome. Code is read
once, and run by ``runtime`` alone; data sources are never asked.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-components.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from cdk_appsync_guard.access.identities import Known, identity_of, names_in_code, settle
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.resolver_code import read_pipeline
from cdk_appsync_guard.runtime.model import (
    Data,
    Info,
    Invocation,
    Outcome,
    Pipeline,
    Step,
    UnknownData,
)
from cdk_appsync_guard.template.scenarios.stack import Resource

if TYPE_CHECKING:
    from cdk_appsync_guard.runtime.programs import Programs
    from cdk_appsync_guard.runtime.run import Survey

__all__ = ["Request", "ResolverCode", "steps_of"]

_Made = TypeVar("_Made")

_SESSION = "session"
_MOST_OF_STEP = 30  # ways through a step that is run alone
_STASH = UnknownData("ctx.stash", nullable=False, kind="map")
_ABSENT = " has no "  # a template that the deployment will ask for
_HEADERS = UnknownData("ctx.request.headers", nullable=False, kind="map")


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of a request for one field, besides who sends it."""

    info: Info
    arguments: Mapping[str, Data] | UnknownData
    source: Data = None
    headers: Mapping[str, Data] | UnknownData = _HEADERS
    results: Mapping[str, Any] | None = None


def steps_of(pipeline: Pipeline) -> tuple[Step, ...]:
    """Return the steps, with what runs before and after them as steps of their own."""
    before = Step("before", pipeline.before, None, "", "NONE", "2018-05-29")
    after = Step("after", None, pipeline.after, "", "", "2018-05-29")
    if pipeline.runtime == "js":  # both handlers are in one module
        before = Step("before", pipeline.before, pipeline.after, "", "NONE")
        return (before, *pipeline.steps) if pipeline.before is not None else pipeline.steps
    return (
        *((before,) if pipeline.before is not None else ()),
        *pipeline.steps,
        *((after,) if pipeline.after is not None else ()),
    )


def _settle(pipeline: Pipeline) -> tuple[Pipeline, tuple[str, ...]]:
    names = names_in_code(pipeline)
    return settle(pipeline, names), names


def _may_deny(pipeline: Pipeline) -> bool:
    codes = [pipeline.before, pipeline.after]
    codes += [code for step in pipeline.steps for code in (step.request, step.response)]
    return any(
        "nauthorized" in code.text or (code.missing and _ABSENT not in code.missing)
        for code in codes
        if code is not None
    )


class ResolverCode:
    """The code of an API's resolvers, by the coordinate of the field."""

    def __init__(self, api: Api, programs: Programs | None = None) -> None:
        self._api = api
        self._pipelines: dict[str, tuple[Pipeline, tuple[str, ...]]] = {}
        self._programs = programs

    @cached_property
    def attached(self) -> dict[str, Resource]:
        """The resolver of each field that has one."""
        found: dict[str, Resource] = {}
        for one in self._api.resolvers:
            type_name, name = one.get("TypeName"), one.get("FieldName")
            if isinstance(type_name, str) and isinstance(name, str):
                found.setdefault(f"{type_name}.{name}", one)
        return found

    def has_code(self, coordinate: str) -> bool:
        """Return whether there is code: a direct Lambda resolver has none."""
        pipeline, _ = self._read(coordinate)
        if pipeline.before is not None or pipeline.after is not None:
            return True
        return any(
            step.missing or step.request is not None or step.response is not None
            for step in pipeline.steps
        )

    def may_deny(self, coordinate: str) -> bool:
        """Return whether the code can call ``unauthorized()``, or is not at hand."""
        return self._shared(coordinate, _may_deny)

    def run(self, coordinate: str, caller: Known, request: Request) -> tuple[Outcome, bool]:
        """Return what the code does, and whether a name was assumed for the role's session.

        A role's session may have any name. Where that leaves it open, it is taken for one that no
        code names if the caller is then denied.
        """
        outcome = self._run(coordinate, caller, request)
        is_role = caller.principal is not None and not caller.session and not caller.users
        if outcome.kind == "undecided" and is_role:
            again = self._run(coordinate, replace(caller, session=_SESSION), request)
            if again.kind == "denied":
                return again, True
        return outcome, False

    def refuses(self, coordinate: str, caller: Known, request: Request) -> Outcome | None:
        """Return the refusal of all such callers, whatever they ask; None if that is not shown.

        The session of a role is taken for one that no code names.
        """
        from cdk_appsync_guard.runtime.run import refuses_always  # noqa: PLC0415 - many have no code

        if caller.principal is not None and not caller.session and not caller.users:
            caller = replace(caller, session=_SESSION)
        pipeline, invocation, programs = self._prepare(coordinate, caller, request)
        return refuses_always(pipeline, invocation, programs)

    def look_over(
        self,
        coordinate: str,
        caller: Known,
        request: Request,
        identity: Data | None = None,
        other: Pipeline | None = None,
    ) -> Survey:
        """Return all ways through the code.

        *identity* is one in place of the caller's own, *other* is other code than the field's.
        """
        from cdk_appsync_guard.runtime.run import look_over  # noqa: PLC0415 - many have no code

        pipeline, invocation, programs = self._prepare(coordinate, caller, request)
        if identity is not None:
            invocation = replace(invocation, identity=identity)
        invocation = replace(invocation, whole=True)
        return look_over(other or pipeline, invocation, programs)

    def refuses_another(
        self, coordinate: str, caller: Known, request: Request, identity: Data | None = None
    ) -> bool:
        """Return whether all such callers are refused, whatever they ask; see ``look_over``."""
        from cdk_appsync_guard.runtime.run import refuses_always  # noqa: PLC0415 - many have no code

        pipeline, invocation, programs = self._prepare(coordinate, caller, request)
        if identity is not None:
            invocation = replace(invocation, identity=identity)
        return refuses_always(pipeline, invocation, programs) is not None

    def look_over_steps(
        self,
        coordinate: str,
        caller: Known,
        request: Request,
        steps: tuple[Step, ...],
        known: dict[object, Survey],
    ) -> tuple[Survey, ...]:
        """Return the ways through each step alone, whatever the steps before it have left.

        *known* keeps them for other fields that have the same step.
        """
        from cdk_appsync_guard.runtime.run import look_over  # noqa: PLC0415 - many have no code

        pipeline, invocation, programs = self._prepare(coordinate, caller, request)
        before = UnknownData("ctx.prev.result")
        invocation = replace(invocation, stash=_STASH, previous=before, whole=True)
        found = []
        for step in steps:
            texts = tuple(code and code.text for code in (step.request, step.response))
            key = (texts, step.data_source_kind, step.version, pipeline.runtime, caller.mode)
            if key not in known:
                alone = Pipeline(None, (step,), None, "UNIT", pipeline.runtime, pipeline.name)
                known[key] = look_over(alone, invocation, programs, _MOST_OF_STEP)
            found.append(known[key])
        return tuple(found)

    def pipeline(self, coordinate: str) -> Pipeline:
        """Return the code of a field."""
        return self._read(coordinate)[0]

    def _run(self, coordinate: str, caller: Known, request: Request) -> Outcome:
        from cdk_appsync_guard.runtime.run import run  # noqa: PLC0415 - many APIs have no code

        pipeline, invocation, programs = self._prepare(coordinate, caller, request)
        return run(pipeline, invocation, programs)

    def _prepare(
        self, coordinate: str, caller: Known, request: Request
    ) -> tuple[Pipeline, Invocation, Programs]:
        from cdk_appsync_guard.runtime.programs import Programs  # noqa: PLC0415 - many have no code

        self._programs = self._programs or Programs()
        pipeline, names = self._read(coordinate)
        invocation = Invocation(
            mode=caller.mode,
            identity=identity_of(caller, names),
            info=request.info,
            arguments=request.arguments,
            source=request.source,
            headers=request.headers,
            env=self._environment,
            results=request.results or {},
        )
        return pipeline, invocation, self._programs

    def _read(self, coordinate: str) -> tuple[Pipeline, tuple[str, ...]]:
        if coordinate not in self._pipelines:
            self._pipelines[coordinate] = self._shared(coordinate, _settle)
        return self._pipelines[coordinate]

    def _shared(self, coordinate: str, make: Callable[[Pipeline], _Made]) -> _Made:
        """Return what is made of the code, once for scenarios that agree about it."""
        resolver, owner = self.attached[coordinate], self._api.resource
        if self._api.outside is not None:  # scenarios may disagree about what belongs to it
            return make(read_pipeline(self._api, resolver))
        key = make, owner.stack.id, owner.logical_id
        return resolver.shared(key, lambda: make(read_pipeline(self._api, resolver)))

    @cached_property
    def _environment(self) -> Mapping[str, Data] | UnknownData:
        given = self._api.resource.get("EnvironmentVariables")
        if given is None:
            return {}
        if not isinstance(given, dict):
            return UnknownData("ctx.env")
        return {
            name: value if isinstance(value, str) else UnknownData(f"ctx.env.{name}")
            for name, value in given.items()
        }
