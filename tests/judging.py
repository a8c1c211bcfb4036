"""Templates as text → what the rooms make of them, without files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from cdk_appsync_guard.appsync.api import Api, find_apis
from cdk_appsync_guard.facts import build_facts
from cdk_appsync_guard.facts.tables import Row, misfits
from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.template.inputs.loading import Loader
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.inputs.sources import Assembly, SourceStack
from cdk_appsync_guard.template.scenarios.scenario import Scenario, resolve
from cdk_appsync_guard.template.source.read import Place, Template, read_template

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)


def open_scenarios(
    *templates: str, given: Mapping[str, str] | None = None, region: str | None = None
) -> tuple[Scenario, ...]:
    """Return the scenarios of stacks that are judged together, called `stack0`, `stack1` ..."""
    parameters = Parameters(given=dict(given or {}), region=region)
    loader = Loader(parameters)
    stacks = tuple(
        loader.finish(SourceStack(f"stack{number}", f"stack{number}", _read(text, number)))
        for number, text in enumerate(templates)
    )
    return resolve(Assembly("assembly", stacks), parameters).scenarios


def find(*templates: str, given: Mapping[str, str] | None = None) -> tuple[Api, ...]:
    """Return the APIs of stacks whose conditions vary nothing."""
    (scenario,) = open_scenarios(*templates, given=given)
    return find_apis(scenario.stacks)


def facts(
    table: str,
    *templates: str,
    given: Mapping[str, str] | None = None,
    region: str | None = None,
) -> list[Row]:
    """Return the rows of a table, all scenarios together; every row keeps the table's promises."""
    rows = [
        row
        for scenario in open_scenarios(*templates, given=given, region=region)
        for row in build_facts(find_apis(scenario.stacks), scenario.stacks, NOW)
    ]
    assert [wrong for row in rows for wrong in misfits(row, TABLES[row.table])] == []
    return [row for row in rows if row.table == table]


def line(place: Place) -> int | None:
    """Return the line of a place."""
    return place.file.locate(place.path, place.inner)[0]


def _read(text: str, number: int) -> Template:
    return read_template(f"stack{number}.yaml", text.encode())
