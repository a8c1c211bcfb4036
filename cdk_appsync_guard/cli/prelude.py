"""``prelude``: AppSync's directives and scalars as SDL, for tools that know GraphQL alone."""

from __future__ import annotations

import click

from cdk_appsync_guard.appsync.prelude import prelude
from cdk_appsync_guard.cli.output import write_out
from cdk_appsync_guard.settings.files import write_file

__all__ = ["command"]


@click.command(
    "prelude",
    epilog="""\b
Examples:
  cdk-appsync-guard prelude -o appsync.graphql

\b
Then name both files where your editor or linter configures the schema, for
example in .graphqlrc.yml:
  schema: [appsync.graphql, schema.graphql]
""",
)
@click.option(
    "-o",
    "--output",
    "file",
    default="-",
    metavar="FILE",
    help="Output file, - for standard output [default: -].",
)
def command(file: str) -> int:
    """Print AppSync's directives and scalars as SDL.

    GraphQL editors and linters that read it stop calling them unknown. Do not deploy it: AppSync
    refuses a schema that defines its names.
    """
    if file == "-":
        write_out(prelude())
    else:
        write_file(file, prelude())
    return 0
