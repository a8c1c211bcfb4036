"""The whole of it: paths → Report, on as many cores as there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.api import Api, find_apis
from cdk_appsync_guard.appsync.outside import find_outside_apis
from cdk_appsync_guard.engine.unit import Judgement, Task, claim_unit, join_reports, judge_unit
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.facts import build_facts
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.policy.aliases import aliases_of, renamed
from cdk_appsync_guard.policy.baseline import Entry, apply_baseline
from cdk_appsync_guard.policy.pages import link_pages
from cdk_appsync_guard.policy.rules import Rule, load_rules, select_rules
from cdk_appsync_guard.policy.suppress import Ignore, suppress
from cdk_appsync_guard.report import Location, Notice, Report
from cdk_appsync_guard.template.inputs.assembly import Unit, find_inputs, read_unit
from cdk_appsync_guard.template.inputs.files import read_regular_file
from cdk_appsync_guard.template.inputs.parameters import Parameters, find_misfits
from cdk_appsync_guard.template.inputs.sources import Assembly
from cdk_appsync_guard.template.scenarios.scenario import resolve
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import read_text

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode

__all__ = [
    "ScanOptions",
    "collect_facts",
    "open_scenarios",
    "scan",
    "scenarios_of",
    "task_of",
]

_FEW_UNITS = 12  # below that, starting processes costs more than it saves


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What is known and wanted besides the paths.

    ``schemas`` are SDL files by API name, or by the empty name for any API. ``now`` is the moment
    that expiry is judged at. ``operations`` are files, folders or globs of client code, and
    ``callers`` say who runs what of it. ``rules`` are folders of further rules. ``baseline`` holds
    findings to suppress, by fingerprint. ``docs`` is where the documentation is served, for links.
    ``stdin`` is what the path ``-`` stands for. ``progress`` is called with the number of units
    done and of all. ``acknowledged`` tells to honor what a CDK app acknowledges, which
    CDK itself does where it is told of the findings.
    """

    parameters: Parameters = field(default_factory=Parameters)
    region: str | None = None
    account: str | None = None
    schemas: Mapping[str, str] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    operations: Sequence[str] = ()
    callers: Sequence[ClientCaller] = ()
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    rules: Sequence[str] = ()
    suppressions: Sequence[Ignore] = ()
    baseline: Mapping[str, Entry] = field(default_factory=dict)
    docs: str = ""
    stdin: bytes | None = None
    jobs: int | None = None
    progress: Callable[[int, int], None] | None = None
    acknowledged: bool = True


def scan(paths: Sequence[str], options: ScanOptions | None = None) -> Report:
    """Judge the templates at *paths* together.

    Raise ConfigError or RuleError if the options or the rules make no sense. An input that cannot
    be judged is a problem in the report, and the others are judged all the same.
    """
    options = options or ScanOptions()
    known = load_rules(map(Path, options.rules))
    aliases = aliases_of(known)
    task = _task(options, known, select_rules(known, options.select, options.ignore))
    units, unread = find_inputs(paths, options.stdin)
    if task.code is not None:
        task = replace(task, code=_with_homes(task.code, units, task))
    judged = tuple(_judge_all(units, task, options))
    misfits, notices = find_misfits(
        task.parameters, (name for one in judged for name in one.fitting)
    )
    report = join_reports((Report(problems=unread), *(one.report for one in judged)))
    report = join_reports((report, _report_of_clients(task, report.files)))
    report = suppress(report, options.suppressions, applied=task.rules, known=known)
    report = apply_baseline(report, options.baseline, known, task.rules)
    report = link_pages(report, options.docs)
    return replace(
        report,
        notices=(
            *report.notices,
            *notices,
            *renamed(((name, None) for name in (*options.select, *options.ignore)), aliases),
        ),
        problems=(*report.problems, *misfits, *_unused_schemas(options, report)),
    )


def collect_facts(paths: Sequence[str], options: ScanOptions | None = None) -> list[Row]:
    """Return the rows that rules see, of the first scenario of each assembly.

    Raise the first error that an input causes.
    """
    options = options or ScanOptions()
    code = _client_code(options)
    for error in code.clients.problems if code else ():
        raise error
    schemas = _task(replace(options, operations=(), callers=()), (), ()).schemas
    rows: list[Row] = []
    for _, scenarios in open_scenarios(paths, options):
        apis, stacks = next(scenarios)
        outside = find_outside_apis(stacks, apis, schemas=schemas)
        rows += build_facts(apis, stacks, options.now, code, outside)
    return rows


def open_scenarios(
    paths: Sequence[str], options: ScanOptions
) -> Iterator[tuple[str, Iterator[tuple[tuple[Api, ...], tuple[Stack, ...]]]]]:
    """Yield each assembly's name with the APIs and stacks of its scenarios, at least one.

    Raise the first error that an input causes.
    """
    task = _task(replace(options, operations=(), callers=()), (), ())
    units, unread = find_inputs(paths, options.stdin)
    for error in unread:
        raise error
    for unit in units:
        assemblies, problems = read_unit(unit, task.parameters)
        for error in problems:
            raise error
        for assembly in assemblies:
            yield assembly.name, scenarios_of(assembly, task)


def scenarios_of(
    assembly: Assembly, task: Task
) -> Iterator[tuple[tuple[Api, ...], tuple[Stack, ...]]]:
    """Yield the APIs and stacks of each scenario of an assembly."""
    for scenario in resolve(assembly, task.parameters).scenarios:
        yield find_apis(scenario.stacks, schemas=task.schemas), scenario.stacks


def task_of(options: ScanOptions) -> Task:
    """Return what every process of a scan with these options needs to know."""
    known = load_rules(map(Path, options.rules))
    return _task(options, known, select_rules(known, options.select, options.ignore))


def _task(options: ScanOptions, known: tuple[Rule, ...], rules: tuple[Rule, ...]) -> Task:
    parameters = replace(
        options.parameters,
        region=options.region or options.parameters.region,
        account=options.account or options.parameters.account,
    )
    schemas = {
        name: read_text(file, read_regular_file(Path(file)))
        for name, file in options.schemas.items()
    }
    return Task(
        rules, known, parameters, schemas, options.now, _client_code(options), options.acknowledged
    )


def _client_code(options: ScanOptions) -> ClientCode | None:
    if not options.operations and not options.callers:
        return None
    from cdk_appsync_guard.appsync.client_callers import read_client_code  # noqa: PLC0415 - most have none

    return read_client_code(options.operations, options.callers)


def _report_of_clients(task: Task, judged: Sequence[str]) -> Report:
    """Return what is to say of client code whatever the templates are; *judged* are file names."""
    if task.code is None:
        return Report()
    clients = task.code.clients
    silent = {one.file for one in clients.operations}.difference(judged)
    notices = (
        Notice("no API in the input has a root field that the file's operations select", at)
        for at in map(Location, sorted(silent))
    )
    return Report(
        notices=(*clients.notices, *notices),
        problems=tuple(clients.problems),
        files=tuple(file.name for file in clients.files),
    )


def _judge_all(units: Sequence[Unit], task: Task, options: ScanOptions) -> Iterator[Judgement]:
    """Yield a judgement for each unit, in order; many units are shared out over all cores."""
    jobs = min(options.jobs or os.cpu_count() or 1, len(units))
    judge = partial(judge_unit, task=task)
    if jobs < 2 or len(units) < _FEW_UNITS:  # noqa: PLR2004 - one process is this one
        yield from _counted(map(judge, units), len(units), options)
        return
    from cdk_appsync_guard.engine.workers import share_out  # noqa: PLC0415 - costs start-up time

    yield from _counted(share_out(judge, units, jobs), len(units), options)


def _with_homes(code: ClientCode, units: Sequence[Unit], task: Task) -> ClientCode:
    """Return the code with the APIs of each operation, of all that any unit holds."""
    from cdk_appsync_guard.access.assignment import assign  # noqa: PLC0415 - most have no client code

    claims = (claim for unit in units for claim in claim_unit(unit, task))
    return replace(code, homes=assign(claims, code))


def _counted(
    judgements: Iterable[Judgement], total: int, options: ScanOptions
) -> Iterator[Judgement]:
    for done, judgement in enumerate(judgements, start=1):
        if options.progress is not None:
            options.progress(done, total)
        yield judgement


def _unused_schemas(options: ScanOptions, report: Report) -> Iterator[ConfigError]:
    """Yield an error for each schema that is given for an API that there is not."""
    apis = (*report.apis, *report.outside)
    known = {name for api in apis for name in (api, api.rpartition("/")[2])}
    for name, file in options.schemas.items():
        if name and name not in known:
            listed = ", ".join(f"`{api}`" for api in apis) or "none"
            message = f"`--schema {name}=...` does not name an API in the input"
            yield ConfigError(message, help=f"the APIs are: {listed}")
        elif not name and not apis:
            message = f"`--schema {file}` is not used: the input does not contain an API"
            yield ConfigError(message, help="also scan the template that declares the API")
