"""``completion SHELL``: the script that lets a shell complete commands, options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cdk_appsync_guard.cli.output import write_out
from cdk_appsync_guard.errors import ConfigError

__all__ = ["command"]

_PROGRAM = "cdk-appsync-guard"
# What click's own `main` looks for when the script asks it: the program's name in its way.
_VARIABLE = "_CDK_APPSYNC_GUARD_COMPLETE"


@click.command(
    "completion",
    epilog="""\b
Examples:
  eval "$(cdk-appsync-guard completion bash)"        in ~/.bashrc
  eval "$(cdk-appsync-guard completion zsh)"         in ~/.zshrc
  cdk-appsync-guard completion fish | source         in config.fish
""",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the completion script of a shell.

    https://click.palletsprojects.com/en/stable/shell-completion/
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise ConfigError(f"no completion is available for `{shell}`", help="use bash, zsh or fish")
    write_out(kind(ctx.find_root().command, {}, _PROGRAM, _VARIABLE).source() + "\n")
    return 0
