"""What the template says of an exchange: modes, providers, keys, directives, logging.

In: the scenes of the engine. Out: Views, which the judges ask. Without a template there are none,
and every answer is that nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.access.decide import Caller, Decision, decide
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import (
    DIRECTIVE_OF_MODE,
    Authorization,
)
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.diagnosis.credentials import Credential, Trouble, moment_of
from cdk_appsync_guard.diagnosis.exchange import Exchange
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.prediction import moment_as_date, predict
from cdk_appsync_guard.diagnosis.provider_checks import template_troubles
from cdk_appsync_guard.engine.scenes import Scene
from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.explanation.credential import Around
from cdk_appsync_guard.explanation.model import Explanation
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["View", "Views", "find_views"]


@dataclass(frozen=True, slots=True)
class View:
    """One API in one scenario, with one of the authorizations that it may turn out to have."""

    api: Api
    authorization: Authorization
    scene: Scene

    def around(self, moment: float | None) -> Around | None:
        """Return what a request is held against at a moment, None without a schema."""
        if self.schema is None:
            return None
        now = moment_as_date(moment)
        return Around(self.api, self.schema, self.authorization, self.scene, now)

    @property
    def schema(self) -> Schema | None:
        """The schema, None if it cannot be known."""
        return self.api.schema if isinstance(self.api.schema, Schema) else None

    def field_of(self, coordinate: str) -> Field | None:
        """Return a field of the schema."""
        type_name, _, name = coordinate.partition(".")
        named = self.schema.types.get(type_name) if self.schema else None
        return named.fields.get(name) if named is not None else None

    def decide(self, caller: Caller, field: Field) -> Decision:
        """Return what directives say of the caller and the field."""
        assert self.schema is not None  # noqa: S101 - the field is from it
        return decide(self.authorization, self.schema, caller, field)

    def has_resolver(self, coordinate: str) -> bool | None:
        """Return whether a resolver is attached to the field; None if that cannot be known."""
        type_name, _, name = coordinate.partition(".")
        for one in self.api.resolvers:
            if (one.get("TypeName"), one.get("FieldName")) == (type_name, name):
                return True
        unsure = any(one.type == "AWS::AppSync::Resolver" for one in self.api.unplaced)
        return None if unsure else False

    @property
    def log_level(self) -> str | None:
        """The FieldLogLevel: NONE if nothing is logged, None if it cannot be known."""
        config = self.api.resource.get("LogConfig")
        level = config.get("FieldLogLevel") if isinstance(config, dict) else config
        if config is None:
            return "NONE"
        return level if isinstance(level, str) else None


@dataclass(frozen=True, slots=True)
class Views:
    """The views of the one API that captures are held against; none without a template."""

    views: tuple[View, ...] = ()
    has_several: bool = False  # the template holds several APIs, and none was chosen
    remembered: dict[Any, tuple[Explanation | None, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def modes(self) -> frozenset[str]:
        """The modes of the API, empty if they are not known or depend on conditions."""
        sets = {frozenset(view.authorization.modes) for view in self.views}
        return next(iter(sets)) if len(sets) == 1 else frozenset()

    @property
    def name(self) -> str:
        """The API's name."""
        return self.views[0].api.name if self.views else ""

    def __bool__(self) -> bool:
        """Whether the template says anything."""
        return bool(self.views)

    def troubles_of(self, exchange: Exchange, given: Sequence[Credential]) -> tuple[Trouble, ...]:
        """Return what is wrong with the credentials for this API, in every scenario."""
        found = [tuple(_troubles(view, exchange, given)) for view in self.views]
        common = [one for one in found[0] if all(one in other for other in found)] if found else []
        return tuple(common)

    def predict(
        self, exchange: Exchange, one: Credential | None, mode: str | None
    ) -> tuple[Explanation | None, ...]:
        """Return the answer that AppSync should have given, in every scenario."""
        asked = exchange.asked
        sent = repr((exchange.authorization or exchange.sent.headers or {}, asked.variables))
        key = (asked.text, asked.name, sent, mode)
        if key not in self.remembered and len(self.remembered) < _MOST_PREDICTIONS:
            moment = moment_of(exchange)
            arounds = (view.around(moment) for view in self.views)
            self.remembered[key] = tuple(
                None if around is None else predict(exchange, one, mode, around)
                for around in arounds
            )
        return self.remembered.get(key, ())

    def modes_evidence(self) -> tuple[Evidence, ...]:
        """Return the modes of the API with their place."""
        if not self.views or not self.modes:
            return ()
        view = self.views[0]
        modes = view.authorization.modes
        rest = f", additional: {', '.join(modes[1:])}" if len(modes) > 1 else ""
        text = f"the API `{view.api.name}` has the default mode {modes[0]}{rest}"
        return (Evidence(text, locate(view.api.resource.place("AuthenticationType"))),)


def find_views(scenes: Sequence[Scene], name: str | None, roots: Sequence[str]) -> Views:
    """Return the views of the API called *name*, or of the only one, or of the one that fits best.

    *roots* are the root fields that captures ask for. Raise ConfigError if no API is called *name*.
    """
    keys = dict.fromkeys((scene.name, api.name) for scene in scenes for api in scene.apis)
    chosen = [key for key in keys if name in (None, key[1], key[1].rpartition("/")[2])]
    if name is not None and not chosen:
        advice = "there are: " + ", ".join(key[1] for key in keys)
        raise ConfigError(f"there is no API `{name}`", help=advice)
    if len(chosen) > 1:
        chosen = _best_fitting(scenes, chosen, roots)
    if len(chosen) != 1:
        return Views(has_several=len(chosen) > 1)
    found = [
        View(api, authorization, scene)
        for scene in scenes
        for api in scene.apis
        if (scene.name, api.name) == chosen[0]
        for authorization in _authorizations(api)
    ]
    return Views(tuple(found[:_MOST_VIEWS]))


def field_evidence(view: View, field: Field) -> Evidence:
    """Return what the schema says of a field's modes, with the line."""
    schema = view.schema
    assert schema is not None  # noqa: S101 - the field is from it
    authorization = view.authorization
    caller = Caller(authorization.default)
    used = decide(authorization, schema, caller, field).counted
    own = any(one in field.directives for one in used)
    place = locate(schema.at(field.offset if own or not used else used[0].offset))
    if not used:
        default = authorization.default
        text = f"no directive applies to `{field.coordinate}`, so only `{default}` can select it"
        return Evidence(text, place)
    names = " ".join(_written(one.name, one.groups) for one in used)
    holder = "" if own else f" by `type {field.type_name}`"
    return Evidence(f"`{field.coordinate}` is opened{holder} only to `{names}`", place)


def locate(place: Place) -> Location:
    """Return where something stands."""
    line, column = place.file.locate(place.path, place.inner)
    return Location(
        place.file.name,
        line,
        column,
        path="/".join(map(str, place.path)),
        logical_id=place.logical_id,
        construct_path=place.construct_path,
    )


def directive_of(mode: str) -> str:
    """Return the directive of a mode as it is written."""
    return f"@{DIRECTIVE_OF_MODE[mode]}"


def _written(name: str, groups: tuple[str, ...] | None) -> str:
    if groups is None:
        return f"@{name}"
    listed = ", ".join(f'"{one}"' for one in groups[:5])
    return f"@{name}(cognito_groups: [{listed}])"


def _authorizations(api: Api) -> tuple[Authorization, ...]:
    possible = authorizations(api)
    return () if isinstance(possible, Unknown) else possible


def _best_fitting(
    scenes: Sequence[Scene], keys: Sequence[tuple[str, str]], roots: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the APIs that have most of the root fields: one, if captures tell them apart."""
    score = dict.fromkeys(keys, 0)
    for scene in scenes:
        for api in scene.apis:
            key = (scene.name, api.name)
            if key in score and isinstance(api.schema, Schema):
                types = (api.schema.types[one] for one in api.schema.roots.values())
                known = {name for one in types for name in one.fields}
                score[key] = max(score[key], len(known.intersection(roots)))
    best = max(score.values())
    return [key for key, points in score.items() if points == best] if best else list(keys)


def _troubles(view: View, exchange: Exchange, given: Sequence[Credential]) -> Iterator[Trouble]:
    moment = moment_of(exchange)
    around = view.around(moment)
    headers = exchange.authorization
    headers = headers if headers is not None else exchange.sent.headers
    if len(given) == 1 and around is not None and moment is not None and headers is not None:
        yield from template_troubles(given[0], headers, around)


_MOST_VIEWS = 32
_MOST_PREDICTIONS = 100
