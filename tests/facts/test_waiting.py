"""Which resolvers wait for what they need."""

from __future__ import annotations

import pytest
from policy.blog import pick

API = """
Resources:
  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: a, AuthenticationType: API_KEY}}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {ApiId: !GetAtt Api.ApiId, Definition: "type Query { a: Int }"}
  Source:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, Name: src, Type: NONE}
"""


def resolver(source: str, more: str = "") -> str:
    return f"""  A:
    Type: AWS::AppSync::Resolver
{more}    Properties:
      ApiId: !GetAtt Api.ApiId
      TypeName: Query
      FieldName: a
      DataSourceName: {source}
"""


@pytest.mark.parametrize(
    ("written", "awaited"),
    [
        (resolver("!GetAtt Source.Name"), ["Schema"]),
        (resolver("src"), ["Schema", "Source"]),
        (resolver("src", "    DependsOn: Schema\n"), ["Source"]),
        (resolver("src", "    DependsOn: [Schema, Source]\n"), []),
        (resolver("!GetAtt Source.Name", "    DependsOn: [Schema]\n"), []),
        (resolver("!Sub '${Source.Name}'", "    DependsOn: Schema\n"), []),
        (
            resolver("!GetAtt Source.Name", "    DependsOn: Last\n")
            + "  Last: {Type: Custom::Wait, Properties: {Of: !Ref Schema}}\n",
            [],
        ),
        (
            resolver("!GetAtt Source.Name", "    DependsOn: Last\n")
            + "  Last: {Type: Custom::Wait, Properties: {Of: !Sub 'x${!Schema}'}}\n",
            ["Schema"],
        ),
    ],
)
def test_a_need_is_told_unless_the_template_makes_it_wait(written: str, awaited: list[str]) -> None:
    assert pick("unawaited", API + written, "waits", "awaited") == [(False, one) for one in awaited]
