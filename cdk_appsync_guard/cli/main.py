"""``cdk-appsync-guard``: the commands, each loaded only when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import click

from cdk_appsync_guard.cli.last_resort import last_resort

__all__ = ["main"]

_COMMANDS = {
    "scan": "Find the requests that will come back Unauthorized.",
    "explain": "Show what AppSync would answer to one request, and why.",
    "rules": "List the rules, or show one with an example.",
    "facts": "Print the rows that rules query (for rule authors).",
    "matrix": "Show who can call what, or whose access changes between two templates.",
    "grant": "Write the IAM statement that allows what a caller needs and no more.",
    "diagnose": "Explain a captured failure: HAR, logs, CloudTrail, a token, an error.",
    "pull": "Write deployed APIs as a template that all commands work on.",
    "init": "Write a configuration that passes today.",
    "prelude": "Print AppSync's directives and scalars as SDL, for editors and linters.",
    "completion": "Print the script that lets bash, zsh or fish complete commands.",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 clean, 1 findings, 2 trouble."""

    def run() -> int:
        code = _group(args=argv, prog_name="cdk-appsync-guard", standalone_mode=False)
        return code if isinstance(code, int) else 0

    return last_resort(run)


class _LazyGroup(click.Group):
    """Knows its commands by name; imports the module of the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"cdk_appsync_guard.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's signature
    if value:
        from cdk_appsync_guard import __version__  # noqa: PLC0415 - reads the installed metadata

        click.echo(f"cdk-appsync-guard {__version__}")
        ctx.exit()


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="""\b
Examples:
  cdk-appsync-guard scan template.yaml
  cdk-appsync-guard scan cdk.out --fail-on warning
  cdk-appsync-guard rules nested-type-blocks-mode
""",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def _group() -> None:
    """Find every AppSync request that will come back Unauthorized, before you deploy."""
