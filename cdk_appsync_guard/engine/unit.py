"""One unit → Judgement: the four questions in order, for files that hang together.

What is written (template), what it means (appsync), what would happen (access, inside the facts),
and what we say of it (policy). Runs in any process; a Judgement travels back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.api import Api, find_apis
from cdk_appsync_guard.appsync.outside import find_outside_apis
from cdk_appsync_guard.appsync.schema_source import ParsedSchemas
from cdk_appsync_guard.engine.remarks import missing_transforms, unread_event_apis
from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.facts import TOPICS, Given, Topic, build_facts
from cdk_appsync_guard.policy.evaluate import Evaluation, evaluate
from cdk_appsync_guard.policy.findings_of_scenarios import conclude
from cdk_appsync_guard.policy.ignores import find_acknowledged, find_ignores
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.policy.suppress import suppress
from cdk_appsync_guard.policy.wording import Truths
from cdk_appsync_guard.report import Notice, Report, ask_once
from cdk_appsync_guard.template.inputs.assembly import Unit, read_unit
from cdk_appsync_guard.template.inputs.parameters import Parameters, StackAndName
from cdk_appsync_guard.template.inputs.sources import Assembly
from cdk_appsync_guard.template.inputs.terraform.recognize import is_plan
from cdk_appsync_guard.template.scenarios.deployment import find_fitting_names
from cdk_appsync_guard.template.scenarios.scenario import Resolution, Scenario, View, resolve
from cdk_appsync_guard.template.source.positions import clip
from cdk_appsync_guard.template.source.read import SourceFile, Template

if TYPE_CHECKING:
    from cdk_appsync_guard.access.assignment import Claim
    from cdk_appsync_guard.appsync.client_callers import ClientCode

__all__ = ["Judgement", "Task", "claim_unit", "join_reports", "judge_assembly", "judge_unit"]


@dataclass(frozen=True, slots=True)
class Task:
    """What every process of a scan needs to know.

    ``rules`` are applied; ``known`` are all there are, so that an ignore for another one is not
    a mistake. ``schemas`` are given SDL files by API name, or by the empty name for any API.
    ``code`` is client code whose operations are judged with the APIs. ``acknowledged`` tells
    to honor what a CDK app acknowledges.
    """

    rules: tuple[Rule, ...]
    known: tuple[Rule, ...]
    parameters: Parameters
    schemas: Mapping[str, SourceFile]
    now: datetime
    code: ClientCode | None = None
    acknowledged: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a unit. ``fitting`` are the given parameters that its templates declare."""

    report: Report
    fitting: frozenset[StackAndName] = frozenset()


def judge_unit(unit: Unit, task: Task) -> Judgement:
    """Judge what one unit holds: its assemblies do not know of each other."""
    assemblies, problems = read_unit(unit, task.parameters)
    reports = [judge_assembly(assembly, task) for assembly in assemblies]
    fitting = (find_fitting_names(assembly, task.parameters) for assembly in assemblies)
    return Judgement(
        join_reports((Report(problems=problems), *reports)), frozenset().union(*fitting)
    )


def claim_unit(unit: Unit, task: Task) -> tuple[Claim, ...]:
    """Return how well the operations fit the unit's APIs; its problems are told by judging it."""
    from cdk_appsync_guard.access.assignment import claims_of  # noqa: PLC0415 - most have no client code

    assert task.code is not None  # noqa: S101 - no one asks without
    found: dict[Claim, None] = {}
    for assembly in read_unit(unit, task.parameters)[0]:
        parsed: ParsedSchemas = {}
        try:
            for scenario in resolve(assembly, task.parameters).scenarios:
                apis = find_apis(scenario.stacks, schemas=task.schemas, parsed=parsed)
                found.update(dict.fromkeys(claims_of(apis, task.code)))
        except GuardError:
            continue
    return tuple(found)


def join_reports(reports: Iterable[Report]) -> Report:
    """Return one report of several, in their order."""
    reports = tuple(reports)
    return Report(
        findings=tuple(one for report in reports for one in report.findings),
        undecided=ask_once(one for report in reports for one in report.undecided),
        notices=tuple(dict.fromkeys(one for report in reports for one in report.notices)),
        problems=tuple(one for report in reports for one in report.problems),
        files=tuple(dict.fromkeys(one for report in reports for one in report.files)),
        apis=tuple(one for report in reports for one in report.apis),
        outside=tuple(one for report in reports for one in report.outside),
    )


def judge_assembly(assembly: Assembly, task: Task) -> Report:
    """Judge the stacks of one assembly; an error of theirs does not stop the others."""
    try:
        return _judge_scenarios(assembly, task)
    except GuardError as error:
        return Report(problems=(error,))
    except RecursionError:
        deep = InputError("it is nested too deeply to be checked", location=Location(assembly.name))
        return Report(problems=(deep,))


def _judge_scenarios(assembly: Assembly, task: Task) -> Report:
    resolution = resolve(assembly, task.parameters)
    judged: list[tuple[Truths, Evaluation]] = []
    apis: list[Api] = []
    outside: list[Api] = []
    sources: list[SourceFile] = []
    parsed: ParsedSchemas = {}
    ask = _Asker(task, parsed, alone=len(resolution.scenarios) == 1)
    for scenario in resolution.scenarios:
        found = find_apis(scenario.stacks, schemas=task.schemas, parsed=parsed)
        beyond = find_outside_apis(scenario.stacks, found, schemas=task.schemas, parsed=parsed)
        judged.append((scenario.truths, ask.all_of(scenario, found, beyond)))
        apis += found
        outside += beyond
        sources += _client_files(found, task.code)
    conclusion = conclude(judged)
    sources = list(
        {id(file): file for file in (*_sources(assembly, (*apis, *outside)), *sources)}.values()
    )
    report = Report(
        findings=conclusion.findings,
        undecided=conclusion.undecided,
        notices=_remarks(resolution, sources, judged=bool(apis or outside)),
        files=tuple(dict.fromkeys(source.name for source in sources)),
        apis=tuple(dict.fromkeys(api.name for api in apis)),
        outside=tuple(dict.fromkeys(api.name for api in outside)),
    )
    report = _in_terms_of(assembly, report)
    ignores = find_ignores(sources)
    ignores += find_acknowledged(assembly.stacks) if task.acknowledged else ()
    return suppress(report, ignores, applied=task.rules, known=task.known)


def _in_terms_of(assembly: Assembly, report: Report) -> Report:
    """Return the report with advice in the terms of the input: a plan knows no properties."""
    if not any(is_plan(file.data) for file in _written(assembly)):
        return report
    from cdk_appsync_guard.template.inputs.terraform.wording import (  # noqa: PLC0415 - most inputs are templates
        in_terms_of_terraform as worded,
    )

    findings = (
        replace(
            one,
            remediation=worded(one.remediation),
            fixes=tuple(replace(fix, text=worded(fix.text)) for fix in one.fixes),
        )
        for one in report.findings
    )
    return replace(report, findings=tuple(findings))


def _written(assembly: Assembly) -> Iterator[Template]:
    """Yield the stacks' files as they were written."""
    files = (stack.source_of(())[0] for stack in assembly.stacks)
    return (file for file in files if isinstance(file, Template))


class _Asker:
    """Asks the rules about scenarios; those that agree on what a topic read share its answer."""

    def __init__(self, task: Task, parsed: ParsedSchemas, *, alone: bool) -> None:
        self._task = task
        self._parsed = parsed
        self._alone = alone
        self._answers: dict[Topic, list[tuple[View, Evaluation]]] = {}

    def all_of(
        self, scenario: Scenario, apis: tuple[Api, ...], outside: tuple[Api, ...]
    ) -> Evaluation:
        """Return what the rules say of a scenario with these APIs, inside and outside."""
        if self._alone:
            now, code = self._task.now, self._task.code
            rows = build_facts(apis, scenario.stacks, now, code, outside)
            return evaluate(self._task.rules, rows)
        answers = [self._ask(topic, scenario) for topic in TOPICS]
        return Evaluation(
            tuple(hit for answer in answers for hit in answer.hits),
            tuple(question for answer in answers for question in answer.open),
        )

    def _ask(self, topic: Topic, scenario: Scenario) -> Evaluation:
        known = self._answers.setdefault(topic, [])
        for view, answer in known:
            if scenario.agrees(view):
                return answer
        view = scenario.view()
        schemas, parsed = self._task.schemas, self._parsed
        apis = find_apis(view.stacks, schemas=schemas, parsed=parsed)
        find_outside = partial(find_outside_apis, view.stacks, apis, schemas=schemas, parsed=parsed)
        given = Given(apis, view.stacks, self._task.now, self._task.code, find_outside)
        answer = evaluate(self._task.rules, topic(given))
        known.append((view, answer))
        return answer


def _remarks(
    resolution: Resolution, sources: Sequence[SourceFile], *, judged: bool
) -> tuple[Notice, ...]:
    """Return what is to say besides findings."""
    scenarios = resolution.scenarios
    events = dict.fromkeys(one for each in scenarios for one in unread_event_apis(each.stacks))
    if not judged:
        return tuple(events)
    own = (*resolution.notices, *_repeated_keys(sources), *missing_transforms(sources))
    return (*own, *events)


def _repeated_keys(sources: Iterable[SourceFile]) -> Iterator[Notice]:
    """Yield a notice for each place of a repeated key: CloudFormation deploys the last value."""
    for source in sources:
        repeated = source.repeated_keys() if isinstance(source, Template) else ()
        for key, place in islice(repeated, _MOST_REPEATED):
            message = f"warning: the key `{clip(key)}` is repeated, and only its last value counts"
            yield Notice(message, place)


def _client_files(apis: tuple[Api, ...], code: ClientCode | None) -> tuple[SourceFile, ...]:
    """Return the files with operations that are meant for one of the APIs."""
    if code is None:
        return ()
    from cdk_appsync_guard.access.assignment import meant_for  # noqa: PLC0415 - most have no client code

    meant = {operation.file for _, some in meant_for(apis, code) for operation in some}
    return tuple(file for file in code.clients.files if file.name in meant)


def _sources(assembly: Assembly, apis: Iterable[Api]) -> tuple[SourceFile, ...]:
    """Return the files that were judged, each once: templates, and the schemas beside them."""
    files = [stack.template for stack in assembly.stacks]
    schemas = [api.schema_place.file for api in apis]
    return tuple({id(file): file for file in (*files, *schemas)}.values())


_MOST_REPEATED = 50
