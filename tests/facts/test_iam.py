"""Grants and Denies in every form that policies take, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging import NOW

from cdk_appsync_guard.engine.scan import ScanOptions, scan

API = """
Parameters: {Given: {Type: String}}
Resources:
  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: Api, AuthenticationType: AWS_IAM}}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: |
        type Query { posts: Int post: Post }
        type Mutation { addPost: Int dropPost: Int }
        type Post { id: ID title: String }
"""
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
"""
ALL = '!Sub "${Api.Arn}/*"'
QUERY = '!Sub "${Api.Arn}/types/Query/*"'
MUTATION = '!Sub "${Api.Arn}/types/Mutation/*"'
MISSED = '!Sub "${Api.Arn}/types/Mutation/fields/dropPosts"'
PAST = '{DateLessThan: {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}'
LATER = '{DateLessThan: {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}'
PLAIN = '{Bool: {"aws:SecureTransport": "false"}}'
TLS = '{Bool: {"aws:SecureTransport": "true"}}'
TAG = '{StringEquals: {"aws:PrincipalTag/team": editors}}'


def statement(
    resource: str,
    condition: str = "",
    *,
    effect: str = "Allow",
    action: str = "appsync:GraphQL",
    key: str = "Resource",
) -> str:
    end = f", Condition: {condition}" if condition else ""
    return f"{{Effect: {effect}, Action: {action}, {key}: {resource}{end}}}"


def deny(resource: str, condition: str = "") -> str:
    return statement(resource, condition, effect="Deny")


def document(*statements: str) -> str:
    return f'{{Version: "2012-10-17", Statement: [{", ".join(statements)}]}}'


def role(*statements: str, more: str = "") -> str:
    policies = f"[{{PolicyName: p, PolicyDocument: {document(*statements)}}}]"
    return f"{ROLE}      Policies: {policies}\n" + (f"      {more}\n" if more else "")


def said(resources: str, folder: Path) -> tuple[set[str], set[str]]:
    template = folder / "template.yaml"
    template.write_text(API + resources, "utf-8")
    report = scan([str(template)], ScanOptions(now=NOW, select=("iam",)))
    assert report.problems == ()
    waiting = {one.rule for question in report.undecided for one in question.rules}
    return {one.rule for one in report.findings}, waiting


GRANTS = {
    "several Denies take all": (
        [statement(ALL), deny(QUERY), deny(MUTATION)],
        {"grant-taken-away"},
    ),
    "a Deny of plain HTTP takes nothing": ([statement(ALL), deny(ALL, PLAIN)], set()),
    "a Deny that is over takes nothing": ([statement(ALL), deny(ALL, PAST)], set()),
    "a grant that is over": ([statement(ALL, PAST)], {"principal-granted-nothing"}),
    "a grant over TLS": ([statement(ALL, TLS)], set()),
    "a grant on a tag": ([statement(ALL, TAG)], set()),
    "a grant on a tag of no field": (
        [statement("!GetAtt Api.Arn", TAG)],
        {"grant-on-bare-api-arn"},
    ),
    "a root that the schema lacks": (
        [statement('!Sub "${Api.Arn}/types/Subscription/*"')],
        {"principal-granted-nothing"},
    ),
    "a spare root": (
        [statement(f'[{QUERY}, !Sub "${{Api.Arn}}/types/Subscription/*"]')],
        set(),
    ),
    "any API, a missing field": (
        [statement("'arn:aws:appsync:*:*:apis/*/types/Query/fields/pots'")],
        {"grant-field-missing"},
    ),
    "any partition": (
        [statement('!Sub "arn:aws*:appsync:*:*:apis/${Api.ApiId}/types/Query/*"')],
        set(),
    ),
    "question marks": ([statement('!Sub "${Api.Arn}/types/Quer?/fields/post?"')], set()),
    "actions in capitals": ([statement(ALL, action="APPSYNC:graphql")], set()),
    "management alone": (
        [statement(QUERY, action='["appsync:GetType", "appsync:List*"]')],
        {"management-action-on-fields"},
    ),
    "management below the API may be meant": (
        [statement(ALL, action="appsync:GetType")],
        set(),
    ),
    "management beside calls": (
        [statement(QUERY, action="appsync:GetType"), statement(QUERY)],
        set(),
    ),
    "all actions on the API itself": (
        [statement("!GetAtt Api.Arn", action='"appsync:*"')],
        set(),
    ),
    "a missed Deny": ([statement(ALL), deny(MISSED)], {"deny-misses-its-field"}),
    "a missed Deny on any API": (
        [statement(ALL), deny("'arn:aws:appsync:*:*:apis/*/types/Mutation/fields/dropPosts'")],
        {"deny-misses-its-field"},
    ),
    "a Deny on any API": (
        [statement(ALL), deny("'arn:aws:appsync:*:*:apis/*/types/Mutation/fields/dropPost'")],
        set(),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GRANTS)
def test_statements_of_a_role(name: str, tmp_path: Path) -> None:
    statements, expected = GRANTS[name]

    assert said(role(*statements), tmp_path) == (expected, set())


@pytest.mark.parametrize(
    "statements",
    [
        [statement(ALL, LATER), statement("!GetAtt Api.Arn")],
        [statement(ALL), deny("'arn:aws:appsync:eu-west-1:1:apis/abc/types/Mutation/*'")],
        [statement(ALL), deny('!Sub "arn:aws:appsync:eu-west-1:1:apis/${Given}/*"')],
        [statement(ALL), deny(ALL, TAG)],
    ],
)
def test_what_depends_on_the_request_or_on_a_name_stays_open(
    statements: list[str], tmp_path: Path
) -> None:
    findings, undecided = said(role(*statements), tmp_path)

    assert findings == set()
    assert undecided != set()


LIMIT = "  Limit: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: %s}}\n"
ARN = "PermissionsBoundary: arn:aws:iam::123456789012:policy/limit"


def test_a_deny_in_a_boundary_can_miss_its_field(tmp_path: Path) -> None:
    limit = LIMIT % document(statement(ALL), deny(MISSED))
    resources = role(statement(ALL), more="PermissionsBoundary: !Ref Limit") + limit

    assert said(resources, tmp_path) == ({"deny-misses-its-field"}, set())


def test_a_deny_in_a_boundary_takes_all(tmp_path: Path) -> None:
    limit = LIMIT % document(statement(ALL), deny(ALL))
    resources = role(statement(ALL), more="PermissionsBoundary: !Ref Limit") + limit

    assert said(resources, tmp_path) == ({"boundary-takes-all"}, set())


def test_a_boundary_that_is_not_here_leaves_it_open(tmp_path: Path) -> None:
    findings, undecided = said(role(statement(ALL), more=ARN), tmp_path)

    assert (findings, "boundary-takes-all" in undecided) == (set(), True)


POLICY = "  Policy: {Type: AWS::IAM::%s, Properties: {%s: [], PolicyName: p, PolicyDocument: %s}}\n"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([statement(ALL)], set()),
        ([statement("!GetAtt Api.Arn")], {"unattached-policy-grants-nothing"}),
        (
            [statement('!Sub "${Api.Arn}/types/Query/fields/pots"')],
            {"unattached-policy-grants-nothing"},
        ),
        (
            [statement('!Sub "${Api.Arn}/types/Post/*"')],
            {"unattached-policy-grants-nothing"},
        ),
        ([deny(MISSED)], {"deny-matches-nothing"}),
    ],
)
def test_a_policy_that_nobody_here_has(
    statements: list[str], expected: set[str], tmp_path: Path
) -> None:
    text = document(*statements)
    policies = (LIMIT % text, POLICY % ("Policy", "Roles", text))

    for policy in policies:
        assert said(policy, tmp_path) == (expected, set())


BEARERS = {
    "UserPolicy": "{Type: AWS::IAM::UserPolicy, Properties: {UserName: !Ref User, %s}}",
    "GroupPolicy": "{Type: AWS::IAM::GroupPolicy, Properties: {GroupName: !Ref Group, %s}}",
    "RolePolicy": "{Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref Role, %s}}",
    "Policy": "{Type: AWS::IAM::Policy, Properties: {Users: [!Ref User], %s}}",
    "ManagedPolicy": "{Type: AWS::IAM::ManagedPolicy, Properties: {Groups: [!Ref Group], %s}}",
}


@pytest.mark.parametrize("kind", BEARERS)
def test_every_way_to_attach_a_policy(kind: str, tmp_path: Path) -> None:
    policy = BEARERS[kind] % f"PolicyDocument: {document(statement('!GetAtt Api.Arn'))}"
    others = "  User: {Type: AWS::IAM::User}\n  Group: {Type: AWS::IAM::Group}\n"

    found, waiting = said(f"{ROLE}{others}  Policy: {policy}\n", tmp_path)

    # Users in a group might have other policies: what the group lacks, they need not lack.
    assert ("Group" in policy) == (not found)
    assert "grant-on-bare-api-arn" in (waiting if "Group" in policy else found)


AS_JSON = (
    '{"Statement": [{"Effect": "Allow", "Action": "appsync:GraphQL",'
    ' "Resource": "arn:aws:appsync:*:*:apis/*/types/Query/fields/pots"}]}'
)
DENIES_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"
SET = "  Set: {Type: AWS::SSO::PermissionSet, Properties: {Name: n, InstanceArn: x, %s}}\n"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        (f"InlinePolicy: {document(statement('!GetAtt Api.Arn'))}", {"grant-on-bare-api-arn"}),
        (f"InlinePolicy: {document(statement(ALL))}", set()),
        (
            f"InlinePolicy: '{AS_JSON}'",
            {"grant-field-missing"},
        ),
        (
            f"InlinePolicy: {document(statement(ALL))}, ManagedPolicies: ['{DENIES_ALL}']",
            {"grant-taken-away"},
        ),
    ],
)
def test_a_permission_set_is_a_principal(policies: str, expected: set[str], tmp_path: Path) -> None:
    assert said(SET % policies, tmp_path)[0] == expected


def test_a_service_control_policy_can_miss_its_field(tmp_path: Path) -> None:
    text = document(deny(MISSED))
    policy = (
        "  Scp: {Type: AWS::Organizations::Policy, "
        f"Properties: {{Name: x, Type: SERVICE_CONTROL_POLICY, Content: {text}}}}}\n"
    )

    assert said(policy, tmp_path) == ({"deny-matches-nothing"}, set())


def test_a_managed_policy_of_another_path_is_none(tmp_path: Path) -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AWSAppSyncInvokeFullAccess"

    assert said(f"{ROLE}      ManagedPolicyArns: [{arn}]\n", tmp_path)[0] == {
        "managed-policy-misnamed"
    }


def test_a_role_that_may_have_a_policy_more_is_not_accused(tmp_path: Path) -> None:
    spare = statement('!Sub "${Api.Arn}/types/Subscription/*"')
    policy = f"PolicyDocument: {document(statement(ALL))}"
    more = f"  More: {{Type: AWS::IAM::Policy, Properties: {{Roles: [!Ref Given], {policy}}}}}\n"

    findings, undecided = said(role(spare, more="RoleName: reader") + more, tmp_path)

    assert findings == set()
    assert "principal-granted-nothing" in undecided
