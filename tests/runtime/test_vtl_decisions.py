"""The decisions of Amplify's own engine on templates that Amplify generates.

``tests/cases/vtl.jsonl``: templates, a context, and whether ``unauthorized()`` fired.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown
from cdk_appsync_guard.runtime.model import Info, Invocation
from cdk_appsync_guard.runtime.pipeline import new_context
from cdk_appsync_guard.runtime.vtl.evaluate import render
from cdk_appsync_guard.runtime.vtl.parse import parse_template
from cdk_appsync_guard.runtime.vtl.template import Template

CASES = Path(__file__).parent.parent / "cases" / "vtl.jsonl"


def _cases() -> list[Any]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


@pytest.mark.slow
@pytest.mark.parametrize("recorded", _cases())
def test_a_template_decides_as_amplifys_engine_does(recorded: dict[str, Any]) -> None:
    case = recorded["case"]
    given = case["context"]
    machine = Machine(
        Invocation(
            case["authType"],
            given["identity"],
            Info(given["info"]["fieldName"], given["info"]["parentTypeName"]),
            given["arguments"],
            given["source"],
        )
    )
    context = new_context(machine.invocation)
    context.update({name: given[name] for name in ("result", "prev", "stash")})
    try:
        rendered: Any = render(machine, Template(parse_template(case["template"])), context)
        decision = {"unauthorized": False, "result": rendered.value, "stash": context["stash"]}
    except Thrown as thrown:
        decision = {"unauthorized": thrown.kind == "denied"}
    except Stopped as stopped:
        pytest.fail(stopped.reason)

    answer = recorded["answer"]
    expected = {"unauthorized": answer["unauthorized"]}
    if not answer["unauthorized"]:
        expected |= {"result": answer["result"], "stash": answer["stash"]}
    assert (decision, machine.told.asked) == (expected, [])
