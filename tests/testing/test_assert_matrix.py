"""A team pins its matrix: what changes fails a test, and one option writes the file again."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from cdk_appsync_guard import GuardError, assert_matrix

pytest_plugins = ["pytester"]

TEMPLATE = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: API_KEY
      AdditionalAuthenticationProviders: [{AuthenticationType: AWS_IAM}]
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: 'type Query { open: String secret: String @aws_iam }'
"""
UPDATE = "CDK_APPSYNC_GUARD_UPDATE_MATRIX"


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return file


def write(template: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UPDATE, "1")
    assert_matrix(str(template), target)
    monkeypatch.delenv(UPDATE)


def test_what_was_written_holds(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(template, "matrix.csv", monkeypatch)

    (found,) = assert_matrix(str(template), "matrix.csv")

    assert found.coordinates == ("Query.open", "Query.secret")


def test_who_gains_is_named(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(template, "matrix.csv", monkeypatch)
    template.write_text(TEMPLATE.replace(" @aws_iam", ""))

    with pytest.raises(AssertionError) as caught:
        assert_matrix(str(template), "matrix.csv")

    assert "Api: Query.secret: API_KEY: denied -> allowed" in str(caught.value)
    assert "--update-matrix" in str(caught.value)


def test_a_field_that_comes_or_goes_is_named(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(template, "matrix.csv", monkeypatch)
    template.write_text(TEMPLATE.replace("open", "public"))

    with pytest.raises(AssertionError) as caught:
        assert_matrix(str(template), "matrix.csv")

    assert "Query.public: API_KEY: not there -> allowed" in str(caught.value)
    assert "Query.open: API_KEY: allowed -> not there" in str(caught.value)


def test_words_of_reasons_do_not_count(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(template, "matrix.csv", monkeypatch)
    lines = Path("matrix.csv").read_text().splitlines()
    short = [",".join(line.split(",")[:5]) for line in reversed(lines[1:])]
    Path("matrix.csv").write_text("\n".join(["api,coordinate,caller,mode,verdict", *short]))

    assert_matrix(str(template), "matrix.csv")


@pytest.mark.parametrize("content", [None, "", "not a matrix"])
def test_a_file_that_is_none_fails(template: Path, content: str | None) -> None:
    if content is not None:
        Path("matrix.csv").write_text(content)

    with pytest.raises(AssertionError, match="--update-matrix"):
        assert_matrix(str(template), "matrix.csv")


def test_a_template_that_is_missing_is_an_error() -> None:
    with pytest.raises(GuardError):
        assert_matrix("missing.yaml", "matrix.csv")


def test_the_option_writes_the_file_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(UPDATE, raising=False)
    pytester.makefile(".yaml", template=TEMPLATE)
    pytester.makepyfile("""
        from cdk_appsync_guard import assert_matrix, assert_response

        def test_matrix():
            assert_matrix("template.yaml", "matrix.csv")

        def test_response():
            assert_response("template.yaml", as_="api-key", query="{ secret }", expect="denied")
    """)
    plugin = ["-p", "no:cacheprovider"]
    if not entry_points(group="pytest11", name="cdk-appsync-guard"):  # run without being installed
        plugin += ["-p", "cdk_appsync_guard.testing.pytest_plugin"]

    pytester.inline_run(*plugin).assertoutcome(passed=1, failed=1)
    pytester.inline_run(*plugin, "--update-matrix").assertoutcome(passed=2)
    pytester.inline_run(*plugin).assertoutcome(passed=2)
    assert (pytester.path / "matrix.csv").read_text().startswith("api,coordinate,caller,mode,")
