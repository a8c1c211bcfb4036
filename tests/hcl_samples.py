"""The sample stacks as configurations of Terraform that mean the same, written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hcl import Mix, Policy, Ref, Resources, trust

SAMPLES = Path(__file__).parents[1] / "sample_stacks"
API = "aws_appsync_graphql_api.main"
_CODE = """export const request = (ctx) => ({ payload: ctx.args });
export const response = (ctx) => ctx.result;
"""
_AWS = "arn:aws:iam::aws:policy/service-role"
_POOL = {"user_pool_id": Ref("aws_cognito_user_pool.readers.id")}


def _schema(sample: str) -> str:
    return (SAMPLES / sample / "schema.graphql").read_text(encoding="utf-8")


def _resolvers(source: str, *fields: str) -> Resources:
    return {
        f"aws_appsync_resolver.{field.replace('.', '_')}": {
            "api_id": Ref(f"{API}.id"),
            "type": field.partition(".")[0],
            "field": field.partition(".")[2],
            "data_source": Ref(f"aws_appsync_datasource.{source}.name"),
            "kind": "UNIT",
            "code": _CODE,
            "runtime": [{"name": "APPSYNC_JS", "runtime_version": "1.0.0"}],
        }
        for field in fields
    }


def _source(name: str) -> dict[str, Any]:
    return {"api_id": Ref(f"{API}.id"), "name": name, "type": "NONE"}


def _role(service: str, policy: str) -> dict[str, Any]:
    return {"assume_role_policy": trust(service), "managed_policy_arns": [f"{_AWS}/{policy}"]}


def _function(role: str, **more: Any) -> dict[str, Any]:
    code = {"handler": "index.handler", "runtime": "python3.13", "filename": "code.zip"}
    return {**code, "role": Ref(f"aws_iam_role.{role}.arn"), **more}


def _url() -> list[dict[str, Any]]:
    return [{"variables": {"GRAPHQL_URL": Ref(f'{API}.uris["GRAPHQL"]')}}]


def blog_of(schema: str) -> Resources:
    """`blog/insecure.yaml` with `Stage=dev`."""
    log = [
        {
            "field_log_level": "ALL",
            "exclude_verbose_content": False,
            "cloudwatch_logs_role_arn": Ref("aws_iam_role.log.arn"),
        }
    ]
    more = [
        {"authentication_type": "AMAZON_COGNITO_USER_POOLS", "user_pool_config": [_POOL]},
        {"authentication_type": "AWS_IAM", "user_pool_config": []},
    ]
    return {
        "aws_cognito_user_pool.readers": {"name": "blog-readers"},
        "aws_cognito_user_group.editors": {"name": "Editors", **_POOL},
        API: {
            "name": "blog",
            "authentication_type": "API_KEY",
            "additional_authentication_provider": more,
            "log_config": log,
            "schema": schema,
            "xray_enabled": False,
            "query_depth_limit": 0,
        },
        "aws_appsync_api_key.key": {"api_id": Ref(f"{API}.id"), "expires": "2025-01-01T00:00:00Z"},
        "aws_iam_role.log": _role("lambda.amazonaws.com", "AWSAppSyncPushToCloudWatchLogs"),
    }


def chat(sample: str) -> Resources:
    """`chat/insecure`."""
    openid = {
        "issuer": "https://login.example.com/.well-known/openid-configuration",
        "client_id": "chat-web|chat-(ios|android",
        "auth_ttl": 0,
        "iat_ttl": 0,
    }
    log = {
        "field_log_level": "NONE",
        "cloudwatch_logs_role_arn": Ref("aws_iam_role.log.arn"),
        "exclude_verbose_content": False,
    }
    allow = {
        "Effect": "Allow",
        "Action": "appsync:GraphQL",
        "Resource": Mix("${" + API + ".arn}/types/Mutation/fields/remove"),
    }
    return {
        API: {
            "name": "chat",
            "authentication_type": "OPENID_CONNECT",
            "openid_connect_config": [openid],
            "additional_authentication_provider": [{"authentication_type": "AWS_IAM"}],
            "log_config": [log],
            "schema": _schema(sample),
        },
        "aws_appsync_datasource.chat": _source("Chat"),
        **_resolvers(
            "chat",
            *("Query.rooms", "Query.messages", "Mutation.send", "Mutation.remove"),
            *("Subscription.onSend", "Subscription.onRemove"),
        ),
        "aws_iam_role.log": _role("appsync.amazonaws.com", "AWSAppSyncPushToCloudWatchLogs"),
        "aws_iam_role.moderator": _role("lambda.amazonaws.com", "AWSLambdaBasicExecutionRole"),
        "aws_iam_role_policy.moderator": {
            "name": "remove",
            "role": Ref("aws_iam_role.moderator.id"),
            "policy": Policy((allow,)),
        },
        "aws_lambda_function.moderator": _function("moderator", environment=_url()),
    }


def tenants(sample: str) -> Resources:
    """`tenants/insecure`; the code of functions lies in archives that no plan holds."""
    authorizer = {
        "authorizer_uri": Ref("aws_lambda_function.authorizer.arn"),
        "authorizer_result_ttl_in_seconds": 7200,
        "identity_validation_expression": r"^tenant\.(.+$",
    }
    log = {
        "field_log_level": "ALL",
        "cloudwatch_logs_role_arn": Ref("aws_iam_role.log.arn"),
        "exclude_verbose_content": False,
    }
    allow = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": Ref(f"{API}.arn")}
    return {
        "aws_iam_role.authorizer": _role("lambda.amazonaws.com", "AWSLambdaBasicExecutionRole"),
        "aws_lambda_function.authorizer": _function("authorizer"),
        "aws_iam_role.log": _role("lambda.amazonaws.com", "AWSAppSyncPushToCloudWatchLogs"),
        API: {
            "name": "tenants",
            "authentication_type": "AWS_LAMBDA",
            "lambda_authorizer_config": [authorizer],
            "additional_authentication_provider": [{"authentication_type": "AWS_IAM"}],
            "log_config": [log],
            "schema": _schema(sample),
        },
        "aws_appsync_datasource.projects": _source("Projects"),
        **_resolvers(
            "projects",
            *("Query.me", "Query.projects", "Query.tenant"),
            *("Mutation.createProject", "Mutation.createTenant"),
        ),
        "aws_iam_role.provisioning": _role("lambda.amazonaws.com", "AWSLambdaBasicExecutionRole"),
        "aws_iam_role_policy.provisioning": {
            "name": "create",
            "role": Ref("aws_iam_role.provisioning.id"),
            "policy": Policy((allow,)),
        },
        "aws_lambda_function.provisioning": _function("provisioning", environment=_url()),
    }
