"""Findings about resolver code: many ways to write the same thing, each with its answer."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
USER_POOL = "UserPoolConfig: {UserPoolId: !Ref Pool, AwsRegion: us-east-1, DefaultAction: ALLOW}"
TEMPLATE = """
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Group:
    Type: AWS::Cognito::UserPoolGroup
    Properties: {UserPoolId: !Ref Pool, GroupName: Writers}
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: MODE
      UserPoolConfig: {UserPoolId: !Ref Pool, AwsRegion: us-east-1, DefaultAction: ALLOW}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {ApiId: !GetAtt Blog.ApiId, Definition: "type Query { post: String }"}
  Nothing:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Blog.ApiId, Name: nothing, Type: NONE}
  Post:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Blog.ApiId
      TypeName: Query
      FieldName: post
      DataSourceName: !GetAtt Nothing.Name
"""
JS = """      Runtime: {Name: APPSYNC_JS, RuntimeVersion: 1.0.0}
      Code: |
        export function request(ctx) {
          CODE
          return {};
        }
        export const response = (ctx) => ctx.result;
"""
VTL = """      RequestMappingTemplate: |
        CODE
        {"version": "2018-05-29"}
      ResponseMappingTemplate: $util.toJson($ctx.result)
"""
FAILS = "identity-member-absent-fails"
DENIES = "identity-member-absent-denies"
NULL = "identity-member-absent"
GROUP = "group-never-assigned"
ADDRESS = "source-address-decides-access"
CHECKED = {FAILS, DENIES, NULL, GROUP, ADDRESS, "header-decides-access", "claim-never-issued"}
IAM, KEY, POOL, OIDC = "AWS_IAM", "API_KEY", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT"
REFUSE = "util.unauthorized()"


@pytest.mark.parametrize(
    ("mode", "code", "rule"),
    [
        (KEY, "const a = ctx.identity.sub;", FAILS),
        (KEY, "const { sub } = ctx.identity;", FAILS),
        (KEY, "const id = ctx.identity; const a = id.sub;", FAILS),
        (KEY, "const a = ctx.identity?.sub;", ""),
        (KEY, "if (ctx.identity) { const a = ctx.identity.sub; }", ""),
        (IAM, "const { identity: { claims } } = ctx; const a = claims.sub;", FAILS),
        (IAM, "const a = ctx.identity.sub;", NULL),
        (IAM, "const a = ctx.identity.sub ?? ctx.identity.userArn;", ""),
        (IAM, f"if (ctx.identity.sub !== ctx.args.owner) {REFUSE};", NULL),
        (POOL, f"if (!(ctx.identity.groups || []).includes('Admins')) {REFUSE};", GROUP),
        (POOL, f"if (!ctx.identity.groups?.some((g) => g === 'Admins')) {REFUSE};", GROUP),
        (POOL, f"if (!ctx.identity.groups?.includes('Writers')) {REFUSE};", ""),
        (POOL, f"if (!ctx.identity.claims.groups) {REFUSE};", "claim-never-issued"),
        (IAM, f"if (ctx.identity.sourceIp[0] !== ctx.args.a) {REFUSE};", ADDRESS),
        (KEY, f"if (ctx.request.headers['x-a'] !== 'b') {REFUSE};", "header-decides-access"),
    ],
)  # fmt: skip
def test_javascript(tmp_path: Path, mode: str, code: str, rule: str) -> None:
    assert _said(tmp_path, mode, JS.replace("CODE", code)) == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("mode", "code", "rule"),
    [
        (KEY, "#set($a = $ctx.identity.sub)", NULL),
        (KEY, "#set($id = $ctx.identity)#set($a = $id.sub)", NULL),
        (KEY, "#if($util.isNull($ctx.identity.sub))$util.unauthorized()#end", ""),
        (IAM, '#if(!$ctx.identity.claims.get("a"))$util.unauthorized()#end', ""),
        (IAM, '#if($ctx.identity.claims.get("a") != "b")$util.unauthorized()#end', DENIES),
        (OIDC, '#if(!$ctx.identity.groups.contains("a"))$util.unauthorized()#end', DENIES),
        (POOL, '#if(!$ctx.identity.groups.contains("Admins"))$util.unauthorized()#end', GROUP),
        (POOL, '#if(!$ctx.identity.groups.contains("Writers"))$util.unauthorized()#end', ""),
        (IAM, '#if(!$ctx.identity.sourceIp.contains("a"))$util.unauthorized()#end', ADDRESS),
    ],
)  # fmt: skip
def test_templates(tmp_path: Path, mode: str, code: str, rule: str) -> None:
    assert _said(tmp_path, mode, VTL.replace("CODE", code)) == ({rule} if rule else set())


def _said(folder: Path, mode: str, resolver: str) -> set[str]:
    template = TEMPLATE.replace("MODE", mode)
    if mode == OIDC:
        template = template.replace(
            USER_POOL, "OpenIDConnectConfig: {Issuer: 'https://example.com'}"
        )
    file = folder / "template.yaml"
    file.write_text(template + resolver, encoding="utf-8")
    report = scan([str(file)], ScanOptions(now=NOW))
    found = [one for finding in report.findings for one in (finding, *finding.consequences)]
    return {one.rule for one in found} & CHECKED


def test_a_schema_elsewhere_is_one_question(tmp_path: Path) -> None:
    inline = 'Definition: "type Query { post: String }"'
    file = tmp_path / "template.yaml"
    file.write_text(
        TEMPLATE.replace("MODE", "API_KEY").replace(
            inline, "DefinitionS3Location: s3://b/s.graphql"
        )
    )
    report = scan([str(file)], ScanOptions(now=NOW))
    asked = [one.would_decide for one in report.undecided if "schema" in one.would_decide]

    assert asked == ["--schema Blog=schema.graphql"]
