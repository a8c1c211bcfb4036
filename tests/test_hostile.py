"""Input that means harm, or is merely broken: one clear error each, and the others are judged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.reporters import github as github_report
from cdk_appsync_guard.reporters import gitlab as gitlab_report
from cdk_appsync_guard.reporters import json as json_report
from cdk_appsync_guard.reporters import junit as junit_report
from cdk_appsync_guard.reporters import markdown as markdown_report
from cdk_appsync_guard.reporters import sarif as sarif_report
from cdk_appsync_guard.reporters import text as text_report
from cdk_appsync_guard.template.inputs.parameters import read_parameters

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
GOOD = (
    "Resources: {Api: {Type: AWS::AppSync::GraphQLApi, Properties: {AuthenticationType: API_KEY}}}"
)
GOOD_FINDINGS = [("good.yaml", "api-key-missing"), ("good.yaml", "log-config-missing")]
START = '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": '
HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
CORRECT = "correct the line, or write the template as JSON"
LOOPS = "see the documentation of Fn::ForEach"
SPLIT = "CloudFormation accepts templates of at most 1 MB: split the template"
FLATTER = "flatten the data: no template needs that"
AGAIN = "run `cdk synth` again"
INSIDE = "copy the file into the folder, or scan the folder that holds both"

Files = dict[str, "str | bytes | Callable[[Path], object]"]
Expected = tuple[str, str, str]
"""Place, message and help."""


def template(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


def nested(file: str) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": file}}


def api(**properties: Any) -> dict[str, Any]:
    kind = "AWS::AppSync::GraphQLApi"
    return {"Type": kind, "Properties": {"AuthenticationType": "API_KEY", **properties}}


def schema(definition: Any) -> dict[str, Any]:
    own = {"Fn::GetAtt": ["Api", "ApiId"]}
    kind = "AWS::AppSync::GraphQLSchema"
    return {"Type": kind, "Properties": {"ApiId": own, "Definition": definition}}


def cdk_out(manifest: Any, **files: str) -> Files:
    text = manifest if isinstance(manifest, str) else json.dumps({"version": "1", **manifest})
    return {
        "cdk.out/manifest.json": text,
        **{f"cdk.out/{name}.json": content for name, content in files.items()},
    }


def stack(file: str) -> dict[str, Any]:
    kind = "aws:cloudformation:stack"
    return {"artifacts": {"S": {"type": kind, "properties": {"templateFile": file}}}}


def link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def laughs(first: str, again: str) -> str:
    levels = (f"  a{i}: &a{i} [{', '.join([again.format(i - 1)] * 9)}]" for i in range(1, 12))
    return f"{HEAD}  a0: &a0 {first}\n" + "\n".join(levels)


def _repeated(body: dict[str, Any], depth: int) -> dict[str, Any]:
    return {f"Fn::ForEach::L{depth}": [f"V{depth}", [*"abcdefghij"], body]}


BROKEN: dict[str, tuple[Mapping[str, Any], Expected]] = {
    "not UTF-8": (
        {"bad.yaml": (HEAD + "  A: {Type: 'AWS::X'} # caf").encode() + b"\xe9"},
        ("bad.yaml:3:28", "the file is not UTF-8 text: invalid UTF-8 at byte 77", "save the file as UTF-8"),
    ),
    "not JSON": (
        {"bad.json": START + "AWS::X}"},
        (
            "bad.json:1:57",
            "the file is not valid JSON: unexpected character",
            "correct the line, or synthesize the template again",
        ),
    ),
    "not YAML": (
        {"bad.yaml": HEAD + "  - a\n b: [\n"},
        ("bad.yaml:4:2", "the file is not valid YAML: did not find expected key", CORRECT),
    ),
    "anchors that explode": (
        {"bad.yaml": laughs("[lol, lol, lol]", "*a{}")},
        (
            "bad.yaml:9:32",
            "the file expands to more than 1,000,000 values",
            "use fewer aliases, or split the file",
        ),
    ),
    "an anchor in itself": (
        {"bad.yaml": HEAD + "  A: &a [*a]\n# ::"},
        ("bad.yaml:3:10", "the anchor `a` contains itself", CORRECT),
    ),
    "a short form that runs code": (
        {"bad.yaml": HEAD + "  A: !!python/object/apply:os.system [id]\n# ::"},
        (
            "bad.yaml:3:6",
            "`tag:yaml.org,2002:python/object/apply:os.system` is not a short form that CloudFormation supports",
            "short forms are `!Ref`, `!Condition` and `!` before a function's name: `!Sub`",
        ),
    ),
    "JSON nested thousands deep": (
        {"bad.json": START + '{"Type":"::","A":' * 9000},
        ("bad.json:1:1740", "the data is nested more than 100 levels deep", FLATTER),
    ),
    "YAML flow nested thousands deep": (
        {"bad.yaml": HEAD + "  A: " + "[" * 9000 + "# ::"},
        ("bad.yaml:3:104", "the data is nested more than 100 levels deep", FLATTER),
    ),
    "YAML blocks nested thousands deep": (
        {"bad.yaml": HEAD + "".join(" " * i + "a:\n" for i in range(2, 2000)) + "# ::"},
        ("bad.yaml:102:102", "the data is nested more than 100 levels deep", FLATTER),
    ),
    "a file of 50 MB": (
        {"bad.json": (START + '{"A": {"Type": "AWS::X"}}}').encode() + b" " * 50_000_000},
        ("bad.json", "the file has 50,000,082 bytes, more than the limit of 20,000,000", SPLIT),
    ),
    "millions of mappings": (
        {"bad.json": START + '{"Type": "::", "A": [' + "{}," * 1_000_000 + "{}]}}"},
        ("bad.json:1:1", "the file holds more than 1,000,000 lists and mappings", SPLIT),
    ),
    "a number that is none": (
        {"bad.json": START + '{"Type": "::", "A": ' + "9" * 5000 + "}}"},
        (
            "bad.json:1:77",
            "the file is not valid JSON: number is infinity when parsed as double",
            "correct the line, or synthesize the template again",
        ),
    ),
    "resources in a list": (
        {"bad.json": START + '[{"Type": "AWS::X"}]}'},
        (
            "bad.json:1:44",
            "`Resources` must be a mapping, not a list",
            "write `LogicalId: {Type: ..., Properties: ...}` for each resource",
        ),
    ),
    "an endless name": (
        {"bad.json": template(**{"x" * 5000: api()})},
        (
            "bad.json:1:16",
            "a name in `Resources` has 5,000 characters",
            "CloudFormation accepts names of at most 255 characters",
        ),
    ),
    "a link out of the folder": (
        {"bad.yaml": link("/etc/passwd")},
        ("bad.yaml", "`bad.yaml` is a link that leaves `{here}`", "pass the file that it leads to"),
    ),
    "a template out of the cloud assembly": (
        cdk_out(stack("../../../../etc/passwd")),
        (
            "cdk.out/../../../../etc/passwd",
            "`cdk.out/../../../../etc/passwd` is outside `{here}/cdk.out`",
            INSIDE,
        ),
    ),
    "a template at an absolute path": (
        cdk_out(stack("/etc/passwd")),
        ("/etc/passwd", "`/etc/passwd` is outside `{here}/cdk.out`", INSIDE),
    ),
    "a stage out of the cloud assembly": (
        cdk_out({"artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": ".."}}}}),
        (
            "cdk.out/manifest.json:1:32",
            "not a cloud assembly: `artifacts/S` does not name a folder inside the assembly",
            AGAIN,
        ),
    ),
    "a manifest that is broken": (
        cdk_out('{"version": "1", "artifacts": [1]}'),
        ("cdk.out/manifest.json:1:18", "not a cloud assembly: `artifacts` must be a mapping", AGAIN),
    ),
    "a stack that is missing": (
        cdk_out(stack("no.json")),
        (
            "cdk.out/no.json",
            "cannot read `cdk.out/no.json`: there is no such file or folder",
            "check the spelling of the path",
        ),
    ),
    "nested stacks in a circle": (
        {"a.json": template(B=nested("b.json")), "b.json": template(A=nested("a.json"))},
        (
            "b.json:1:16",
            "a nested stack contains itself: `a.json` in `b.json` in `a.json`",
            "use another template in the inner stack",
        ),
    ),
    "stacks nested without an end": (
        {f"{i}.json": template(N=nested(f"{i + 1}.json")) for i in range(60)} | {"60.json": template()},
        (
            "50.json:1:16",
            "stacks are nested more than 50 levels deep",
            "scan the inner templates one at a time",
        ),
    ),
    "conditions in a circle": (
        {
            "bad.yaml": "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\n"
            "Resources: {Api: {Type: AWS::AppSync::GraphQLApi, Condition: A}}"
        },
        (
            "bad.yaml:1:14",
            "cyclic reference: `A` → `B` → `A`",
            "remove one of these references",
        ),
    ),
    "conditions in an endless chain": (
        {
            "bad.json": json.dumps(
                {
                    "Conditions": {f"C{i}": {"Fn::Not": [{"Condition": f"C{i + 1}"}]} for i in range(999)},
                    "Resources": {"Api": {"Type": "AWS::AppSync::GraphQLApi", "Condition": "C0"}},
                }
            )
        },
        (
            "bad.json:1:1406",
            "functions and references are nested more than 128 levels deep",
            "shorten the chain of references",
        ),
    ),
    "loops that explode": (
        {
            "bad.json": template(
                **reduce(
                    _repeated,
                    range(9),
                    {"${V0}": api()},
                )
            )
        },
        ("bad.json", "its loops expand to more than 50,000 values", LOOPS),
    ),
    "a loop without a body": (
        {"bad.json": template(**{"Fn::ForEach::L": 1}, A=api())},
        ("bad.json:1:16", "a loop needs a list of three: identifier, collection, mapping", LOOPS),
    ),
}  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: Mapping[str, Any]) -> None:
    for name, content in {**files, "good.yaml": GOOD}.items():
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def findings_of(report: Report, file: str = "good.yaml") -> list[tuple[str, str]]:
    found = ((one.location.file, one.rule) for one in report.findings)
    return sorted(one for one in found if one[0] == file)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_input_is_one_error_and_its_neighbour_is_judged(case: str, here: Path) -> None:
    files, (place, message, advice) = BROKEN[case]
    write(files)
    report = scan(["."], ScanOptions(now=NOW))

    (problem,) = report.problems
    assert str(problem.location).startswith(place)
    assert problem.message.startswith(message.replace("{here}", str(here)))
    assert problem.help == advice
    assert findings_of(report) == GOOD_FINDINGS


@pytest.mark.usefixtures("here")
def test_named_input_is_one_error_each_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    write({"empty.yaml": "", "text.yaml": "hello", "loop.yaml": link("loop.yaml"), "x/y.txt": ""})
    os.mkfifo("pipe.yaml")
    bad = ["empty.yaml", "text.yaml", "loop.yaml", "x", "pipe.yaml", "/dev/zero", "no.yaml", "a\0b"]
    code = main(["scan", "--format", "json", *bad, "good.yaml"])
    report = json.loads(capsys.readouterr().out)

    assert [problem["message"] for problem in report["problems"]] == [
        "there is no CloudFormation template in `x`",
        "the file is empty",
        "a template must be a mapping, not a single value",
        "cannot read `loop.yaml`: too many levels of symbolic links",
        "`pipe.yaml` is not a regular file",
        "`/dev/zero` is not a regular file",
        "cannot read `no.yaml`: there is no such file or folder",
        "cannot read `a\0b`: the path is not one that a file can have",
    ]
    assert all(problem["help"] for problem in report["problems"])
    assert len(report["findings"]) == len(GOOD_FINDINGS)
    assert code == 2


@pytest.mark.usefixtures("here")
def test_loops_of_folders_are_told_and_odd_files_do_no_harm() -> None:
    write({"sub/self": link(".."), "sub/etc": link("/etc"), "a.yaml": link("b.yaml")})
    os.mkfifo("pipe.yaml")
    Path("folder.yaml").mkdir()
    report = scan(["."], ScanOptions(now=NOW))

    assert [one.message for one in report.problems] == [
        f"`sub/etc` is a link that leaves `{os.path.realpath('.')}`",
        "`sub/self` is a link to a folder that contains it",
    ]
    assert findings_of(report) == GOOD_FINDINGS


@pytest.mark.usefixtures("here")
def test_parameters_that_fit_nothing_are_an_error() -> None:
    write({"p.json": '{"Nope": "x"}'})
    parameters = read_parameters(["p.json"])
    report = scan(["good.yaml"], ScanOptions(now=NOW, parameters=parameters))

    (problem,) = report.problems
    assert "`Nope`" in problem.message
    assert (str(problem.location), bool(problem.help)) == ("p.json", True)
    assert findings_of(report) == GOOD_FINDINGS


KEY = "da2-abcdefghijklmnopqrstuvwxyz"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
ACCESS = "AKIAIOSFODNN7EXAMPLE"
ESCAPE = "\x1b[31m\x9b2J\u202e"


def rendered(report: Report) -> list[str]:
    return [
        text_report.render(report),
        json_report.render(report, "1"),
        sarif_report.render(report, "1"),
        markdown_report.render(report, "1"),
        gitlab_report.render(report, "1"),
        junit_report.render(report, "1"),
        github_report.render(report, "1"),
    ]


@pytest.mark.usefixtures("here")
def test_secrets_and_escape_codes_reach_no_report() -> None:
    names = [KEY, TOKEN, ACCESS, ESCAPE]
    apis = {
        f"{name} {mode}": api(Name=name, AuthenticationType=mode, LogConfig={"FieldLogLevel": name})
        for name in names
        for mode in ("API_KEY", name)
    }
    sdl = f'type Query {{ a: {KEY.replace("-", "")} @aws_auth(cognito_groups: ["{TOKEN}"]) }} # {ACCESS}'
    write(
        {
            "bad.json": template(**apis),
            "schema.json": template(Api=api(), S=schema(sdl)),
            **{f"{number}.yaml": f"{HEAD}  A: *{name}\n# ::" for number, name in enumerate(names)},
            f"{KEY}\n{ESCAPE}.yaml": HEAD + "  : [ # ::",
            f"{TOKEN}.json": json.dumps({"Resources": {"A": {"Type": "::", ACCESS: 1}}}) + KEY,
        }
    )
    report = scan(["."], ScanOptions(now=NOW, select=("all",)))

    assert len(report.problems) == 6
    for text in rendered(report):
        assert text.replace("\n", "").isprintable()
        assert not any(secret in text for secret in (KEY, TOKEN, ACCESS))


def test_what_nests_too_deep_is_one_problem(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    def fall(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("cdk_appsync_guard.engine.unit.resolve", fall)
    (here / "t.yaml").write_text(HEAD + "  A: {Type: AWS::SNS::Topic}\n")

    report = scan(["t.yaml"], ScanOptions(now=NOW))

    assert [problem.message for problem in report.problems] == [
        "it is nested too deeply to be checked"
    ]
