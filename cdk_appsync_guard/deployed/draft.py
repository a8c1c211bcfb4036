"""The template while it is written: resources, files beside it, and what could not be read.

What could not be read is a parameter without a default, named for the permission that would tell.
Rules and the matrix then answer "undecided", with that parameter as the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.deployed.client import Denied
from cdk_appsync_guard.deployed.names import Names
from cdk_appsync_guard.deployed.references import References

__all__ = ["Draft"]


@dataclass(slots=True)
class Draft:
    """What the template holds so far. ``files`` are texts by their path inside the folder."""

    references: References
    names: Names
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def add(
        self, logical_id: str, type_: str, properties: Mapping[str, Any], **attributes: Any
    ) -> None:
        """Declare a resource; properties that are None are absent."""
        given = {key: value for key, value in properties.items() if value is not None}
        self.resources[logical_id] = {"Type": type_, **attributes, "Properties": given}

    def need(self, denied: Denied) -> dict[str, str]:
        """Return the reference that stands for what the credentials were not allowed to read."""
        service, _, operation = denied.action.partition(":")
        name = f"NeedsPermission{service.capitalize()}{operation}"
        words = f"Not read: the credentials of the pull did not allow {denied.action}."
        return self.unclear(name, words)

    def unclear(self, name: str, why: str) -> dict[str, str]:
        """Return the reference that stands for what a template cannot say."""
        self.parameters[name] = {"Type": "String", "Description": why}
        return {"Ref": name}

    def perhaps(self, denied: Denied) -> str:
        """Return the condition of a resource that may exist or not."""
        self.need(denied)
        operation = denied.action.partition(":")[2]
        name = f"Found{operation}"
        self.parameters[f"NeedsPermission{name}"] = {
            "Type": "String",
            "AllowedValues": ["true", "false"],
            "Description": f"Whether {denied.action} would have found any.",
        }
        self.conditions[name] = {"Fn::Equals": [{"Ref": f"NeedsPermission{name}"}, "true"]}
        return name

    def file(self, path: str, text: str) -> str:
        """Put a text into a file beside the template and return its path."""
        self.files[path] = text
        return path

    def template(self) -> dict[str, Any]:
        """Return the template."""
        sections = {
            "Parameters": dict(sorted(self.parameters.items())),
            "Conditions": dict(sorted(self.conditions.items())),
            "Resources": self.resources,
        }
        written = {name: section for name, section in sections.items() if section}
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "What is deployed, as cdk-appsync-guard pull read it. Not to deploy.",
            **written,
        }
