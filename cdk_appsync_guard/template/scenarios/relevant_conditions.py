"""The conditions that AppSync authorization can depend on.

In: the stacks of an assembly, as written. Out: the conditions that decide about a resource that
matters, or about a part of one, through nested stacks and exports. Evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_appsync_guard.template.inputs.assembly import SourceStack
from cdk_appsync_guard.template.scenarios.deployment import ConditionName, Layout
from cdk_appsync_guard.template.values.strings import placeholders

__all__ = ["find_relevant_conditions"]

_APPSYNC = ("AWS::AppSync::", "AWS::Serverless::GraphQLApi")
# These matter as they are, most to least: when there are too many conditions, the last are left.
_RELEVANT = (
    (*_APPSYNC, "AWS::Serverless::"),
    ("AWS::Cognito::", "AWS::WAFv2::WebACLAssociation"),
)
# These matter if they have to do with AppSync, or if one that matters refers to them.
_IF_CONCERNED = (
    "AWS::Events::Rule",
    "AWS::IAM::",
    "AWS::Lambda::",
    "AWS::Logs::LogGroup",
    "AWS::WAFv2::",
)
# No one's access depends on what these say; Amplify puts the environment's name into them.
_NAMES = frozenset({"Description", "Environment", "RoleName", "TableName", "Tags"})
_WORDS = ("appsync", "graphql", "administratoraccess")


def find_relevant_conditions(layout: Layout) -> tuple[ConditionName, ...]:
    """Return the conditions that matter, those of AppSync's own resources first."""
    stacks = layout.stacks.values()
    if not any(_uses_conditions(source) for source in stacks):
        return ()
    if not any(_holds(source, _APPSYNC) for source in stacks):
        return ()
    search = _Search(layout)
    for types in _RELEVANT:
        for source in stacks:
            search.read_types(source, types)
    for source in stacks:
        search.read_concerned(source)
    return tuple(search.found)


class _Search:
    """A walk through raw data; ``found`` keeps the order in which conditions are met."""

    def __init__(self, layout: Layout) -> None:
        self.found: dict[ConditionName, None] = {}
        self._layout = layout
        self._seen: set[tuple[str, str, str]] = set()

    def read_types(self, source: SourceStack, types: tuple[str, ...]) -> None:
        for logical_id, resource in _resources(source):
            if resource["Type"].startswith(types):
                self._read_resource(source, logical_id)

    def read_concerned(self, source: SourceStack) -> None:
        own = {
            logical_id
            for logical_id, resource in _resources(source)
            if resource["Type"].startswith(_APPSYNC)
        }
        for logical_id, resource in _resources(source):
            if resource["Type"].startswith(_IF_CONCERNED) and _concerns(resource, own):
                self._read_resource(source, logical_id)

    def _read_resource(self, source: SourceStack, logical_id: str) -> None:
        if not self._is_new(source, "Resources", logical_id):
            return
        resource = _section(source, "Resources")[logical_id]
        self._use(source, resource.get("Condition"))
        self._read(source, resource.get("Properties"))
        # A nested stack that holds something that matters matters itself.
        parent = self._layout.parent(source)
        nested = str(source.parent_logical_id)
        if parent is not None and isinstance(_section(parent, "Resources").get(nested), dict):
            self._read_resource(parent, nested)

    def _read(self, source: SourceStack, raw: Any) -> None:
        waiting = [raw]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting.extend(reversed(node))
            elif isinstance(node, dict):
                self._read_function(source, node)
                waiting.extend(node[key] for key in reversed(node) if key not in _NAMES)
            elif isinstance(node, str) and "${" in node:
                for name, is_name in placeholders(node):
                    if is_name:
                        self._follow(source, name)

    def _read_function(self, source: SourceStack, node: dict[str, Any]) -> None:
        arms = node.get("Fn::If")
        if isinstance(arms, list) and arms:
            self._use(source, arms[0])
        attribute = node.get("Fn::GetAtt", node.get("Ref"))
        if isinstance(attribute, list) and all(isinstance(part, str) for part in attribute):
            attribute = ".".join(attribute)
        if isinstance(attribute, str):
            self._follow(source, attribute)
        if "Fn::ImportValue" in node:
            self._read_exports(node["Fn::ImportValue"])

    def _use(self, source: SourceStack, name: Any) -> None:
        if isinstance(name, str) and name in _section(source, "Conditions"):
            self.found[source.id, name] = None

    def _follow(self, source: SourceStack, reference: str) -> None:
        """Go on with the resource, or the nested stack's output, that a reference names."""
        logical_id, _, attribute = reference.partition(".")
        child = self._layout.child(source.id, logical_id)
        if child is not None and attribute.startswith("Outputs."):
            self._read_output(child, attribute.removeprefix("Outputs."))
            return
        resource = _section(source, "Resources").get(logical_id)
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if isinstance(kind, str) and kind.startswith(_IF_CONCERNED):
            self._read_resource(source, logical_id)

    def _read_output(self, source: SourceStack, name: str) -> None:
        output = _section(source, "Outputs").get(name)
        if isinstance(output, dict) and self._is_new(source, "Outputs", name):
            self._use(source, output.get("Condition"))
            self._read(source, output.get("Value"))

    def _read_exports(self, name: Any) -> None:
        for source in self._layout.stacks.values():
            for output, raw in _section(source, "Outputs").items():
                export = raw.get("Export") if isinstance(raw, dict) else None
                exported = export.get("Name") if isinstance(export, dict) else None
                differs = isinstance(name, str) and isinstance(exported, str) and name != exported
                if exported is not None and not differs:
                    self._read_output(source, output)

    def _is_new(self, source: SourceStack, section: str, name: str) -> bool:
        mark = (source.id, section, name)
        is_new = mark not in self._seen
        self._seen.add(mark)
        return is_new


def _uses_conditions(source: SourceStack) -> bool:
    """Return whether it is worth walking through a stack: CDK declares a condition in each."""
    if not _section(source, "Conditions"):
        return False
    types = (*_RELEVANT[0], *_RELEVANT[1], *_IF_CONCERNED, "AWS::CloudFormation::Stack")
    text = source.template.text
    return any(function in text for function in ("Fn::If", "!If")) or any(
        "Condition" in resource and resource["Type"].startswith(types)
        for _, resource in _resources(source)
    )


def _concerns(raw: Any, own: set[str]) -> bool:
    """Return whether something names AppSync, one of its resources or, as an action, everything."""
    waiting = [raw]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if _allows_everything(node):
                return True
            waiting.extend(node.values())
        elif isinstance(node, str):
            lower = node.lower()
            if any(word in lower for word in _WORDS) or _names_any(node, own):
                return True
    return False


def _names_any(text: str, own: set[str]) -> bool:
    names = (name for name, is_name in placeholders(text) if is_name) if "${" in text else (text,)
    return any(name.partition(".")[0] in own for name in names)


def _allows_everything(statement: dict[str, Any]) -> bool:
    action = statement.get("Action")
    return "NotAction" in statement or action == "*" or (isinstance(action, list) and "*" in action)


def _holds(source: SourceStack, types: tuple[str, ...]) -> bool:
    return any(resource["Type"].startswith(types) for _, resource in _resources(source))


def _resources(source: SourceStack) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in _section(source, "Resources").items():
        if isinstance(resource, dict) and isinstance(resource.get("Type"), str):
            yield logical_id, resource


def _section(source: SourceStack, name: str) -> dict[str, Any]:
    section = source.data.get(name)
    return section if isinstance(section, dict) else {}
