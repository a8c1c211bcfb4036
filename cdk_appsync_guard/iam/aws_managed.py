"""AWS's own managed policies: what those allow that callers, logs, and data sources live on.

In: the part of an ARN behind ``:iam::aws:policy/``. Out: statements, and for which services they
are complete. The contents are those of https://github.com/zoph-io/MAMIP on 2026-03-07.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.iam.policies import Statement, statements_of

__all__ = ["AwsManaged", "read_aws_managed"]

_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_READS_TABLES = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")

# What each allows on all resources, of the services that this tool asks about. Their names are not
# enough to know them: the path is a part of the ARN.
_ALLOWS: dict[str, tuple[str, ...]] = {
    "AWSAppSyncAdministrator": ("appsync:*",),
    "AWSAppSyncInvokeFullAccess": ("appsync:GraphQL",),
    "AWSAppSyncSchemaAuthor": ("appsync:GraphQL",),
    "AWSLambdaInvocation-DynamoDB": ("lambda:InvokeFunction",),
    "AWSLambda_FullAccess": ("lambda:*",),
    "AWSXRayDaemonWriteAccess": (),
    "AdministratorAccess": ("*",),
    "AmazonBedrockFullAccess": ("bedrock:*",),
    "AmazonBedrockLimitedAccess": ("bedrock:InvokeModel*",),
    "AmazonDynamoDBFullAccess": ("dynamodb:*",),
    "AmazonDynamoDBFullAccess_v2": ("dynamodb:*",),
    "AmazonDynamoDBReadOnlyAccess": _READS_TABLES,
    "AmazonESFullAccess": ("es:*",),
    "AmazonEventBridgeFullAccess": ("events:*",),
    "AmazonOpenSearchServiceFullAccess": ("es:*",),
    "AmazonRDSDataFullAccess": ("rds-data:*",),
    "AmazonS3ReadOnlyAccess": (),
    "CloudWatchAgentServerPolicy": _LOGS,
    "CloudWatchEventsFullAccess": ("events:*",),
    "CloudWatchFullAccess": ("logs:*",),
    "CloudWatchFullAccessV2": ("logs:*",),
    "CloudWatchLogsFullAccess": ("logs:*",),
    "PowerUserAccess": ("*",),
    "ReadOnlyAccess": (*_READS_TABLES, "es:ESHttpGet", "es:ESHttpHead"),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
    "job-function/ViewOnlyAccess": (),
    "service-role/AWSAppSyncPushToCloudWatchLogs": _LOGS,
    "service-role/AWSLambdaBasicDurableExecutionRolePolicy": _LOGS,
    "service-role/AWSLambdaBasicExecutionRole": _LOGS,
    "service-role/AWSLambdaDynamoDBExecutionRole": _LOGS,
    "service-role/AWSLambdaKinesisExecutionRole": _LOGS,
    "service-role/AWSLambdaMSKExecutionRole": _LOGS,
    "service-role/AWSLambdaRole": ("lambda:InvokeFunction",),
    "service-role/AWSLambdaSQSQueueExecutionRole": _LOGS,
    "service-role/AWSLambdaVPCAccessExecutionRole": _LOGS,
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": _LOGS,
    "service-role/AmazonECSTaskExecutionRolePolicy": _LOGS[1:],
}
_DENIES = {"AWSDenyAll": ("*",)}
# Known for the services of which no other managed policy speaks.
_ALLOWS_IN_PART = {"AdministratorAccess-Amplify": ("appsync:GraphQL", "lambda:InvokeFunction")}
_COMPLETE_FOR = ("appsync",)
# Boundaries and limits of other services, which allow or deny everything on conditions.
_CONDITIONAL = frozenset(
    {
        "AWSIAMIdentityCenterAllowListForIdentityContext",
        "AWSMcpServiceActionsFullAccess",
        "AmazonDataZoneEnvironmentRolePermissionsBoundary",
        "AmazonDataZoneProjectDeploymentPermissionsBoundary",
        "AmazonDataZoneProjectRolePermissionsBoundary",
        "AmazonDataZoneSageMakerEnvironmentRolePermissionsBoundary",
        "AmazonSecurityLakePermissionsBoundary",
        "SageMakerStudioProjectUserRolePermissionsBoundary",
    }
)
_PATHS = {path.rpartition("/")[2]: path for path in (*_ALLOWS, *_DENIES, *_ALLOWS_IN_PART)}


@dataclass(frozen=True, slots=True)
class AwsManaged:
    """What a managed policy of AWS says.

    ``statements`` is None if that depends on conditions. ``services`` are those for which the
    statements are complete, None for all. ``meant`` is the path of the policy that was meant, if
    there is none of this path.
    """

    statements: tuple[Statement, ...] | None
    services: tuple[str, ...] | None = None
    meant: str | None = None


def read_aws_managed(path: str) -> AwsManaged:
    """Return what the managed policy says, by its path and name: ``service-role/NAME``."""
    name = path.rpartition("/")[2]
    if path in _ALLOWS:
        return AwsManaged(_statement("Allow", _ALLOWS[path]))
    if path in _DENIES:
        return AwsManaged(_statement("Deny", _DENIES[path]))
    if path in _ALLOWS_IN_PART:
        return AwsManaged(_statement("Allow", _ALLOWS_IN_PART[path]), _COMPLETE_FOR)
    if name in _PATHS:
        return AwsManaged((), meant=_PATHS[name])
    if name in _CONDITIONAL:
        return AwsManaged(None)
    return AwsManaged((), _COMPLETE_FOR)


def _statement(effect: str, actions: tuple[str, ...]) -> tuple[Statement, ...]:
    if not actions:
        return ()
    written = {"Effect": effect, "Action": list(actions), "Resource": "*"}
    return statements_of({"Statement": written}) or ()
