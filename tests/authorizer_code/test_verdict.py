"""What the code of an authorizer tells, in both languages and in the forms that people write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.authorizer_code.javascript_outline import outline_javascript
from cdk_appsync_guard.authorizer_code.python_outline import outline_python
from cdk_appsync_guard.authorizer_code.source import Source
from cdk_appsync_guard.authorizer_code.verdict import Verdict, judge
from cdk_appsync_guard.template.source.read import Place, SourceFile


def verdict(text: str, language: str) -> Verdict:
    place = Place(SourceFile("index", text))
    if language == "py":
        outline = outline_python(text)
    else:
        outline = outline_javascript(text, typescript=language == "ts")
    return judge(Source(outline, "handler", place, False, "" if outline else "it does not parse"))


PYTHON = [
    ("def handler(e, c):\n  return {'isAuthorized': True}", "always"),
    ("def handler(e, c):\n  return {'isAuthorized': False}", "never"),
    ("def handler(e, c):\n  return dict(isAuthorized=False)", "never"),
    ("def handler(e, c):\n  return {'isAuthorized': e['authorizationToken'] == 'x'}", "some"),
    ("def handler(e, c):\n  return {'isAuthorized': True if e else False}", "some"),
    ("R = {'isAuthorized': False}\ndef handler(e, c):\n  return R", "never"),
    (
        "def handler(e, c):\n  r = {'isAuthorized': False}\n  if e: r['isAuthorized'] = True\n  return r",
        "some",
    ),
    ("def handler(e, c):\n  r = {'isAuthorized': False}\n  check(r)\n  return r", "some"),
    (
        "def handler(e, c):\n  r = {'isAuthorized': False}\n  s = r\n  s['isAuthorized'] = True\n  return r",
        "some",
    ),
    ("def handler(e, c):\n  r = {}\n  r.update({'isAuthorized': False})\n  return r", "never"),
    ("def handler(e, c):\n  r = {'isAuthorized': False}\n  r |= more()\n  return r", "some"),
    ("def deny():\n  return {'isAuthorized': False}\ndef handler(e, c):\n  return deny()", "never"),
    ("def handler(e, c):\n  if not e: raise Exception()\n  return {'isAuthorized': True}", "some"),
    ("def handler(e, c):\n  verify(e)\n  return {'isAuthorized': True}", "some"),
    ("def handler(e, c):\n  print(e)\n  return {'isAuthorized': True}", "always"),
    ("def handler(e, c):\n  return {'principalId': 'x', 'policyDocument': {}}", "gateway"),
    ("def handler(e, c):\n  return {'authorized': True}", "missing"),
    ("def handler(e, c):\n  return {**base, 'a': 1}", "some"),
    ("def handler(e, c):\n  return {}", "missing"),
    ("def handler(e, c):\n  return load(e)", ""),
    ("def handler(e, c):\n  pass", "never"),
    ("handler = make()", ""),
    ("def handler(e, c):\n  print 'x'", ""),
    ("def handler(e, c):\n  return AppSyncAuthorizerResponse(authorize=True).asdict()", "some"),
    ("def handler(e, c):\n  return AppSyncAuthorizerResponse().asdict()", "never"),
    (
        "async def handler(e, c):\n  try:\n    return {'isAuthorized': False}\n  except E:\n    return {'isAuthorized': True}",
        "some",
    ),
]
JAVASCRIPT = [
    ("exports.handler = async () => ({ isAuthorized: true });", "always"),
    ("exports.handler = async () => { return { isAuthorized: false } };", "never"),
    (
        "export const handler = async (e) => ({ isAuthorized: e.authorizationToken === 'x' });",
        "some",
    ),
    (
        "export async function handler(e) { const r = { isAuthorized: false }; if (e) r.isAuthorized = true; return r }",
        "some",
    ),
    ("exports.handler = (e, c, callback) => { callback(null, { isAuthorized: false }) };", "never"),
    (
        "const run = async () => ({ isAuthorized: false }); module.exports = { handler: run };",
        "never",
    ),
    (
        "exports.handler = async (e) => e ? { isAuthorized: true } : { isAuthorized: false };",
        "some",
    ),
    ("exports.handler = () => Promise.resolve({ isAuthorized: false });", "never"),
    (
        "exports.handler = async () => { const isAuthorized = false; return { isAuthorized } };",
        "never",
    ),
    (
        "exports.handler = async () => { let isAuthorized = false; isAuthorized = true; return { isAuthorized } };",
        "some",
    ),
    (
        "exports.handler = async (e) => { const r = { isAuthorized: false }; Object.assign(r, e); return r };",
        "some",
    ),
    (
        "exports.handler = async (e) => { const r = { isAuthorized: false }; fill(r); return r };",
        "some",
    ),
    ("exports.handler = async (e) => { throw new Error() };", "never"),
    ("exports.handler = async () => ({ principalId: 'x', policyDocument: {} });", "gateway"),
    ("exports.handler = middy(run);", ""),
    ("exports.handler = async (e) => decide(e);", ""),
    ("exports.handler = async (", ""),
]


@pytest.mark.parametrize(("text", "admits"), PYTHON)
def test_whom_python_admits(text: str, admits: str) -> None:
    assert verdict(text, "py").admits == admits


@pytest.mark.parametrize(("text", "admits"), JAVASCRIPT)
@pytest.mark.parametrize("language", ["js", "ts"])
def test_whom_javascript_admits(text: str, admits: str, language: str) -> None:
    assert verdict(text, language).admits == admits


def test_types_are_read_over() -> None:
    text = "export const handler: Handler<E, R> = async (e: E): Promise<R> => ({ isAuthorized: false } as R);"

    assert verdict(text, "ts").admits == "never"


def test_members_beside_the_answer() -> None:
    text = """\
exports.handler = async (event) => {
  console.log(event.requestContext.variables);
  const { operationName } = event.requestContext;
  return {
    isAuthorized: operationName === "A",
    deniedFields: ["Mutation.*", "Post.secret"],
    resolverContext: { a: "1", b: [1] },
    ttlOverride: -1,
  };
};"""
    found = verdict(text, "js")

    assert [entry for entry, _ in found.denied] == ["Mutation.*", "Post.secret"]
    assert found.reads == ("operationName",)
    assert found.nested == ("b", 4)
    assert found.ttl == (-1, 4)


@pytest.mark.parametrize(
    ("text", "language", "line"),
    [
        ("def handler(e, c):\n  jwt.decode(e['authorizationToken'], K)", "py", 2),
        ("def handler(e, c):\n  t = e.get('authorizationToken')\n  jwt.decode(t, K)", "py", 3),
        (
            "def handler(e, c):\n  t = e['authorizationToken'].replace('Bearer ', '')\n  jwt.decode(t)",
            "py",
            0,
        ),
        ("exports.handler = async (e) => { jwt.verify(e.authorizationToken, k) };", "js", 1),
        (
            "exports.handler = async (e) => { const t = e.authorizationToken.split(' ')[1]; jwt.verify(t, k) };",
            "js",
            0,
        ),
        (
            "exports.handler = async (e) => { if (/^Bearer /.test(e.x)) jwt.verify(e.authorizationToken, k) };",
            "js",
            0,
        ),
    ],
)
def test_token_as_it_arrives(text: str, language: str, line: int) -> None:
    assert verdict(text, language).raw_token == line


@settings(max_examples=40, deadline=None)
@given(
    st.text(alphabet="{}()[]=>:;,'\"abcdef \nreturn", max_size=120),
    st.sampled_from(["py", "js", "ts"]),
)
def test_any_text_is_read_or_not(text: str, language: str) -> None:
    assert verdict(text, language).admits in ("never", "always", "some", "missing", "gateway", "")


@pytest.mark.parametrize("language", ["py", "js"])
def test_deep_nesting_ends(language: str) -> None:
    value = "[" * 3000 + "]" * 3000
    text = {"py": f"def handler(e, c):\n  return {value}", "js": f"exports.handler = () => {value}"}

    assert verdict(text[language], language).admits in ("", "never", "some")


def test_code_of_an_asset_is_read_beside_the_template(tmp_path: Path) -> None:
    import json

    from cdk_appsync_guard import ScanOptions, scan

    function = {
        "Runtime": "nodejs22.x",
        "Handler": "src/app.handler",
        "Code": "./lambda",
        "Role": "r",
    }
    api = {
        "Name": "a",
        "AuthenticationType": "AWS_LAMBDA",
        "LambdaAuthorizerConfig": {"AuthorizerUri": {"Fn::GetAtt": ["Guard", "Arn"]}},
    }
    resources = {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
        "Guard": {"Type": "AWS::Lambda::Function", "Properties": function},
    }
    (tmp_path / "lambda" / "src").mkdir(parents=True)
    (tmp_path / "lambda" / "src" / "app.ts").write_text(
        "export const handler = async () => ({ isAuthorized: false });"
    )
    (tmp_path / "t.json").write_text(json.dumps({"Resources": resources}))
    report = scan([str(tmp_path / "t.json")], ScanOptions(select=("authorizer-never-admits",)))

    assert [Path(one.location.file).name for one in report.findings] == ["app.ts"]
