"""Decisions of Amplify's AppSync simulator 2.16.20, where it is not known to differ from AppSync."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from access.read import read_schema

from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.access.document import read_operation
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.request import Response, decide_operation
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.schema import Schema

LINES = (Path(__file__).parent.parent / "cases" / "simulator.jsonl").read_text(encoding="utf-8")
CASES = [json.loads(line) for line in LINES.splitlines()]
Spots = set[tuple[str, str]]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_simulator_decides_alike(case: dict[str, Any]) -> None:
    schema = read_schema(case["schema"])
    response = answer(case, schema)
    skipped = spots_below_abstract(response, schema) - {tuple(one) for one in spots_of(case)}
    decided = [
        sorted([path, field] for path, field in spots(response, outcome) - skipped)
        for outcome in ("allowed", "denied", "undecided")
    ]

    assert (response.status, *decided) == (
        case["status"],
        sorted(as_far_as_asked(case, case["allowed"])),
        sorted(as_far_as_asked(case, case["denied"])),
        [],
    )


def answer(case: dict[str, Any], schema: Schema) -> Response:
    authorization = Authorization(case["default"], tuple(case["additional"]))
    caller = Caller(case["mode"], frozenset(case.get("groups", ())))
    return decide_operation(Endpoint(authorization, schema), caller, read_operation(case["query"]))


def spots(response: Response, outcome: str) -> Spots:
    return {
        (named(one.path), one.coordinate)
        for one in response.decisions
        if one.decision.outcome == outcome
    }


def spots_of(case: dict[str, Any]) -> list[list[str]]:
    return [*case["allowed"], *case["denied"]]


def spots_below_abstract(response: Response, schema: Schema) -> Spots:
    """The simulator visits one concrete type of an interface or union, we visit them all."""
    abstract = [
        f"{named(one.path)}."
        for one in response.decisions
        if returned_kind(one.coordinate, schema) in {"interface", "union"}
    ]
    every = (spots(response, outcome) for outcome in ("allowed", "denied", "undecided"))
    return {spot for some in every for spot in some if spot[0].startswith(tuple(abstract))}


def returned_kind(coordinate: str, schema: Schema) -> str:
    type_name, field = coordinate.split(".")
    returned = schema.types.get(schema.types[type_name].fields[field].returns)
    return returned.kind if returned else "scalar"


def as_far_as_asked(case: dict[str, Any], decided: list[list[str]]) -> list[list[str]]:
    """Leave out what lies below a subscription: AppSync does not ask it of the subscriber."""
    is_subscription = case["query"].startswith("subscription")
    return [spot for spot in decided if not is_subscription or "." not in spot[0]]


def named(path: tuple[str | int, ...]) -> str:
    return ".".join(step for step in path if isinstance(step, str))
