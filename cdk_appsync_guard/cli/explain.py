"""``explain PATH --as CALLER QUERY``: the answer AppSync would give to one request, and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from cdk_appsync_guard.cli.inputs import client_options, input_options, scan_options, settle
from cdk_appsync_guard.cli.output import color_option, style_for, write_out
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.explanation.entry import Question, explain_question
from cdk_appsync_guard.explanation.model import Explanation
from cdk_appsync_guard.explanation.requests import read_json
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import safe
from cdk_appsync_guard.settings.files import check_writable, write_file

__all__ = ["command"]

_LARGEST = 1_000_000


@click.command(
    "explain",
    epilog="""\b
Examples:
  cdk-appsync-guard explain template.yaml --as api-key '{ getPost(id: 1) { id } }'
  cdk-appsync-guard explain cdk.out --as cognito:groups=Admins query.graphql
  cdk-appsync-guard explain cdk.out --as iam:ReaderRole src/app.ts --operation-name GetPost
  cdk-appsync-guard explain cdk.out --as lambda:result.json - < query.graphql

\b
CALLER is one of:
  api-key                          an API key, or one of several: api-key:LOGICAL_ID
  iam:NAME                         a role, user, function or identity pool by its
                                   logical id, or a policy file; guests: iam:POOL,guest
  cognito[:groups=A,B][,FILE]      a user of a user pool; FILE holds claims or a token
  oidc[:FILE]                      a user of an OpenID Connect provider
  lambda[:FILE]                    FILE holds what the Lambda authorizer returns
  headers:FILE                     the sender of these headers
  NAME                             a caller of the file that --callers gives

\b
Exit codes:
  0  the whole request succeeds
  1  something is denied, fails, or is undecided
  2  bad usage, or an input that cannot be read
""",
)
@click.argument("given_paths", nargs=-1, required=True, metavar="PATH... QUERY")
@click.option(
    "--as", "caller", required=True, metavar="CALLER", help="Who sends the request; see below."
)
@click.option("--operation-name", metavar="NAME", help="The operation of the document to send.")
@click.option("--variables", metavar="FILE|JSON", help="The variables of the operation.")
@click.option(
    "--result",
    "results",
    multiple=True,
    metavar="FIELD=FILE|JSON",
    help="What the data source of a field or a function returns: Query.getPost=post.json.",
)
@click.option("--api", metavar="NAME", help="Which API, if there are several.")
@click.option("--format", "kind", type=click.Choice(["text", "json", "html"]), default="text")
@click.option("-o", "--output", metavar="FILE", default="-", help="Output file [default: -].")
@client_options
@input_options
@color_option
def command(**given: Any) -> int:
    """Show what AppSync would answer to a request, and why, field by field.

    QUERY is a GraphQL document, a file that holds one or the body of a request, client code (with
    --operation-name), or - for standard input.
    """
    if given["output"] != "-":
        check_writable(given["output"])
    paths, query = _split(given["given_paths"], given["operations"])
    options = scan_options(settle(given), {**given, "paths": paths})
    if query == "-":
        query = _standard_input(paths)
    question = Question(
        paths,
        given["caller"],
        query,
        given["operation_name"],
        _variables(given["variables"]),
        given["api"],
        dict(_result(text) for text in given["results"]),
    )
    explanation = explain_question(question, options)
    _write(explanation, given)
    return 0 if explanation.succeeds else 1


def _split(arguments: Sequence[str], operations: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """Return the templates and the query; with ``--operations`` there may be none."""
    last = arguments[-1]
    if operations and "{" not in last and os.path.exists(last):  # noqa: PTH110 - Path raises
        return arguments, None
    if len(arguments) == 1:
        raise click.UsageError("Give a template and a query.")
    return arguments[:-1], last


def _standard_input(paths: Sequence[str]) -> str:
    if "-" in paths:
        raise click.UsageError("Standard input is either the template or the query.")
    if sys.stdin is None:  # it was closed before the program started
        raise ConfigError("standard input is closed", help="pass the file of the query")
    try:
        text = sys.stdin.buffer.read(_LARGEST + 1).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError("standard input cannot be read as UTF-8 text") from error
    # A document without braces is none: this keeps it from being taken for a file's name.
    if "{" not in text:
        raise ConfigError("standard input holds no GraphQL document")
    return text


def _variables(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    found = read_json(text, "the file of variables")
    if not isinstance(found, dict):
        raise ConfigError("the variables are not a JSON object", help='write {"id": "1"}')
    return found


def _result(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise ConfigError(
            f"`--result {text}` is not valid", help="write --result Query.getPost=post.json"
        )
    return name, read_json(value, "the result")


def _write(explanation: Explanation, given: Mapping[str, Any]) -> None:
    style = style_for(given["color"])
    if given["output"] != "-":
        style = Style(color=given["color"] == "always")
    text = _render(explanation, given["kind"], style)
    if given["output"] == "-":
        write_out(text, style)
    else:
        write_file(given["output"], safe(text, color=style.color))


def _render(explanation: Explanation, kind: str, style: Style) -> str:
    if kind == "html":
        from cdk_appsync_guard import __version__  # noqa: PLC0415 - reads the installed metadata
        from cdk_appsync_guard.reporters.html import explanation_page  # noqa: PLC0415 - one of three

        return explanation_page.render_explanation(explanation, __version__)
    if kind == "json":
        from cdk_appsync_guard.reporters import explanation_json  # noqa: PLC0415 - see above

        return explanation_json.render(explanation)
    from cdk_appsync_guard.reporters import explanation_text  # noqa: PLC0415 - see above

    return explanation_text.render(explanation, style)
