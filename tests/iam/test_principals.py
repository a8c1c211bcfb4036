"""Principals and every way that a policy gets to them."""

from __future__ import annotations

import pytest
from judging import open_scenarios

from cdk_appsync_guard.iam.principals import Principal, find_principals

STATEMENT = "{Statement: {Effect: Allow, Action: 'appsync:GraphQL', Resource: '*'}}"
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument: {Statement: []}
"""


def principals(resources: str, *, parameters: str = "") -> tuple[Principal, ...]:
    (scenario,) = open_scenarios(f"{parameters}\nResources:\n{resources}")
    return find_principals(scenario.stacks)


def names(found: tuple[Principal, ...]) -> dict[str, list[str]]:
    return {
        f"{one.kind} {one.name}": [document.name for document in one.documents] for one in found
    }


@pytest.mark.parametrize(
    "policy",
    [
        f"Type: AWS::IAM::Policy, Properties: {{Roles: [!Ref Role], PolicyDocument: {STATEMENT}}}",
        f"Type: AWS::IAM::Policy, Properties: {{Roles: [reader], PolicyDocument: {STATEMENT}}}",
        f"Type: AWS::IAM::RolePolicy, Properties: {{RoleName: !Ref Role, PolicyDocument: {STATEMENT}}}",
        f"Type: AWS::IAM::ManagedPolicy, Properties: {{Roles: [!Ref Role], PolicyDocument: {STATEMENT}}}",
    ],
)
def test_policy_that_names_the_role_is_its_own(policy: str) -> None:
    assert names(principals(f"{ROLE}  Policy: {{{policy}}}")) == {"role Role": ["Policy"]}


def test_managed_policy_that_is_attached_both_ways_counts_once() -> None:
    found = principals(
        ROLE
        + "      ManagedPolicyArns: [!Ref Policy]\n"
        + "  Policy: {Type: AWS::IAM::ManagedPolicy, "
        + f"Properties: {{Roles: [!Ref Role], PolicyDocument: {STATEMENT}}}}}"
    )

    assert names(found) == {"role Role": ["Policy"]}


def test_aws_managed_policy_is_known_by_its_name() -> None:
    (found,) = principals(
        ROLE
        + "      ManagedPolicyArns:\n"
        + "        - !Sub arn:${AWS::Partition}:iam::aws:policy/AWSAppSyncInvokeFullAccess\n"
        + "        - arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\n"
    )

    assert [len(document.statements or ()) for document in found.documents] == [1, 0]


def test_user_has_the_policies_of_its_groups() -> None:
    found = principals(
        "  Group: {Type: AWS::IAM::Group, Properties: {Policies: "
        f"[{{PolicyName: of-group, PolicyDocument: {STATEMENT}}}]}}}}\n"
        "  One: {Type: AWS::IAM::User, Properties: {Groups: [!Ref Group]}}\n"
        "  Two: {Type: AWS::IAM::User}\n"
        "  Add: {Type: AWS::IAM::UserToGroupAddition, "
        "Properties: {GroupName: !Ref Group, Users: [!Ref Two]}}\n"
    )

    assert names(found) == {
        "group Group": ["of-group"],
        "user One": ["of-group"],
        "user Two": ["of-group"],
    }


def test_role_known_only_by_a_parameter_is_a_principal() -> None:
    found = principals(
        "  Policy: {Type: AWS::IAM::Policy, "
        f"Properties: {{Roles: [!Ref AuthRoleName], PolicyDocument: {STATEMENT}}}}}",
        parameters="Parameters: {AuthRoleName: {Type: String}}",
    )

    assert names(found) == {"role ${AuthRoleName}": ["Policy"]}
    assert found[0].resource is None


def test_boundary_is_kept_apart() -> None:
    (found,) = principals(
        ROLE + "      PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess\n"
    )

    assert found.documents == ()
    assert found.boundary is not None
    assert found.boundary.name == "PowerUserAccess"


def test_document_that_is_no_policy_is_malformed() -> None:
    (found,) = principals(
        ROLE + "      Policies: [{PolicyName: odd, PolicyDocument: {Statement: [7]}}]\n"
    )

    assert [(one.statements, one.malformed) for one in found.documents] == [(None, True)]
