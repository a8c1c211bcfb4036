"""A plan or a state as JSON → its resources, each with what is known of it, and where it stands.

In: the data of ``terraform show -json`` or ``tofu show -json``. Out: Plan. Resolves nothing.
https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.template.source.read import DataPath

__all__ = [
    "Configuration",
    "Instance",
    "Plan",
    "items",
    "listed",
    "mapping",
    "read_plan",
    "without_keys",
]

_MOST_MODULES = 10_000


@dataclass(frozen=True, slots=True)
class Instance:
    """A resource, or one instance of it where it has ``count`` or ``for_each``.

    ``base`` is the address without the instance's key, ``index``; ``scope`` is the address of the
    module instance that it is in, "" for the root module.
    ``unknown`` and ``sensitive`` have the form of ``values``, with True where something is so.
    ``expressions`` are what the configuration says, None where the input has no configuration.
    """

    address: str
    base: str
    type: str
    mode: str
    index: Any
    scope: str
    values: Mapping[str, Any]
    unknown: Mapping[str, Any]
    sensitive: Mapping[str, Any]
    expressions: Mapping[str, Any] | None
    path: DataPath


class Configuration:
    """The modules as they are written, by the names of their calls; false if there are none."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._resources: dict[str, dict[str, dict[str, Any]]] = {}

    def __bool__(self) -> bool:
        return bool(self._root)

    def module(self, scope: str) -> Mapping[str, Any]:
        """Return the module at that address, {} if it is not written."""
        module = self._root
        for name in without_keys(scope).split(".")[1::2] if scope else ():
            module = mapping(self.call(module, name).get("module"))
        return module

    @staticmethod
    def call(module: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return the call of another module."""
        return mapping(mapping(module.get("module_calls")).get(name))

    def resource(self, scope: str, local: str) -> Mapping[str, Any]:
        """Return a resource by its address in its module, {} if it is not written."""
        plain = without_keys(scope)
        if plain not in self._resources:
            written = items(self.module(scope).get("resources"))
            self._resources[plain] = {str(one.get("address")): one for one in written}
        return self._resources[plain].get(local, {})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan or a state says."""

    instances: Mapping[str, Instance]
    by_base: Mapping[str, tuple[Instance, ...]]
    configuration: Configuration
    providers: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True


def read_plan(data: Mapping[str, Any]) -> Plan:
    """Return what a plan says that there will be, or a state that there is."""
    configuration = Configuration(mapping(mapping(data.get("configuration")).get("root_module")))
    changes = {
        change["address"]: change
        for change in items(data.get("resource_changes"))
        if isinstance(change.get("address"), str) and "deposed" not in change
    }
    found: dict[str, Instance] = {}
    for place in (("prior_state", "values"), ("values",), ("planned_values",)):
        for path, scope, resource in _resources(data, (*place, "root_module")):
            is_data = resource.get("mode") == "data"
            if place[0] == "prior_state" and not is_data:
                continue  # what the plan keeps of it stands among the planned values
            instance = _instance(resource, path, scope, configuration, changes)
            if instance is not None:
                found[instance.address] = instance
    by_base: dict[str, list[Instance]] = {}
    for instance in found.values():
        by_base.setdefault(instance.base, []).append(instance)
    return Plan(
        found,
        {base: tuple(some) for base, some in by_base.items()},
        configuration,
        mapping(mapping(data.get("configuration")).get("provider_config")),
        complete=data.get("complete") is not False and data.get("errored") is not True,
    )


def _resources(
    data: Mapping[str, Any], root: DataPath
) -> Iterator[tuple[DataPath, str, dict[str, Any]]]:
    """Yield each resource with its path and the address of its module."""
    module: Mapping[str, Any] = data
    for step in root:
        module = mapping(module.get(str(step)))
    waiting: list[tuple[DataPath, Mapping[str, Any]]] = [(root, module)]
    seen = 0
    while waiting and seen < _MOST_MODULES:
        seen += 1
        path, module = waiting.pop()
        scope = module.get("address")
        scope = scope if isinstance(scope, str) else ""
        for at, resource in enumerate(listed(module.get("resources"))):
            if isinstance(resource, dict):
                yield (*path, "resources", at), scope, resource
        children = list(enumerate(listed(module.get("child_modules"))))
        waiting += [
            ((*path, "child_modules", at), child)
            for at, child in reversed(children)
            if isinstance(child, dict)
        ]


def _instance(
    resource: dict[str, Any],
    path: DataPath,
    scope: str,
    configuration: Configuration,
    changes: Mapping[str, dict[str, Any]],
) -> Instance | None:
    address, type_ = resource.get("address"), resource.get("type")
    if not isinstance(address, str) or not isinstance(type_, str):
        return None
    change = mapping(mapping(changes.get(address)).get("change"))
    local = without_keys(address.removeprefix(f"{scope}.") if scope else address)
    declared = configuration.resource(scope, local)
    return Instance(
        address,
        f"{scope}.{local}" if scope else local,
        type_,
        "data" if resource.get("mode") == "data" else "managed",
        resource.get("index"),
        scope,
        mapping(resource.get("values")),
        mapping(change.get("after_unknown")),
        {**mapping(change.get("after_sensitive")), **mapping(resource.get("sensitive_values"))},
        mapping(declared.get("expressions")) if configuration else None,
        path,
    )


def without_keys(address: str) -> str:
    """Return the address without the keys of ``count`` and ``for_each``."""
    kept: list[str] = []
    inside, quoted, escaped = False, False, False
    for character in address:
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = character == "\\", character != '"'
        elif inside:
            inside, quoted = character != "]", character == '"'
        elif character == "[":
            inside = True
        else:
            kept.append(character)
    return "".join(kept)


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def items(value: Any) -> list[dict[str, Any]]:
    """Return the mappings in a list."""
    return [one for one in listed(value) if isinstance(one, dict)]
