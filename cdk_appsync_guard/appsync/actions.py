"""The actions of AppSync that IAM knows, in AWS's spelling.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappsync.html; a test
compares them with those of the installed cfn-lint, which AWS keeps up to date.
"""

from __future__ import annotations

from cdk_appsync_guard.iam.arn_match import matches

__all__ = ["ACTIONS", "DATA_ACTIONS", "exists"]

DATA_ACTIONS = ("GraphQL", "SourceGraphQL", "EventConnect", "EventPublish", "EventSubscribe")
"""Those on fields and channels; all others manage APIs."""

ACTIONS = (
    "AssociateApi",
    "AssociateMergedGraphqlApi",
    "AssociateSourceGraphqlApi",
    "AssociateWebACL",
    "CreateApi",
    "CreateApiCache",
    "CreateApiKey",
    "CreateChannelNamespace",
    "CreateDataSource",
    "CreateDomainName",
    "CreateFunction",
    "CreateGraphqlApi",
    "CreateResolver",
    "CreateType",
    "DeleteApi",
    "DeleteApiCache",
    "DeleteApiKey",
    "DeleteChannelNamespace",
    "DeleteDataSource",
    "DeleteDomainName",
    "DeleteFunction",
    "DeleteGraphqlApi",
    "DeleteResolver",
    "DeleteResourcePolicy",
    "DeleteType",
    "DisassociateApi",
    "DisassociateMergedGraphqlApi",
    "DisassociateSourceGraphqlApi",
    "DisassociateWebACL",
    "EvaluateCode",
    "EvaluateMappingTemplate",
    "EventConnect",
    "EventPublish",
    "EventSubscribe",
    "FlushApiCache",
    "GetApi",
    "GetApiAssociation",
    "GetApiCache",
    "GetChannelNamespace",
    "GetDataSource",
    "GetDataSourceIntrospection",
    "GetDomainName",
    "GetFunction",
    "GetGraphqlApi",
    "GetGraphqlApiEnvironmentVariables",
    "GetIntrospectionSchema",
    "GetResolver",
    "GetResourcePolicy",
    "GetSchemaCreationStatus",
    "GetSourceApiAssociation",
    "GetType",
    "GetWebACLForResource",
    "GraphQL",
    "ListApiKeys",
    "ListApis",
    "ListChannelNamespaces",
    "ListDataSources",
    "ListDomainNames",
    "ListFunctions",
    "ListGraphqlApis",
    "ListResolvers",
    "ListResolversByFunction",
    "ListResourcesForWebACL",
    "ListSourceApiAssociations",
    "ListTagsForResource",
    "ListTypes",
    "ListTypesByAssociation",
    "PutGraphqlApiEnvironmentVariables",
    "PutResourcePolicy",
    "SetWebACL",
    "SourceGraphQL",
    "StartDataSourceIntrospection",
    "StartSchemaCreation",
    "StartSchemaMerge",
    "TagResource",
    "UntagResource",
    "UpdateApi",
    "UpdateApiCache",
    "UpdateApiKey",
    "UpdateChannelNamespace",
    "UpdateDataSource",
    "UpdateDomainName",
    "UpdateFunction",
    "UpdateGraphqlApi",
    "UpdateResolver",
    "UpdateSourceApiAssociation",
    "UpdateType",
)
_LOWER = frozenset(action.lower() for action in ACTIONS)


def exists(name: str) -> bool:
    """Return whether there is an action of this name, or one that its wildcards match."""
    lower = name.lower()
    if "*" in lower or "?" in lower:
        return any(matches(lower, action) for action in _LOWER)
    return lower in _LOWER
