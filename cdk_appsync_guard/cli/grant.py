"""``grant PATH... --for CALLER``: the statement that allows what a caller needs and no more."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from cdk_appsync_guard.access.assignment import meant_for
from cdk_appsync_guard.access.calls import root_nodes
from cdk_appsync_guard.access.grants import fields_of
from cdk_appsync_guard.access.least_privilege import find_reference, plan_grant
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.api_clients import FUNCTION
from cdk_appsync_guard.appsync.client_callers import ClientCaller, ClientCode, read_client_code
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.cli.inputs import client_options, input_options, scan_options, settle
from cdk_appsync_guard.cli.output import color_option, style_for, write_error, write_out
from cdk_appsync_guard.engine.scenes import Scene, find_matrix, survey
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.facts.publishers import find_principal
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.reporters.grant_text import Grant, notes, render_grant
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import safe, text_of
from cdk_appsync_guard.settings.files import check_writable, write_file

__all__ = ["command"]


@click.command(
    "grant",
    epilog="""\b
Examples:
  cdk-appsync-guard grant template.yaml --for ReaderRole --fields Query.getPost
  cdk-appsync-guard grant cdk.out --for NightlyJob --operations 'jobs/**/*.graphql'
  cdk-appsync-guard grant cdk.out --for 'reader app' --callers callers.toml
  cdk-appsync-guard grant cdk.out --for NightlyJob --fields Query.a --format cdk
""",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--for",
    "caller",
    required=True,
    metavar="CALLER",
    help="The logical id of a role, user or function, or a name from --callers.",
)
@click.option(
    "--fields",
    multiple=True,
    metavar="FIELDS",
    help="The root fields that it calls, separated by commas: Query.getPost,Mutation.addPost.",
)
@click.option("--api", metavar="NAME", help="Which API, if there are several.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "cloudformation", "cdk"]),
    default="text",
    help="All forms with notes, or a single form [default: text].",
)
@click.option("-o", "--output", metavar="FILE", default="-", help="Output file [default: -].")
@client_options
@input_options
@color_option
def command(**given: Any) -> int:
    """Write the least-privilege IAM statement for a caller.

    What the caller needs is said by --fields or by its operations. The statement is written as
    CloudFormation with intrinsics, as CDK for Python, and as a policy document.
    """
    if given["output"] != "-":
        check_writable(given["output"])
    options = scan_options(settle(given), given)
    scenes = survey(given["paths"], options)
    caller = next((one for one in options.callers if one.name == given["caller"]), None)
    scene, principal = _find_caller(scenes, given["caller"], caller)
    code = read_client_code(options.operations, (caller,) if caller else ())
    for problem in code.clients.problems if code else ():
        raise problem
    wanted = [name.strip() for text in given["fields"] for name in text.split(",") if name.strip()]
    api = _choose_api(scene, given["api"] or (caller.api if caller else None), wanted, code)
    grant = _grant(scene, api, principal, _needed(scene, api, wanted, (code, caller)))
    style = style_for(given["color"])
    if given["output"] != "-":
        style = Style(color=given["color"] == "always")
        text = render_grant(grant, given["kind"], style)
        write_file(given["output"], safe(text, color=style.color))
    else:
        write_out(render_grant(grant, given["kind"], style), style)
    if given["kind"] != "text":
        write_error(text_of(f"note: {note}" for note in notes(grant)))
    return 0


def _find_caller(
    scenes: Sequence[Scene], name: str, caller: ClientCaller | None
) -> tuple[Scene, Principal]:
    """Return the caller and a scene that has it and an API. Raise ConfigError if there is none."""
    if caller is not None and caller.principal is None and caller.function is None:
        message = f"`{name}` calls with the mode {caller.mode}, which needs no policy"
        raise ConfigError(message, location=caller.location)
    who = (
        [caller]
        if caller
        else [
            ClientCaller(name, principal=name),
            ClientCaller(name, function=name),
        ]
    )
    for scene in scenes:
        for one in who if scene.apis else ():
            principal = find_principal(one, scene.principals, scene.stacks)
            if principal is not None:
                return scene, principal
    known = {one.name for scene in scenes for one in scene.principals}
    known |= {
        function.logical_id
        for scene in scenes
        for stack in scene.stacks
        for function in stack.of_type(FUNCTION)
    }
    asked = (caller.principal or caller.function or name) if caller else name
    message = f"no role, user, or function in the input is named `{asked}`"
    location = caller.location if caller else None
    raise ConfigError(message, location=location, help=_likely(asked, sorted(known)))


def _choose_api(
    scene: Scene, name: str | None, wanted: Sequence[str], code: ClientCode | None
) -> Api:
    apis = [one for one in scene.apis if name in (None, one.name, one.resource.logical_id)]
    if len(apis) > 1 and not wanted and code is not None:
        meant = [api for api, operations in meant_for(apis, code) if operations]
        apis = meant or apis
    if len(apis) > 1 and wanted:
        having = [api for api in apis if set(wanted) & set(fields_of(api, ()).coordinates)]
        apis = having or apis
    if len(apis) == 1:
        return apis[0]
    names = [one.name for one in scene.apis]
    if name is not None:
        raise ConfigError(f"there is no API `{name}`", help=_likely(name, names))
    raise ConfigError("there are several APIs", help="say which one: --api " + " or ".join(names))


def _needed(
    scene: Scene,
    api: Api,
    wanted: Sequence[str],
    client: tuple[ClientCode | None, ClientCaller | None],
) -> list[str]:
    """Return the coordinates that are asked for. Raise ConfigError for one that does not exist."""
    code, caller = client
    schema = api.schema
    if not isinstance(schema, Schema):
        raise ConfigError(
            f"the schema of `{api.name}` cannot be read",
            help=f"give it: --schema {api.name}=schema.graphql",
        )
    known = fields_of(api, scene.apis).coordinates
    found = [_root_field(name, known) for name in wanted]
    for operation in _operations(api, scene, code, caller):
        root = schema.roots.get(operation.kind)
        found += [f"{root}.{name}" for name in root_nodes(schema, operation)]
    if not found:
        raise ConfigError(
            "the fields that the caller needs are not given",
            help="give --fields Query.getPost or --operations 'src/**/*.graphql'",
        )
    return found


def _operations(
    api: Api, scene: Scene, code: ClientCode | None, caller: ClientCaller | None
) -> list[ClientOperation]:
    if code is None:
        return []
    own = next(found for one, found in meant_for(scene.apis, code) if one is api)
    return [one for one in own if caller is None or caller in code.callers_of(one)]


def _root_field(name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    found = [one for one in known if one.partition(".")[2] == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"`{name}` is a field of two types", help=" or ".join(found))
    raise ConfigError(
        f"there is no root field `{name}`: IAM permissions apply to fields of Query,"
        " Mutation, and Subscription",
        help=_likely(name, known),
    )


def _grant(scene: Scene, api: Api, principal: Principal, needed: Sequence[str]) -> Grant:
    fields = fields_of(api, scene.apis)
    resource = principal.resource
    stack = resource.stack if resource is not None else api.stack
    path = resource.metadata.get("aws:cdk:path") if resource is not None else None
    api_path = api.resource.metadata.get("aws:cdk:path")
    assert isinstance(api.schema, Schema)  # noqa: S101 - _needed has looked
    return Grant(
        kind=principal.kind,
        principal=principal.name,
        is_declared=resource is not None,
        api=api.resource.logical_id,
        roots=tuple(api.schema.roots.items()),
        plan=plan_grant(principal, fields, needed, find_matrix(api, scene)),
        reference=find_reference(api, stack),
        taken=frozenset(stack.resources),
        api_path=api_path if isinstance(api_path, str) else None,
        principal_path=path if isinstance(path, str) else None,
    )


def _likely(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    some = ", ".join(names[:_MANY]) + (" ..." if len(names) > _MANY else "")
    return f"there are: {some}" if names else "there are none"


_MANY = 12
