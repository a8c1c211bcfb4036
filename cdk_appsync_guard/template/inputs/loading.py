"""Templates → SourceStacks: expanded, translated from SAM, with their nested stacks.

In: template files and the folder they cannot leave. Out: SourceStacks, parents first. A nested
template that cannot be read, or that contains itself, is a problem; the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cdk_appsync_guard.errors import GuardError, InputError, Location, TemplateError
from cdk_appsync_guard.template.inputs.files import Fence, read_regular_file, real_path
from cdk_appsync_guard.template.inputs.limits import check_sections
from cdk_appsync_guard.template.inputs.local_files import Beside, sketch
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.inputs.sources import SourceStack, resources_of
from cdk_appsync_guard.template.inputs.terraform.recognize import is_plan, is_raw_state
from cdk_appsync_guard.template.source.read import Template, read_template
from cdk_appsync_guard.template.values.declarations import read_declaration
from cdk_appsync_guard.template.values.value import Value

__all__ = ["Loader", "Nested", "is_template", "no_template"]

MOST_STACKS = 1000
"""How many nested stacks there may be, so that a few small files cannot multiply forever."""

DEEPEST_STACK = 50

_EXPANDED = ("Fn::ForEach::", "Fn::Transform", "!Transform", "AWS::Include")
_APPSYNC = re.compile("appsync|GraphQLApi", re.IGNORECASE)
_SAM = "AWS::Serverless-2016-10-31"
_NESTED_TYPES = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}


@dataclass(frozen=True, slots=True)
class Nested:
    """A nested stack whose template was found. ``by_name`` if only its file's name told it."""

    logical_id: str
    path: Path
    by_name: bool = False


class Loader:
    """Reads the templates of one unit, each file once.

    ``elsewhere`` tells, by file name, what does not are next to the template that needs it.
    """

    def __init__(
        self, parameters: Parameters | None = None, elsewhere: Mapping[str, str] | None = None
    ) -> None:
        self.parameters = parameters or Parameters()
        self.elsewhere = elsewhere or {}
        self.problems: list[GuardError] = []
        self._templates: dict[str, Template] = {}
        self._besides: dict[tuple[Path, str], Beside] = {}
        self._nested = 0
        self._is_full = False

    def template(self, path: Path, fence: Fence, *, trusted: bool = False) -> Template:
        """Return the template in the file, which may be anywhere if it is *trusted*."""
        real = real_path(path)
        if real not in self._templates:
            data = read_regular_file(path) if trusted else fence.read(path)
            self._templates[real] = read_template(path.as_posix(), data)
        return self._templates[real]

    def beside(self, folder: Path, fence: Fence) -> Beside:
        """Return the files of a folder."""
        key = folder, fence.root
        if key not in self._besides:
            self._besides[key] = Beside(folder, fence, self.elsewhere)
        return self._besides[key]

    def finish(self, stack: SourceStack, *, whole: bool = True) -> SourceStack:
        """Return the stack with its loops and includes expanded and its SAM resources translated.

        If the stack is not the *whole* assembly, what other stacks refer to matters too.
        """
        if is_plan(stack.template.data):
            return self._planned(stack)
        known = self.known(stack)
        template, notices = stack.template, stack.notices
        if any(word in template.text for word in _EXPANDED):
            from cdk_appsync_guard.template.inputs.expand import expand  # noqa: PLC0415 - few need it

            expansion = expand(template, known, lambda location: _snippet(stack, location))
            template, notices = expansion.template, expansion.notices
        check_sections(template)
        if _is_sam(template):
            template = self._translated(template, stack, known, whole=whole)
        return replace(stack, template=template, notices=notices)

    def _planned(self, stack: SourceStack) -> SourceStack:
        """Return the stack that a plan or a state of Terraform means; options win over it."""
        from cdk_appsync_guard.template.inputs.terraform.translate import (  # noqa: PLC0415 - few need it
            translate_plan,
        )

        meant = translate_plan(stack.template)
        check_sections(meant.template)
        region = None if self.parameters.region else meant.region
        account = None if self.parameters.account else meant.account
        return replace(
            stack,
            template=meant.template,
            notices=(*stack.notices, *meant.notices),
            region=stack.region or region,
            account=stack.account or account,
        )

    def _translated(
        self, template: Template, stack: SourceStack, known: Mapping[str, Value], *, whole: bool
    ) -> Template:
        """Return the template as CloudFormation, or as it is if nothing in it could matter."""
        matters = _APPSYNC.search(template.text) is not None
        if not matters and whole:
            return template
        from cdk_appsync_guard.template.inputs.sam import translate  # noqa: PLC0415 - few need it

        try:
            return translate(template, known, stack.region or self.parameters.region)
        except TemplateError:
            if matters:
                raise
            return template

    def known(self, stack: SourceStack) -> dict[str, Value]:
        """Return the parameters' values as far as they are plain before anything is resolved."""
        parameters = stack.template.data.get("Parameters")
        known: dict[str, Value] = {}
        for name, parameter in (parameters if isinstance(parameters, dict) else {}).items():
            if isinstance(parameter, dict) and "Default" in parameter:
                known[name] = parameter["Default"]
        if stack.parent is not None and stack.parent_logical_id is not None:
            resource = resources_of(stack.parent.data).get(stack.parent_logical_id, {})
            passed = _mapping(_mapping(resource.get("Properties")).get("Parameters"))
            known.update((key, value) for key, value in passed.items() if _is_plain(value))
            # What is passed but not plain yet hides the default.
            for key in passed.keys() - {key for key in passed if _is_plain(passed[key])}:
                known.pop(key, None)
        else:
            known.update(stack.parameters)
            known.update(self.parameters.given)
        for name in (stack.id, stack.name):
            known.update(self.parameters.by_stack.get(name, {}))
        for name, parameter in (parameters if isinstance(parameters, dict) else {}).items():
            if read_declaration(parameter).is_secret:
                known.pop(name, None)
        return known

    def with_nested(self, stack: SourceStack) -> Iterator[SourceStack]:
        """Return the stack and all that is nested in it."""
        yield stack
        for nested in self.nested(stack):
            chain = list(_ancestors(stack))
            if any(_same(nested.path, above.path) for above in chain):
                if not nested.by_name:
                    self.problems.append(_cycle(stack, nested))
                continue
            if self._nested >= MOST_STACKS or len(chain) > DEEPEST_STACK:
                if not self._is_full:
                    self.problems.append(_too_many(stack, nested, len(chain)))
                self._is_full = True
                return
            self._nested += 1
            child = self._child(stack, nested)
            if child is not None:
                yield from self.with_nested(child)

    def nested(self, stack: SourceStack) -> Iterator[Nested]:
        """Return the nested stacks whose templates are found."""
        if stack.beside is None or stack.path is None:
            return
        known: dict[str, Value] | None = None
        for logical_id, resource in resources_of(stack.data).items():
            kind = resource.get("Type")
            if not isinstance(kind, str) or kind not in _NESTED_TYPES:
                continue
            known = self.known(stack) if known is None else known
            asset = _mapping(resource.get("Metadata")).get("aws:asset:path")
            url = _mapping(resource.get("Properties")).get(_NESTED_TYPES[kind])
            found = self._find(stack.beside, asset, sketch(url, known))
            if found is not None:
                yield Nested(logical_id, *found)

    def _find(self, beside: Beside, asset: Any, url: str) -> tuple[Path, bool] | None:
        found = beside.find_exactly(asset) if isinstance(asset, str) else None
        found = found or beside.find_exactly(url)
        if found is not None:
            return found, False
        found = beside.find_by_name(url)
        return None if found is None else (found, True)

    def _child(self, parent: SourceStack, nested: Nested) -> SourceStack | None:
        beside = parent.beside
        if beside is None:
            return None
        try:
            template = self.template(nested.path, beside.fence)
            if not is_template(template):
                if nested.by_name:
                    return None
                raise no_template(template)
            return self.finish(
                SourceStack(
                    id=f"{parent.id}/{nested.logical_id}",
                    name=f"{parent.name}/{nested.logical_id}",
                    template=template,
                    parent=parent,
                    parent_logical_id=nested.logical_id,
                    region=parent.region,
                    account=parent.account,
                    path=nested.path,
                    beside=self.beside(nested.path.parent, beside.fence),
                    metadata=parent.metadata,
                ),
                whole=False,
            )
        except GuardError as error:
            self.problems.append(error)
            return None


def is_template(template: Template) -> bool:
    """Tell whether the data are a template, or what can be read as one, by content."""
    if is_plan(template.data):
        return True
    resources = template.data.get("Resources")
    if not isinstance(resources, dict):
        return "AWSTemplateFormatVersion" in template.data
    return "AWSTemplateFormatVersion" in template.data or any(
        (isinstance(value, dict) and "Type" in value) or name.startswith("Fn::")
        for name, value in resources.items()
    )


def no_template(template: Template) -> InputError:
    """Return the error for data that are not a CloudFormation template."""
    if is_raw_state(template.data):
        return InputError(
            f"`{template.name}` is a state file of Terraform, whose format is internal",
            location=Location(template.name, 1, 1),
            help="pass the output of `terraform show -json`",
        )
    return InputError(
        f"`{template.name}` is not a CloudFormation template: it declares no resources",
        location=Location(template.name, 1, 1),
        help="pass a template, a folder with templates, or a cdk.out folder",
    )


def _is_sam(template: Template) -> bool:
    transforms = template.data.get("Transform")
    return _SAM in (transforms if isinstance(transforms, list) else [transforms])


def _snippet(stack: SourceStack, location: str) -> Template | None:
    path = stack.beside.find(location) if stack.beside else None
    if stack.beside is None or path is None:
        return None
    return read_template(path.as_posix(), stack.beside.fence.read(path))


def _ancestors(stack: SourceStack | None) -> Iterator[SourceStack]:
    while stack is not None:
        yield stack
        stack = stack.parent


def _same(one: Path, other: Path | None) -> bool:
    return other is not None and real_path(one) == real_path(other)


def _cycle(stack: SourceStack, nested: Nested) -> TemplateError:
    names = [nested.path.as_posix()]
    for above in _ancestors(stack):
        names.append(above.path.as_posix() if above.path else above.name)
        if _same(nested.path, above.path):
            break
    return TemplateError(
        "a nested stack contains itself: " + " in ".join(f"`{name}`" for name in names),
        location=_place(stack, nested.logical_id),
        help="use another template in the inner stack",
    )


def _too_many(stack: SourceStack, nested: Nested, depth: int) -> TemplateError:
    return TemplateError(
        f"stacks are nested more than {DEEPEST_STACK} levels deep"
        if depth > DEEPEST_STACK
        else f"there are more than {MOST_STACKS:,} nested stacks",
        location=_place(stack, nested.logical_id),
        help="scan the inner templates one at a time",
    )


def _place(stack: SourceStack, logical_id: str) -> Location:
    file, path = stack.source_of(("Resources", logical_id))
    line, column = file.locate(path)
    return Location(file.name, line, column, "/".join(map(str, path)), logical_id)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) or (
        isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value)
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
