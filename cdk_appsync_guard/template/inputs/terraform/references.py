"""Expressions of a configuration → the resource that a value which is not known yet comes from.

In: a Plan, and an expression: which names it refers to, not what it makes of them. Out: Target. An
expression that refers to two things, or to a local value, tells nothing.
https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.template.inputs.terraform.plan import (
    Instance,
    Plan,
    listed,
    mapping,
    without_keys,
)

__all__ = ["Target", "names_in", "target_of"]

_MOST_HOPS = 50
_KEYS = ("each.", "count.")


@dataclass(frozen=True, slots=True)
class Target:
    """An attribute of a resource. ``attribute`` is "" where the expression does not tell it."""

    instance: Instance
    attribute: str


def names_in(expression: Any) -> tuple[str, ...]:
    """Return the longest names that an expression refers to: ``a.b.c`` and not ``a.b``."""
    found = [one for one in listed(mapping(expression).get("references")) if isinstance(one, str)]
    shorter: set[str] = set()
    for name in found:
        shorter.update(_beginnings(name))
    return tuple(dict.fromkeys(name for name in found if name not in shorter))


def target_of(expression: Any, instance: Instance, plan: Plan) -> Target | None:
    """Return the one resource that an expression of *instance* refers to, None if it is not one."""
    scope, node = instance.scope, expression
    for _ in range(_MOST_HOPS):
        names = names_in(node)
        keys = [name for name in names if name.startswith(_KEYS)]
        rest = [name for name in names if name not in keys]
        if len(rest) != 1 or "each.value" in keys or any("each.value." in key for key in keys):
            return None
        name = rest[0]
        kind, _, tail = name.partition(".")
        if kind == "var" and scope:
            *above, _, call = _split(scope)
            scope = ".".join(above)
            written = plan.configuration.call(plan.configuration.module(scope), without_keys(call))
            node = mapping(written.get("expressions")).get(without_keys(_split(tail)[0]))
        elif kind == "module":
            found = _output(name, scope, plan)
            if found is None:
                return None
            scope, node = found
        elif kind in ("var", "local", "path", "terraform", "self"):
            return None
        else:
            return _resource(name, scope, instance if keys else None, plan)
    return None


def _output(name: str, scope: str, plan: Plan) -> tuple[str, Any] | None:
    """Return the scope and the expression of another module's output."""
    parts = _split(name)
    if len(parts) < 3:  # noqa: PLR2004 - module, its name, the output
        return None
    inner = ".".join(filter(None, (scope, *parts[:2])))
    outputs = mapping(plan.configuration.module(inner).get("outputs"))
    return inner, mapping(outputs.get(without_keys(parts[2]))).get("expression")


def _resource(name: str, scope: str, keyed: Instance | None, plan: Plan) -> Target | None:
    """Return what ``aws_iam_role.name["key"].arn`` names within a module."""
    parts = _split(name)
    length = 3 if parts[0] == "data" else 2
    address = ".".join(filter(None, (scope, *parts[:length])))
    attribute = without_keys(parts[length]) if len(parts) > length else ""
    exact = plan.instances.get(address)
    if exact is not None:
        return Target(exact, attribute)
    some: Sequence[Instance] = plan.by_base.get(address, ())
    if len(some) > 1:
        some = [one for one in some if keyed is not None and one.index == keyed.index]
    return Target(some[0], attribute) if len(some) == 1 else None


def _split(name: str) -> list[str]:
    """Return the parts between the dots that stand outside of keys."""
    parts = [""]
    inside, quoted, escaped = False, False, False
    for character in name:
        if character == "." and not inside:
            parts.append("")
            continue
        parts[-1] += character
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = character == "\\", character != '"'
        elif inside:
            inside, quoted = character != "]", character == '"'
        else:
            inside = character == "["
    return parts


def _beginnings(name: str) -> list[str]:
    """Return what a name begins with: ``a.b[0].c`` begins with ``a.b[0]``, ``a.b``, and ``a``."""
    found: list[str] = []
    parts = _split(name)
    for length in range(1, len(parts) + 1):
        begun = ".".join(parts[:length])
        bare = begun[: len(begun) - len(parts[length - 1])] + without_keys(parts[length - 1])
        found += [one for one in (bare, begun) if one != name]
    return found
