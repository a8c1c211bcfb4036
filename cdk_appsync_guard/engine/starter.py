"""A project → the configuration to begin with: it passes today, and hides as little as it can.

In: a folder. Out: Starter: the texts of the configuration and of the baseline, and what to tell.
Only errors go into the baseline: they alone fail a scan, and warnings stay in sight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.policy.baseline import baseline_of
from cdk_appsync_guard.report import Report, Severity
from cdk_appsync_guard.template.inputs.files import is_folder, is_regular_file

__all__ = ["BASELINE", "CONFIG", "Starter", "starter"]

CONFIG = ".appsync-guard.toml"
BASELINE = ".appsync-guard-baseline.json"


@dataclass(frozen=True, slots=True)
class Starter:
    """``baseline`` is the data of the file, None if nothing needs one.

    ``found`` says what the project has, ``left_out`` what the configuration does not settle.
    """

    config: str
    baseline: dict[str, object] | None
    found: tuple[str, ...]
    left_out: tuple[str, ...]
    passes: bool


def starter(folder: str, schema_file: str | None = None) -> Starter:
    """Return what ``init`` writes for the templates in *folder*.

    *schema_file* is where the JSON schema of the configuration is, for editors. Raise GuardError if
    the folder cannot be read.
    """
    report = scan([folder], ScanOptions())
    errors = [one for one in report.active if one.severity is Severity.ERROR]
    has_baseline = bool(errors)
    lines = _config_lines(has_baseline=has_baseline, schema_file=schema_file)
    return Starter(
        "\n".join((*lines, "")),
        baseline_of(errors) if has_baseline else None,
        tuple(_found(report)),
        (*_left_out(report, len(errors)), *_not_synthesized(Path(folder))),
        passes=not report.problems,
    )


def _config_lines(*, has_baseline: bool, schema_file: str | None) -> Iterator[str]:
    if schema_file:
        yield f"#:schema {schema_file}"
        yield ""
    if has_baseline:
        yield "# The errors of the day this file was written. Repair one, then write it anew:"
        yield f"# cdk-appsync-guard scan PATH --write-baseline {BASELINE}"
        yield f'baseline = "{BASELINE}"'
        yield ""
    yield "# What makes the exit code 1: error, warning, info, undecided, or never."
    yield 'fail-on = "error"'
    yield from _MORE


_MORE = (
    "",
    "# Where the stacks are deployed, for ARNs that name a region or an account.",
    '# region = "eu-west-1"',
    '# account = "123456789012"',
    "",
    "# The schema of an API whose template does not hold it, by the API's name.",
    "# [schema]",
    '# Orders = "orders/schema.graphql"',
    "",
    "# Who sends which operations: then each is checked for the caller who sends it.",
    "# [[callers]]",
    '# name = "web app"',
    '# mode = "AMAZON_COGNITO_USER_POOLS"',
    '# operations = ["src/**/*.graphql"]',
)


def _found(report: Report) -> Iterator[str]:
    yield _count(len(report.files), "file", "files") + " read"
    apis = ", ".join(f"`{name}`" for name in report.apis[:_MANY])
    more = f" and {len(report.apis) - _MANY} more" if len(report.apis) > _MANY else ""
    yield f"{_count(len(report.apis), 'API', 'APIs')}: {apis}{more}" if apis else "no API"


def _left_out(report: Report, errors: int) -> Iterator[str]:
    if errors:
        some = _count(errors, "error goes", "errors go")
        yield f"{some} into the baseline: repair them one by one"
    others = len(report.active) - errors
    if others:
        yield f"{_count(others, 'warning or note does', 'warnings and notes do')} not fail a scan"
    for question in report.undecided[:_FEW]:
        yield f"undecided: {question.reason}; to decide it: {question.would_decide}"
    if len(report.undecided) > _FEW:
        yield f"{len(report.undecided) - _FEW} more undecided"
    for problem in report.problems[:_FEW]:
        place = f"{problem.location}: " if problem.location else ""
        yield f"{place}{problem.message}; a scan exits with 2 until it can be read"


def _not_synthesized(folder: Path) -> Iterator[str]:
    """Yield what to do about a CDK app whose output is not there."""
    if is_regular_file(folder / "cdk.json") and not is_folder(folder / "cdk.out"):
        yield "`cdk.json` is there but `cdk.out` is not: run `cdk synth`, then `init --force`"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


_MANY = 8
_FEW = 5
