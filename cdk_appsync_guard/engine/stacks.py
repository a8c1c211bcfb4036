"""One stack at a time → rows: for a whole organization, here or on other machines.

In: a template's name and bytes, or paths. Out: Rows. A StackJudge is a pure function: the same
stack, the same rows; it opens no file but those of its options' rules and schemas, which it holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cdk_appsync_guard.access.matrix_filters import Filters, select
from cdk_appsync_guard.engine.rows import Row, RowMaker
from cdk_appsync_guard.engine.scan import ScanOptions, scenarios_of, task_of
from cdk_appsync_guard.engine.scenes import Scene, find_matrices
from cdk_appsync_guard.engine.unit import Task, join_reports, judge_assembly
from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.iam.policy_conditions import certain_context
from cdk_appsync_guard.iam.principals import find_principals
from cdk_appsync_guard.policy.baseline import Entry, apply_baseline
from cdk_appsync_guard.policy.suppress import Ignore, suppress
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.template.inputs.assembly import (
    Assembly,
    Unit,
    UnitFile,
    find_inputs,
    read_unit,
)

__all__ = ["StackJudge", "matrix_rows", "stack_judge"]

_FEW_UNITS = 12  # as for a scan


@dataclass(frozen=True, slots=True)
class StackJudge:
    """Judges stacks one by one; it can be pickled, and sent to other machines.

    ``account`` and ``region`` are given for all stacks. ``findings`` and ``cells`` tell what is
    wanted; ``filters`` are those of the cells.
    """

    task: Task
    account: str | None = None
    region: str | None = None
    suppressions: tuple[Ignore, ...] = ()
    baseline: tuple[tuple[str, Entry], ...] = ()
    findings: bool = True
    cells: bool = True
    filters: Filters = field(default_factory=Filters)

    def __call__(self, name: str, data: bytes) -> tuple[Row, ...]:
        """Return the rows of the stack whose template the bytes are.

        *name* is its path in the layout ACCOUNT/REGION/STACK.json. What cannot be read is a row of
        the kind ``problem``.
        """
        return self.of_unit(Unit("stdin", (UnitFile(name, ""),), data=data))

    def of_unit(self, unit: Unit) -> tuple[Row, ...]:
        """Return the rows of what hangs together."""
        maker = RowMaker(self.account, self.region)
        assemblies, problems = read_unit(unit, self.task.parameters)
        rows: list[Row] = []
        if self.findings:
            reports = [judge_assembly(assembly, self.task) for assembly in assemblies]
            rows += maker.of_report(self._settled(join_reports(reports)))
        rows += map(maker.of_problem, problems)
        for assembly in assemblies if self.cells else ():
            rows += self._cells(assembly, maker)
        return tuple(rows)

    def _settled(self, report: Report) -> Report:
        task = self.task
        report = suppress(report, self.suppressions, applied=task.rules, known=task.known)
        return apply_baseline(report, dict(self.baseline), task.known, task.rules)

    def _cells(self, assembly: Assembly, maker: RowMaker) -> Iterator[Row]:
        try:
            scenes = tuple(_scenes(assembly, self.task))
            found = find_matrices(scenes, nested=self.filters.nested)
            matrices = [select(one, self.filters) for one in found]
        except GuardError as error:
            if not self.findings:  # else it is told already
                yield maker.of_problem(error)
            return
        except RecursionError:
            if not self.findings:
                place = Location(assembly.name)
                deep = InputError("it is nested too deeply to be checked", location=place)
                yield maker.of_problem(deep)
            return
        yield from maker.of_matrices(matrices, assembly.name)


def stack_judge(options: ScanOptions | None = None) -> StackJudge:
    """Return the judge of stacks for these options.

    Raise ConfigError or RuleError if they make no sense.
    """
    options = options or ScanOptions()
    return StackJudge(
        task_of(options),
        options.account or options.parameters.account,
        options.region or options.parameters.region,
        tuple(options.suppressions),
        tuple(options.baseline.items()),
    )


def matrix_rows(paths: Sequence[str], options: ScanOptions, filters: Filters) -> Iterator[Row]:
    """Yield the cells of all APIs at *paths*, unit by unit: no more is kept in memory."""
    judge = replace(stack_judge(options), findings=False, filters=filters)
    units, unread = find_inputs(paths, options.stdin)
    maker = RowMaker(judge.account, judge.region)
    yield from map(maker.of_problem, unread)
    jobs = min(options.jobs or os.cpu_count() or 1, len(units))
    if jobs < 2 or len(units) < _FEW_UNITS:  # noqa: PLR2004 - one process is this one
        told: Iterator[tuple[Row, ...]] = map(judge.of_unit, units)
    else:
        from cdk_appsync_guard.engine.workers import share_out  # noqa: PLC0415 - costs start-up time

        told = share_out(judge.of_unit, units, jobs)
    for rows in told:
        yield from rows


def _scenes(assembly: Assembly, task: Task) -> Iterator[Scene]:
    known = certain_context(task.now)
    for apis, stacks in scenarios_of(assembly, task):
        principals = find_principals(stacks, known) if apis else ()
        yield Scene(assembly.name, apis, stacks, principals)
