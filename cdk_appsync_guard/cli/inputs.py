"""The options of the command line that say what is judged and what is known about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cdk_appsync_guard.engine.options import scan_options, settle

__all__ = ["client_options", "input_options", "scan_options", "settle"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def client_options(command: _Command) -> _Command:
    """Add the options that tell of client code."""
    for option in reversed(_CLIENT_OPTIONS):
        command = option(command)
    return command


def input_options(command: _Command) -> _Command:
    """Add the options that ``scan`` and ``facts`` share."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_CLIENT_OPTIONS = (
    click.option(
        "--operations",
        multiple=True,
        metavar="PATTERN",
        help="Client code: GraphQL files, JavaScript or TypeScript, folders, globs. Repeatable.",
    ),
    click.option(
        "--callers",
        multiple=True,
        metavar="FILE",
        help="Who runs which operations: TOML, YAML or JSON. Repeatable.",
    ),
)
_OPTIONS = (
    click.option(
        "--schema",
        multiple=True,
        metavar="[API=]FILE",
        help="The SDL of an API whose template does not contain it. Repeatable.",
    ),
    click.option(
        "--parameters",
        multiple=True,
        metavar="FILE|KEY=VALUE",
        help="Parameter values: a file in CloudFormation or CDK format, or a pair. Repeatable.",
    ),
    click.option("--region", metavar="REGION", help="The Region of the deployment."),
    click.option("--account", metavar="ID", help="The account of the deployment."),
    click.option(
        "--now", metavar="DATE", help="The time to check expiry at, in ISO 8601 [default: now]."
    ),
    click.option(
        "--config",
        metavar="FILE",
        help="The configuration [default: the nearest .appsync-guard.toml or pyproject.toml].",
    ),
)
