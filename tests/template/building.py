"""What the tests of this folder share: small dicts in, stacks and values out."""

from __future__ import annotations

import json
from typing import Any

from cdk_appsync_guard.template.inputs.assembly import Assembly, SourceStack
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.scenarios.scenario import Resolution, resolve
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import read_template
from cdk_appsync_guard.template.values.value import Hole, Text, Value

API = {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "api"}}


def source(data: dict[str, Any], name: str = "app", **known: Any) -> SourceStack:
    template = read_template(f"{name}.json", json.dumps(data).encode())
    return SourceStack(name, name, template, **known)


def stack_of(data: dict[str, Any], parameters: Parameters | None = None) -> Stack:
    """Return the only stack of the default scenario."""
    return resolution_of(data, parameters).scenarios[0].stacks[0]


def resolution_of(data: dict[str, Any], parameters: Parameters | None = None) -> Resolution:
    return resolve(Assembly("test", (source(data),)), parameters or Parameters())


def value_of(raw: Any, parameters: Parameters | None = None, **sections: Any) -> Value:
    """Return what a property resolves to; Bucket is another resource of the template."""
    resources = {
        "Thing": {"Type": "AWS::Test::Thing", "Properties": {"Value": raw}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Api": API,
    }
    stack = stack_of({"Resources": resources, **sections}, parameters)
    return stack.resources["Thing"].get("Value")


def text(*parts: str | Hole) -> Text:
    return Text(parts)


def pseudo(name: str) -> Hole:
    return Hole("pseudo", f"AWS::{name}")


def parameter(name: str) -> Hole:
    return Hole("parameter", name, "app")


def attribute(name: str, stack: str = "app") -> Hole:
    return Hole("attribute", name, stack)
