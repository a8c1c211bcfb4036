from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml
from team import team

from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine.scan import ScanOptions, scan

OPERATIONS = """\
query Home {
  getPost(id: 1) { id }
  listPosts { id }
}
mutation Add { addPost(title: "x") { id } }
"""
CALLERS = """\
callers:
  - name: nightly job
    function: Job
    operations: job.graphql
  - name: web app
    mode: API_KEY
"""
RULE = "operation-not-granted"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "api.yaml").write_text(team())
    (tmp_path / "job.graphql").write_text(OPERATIONS)
    (tmp_path / "callers.yaml").write_text(CALLERS)
    return tmp_path


def written(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["grant", "api.yaml", *arguments]) == 0
    return capsys.readouterr().out


def findings(template: str, operations: str = "job.graphql") -> list[str | None]:
    caller = ClientCaller("job", function="Job")
    options = ScanOptions(operations=(operations,), callers=(caller,), select=(RULE,))
    report = scan([template], options)
    assert report.problems == ()
    return [one.coordinate for one in report.findings]


def test_cloudformation_put_into_the_template_makes_the_finding_go_away(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = ("--format", "cloudformation", "--operations", "job.graphql")
    text = written(capsys, "--for", "Job", *form)
    (here / "mended.yaml").write_text(team() + text.removeprefix("Resources:\n"))

    # One request is refused once: `Query.getPost` tells of `Query.listPosts`.
    assert findings("api.yaml") == ["Query.getPost", "Mutation.addPost"]
    assert findings("mended.yaml") == []


def test_policy_document_put_into_the_template_makes_the_finding_go_away(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(
        written(capsys, "--for", "JobRole", "--format", "json", "--operations", "job.graphql")
    )
    policy = {"PolicyName": "p", "Roles": [{"Ref": "JobRole"}], "PolicyDocument": document}
    resource = json.dumps({"Type": "AWS::IAM::Policy", "Properties": policy})
    (here / "mended.yaml").write_text(team() + f"  Mended: {resource}\n")

    assert findings("mended.yaml") == []


def test_statement_allows_nothing_else(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys, "--for", "JobRole", "--format", "cloudformation", "--fields", "getPost")
    (here / "mended.yaml").write_text(team() + text.removeprefix("Resources:\n"))
    (here / "all.graphql").write_text("query All { getPost(id: 1) { id } listPosts { id } }")

    assert findings("mended.yaml", "all.graphql") == ["Query.listPosts"]


def test_cdk_is_python(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys, "--for", "JobRole", "--format", "cdk", "--operations", "job.graphql")
    ast.parse(text)

    assert text.splitlines() == [
        "# blog: the appsync.GraphqlApi, job_role: the iam.Role",
        'blog.grant_query(job_role, "getPost", "listPosts")',
        'blog.grant_mutation(job_role, "addPost")',
    ]


def test_cdk_calls_constructs_by_their_ids(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = team().replace(
        "  JobRole:\n    Type: AWS::IAM::Role\n",
        "  JobRole1A2B3C4D:\n    Type: AWS::IAM::Role\n    Metadata: {aws:cdk:path: App/Night/JobRole/Resource}\n",
    )
    (here / "api.yaml").write_text(text.replace("JobRole.Arn", "JobRole1A2B3C4D.Arn"))
    text = written(capsys, "--for", "Job", "--format", "cdk", "--fields", "getPost")

    assert text.splitlines()[1] == 'blog.grant_query(job_role, "getPost")'


def test_root_types_of_other_names_are_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sdl = "schema { query: Reads }\ntype Reads { post: ID @aws_iam }\n"
    (here / "api.yaml").write_text(team(sdl))
    text = written(capsys, "--for", "JobRole", "--format", "cdk", "--fields", "post")

    assert text.splitlines()[1:] == [
        "blog.grant(",
        "    job_role,",
        '    appsync.IamResource.custom("types/Reads/fields/post"),',
        '    "appsync:GraphQL",',
        ")",
    ]


def test_named_caller_brings_his_operations(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys, "--for", "nightly job", "--callers", "callers.yaml", "--format", "json")

    assert [
        one["Fn::Sub"].partition("/")[2] for one in json.loads(text)["Statement"][0]["Resource"]
    ] == [
        "types/Query/fields/getPost",
        "types/Query/fields/listPosts",
        "types/Mutation/fields/addPost",
    ]


def test_text_tells_what_lacks_what_is_too_much_and_what_no_policy_mends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = written(capsys, "--for", "ReaderRole", "--fields", "getPost,drafts")

    assert text.splitlines()[:8] == [
        "role ReaderRole and the API Blog",
        "",
        "  needs     Query.getPost, Query.drafts",
        "  lacks     nothing",
        "  surplus   Query.listPosts",
        "  note      not enough: `Query.drafts` for IAM callers: its directives, or those",
        "            of its type, leave the mode out",
        "",
    ]


def test_denied_field_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "grant",
                "api.yaml",
                "--for",
                "WriterRole",
                "--fields",
                "deletePost",
                "--format",
                "json",
            ]
        )
        == 0
    )

    assert "`Mutation.deletePost` is overridden by a Deny statement" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--for", "jobrole", "--fields", "getPost"], "did you mean `JobRole`?"),
        (["--for", "JobRole"], "the fields that the caller needs are not given"),
        (["--for", "JobRole", "--fields", "getPots"], "there is no root field `getPots`"),
        (["--for", "JobRole", "--fields", "Post.secret"], "there is no root field `Post.secret`"),
        (["--for", "JobRole", "--fields", "getPost", "--api", "Blg"], "did you mean `Blog`?"),
        (["--for", "web app", "--callers", "callers.yaml"], "which needs no policy"),
        (
            ["--for", "JobRole", "--operations", "no.graphql"],
            "does not match any file of client code",
        ),
    ],
)
def test_bad_request_says_what_to_do(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grant", "api.yaml", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_role_of_another_stack_names_the_api_by_its_parameter(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = team(
        roles="  Jobs:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./jobs.yaml\n      Parameters: {Target: !GetAtt Blog.Arn}\n"
    )
    (here / "api.yaml").write_text(parent)
    (here / "jobs.yaml").write_text(
        "Parameters: {Target: {Type: String}}\nResources:\n  JobRole:\n    Type: AWS::IAM::Role\n    Properties: {AssumeRolePolicyDocument: {Statement: []}}\n"
    )
    text = written(capsys, "--for", "JobRole", "--fields", "getPost", "--format", "cloudformation")

    assert "- !Sub ${Target}/types/Query/fields/getPost" in text


def test_role_of_a_stack_that_does_not_know_the_api_gets_a_parameter(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = team(
        roles="  Jobs:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./jobs.yaml}\n"
    )
    (here / "api.yaml").write_text(parent)
    (here / "jobs.yaml").write_text(
        "Resources:\n  JobRole:\n    Type: AWS::IAM::Role\n    Properties: {AssumeRolePolicyDocument: {Statement: []}}\n"
    )
    main(
        [
            "grant",
            "api.yaml",
            "--for",
            "JobRole",
            "--fields",
            "getPost",
            "--format",
            "cloudformation",
        ]
    )
    out, err = capsys.readouterr()

    assert "the stack needs a parameter `BlogArn` with the ARN of `Blog`" in err
    assert yaml.safe_load(out.replace("!Ref ", "").replace("!Sub ", ""))["Parameters"] == {
        "BlogArn": {"Type": "String"}
    }


def test_a_root_type_in_capitals_is_named_as_it_is(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CDK's `grant_query` writes `types/Query`, which a root type called QUERY does not match."""
    (here / "capitals.yaml").write_text(
        """
Resources:
  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: Api, AuthenticationType: AWS_IAM}}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: "schema { query: QUERY } type QUERY { getPost: String }"
  R:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Statement: []}}
"""
    )

    assert main(["grant", "capitals.yaml", "--for", "R", "--fields", "QUERY.getPost"]) == 0
    said = capsys.readouterr().out
    assert 'appsync.IamResource.custom("types/QUERY/fields/getPost")' in said
    assert "grant_query" not in said
