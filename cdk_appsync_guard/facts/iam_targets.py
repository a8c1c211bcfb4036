"""APIs as IAM sees them: their ARNs, their root fields, and which of them let IAM callers in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from cdk_appsync_guard.access.decide import TRIED, Caller, decide
from cdk_appsync_guard.access.grants import (
    Fields,
    Neighbors,
    fields_among,
    ids_of,
    statement_fields,
)
from cdk_appsync_guard.access.reach import HowMuch, Reach, find_reach
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.field_arns import Shape
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.authorizations import authorizations, question
from cdk_appsync_guard.iam.arn_match import split_arn
from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.template.values.value import Text, Unknown, display, unknown_of

__all__ = ["Target", "Targets"]

_OWNED = "attribute"
_PLACES = (3, 4, 1)  # of an ARN: region, account, partition


class Targets:
    """The APIs of one scene, and which of them an ARN, an id or a coordinate names."""

    def __init__(self, apis: Iterable[Api]) -> None:
        apis = tuple(apis)
        neighbors = Neighbors(ids_of(apis))
        self.all = tuple(Target(api, neighbors) for api in apis)

    def __iter__(self) -> Iterator[Target]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def named(self, api: str | Text | None) -> Target | None:
        """Return the API with that id."""
        return self._by_id.get(api) if isinstance(api, Text) else None

    def built_into(self, pattern: str | Text) -> Target | None:
        """Return the first API of which an attribute is a part of the pattern."""
        holes = pattern.holes if isinstance(pattern, Text) else ()
        owners = ((one.stack, one.name.rpartition(".")[0]) for one in holes if one.kind == _OWNED)
        found = [self._by_owner[owner] for owner in owners if owner in self._by_owner]
        return self.all[min(found)] if found else None

    def having(self, coordinate: str) -> list[Target]:
        """Return the APIs with a root field of that coordinate."""
        return self._by_field.get(coordinate, [])

    def kind_of(self, target: Target) -> int:
        """Return a number that APIs share of which a statement that names none says the same."""
        return self._kinds[target]

    def shortened(self, arn: str) -> str:
        """Return the ARN with ``${Api.Arn}`` where it begins with that of one of the APIs."""
        starts = (self._by_arn.get(arn[:length]) for length in self._lengths)
        found = [position for position in starts if position is not None]
        return self.all[min(found)].shortened(arn) if found else arn

    @cached_property
    def _by_id(self) -> dict[Text, Target]:
        return {one.id: one for one in reversed(self.all) if one.id is not None}

    @cached_property
    def _by_owner(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for position, target in enumerate(self.all):
            own = target.id.hole if target.id is not None else None
            if own is not None:
                found.setdefault((own.stack, own.name.rpartition(".")[0]), position)
        return found

    @cached_property
    def _by_field(self) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = {}
        for target in self.all:
            for coordinate in target.fields.coordinates:
                found.setdefault(coordinate, []).append(target)
        return found

    @cached_property
    def _by_arn(self) -> dict[str, int]:
        pairs = [(target.written, position) for position, target in enumerate(self.all)]
        return dict(reversed(pairs))

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple({len(written) for written in self._by_arn})

    @cached_property
    def _kinds(self) -> dict[Target, int]:
        numbers: dict[object, int] = {}
        return {one: numbers.setdefault(one.likeness, len(numbers)) for one in self.all}


class Target:
    """An API, one of several, that policies may speak of.

    What costs time is worked out when a policy does.
    """

    def __init__(self, api: Api, neighbors: Neighbors) -> None:
        identifier = api.resource.attribute("ApiId")
        self.api = api
        self._neighbors = neighbors
        self.id = identifier if isinstance(identifier, Text) else None
        self._schema = api.schema if isinstance(api.schema, Schema) else None

    @cached_property
    def has_iam(self) -> bool | Unknown:
        """Whether AWS_IAM is one of the API's modes."""
        return self.api.accepts(AWS_IAM)

    def spoken_of(self, statement: Statement) -> tuple[int, int]:
        """Return the root fields that a statement mentions for certain, and those it may."""
        return statement_fields(statement, self.fields)

    @cached_property
    def written(self) -> str:
        """The API's ARN as it is displayed."""
        return display(self.api.resource.attribute("Arn"))

    @cached_property
    def fields(self) -> Fields:
        """The root fields; none if there is no schema to read."""
        return fields_among(self.api, self._neighbors)

    @cached_property
    def nested(self) -> Fields:
        """The fields of the object types that are not roots, about which IAM is never asked."""
        types = self._schema.types.items() if self._schema else ()
        roots = self._schema.roots.values() if self._schema else ()
        names = (
            field.coordinate
            for name, one in types
            if name not in roots
            for field in one.fields.values()
        )
        return fields_among(self.api, self._neighbors, tuple(names))

    @cached_property
    def likeness(self) -> object:
        """What is equal for APIs of which a statement that names none says the same."""
        if self._schema is None:
            return id(self)
        names = self.fields.coordinates, self.nested.coordinates
        authorization = self.api.authorization
        open_ = repr(authorization) if isinstance(authorization, Unknown) else ""
        return *names, self.accepting, self.doubtful, repr(self.has_iam), open_

    def shortened(self, arn: str) -> str:
        """Return the ARN as a person would write it in a template: with ``${Api.Arn}``."""
        if not arn.startswith(self.written):
            return arn
        return f"${{{self.api.resource.logical_id}.Arn}}{arn[len(self.written) :]}"

    def has(self, shape: Shape) -> bool:
        """Return whether the type or field that a shape names is a root or one of its fields."""
        if shape.field_name:
            return bool(self.fields.bit(f"{shape.type_name}.{shape.field_name}"))
        return bool(self.fields_like(shape.type_name))

    def fields_like(self, name: str) -> int:
        """Return the root field of a coordinate, or all fields of a root type."""
        if "." in name:
            return self.fields.bit(name)
        own = (one for one in self.fields.coordinates if one.startswith(f"{name}."))
        return sum(map(self.fields.bit, own))

    def is_built_into(self, pattern: str | Text) -> bool:
        """Return whether an attribute of the API is a part of the pattern."""
        own = self.id.hole if self.id is not None else None
        holes = pattern.holes if isinstance(pattern, Text) and own is not None else ()
        return any(
            hole.stack == own.stack and hole.name.rpartition(".")[0] == own.name.rpartition(".")[0]
            for hole in holes
            if own is not None and hole.kind == "attribute"
        )

    def why_apart(self, pattern: str | Text) -> Unknown | None:
        """Return which part of the API's ARN decides whether a pattern spells it out."""
        arn = self.api.resource.attribute("Arn")
        if not isinstance(arn, Text) or not self.is_built_into(pattern):
            return None
        pairs = dict(enumerate(zip(split_arn(pattern), split_arn(arn), strict=False)))
        for place in _PLACES:
            written, own = pairs.get(place, ("", ""))
            why = unknown_of(own)
            if isinstance(written, str) and written.strip("*?") and why is not None:
                return Unknown(why.reason, why.would_decide)
        return None

    def difference(self, pattern: str | Text) -> str:
        """Return in which part an ARN of this API's own id differs from the API's ARN."""
        written = display(pattern).split(":")
        own = self.written.split(":")
        for index, part in ((3, "region"), (4, "account"), (1, "partition")):
            if len(written) > index and len(own) > index and written[index] != own[index]:
                return f"the {part} is `{written[index]}`, and that of the API is `{own[index]}`"
        return "it differs from the ARN of the API"

    @property
    def accepting(self) -> int:
        """The root fields that let IAM callers in."""
        return self._let_in["allowed"]

    @property
    def doubtful(self) -> int:
        """The root fields for which it is not known whether they allow IAM callers."""
        return self._let_in["undecided"]

    @cached_property
    def mutations(self) -> int:
        """The fields of the Mutation type."""
        root = self._schema.mutation if self._schema else None
        own = (name for name in self.fields.coordinates if name.startswith(f"{root}."))
        return sum(map(self.fields.bit, own))

    def reads(self, coordinate: str) -> tuple[HowMuch | Unknown, str | None]:
        """Return how much of what a root field returns an IAM caller may read, and what not."""
        found = {self._read(reach.get(coordinate)) for reach in self._reaches}
        if len(found) > 1:
            why = question(self.api)[0]
            return Unknown(why.reason, why.would_decide), None
        return found.pop() if found else ("all", None)

    def _read(self, reach: Reach | None) -> tuple[HowMuch | Unknown, str | None]:
        if reach is None:
            return "all", None
        if reach.outcome == "undecided":
            return Unknown(reach.question, TRIED), None
        return reach.outcome, reach.blocked.coordinate if reach.blocked else None

    @cached_property
    def _let_in(self) -> dict[str, int]:
        found = {"allowed": 0, "undecided": 0, "denied": 0}
        if self._schema is None:
            return found
        if isinstance(self._possible, Unknown):
            found["denied" if self.has_iam is False else "undecided"] = self.fields.all
            return found
        for coordinate in self.fields.coordinates:
            type_name, _, name = coordinate.partition(".")
            field = self._schema.types[type_name].fields[name]
            outcomes = {
                decide(modes, self._schema, Caller(AWS_IAM), field).outcome
                for modes in self._possible
            }
            outcome = outcomes.pop() if len(outcomes) == 1 else "undecided"
            found[outcome] |= self.fields.bit(coordinate)
        return found

    @cached_property
    def _reaches(self) -> tuple[dict[str, Reach], ...]:
        """How far IAM callers get, under each authorization that is possible."""
        if self._schema is None or isinstance(self._possible, Unknown):
            return ()
        found = (find_reach(modes, self._schema, (Caller(AWS_IAM),)) for modes in self._possible)
        return tuple({one.field.coordinate: one for one in each[0].roots} for each in found)

    @cached_property
    def _possible(self) -> tuple[Authorization, ...] | Unknown:
        possible = authorizations(self.api)
        if isinstance(possible, Unknown) and self.api.default.mode == AWS_IAM:
            # For IAM callers it matters only whether there is another mode, not which one.
            return Authorization(AWS_IAM), Authorization(AWS_IAM, (API_KEY,))
        return possible
