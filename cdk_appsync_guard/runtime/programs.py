"""Code → its syntax tree, read once however often it runs.

In: Code. Out: a template's nodes or a module. A reader of many invocations keeps one Programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_appsync_guard.runtime.machine import Stopped
from cdk_appsync_guard.runtime.model import Code
from cdk_appsync_guard.runtime.vtl.nodes import Body
from cdk_appsync_guard.runtime.vtl.parse import VtlSyntaxError, parse_template
from cdk_appsync_guard.runtime.vtl.template import Template

if TYPE_CHECKING:
    from cdk_appsync_guard.runtime.js.module import Module

__all__ = ["Programs"]


class Programs:
    """The trees of the code that was read so far, by its text."""

    def __init__(self) -> None:
        self._templates: dict[str, Body | VtlSyntaxError] = {}
        self._modules: dict[str, Module] = {}
        self._read: dict[str, Template] = {}

    def parse(self, text: str) -> Body | VtlSyntaxError:
        """Return the nodes of a mapping template, or why it does not parse."""
        if text not in self._templates:
            try:
                self._templates[text] = parse_template(text)
            except VtlSyntaxError as error:
                self._templates[text] = error
        return self._templates[text]

    def template(self, code: Code) -> Template:
        """Return a mapping template; Stopped if it is missing or does not parse."""
        self._check(code)
        found = self.parse(code.text)
        if isinstance(found, VtlSyntaxError):
            raise Stopped(f"the {code.name} does not parse: line {found.line}: {found.message}")
        if code.text not in self._read:
            self._read[code.text] = Template(found)
        return self._read[code.text]

    def module(self, code: Code) -> Module:
        """Return a JavaScript module; Stopped if it is missing."""
        from cdk_appsync_guard.runtime.js.module import read_module  # noqa: PLC0415 - heavy

        self._check(code)
        if code.text not in self._modules:
            self._modules[code.text] = read_module(code.text)
        return self._modules[code.text]

    def _check(self, code: Code) -> None:
        if code.missing:
            raise Stopped(code.missing)
