"""Known: what the values of a state or a plan name, so that a literal is a reference again.

In: a Plan. Out: references in the form of CloudFormation. An ARN or a generated id belongs to one
resource; names do not, and stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cdk_appsync_guard.template.inputs.terraform.kinds import KINDS
from cdk_appsync_guard.template.inputs.terraform.plan import Instance, Plan, mapping

__all__ = ["Known", "account_of", "region_of"]

_ARN = re.compile(r"arn:[a-z-]+:([a-z0-9-]+):([a-z0-9-]*):([0-9]{12})?:")
_SHORTEST = 8  # an id that says so little could be any word
_MOST_CUTS = 8
_API = "aws_appsync_graphql_api"


class Known:
    """The attributes of the plan's resources by their values."""

    def __init__(self, plan: Plan) -> None:
        self._by_value: dict[str, Any] = {}
        self._sources: dict[tuple[Any, Any], Instance] = {}
        for instance in plan.instances.values():
            if instance.mode == "managed":
                self._by_value.update(self._values(instance))
            api_id, name = instance.values.get("api_id"), instance.values.get("name")
            is_source = instance.type == "aws_appsync_datasource"
            if is_source and isinstance(api_id, str) and isinstance(name, str):
                self._sources[api_id, name] = instance

    def attribute(self, instance: Instance, name: str) -> dict[str, Any]:
        """Return the reference to an attribute, by Terraform's name of it."""
        kind = KINDS.get(instance.type)
        attribute = kind.attributes.get(name) if kind else None
        if attribute == "":
            return {"Ref": instance.address}
        return {"Fn::GetAtt": [instance.address, attribute or name]}

    def data_source(self, api_id: Any, name: str) -> dict[str, Any] | None:
        """Return the reference to the data source of that name in a deployed API."""
        found = self._sources.get((api_id, name)) if isinstance(api_id, str) else None
        return None if found is None else self.attribute(found, "name")

    def relink(self, value: Any) -> Any:
        """Return the data with references where strings name a resource of the plan."""
        if isinstance(value, str):
            return self._string(value)
        if isinstance(value, list):
            return [self.relink(item) for item in value]
        if isinstance(value, dict):
            return {key: self.relink(item) for key, item in value.items()}
        return value

    def _values(self, instance: Instance) -> Iterator[tuple[str, Any]]:
        kind = KINDS.get(instance.type)
        for name in kind.unique if kind else ("arn",):
            value = instance.values.get(name)
            if isinstance(value, str) and len(value) >= _SHORTEST:
                yield value, self.attribute(instance, name)
        uris = instance.values.get("uris")
        for uri in mapping(uris).values() if instance.type == _API else ():
            if isinstance(uri, str):
                yield uri, self.attribute(instance, "uris")

    def _string(self, text: str) -> Any:
        found = self._by_value.get(text)
        if found is not None:
            return found
        if not text.startswith(("arn:", "https:")):
            return text
        end = len(text)
        for _ in range(_MOST_CUTS):
            end = max(text.rfind("/", 0, end), text.rfind(":", 0, end))
            if end <= 0:
                break
            begun = self._by_value.get(text[:end])
            if begun is not None:
                return {"Fn::Join": ["", [begun, text[end:]]]}
        return text


def region_of(plan: Plan) -> str | None:
    """Return the Region of the APIs, or else of the provider, if there is one."""
    told = (_arn(one, 2) or one.values.get("region") for one in _apis(plan))
    found = {region for region in told if isinstance(region, str)}
    if not found:
        written = (
            mapping(mapping(provider).get("expressions")).get("region")
            for provider in plan.providers.values()
            if mapping(provider).get("name") == "aws"
        )
        constants = (mapping(one).get("constant_value") for one in written)
        found = {region for region in constants if isinstance(region, str)}
    return found.pop() if len(found) == 1 else None


def account_of(plan: Plan) -> str | None:
    """Return the account of the plan's resources, if there is one."""
    instances = plan.instances.values()
    managed = (one for one in instances if one.mode == "managed" and one.type.startswith("aws_"))
    found = {account for account in (_arn(one, 3) for one in managed) if account}
    if not found:
        callers = (one for one in instances if one.type == "aws_caller_identity")
        told = (one.values.get("account_id") for one in callers)
        found = {account for account in told if isinstance(account, str)}
    return found.pop() if len(found) == 1 else None


def _apis(plan: Plan) -> Iterator[Instance]:
    return (one for one in plan.instances.values() if one.type == _API)


def _arn(instance: Instance, group: int) -> str | None:
    arn = instance.values.get("arn")
    match = _ARN.match(arn) if isinstance(arn, str) else None
    return match[group] if match else None
