"""Links to the pages of rules, where the documentation is served."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.policy.pages import page_of

SITE = "https://docs.example.com/guard/"
TEMPLATE = """
Resources:
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: blog, AuthenticationType: AWS_IAM}
"""
RULE = "log-config-missing"


def test_the_page_comes_before_the_pages_of_aws(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    bare = scan([str(file)]).findings[0]
    linked = scan([str(file)], ScanOptions(docs=SITE)).findings[0]

    assert bare.rule == RULE
    assert linked.references == (SITE + page_of(RULE), *bare.references)


def test_sarif_leads_to_the_page_that_the_configuration_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(TEMPLATE)
    Path(".appsync-guard.toml").write_text(f'docs = "{SITE}"\n')
    main(["scan", "template.yaml", "--format", "sarif"])
    rules = json.loads(capsys.readouterr().out)["runs"][0]["tool"]["driver"]["rules"]

    assert {rule["id"]: rule.get("helpUri") for rule in rules}[RULE] == SITE + page_of(RULE)


def test_what_is_not_a_url_is_refused_at_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(TEMPLATE)
    Path(".appsync-guard.toml").write_text('docs = "javascript:alert(1)"\n')

    assert main(["scan", "template.yaml"]) == 2
    assert ".appsync-guard.toml:1:1" in capsys.readouterr().err
