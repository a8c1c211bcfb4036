"""``matrix PATH...``: who may call what, and with ``--diff`` whose access changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.access.matrix_diff import Change, compare
from cdk_appsync_guard.access.matrix_filters import Filters, select
from cdk_appsync_guard.cli.inputs import input_options, scan_options, settle
from cdk_appsync_guard.cli.output import color_option, style_for, write_error, write_out
from cdk_appsync_guard.engine.scenes import find_matrices, survey
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import safe, text_of
from cdk_appsync_guard.settings.files import check_writable, write_file

if TYPE_CHECKING:
    from cdk_appsync_guard.portrait.model import Portrait

__all__ = ["command"]

_FAIL_ON = ("gain", "lose", "any", "never")


@click.command(
    "matrix",
    epilog="""\b
Examples:
  cdk-appsync-guard matrix template.yaml
  cdk-appsync-guard matrix cdk.out --caller 'role *' --type Mutation
  cdk-appsync-guard matrix cdk.out --format csv -o matrix.csv
  cdk-appsync-guard matrix cdk.out --format html -o matrix.html
  cdk-appsync-guard matrix organization --format parquet -o cells.parquet
  cdk-appsync-guard matrix --diff main/cdk.out cdk.out --fail-on gain

\b
Exit codes:
  0  done
  1  a caller's access changes in the way that --fail-on names
  2  bad usage, or an input that cannot be read
""",
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--diff",
    nargs=2,
    metavar="OLD NEW",
    help="Show whose access changes from one template (or folder) to another.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="NAME",
    help="Show only these types, including nested ones: Mutation, Post, '*'. Repeatable.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="Show only these fields: getPost, Post.secret, 'list*'. Repeatable.",
)
@click.option(
    "--caller",
    "who",
    multiple=True,
    metavar="NAME",
    help="Show only these callers: iam (and all principals), a group, 'role *'. Repeatable.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "csv", "json", "html", "jsonl", "parquet"]),
    default="text",
    help="The format [default: text]; jsonl, parquet: rows for a database.",
)
@click.option("-o", "--output", metavar="FILE", default="-", help="Output file [default: -].")
@click.option(
    "--fail-on",
    type=click.Choice(_FAIL_ON),
    default="never",
    help="With --diff: exit with 1 on this kind of change [default: never].",
)
@input_options
@color_option
def command(**given: Any) -> int:
    """Show who may call what: root fields by modes, Cognito groups and IAM principals.

    A cell is yes, partly (something below the field is denied), no, or ? where the input does not
    tell. IAM principals are those with a policy on the API, and roles of functions that hold its
    address.
    """
    if given["output"] != "-":
        check_writable(given["output"])
    if bool(given["paths"]) == bool(given["diff"]):
        raise click.UsageError("Give either PATH... or --diff OLD NEW.")
    filters = Filters(given["types"], given["fields"], given["who"])
    if given["kind"] in ("jsonl", "parquet"):
        return _write_rows(filters, given)
    style = style_for(given["color"])
    if given["output"] != "-":
        style = Style(color=given["color"] == "always")
    if given["diff"]:
        old, new = given["diff"]
        changes, text = _compared(old, new, filters, (given, style))
        _write(text, given["output"], style)
        return _exit_code(changes, given["fail_on"])
    _write(_shown(filters, given, style), given["output"], style)
    return 0


def _write_rows(filters: Filters, given: dict[str, Any]) -> int:
    """Write the cells stack by stack; an input that cannot be read does not stop the others."""
    from cdk_appsync_guard.cli.output_rows import check_parquet, write_rows  # noqa: PLC0415 - two of six formats
    from cdk_appsync_guard.engine.stacks import matrix_rows  # noqa: PLC0415 - see above

    if given["diff"]:
        raise click.UsageError("--diff has no rows for a database: use --format json or csv.")
    if given["kind"] == "parquet":
        check_parquet([given["output"]])
    problems: list[str] = []

    def watched() -> Iterator[dict[str, Any]]:
        for row in matrix_rows(given["paths"], scan_options(settle(given), given), filters):
            if row["kind"] == "problem":
                problems.append(row["message"])
                write_error(text_of([f"error: {row['file']}: {row['message']}"]))
            yield row

    write_rows(watched(), given["kind"], given["output"])
    return 2 if problems else 0


def _compared(
    old: str, new: str, filters: Filters, how: tuple[dict[str, Any], Style]
) -> tuple[Sequence[Change], str]:
    """Return what changes, and the text of it; *how* are all options, and the style."""
    given, style = how
    before = _matrices([old], filters, given)
    if given["kind"] == "html":
        portraits = _portraits([new], filters, given)
        changes = compare(before, [select(one.matrix, filters) for one in portraits])
        return changes, _picture(portraits, changes)
    changes = compare(before, _matrices([new], filters, given))
    return changes, _render_changes(changes, given["kind"], style)


def _shown(filters: Filters, given: dict[str, Any], style: Style) -> str:
    if given["kind"] == "html":
        portraits = _portraits(given["paths"], filters, given)
        _refuse_nothing([replace(one.matrix, coordinates=one.rows) for one in portraits], filters)
        return _picture(portraits, None)
    matrices = _matrices(given["paths"], filters, given)
    _refuse_nothing(matrices, filters)
    return _render(matrices, given["kind"], style)


def _matrices(paths: Sequence[str], filters: Filters, given: dict[str, Any]) -> list[Matrix]:
    options = scan_options(settle(given), {**given, "paths": paths})
    nested = filters.nested or bool(given["diff"])
    found = find_matrices(survey(paths, options), nested=nested)
    return [select(matrix, filters) for matrix in found]


def _portraits(
    paths: Sequence[str], filters: Filters, given: dict[str, Any]
) -> tuple[Portrait, ...]:
    from cdk_appsync_guard.portrait.draw import draw  # noqa: PLC0415 - one of four formats

    options = scan_options(settle(given), {**given, "paths": paths})
    return draw(survey(paths, options), filters)


def _picture(portraits: Sequence[Portrait], changes: Sequence[Change] | None) -> str:
    from cdk_appsync_guard import __version__  # noqa: PLC0415 - reads the installed metadata
    from cdk_appsync_guard.reporters.html.matrix_page import (  # noqa: PLC0415 - one of four
        render_matrices,
    )

    return render_matrices(portraits, __version__, changes)


def _refuse_nothing(matrices: Sequence[Matrix], filters: Filters) -> None:
    """Raise ConfigError if the filters let nothing through: that is a misspelled name."""
    known = [matrix for matrix in matrices if matrix.question is None]
    if not known or any(matrix.coordinates and matrix.callers for matrix in known):
        return
    if filters.callers and not any(matrix.callers for matrix in known):
        asked, option = filters.callers, "--caller"
    elif filters.fields:
        asked, option = filters.fields, "--field"
    elif filters.types:
        asked, option = filters.types, "--type"
    else:
        return
    raise ConfigError(
        f"`{option} {' '.join(asked)}` does not match anything in the input",
        help="run the command without the option to see all names",
    )


def _render(matrices: Sequence[Matrix], kind: str, style: Style) -> str:
    if kind == "text":
        from cdk_appsync_guard.reporters.matrix_text import render_matrices  # noqa: PLC0415 - one of three

        return render_matrices(matrices, style)
    from cdk_appsync_guard.reporters import matrix_files  # noqa: PLC0415 - see above

    return (
        matrix_files.matrix_csv(matrices) if kind == "csv" else matrix_files.matrix_json(matrices)
    )


def _render_changes(changes: Sequence[Change], kind: str, style: Style) -> str:
    if kind == "text":
        from cdk_appsync_guard.reporters.matrix_diff_text import render_changes  # noqa: PLC0415 - one of three

        return render_changes(changes, style)
    from cdk_appsync_guard.reporters import matrix_files  # noqa: PLC0415 - see above

    return (
        matrix_files.changes_csv(changes) if kind == "csv" else matrix_files.changes_json(changes)
    )


def _write(text: str, output: str, style: Style) -> None:
    if output == "-":
        write_out(text, style)
    else:
        write_file(output, safe(text, color=style.color))


def _exit_code(changes: Sequence[Change], fail_on: str) -> int:
    wanted = {"gain": ("gains",), "lose": ("loses",), "any": ("gains", "loses", "unclear")}
    return int(any(one.change in wanted.get(fail_on, ()) for one in changes))
