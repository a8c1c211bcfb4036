"""What APPSYNC_JS means: not quite JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from runtime.running import invocation, js, run_js

from cdk_appsync_guard.runtime.model import Code, Outcome, Pipeline, Step, UnknownData
from cdk_appsync_guard.runtime.run import run

HEAD = (
    "import { util, runtime, extensions } from '@aws-appsync/utils';\n"
    "import * as ddb from '@aws-appsync/utils/dynamodb';\n"
)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("return 1 + 2 * 3;", 7),
        ("return '1' + 2;", "12"),
        ("return 7 / 2;", 3.5),
        ("return 0.1 + 0.2 > 0.3;", True),
        ("return [1, 2, 3].map((x) => x * 2).filter((x) => x > 2);", [4, 6]),
        ("return [1, 2, 3].reduce((a, b) => a + b, 0);", 6),
        ("const { a, b: { c = 5 } = {}, ...rest } = { a: 1, d: 2 }; return [a, c, rest];", [1, 5, {"d": 2}]),
        ("const [x, y = 2, ...z] = [1]; return [x, y, z];", [1, 2, []]),
        ("let t = 0; for (const n of [1, 2, 3]) { t += n; } return t;", 6),
        ("const o = []; for (const k in { a: 1, b: 2 }) { o.push(k); } return o;", ["a", "b"]),
        ("let r = 'x'; switch (2) { case 1: r = 'a'; break; case 2: r = 'b'; case 3: r += 'c'; break; default: r = 'd'; } return r;", "bc"),
        ("return ctx.nothing?.a.b.c ?? 'none';", "none"),
        ("return ctx.nothing?.a();", None),
        ("function twice(n) { return n * 2; } return twice(4);", 8),
        ("const f = (a, ...b) => b.length; return f(1, 2, 3);", 2),
        ("return `a${1 + 1}b`;", "a2b"),
        ("return { ...{ a: 1 }, b: 2, ['c']: 3, 'd-e': 4 };", {"a": 1, "b": 2, "c": 3, "d-e": 4}),
        ("return [...[1], 2];", [1, 2]),
        ("return typeof undefined + typeof null + typeof [] + typeof 'x' + typeof 1;", "undefinedobjectobjectstringnumber"),
        ("return [null == undefined, null === undefined, 1 == 1];", [True, False, True]),
        ("return [!'', !0, !NaN, ![], !{}];", [True, True, True, False, False]),
        ("return JSON.parse('not json');", ""),
        ("return JSON.stringify({ a: undefined, b: null, c: [undefined] });", '{"b":null,"c":[null]}'),
        ("return 'a.b.c'.replaceAll('[.]', '-');", "a-b-c"),
        ("return 'aab'.replace('a', 'x');", "xab"),
        ("return 'a-b'.split('-');", ["a", "b"]),
        ("return 'Hello'.slice(1, -1) + 'Hello'.substring(3, 1);", "ellel"),
        ("return Object.entries({ a: 1 });", [["a", 1]]),
        ("return Object.keys(Object.assign({}, { a: 1 }, { b: 2 }));", ["a", "b"]),
        ("return [3, 1, 2].sort();", [1, 2, 3]),
        ("return [Math.max(1, 2), Math.round(2.5), Math.floor(-1.5)];", [2, 3, -2]),
        ("return [[1, [2]], [3]].flat();", [1, [2], 3]),
        ("const o = { a: 1 }; delete o.a; return o;", {}),
        ("let x = 1; x += 2; x *= 3; return x;", 9),
        ("return util.authType();", "User Pool Authorization"),
        ("return ctx.identity.groups.includes('Editors');", True),
        ("return util.matches('^E.*s$', ctx.identity.groups[0]);", True),
        ("return util.dynamodb.toMapValues({ a: 'x', b: 1 });", {"a": {"S": "x"}, "b": {"N": 1}}),
        ("console.log('x'); return 1;", 1),
        ("return (1, 2);", 2),
        ("return 5 & 3 | 8;", 9),
        ("return '\\u0041\\n';", "A\n"),
        ("return 1_000 + 0x10;", 1016),
        ("ctx.stash.a = 1; ctx.args.b = 2; return [ctx.stash, ctx.args.b];", [{"a": 1}, 2]),
    ],
)  # fmt: skip
def test_value(body: str, value: Any) -> None:
    outcome = run_js(body)

    assert (outcome.kind, outcome.value, outcome.reason) == ("allowed", value, "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("util.unauthorized();", "denied"),
        ("util.error('no', 'Custom');", "failed"),
        ("return ctx.identity.nothing.more;", "failed"),
        ("const a = 1; a = 2;", "failed"),
        ("ctx.nothing();", "failed"),
        ("runtime.earlyReturn();", "failed"),
        ("runtime.earlyReturn(null);", "failed"),
        ("util.appendError('no'); return 1;", "allowed"),
    ],
)
def test_end(body: str, kind: str) -> None:
    assert run_js(body).kind == kind


def test_api_key_has_no_identity() -> None:
    read = run_js("return ctx.identity.sub;", "API_KEY")
    asked = run_js("return ctx.identity?.sub ?? 'none';", "API_KEY")

    assert (read.kind, read.errors[0].error_type, asked.value) == ("failed", "Code", "none")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("while (true) {}", "`while`"),
        ("for (let i = 0; i < 3; i += 1) {}", "a `for` with a counter"),
        ("let i = 0; i++;", "`++` or `--`"),
        ("try { a(); } catch (e) {}", "`try`"),
        ("throw 'x';", "`throw`"),
        ("return /x/;", "a regular expression literal"),
        ("return new Date();", "`new`"),
        ("return 'a' in ctx;", "`in`"),
        ("return ~1;", "`~`"),
        ("class A {}", "a class"),
        ("return this;", "`this`"),
        ("const f = async () => 1;", "`async`"),
        ("return Date.now();", "`Date`"),
        ("return util.isNull(1);", "`util.isNull`"),
        ("return util.nothing();", "`util.nothing`"),
        ("return [].toSorted();", "`.toSorted()`"),
        ("return 'a'.padStart(3);", "`.padStart()`"),
        ("return Object.freeze({});", "`Object.freeze`"),
        ("return ctx.constructor;", "`.constructor`"),
        ("return fetch('x');", "`fetch`"),
        ("return process.env;", "`process`"),
        ("return globalThis;", "`globalThis`"),
        ("return eval('1');", "`eval`"),
        ("return [1].sort((a, b) => a - b);", "`.sort()`"),
    ],
)
def test_what_is_not_there_is_undecided_with_its_name(body: str, named: str) -> None:
    outcome = run_js(body)

    assert (outcome.kind, named in outcome.reason) == ("undecided", True)


def test_effect_to_the_right_of_nullish_coalescing_is_undecided() -> None:
    outcome = run_js("const owner = ctx.identity.sub ?? util.unauthorized(); return owner;")

    assert (outcome.kind, "to the right of `??`" in outcome.reason) == ("undecided", True)


def test_call_without_effect_to_the_right_of_nullish_coalescing_is_fine() -> None:
    assert run_js("return ctx.identity.sub ?? util.autoId();").value == "sub-1"


def _pipeline(before: str, *functions: str) -> Outcome:
    outer = Code(HEAD + before, "code of Query.getPost", "js")
    steps = []
    for number, text in enumerate(functions):
        code = Code(HEAD + text, f"code of f{number}", "js")
        steps.append(Step(f"f{number}", code, code, "None", "NONE"))
    return run(
        Pipeline(outer, tuple(steps), outer, "PIPELINE", "js", "Query.getPost"), invocation()
    )


OUTER = "export const request = (ctx) => ({});\nexport const response = (ctx) => ctx.prev.result;"


def test_stash_and_results_pass_through_a_pipeline() -> None:
    outcome = _pipeline(
        OUTER,
        "export const request = (ctx) => { ctx.stash.a = 1; return { payload: 2 }; };\n"
        "export const response = (ctx) => ctx.result;",
        "export const request = (ctx) => ({ payload: [ctx.stash.a, ctx.prev.result] });\n"
        "export const response = (ctx) => ctx.result;",
    )

    assert (outcome.kind, outcome.value) == ("allowed", [1, 2])


@pytest.mark.parametrize(
    ("options", "kind"), [("", "denied"), (", { skipTo: 'NEXT' }", "denied"), (", { skipTo: 'END' }", "allowed")]
)  # fmt: skip
def test_early_return_skips_as_far_as_it_says(options: str, kind: str) -> None:
    outcome = _pipeline(
        OUTER,
        f"export const request = (ctx) => {{ runtime.earlyReturn({{ a: 1 }}{options}); }};\n"
        "export const response = (ctx) => { util.error('never runs'); };",
        "export const request = (ctx) => { util.unauthorized(); };\n"
        "export const response = (ctx) => ctx.result;",
    )

    assert outcome.kind == kind


def test_early_return_of_the_resolver_skips_its_functions() -> None:
    outcome = _pipeline(
        "export const request = (ctx) => { runtime.earlyReturn({ a: 1 }); };\n"
        "export const response = (ctx) => ctx.prev.result;",
        "export const request = (ctx) => { util.unauthorized(); };\n"
        "export const response = (ctx) => ctx.result;",
    )

    assert (outcome.kind, outcome.value) == ("allowed", {"a": 1})


def test_compiled_module_lists_its_exports() -> None:
    outcome = run(
        js(
            'import { util as u } from "@aws-appsync/utils";\n'
            "function request(ctx) { return {}; }\n"
            "var response = (ctx) => { u.unauthorized(); };\n"
            "export {\n  request,\n  response\n};\n"
            "//# sourceMappingURL=data:application/json;base64,e30=\n"
        ),
        invocation(),
    )

    assert (outcome.kind, outcome.decided_by and outcome.decided_by.line) == ("denied", 3)


def test_helpers_make_requests() -> None:
    outcome = run(
        js(
            HEAD + "export const request = (ctx) => ddb.remove({ key: { id: '1' },"
            " condition: { owner: { eq: ctx.identity.sub } } });\n"
            "export const response = (ctx) => {\n"
            "  if (ctx.error) { util.error(ctx.error.message, ctx.error.type); }\n"
            "  return ctx.result;\n};\n",
            "AMAZON_DYNAMODB",
        ),
        invocation(),
    )

    failed = next(b.outcome for b in outcome.branches if b.outcome.kind == "failed")
    assert (outcome.kind, failed.errors[0].error_type, outcome.wrote) == (
        "undecided",
        "DynamoDB:ConditionalCheckFailedException",
        True,
    )


def test_member_of_a_spread_argument_stays_unknown() -> None:
    outcome = run_js(
        "const item = { owner: 'me', ...ctx.args.input };\n"
        "if (item.owner !== 'me') { util.unauthorized(); }\nreturn item;",
        arguments={"input": UnknownData("ctx.args.input", nullable=False, kind="map")},
    )

    assert outcome.kind == "undecided"


def test_member_that_is_set_after_the_spread_is_known() -> None:
    outcome = run_js(
        "const item = { ...ctx.args.input, owner: 'me' };\n"
        "if (item.owner !== 'me') { util.unauthorized(); }\nreturn item;",
        arguments={"input": UnknownData("ctx.args.input", nullable=False, kind="map")},
    )

    assert outcome.kind == "allowed"


def test_aggregates_of_the_rds_module_are_known() -> None:
    text = (
        "import { select, createPgStatement, agg } from '@aws-appsync/utils/rds';\n"
        "export const request = (ctx) => createPgStatement(select({ from: 'a',"
        " columns: [agg.count('*'), agg.countDistinct('id')] }));\n"
        "export const response = (ctx) => ctx.result;\n"
    )

    assert run(js(text, "RELATIONAL_DATABASE"), invocation()).kind == "allowed"
