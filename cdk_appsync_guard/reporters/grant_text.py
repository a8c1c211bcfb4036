"""A plan → the statement as policy JSON, as CloudFormation YAML and as CDK Python.

In: a Grant. Out: text that can be put into a template or an app as it is. ARNs are written with
intrinsics: the API's id is known to no one before the deployment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword

from cdk_appsync_guard.access.least_privilege import ApiReference, Plan
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["Grant", "notes", "render_grant"]

# The longest managed policy; https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST_POLICY = 6144
_ARN_LENGTH = 110  # of a resource once it is deployed, about


@dataclass(frozen=True, slots=True)
class Grant:
    """Who is to be allowed what, as texts are written of it.

    ``principal`` is a logical id if ``is_declared``, else a name as a template would write it in
    ``Fn::Sub``. ``api_path`` and ``principal_path`` are construct paths, if CDK made the template.
    """

    kind: str  # role, user or group
    principal: str
    is_declared: bool
    api: str
    roots: tuple[tuple[str, str], ...]  # operation, type
    plan: Plan
    reference: ApiReference
    taken: frozenset[str] = frozenset()  # logical ids that the stack uses
    api_path: str | None = None
    principal_path: str | None = None


def render_grant(grant: Grant, kind: str, style: Style) -> str:
    """Return the statement in one form, or with what is to know about it in all (``text``)."""
    if kind != "text":
        return text_of(_FORMS[kind](grant))
    lines = list(_headline(grant, style))
    for title, name in _TITLES:
        lines += ["", style.paint(title, "bold"), ""]
        lines += [f"  {line}" for line in _FORMS[name](grant)]
    return text_of(lines, color=style.color)


def notes(grant: Grant) -> list[str]:
    """Return what the statement alone does not mend, each as a sentence."""
    said = [f"not enough: {one}" for one in grant.plan.obstacles]
    if grant.reference.parameter:
        said.append(
            f"the stack needs a parameter `{grant.reference.parameter}` with the ARN of"
            f" `{grant.api}`, which is declared in another stack"
        )
    if len(grant.plan.needed) * _ARN_LENGTH > _LONGEST_POLICY:
        said.append(
            f"a managed policy can have at most {_LONGEST_POLICY:,} characters: this one is longer"
        )
    return said


def _headline(grant: Grant, style: Style) -> Iterator[str]:
    yield style.paint(f"{grant.kind} {grant.principal} and the API {grant.api}", "bold")
    yield ""
    plan = grant.plan
    entries = [("needs", plan.needed, "cyan"), ("lacks", plan.missing, "red")]
    if not plan.missing:
        entries[1] = ("lacks", ("nothing",), "green")
    if plan.surplus:
        entries.append(("surplus", plan.surplus, "yellow"))
    for label, names, color in entries:
        head = "  " + style.paint(f"{label:<8}", color) + "  "
        yield from style.wrap(_some(names), head, " " * 12)
    for note in notes(grant):
        yield from style.wrap(note, "  " + style.paint("note", "yellow") + "      ", " " * 12)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {more:,} more" if more > 0 else "")


def _json(grant: Grant) -> Iterator[str]:
    resources = [json.dumps({"Fn::Sub": text}) for text in _resources(grant)]
    yield "{"
    yield '  "Version": "2012-10-17",'
    yield '  "Statement": ['
    yield "    {"
    yield '      "Effect": "Allow",'
    yield '      "Action": "appsync:GraphQL",'
    yield '      "Resource": ['
    for number, resource in enumerate(resources, 1):
        yield f"        {resource}{',' if number < len(resources) else ''}"
    yield "      ]"
    yield "    }"
    yield "  ]"
    yield "}"


def _yaml(grant: Grant) -> Iterator[str]:
    name = f"{_letters(grant.principal)}Calls{_letters(grant.api)}"
    while name in grant.taken:
        name += "2"
    principal = f"!Ref {grant.principal}" if grant.is_declared else _named(grant.principal)
    if grant.reference.parameter:
        yield "Parameters:"
        yield f"  {grant.reference.parameter}:"
        yield "    Type: String"
    yield "Resources:"
    yield f"  {name}:"
    yield "    Type: AWS::IAM::Policy"
    yield "    Properties:"
    yield f"      PolicyName: {name}"
    yield f"      {grant.kind.capitalize()}s:"
    yield f"        - {principal}"
    yield "      PolicyDocument:"
    yield '        Version: "2012-10-17"'
    yield "        Statement:"
    yield "          - Effect: Allow"
    yield "            Action: appsync:GraphQL"
    yield "            Resource:"
    for resource in _resources(grant):
        yield f"              - !Sub {resource}"


def _cdk(grant: Grant) -> Iterator[str]:
    api, principal = (
        _variable(grant.api_path, grant.api),
        _variable(grant.principal_path, grant.principal),
    )
    yield f"# {api}: the appsync.GraphqlApi, {principal}: the iam.{grant.kind.capitalize()}"
    operations = {type_name: operation for operation, type_name in grant.roots}
    by_type: dict[str, list[str]] = {}
    for coordinate in grant.plan.needed:
        type_name, _, field = coordinate.partition(".")
        by_type.setdefault(type_name, []).append(field)
    for type_name, names in by_type.items():
        method = f"grant_{operations[type_name]}"
        if type_name == operations[type_name].capitalize():
            listed = [json.dumps(name) for name in names]
            yield from _call(f"{api}.{method}(", [principal, *listed])
        else:  # grant_query and its kind know the default names of the root types only
            paths = [json.dumps(f"types/{type_name}/fields/{name}") for name in names]
            custom = f"appsync.IamResource.custom({', '.join(paths)})"
            yield from _call(f"{api}.grant(", [principal, custom, '"appsync:GraphQL"'])


def _call(start: str, arguments: Sequence[str]) -> Iterator[str]:
    line = f"{start}{', '.join(arguments)})"
    if len(line) <= _WIDEST:
        yield line
        return
    yield start
    yield from (f"    {argument}," for argument in arguments)
    yield ")"


def _resources(grant: Grant) -> Iterator[str]:
    for coordinate in grant.plan.needed:
        type_name, _, field = coordinate.partition(".")
        yield f"{grant.reference.sub}/types/{type_name}/fields/{field}"


def _named(name: str) -> str:
    """Return a principal that the template does not declare: a parameter, a literal, or both."""
    only = re.fullmatch(r"\$\{([A-Za-z0-9]+)\}", name)
    if only:
        return f"!Ref {only[1]}"
    return f"!Sub {json.dumps(name)}" if "${" in name else json.dumps(name)


def _letters(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)[:100]


def _variable(path: str | None, name: str) -> str:
    """Return how a Python program would call the construct: by its id, not its logical id."""
    parts = (path or name).split("/")
    if len(parts) > 1 and parts[-1] == "Resource":
        parts.pop()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", parts[-1]).strip("_").lower()
    words = words if words and not words[0].isdigit() else f"_{words}"
    return f"{words}_" if iskeyword(words) else words


_FORMS = {"json": _json, "cloudformation": _yaml, "cdk": _cdk}
_TITLES = (
    ("CloudFormation", "cloudformation"),
    ("CDK in Python", "cdk"),
    ("Policy document", "json"),
)
_MANY = 24
_WIDEST = 88
