"""An API as IAM sees it: its ARN, its root fields, and which of them let IAM callers in."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.grants import Fields
from cdk_appsync_guard.access.reach import Reach, find_reach
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM, Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.template.values import Text, Unknown

__all__ = ["Target", "target_of"]


@dataclass(frozen=True, slots=True)
class Target:
    """``accepting`` are the root fields that let IAM callers in; ``doubtful``, those that may."""

    api: Api
    id: Text | None
    fields: Fields
    accepting: int
    doubtful: int
    has_iam: bool | Unknown

    reach: dict[str, Reach]

    def reads(self, coordinate: str) -> tuple[str | Unknown, str | None]:
        """Return how much of what a root field returns an IAM caller may read, and what not."""
        reach = self.reach.get(coordinate)
        if reach is None:
            return "all", None
        if reach.outcome == "undecided":
            return Unknown(reach.question, "AWS's answer to that"), None
        return reach.outcome, reach.blocked.coordinate if reach.blocked else None


def target_of(api: Api) -> Target:
    """Return the API as IAM sees it."""
    identifier, arn = api.resource.attribute("ApiId"), api.resource.attribute("Arn")
    schema = api.schema if isinstance(api.schema, Schema) else None
    fields = Fields(arn if isinstance(arn, (str, Text)) else "", _root_fields(schema))
    authorization = api.authorization
    accepting = doubtful = 0
    reach: dict[str, Reach] = {}
    if schema is not None and isinstance(authorization, Authorization):
        for coordinate in fields.coordinates:
            type_name, _, name = coordinate.partition(".")
            field = schema.types[type_name].fields[name]
            outcome = decide(authorization, schema, Caller(AWS_IAM), field).outcome
            accepting |= fields.bit(coordinate) if outcome == "allowed" else 0
            doubtful |= fields.bit(coordinate) if outcome == "undecided" else 0
        (found,) = find_reach(authorization, schema, (Caller(AWS_IAM),))
        reach = {one.field.coordinate: one for one in found.roots}
    return Target(
        api,
        identifier if isinstance(identifier, Text) else None,
        fields,
        accepting,
        doubtful,
        authorization if isinstance(authorization, Unknown) else AWS_IAM in authorization.modes,
        reach,
    )


def _root_fields(schema: Schema | None) -> list[str]:
    if schema is None:
        return []
    roots = (schema.types[name] for name in schema.roots.values() if name in schema.types)
    return [field.coordinate for root in roots for field in root.fields.values()]
