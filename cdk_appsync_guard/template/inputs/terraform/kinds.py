"""The table: resource types and attributes of Terraform's AWS provider → CloudFormation's.

Each type's page in the provider's documentation lists its attributes:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appsync_graphql_api
"""

from __future__ import annotations

from cdk_appsync_guard.template.inputs.terraform.appsync_kinds import APPSYNC
from cdk_appsync_guard.template.inputs.terraform.fields import (
    Field,
    Kind,
    fields,
    one,
    ref,
)
from cdk_appsync_guard.template.inputs.terraform.identity_kinds import COGNITO, IAM

__all__ = ["KINDS"]

_OTHERS = {
    "aws_lambda_function": Kind(
        "AWS::Lambda::Function",
        fields(
            function_name="FunctionName",
            role=ref("Role", "arn"),
            handler="Handler",
            runtime="Runtime",
            environment=one("Environment", variables=ref("Variables", "uris")),
        ),
        {"arn": "Arn", "function_name": "", "id": ""},
    ),
    "aws_lambda_alias": Kind(
        "AWS::Lambda::Alias",
        fields(
            name="Name",
            function_name=ref("FunctionName", "arn"),
            function_version="FunctionVersion",
        ),
        {"arn": "", "id": ""},
    ),
    "aws_lambda_permission": Kind(
        "AWS::Lambda::Permission",
        fields(
            action="Action",
            function_name=ref("FunctionName", "function_name"),
            principal="Principal",
            source_arn=ref("SourceArn", "arn"),
            source_account="SourceAccount",
        ),
    ),
    "aws_cloudwatch_log_group": Kind(
        "AWS::Logs::LogGroup",
        fields(name="LogGroupName", retention_in_days=Field("RetentionInDays", "count")),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_wafv2_web_acl_association": Kind(
        "AWS::WAFv2::WebACLAssociation",
        fields(resource_arn=ref("ResourceArn", "arn"), web_acl_arn=ref("WebACLArn", "arn")),
    ),
    "aws_wafv2_web_acl": Kind("AWS::WAFv2::WebACL", fields(name="Name"), {"arn": "Arn"}),
    "aws_dynamodb_table": Kind(
        "AWS::DynamoDB::Table",
        fields(name="TableName"),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_cloudwatch_event_rule": Kind(
        "AWS::Events::Rule",
        fields(name="Name", event_bus_name="EventBusName", state="State"),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_cloudwatch_event_bus": Kind(
        "AWS::Events::EventBus", fields(name="Name"), {"arn": "Arn", "name": "Name"}
    ),
    "aws_sqs_queue": Kind(
        "AWS::SQS::Queue", fields(name="QueueName"), {"arn": "Arn", "url": "", "id": ""}
    ),
    "aws_sfn_state_machine": Kind(
        "AWS::StepFunctions::StateMachine",
        fields(name="StateMachineName", role_arn=ref("RoleArn", "arn")),
        {"arn": "", "id": ""},
    ),
    "aws_secretsmanager_secret": Kind(
        "AWS::SecretsManager::Secret", fields(name="Name"), {"arn": "", "id": ""}
    ),
    "aws_rds_cluster": Kind(
        "AWS::RDS::DBCluster",
        fields(cluster_identifier="DBClusterIdentifier"),
        {"arn": "DBClusterArn", "id": "", "cluster_identifier": ""},
    ),
}

KINDS: dict[str, Kind] = {**APPSYNC, **IAM, **COGNITO, **_OTHERS}
"""By the resource type of Terraform."""
