from __future__ import annotations

import pytest
from judging import open_scenarios

from cdk_appsync_guard.appsync.log_role import LogRole, read_log_role
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.values.value import Unknown

API = """
Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: AWS_IAM
      LogConfig: {FieldLogLevel: ALL, CloudWatchLogsRoleArn: ROLE_ARN}
"""
GROUP = """
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/aws/appsync/apis/${Api.ApiId}"}
"""
TRUSTED = "{Service: appsync.amazonaws.com}"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs"
OURS = (
    "!Sub 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
    ":log-group:/aws/appsync/apis/${Api.ApiId}%s'"
)
WRITES = "[logs:CreateLogStream, logs:PutLogEvents]"


def _judge(more: str, arn: str = "!GetAtt Role.Arn") -> tuple[object, object, object]:
    role = _read(GROUP + more, arn)
    return role.trust, role.service, role.writes


def _read(more: str, arn: str = "!GetAtt Role.Arn") -> LogRole:
    (scenario,) = open_scenarios(API.replace("ROLE_ARN", arn) + more)
    api = scenario.stacks[0].resources["Api"]
    role = api.get("LogConfig", "CloudWatchLogsRoleArn")
    return read_log_role(role, api, scenario.stacks, Principals(scenario.stacks))


def _role(principal: str = TRUSTED, more: str = "", action: str = "sts:AssumeRole") -> str:
    return f"""
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: log-writer
      AssumeRolePolicyDocument:
        Statement:
          - {{Effect: Allow, Principal: {principal}, Action: {action}}}
{more}
"""


def _inline(action: str, resource: str = '"*"', effect: str = "Allow") -> str:
    return f"""
      Policies:
        - PolicyName: logs
          PolicyDocument:
            Statement: {{Effect: {effect}, Action: {action}, Resource: {resource}}}
"""


@pytest.mark.parametrize(
    ("principal", "trust"),
    [
        (TRUSTED, ("appsync", None)),
        ("{Service: [lambda.amazonaws.com, appsync.amazonaws.com]}", ("appsync", None)),
        ("{Service: !Sub 'appsync.${AWS::URLSuffix}'}", ("appsync", None)),
        ('"*"', ("appsync", None)),
        ('{AWS: "*"}', ("appsync", None)),
        ("{Service: lambda.amazonaws.com}", ("another-service", "lambda.amazonaws.com")),
        (
            "{Service: !Sub 'lambda.${AWS::URLSuffix}'}",
            ("another-service", "lambda.${AWS::URLSuffix}"),
        ),
        ("{AWS: 123456789012}", ("nobody", None)),
        ("{Federated: cognito-identity.amazonaws.com}", ("nobody", None)),
        (
            "{Service: !Ref P}",
            (Unknown("parameter `P` has no value", "--parameters P=VALUE"), None),
        ),
        ("{Service: [!Ref P, appsync.amazonaws.com]}", ("appsync", None)),
    ],
)
def test_trust_is_who_may_assume_the_role(principal: str, trust: tuple[object, object]) -> None:
    assert _judge(_role(principal))[:2] == trust


def test_only_statements_that_let_somebody_assume_count() -> None:
    assert _judge(_role(TRUSTED, action="sts:TagSession"))[0] == "nobody"
    assert _judge(_role(TRUSTED, action='"sts:*"'))[0] == "appsync"
    assert _judge(_role(TRUSTED).replace("Effect: Allow", "Effect: Deny"))[0] == "nobody"


@pytest.mark.parametrize(
    "arn",
    [
        MANAGED,
        "!Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs'",
        "!Join ['', ['arn:', !Ref AWS::Partition, ':iam::aws:policy/AdministratorAccess']]",
    ],
)
def test_managed_policies_that_write_logs_are_known(arn: str) -> None:
    assert _judge(_role(more=f"      ManagedPolicyArns: [{arn}]"))[2] == "yes"


@pytest.mark.parametrize(
    ("arn", "writes"),
    [
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "no"),
        ("arn:aws:iam::aws:policy/AmazonSQSFullAccess", "elsewhere"),
        ("arn:aws:iam::123456789012:policy/ours", "elsewhere"),
        ("!Ref P", "elsewhere"),
        (
            "!ImportValue ours",
            Unknown(
                "the export `ours` belongs to a stack that is not in the input",
                "the stack that exports ours",
            ),
        ),
    ],
)
def test_managed_policies_that_are_not_known_decide_nothing(arn: str, writes: object) -> None:
    assert _judge(_role(more=f"      ManagedPolicyArns: [{arn}]"))[2] == writes


@pytest.mark.parametrize(
    ("policy", "writes"),
    [
        ("", "no"),
        (_inline(WRITES), "yes"),
        (_inline('"logs:*"', '"arn:aws:logs:*:*:*"'), "yes"),
        (_inline(WRITES, OURS % ":*"), "yes"),
        (_inline(WRITES, OURS % ""), "elsewhere"),
        (_inline(WRITES, '"arn:aws:logs:eu-west-1:123456789012:*"'), "elsewhere"),
        (_inline(WRITES, '"arn:aws:logs:*:*:log-group:/aws/lambda/*"'), "no"),
        (_inline("logs:PutLogEvents"), "no"),
        (_inline(WRITES, effect="Deny"), "no"),
        (_inline("!Ref L"), Unknown("parameter `L` has no value", "--parameters L=VALUE")),
    ],
)
def test_inline_policies_are_judged_by_both_actions(policy: str, writes: object) -> None:
    assert _judge(_role(more=policy))[2] == writes


@pytest.mark.parametrize(
    "attachment",
    [
        "Type: AWS::IAM::Policy, Properties: {Roles: [!Ref Role], PolicyName: p, DOCUMENT}",
        "Type: AWS::IAM::Policy, Properties: {Roles: [log-writer], PolicyName: p, DOCUMENT}",
        "Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [!Ref Role], DOCUMENT}",
        "Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref Role, PolicyName: p, DOCUMENT}",
    ],
)
def test_attached_policies_count(attachment: str) -> None:
    document = (
        f'PolicyDocument: {{Statement: [{{Effect: Allow, Action: {WRITES}, Resource: "*"}}]}}'
    )
    attached = "  Attached: {" + attachment.replace("DOCUMENT", document) + "}\n"

    assert _judge(_role() + attached)[2] == "yes"


def test_a_managed_policy_of_the_template_counts() -> None:
    policy = f"""
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {{Statement: [{{Effect: Allow, Action: {WRITES}, Resource: "*"}}]}}
"""
    assert _judge(_role(more="      ManagedPolicyArns: [!Ref Policy]") + policy)[2] == "yes"


def test_a_policy_for_a_role_that_only_a_parameter_names_may_be_for_this_one() -> None:
    writes = _judge(_role() + _attached("!Ref P"))[2]

    assert isinstance(writes, Unknown)
    assert "`Attached` may be attached to `Role`" in writes.reason
    assert _judge(_role() + _attached("other"))[2] == "no"


def test_a_role_that_gets_its_name_in_the_same_deployment_is_no_parameter() -> None:
    role = _role().replace("      RoleName: log-writer\n", "")

    assert _judge(role + _attached("!Ref P"))[2] == "no"


def _attached(role: str) -> str:
    return f"""
  Attached:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [{role}]
      PolicyDocument: {{Statement: [{{Effect: Allow, Action: {WRITES}, Resource: "*"}}]}}
"""


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:iam::123456789012:role/logs", ("elsewhere", None, "elsewhere")),
        ("!Ref P", ("elsewhere", None, "elsewhere")),
        (
            "arn:aws:iam::123456789012:role/aws-service-role/lex.amazonaws.com/ForLex",
            ("another-service", "lex.amazonaws.com", "elsewhere"),
        ),
    ],
)
def test_a_role_outside_the_input_is_elsewhere(arn: str, expected: tuple[object, ...]) -> None:
    assert _judge("", arn) == expected


def test_a_role_of_a_stack_that_was_not_given_is_asked_for() -> None:
    trust, _, writes = _judge("", "!ImportValue role-arn")

    assert trust == writes
    assert isinstance(trust, Unknown)
    assert trust.would_decide == "the stack that exports role-arn"


def test_a_group_that_is_not_declared_must_be_created() -> None:
    role = _read(_role(more=_inline(WRITES)))

    assert (role.writes, role.lacks) == ("no", ("logs:CreateLogGroup",))


@pytest.mark.parametrize(
    "name",
    [
        "!Sub '/aws/lambda/${Fn}'",
        "!Sub '/aws/lambda/${P}'",
        "!Sub '/aws/appsync/apis/${Other.ApiId}'",
        "!Sub '${AWS::StackName}-logs'",
    ],
)
def test_a_group_whose_name_cannot_be_that_of_the_api_creates_nothing(name: str) -> None:
    others = f"""
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Role: "arn:aws:iam::1:role/r"}}}}
  Other: {{Type: AWS::AppSync::GraphQLApi, Properties: {{Name: b, AuthenticationType: AWS_IAM}}}}
  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: {name}}}}}
"""
    role = _read(others + _role(more=_inline(WRITES)))

    assert (role.writes, role.lacks) == ("no", ("logs:CreateLogGroup",))


@pytest.mark.parametrize("name", ["!Ref P", "!Sub '/aws/appsync/${P}'", "!ImportValue x"])
def test_a_group_whose_name_may_be_that_of_the_api_leaves_it_open(name: str) -> None:
    group = f"  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: {name}}}}}\n"

    assert isinstance(_read(group + _role(more=_inline(WRITES))).writes, Unknown)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/AWSAppSyncPushToCloudWatchLogs",
        "arn:aws:iam::aws:policy/service-role/CloudWatchLogsFullAccess",
        "!Sub 'arn:${AWS::Partition}:iam::aws:policy/AWSLambdaBasicExecutionRole'",
    ],
)
def test_a_managed_policy_of_another_path_does_not_exist(arn: str) -> None:
    role = _read(GROUP + _role(more=f"      ManagedPolicyArns: [{arn}]"))

    assert role.misnamed is not None
    assert role.meant is not None
    assert role.meant != role.misnamed


def test_only_the_actions_that_are_missing_are_named() -> None:
    role = _read(GROUP + _role(more=_inline("logs:PutLogEvents")))

    assert (role.writes, role.lacks) == ("no", ("logs:CreateLogStream",))


def test_a_boundary_limits_what_a_managed_policy_allows() -> None:
    limit = "      PermissionsBoundary: !Ref Limit\n"
    role = _role(more=f"      ManagedPolicyArns: [{MANAGED}]\n{limit}")

    def judge(action: str) -> object:
        document = f"{{Statement: {{Effect: Allow, Action: '{action}', Resource: '*'}}}}"
        properties = f"{{PolicyDocument: {document}}}"
        policy = f"  Limit: {{Type: AWS::IAM::ManagedPolicy, Properties: {properties}}}\n"
        return _read(GROUP + role + policy).writes

    assert (judge("s3:*"), judge("logs:*")) == ("no", "yes")
