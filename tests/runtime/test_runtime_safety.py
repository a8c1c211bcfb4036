"""Code that means harm ends within limits, and reaches nothing: undecided with the reason."""

from __future__ import annotations

import builtins
import os
import socket
import subprocess
from typing import Any, NoReturn

import pytest
from runtime.running import invocation, js, run_js, run_vtl

from cdk_appsync_guard.runtime.machine import MOST_CHARACTERS, MOST_STEPS
from cdk_appsync_guard.runtime.model import UnknownData
from cdk_appsync_guard.runtime.run import MOST_STEPS_IN_ALL, run

PYTHON_NAMES = (
    "__class__",
    "__dict__",
    "__globals__",
    "__init__",
    "__mro__",
    "__subclasses__",
    "__getattribute__",
    "__builtins__",
    "__reduce__",
    "mro",
    "func_globals",
    "gi_frame",
    "f_back",
    "f_locals",
    "machine",
    "step",
)
PYTHON_METHODS = ("format", "__class__", "__subclasses__", "encode", "mro", "join", "keys", "items", "pop", "clear2", "update")  # fmt: skip
JAVA_NAMES = ("getClass", "class", "forName", "getClassLoader", "newInstance", "exec", "getRuntime", "invoke", "wait", "notify")  # fmt: skip
JS_NAMES = (
    "Function",
    "eval",
    "globalThis",
    "window",
    "self",
    "process",
    "require",
    "module",
    "fetch",
    "XMLHttpRequest",
    "WebAssembly",
    "Proxy",
    "Reflect",
    "Symbol",
    "Promise",
    "setTimeout",
    "setInterval",
    "queueMicrotask",
    "Date",
    "RegExp",
    "Map",
    "WeakRef",
    "SharedArrayBuffer",
    "Atomics",
    "importScripts",
    "Deno",
    "Bun",
    "std",
    "os",
    "scriptArgs",
    "print",
    "load",
    "arguments",
    "structuredClone",
    "Intl",
    "BigInt",
    "Error",
)
JS_MEMBERS = ("constructor", "__proto__", "prototype", "__defineGetter__", "__lookupGetter__", "caller", "callee")  # fmt: skip
TARGETS = ("ctx", "ctx.identity", "ctx.identity.sub", "ctx.identity.groups", "util", "(() => 1)", "[]", "''", "0")  # fmt: skip
EXPLODING = ("(a+)+$", "(a*)*b", "(a|aa)+$", "(a|a?)+$", "(.*a){12}", "([a-zA-Z]+)*$", "(a+){10}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "((a{1,20}){1,10})+b")  # fmt: skip
UNSUPPORTED = ("(?=a)a", "(?<!a)b", "(a)\\1", "a++", "(?>a)", "a{99999}", "(a{200}){200}", "[a&&b]", "\\p{L}", "(", ")", "[", "a{", "*", "(?<n>a)")  # fmt: skip


def _vtl_python() -> list[str]:
    members = [f"$ctx.identity.username.{name}" for name in PYTHON_NAMES]
    members += [f"$ctx.identity.groups.{name}" for name in PYTHON_NAMES]
    members += [f"$util.{name}" for name in PYTHON_NAMES]
    calls = [f"$ctx.identity.username.{name}()" for name in PYTHON_METHODS]
    calls += [f"$ctx.identity.groups.{name}()" for name in PYTHON_METHODS if name != "clear2"]
    calls += [f"$ctx.{name}()" for name in JAVA_NAMES]
    return members + calls


VTL_BOMBS = {
    "endless range": "#foreach($i in [1..999999999])#end",
    "nested loops": "#foreach($a in [1..2000])#foreach($b in [1..2000])#foreach($c in [1..2000])x#end#end#end",
    "list that grows": "#set($l = [1])#foreach($i in [1..60])$util.qr($l.addAll($l))#end",
    "string that grows": '#set($s = "aaaaaaaaaa")#foreach($i in [1..60])#set($s = "$s$s")#end',
    "string by plus": '#set($s = "aaaaaaaaaa")#foreach($i in [1..60])#set($s = $s + $s)#end',
    "string by concat": '#set($s = "aaaaaaaaaa")#foreach($i in [1..60])#set($s = $s.concat($s))#end',
    "string by replace": '#set($s = "aaaaaaaaaa")#foreach($i in [1..60])#set($s = $s.replace("a", "aaaaaaaaaa"))#end',
    "string by pattern": '#set($s = "aaaaaaaaaa")#foreach($i in [1..60])#set($s = $s.replaceAll("a", "aaaaaaaaaa"))#end',
    "number that grows": "#set($n = 99)#foreach($i in [1..60])#set($n = $n * $n)#end",
    "map in itself": '#set($m = {})$util.qr($m.put("m", $m))$util.toJson($m)',
    "map in itself printed": '#set($m = {})$util.qr($m.put("m", $m))$m',
    "map in itself compared": '#set($m = {})$util.qr($m.put("m", $m))#set($n = {})$util.qr($n.put("m", $n))#if($m == $n)1#end',
    "list in itself": "#set($l = [])$util.qr($l.add($l))$util.toJson($l)",
    "list in itself typed": "#set($l = [])$util.qr($l.add($l))$util.dynamodb.toDynamoDBJson($l)",
    "shared parts": '#set($m = {"a": 1})#foreach($i in [1..60])#set($m = {"a": $m, "b": $m})#end$util.toJson($m)',
    "shared lists": "#set($l = [1])#foreach($i in [1..60])#set($l = [$l, $l])#end$l",
    "shared maps compared": '#set($a = {"k": 1})#set($b = {"k": 1})#foreach($i in [1..60])#set($a = {"k": $a, "l": $a})#set($b = {"k": $b, "l": $b})#end#if($a == $b)1#end',
    "deep brackets": "#set($a = " + "[" * 5000 + "]" * 5000 + ")",
    "deep parentheses": "#if(" + "(" * 5000 + "true" + ")" * 5000 + ")#end",
    "deep negation": "#if(" + "!" * 5000 + "true)#end",
    "deep maps": "#set($a = " + '{"a":' * 3000 + "1" + "}" * 3000 + ")",
    "deep calls": "$a" + ".b($a" * 2000 + ")" * 2000,
    "deep blocks": "#if(true)" * 3000 + "#end" * 3000,
    "deep strings": '#set($a = "' + "$a.b('" * 300 + "')" * 300 + '")',
    "nested alternatives": "#set($x = " + "[$a.b(" * 300 + "1" + ")]" * 300 + ")",
    "many members": "$a" + ".b" * 30000,
    "many indexes": "$ctx.args" + '["b"]' * 5000,
    "huge template": "x" * 200_000,
    "many unknown values": "".join(f"#if($ctx.args.a{n})x#end" for n in range(60)),
    "many loops": "#foreach($a in $ctx.args.a)#foreach($b in $ctx.args.b)#foreach($c in $ctx.args.c)#foreach($d in $ctx.args.d)#if($a.x && $b.x && $c.x && $d.x)$util.unauthorized()#end#end#end#end#end",
    "appended errors": '#foreach($a in [1..4000])#foreach($b in [1..4000])$util.appendError("x")#end#end',
    "long name": "#set($x = $ctx.args)" + "#set($x = $x.get($x))" * 400 + "$x",
    "changes": "#foreach($i in [1..4000])$util.qr($ctx.args.list.add(1))#end#if($ctx.args.list.size() > 3)1#end",
    "markers": '{"a": "\ue0000\ue000"}$ctx.args.x',
    "holes": '#set($x = "\ue001\ue002\ue001")#if($x == "\ue001")$util.unauthorized()#end',
    "json digits": "$util.toJson($util.parseJson('" + "9" * 5000 + "'))",
    "json depth": "$util.toJson($util.parseJson('" + "[" * 20000 + "]" * 20000 + "'))",
}  # fmt: skip
JS_BOMBS = {
    "recursion": "const f = () => f(); return f();",
    "mutual recursion": "const f = () => g(); const g = () => f(); return f();",
    "callback recursion": "const f = (x) => [1].map(f); return f(1);",
    "array that grows": "const a = [1]; for (const x of a) { a.push(...a); } return a;",
    "array in callback": "const a = [1]; a.forEach((x) => a.push(x)); return a;",
    "doubling": "let a = [1]; " + "a = a.concat(a); " * 40 + "return a;",
    "doubling text": "let a = 'aaaaaaaa'; " + "a = a + a; " * 60 + "return a;",
    "doubling template": "let a = 'aaaaaaaa'; " + "a = `${a}${a}`; " * 60 + "return a;",
    "doubling join": "let a = 'aaaaaaaa'; " + "a = [a, a].join(a); " * 60 + "return a;",
    "doubling replace": "let a = 'aaaaaaaa'; " + "a = a.replaceAll('a', 'aaaaaaaa'); " * 30 + "return a;",
    "doubling json": "let a = 'x'; " + "a = JSON.stringify([a, a]); " * 40 + "return a;",
    "shared parts": "let a = {}; " + "a = { a, b: a }; " * 60 + "return a;",
    "shared parts as json": "let a = {}; " + "a = { a, b: a }; " * 60 + "return JSON.stringify(a);",
    "shared arrays as text": "let a = [1]; " + "a = [a, a]; " * 60 + "return `${a}`;",
    "object in itself": "const a = {}; a.a = a; return a;",
    "object in itself as json": "const a = {}; a.a = a; return JSON.stringify(a);",
    "array in itself": "const a = []; a.push(a); return `${a}`;",
    "flat array in itself": "const a = []; a.push(a); return a.flat(99);",
    "nested iterations": "const a = [1,2,3,4,5,6,7,8,9,10]; return a.map(() => a.map(() => a.map(() => a.map(() => a.map(() => a.map(() => 1))))));",
    "huge number": "return 9 ** 9 ** 9;",
    "long number": "return " + "9" * 20000 + ";",
    "deep parentheses": "return " + "(" * 3000 + "1" + ")" * 3000 + ";",
    "deep arrays": "return " + "[" * 3000 + "]" * 3000 + ";",
    "deep members": "return ctx" + ".a" * 3000 + ";",
    "deep negation": "return " + "!" * 3000 + "1;",
    "deep conditions": "return " + "1 ? 2 : " * 2000 + "3;",
    "long sums": "return " + "1 + " * 3000 + "1;",
    "deep blocks": "{" * 3000 + "}" * 3000,
    "deep functions": "return " + "() => " * 2000 + "1;",
    "many unknown values": " ".join(f"if (ctx.args.a{n}) {{ ctx.stash.a{n} = 1; }}" for n in range(60)),
    "huge module": "// " + "x" * 200_000,
    "setter in a prototype": "ctx.__proto__.polluted = 1; return 1;",
    "prototype in a literal": "return { __proto__: { a: 1 } };",
    "computed constructor": "return (() => 1)['constructor']('return 1')();",
    "computed in parts": "return ''['con' + 'structor']['con' + 'structor']('return 1')();",
    "proto by assign": "return Object.assign({}, JSON.parse('{\"__proto__\": {\"a\": 1}}')).__proto__;",
    "tagged template": "return String.raw`x`;",
    "getter": "return { get a() { return 1; } };",
    "method with this": "return { a() { return this; } };",
    "spread of much": "const a = [1]; " + "a.push(...a, ...a); " * 14 + "return a;",
    "dynamic import": "return import('fs');",
    "import meta": "return import.meta;",
    "label": "a: { break a; }",
    "with": "with (ctx) { }",
    "unicode escape": "return '\\u{110000}';",
    "null character": "return '\0';",
    "lone surrogate": "return '\\ud800';",
    "markers": "return `\ue0000\ue000${ctx.args.x}`;",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("the code has reached the outside")

    run_js("return 1;")  # what is loaded late is loaded
    for module, name in (
        (os, "system"),
        (os, "listdir"),
        (os, "getenv"),
        (subprocess, "Popen"),
        (socket, "socket"),
        (builtins, "open"),
        (builtins, "eval"),
        (builtins, "exec"),
    ):
        monkeypatch.setattr(module, name, refuse)


UNKNOWN: dict[str, Any] = {"arguments": UnknownData("ctx.args", nullable=False, kind="map")}


@pytest.mark.parametrize("text", _vtl_python())
def test_template_reaches_no_object_of_python_or_java(text: str) -> None:
    outcome = run_vtl(text)

    assert outcome.kind == "undecided"
    assert outcome.reason != ""


@pytest.mark.slow
@pytest.mark.parametrize("text", VTL_BOMBS.values(), ids=VTL_BOMBS)
def test_template_ends_within_limits(text: str) -> None:
    outcome = run_vtl(text, **UNKNOWN)

    assert outcome.kind != "denied"
    assert outcome.reason != "" or outcome.kind in ("allowed", "failed")


@pytest.mark.parametrize("name", JS_NAMES)
def test_module_has_no_name_of_an_engine(name: str) -> None:
    read, called = run_js(f"return {name};"), run_js(f"return {name}('x');")

    assert (read.kind, called.kind) == ("undecided", "undecided")
    assert name in read.reason


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("member", JS_MEMBERS)
def test_module_reaches_no_prototype(target: str, member: str) -> None:
    outcome = run_js(f"return {target}.{member}.{member}('return 1')();")

    assert outcome.kind in ("undecided", "failed")
    assert outcome.reason != ""


@pytest.mark.slow
@pytest.mark.parametrize("body", JS_BOMBS.values(), ids=JS_BOMBS)
def test_module_ends_within_limits(body: str) -> None:
    outcome = run_js(body, **UNKNOWN)

    assert outcome.kind != "denied"
    assert outcome.reason != "" or outcome.kind == "allowed"


@pytest.mark.slow
@pytest.mark.parametrize("pattern", EXPLODING)
def test_pattern_does_not_explode(pattern: str) -> None:
    text = "a" * 400 + "!"

    template = run_vtl(f'#if($util.matches("{pattern.replace("$", "")}", "{text}"))1#else 2#end')
    module = run_js(f"return util.matches('{pattern}', '{text}');")

    assert {template.kind, module.kind} <= {"allowed", "undecided"}


@pytest.mark.parametrize("pattern", UNSUPPORTED)
def test_pattern_that_is_not_supported_is_undecided(pattern: str) -> None:
    outcome = run_js(f"return util.matches({pattern!r}, 'aaa');")

    assert (outcome.kind, "the pattern" in outcome.reason) == ("undecided", True)


@pytest.mark.parametrize(
    "text",
    ["import fs from 'fs';", "import 'x';", "import { a } from './a.js';", "export * from 'fs';", "export default 1;"],
)  # fmt: skip
def test_module_imports_nothing(text: str) -> None:
    code = f"{text}\nexport function request(ctx) {{ return {{}}; }}\nexport function response(ctx) {{ return 1; }}"

    outcome = run(js(code), invocation())

    assert outcome.kind == "undecided" or text.startswith("export")


def test_limits_are_small_enough_to_be_reached_in_a_second_or_two() -> None:
    assert (MOST_STEPS, MOST_CHARACTERS, MOST_STEPS_IN_ALL) == (60_000, 2_000_000, 150_000)
