"""World and StackScope: what the names in a template mean under one set of assumptions.

In: the stacks of an assembly, given parameters, and what a scenario assumes. Out: the values behind
names, looked up when asked for and then remembered. Knows conditions only as assumptions or as
expressions to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cdk_appsync_guard.errors import Location, TemplateError
from cdk_appsync_guard.template.inputs.assembly import SourceStack
from cdk_appsync_guard.template.scenarios.deployment import ConditionName, Layout
from cdk_appsync_guard.template.scenarios.pseudo import attribute_value, pseudo_value
from cdk_appsync_guard.template.values.conditions import decide
from cdk_appsync_guard.template.values.declarations import Declaration, coerce, read_declaration
from cdk_appsync_guard.template.values.intrinsics import resolve
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, concatenate, display

__all__ = ["Assumption", "StackScope", "Trace", "World"]

_DEEPEST = 128

Assumption: TypeAlias = "ConditionName | Hole"
"""What a world may assume: the truth of a condition, or what a name stands for."""


@dataclass(slots=True)
class Trace:
    """What was looked at on the way to the truth of a condition.

    ``tried`` has the open holes, with the strings that each was compared with or looked up among;
    ``open`` the comparisons that could not be decided, ``steps`` tells how much work it was.
    """

    tried: dict[Hole, list[str]] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    steps: int = 0


class World:
    """One set of assumptions.

    ``known`` are the values assumed for open holes, ``excluded`` the strings they are assumed not
    to be, ``truths`` conditions that are assumed, ``assumed`` the truths of comparisons no one can
    decide. ``conditions`` is the world that decides conditions, where defaults do not count: None
    for this world itself. ``doubted`` tells whether an ``Fn::If`` met a condition that is open.
    ``reads`` has all assumptions that anyone asked for so far, with the answers. ``leaned`` counts
    how often anyone asked for what scenarios may disagree about, remembered or not: what is made
    while it stands still is the same in all of them.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        known: Mapping[Hole, Value] | None = None,
        excluded: Mapping[Hole, frozenset[str]] | None = None,
        truths: Mapping[ConditionName, bool | Unknown] | None = None,
        assumed: Mapping[str, bool] | None = None,
        conditions: World | None = None,
    ) -> None:
        self.layout = layout
        self.known = known or {}
        self.excluded = excluded or {}
        self.truths = truths or {}
        self.assumed = assumed or {}
        self.conditions = conditions or self
        self.trace = Trace()
        self.doubted = False
        self.leaned = 0
        self.pseudos_vary = any(hole.kind == "pseudo" for hole in self.conditions.excluded)
        self.reads: dict[Assumption, object] = {}
        self.pending: dict[tuple[str, str, str], None] = {}
        self._scopes: dict[str, StackScope] = {}
        self._exports: dict[str | Text, tuple[str, str]] | None = None

    @property
    def uses_defaults(self) -> bool:
        """Whether a parameter without a value has its default here."""
        return self.conditions is not self

    def scope(self, stack: str) -> StackScope:
        """Return the scope of a stack, by its id."""
        found = self._scopes.get(stack)
        if found is None:
            found = self._scopes[stack] = StackScope(self, self.layout.stacks[stack])
        return found

    def again(self) -> World:
        """Return a world with the same assumptions, of which none was asked for yet."""
        return World(
            self.layout,
            known=self.known,
            excluded=self.excluded,
            truths=self.truths,
            assumed=self.assumed,
            conditions=self.conditions if self.uses_defaults else None,
        )

    def agrees(self, reads: Mapping[Assumption, object]) -> bool:
        """Return whether this world gives the same answers to all that was asked for in another."""
        return all(self._answer(asked) == answer for asked, answer in reads.items())

    def _answer(self, asked: Assumption) -> object:
        if isinstance(asked, Hole):
            return self.known.get(asked)
        stack, condition = asked
        return self.conditions.scope(stack).truth(condition, 0)

    def look_up(self, hole: Hole) -> Value:
        """Return what is assumed to be behind a hole, else the hole."""
        known = self.reads[hole] = self.known.get(hole)
        if known is not None:
            return known
        self.trace.tried.setdefault(hole, [])
        return Text((hole,))

    def find_export(self, name: str | Text, depth: int) -> tuple[str, str] | None:
        """Return the stack and the output that are exported under a name."""
        if self._exports is None:
            # Set before it is filled: an export's name that imports something must come to an end.
            self._exports = {}
            for stack in self.layout.stacks:
                for output, exported in self.scope(stack).exports(depth):
                    self._exports.setdefault(exported, (stack, output))
        return self._exports.get(name)


class StackScope:
    """The names of one stack in one world."""

    def __init__(self, world: World, source: SourceStack) -> None:
        self.world = world
        self.source = source
        self._data = source.data
        self._memory: dict[tuple[str, str], Value] = {}
        self._attributes: dict[tuple[str, str], Value] = {}
        self._pseudos: dict[str, Value] = {}

    def section(self, name: str) -> dict[str, Any]:
        """Return a section of the template, {} if it is absent or malformed."""
        section = self._data.get(name)
        return section if isinstance(section, dict) else {}

    def refer(self, name: str, depth: int) -> Value:
        """Return what ``Ref`` gives: a pseudo parameter's, a parameter's or a resource's value."""
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.section("Parameters"):
            self.world.leaned += 1
            return self._remember("Parameters", name, depth, self._find_parameter)
        return self.attribute(name, "", depth)

    def attribute(self, logical_id: str, name: str, depth: int) -> Value:
        """Return what ``Fn::GetAtt`` gives, or ``Ref`` on a resource if the name is empty."""
        key = (logical_id, name)
        if key not in self._attributes:
            value = self._find_attribute(logical_id, name, depth)
            if name.startswith("Outputs."):
                return value  # remembered by the stack that has the output
            self._attributes[key] = value
        return self._attributes[key]

    def _find_attribute(self, logical_id: str, name: str, depth: int) -> Value:
        resource = self.section("Resources").get(logical_id)
        if not isinstance(resource, dict):
            return Unknown(f"`{logical_id}` is not defined in the template", "a valid template")
        child = self.world.layout.child(self.source.id, logical_id)
        if child is not None and name.startswith("Outputs."):
            return self.world.scope(child.id).output(name.removeprefix("Outputs."), depth)
        kind = resource.get("Type")
        return attribute_value(logical_id, name, kind, self.source, self._pseudo)

    def output(self, name: str, depth: int) -> Value:
        """Return the value of an output of this stack."""
        self.world.leaned += 1
        if name not in self.section("Outputs"):
            return Unknown(
                f"the stack `{self.source.name}` does not have an output `{name}`",
                "a valid template",
            )
        return self._remember("Outputs", name, depth, self._find_output)

    def exports(self, depth: int) -> list[tuple[str, str | Text]]:
        """Return the outputs that are exported, each with the export's name."""
        found: list[tuple[str, str | Text]] = []
        for output, raw in self.section("Outputs").items():
            export = raw.get("Export") if isinstance(raw, dict) else None
            if isinstance(export, dict) and self.exists(raw, depth):
                name = resolve(export.get("Name"), self, depth)
                if isinstance(name, (str, Text)):
                    found.append((output, name))
        return found

    def imported(self, name: str | Text, depth: int) -> Value:
        """Return what ``Fn::ImportValue`` gives: the exporting stack's value if it is at hand."""
        self.world.leaned += 1
        found = self.world.find_export(name, depth)
        if found is None:
            return self.world.look_up(Hole("import", str(name)))
        stack, output = found
        return self.world.scope(stack).output(output, depth)

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """Return a mapping of the template."""
        mapping = self.section("Mappings").get(name)
        return mapping if isinstance(mapping, dict) else None

    def exists(self, raw: Mapping[str, Any], depth: int = 0) -> bool | Unknown:
        """Return whether the condition of a resource or an output holds."""
        condition = raw.get("Condition")
        return self.truth(condition, depth) if isinstance(condition, str) else True

    def choose(self, condition: str, depth: int) -> bool | Unknown:
        """Return whether ``Fn::If`` takes its first arm."""
        truth = self.truth(condition, depth)
        if isinstance(truth, Unknown):
            self.world.doubted = True
            return Unknown(
                f"the condition `{condition}` is undecided: {truth.reason}", truth.would_decide
            )
        return truth

    def truth(self, condition: str, depth: int) -> bool | Unknown:
        """Return whether a condition holds, as far as this world can tell."""
        self.world.leaned += 1
        judge = self.world.conditions
        if judge is not self.world:
            answer = judge.scope(self.source.id).truth(condition, depth)
            self.world.reads[self.source.id, condition] = answer
            return answer
        assumed = self.world.truths.get((self.source.id, condition))
        if assumed is not None:
            return assumed
        if condition not in self.section("Conditions"):
            return Unknown(f"the condition `{condition}` is not defined", "a valid template")
        truth: bool | Unknown = self._remember("Conditions", condition, depth, self._find_condition)
        return truth

    def tried(self, value: Value, options: Iterable[str]) -> None:
        """Hear among which strings a value is looked up."""
        if isinstance(value, Text) and len(value.holes) == 1:
            start, end = (
                part if isinstance(part, str) else "" for part in (value.parts[0], value.parts[-1])
            )
            strings = self.world.trace.tried.setdefault(value.holes[0], [])
            strings.extend(
                option[len(start) : len(option) - len(end)]
                for option in options
                if option.startswith(start)
                and option.endswith(end)
                and len(option) >= len(start) + len(end)
            )

    def cannot_be(self, hole: Hole, text: str) -> bool:
        """Return whether the string behind the hole is known not to be this one."""
        if hole.could_be is not None and text not in hole.could_be:
            return True
        return text in self.world.excluded.get(hole, ())

    def reveal(self, value: Value, depth: int) -> Value:
        """Return the value with its secrets filled in, to be compared and then forgotten."""
        if not isinstance(value, Text) or all(hole.kind != "secret" for hole in value.holes):
            return value
        pieces: list[Value] = []
        for part in value.parts:
            if isinstance(part, Hole) and part.kind == "secret":
                owner = self.world.scope(part.stack)
                pieces.append(owner._remember("Secrets", part.name, depth, owner._find_secret))  # noqa: SLF001 - the same class
            else:
                pieces.append(Text((part,)) if isinstance(part, Hole) else part)
        return concatenate(pieces)

    def assume(self, raw: Any) -> bool | None:
        """Return the truth to be assumed for a comparison, None to leave it open."""
        key = f"{self.source.id} {raw!r}"
        self.world.trace.open[key] = None
        return self.world.assumed.get(key)

    def fail_at_depth(self, depth: int) -> None:
        """Raise TemplateError if this is deeper than a template may be nested."""
        self.world.trace.steps += 1
        if depth > _DEEPEST:
            mark = next(reversed(self.world.pending), (self.source.id, "", ""))
            raise TemplateError(
                f"functions and references are nested more than {_DEEPEST} levels deep",
                location=self._place(mark),
                help="shorten the chain of references",
            )

    def _remember(
        self, section: str, name: str, depth: int, find: Callable[[str, int], Value]
    ) -> Value:
        key = (section, name)
        if key in self._memory:
            return self._memory[key]
        pending = self.world.pending
        mark = (self.source.id, section, name)
        if mark in pending:
            raise self._cycle(mark)
        self.fail_at_depth(depth)
        pending[mark] = None
        try:
            value = find(name, depth + 2)
        finally:
            del pending[mark]
        self._memory[key] = value
        return value

    def _cycle(self, mark: tuple[str, str, str]) -> TemplateError:
        marks = list(self.world.pending)
        ring = [*marks[marks.index(mark) :], mark]
        return TemplateError(
            "cyclic reference: " + " → ".join(f"`{name}`" for _, _, name in ring),
            location=self._place(mark),
            help="remove one of these references",
        )

    def _place(self, mark: tuple[str, str, str]) -> Location:
        stack, *path = mark
        file, written = self.world.layout.stacks[stack].source_of(tuple(filter(None, path)))
        line, column = file.locate(written)
        return Location(file.name, line, column, "/".join(map(str, written)))

    def _find_condition(self, name: str, depth: int) -> bool | Unknown:
        return decide(self.section("Conditions")[name], self, depth)

    def _find_output(self, name: str, depth: int) -> Value:
        raw = self.section("Outputs")[name]
        if not isinstance(raw, dict):
            return Unknown(f"the output `{name}` is malformed", "a valid template")
        if self.exists(raw, depth) is False:
            return Unknown(f"the output `{name}` does not exist under its condition")
        value = resolve(raw.get("Value"), self, depth)
        if value is None or isinstance(value, (dict, list)):
            return Unknown(f"the output `{name}` is not a string", "a valid template")
        return value

    def _find_parameter(self, name: str, depth: int) -> Value:
        declaration = read_declaration(self.section("Parameters")[name])
        if declaration.is_secret:
            # Its value is looked at by `reveal` alone, so that it cannot get into any text.
            return coerce(declaration, Text((Hole("secret", name, self.source.id),)))
        hole = Hole("parameter", name, self.source.id, declaration.only)
        value = self._given(name, depth)
        if declaration.is_lookup:
            return self._looked_up(hole, declaration, value)
        nested = self.world.layout.parent(self.source) is not None
        if value is None and nested:
            value = declaration.default
        if isinstance(value, Unknown) and not nested:
            return coerce(declaration, Text((hole,)))
        if value is not None:
            return coerce(declaration, value)
        if self._falls_back(hole, declaration):
            self.world.layout.say_default(self.source, hole, declaration)
            return coerce(declaration, declaration.default)
        return coerce(declaration, self.world.look_up(hole))

    def _falls_back(self, hole: Hole, declaration: Declaration) -> bool:
        if declaration.default in (None, hole.name):
            return False  # Amplify writes a parameter's own name where it fills the value in later
        known = self.world.reads[hole] = self.world.known.get(hole)
        if known is not None:
            return False
        return self.world.uses_defaults

    def _find_secret(self, name: str, depth: int) -> Value:
        declaration = read_declaration(self.section("Parameters")[name])
        value = None if declaration.is_lookup else self._given(name, depth)
        if value is None and self.world.layout.parent(self.source) is not None:
            value = declaration.default
        if value is None or isinstance(value, Unknown):
            return self.world.look_up(Hole("secret", name, self.source.id))
        return self.reveal(coerce(declaration, value), depth)

    def _given(self, name: str, depth: int) -> Value:
        """Return the value that the user, the manifest or the parent stack gives a parameter."""
        parent = self.world.layout.parent(self.source)
        if parent is None:
            return self.world.layout.given(self.source, name)
        scope = self.world.scope(parent.id)
        resource = scope.section("Resources").get(self.source.parent_logical_id or "")
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        passed = properties.get("Parameters") if isinstance(properties, dict) else None
        if isinstance(passed, dict) and name in passed:
            return resolve(passed[name], scope, depth)
        return None

    def _looked_up(self, hole: Hole, declaration: Declaration, value: Value) -> Value:
        """Return the hole for a value that CloudFormation takes from the SSM parameter store."""
        name = declaration.default if value is None else value
        if isinstance(name, (str, int, float, Text)):
            hole = Hole("dynamic", "{{resolve:ssm:" + display(name) + "}}")
        return coerce(declaration, self.world.look_up(hole))

    def _pseudo(self, name: str) -> Value:
        self.world.leaned += self.world.pseudos_vary
        if name not in self._pseudos:
            self._pseudos[name] = pseudo_value(
                name, self.world.layout, self.source, self.world.look_up
            )
        return self._pseudos[name]
