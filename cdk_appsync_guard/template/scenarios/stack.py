"""Stack and Resource: what is left of a template once parameters and conditions are decided.

A property is resolved when it is first asked for, and then remembered: a scan of a large template
pays only for what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar, cast

from cdk_appsync_guard.template.scenarios.scope import World
from cdk_appsync_guard.template.source.read import DataPath, Place, SourceFile
from cdk_appsync_guard.template.values.intrinsics import function_of, resolve, step_into
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value

__all__ = ["Resource", "Stack", "open_stacks"]

_Made = TypeVar("_Made")

# Whatever these are given, they make a value.
_ALWAYS_THERE = frozenset(
    ("Fn::Base64", "Fn::Join", "Fn::Length", "Fn::Split", "Fn::Sub", "Fn::ToJsonString")
)


class Resource:
    """A resource that exists in this scenario, or may exist: its condition may be open."""

    def __init__(self, stack: Stack, logical_id: str, raw: dict[str, Any]) -> None:
        self.stack = stack
        self.logical_id = logical_id
        self.type: str = raw["Type"]
        self._raw = raw
        # What scenarios may disagree about is remembered here, all else for all of them.
        self._own: dict[object, object] = {}
        self._steady = stack.scope.world.layout.steady(stack.id, logical_id)
        self._made: dict[object, tuple[object, bool]] = {}

    @cached_property
    def _is_plain(self) -> bool:
        """Whether the properties are a plain mapping, as is usual: most questions end there."""
        properties = self._raw.get("Properties")
        return isinstance(properties, dict) and function_of(properties) is None

    @cached_property
    def conditional(self) -> bool:
        """Whether a Condition that given parameters do not fix decides about it.

        The conditions of the nested stacks that it stands in count, too.
        """
        return self.stack.conditional or not isinstance(self.stack.fixed.exists(self._raw), bool)

    def get(self, *path: str | int) -> Value:
        """Return the resolved property: ``get("UserPoolConfig", "AwsRegion")``.

        None if it is absent; Unknown if the way to it leads through something unknown.
        """
        if path in self._steady:
            return self._steady[path]
        return self.shared(path, partial(self._find, path))

    def pieces(self, *path: str | int) -> list[Value]:
        """Return what a string is put together from by ``Fn::Join``, each piece by itself.

        One that is not known does not hide the others. Any other value is the only piece.
        """
        raw, _, rest = self._walk(path)
        joined = raw.get("Fn::Join") if isinstance(raw, dict) and len(raw) == 1 else None
        if rest or not isinstance(joined, list) or len(joined) != len(("separator", "list")):
            return [self.get(*path)]
        separator, items = joined
        if not isinstance(separator, str) or not isinstance(items, list):
            return [self.get(*path)]
        pieces: list[Value] = []
        for item in items:
            pieces += [separator] if pieces and separator else []
            pieces.append(resolve(item, self.stack.scope))
        return pieces

    def _find(self, path: DataPath) -> Value:
        """Resolve a property, or look it up in what encloses it if that is resolved already."""
        for length in range(len(path) - 1, 0, -1):
            above = path[:length]
            if above in self._steady:
                return step_into(self._steady[above], *path[length:])
            if above in self._own:
                self.stack.scope.world.leaned += 1
                return step_into(self._own[above], *path[length:])
        raw, walked, rest = self._walk(path)
        if not walked and self._is_plain and path:
            return None
        if not rest:
            return resolve(raw, self.stack.scope, len(walked))
        if function_of(raw) is None:  # the key was not found in plain data
            return None
        return step_into(self.get(*path[: -len(rest)]), *rest)

    def once(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what *make* makes of this resource; it is asked once for each key."""
        world = self.stack.scope.world
        if key not in self._made:
            before = world.leaned
            made = make()
            self._made[key] = made, world.leaned > before
        value, leans = self._made[key]
        world.leaned += leans
        return cast("_Made", value)

    def shared(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what *make* makes of this resource: plain data, which refers to no scenario.

        It is asked once for all scenarios if it asks for nothing about which they may disagree.
        """
        world = self.stack.scope.world
        if key in self._steady:
            return cast("_Made", self._steady[key])
        if key in self._own:
            world.leaned += 1
            return cast("_Made", self._own[key])
        before = world.leaned
        made = make()
        (self._steady if world.leaned == before else self._own)[key] = made
        return made

    def attribute(self, name: str = "") -> Value:
        """Return what ``Ref`` (no name) or ``Fn::GetAtt`` on this resource resolves to."""
        return self.stack.scope.attribute(self.logical_id, name, 0)

    def conditional_at(self, *path: str | int) -> bool:
        """Return whether the property came through an ``Fn::If`` that is not fixed.

        Only given parameters and constants fix one: defaults and scenarios do not.
        """
        end, walked, _ = self._walk(path)
        raw: Any = self._raw.get("Properties")
        for step in walked:
            if step == "Fn::If" and function_of(raw) == step:
                truth = self.stack.fixed.truth(raw[step][0], 0)
                if isinstance(truth, Unknown):
                    return True
            raw = raw[step]
        if function_of(end) is None:
            return False
        # A fresh world: what is remembered already is not looked at again.
        world = World(self.stack.fixed.world.layout)
        resolve(end, world.scope(self.stack.id))
        return world.doubted

    def is_fallback_at(self, *path: str | int) -> bool:
        """Return whether an ``Fn::If`` chose between a parameter and what is used without it.

        Its condition asks for the parameter that one of its arms is, and nothing fixes it.
        """
        raw: Any = self._raw.get("Properties")
        for step in path:
            raw = raw.get(step) if isinstance(raw, dict) else None
        while function_of(raw) == "Fn::If" and isinstance(raw["Fn::If"], list) and raw["Fn::If"]:
            name, *arms = raw["Fn::If"]
            asked = self.stack.parameters_of(name) if isinstance(name, str) else frozenset()
            if any(_ref(arm) in asked for arm in arms):
                return isinstance(self.stack.fixed.truth(name, 0), Unknown)
            arm = self._arm(raw)
            raw = raw["Fn::If"][arm] if arm is not None else None
        return False

    def place(self, *path: str | int) -> Place:
        """Return where the property stands, or the nearest enclosing one that is written."""
        return self.shared(("place", path), partial(self._place, path))

    def _place(self, path: DataPath) -> Place:
        raw, walked, _ = self._walk(path)
        if isinstance(raw, dict) and len(raw) == 1 and "Fn::Sub" in raw:
            text = raw["Fn::Sub"]
            walked += ("Fn::Sub", 0) if isinstance(text, list) else ("Fn::Sub",)
        properties = ("Properties",) if "Properties" in self._raw and (path or walked) else ()
        return self.stack.place(("Resources", self.logical_id, *properties, *walked))

    @property
    def metadata(self) -> dict[str, object]:
        """The raw ``Metadata`` of the resource, {} if it has none."""
        metadata = self._raw.get("Metadata")
        return metadata if isinstance(metadata, dict) else {}

    def _walk(self, path: DataPath) -> tuple[Any, DataPath, DataPath]:
        """Go down the raw properties as far as plain data and decided ``Fn::If`` lead.

        Return the raw data there, the way that was gone and the steps that are left.
        """
        raw: Any = self._raw.get("Properties")
        walked: DataPath = ()
        rest = path
        if path and self._is_plain:
            if path[0] not in raw:
                return raw, walked, rest
            raw, walked, rest = raw[path[0]], path[:1], path[1:]
        while True:
            if function_of(raw) is not None:
                arm = self._arm(raw)
                if arm is None:
                    return raw, walked, rest
                walked += ("Fn::If", arm)
                raw = raw["Fn::If"][arm]
                continue
            step = self._step(raw, rest[0]) if rest else None
            if step is None:
                return raw, walked, rest
            walked += (step,)
            raw = raw[step]
            rest = rest[1:]

    def _arm(self, raw: dict[str, Any]) -> int | None:
        arms = raw.get("Fn::If")
        if len(raw) != 1 or not isinstance(arms, list) or len(arms) != 3:  # noqa: PLR2004
            return None
        truth = self.stack.scope.choose(arms[0], 0) if isinstance(arms[0], str) else None
        return (1 if truth else 2) if isinstance(truth, bool) else None

    def _step(self, raw: Any, step: str | int) -> str | int | None:
        if isinstance(raw, dict):
            return step if step in raw else None
        if not isinstance(raw, list) or not isinstance(step, int) or step < 0:
            return None
        # An item that resolves to AWS::NoValue is none: the ones after it move up.
        kept = self.shared(("kept", id(raw)), partial(self._keep, raw))
        return kept[step] if step < len(kept) else None

    def _keep(self, raw: list[Any]) -> list[int]:
        return [at for at, item in enumerate(raw) if not self._vanishes(item)]

    def _vanishes(self, raw: Any) -> bool:
        if raw is None:
            return True
        name = function_of(raw)
        if name is None or name in _ALWAYS_THERE:
            return False
        return resolve(raw, self.stack.scope) is None


class Stack:
    """One condition-free stack.

    ``id`` is unique in a scan (holes carry it); ``name`` is for people. ``region`` and ``account``
    are set when the assembly or the options say them. ``siblings`` are all stacks of the scenario.

    Whether a resource exists is decided when someone asks for it, or for its type: what a question
    does not look at makes no difference to its answer (``World.reads``).
    """

    def __init__(
        self, world: World, fixed: World, stack_id: str, siblings: dict[str, Stack]
    ) -> None:
        self.scope = world.scope(stack_id)
        self.fixed = fixed.scope(stack_id)
        self.source = self.scope.source
        self.id = stack_id
        self.name = self.source.name
        self._siblings = siblings
        self._declared = world.layout.declared(stack_id)
        self._opened: dict[str, Resource | None] = {}

    @property
    def region(self) -> str | None:
        """The region, if the assembly, the options or the scenario say it."""
        return _known(self.scope.refer("AWS::Region", 0))

    @property
    def account(self) -> str | None:
        """The account, if the assembly, the options or the scenario say it."""
        return _known(self.scope.refer("AWS::AccountId", 0))

    @property
    def parent(self) -> Stack | None:
        """The stack that this one is nested in."""
        self.scope.world.leaned += self.source.parent is not None
        return self._siblings.get(self.source.parent.id) if self.source.parent else None

    @cached_property
    def conditional(self) -> bool:
        """Whether conditions that given parameters do not fix decide about the whole stack."""
        if self.parent is None:
            return False
        nested = self.parent.resource(self.source.parent_logical_id or "")
        return nested is not None and nested.conditional

    @property
    def resources(self) -> dict[str, Resource]:
        """The resources that exist, by logical id, in the order of the template."""
        found = ((name, self.resource(name)) for name in self._declared.resources)
        return {name: resource for name, resource in found if resource is not None}

    def resource(self, logical_id: str) -> Resource | None:
        """Return the resource of that name, None if there is none or a condition removes it."""
        raw = self._declared.resources.get(logical_id)
        self.scope.world.leaned += raw is not None and "Condition" in raw
        if logical_id not in self._opened:
            exists = raw is not None and self.scope.exists(raw) is not False
            self._opened[logical_id] = Resource(self, logical_id, raw) if raw and exists else None
        return self._opened[logical_id]

    def removes(self, logical_id: str) -> bool:
        """Return whether a condition removes the resource."""
        return logical_id in self._declared.resources and self.resource(logical_id) is None

    def declares(self, *beginnings: str) -> bool:
        """Return whether a type that begins so is declared, whatever conditions say."""
        return any(name.startswith(beginnings) for name in self._declared.by_type)

    def lacks(self, type_: str) -> bool:
        """Return whether a condition removes a resource of the type."""
        return any(self.resource(name) is None for name in self._declared.by_type.get(type_, ()))

    def parameters_of(self, condition: str) -> frozenset[str]:
        """Return the names that a condition refers to, those of its own conditions included."""
        conditions = self.scope.section("Conditions")
        found: set[str] = set()
        seen: set[int] = set()
        waiting: list[Any] = [conditions.get(condition)]
        while waiting:
            raw = waiting.pop()
            if isinstance(raw, (dict, list)) and id(raw) not in seen:
                seen.add(id(raw))
                waiting += raw if isinstance(raw, list) else raw.values()
                if isinstance(raw, dict):
                    found.add(_ref(raw) or "")
                    named = raw.get("Condition")
                    waiting.append(conditions.get(named) if isinstance(named, str) else None)
        return frozenset(found - {""})

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of these types, in the order of the template."""
        return self._open(self._declared.of_type(types))

    def of_kind(self, *beginnings: str) -> list[Resource]:
        """Return the resources whose types begin so, in the order of the template."""
        types = [name for name in self._declared.by_type if name.startswith(beginnings)]
        return self._open(self._declared.of_type(types))

    def _open(self, names: Iterable[str]) -> list[Resource]:
        return [one for one in map(self.resource, names) if one is not None]

    def resource_of(self, value: Value) -> tuple[Resource, str] | None:
        """Return the resource, of any stack of the assembly, that the value names, and how.

        The value is a Text that is one attribute hole, or the ARN of a GraphQL API. How is the
        name of the attribute, "" for Ref.
        """
        if not isinstance(value, Text) or not isinstance(value.parts[-1], Hole):
            return None
        hole = value.parts[-1]
        stack = self._siblings.get(hole.stack) if hole.kind == "attribute" else None
        self.scope.world.leaned += stack is not self
        if stack is None:
            return None
        logical_id, name = stack.name_attribute(hole.name)
        resource = stack.resource(logical_id)
        if resource is None:
            return None
        if value.hole is not None:
            return resource, name
        return (resource, "Arn") if value == resource.attribute("Arn") else None

    def name_attribute(self, whole: str) -> tuple[str, str]:
        """Return the logical id and the attribute in a hole's name, "" for Ref.

        The address of a resource of Terraform, which is a logical id too, has dots of its own.
        """
        end = len(whole)
        while end > 0 and whole[:end] not in self._declared.resources:
            end = whole.rfind(".", 0, end)
        if end < 0:
            logical_id, _, name = whole.partition(".")
            return logical_id, name
        return whole[:end], whole[end + 1 :]

    def read_beside(self, reference: Value) -> SourceFile | None:
        """Return the local file that an S3 location, an asset URL or a relative path means, if any.

        Never reads outside the assembly's own folder.
        """
        return self.source.read_beside(reference)

    def place(self, path: DataPath) -> Place:
        """Return a place in this stack's template."""
        logical_id = path[1] if len(path) > 1 and path[0] == "Resources" else None
        return Place(
            *self.source.source_of(path),
            None,
            str(logical_id) if logical_id is not None else None,
            self._construct_paths.get(str(logical_id)),
        )

    @cached_property
    def _construct_paths(self) -> Mapping[str, str]:
        return self.source.construct_paths


def open_stacks(world: World, fixed: World) -> tuple[Stack, ...]:
    """Return the stacks that exist in a world, in the assembly's order.

    Nothing is assumed in *fixed*: what it decides, given parameters and constants decide.
    """
    stacks: dict[str, Stack] = {}
    for stack_id, source in world.layout.stacks.items():
        if source.parent is not None and source.parent.id in world.layout.stacks:
            parent = stacks.get(source.parent.id)
            if parent is None or parent.removes(source.parent_logical_id or ""):
                continue
        stacks[stack_id] = Stack(world, fixed, stack_id, stacks)
    return tuple(stacks.values())


def _ref(raw: Any) -> str | None:
    """Return the name that a ``Ref`` refers to."""
    name = raw.get("Ref") if isinstance(raw, dict) and len(raw) == 1 else None
    return name if isinstance(name, str) else None


def _known(value: Value) -> str | None:
    return value if isinstance(value, str) else None
