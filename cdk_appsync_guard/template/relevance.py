"""The conditions that AppSync authorization can depend on.

In: the stacks of an assembly, as written. Out: the conditions that decide about a resource that
matters, or about a part of one, through nested stacks and exports. Evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_appsync_guard.template.assembly import SourceStack
from cdk_appsync_guard.template.layout import ConditionName, Layout
from cdk_appsync_guard.template.strings import placeholders

__all__ = ["find_relevant_conditions"]

_APPSYNC = ("AWS::AppSync::", "AWS::Serverless::GraphQLApi")
_RELEVANT = (
    "AWS::AppSync::",
    "AWS::Cognito::",
    "AWS::Events::Rule",
    "AWS::IAM::",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Serverless::",
    "AWS::WAFv2::",
)


def find_relevant_conditions(layout: Layout) -> tuple[ConditionName, ...]:
    """Return the conditions that matter, in the order of the templates; none without AppSync."""
    stacks = layout.stacks.values()
    if not any(_section(source, "Conditions") for source in stacks):
        return ()
    if not any(_holds(source, _APPSYNC) for source in stacks):
        return ()
    search = _Search(layout)
    for source in stacks:
        search.read_stack(source)
    return tuple(search.found)


class _Search:
    """A walk through raw data; ``found`` keeps the order in which conditions are met."""

    def __init__(self, layout: Layout) -> None:
        self.found: dict[ConditionName, None] = {}
        self._layout = layout
        self._outputs_read: set[tuple[str, str]] = set()
        self._relevant_stacks = _find_relevant_stacks(layout)

    def read_stack(self, source: SourceStack) -> None:
        for logical_id, resource in _resources(source):
            child = self._layout.child(source.id, logical_id)
            if child is not None and child.id in self._relevant_stacks:
                properties = resource.get("Properties")
                passed = properties.get("Parameters") if isinstance(properties, dict) else None
                self._read(source, passed)
            elif resource["Type"].startswith(_RELEVANT):
                self._read(source, resource.get("Properties"))
            else:
                continue
            self._use(source, resource.get("Condition"))

    def _read(self, source: SourceStack, raw: Any) -> None:
        waiting = [raw]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting.extend(reversed(node))
            elif isinstance(node, dict):
                self._read_function(source, node)
                waiting.extend(reversed(node.values()))
            elif isinstance(node, str) and ".Outputs." in node:
                for name, is_name in placeholders(node):
                    if is_name:
                        self._read_output(source, name)

    def _read_function(self, source: SourceStack, node: dict[str, Any]) -> None:
        arms = node.get("Fn::If")
        if isinstance(arms, list) and arms:
            self._use(source, arms[0])
        attribute = node.get("Fn::GetAtt")
        if isinstance(attribute, list) and all(isinstance(part, str) for part in attribute):
            attribute = ".".join(attribute)
        if isinstance(attribute, str):
            self._read_output(source, attribute)
        if "Fn::ImportValue" in node:
            self._read_exports(node["Fn::ImportValue"])

    def _use(self, source: SourceStack, name: Any) -> None:
        if isinstance(name, str) and name in _section(source, "Conditions"):
            self.found[source.id, name] = None

    def _read_output(self, source: SourceStack, attribute: str) -> None:
        logical_id, _, name = attribute.partition(".Outputs.")
        child = self._layout.child(source.id, logical_id)
        if child is None or (child.id, name) in self._outputs_read:
            return
        self._outputs_read.add((child.id, name))
        output = _section(child, "Outputs").get(name)
        if isinstance(output, dict):
            self._read(child, output.get("Value"))

    def _read_exports(self, name: Any) -> None:
        for source in self._layout.stacks.values():
            for output, raw in _section(source, "Outputs").items():
                export = raw.get("Export") if isinstance(raw, dict) else None
                exported = export.get("Name") if isinstance(export, dict) else None
                differs = isinstance(name, str) and isinstance(exported, str) and name != exported
                if exported is None or differs or (source.id, output) in self._outputs_read:
                    continue
                self._outputs_read.add((source.id, output))
                self._use(source, raw.get("Condition"))
                self._read(source, raw.get("Value"))


def _find_relevant_stacks(layout: Layout) -> frozenset[str]:
    """Return the stacks that hold resources that matter, or lead to a nested stack that does."""
    relevant: set[str] = set()
    for stack in layout.stacks.values():
        source: SourceStack | None = stack if _holds(stack, _RELEVANT) else None
        while source is not None and source.id not in relevant:
            relevant.add(source.id)
            source = layout.parent(source)
    return frozenset(relevant)


def _holds(source: SourceStack, types: tuple[str, ...]) -> bool:
    return any(resource["Type"].startswith(types) for _, resource in _resources(source))


def _resources(source: SourceStack) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in _section(source, "Resources").items():
        if isinstance(resource, dict) and isinstance(resource.get("Type"), str):
            yield logical_id, resource


def _section(source: SourceStack, name: str) -> dict[str, Any]:
    section = source.data.get(name)
    return section if isinstance(section, dict) else {}
