"""What depends on data that is not known never comes out as allowed, nor as denied."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime.running import COGNITO, invocation, js, vtl

from cdk_appsync_guard.runtime.model import Info, Outcome, SourceError, UnknownData, hole
from cdk_appsync_guard.runtime.run import run

HEAD = "import { util, runtime } from '@aws-appsync/utils';\n"
REQUEST = '{"operation": "GetItem", "key": {}}'


def respond_vtl(response: str, result: Any = None, *, known: bool = False) -> Outcome:
    results = {"getPost": result} if known else {}
    request = REQUEST[:-1] + ', "version": "2018-05-29"}'
    return run(vtl(request, response, "AMAZON_DYNAMODB"), invocation(results=results))


def respond_js(body: str, result: Any = None, *, known: bool = False) -> Outcome:
    results = {"getPost": result} if known else {}
    code = (
        f"{HEAD}export function request(ctx) {{ return {REQUEST}; }}\n"
        f"export function response(ctx) {{\n{body}\n}}"
    )
    return run(js(code, "AMAZON_DYNAMODB"), invocation(results=results))


@pytest.mark.parametrize(
    ("response", "depends_on"),
    [
        ("#if($ctx.result.owner != $ctx.identity.sub)$util.unauthorized()#end 1", "ctx.result.owner"),
        ("#if($util.isNull($ctx.result))$util.unauthorized()#end 1", "ctx.result"),
        ("#if(!$ctx.result.public)$util.unauthorized()#end 1", "ctx.result.public"),
        ('#if(!$ctx.result.editors.contains("a"))$util.unauthorized()#end 1', 'ctx.result.editors.contains("a")'),
        ("#set($ok = false)#foreach($e in $ctx.result.editors)#if($e == $ctx.identity.sub)#set($ok = true)#end#end#if(!$ok)$util.unauthorized()#end 1", "ctx.result.editors"),
        ('#foreach($e in $ctx.result.editors)#if($e == "x")$util.unauthorized()#end#end 1', "ctx.result.editors"),
        ("#set($n = 0)#foreach($e in $ctx.result.editors)#set($n = $n + 1)#end#if($n > 5)$util.unauthorized()#end 1", "ctx.result.editors"),
        ("#set($l = [])#foreach($e in $ctx.result.editors)$util.qr($l.add($e))#end#if($l.size() > 5)$util.unauthorized()#end 1", "ctx.result.editors"),
        ('#set($o = "$ctx.result.a::$ctx.result.b")#if($o != "x::y")$util.unauthorized()#end 1', '"${ctx.result.a}::${ctx.result.b}"'),
        ('#set($m = {"owner": "sub-1"})$util.qr($m.putAll($ctx.result))#if($m.owner != "sub-1")$util.unauthorized()#end 1', "ctx.result.owner"),
        ("#set($r = $util.parseJson($ctx.result.text))#if($r.a != 1)$util.unauthorized()#end 1", "util.parseJson(ctx.result.text).a"),
        ("#if($ctx.result.count > 3)$util.unauthorized()#end 1", "ctx.result.count > 3"),
        ('#if($util.defaultIfNull($ctx.result.owner, "sub-1") != "sub-1")$util.unauthorized()#end 1', "ctx.result.owner"),
    ],
)  # fmt: skip
def test_template_that_asks_the_item_is_undecided(response: str, depends_on: str) -> None:
    outcome = respond_vtl(response)

    assert (outcome.kind, depends_on in outcome.depends_on) == ("undecided", True)
    assert {branch.outcome.kind for branch in outcome.branches} == {"allowed", "denied"}


@pytest.mark.parametrize(
    "body",
    [
        "if (ctx.result?.owner !== ctx.identity.sub) util.unauthorized(); return ctx.result;",
        "if (!ctx.result) { util.unauthorized(); } return 1;",
        "const { owner } = ctx.result ?? {}; if (owner !== 'a') util.unauthorized(); return 1;",
        "if (![ctx.result?.owner].includes('a')) util.unauthorized(); return 1;",
        "if (!['a'].includes(ctx.result?.owner)) util.unauthorized(); return 1;",
        "if (!(ctx.result?.tags ?? []).some((t) => t === 'a')) util.unauthorized(); return 1;",
        "for (const t of ctx.result?.tags ?? []) { if (t === 'x') util.unauthorized(); } return 1;",
        "let n = 0; for (const t of ctx.result?.tags ?? []) { n += 1; } if (n > 9) util.unauthorized(); return 1;",
        "const l = (ctx.result?.tags ?? []).map((t) => t); if (l.length > 9) util.unauthorized(); return 1;",
        "const l = []; (ctx.result?.tags ?? []).forEach((t) => l.push(t)); if (l.length > 9) util.unauthorized(); return 1;",
        "switch (ctx.result?.kind) { case 'a': return 1; default: util.unauthorized(); } return 1;",
        "const o = `${ctx.result?.a}-b`; if (o !== 'a-b') util.unauthorized(); return 1;",
        "if (typeof ctx.result?.a === 'string') util.unauthorized(); return 1;",
        "if (Object.keys(ctx.result ?? {}).length > 3) util.unauthorized(); return 1;",
        "if (JSON.stringify(ctx.result) === '{}') util.unauthorized(); return 1;",
        "const o = { owner: 'a', ...ctx.result }; if (o.owner !== 'a') util.unauthorized(); return 1;",
        "if (ctx.result?.n > 3) util.unauthorized(); return 1;",
        "return ctx.result?.ok ? 1 : util.unauthorized();",
        "ctx.result?.ok || util.unauthorized(); return 1;",
        "ctx.result?.bad && util.unauthorized(); return 1;",
        "if (util.matches('a.*', ctx.result?.owner ?? '')) util.unauthorized(); return 1;",
    ],
)
def test_module_that_asks_the_item_is_undecided(body: str) -> None:
    outcome = respond_js(body)

    assert outcome.kind == "undecided"
    assert {"allowed", "denied"} <= {branch.outcome.kind for branch in outcome.branches}


def test_item_that_is_given_decides() -> None:
    response = "#if($ctx.result.owner != $ctx.identity.sub)$util.unauthorized()#end 1"

    own = respond_vtl(response, {"owner": "sub-1"}, known=True)
    another = respond_vtl(response, {"owner": "sub-2"}, known=True)

    assert (own.kind, another.kind) == ("allowed", "denied")


def test_reason_says_when_it_is_denied() -> None:
    outcome = respond_vtl("#if($ctx.result.owner != $ctx.identity.sub)$util.unauthorized()#end 1")

    assert outcome.reason == (
        'allowed if `ctx.result.owner` is not null and `ctx.result.owner` == "sub-1"; else denied'
    )


def test_identity_may_be_unknown_in_parts() -> None:
    identity = {"sub": "s", "claims": UnknownData("ctx.identity.claims", nullable=False)}
    text = '#if(!$ctx.identity.claims.get("custom:admin"))$util.unauthorized()#end{}'

    outcome = run(vtl(text), invocation(COGNITO, identity=identity))

    assert "ctx.identity.claims.custom:admin" in outcome.depends_on


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        ("arn:aws:sts::1:group/Other/x", "denied"),
        (f"arn:aws:sts::1:group/{hole('Role')}/x", "allowed"),
        (f"arn:aws:sts::1:group/{hole('OtherRole')}/x", "undecided"),
        (f"arn:aws:sts::1:group/{hole('OtherRole')}/y", "denied"),
    ],
)
def test_text_with_a_hole_equals_what_it_may_be(known: str, kind: str) -> None:
    wanted = f"arn:aws:sts::1:group/{hole('Role')}/x"
    text = (
        f'#if($ctx.identity.userArn != "{wanted}")$util.unauthorized()#end{{"operation": "Invoke"}}'
    )
    if kind == "denied" and hole("OtherRole") not in known:
        known = "arn:aws:iam::1:user/x"

    outcome = run(vtl(text), invocation("AWS_IAM", identity={"userArn": known}))

    assert outcome.kind == kind


def test_old_template_version_does_not_run_the_response_on_null() -> None:
    request = '{"version": "2017-02-28", "operation": "GetItem", "key": {}}'
    response = "#if($util.isNull($ctx.result))$util.unauthorized()#end 1"

    outcome = run(vtl(request, response, "AMAZON_DYNAMODB"), invocation())

    assert outcome.kind == "allowed"


@pytest.mark.parametrize(("version", "kind"), [("2017-02-28", "failed"), ("2018-05-29", "allowed")])
def test_error_of_the_data_source_is_raised_by_the_old_version_only(
    version: str, kind: str
) -> None:
    request = f'{{"version": "{version}", "operation": "GetItem", "key": {{}}}}'
    error = SourceError("gone", "DynamoDB:AmazonDynamoDBException")

    outcome = run(
        vtl(request, "$util.toJson($ctx.result)", "AMAZON_DYNAMODB"),
        invocation(results={"getPost": error}),
    )

    assert outcome.kind == kind


def test_denial_after_a_write_says_so() -> None:
    request = '{"version": "2018-05-29", "operation": "PutItem", "key": {}, "attributeValues": {}}'

    outcome = run(vtl(request, "$util.unauthorized()", "AMAZON_DYNAMODB"), invocation())

    assert (outcome.kind, outcome.wrote) == ("denied", True)


def test_request_without_operation_fails() -> None:
    outcome = run(vtl("{}", "1", "AMAZON_DYNAMODB"), invocation())

    assert outcome.errors[0].message == "Value for field '$[operation]' not found."


# Generated code: whatever is said with the item unknown holds with every item.

NAMES = st.sampled_from(["owner", "kind", "tags", "count"])
ITEMS = st.one_of(
    st.none(),
    st.dictionaries(
        NAMES,
        st.one_of(
            st.sampled_from(["a", "b", "", 0, 1, 5, True, False, None]),
            st.lists(st.sampled_from(["a", "b", 1]), max_size=4),
        ),
        max_size=4,
    ),
)


def _tests(member: str, sign: str) -> st.SearchStrategy[str]:
    value = st.sampled_from(['"a"', '"b"', "1", "true"])
    return st.one_of(
        st.builds(lambda name, other: f"{member}{name} {sign} {other}", NAMES, value),
        st.builds(lambda name: f"{member}{name}", NAMES),
        st.builds(lambda name: f"!{member}{name}", NAMES),
    )


def _combined(tests: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        tests,
        st.builds(lambda a, b: f"({a}) && ({b})", tests, tests),
        st.builds(lambda a, b: f"({a}) || !({b})", tests, tests),
    )


VTL_TESTS = _combined(
    st.one_of(
        _tests("$ctx.result.", "=="),
        st.builds(lambda name: f"$util.isNull($ctx.result.{name})", NAMES),
        st.builds(lambda name: f"$util.isNullOrEmpty($ctx.result.{name})", NAMES),
        st.builds(lambda name: f"$util.isList($ctx.result.{name})", NAMES),
        st.just("$util.isNull($ctx.result)"),
        st.just("$flag"),
    )
)
JS_TESTS = _combined(
    st.one_of(
        _tests("ctx.result?.", "==="),
        st.builds(lambda name: f'typeof ctx.result?.{name} === "string"', NAMES),
        st.builds(lambda name: f"Array.isArray(ctx.result?.{name})", NAMES),
        st.builds(lambda name: f"(ctx.result?.{name} ?? null) === null", NAMES),
        st.builds(lambda name: f'["a", 1].includes(ctx.result?.{name})', NAMES),
        st.just("ctx.result"),
        st.just("flag"),
    )
)


def _statements(tests: st.SearchStrategy[str], vtl_form: bool) -> st.SearchStrategy[str]:
    if vtl_form:
        deny, mark, count = "$util.unauthorized()", "#set($flag = true)", "#set($n = $n + 1)"
        form, loop = "#if({test}){body}#end", "#foreach($x in $ctx.result.tags){body}#end"
        inner = '#if($x == "a"){body}#end'
    else:
        deny, mark, count = "util.unauthorized();", "flag = true;", "n += 1;"
        form, loop = (
            "if ({test}) {{ {body} }}",
            "if (Array.isArray(ctx.result?.tags)) {{ for (const x of ctx.result.tags) {{ {body} }} }}",
        )
        inner = 'if (x === "a") {{ {body} }}'
    bodies = st.sampled_from([deny, mark, count, deny])
    plain = st.builds(lambda test, body: form.format(test=test, body=body), tests, bodies)
    looped = st.builds(
        lambda body: loop.format(body=inner.format(body=body)), st.sampled_from([deny, mark, count])
    )
    return st.lists(st.one_of(plain, plain, looped), min_size=1, max_size=4).map("\n".join)


VTL_CODE = _statements(VTL_TESTS, vtl_form=True).map(
    lambda text: f"#set($flag = false)#set($n = 0)\n{text}\n#if($n > 2)$util.unauthorized()#end\n1"
)
JS_CODE = _statements(JS_TESTS, vtl_form=False).map(
    lambda text: (
        f"let flag = false; let n = 0;\n{text}\nif (n > 2) {{ util.unauthorized(); }}\nreturn 1;"
    )
)


@pytest.mark.slow
@settings(max_examples=60)
@given(VTL_CODE, st.lists(ITEMS, min_size=1, max_size=5))
def test_what_is_said_of_a_generated_template_holds_for_every_item(
    text: str, items: list[Any]
) -> None:
    outcome = respond_vtl(text)

    for item in items:
        _check(outcome, respond_vtl(text, item, known=True))


@pytest.mark.slow
@settings(max_examples=60)
@given(JS_CODE, st.lists(ITEMS, min_size=1, max_size=5))
def test_what_is_said_of_a_generated_module_holds_for_every_item(
    body: str, items: list[Any]
) -> None:
    outcome = respond_js(body)

    for item in items:
        _check(outcome, respond_js(body, item, known=True))


def _check(unknown: Outcome, known: Outcome) -> None:
    if known.kind == "undecided":
        return
    if unknown.kind != "undecided":
        assert known.kind == unknown.kind
    elif unknown.branches and "more unknown" not in unknown.reason:
        assert known.kind in {branch.outcome.kind for branch in unknown.branches}


def test_caller_of_another_type_is_told_by_the_info() -> None:
    outcome = run(vtl("$util.unauthorized()"), invocation(info=Info("createPost", "Mutation")))

    assert outcome.errors[0].message == "Not Authorized to access createPost on type Mutation"
