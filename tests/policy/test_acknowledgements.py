"""What a CDK app acknowledges is suppressed in a scan of its cloud assembly, as in CDK's report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.report import Report

RESOURCES = {
    "Api": {
        "Type": "AWS::AppSync::GraphQLApi",
        "Properties": {"Name": "n", "AuthenticationType": "AWS_IAM"},
    },
    "Schema": {
        "Type": "AWS::AppSync::GraphQLSchema",
        "Properties": {
            "ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
            "Definition": "type Query { a: String }",
        },
    },
    "Get": {
        "Type": "AWS::AppSync::Resolver",
        "Properties": {
            "ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
            "TypeName": "Query",
            "FieldName": "b",
        },
    },
}
RULE = "AppSyncGuard::resolver-field-missing"


def judged(folder: Path, where: str, data: object, *, inline: bool = False) -> Report:
    """Return what a scan says of an assembly whose construct *where* has acknowledged *data*."""
    metadata: dict[str, list[dict[str, object]]] = {
        f"/Todo/Api/{name}": [{"type": "aws:cdk:logicalId", "data": name}] for name in RESOURCES
    }
    entry = {"type": "aws:cdk:acknowledged-rules", "data": data}
    metadata.setdefault(where, []).append(entry)
    said = {"metadata": metadata} if inline else {"additionalMetadataFile": "Todo.metadata.json"}
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "Todo.template.json"},
        **said,
    }
    files = {
        "manifest.json": {"version": "55.0.0", "artifacts": {"Todo": artifact}},
        "Todo.template.json": {"Resources": RESOURCES},
        "Todo.metadata.json": metadata,
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1))
    return scan([str(folder)], ScanOptions(select=("resolvers",)))


def suppressed(report: Report) -> dict[str, str]:
    return {
        one.rule: f"{one.suppressed.by}: {one.suppressed.reason}"
        for one in report.findings
        if one.suppressed is not None
    }


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("where", ["/Todo", "/Todo/Api", "/Todo/Api/Get"])
def test_it_counts_at_the_construct_and_below(tmp_path: Path, where: str, *, inline: bool) -> None:
    report = judged(tmp_path, where, {RULE: "later"}, inline=inline)

    assert suppressed(report) == {"resolver-field-missing": "cdk: later"}
    assert "resolver-field-missing" not in {one.rule for one in report.active}
    assert report.notices == ()


@pytest.mark.parametrize("where", ["/Tod", "/Todo/Api/Schema", "/Todo/Api/G", "/Other"])
def test_it_does_not_count_elsewhere(tmp_path: Path, where: str) -> None:
    report = judged(tmp_path, where, {RULE: "later"})

    assert suppressed(report) == {}
    assert [str(one.location).rpartition("/")[2].partition(":")[0] for one in report.notices] == [
        "Todo.metadata.json"
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"AppSyncGuard::*": "all"},
        {"AppSyncGuard::resolvers": "a category"},
        {"Other::resolver-field-missing": "another plugin"},
        {"Annotation::resolver-field-missing": "no plugin"},
        {RULE: ""},
        {RULE: None},
        [RULE],
        "x",
        None,
    ],
)
def test_only_an_id_of_ours_with_a_reason_counts(tmp_path: Path, data: object) -> None:
    assert suppressed(judged(tmp_path, "/Todo", data)) == {}


def test_what_only_the_plugin_calls_a_rule_is_no_mistake(tmp_path: Path) -> None:
    data = {"AppSyncGuard::undecided": "known", "AppSyncGuard::unreadable-input": "known"}

    assert judged(tmp_path, "/Todo", data).notices == ()


def test_an_old_id_of_a_rule_still_counts(tmp_path: Path) -> None:
    own = tmp_path / "rules" / "resolvers" / "new-name"
    own.mkdir(parents=True)
    (own / "rule.yaml").write_text(
        "id: new-name\ntitle: A resolver has no field\nseverity: error\naliases: [old-name]\n"
        'query: "resolvers[?target == \'no-field\']"\nmessage: "`{resolver}` has none"\n'
        "symptom: none\nremediation: Add it.\nreferences: []\n"
    )
    app = tmp_path / "cdk.out"
    app.mkdir()
    judged(app, "/Todo", {"AppSyncGuard::old-name": "later"})

    report = scan([str(app)], ScanOptions(select=("new-name",), rules=(str(tmp_path / "rules"),)))

    assert suppressed(report) == {"new-name": "cdk: later"}
