"""``scan PATH...``: judges templates, prints reports, and answers with an exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cdk_appsync_guard.cli.inputs import client_options, input_options, scan_options, settle
from cdk_appsync_guard.cli.output import (
    color_option,
    show_error,
    style_for,
    write_error,
    write_out,
)
from cdk_appsync_guard.cli.output_rows import check_parquet, write_rows
from cdk_appsync_guard.cli.progress import clear_progress, progress_for
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.errors import ConfigError, GuardError
from cdk_appsync_guard.policy.baseline import baseline_of
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.reporters.closing import summary
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.text import TextOptions
from cdk_appsync_guard.reporters.text import render as render_text
from cdk_appsync_guard.reporters.writer import safe, text_of
from cdk_appsync_guard.settings.config import FAIL_ON
from cdk_appsync_guard.settings.files import check_writable, write_file

if TYPE_CHECKING:
    from cdk_appsync_guard.engine.rows import Row

__all__ = ["command"]


_FORMATS = (
    *("text", "json", "sarif", "github", "gitlab"),
    *("junit", "markdown", "html", "jsonl", "parquet"),
)


@dataclass(frozen=True, slots=True)
class _Output:
    """One report: in which format, and where to; ``-`` is standard output."""

    kind: str
    file: str


@click.command(
    "scan",
    epilog="""\b
Examples:
  cdk-appsync-guard scan template.yaml
  cdk-appsync-guard scan cdk.out --region eu-west-1 --parameters Stage=prod
  cdk-appsync-guard scan a.json b.json --schema Orders=orders/schema.graphql
  cdk-appsync-guard scan template.yaml --diff origin/main
  cdk-appsync-guard scan . --format text -o - --format sarif -o guard.sarif
  cdk-appsync-guard scan organization --format parquet -o findings.parquet
  aws cloudformation get-template --stack-name api --query TemplateBody |
    cdk-appsync-guard scan -

\b
Exit codes:
  0  no finding at or above --fail-on
  1  findings
  2  bad usage, an input that cannot be read, or a broken rule
""",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(_FORMATS),
    help="The format of the report [default: text]; github: annotations of a workflow; gitlab:"
    " code quality; markdown: a comment; html: a page; jsonl, parquet: rows for a database."
    " Repeatable, each with its own --output.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="Write to this file, - for standard output [default: -].",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="Exit with 1 if a finding has at least this severity [default: error].",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Apply only these: ids and categories separated by commas, default, all.",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not apply these.")
@click.option("--rules", multiple=True, metavar="DIR", help="A folder with more rules. Repeatable.")
@input_options
@client_options
@click.option("--baseline", metavar="FILE", help="Suppress the findings in this baseline file.")
@click.option(
    "--diff",
    "base",
    metavar="BASE",
    help="Report only what is not in BASE, and whose access changes: older templates, or a git"
    " revision.",
)
@click.option(
    "--write-baseline", metavar="FILE", help="Write the current findings to a baseline file."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Number of processes [default: one per core].",
)
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Print one line per finding and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Show every finding of a rule, not only five.")
@click.option("--show-suppressed", is_flag=True, help="Show suppressed findings, and why they are.")
@click.option("--no-progress", is_flag=True, help="Do not draw a progress bar.")
def command(**given: Any) -> int:
    """Find the requests that will come back Unauthorized.

    PATH is a template (JSON, YAML, SAM), a cdk.out folder, a folder of templates, or - for standard
    input. Templates that belong together are judged together. A plan or a state of Terraform or
    OpenTofu (`terraform show -json`) is read as the template that means the same. In a folder
    ACCOUNT/REGION/STACK.json, the folders tell the account and the Region.
    """
    outputs = _pair(given["formats"], given["outputs"])
    for file in (*(output.file for output in outputs), given["write_baseline"]):
        if file not in ("-", None):
            check_writable(file)
    if any(output.kind == "parquet" for output in outputs):
        check_parquet(output.file for output in outputs if output.kind == "parquet")
    settings = settle(given)
    progress = progress_for(wanted=not (given["no_progress"] or given["quiet"]))
    try:
        report = _scan(given, scan_options(settings, given, progress))
    finally:
        if progress:
            clear_progress()
    for output in outputs:
        _write(report, output, given)
    if _Output("text", "-") not in outputs:
        _tell(report, given)
    if given["write_baseline"]:
        write_file(given["write_baseline"], encode(baseline_of(report.findings)))
    return _exit_code(report, settings.fail_on or "error", accepted=bool(given["write_baseline"]))


def _scan(given: dict[str, Any], options: ScanOptions) -> Report:
    if given["base"] is None:
        return scan(given["paths"], options)
    from cdk_appsync_guard.engine.changes import scan_changes  # noqa: PLC0415 - most compare nothing

    return scan_changes(given["paths"], given["base"], options)


def _pair(kinds: Sequence[str], files: Sequence[str]) -> list[_Output]:
    """Give each format its file, in order; what has none goes to standard output."""
    kinds = kinds or ["text"]
    if len(files) > len(kinds):
        raise ConfigError(
            f"there are {len(files)} outputs and {len(kinds)} formats",
            help="give one --format for each --output, in the same order",
        )
    outputs = [_Output(kind, file) for kind, file in zip(kinds, files, strict=False)]
    outputs += [_Output(kind, "-") for kind in kinds[len(files) :]]
    named = [output.file for output in outputs]
    for file in named:
        if named.count(file) > 1:
            where = "standard output" if file == "-" else f"`{file}`"
            raise ConfigError(
                f"two reports would be written to {where}",
                help="give each --format its own --output",
            )
    return outputs


def _write(report: Report, output: _Output, given: dict[str, Any]) -> None:
    if output.kind in ("jsonl", "parquet"):
        write_rows(_rows(report, given), output.kind, output.file)
        return
    style = style_for(given["color"])
    pieces: Iterable[str]
    if output.kind == "text":
        if output.file != "-":
            style = Style(color=given["color"] == "always")
        options = TextOptions(style, given["quiet"], given["verbose"], given["show_suppressed"])
        pieces = (render_text(report, options),)
    elif output.kind == "html":
        pieces = (_render_page(report, given),)
    else:
        pieces = _render_data(report, output.kind)
    annotations = output.kind == "github"
    if output.file == "-":
        write_out(pieces, style, annotations=annotations)
    else:
        written = (safe(one, color=style.color, annotations=annotations) for one in pieces)
        write_file(output.file, written)


def _rows(report: Report, given: dict[str, Any]) -> Iterator[Row]:
    from cdk_appsync_guard.engine.rows import RowMaker  # noqa: PLC0415 - these formats alone

    settings = settle(given)
    return RowMaker(settings.account, settings.region).of_report(report)


def _tell(report: Report, given: dict[str, Any]) -> None:
    """Say on standard error what the reports in files would otherwise keep to themselves."""
    style = style_for(given["color"], error=True)
    for problem in report.problems:
        show_error(problem, style)
    if not given["quiet"]:
        write_error(text_of([summary(report)]))


def _render_data(report: Report, kind: str) -> Iterable[str]:
    """Load what a text report need not pay for: the tool's version costs more than the JSON."""
    version: str = import_module("cdk_appsync_guard").__version__
    reporter = import_module(f"cdk_appsync_guard.reporters.{kind}")
    if kind in _LARGE:
        pieces: Iterable[str] = reporter.render_pieces(report, version)
        return pieces
    return (reporter.render(report, version),)


def _render_page(report: Report, given: dict[str, Any]) -> str:
    """Return the page, with the matrix of all APIs if every input can be read."""
    from cdk_appsync_guard.engine.scenes import survey  # noqa: PLC0415 - this format alone
    from cdk_appsync_guard.portrait.draw import draw  # noqa: PLC0415 - see above
    from cdk_appsync_guard.reporters.html.scan_page import render_report  # noqa: PLC0415 - see above

    version: str = import_module("cdk_appsync_guard").__version__
    if "-" in given["paths"]:  # it was read, and cannot be read again
        return render_report(report, (), version, "There is no matrix of standard input.")
    try:
        portraits = draw(survey(given["paths"], scan_options(settle(given), given)))
    except GuardError as error:
        return render_report(report, (), version, f"There is no matrix: {error.message}.")
    return render_report(report, portraits, version)


def _exit_code(report: Report, fail_on: str, *, accepted: bool) -> int:
    if report.problems:
        return 2
    if accepted or fail_on == "never":
        return 0
    if fail_on == "undecided":
        return int(bool(report.active or report.undecided))
    worst = min((finding.severity.rank for finding in report.active), default=len(FAIL_ON))
    return int(worst <= FAIL_ON.index(fail_on))


_LARGE = ("json", "sarif")  # they tell every finding
