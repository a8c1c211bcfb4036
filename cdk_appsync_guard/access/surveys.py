"""The resolvers of an API → what their code does for the callers of each mode, run once.

In: an API with its schema, its modes and its code. Out: Surveys, which hold the result of each run
for all that ask. A field's code is run for the modes that its directives allow.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.resolver_run import Request, ResolverCode, steps_of
from cdk_appsync_guard.appsync.modes import COGNITO, MODES, Authorization
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.runtime.model import Code, Info, Pipeline, Step, UnknownData

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.runtime.model import Data
    from cdk_appsync_guard.runtime.run import Survey

__all__ = ["Reached", "Surveys", "codes_of", "request_for"]

MOST_SURVEYS = 1_000
_ARGUMENTS = UnknownData("ctx.args", nullable=False, kind="map")
_VARIABLES = UnknownData("ctx.info.variables", nullable=False, kind="map")
_SOURCE = UnknownData("ctx.source", nullable=False, kind="map")


@dataclass(frozen=True, slots=True)
class Reached:
    """A field with code, a mode whose callers get to it, and what the code does for them."""

    coordinate: str
    mode: str
    survey: Survey


class Surveys:
    """What the code of one API's resolvers does. Runs are counted: a huge API is not read out."""

    def __init__(
        self, api: Api, authorization: Authorization, schema: Schema, code: ResolverCode
    ) -> None:
        self.api = api
        self.authorization = authorization
        self.schema = schema
        self.code = code
        self._left = MOST_SURVEYS
        self._known: dict[tuple[str, str], Survey] = {}
        self._alone: dict[object, Survey] = {}

    @cached_property
    def coordinates(self) -> tuple[str, ...]:
        """The fields that have a resolver."""
        return tuple(one for one in self.code.attached if self.field(one) is not None)

    def says(self, coordinate: str, *words: str) -> bool:
        """Return whether the code of the field contains any of the words."""
        texts = [code.text for code in codes_of(self.code.pipeline(coordinate))]
        return any(word in text for text in texts for word in words)

    def field(self, coordinate: str) -> Field | None:
        """Return the field of the schema."""
        type_name, _, name = coordinate.partition(".")
        definition = self.schema.types.get(type_name)
        return definition.fields.get(name) if definition is not None else None

    def modes_of(self, coordinate: str) -> tuple[str, ...]:
        """Return the modes whose callers, or some of whose callers, the directives allow."""
        field = self.field(coordinate)
        modes = [mode for mode in self.authorization.modes if mode in MODES]
        return tuple(mode for mode in modes if field is not None and self._admits(field, mode))

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield each field and each mode whose callers get to it."""
        for coordinate in self.coordinates:
            for mode in self.modes_of(coordinate):
                yield coordinate, mode

    def reached(self, coordinate: str, mode: str) -> Reached | None:
        """Return what the code does for callers of the mode that are not known any further."""
        survey = self.of(coordinate, self.anybody(mode))
        return Reached(coordinate, mode, survey) if survey is not None else None

    def steps(
        self, coordinate: str, mode: str, wanted: tuple[Step, ...] | None = None
    ) -> tuple[Survey, ...]:
        """Return what steps of the code do, whatever the steps before them have left.

        It looks at those that mention the identity, or at those *wanted*.
        """
        self._left -= 1
        if wanted is None:
            steps = steps_of(self.code.pipeline(coordinate))
            wanted = tuple(step for step in steps if _speaks(step))
        if self._left < 0 or not wanted:
            return ()
        request = request_for(self.schema, coordinate)
        caller = self.anybody(mode)
        return self.code.look_over_steps(coordinate, caller, request, wanted, self._alone)

    def refuses(self, coordinate: str, caller: Known, identity: Data | None = None) -> bool:
        """Return whether all such callers are refused, whatever they ask; see ``of``."""
        self._left -= 1
        request = request_for(self.schema, coordinate)
        return self._left >= 0 and self.code.refuses_another(coordinate, caller, request, identity)

    def anybody(self, mode: str) -> Known:
        """Return a caller of which only the mode is known."""
        return Known(mode, default_action=self.authorization.default_action)

    def of(
        self,
        coordinate: str,
        caller: Known,
        identity: Data | None = None,
        results: Mapping[str, Data] | None = None,
        pipeline: Pipeline | None = None,
    ) -> Survey | None:
        """Return what the code does for the caller; None if too much has been run already.

        *identity* is one in place of the caller's own, *pipeline* other code than the field's.
        """
        usual = identity is None and results is None and caller == self.anybody(caller.mode)
        key = (coordinate, caller.mode) if usual else None
        if key is not None and key in self._known:
            return self._known[key]
        self._left -= 1
        if self._left < 0:
            return None
        request = request_for(self.schema, coordinate, results)
        survey = self.code.look_over(coordinate, caller, request, identity, pipeline)
        if key is not None:
            self._known[key] = survey
        return survey

    def _admits(self, field: Field, mode: str) -> bool:
        decision = decide(self.authorization, self.schema, Caller(mode), field)
        return decision.outcome == "allowed" or (mode == COGNITO and decision.reason == "group")


def request_for(
    schema: Schema, coordinate: str, results: Mapping[str, Data] | None = None
) -> Request:
    """Return a request for the field of which nothing is known."""
    type_name, _, name = coordinate.partition(".")
    source = None if type_name in schema.roots.values() else _SOURCE
    return Request(Info(name, type_name, _VARIABLES), _ARGUMENTS, source, results=results)


def _speaks(step: Step) -> bool:
    codes = (step.request, step.response)
    return any(code is not None and "identity" in code.text for code in codes)


def codes_of(pipeline: Pipeline) -> tuple[Code, ...]:
    """Return all code of a field that is at hand."""
    codes = [pipeline.before, pipeline.after]
    codes += [code for step in pipeline.steps for code in (step.request, step.response)]
    return tuple(code for code in codes if code is not None and not code.missing)
