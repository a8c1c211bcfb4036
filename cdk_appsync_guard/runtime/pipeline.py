"""One run of a field's code: which handler runs when, and what each is given.

https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-overview.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.runtime.data import copy_data
from cdk_appsync_guard.runtime.machine import Machine, Stopped
from cdk_appsync_guard.runtime.model import Code, Data, FieldError, Pipeline, Step, UnknownData
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.sources import Answer, ask
from cdk_appsync_guard.runtime.vtl.evaluate import render

__all__ = ["new_context", "run_once"]

_OLD_VERSION = "2017-02-28"


@dataclass(frozen=True, slots=True)
class _Result:
    """``skips`` is how far a handler that returns early goes on: none, next or end."""

    value: Data
    skips: str = ""


def run_once(machine: Machine, pipeline: Pipeline, programs: Programs) -> Data:
    """Return the value that the field gets, following the machine's answers."""
    return _Run(machine, pipeline, programs).field()


class _Run:
    def __init__(self, machine: Machine, pipeline: Pipeline, programs: Programs) -> None:
        self.machine = machine
        self.pipeline = pipeline
        self.programs = programs
        self.context = new_context(machine)

    def field(self) -> Data:
        pipeline = self.pipeline
        if pipeline.kind == "UNIT":
            if len(pipeline.steps) != 1:
                raise Stopped(f"{pipeline.name or 'the resolver'} has no data source")
            return self._step(pipeline.steps[0]).value
        value: Data = None
        if pipeline.before is not None:
            before = self._handle(pipeline.before, "request")
            if before.skips and pipeline.runtime == "vtl":
                return before.value
            value = before.value
            if before.skips:
                return self._after(value)
        for step in pipeline.steps:
            self.context["prev"] = {"result": value}
            result = self._step(step)
            value = result.value
            if result.skips == "end":
                break
        return self._after(value)

    def _after(self, value: Data) -> Data:
        if self.pipeline.after is None:
            return value
        self.context["prev"] = {"result": value}
        self.context["result"] = value
        return self._handle(self.pipeline.after, "response").value

    def _step(self, step: Step) -> _Result:
        if step.missing:
            raise Stopped(step.missing)
        self.context.pop("error", None)
        self.context["result"] = None
        request: Data = self.context
        if step.request is not None:
            made = self._handle(step.request, "request")
            if made.skips:
                return made
            request = made.value
        direct = step.request is None
        name = "ctx.result" if self.pipeline.kind == "UNIT" else f"{step.name}.result"
        asked = UnknownData("the context") if direct else request
        answer = ask(self.machine, step, asked, name)
        return self._respond(step, request, answer)

    def _respond(self, step: Step, request: Data, answer: Answer) -> _Result:
        old = step.request is not None and _version(step, request) == _OLD_VERSION
        self.context["result"] = answer.result
        error = answer.error
        if error is not None and (old or step.response is None):
            raise self.machine.throw(
                "failed", FieldError(error.message, error.type), f"the data source: {error.type}"
            )
        if old and self.machine.is_null(answer.result):
            return _Result(None)
        if error is not None:
            self.context["error"] = {"message": error.message, "type": error.type}
        if step.response is None:
            return _Result(answer.result)
        made = self._handle(step.response, "response")
        return _Result(made.value)

    def _handle(self, code: Code, handler: str) -> _Result:
        self.machine.code, self.machine.line = code, 1
        if code.language == "vtl":
            rendered = render(self.machine, self.programs.template(code), self.context)
            return _Result(rendered.value, "next" if rendered.returned else "")
        from cdk_appsync_guard.runtime.js.module import call_handler  # noqa: PLC0415 - heavy

        value, skips = call_handler(self.machine, self.programs.module(code), handler, self.context)
        if skips and handler == "response":
            raise Stopped(f"{self.machine.where} returns early from its response")
        return _Result(value, skips)


def _version(step: Step, request: Data) -> str:
    if step.version or not isinstance(request, dict):
        return step.version
    version = request.get("version")
    return version if isinstance(version, str) else ""


def new_context(machine: Machine) -> dict[str, Any]:
    """Return ``ctx`` as it is before anything has run."""
    invocation = machine.invocation
    arguments = copy_data(invocation.arguments)
    info = invocation.info
    selected: Data = UnknownData("ctx.info.selectionSetList", nullable=False, kind="list")
    if info.selection_set_list is not None:
        selected = list(info.selection_set_list)
    document: Data = UnknownData("ctx.info.selectionSetGraphQL", nullable=False, kind="string")
    if info.selection_set_graphql is not None:
        document = info.selection_set_graphql
    return {
        "arguments": arguments,
        "args": arguments,
        "identity": copy_data(invocation.identity),
        "source": copy_data(invocation.source),
        "stash": {},
        "prev": {"result": None},
        "result": None,
        "request": {"headers": copy_data(invocation.headers), "domainName": None},
        "env": copy_data(invocation.env),
        "outErrors": [],
        "info": {
            "fieldName": info.field_name,
            "parentTypeName": info.parent_type_name,
            "variables": copy_data(info.variables),
            "selectionSetList": selected,
            "selectionSetGraphQL": document,
        },
    }
