"""Write the templates that the benchmarks scan: python tests/benchmarks/generate.py FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DIRECTIVES = ("@aws_api_key @aws_iam", "@aws_iam", "")
ASSUMED_BY_LAMBDA = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}


def schema(root_fields: int) -> str:
    """Return SDL with that many root fields over a tenth as many object types."""
    kinds = max(1, root_fields // 10)
    roots = [
        f"  get{index}(id: ID!): Thing{index % kinds} {DIRECTIVES[index % 3]}".rstrip()
        for index in range(root_fields)
    ]
    types = [
        f"type Thing{index} {DIRECTIVES[index % 2]} {{\n"
        f"  id: ID!\n  name: String\n  next: Thing{(index * 7 + 1) % kinds}\n}}"
        for index in range(kinds)
    ]
    return "\n".join(("type Query {", *roots, "}", *types, ""))


def template(
    resources: int, root_fields: int, filler: int = 0, roles: int = 0, conditions: int = 0
) -> dict[str, Any]:
    """Return a template with an API, its schema, roles of ten ARNs, and resolvers for the rest.

    Each resolver carries *filler* characters of mapping template; the first resolvers stand under
    *conditions* of their own.
    """
    mapping = "## a mapping template\n".ljust(filler, "#")
    api_id = {"Fn::GetAtt": ["Api", "ApiId"]}
    fixed: dict[str, Any] = {
        "Api": {
            "Type": "AWS::AppSync::GraphQLApi",
            "Properties": {
                "Name": "benchmark",
                "AuthenticationType": "API_KEY",
                "AdditionalAuthenticationProviders": [{"AuthenticationType": "AWS_IAM"}],
            },
        },
        "Schema": {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": api_id, "Definition": schema(root_fields)},
        },
        "Things": {
            "Type": "AWS::AppSync::DataSource",
            "Properties": {"ApiId": api_id, "Name": "Things", "Type": "NONE"},
        },
    }
    for index in range(roles):
        granted = [_arn("Api", f"get{(index * 10 + at) % root_fields}") for at in range(10)]
        fixed[f"Role{index}"] = role({"p": granted})
    resolvers: dict[str, Any] = {
        f"Resolver{index}": {
            "Type": "AWS::AppSync::Resolver",
            "Properties": {
                "ApiId": api_id,
                "TypeName": "Query",
                "FieldName": f"get{index}",
                "DataSourceName": {"Fn::GetAtt": ["Things", "Name"]},
                "RequestMappingTemplate": mapping,
                "ResponseMappingTemplate": "$util.toJson($ctx.result)",
            },
            "Metadata": {"aws:cdk:path": f"Stack/Api/Resolver{index}/Resource"},
        }
        for index in range(resources - len(fixed))
    }
    for index in range(conditions):
        resolvers[f"Resolver{index}"]["Condition"] = f"Wanted{index}"
    return _with_conditions(fixed | resolvers, conditions)


def _with_conditions(resources: dict[str, Any], conditions: int) -> dict[str, Any]:
    if not conditions:
        return {"Resources": resources}
    return {
        "Parameters": {f"Want{index}": {"Type": "String"} for index in range(conditions)},
        "Conditions": {
            f"Wanted{index}": {"Fn::Equals": [{"Ref": f"Want{index}"}, "yes"]}
            for index in range(conditions)
        },
        "Resources": resources,
    }


def role(policies: dict[str, Any], managed: list[Any] | None = None) -> dict[str, Any]:
    """Return a function's role that may call the resources of each policy."""
    written = [
        {"PolicyName": name, "PolicyDocument": allow(resources)}
        for name, resources in policies.items()
    ]
    properties = {"AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA, "Policies": written}
    if managed:
        properties["ManagedPolicyArns"] = managed
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def allow(resources: Any) -> dict[str, Any]:
    """Return a policy document that allows to call the resources."""
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _arn(api: str, field: str) -> dict[str, Any]:
    """Return a field's ARN as the CDK writes it."""
    parts = (
        "arn:",
        {"Ref": "AWS::Partition"},
        ":appsync:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
        ":apis/",
        {"Fn::GetAtt": [api, "ApiId"]},
        f"/types/Query/fields/{field}",
    )
    return {"Fn::Join": ["", list(parts)]}


def apis_with_roles(count: int, *, everything: bool = False) -> dict[str, Any]:
    """Return that many APIs of twenty fields, and as many roles: of five ARNs each, or of ``*``."""
    resources: dict[str, Any] = {}
    for index in range(count):
        resources[f"Api{index}"] = {
            "Type": "AWS::AppSync::GraphQLApi",
            "Properties": {"Name": f"a{index}", "AuthenticationType": "AWS_IAM"},
        }
        resources[f"Schema{index}"] = {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {
                "ApiId": {"Fn::GetAtt": [f"Api{index}", "ApiId"]},
                "Definition": "type Query { " + " ".join(f"f{at}: ID" for at in range(20)) + " }",
            },
        }
        granted: Any = "*" if everything else [_arn(f"Api{index}", f"f{at}") for at in range(5)]
        resources[f"Role{index}"] = role({"p": granted})
    return {"Resources": resources}


def policies_with_roles(count: int) -> dict[str, Any]:
    """Return one API, that many managed policies, and as many roles that have all of them."""
    resources = template(3, 20)["Resources"]
    for index in range(count):
        resources[f"Policy{index}"] = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": allow(_arn("Api", f"get{index % 20}"))},
        }
    attached = [{"Ref": f"Policy{index}"} for index in range(count)]
    for index in range(count):
        resources[f"Role{index}"] = role({}, attached)
    return {"Resources": resources}


def broken_resolvers(count: int) -> dict[str, Any]:
    """Return an API whose resolvers all stand on a field that the schema does not have."""
    resources = template(count + 3, 4)["Resources"]
    for index in range(count):
        resources[f"Resolver{index}"]["Properties"]["FieldName"] = f"missing{index}"
    return {"Resources": resources}


def inputs() -> dict[str, dict[str, Any]]:
    """Return the single templates by name."""
    large = {"resources": 303, "root_fields": 1000, "filler": 2450, "roles": 100}
    return {
        "small": template(3, 4),
        "large": template(**large),
        "large_conditions": template(**large, conditions=5),
        "large_without_iam": template(300, 1000, 2450),
        "apis_arns": apis_with_roles(200),
        "apis_star": apis_with_roles(200, everything=True),
        "policies_roles": policies_with_roles(200),
    }


def main(folder: Path) -> None:
    """Write each single template, findings.json (50,000 findings) and many/ (1,000 templates)."""
    many = folder / "many"
    many.mkdir(parents=True, exist_ok=True)
    for name, data in inputs().items():
        (folder / f"{name}.json").write_text(json.dumps(data), "utf-8")
    (folder / "findings.json").write_text(json.dumps(broken_resolvers(50_000)), "utf-8")
    for index in range(1000):
        (many / f"stack{index:04}.json").write_text(json.dumps(template(12, 20)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
