from __future__ import annotations

import pytest
from judging import facts, line

from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.template.values.value import Unknown

API = """
Parameters:
  P: {Type: String}
  Level: {Type: String, Default: ALL, AllowedValues: [ALL, NONE]}
Resources:
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: API_KEY
"""
POOL = """
      AdditionalAuthenticationProviders:
        - {AuthenticationType: AMAZON_COGNITO_USER_POOLS, UserPoolConfig: {UserPoolId: p}}
"""
LOGS = """
      LogConfig:
        FieldLogLevel: ALL
        ExcludeVerboseContent: true
        CloudWatchLogsRoleArn: !GetAtt Role.Arn
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          {Effect: Allow, Principal: {Service: appsync.amazonaws.com}, Action: sts:AssumeRole}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs]
"""
P = Unknown("parameter `P` has no value", "--parameters P=VALUE")


def _cell(column: str, *templates: str, given: dict[str, str] | None = None) -> Cell:
    (row,) = facts("apis", *templates, given=given)
    return row.cells[column]


def test_a_bare_api_has_what_appsync_takes_for_granted() -> None:
    (row,) = facts("apis", API)

    assert row.cells == {
        "name": "Blog",
        "api_type": "GRAPHQL",
        "default_mode": "API_KEY",
        "additional_modes": (),
        "additional_count": 0,
        "regime": "single-other",
        "visibility": "GLOBAL",
        "introspection": "ENABLED",
        "query_depth_limit": 0,
        "resolver_count_limit": 0,
        "xray": False,
        "waf": False,
        "tagged": False,
        "schema_source": "missing",
        "untagged_mutations": Unknown(
            "no schema of the API is in the files given",
            "--schema Blog=schema.graphql",
        ),
        "untagged_mutation": Unknown(
            "no schema of the API is in the files given",
            "--schema Blog=schema.graphql",
        ),
        "untagged_words": "",
        "accepts_api_keys": True,
        "key_count": 0,
        "keys": "none",
        "has_log_config": False,
        "field_log_level": None,
        "excludes_verbose_content": False,
        "log_role": None,
        "log_role_trust": None,
        "log_role_service": None,
        "log_role_writes": None,
        "log_role_lacks": None,
        "idle_pool": None,
        "log_role_misnamed_policy": None,
        "log_role_meant_policy": None,
        "log_config_problem": None,
        "log_expires": False,
    }
    assert line(row.place) == 6


@pytest.mark.parametrize(
    ("setting", "column", "cell"),
    [
        ("XrayEnabled: true", "xray", True),
        ('XrayEnabled: "true"', "xray", True),
        ("XrayEnabled: !Ref P", "xray", P),
        ("Visibility: PRIVATE", "visibility", "PRIVATE"),
        (
            "Visibility: !Ref P",
            "visibility",
            Unknown(P.reason, P.would_decide, ("GLOBAL", "PRIVATE")),
        ),
        ("IntrospectionConfig: DISABLED", "introspection", "DISABLED"),
        ("QueryDepthLimit: 7", "query_depth_limit", 7),
        ('QueryDepthLimit: "7"', "query_depth_limit", 7),
        ("ResolverCountLimit: !Ref P", "resolver_count_limit", P),
        ("Tags: [{Key: a, Value: b}]", "tagged", True),
        ("Tags: []", "tagged", False),
        ("ApiType: MERGED", "api_type", "MERGED"),
    ],
)
def test_settings_are_read_as_cloudformation_does(setting: str, column: str, cell: Cell) -> None:
    (row,) = facts("apis", f"{API}      {setting}\n")

    assert row.cells[column] == cell
    assert line(row.places[column]) == 11


@pytest.mark.parametrize(
    ("mode", "more", "regime"),
    [
        ("API_KEY", "", "single-other"),
        ("AMAZON_COGNITO_USER_POOLS", "", "cognito-only"),
        ("API_KEY", POOL, "multi"),
        ("!Ref P", POOL, "multi"),
        ("!Ref P", "", Unknown(P.reason, P.would_decide, ("cognito-only", "single-other"))),
    ],
)
def test_the_regime_depends_on_the_providers(mode: str, more: str, regime: Cell) -> None:
    assert _cell("regime", API.replace("API_KEY", mode) + more) == regime


def test_a_mode_that_does_not_exist_is_not_known() -> None:
    assert _cell("default_mode", API.replace("API_KEY", "PASSWORD")) == Unknown(
        "`PASSWORD` is not an authorization mode", "a valid AuthenticationType"
    )


@pytest.mark.parametrize(
    ("root", "untagged"),
    [
        ("type Mutation { a: Int b: Int @aws_api_key c: Int }", (2, "Mutation.a")),
        ("type Mutation @aws_iam { a: Int }", (0, None)),
        ("type Mutation { a: Int @aws_auth(cognito_groups: [x]) }", (0, None)),
        ("type Query { a: Int }", (0, None)),
        ("type Mutation { a: Int } enum ModelAttributeTypes { binary }", (0, None)),
    ],
)
def test_mutations_without_directive_are_counted(
    root: str, untagged: tuple[int, str | None]
) -> None:
    schema = f"""
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {{ApiId: !GetAtt Blog.ApiId, Definition: "{root}"}}
"""
    (row,) = facts("apis", API + POOL + schema)

    assert (row.cells["untagged_mutations"], row.cells["untagged_mutation"]) == untagged


KEY = "  Key: {Type: AWS::AppSync::ApiKey, Properties: {ApiId: %s}%s}\n"


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        (KEY % ("!GetAtt Blog.ApiId", ""), "declared"),
        (KEY % ("!GetAtt Blog.ApiId", ", Condition: IsA"), "conditional"),
        (
            KEY % ("!Ref P", ""),
            Unknown(
                "`Key` might belong to this API or another: parameter `P` has no value",
                "--parameters P=VALUE",
                ("declared", "none"),
            ),
        ),
        ("", "none"),
    ],
)
def test_keys_are_declared_conditional_or_none(key: str, keys: Cell) -> None:
    template = API + key + "Conditions: {IsA: !Equals [!Ref P, a]}"

    assert {row.cells["keys"] for row in facts("apis", template)} == {keys}


def test_a_web_acl_for_an_unknown_api_may_be_for_this_one() -> None:
    acl = "  Acl: {Type: AWS::WAFv2::WebACLAssociation, Properties: {ResourceArn: %s}}\n"

    assert _cell("waf", API + acl % "!GetAtt Blog.Arn") is True
    assert _cell("waf", API + acl % "!Ref P") == Unknown(
        "`Acl` might belong to this API or another: parameter `P` has no value",
        "--parameters P=VALUE",
    )
    assert (
        _cell("waf", API + acl % "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/x") is False
    )


def test_logs_are_described() -> None:
    (row,) = facts("apis", API + LOGS)
    columns = ("has_log_config", "field_log_level", "excludes_verbose_content", "log_role")

    assert [row.cells[column] for column in columns] == [True, "ALL", True, "Role"]
    assert [line(row.places[column]) for column in columns] == [12, 13, 14, 15]
    assert (row.cells["log_role_trust"], row.cells["log_role_writes"]) == ("appsync", "yes")


@pytest.mark.parametrize(
    ("level", "cell"),
    [
        ("ERROR", "ERROR"),
        ("INFO", "INFO"),
        ("DEBUG", "DEBUG"),
        ("!Ref P", Unknown(P.reason, P.would_decide, ("NONE", "ERROR", "INFO", "DEBUG", "ALL"))),
        ("!Ref Level", "ALL"),
    ],
)
def test_levels_are_as_written_or_by_default(level: str, cell: Cell) -> None:
    assert _cell("field_log_level", API + LOGS.replace("Level: ALL", f"Level: {level}")) == cell


def test_either_arm_of_a_condition_may_be_fine() -> None:
    logs = LOGS.replace("Level: ALL", "Level: !If [IsA, ERROR, ALL]")
    rows = facts("apis", API + logs + "Conditions: {IsA: !Equals [!Ref P, a]}")

    assert {row.cells["field_log_level"] for row in rows} == {"ERROR", "ALL"}


def test_logs_that_come_from_elsewhere_are_unknown() -> None:
    logs = "      LogConfig: {'Fn::Transform': {Name: Macro, Parameters: {A: b}}}\n"
    (row,) = facts("apis", API + logs)

    assert isinstance(row.cells["has_log_config"], Unknown)
    assert isinstance(row.cells["log_expires"], Unknown)


@pytest.mark.parametrize(
    ("group", "expires"),
    [
        ("LogGroupName: !Sub '/aws/appsync/apis/${Blog.ApiId}', RetentionInDays: 7", True),
        ("LogGroupName: !Sub '/aws/appsync/apis/${Blog.ApiId}', RetentionInDays: !Ref P", True),
        ("LogGroupName: !Join ['/', [/aws/appsync/apis, !GetAtt Blog.ApiId]]", False),
        ("LogGroupName: /aws/lambda/other, RetentionInDays: 7", False),
        ("LogGroupName: !Sub '/aws/lambda/${P}', RetentionInDays: 7", False),
        ("RetentionInDays: 7", False),
        ("LogGroupName: !Ref P, RetentionInDays: 7", P),
    ],
)
@pytest.mark.parametrize("kind", ["AWS::Logs::LogGroup", "Custom::LogRetention"])
def test_logs_expire_by_their_own_group_only(kind: str, group: str, expires: Cell) -> None:
    template = f"{API}{LOGS}  Group: {{Type: '{kind}', Properties: {{{group}}}}}\n"

    assert _cell("log_expires", template) == expires


SOURCES = """
Parameters: {P: {Type: String}}
Resources:
  Merged:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: merged
      ApiType: MERGED
      AuthenticationType: AWS_IAM
      AdditionalAuthenticationProviders: [{AuthenticationType: %s}]
  Source:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: source, AuthenticationType: %s}
  Association:
    Type: AWS::AppSync::SourceApiAssociation
    Properties:
      MergedApiIdentifier: !GetAtt Merged.Arn
      SourceApiIdentifier: %s
"""


@pytest.mark.parametrize(
    ("additional", "mode", "identifier", "rows"),
    [
        ("API_KEY", "API_KEY", "!GetAtt Source.Arn", [("API_KEY", True)]),
        ("API_KEY", "AWS_LAMBDA", "!GetAtt Source.ApiId", [("AWS_LAMBDA", False)]),
        ("!Ref P", "AWS_LAMBDA", "!Ref Source", [("AWS_LAMBDA", P)]),
        ("!Ref P", "AWS_IAM", "!Ref Source", [("AWS_IAM", True)]),
        ("API_KEY", "API_KEY", "!Ref P", []),
        ("API_KEY", "API_KEY", "an-api-elsewhere", []),
    ],
)
def test_sources_need_their_mode_on_the_merged_api(
    additional: str, mode: str, identifier: str, rows: list[tuple[Cell, Cell]]
) -> None:
    found = facts("source_modes", SOURCES % (additional, mode, identifier))

    assert [(row.cells["source_mode"], row.cells["mode_configured"]) for row in found] == rows
