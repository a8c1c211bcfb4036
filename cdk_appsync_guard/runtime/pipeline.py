"""A field's code, one handler at a time: which runs next, and what it is given.

https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-overview.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.runtime.data import copy_data
from cdk_appsync_guard.runtime.machine import Machine, Stopped
from cdk_appsync_guard.runtime.model import (
    Code,
    Data,
    FieldError,
    Invocation,
    Pipeline,
    Step,
    UnknownData,
)
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.sources import Answer, ask
from cdk_appsync_guard.runtime.state import State
from cdk_appsync_guard.runtime.vtl.evaluate import render

__all__ = ["Conductor", "new_context"]

_OLD_VERSION = "2017-02-28"


@dataclass(frozen=True, slots=True)
class _Made:
    """``skips`` is how far a handler that returns early goes on: none, next or end."""

    value: Data
    skips: str = ""


@dataclass(frozen=True, slots=True)
class Conductor:
    """Knows the order of handlers. Positions: before, request and response of each step, after."""

    pipeline: Pipeline
    programs: Programs

    @property
    def last(self) -> int:
        """The position where the field has its value."""
        return 2 * len(self.pipeline.steps) + 2

    def start(self, invocation: Invocation) -> State:
        """Return the state before anything has run."""
        return State(0, new_context(invocation))

    def advance(self, machine: Machine, state: State) -> None:
        """Run the handler at the state's position, and move the state on."""
        position = state.position
        if position == 0:
            self._before(machine, state)
        elif position == self.last - 1:
            self._after(machine, state)
        else:
            step = self.pipeline.steps[(position - 1) // 2]
            (self._request if position % 2 else self._response)(machine, state, step)
        state.close(machine)

    def _before(self, machine: Machine, state: State) -> None:
        state.position = 1
        if self.pipeline.kind == "UNIT" and len(self.pipeline.steps) != 1:
            raise Stopped(f"{self.pipeline.name or 'the resolver'} has no data source")
        if self.pipeline.before is None:
            return
        made = self._handle(machine, state, self.pipeline.before, "request")
        state.value = made.value
        if made.skips:
            # `#return` in a resolver's template is the field's value; `earlyReturn` is not yet.
            returned = self.pipeline.runtime == "vtl"
            state.position = self.last if returned else self.last - 1

    def _after(self, machine: Machine, state: State) -> None:
        state.position = self.last
        if self.pipeline.after is None:
            return
        state.context["prev"] = {"result": state.value}
        state.context["result"] = state.value
        state.value = self._handle(machine, state, self.pipeline.after, "response").value

    def _request(self, machine: Machine, state: State, step: Step) -> None:
        if step.missing:
            raise Stopped(step.missing)
        context = state.context
        context.pop("error", None)
        context["result"] = None
        if self.pipeline.kind == "PIPELINE":
            context["prev"] = {"result": state.value}
        request: Data = UnknownData("the context", nullable=False)
        if step.request is not None:
            asks = step.data_source_kind not in ("", "NONE")
            machine.asks_source = asks and not machine.invocation.whole
            made = self._handle(machine, state, step.request, "request")
            machine.asks_source = False
            if made.skips:
                state.value = made.value
                ends = made.skips == "end" or self.pipeline.kind == "UNIT"
                state.position = self.last - 1 if ends else state.position + 2
                return
            request = made.value
        name = "ctx.result" if self.pipeline.kind == "UNIT" else f"{step.name}.result"
        answer = ask(machine, step, request, name)
        old = step.request is not None and _version(step, request) == _OLD_VERSION
        self._take(machine, state, step, answer, old=old)

    def _take(
        self, machine: Machine, state: State, step: Step, answer: Answer, *, old: bool
    ) -> None:
        """Give the state what the data source answers; skip the response where AppSync does."""
        error = answer.error
        state.value = state.context["result"] = answer.result
        state.position += 1
        if error is not None and (old or step.response is None):
            thrown = FieldError(error.message, error.type, None, None)
            raise machine.throw("failed", thrown, f"the data source: {error.type}")
        if error is not None:
            state.context["error"] = {"message": error.message, "type": error.type}
        elif step.response is None or (old and machine.is_null(answer.result)):
            state.position += 1

    def _response(self, machine: Machine, state: State, step: Step) -> None:
        state.position += 1
        if step.response is not None:
            state.value = self._handle(machine, state, step.response, "response").value

    def _handle(self, machine: Machine, state: State, code: Code, handler: str) -> _Made:
        machine.code, machine.line = code, 1
        identity = state.context["identity"]
        machine.identity = identity if isinstance(identity, dict) else None
        if code.language == "vtl":
            rendered = render(machine, self.programs.template(code), state.context)
            return _Made(rendered.value, "next" if rendered.returned else "")
        from cdk_appsync_guard.runtime.js.module import call_handler  # noqa: PLC0415 - heavy

        module = self.programs.module(code)
        value, skips = call_handler(machine, module, handler, state.context)
        if skips and handler == "response":
            raise Stopped(f"{machine.where} returns early from its response")
        return _Made(value, skips)


def _version(step: Step, request: Data) -> str:
    if step.version or not isinstance(request, dict):
        return step.version
    version = request.get("version")
    return version if isinstance(version, str) else ""


def new_context(invocation: Invocation) -> dict[str, Any]:
    """Return ``ctx`` as it is before anything has run."""
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
        "stash": copy_data(invocation.stash),
        "prev": {"result": invocation.previous},
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
