"""Resources as a configuration of Terraform has them → a plan to create them, and their state.

Written after the provider's documented attributes. ``Ref`` is an expression that names another
resource's attribute; one inside a longer text is ``${...}`` in a ``Mix``. A ``Policy`` is jsonencode.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-west-1"


@dataclass(frozen=True)
class Ref:
    """An expression such as ``aws_iam_role.log.arn``."""

    name: str


@dataclass(frozen=True)
class Mix:
    """A text with expressions in it."""

    text: str

    @property
    def names(self) -> list[str]:
        return re.findall(r"\$\{([^}]*)\}", self.text)


@dataclass(frozen=True)
class Policy:
    """A policy written with ``jsonencode``."""

    statements: tuple[Mapping[str, Any], ...]


def trust(service: str) -> Policy:
    principal = {"Service": service}
    return Policy(({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"},))


Resources = Mapping[str, Mapping[str, Any]]

_GENERATED = {
    "aws_appsync_graphql_api": ("id", "arn", "uris"),
    "aws_appsync_datasource": ("arn",),
    "aws_appsync_function": ("function_id", "arn"),
    "aws_iam_role": ("id", "arn", "name"),
    "aws_lambda_function": ("arn", "function_name"),
    "aws_cognito_user_pool": ("id", "arn", "endpoint"),
    "aws_cognito_user_pool_client": ("id",),
    "aws_cognito_identity_pool": ("id",),
    "aws_dynamodb_table": ("arn", "id"),
    "aws_iam_policy": ("arn",),
}


def state(resources: Resources) -> dict[str, Any]:
    """Return what `terraform show -json` tells of the resources once they are deployed."""
    made = {name: _made(name, said) for name, said in resources.items()}

    def value_of(name: str) -> Any:
        return _attribute(made, name)

    root = [
        _resource(name, {**_generated(name, said), **_filled(said, value_of)})
        for name, said in resources.items()
    ]
    return {
        "format_version": "1.0",
        "terraform_version": "1.9.8",
        "values": {"root_module": {"resources": root}},
    }


def plan(resources: Resources) -> dict[str, Any]:
    """Return what `terraform show -json` tells of a plan to create the resources."""
    planned, changes, written = [], [], []
    for name, said in resources.items():
        known, unknown, expressions = _parted(said, resources)
        generated = {one: True for one in _of(_GENERATED, name) if one not in said}
        planned.append(_resource(name, known))
        change = {"actions": ["create"], "after_unknown": {**generated, **unknown}}
        changes.append({"address": name, "mode": "managed", "change": change})
        written.append({"address": name, "mode": "managed", "expressions": expressions})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": written}},
    }


def _resource(address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    type_, _, name = address.partition(".")
    provider = "registry.terraform.io/hashicorp/aws"
    return {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": provider,
        "schema_version": 0,
        "values": dict(values),
    }


def _of(table: Mapping[str, tuple[str, ...]], address: str) -> tuple[str, ...]:
    return table.get(address.partition(".")[0], ())


def _generated(address: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {one: _invented(address, one) for one in _of(_GENERATED, address) if one not in said}


def _made(address: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {**_generated(address, said), **said}


def _invented(address: str, attribute: str) -> Any:
    type_, _, name = address.partition(".")
    word = f"{name}0a1b2c3d"
    api_id = f"abcdefghijklmnop{name}"
    api = f"arn:aws:appsync:{REGION}:{ACCOUNT}:apis/{api_id}"
    match type_, attribute:
        case "aws_appsync_graphql_api", "arn":
            return api
        case "aws_appsync_graphql_api", "id":
            return api_id
        case "aws_appsync_graphql_api", "uris":
            return {"GRAPHQL": f"https://{word}.appsync-api.{REGION}.amazonaws.com/graphql"}
        case "aws_iam_role", "arn":
            return f"arn:aws:iam::{ACCOUNT}:role/{word}"
        case "aws_lambda_function", "arn":
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{word}"
        case "aws_cognito_user_pool", "id":
            return f"{REGION}_{word}"
        case "aws_cognito_user_pool", "endpoint":
            return f"cognito-idp.{REGION}.amazonaws.com/{REGION}_{word}"
        case _, "arn":
            return f"arn:aws:{type_.split('_')[1]}:{REGION}:{ACCOUNT}:{word}"
        case _:
            return word


def _attribute(made: Mapping[str, Mapping[str, Any]], name: str) -> Any:
    type_, label, attribute = name.split(".", 2)
    attribute, _, key = attribute.partition('["')
    value = made[f"{type_}.{label}"][attribute]
    return value[key.rstrip('"]')] if key else value


def _filled(value: Any, value_of: Callable[[str], Any]) -> Any:
    match value:
        case Ref(name):
            return value_of(name)
        case Mix(text):
            return re.sub(r"\$\{([^}]*)\}", lambda match: str(value_of(match[1])), text)
        case Policy(statements):
            filled = [_filled(one, value_of) for one in statements]
            return json.dumps({"Version": "2012-10-17", "Statement": filled})
        case dict():
            return {key: _filled(one, value_of) for key, one in value.items()}
        case list():
            return [_filled(one, value_of) for one in value]
    return value


def _names(value: Any) -> list[str]:
    match value:
        case Ref(name):
            return [name]
        case Mix():
            return value.names
        case Policy(statements):
            return [name for one in statements for name in _names(one)]
        case dict():
            return [name for one in value.values() for name in _names(one)]
        case list():
            return [name for one in value for name in _names(one)]
    return []


def _parted(said: Mapping[str, Any], resources: Resources) -> tuple[Any, Any, Any]:
    """Return what a plan knows of attributes, what it does not, and their expressions."""
    known: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    expressions: dict[str, Any] = {}

    def value_of(name: str) -> Any:
        return _attribute(resources, name)

    for key, value in said.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            parts = [_parted(one, resources) for one in value]
            known[key] = [one[0] for one in parts]
            unknown[key] = [one[1] for one in parts]
            expressions[key] = [one[2] for one in parts]
            continue
        names = _names(value)
        expressions[key] = {"references": _all(names)} if names else {}
        try:
            known[key] = _filled(value, value_of)
        except KeyError:
            unknown[key] = dict.fromkeys(value, True) if isinstance(value, dict) else True
    return known, unknown, expressions


def _all(names: list[str]) -> list[str]:
    """Return the names with all that they begin with, as Terraform lists them."""
    found: list[str] = []
    for name in names:
        found.append(name)
        if "[" in name:
            found.append(name.partition("[")[0])
        found.append(".".join(name.split(".")[:2]))
    return found
