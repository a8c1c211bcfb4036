"""``scan --diff``: what a change brings, whether its base is older files or a git revision."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cdk_appsync_guard.cli.main import main

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

OPEN = "type Query { b: Post } type Post @aws_api_key @aws_iam { id: ID }"
CLOSED = "type Query { b: Post } type Post @aws_iam { id: ID }"
TEMPLATE = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: API_KEY
      AdditionalAuthenticationProviders: [{{AuthenticationType: AWS_IAM}}]
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      {schema}
"""


def template(sdl: str) -> str:
    return TEMPLATE.format(schema=f"Definition: '{sdl}'")


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", *arguments],  # noqa: S607
        cwd=folder,
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


Repository = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository whose only commit has an API that is fine, and the folder to be in."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "api.yaml").write_text(template(OPEN))
    commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "more")
    return git(folder, "rev-parse", "HEAD")


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    file = Path(".guard.json")
    code = main(["scan", *arguments, "--format", "json", "-o", str(file), "-q"])
    report: dict[str, Any] = json.loads(file.read_text())
    schema = resources.files("cdk_appsync_guard.reporters").joinpath("report.schema.json")
    jsonschema.validate(report, json.loads(schema.read_text()))
    return code, report


def new(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        (one["rule"], one["coordinate"])
        for one in report["findings"]
        if one["suppressed"] is None and one["severity"] == "error"
    ]


def test_a_finding_that_the_revision_has_too_does_not_count(project: Path) -> None:
    (project / "api.yaml").write_text(template(CLOSED))
    commit(project)
    (project / "api.yaml").write_text("# moved down\n" + template(CLOSED))

    code, report = run("api.yaml", "--diff", "HEAD")

    assert code == 0
    assert new(report) == []
    marks = {one["suppressed"]["by"] for one in report["findings"]}
    assert marks == {"diff"}
    assert report["changes"] == []


def test_a_new_finding_counts_and_the_loss_is_listed(project: Path) -> None:
    (project / "api.yaml").write_text(template(CLOSED))

    code, report = run("api.yaml", "--diff", "HEAD")

    assert code == 1
    assert [coordinate for _, coordinate in new(report)] == ["Query.b"]
    assert [(one["caller"], one["coordinate"], one["change"]) for one in report["changes"]] == [
        ("API_KEY", "Post.id", "loses")
    ]


def test_older_files_are_a_base_too(project: Path) -> None:
    (project / "new").mkdir()
    (project / "new" / "api.yaml").write_text(template(CLOSED))
    (project / "new" / "other.yaml").write_text(template(CLOSED))
    shutil.copytree(project / "new", project / "old")

    assert new(run("new", "--diff", "old")[1]) == []

    (project / "old" / "other.yaml").write_text(template(OPEN))

    code, report = run("new", "--diff", "old")
    assert code == 1
    assert [one["location"]["file"] for one in report["findings"] if not one["suppressed"]] == [
        "new/other.yaml"
    ]
    assert {one["coordinate"] for one in report["changes"]} == {"Post.id"}


def test_what_main_got_meanwhile_is_not_the_change(project: Path) -> None:
    git(project, "checkout", "-q", "-b", "topic")
    (project / "api.yaml").write_text(template(CLOSED))
    commit(project)
    git(project, "checkout", "-q", "-b", "topic2")
    git(project, "checkout", "-q", "topic")
    (project / "api.yaml").write_text(template(OPEN))
    commit(project)
    git(project, "checkout", "-q", "topic2")

    code, report = run("api.yaml", "--diff", "topic")

    assert code == 0
    assert new(report) == []


def test_a_schema_in_a_sibling_folder_is_read_from_the_revision(project: Path) -> None:
    (project / "infra").mkdir()
    (project / "src").mkdir()
    there = "DefinitionS3Location: ../src/schema.graphql"
    (project / "infra" / "api.yaml").write_text(TEMPLATE.format(schema=there))
    (project / "src" / "schema.graphql").write_text(OPEN)
    commit(project)
    (project / "src" / "schema.graphql").write_text(CLOSED)

    code, report = run("infra", "--diff", "HEAD")

    assert code == 1
    assert [coordinate for _, coordinate in new(report)] == ["Query.b"]


def test_questions_that_the_revision_leaves_open_too_are_left_out(project: Path) -> None:
    unknown = TEMPLATE.format(schema="DefinitionS3Location: s3://bucket/schema.graphql")
    (project / "api.yaml").write_text(unknown)
    commit(project)

    _, report = run("api.yaml", "--diff", "HEAD")

    assert report["undecided"] == []
    assert any("leaves open too" in one["message"] for one in report["notices"])
    assert [one["change"] for one in report["changes"]] == ["unclear"]


def test_a_path_that_the_revision_lacks_is_all_new(project: Path) -> None:
    (project / "more.yaml").write_text(template(CLOSED))

    code, report = run("more.yaml", "--diff", "HEAD")

    assert code == 1
    assert any("counts as new" in one["message"] for one in report["notices"])


def test_the_work_tree_stays_as_it_is(project: Path) -> None:
    (project / "api.yaml").write_text(template(CLOSED))
    before = (git(project, "status", "--porcelain"), git(project, "stash", "list"))

    main(["scan", "api.yaml", "--diff", "HEAD", "-q"])

    assert (git(project, "status", "--porcelain"), git(project, "stash", "list")) == before


@pytest.mark.parametrize("base", ["nowhere", "--upload-pack=touch x", "HEAD:api.yaml", "a\tb", ""])
def test_what_is_neither_path_nor_revision_is_an_error(
    project: Path, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "api.yaml", f"--diff={base}"]) == 2
    assert "neither a path nor a git revision" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in project.iterdir()] == [".git", "api.yaml"]


def test_standard_input_has_no_older_self(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project
    assert main(["scan", "-", "--diff", "HEAD"]) == 2
    assert "standard input" in capsys.readouterr().err


def test_a_tree_that_names_files_elsewhere_writes_none_there(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    blob = git(project, "hash-object", "-w", "--stdin", data=template(OPEN).encode())
    raw = bytes.fromhex(blob)
    inner = b"100644 evil.yaml\0" + raw
    tree = git(project, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", data=inner)
    entries = b"40000 ..\0" + bytes.fromhex(tree) + b"100644 api.yaml\0" + raw
    top = git(project, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", data=entries)
    hostile = git(project, "commit-tree", top, "-m", "hostile")
    (project / "api.yaml").write_text(template(CLOSED))

    code, _ = run("api.yaml", "--diff", hostile)

    assert code == 1
    assert not list(tmp_path_factory.getbasetemp().rglob("evil.yaml"))


def test_markdown_and_text_say_whose_access_changes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "api.yaml").write_text(template(CLOSED))
    main(["scan", "api.yaml", "--diff", "HEAD"])
    text = capsys.readouterr().out
    main(["scan", "api.yaml", "--diff", "HEAD", "--format", "markdown"])
    comment = capsys.readouterr().out

    assert "1 caller loses 1 field" in text
    assert "1 caller loses 1 field" in comment
    assert "| loses | <code>API&#95;KEY</code>" in comment
