"""The pipeline: paths → Report. What is written, what it means, what would happen, what we say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from cdk_appsync_guard.appsync.api import Api, find_apis
from cdk_appsync_guard.appsync.schema_source import ParsedSchemas
from cdk_appsync_guard.errors import ConfigError, GuardError
from cdk_appsync_guard.findings import Report
from cdk_appsync_guard.policy.baseline import apply_baseline
from cdk_appsync_guard.policy.columns import Row
from cdk_appsync_guard.policy.conclude import conclude
from cdk_appsync_guard.policy.evaluate import Evaluation, evaluate
from cdk_appsync_guard.policy.facts import build_facts
from cdk_appsync_guard.policy.ignores import find_ignores
from cdk_appsync_guard.policy.rules import Rule, load_rules, select_rules
from cdk_appsync_guard.policy.suppress import Ignore, suppress
from cdk_appsync_guard.policy.wording import Truths
from cdk_appsync_guard.template.assembly import Unit, find_inputs, read_unit
from cdk_appsync_guard.template.files import read_regular_file
from cdk_appsync_guard.template.parameters import Parameters
from cdk_appsync_guard.template.read import SourceFile, read_text
from cdk_appsync_guard.template.scenarios import Scenario, resolve
from cdk_appsync_guard.template.sources import Assembly

__all__ = ["ScanOptions", "collect_facts", "scan"]

_FEW_UNITS = 12  # below that, starting processes costs more than it saves


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What is known and wanted besides the paths.

    ``schemas`` are SDL files by API name, or by the empty name for any API. ``now`` is the moment
    that expiry is judged at. ``rules`` are folders of further rules. ``baseline`` gives the reason
    for each fingerprint that it suppresses. ``stdin`` is what the path ``-`` stands for.
    ``progress`` is called with the number of units done and of all.
    """

    parameters: Parameters = field(default_factory=Parameters)
    region: str | None = None
    account: str | None = None
    schemas: Mapping[str, str] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    rules: Sequence[str] = ()
    suppressions: Sequence[Ignore] = ()
    baseline: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes | None = None
    jobs: int | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """What every process of a scan needs to know."""

    rules: tuple[Rule, ...]
    known: tuple[Rule, ...]
    parameters: Parameters
    schemas: Mapping[str, SourceFile]
    now: datetime


def scan(paths: Sequence[str], options: ScanOptions | None = None) -> Report:
    """Judge the templates at *paths* together.

    Raise ConfigError or RuleError if the options or the rules make no sense. An input that cannot
    be judged is a problem in the report, and the others are judged all the same.
    """
    options = options or ScanOptions()
    known = load_rules(map(Path, options.rules))
    task = _task(options, known, select_rules(known, options.select, options.ignore))
    units, unread = find_inputs(paths, options.stdin)
    report = _join((Report(problems=unread), *_judge_all(units, task, options)))
    report = suppress(report, options.suppressions, applied=task.rules, known=known)
    report = apply_baseline(report, options.baseline)
    return replace(report, problems=(*report.problems, *_unused_schemas(options, report)))


def collect_facts(paths: Sequence[str], options: ScanOptions | None = None) -> list[Row]:
    """Return the rows that rules see, of the first scenario of each assembly.

    Raise the first error that an input causes.
    """
    options = options or ScanOptions()
    task = _task(options, (), ())
    units, unread = find_inputs(paths, options.stdin)
    rows: list[Row] = []
    for error in unread:
        raise error
    for unit in units:
        assemblies, problems = read_unit(unit, task.parameters)
        for error in problems:
            raise error
        for assembly in assemblies:
            scenario = resolve(assembly, task.parameters).scenarios[0]
            rows += build_facts(_apis(scenario, task, {}), scenario.stacks, task.now)
    return rows


def _task(options: ScanOptions, known: tuple[Rule, ...], rules: tuple[Rule, ...]) -> _Task:
    parameters = replace(
        options.parameters,
        region=options.region or options.parameters.region,
        account=options.account or options.parameters.account,
    )
    schemas = {
        name: read_text(file, read_regular_file(Path(file)))
        for name, file in options.schemas.items()
    }
    return _Task(rules, known, parameters, schemas, options.now)


def _judge_all(units: Sequence[Unit], task: _Task, options: ScanOptions) -> Iterator[Report]:
    """Yield a report for each unit, in order; many units are shared out over all cores."""
    jobs = min(options.jobs or os.cpu_count() or 1, len(units))
    judge = partial(_judge, task=task)
    if jobs < 2 or len(units) < _FEW_UNITS:  # noqa: PLR2004 - one process is this one
        yield from _counted(map(judge, units), len(units), options)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - costs start-up time

    with ProcessPoolExecutor(jobs) as pool:
        size = max(1, min(32, len(units) // (jobs * 4)))
        yield from _counted(pool.map(judge, units, chunksize=size), len(units), options)


def _counted(reports: Iterable[Report], total: int, options: ScanOptions) -> Iterator[Report]:
    for done, report in enumerate(reports, start=1):
        if options.progress is not None:
            options.progress(done, total)
        yield report


def _judge(unit: Unit, task: _Task) -> Report:
    """Judge what one unit holds: its assemblies do not know of each other."""
    assemblies, problems = read_unit(unit, task.parameters)
    judged = (_judge_assembly(assembly, task) for assembly in assemblies)
    return _join((Report(problems=problems), *judged))


def _judge_assembly(assembly: Assembly, task: _Task) -> Report:
    """Judge the stacks of one assembly; an error of theirs does not stop the others."""
    try:
        return _judged(assembly, task)
    except GuardError as error:
        return Report(problems=(error,))


def _judged(assembly: Assembly, task: _Task) -> Report:
    resolution = resolve(assembly, task.parameters)
    judged: list[tuple[Truths, Evaluation]] = []
    apis: list[Api] = []
    parsed: ParsedSchemas = {}
    for scenario in resolution.scenarios:
        found = _apis(scenario, task, parsed)
        rows = build_facts(found, scenario.stacks, task.now)
        judged.append((scenario.truths, evaluate(task.rules, rows)))
        apis += found
    conclusion = conclude(judged)
    sources: list[SourceFile] = [stack.template for stack in assembly.stacks]
    sources += [api.schema_place.file for api in apis]
    report = Report(
        findings=conclusion.findings,
        undecided=conclusion.undecided,
        notices=resolution.notices if apis else (),
        files=tuple(dict.fromkeys(source.name for source in sources)),
        apis=tuple(dict.fromkeys(api.name for api in apis)),
    )
    ignores = find_ignores({id(source): source for source in sources}.values())
    return suppress(report, ignores, applied=task.rules, known=task.known)


def _apis(scenario: Scenario, task: _Task, parsed: ParsedSchemas) -> tuple[Api, ...]:
    return find_apis(scenario.stacks, schemas=task.schemas, parsed=parsed)


def _join(reports: Iterable[Report]) -> Report:
    """Return one report: what several units say of the same file stands together."""
    reports = tuple(reports)
    return Report(
        findings=tuple(one for report in reports for one in report.findings),
        undecided=tuple(one for report in reports for one in report.undecided),
        notices=tuple(dict.fromkeys(one for report in reports for one in report.notices)),
        problems=tuple(one for report in reports for one in report.problems),
        files=tuple(dict.fromkeys(one for report in reports for one in report.files)),
        apis=tuple(one for report in reports for one in report.apis),
    )


def _unused_schemas(options: ScanOptions, report: Report) -> Iterator[ConfigError]:
    """Yield an error for each schema that is given for an API that there is not."""
    known = {name for api in report.apis for name in (api, api.rpartition("/")[2])}
    for name in options.schemas:
        if name and name not in known:
            listed = ", ".join(f"`{api}`" for api in report.apis) or "none"
            message = f"`--schema {name}=...` names no API of the input"
            yield ConfigError(message, help=f"the APIs are: {listed}")
