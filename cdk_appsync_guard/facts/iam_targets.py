"""An API as IAM sees it: its ARN, its root fields, and which of them let IAM callers in."""

from __future__ import annotations

from functools import cached_property

from cdk_appsync_guard.access.decide import TRIED, Caller, decide
from cdk_appsync_guard.access.grants import Fields, fields_among, statement_fields
from cdk_appsync_guard.access.reach import HowMuch, Reach, find_reach
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.field_arns import Shape
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.authorizations import authorizations, question
from cdk_appsync_guard.iam.arn_match import split_arn
from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, display, unknown_of

__all__ = ["Target"]

_PLACES = (3, 4, 1)  # of an ARN: region, account, partition


class Target:
    """An API, one of several, that policies may speak of.

    What costs time is worked out when a policy does.
    """

    def __init__(self, api: Api, ids: frozenset[Hole] = frozenset()) -> None:
        identifier = api.resource.attribute("ApiId")
        self.api = api
        self._ids = ids  # of all APIs
        self.id = identifier if isinstance(identifier, Text) else None
        self._schema = api.schema if isinstance(api.schema, Schema) else None

    @property
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
        return fields_among(self.api, self._ids)

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
        return fields_among(self.api, self._ids, tuple(names))

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
