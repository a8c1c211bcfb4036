"""Write the templates that the benchmarks scan: python tests/benchmarks/generate.py FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DIRECTIVES = ("@aws_api_key @aws_iam", "@aws_iam", "")


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


def template(resources: int, root_fields: int, filler: int = 0) -> dict[str, Any]:
    """Return a template with an API, its schema, a role, and resolvers for the rest.

    Each resolver carries *filler* characters of mapping template.
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
    resolvers = {
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
    return {"Resources": fixed | resolvers}


def main(folder: Path) -> None:
    """Write small.json (3 resources), large.json (300, 900 KB) and many/ (1,000 templates)."""
    many = folder / "many"
    many.mkdir(parents=True, exist_ok=True)
    (folder / "small.json").write_text(json.dumps(template(3, 4)), "utf-8")
    (folder / "large.json").write_text(json.dumps(template(300, 1000, 2450)), "utf-8")
    for index in range(1000):
        (many / f"stack{index:04}.json").write_text(json.dumps(template(12, 20)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
