"""What is taken of an account's IAM: all that can allow or deny a principal something."""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.deployed.principals import choose


def statement(effect: str, action: str) -> dict[str, Any]:
    return {
        "PolicyName": effect,
        "PolicyDocument": {"Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]},
    }


def test_a_group_that_only_denies_comes_with_its_user() -> None:
    details = {
        "UserDetailList": (
            {
                "UserName": "ann",
                "Arn": "arn:aws:iam::123456789012:user/ann",
                "UserPolicyList": [statement("Allow", "appsync:GraphQL")],
                "GroupList": ["denied"],
            },
        ),
        "GroupDetailList": (
            {
                "GroupName": "denied",
                "Arn": "arn:aws:iam::123456789012:group/denied",
                "GroupPolicyList": [statement("Deny", "appsync:*")],
            },
            {
                "GroupName": "other",
                "Arn": "arn:aws:iam::123456789012:group/other",
                "GroupPolicyList": [statement("Allow", "s3:*")],
            },
        ),
    }

    assert [one.name for one in choose(details, ()).principals] == ["denied", "ann"]
