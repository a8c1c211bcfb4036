"""Which SDL is the one that AppSync gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan

TEMPLATE = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: n, AuthenticationType: AWS_IAM}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {ApiId: !GetAtt Api.ApiId, DefinitionS3Location: "s3://b/schema.graphql"}
"""


@pytest.mark.parametrize(
    "sdl",
    [
        "type Note @model { id: ID! }\ntype Query { ping: String }",
        "type Note { id: ID! @primaryKey }\ntype Query { ping: String }",
        'type Query { echo: String @function(name: "echo-${env}") }',
        "type Query { ping: String @auth(rules: [{allow: owner}]) }",
    ],
)
def test_source_that_amplify_compiles_is_not_judged(tmp_path: Path, sdl: str) -> None:
    more = '\ntype Subscription { onNote: String @aws_subscribe(mutations: ["createNote"]) }'
    (tmp_path / "source.graphql").write_text(sdl + more)
    (tmp_path / "api.yaml").write_text(TEMPLATE)
    options = ScanOptions(
        schemas={"Api": str(tmp_path / "source.graphql")}, ignore=("log-config-missing",)
    )
    report = scan([str(tmp_path / "api.yaml")], options)

    assert report.findings == ()
    assert all("the source that Amplify compiles" in one.reason for one in report.undecided)
    assert report.undecided != ()
