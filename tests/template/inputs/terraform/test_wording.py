"""Advice for a plan names what Terraform has."""

from __future__ import annotations

import pytest

from cdk_appsync_guard.template.inputs.terraform.wording import in_terms_of_terraform


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("Set FieldLogLevel to ERROR.", "Set field_log_level to ERROR."),
        ("Declare an AWS::Lambda::Permission for it.", "Declare an aws_lambda_permission for it."),
        ("Write `!GetAtt aws_iam_role.log.Arn`.", "Write `aws_iam_role.log.arn`."),
        ("Write `!Ref module.a.aws_iam_role.log`.", "Write `module.a.aws_iam_role.log.name`."),
        (
            "Set it to !Ref AWS::AccountId.",
            "Set it to data.aws_caller_identity.current.account_id.",
        ),
        ("Add @aws_iam to `FieldLogLevel.TypeName`.", "Add @aws_iam to `FieldLogLevel.TypeName`."),
        ("AppSync needs a GraphQL type. Type it.", "AppSync needs a GraphQL type. Type it."),
        ("Write `!GetAtt Role.Arn`.", "Write `!GetAtt Role.Arn`."),
    ],
)
def test_names_are_those_of_terraform(text: str, worded: str) -> None:
    assert in_terms_of_terraform(text) == worded
