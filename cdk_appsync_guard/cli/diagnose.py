"""``diagnose CAPTURE...``: what went wrong in a captured request, why, and what to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cdk_appsync_guard.cli.inputs import input_options, scan_options, settle
from cdk_appsync_guard.cli.output import color_option, show_error, style_for, write_out
from cdk_appsync_guard.cli.progress import bytes_progress, clear_progress
from cdk_appsync_guard.diagnosis.model import Outcome
from cdk_appsync_guard.diagnosis.run import Wanted, diagnose_captures
from cdk_appsync_guard.engine.scenes import survey
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import safe
from cdk_appsync_guard.settings.files import check_writable, write_file
from cdk_appsync_guard.template.inputs.files import is_folder

__all__ = ["command"]


@click.command(
    "diagnose",
    epilog="""\b
Examples:
  cdk-appsync-guard diagnose app.har
  cdk-appsync-guard diagnose app.har --template cdk.out
  cdk-appsync-guard diagnose app.har logs.json --template template.yaml
  cdk-appsync-guard diagnose token.jwt --template template.yaml
  cdk-appsync-guard diagnose app.har --redact safe.har

\b
Exit codes:
  0  nothing failed
  1  something failed, and is explained
  2  bad usage, or an input that cannot be read
""",
)
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@click.option(
    "--template",
    "templates",
    multiple=True,
    metavar="PATH",
    help="The API's template, or the whole cdk.out, to compare with. Repeatable.",
)
@click.option("--api", metavar="NAME", help="Which API of the template, if there are several.")
@click.option("--format", "kind", type=click.Choice(["text", "json", "html"]), default="text")
@click.option("-o", "--output", metavar="FILE", default="-", help="Output file [default: -].")
@click.option(
    "--redact",
    "copy",
    metavar="OUT",
    help="Write a copy that is safe to share: a file, or a folder for several captures.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show every kind of failure in full.")
@click.option("--quiet", is_flag=True, help="Do not draw a progress bar.")
@input_options
@color_option
def command(**given: Any) -> int:
    """Explain captured failures of AppSync requests.

    A capture is a HAR file, CloudWatch Logs, CloudTrail events, an HTTP exchange, the output of
    `curl -v`, a JWT, the JSON of a GraphQL error, or what a client printed. Several are put
    together by their request ids. Secrets are never shown.
    """
    if given["output"] != "-":
        check_writable(given["output"])
    if given["copy"] and len(given["captures"]) == 1 and not is_folder(Path(given["copy"])):
        check_writable(given["copy"])
    options = scan_options(settle(given), {**given, "paths": given["templates"]})
    scenes = survey(given["templates"], options) if given["templates"] else ()
    progress = bytes_progress(wanted=not given["quiet"])
    now = options.now.timestamp()
    wanted = Wanted(scenes, given["api"], now, redacts=bool(given["copy"]), progress=progress)
    outcome = diagnose_captures(given["captures"], wanted)
    if progress is not None:
        clear_progress()
    for problem in outcome.problems:
        show_error(problem, style_for(given["color"], error=True))
    style = style_for(given["color"])
    if given["output"] != "-":
        style = Style(color=given["color"] == "always")
    if outcome.seen or not outcome.problems or given["kind"] != "text":
        _write(_render(outcome, given, style), given["output"], style)
    if given["copy"]:
        _write_copies(outcome, given["copy"])
    return 2 if outcome.problems else int(outcome.failed > 0)


def _write_copies(outcome: Outcome, target: str) -> None:
    """Write the copies: one to the file itself, several into a folder."""
    if len(outcome.files) == 1 and not is_folder(Path(target)):
        for _, text in outcome.copies:  # none, if the capture could not be read
            write_file(target, text)
        return
    try:
        Path(target).mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder `{target}`") from error
    for number, (name, text) in enumerate(outcome.copies, start=1):
        kind = Path(name).suffix if Path(name).suffix in _ENDINGS else ".json"
        write_file(str(Path(target, f"{number:02}{kind}")), text)


_ENDINGS = (".har", ".json", ".txt", ".jwt")


def _render(outcome: Outcome, given: dict[str, Any], style: Style) -> str:
    if given["kind"] == "html":
        from cdk_appsync_guard import __version__  # noqa: PLC0415 - reads the installed metadata
        from cdk_appsync_guard.reporters.html import diagnosis_page  # noqa: PLC0415 - one of three

        return diagnosis_page.render_outcome(outcome, __version__)
    if given["kind"] == "json":
        from cdk_appsync_guard import __version__  # noqa: PLC0415 - reads the installed metadata
        from cdk_appsync_guard.reporters import diagnosis_json  # noqa: PLC0415 - see above

        return diagnosis_json.render_outcome(outcome, __version__)
    from cdk_appsync_guard.reporters import diagnosis_text  # noqa: PLC0415 - see above

    return diagnosis_text.render_outcome(outcome, style, verbose=given["verbose"])


def _write(text: str, output: str, style: Style) -> None:
    if output == "-":
        write_out(text, style)
    else:
        write_file(output, safe(text, color=style.color))
