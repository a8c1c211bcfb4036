"""A template → an account of AWS in which it is deployed, for tests of ``pull``.

Resolves templates by itself, so that the product's reader is not compared with itself, and answers
the operations of AWS as their models describe them: every answer is validated against its shape.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import graphql
import yaml
from botocore.loaders import create_loader
from botocore.stub import validate_parameters

REGION = "eu-west-1"
ACCOUNT = "111122223333"
PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
KEY = "da2-abcdefghijklmnopqrstuvwxyz"
_STACK = "AWS::CloudFormation::Stack"
LOADER = create_loader()

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class World:
    """One account and Region, with what stacks put into it."""

    def __init__(self, region: str = REGION) -> None:
        self.region = region
        start = region.rpartition("-")[0].rpartition("-")[0]
        self.partition = PARTITIONS.get(start, "aws")
        self.resources: list[tuple[Stack, str, str, dict[str, Any]]] = []

    def deploy(self, path: Path, parameters: Mapping[str, str] | None = None) -> World:
        """Deploy a template, or the stacks of a cloud assembly."""
        if path.is_dir():
            artifacts = json.loads((path / "manifest.json").read_text())["artifacts"]
            for name, artifact in artifacts.items():
                if artifact["type"] == "aws:cloudformation:stack":
                    file = artifact["properties"]["templateFile"]
                    self._deploy(Stack(self, name, path / file, dict(parameters or {})))
        else:
            self._deploy(Stack(self, path.stem, path, dict(parameters or {})))
        return self

    def _deploy(self, stack: Stack) -> None:
        for name, resource in stack.present():
            self.resources.append((stack, name, resource["Type"], resource.get("Properties", {})))
            if resource["Type"] == _STACK:
                self._deploy(stack.nested(name))

    def of(self, *types: str) -> Iterator[tuple[Stack, str, dict[str, Any]]]:
        """Yield the resources of these types: their stack, logical id and resolved properties."""
        for stack, name, type_, properties in self.resources:
            if type_ in types:
                yield stack, name, stack.value(properties) or {}

    def arn(self, service: str, rest: str, *, regional: bool = True) -> str:
        """Return an ARN of the account."""
        region = self.region if regional else ""
        return f"arn:{self.partition}:{service}:{region}:{ACCOUNT}:{rest}"


class Stack:
    """One stack: a template, the values of its parameters, and the ids that AWS gives."""

    def __init__(self, world: World, name: str, path: Path, parameters: dict[str, Any]) -> None:
        self.world, self.name, self.path = world, name, path
        self.template = read(path)
        declared = self.template.get("Parameters", {})
        defaults = {key: one.get("Default") for key, one in declared.items()}
        self.parameters = {**defaults, **parameters}
        self._nested: dict[str, Stack] = {}

    def present(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, resource in self.template["Resources"].items():
            if "Condition" not in resource or self.holds(resource["Condition"]):
                yield name, resource

    def nested(self, name: str) -> Stack:
        if name not in self._nested:
            resource = self.template["Resources"][name]
            given = self.value(resource["Properties"].get("Parameters", {}))
            (file,) = self.path.parent.glob("*.nested.template.json")  # no sample has two
            self._nested[name] = Stack(self.world, f"{self.name}-{name}-NESTED", file, given)
        return self._nested[name]

    def holds(self, condition: str) -> bool:
        return bool(self.value(self.template["Conditions"][condition]))

    def value(self, value: Any) -> Any:
        """Return the value that CloudFormation would deploy."""
        if isinstance(value, list):
            return [one for one in map(self.value, value) if one is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, argument),) = value.items()
            function = FUNCTIONS.get(key)
            if function is not None:
                return function(self, argument)
            assert not key.startswith("Fn::"), key
        resolved = {key: self.value(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one is not None}

    def ref(self, name: str) -> Any:
        pseudo = {
            "AWS::Region": self.world.region,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": self.world.partition,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
            "AWS::StackId": f"stack/{self.name}",
            "AWS::NoValue": None,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self.attribute(name, "")

    def attribute(self, name: str, attribute: str) -> Any:  # noqa: C901 - one case per type
        resource = self.template["Resources"][name]
        type_, properties = resource["Type"], resource.get("Properties", {})
        if type_ == _STACK:
            child = self.nested(name)
            output = child.template["Outputs"][attribute.removeprefix("Outputs.")]
            return child.value(output["Value"])
        physical = self.physical(name)
        arn = self.world.arn
        match type_, attribute:
            case "AWS::AppSync::GraphQLApi", "" | "Arn":
                return arn("appsync", f"apis/{physical}")
            case "AWS::AppSync::GraphQLApi", "GraphQLUrl":
                return f"https://{physical}.appsync-api.{self.world.region}.amazonaws.com/graphql"
            case "AWS::IAM::Role", "Arn":
                path = self.value(properties.get("Path", "/"))
                return arn("iam", f"role{path}{physical}", regional=False)
            case "AWS::IAM::ManagedPolicy", "":
                return arn("iam", f"policy/{physical}", regional=False)
            case "AWS::Lambda::Function", "Arn":
                return arn("lambda", f"function:{physical}")
            case "AWS::AppSync::DataSource", "Name":
                return self.value(properties["Name"])
            case "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable", "Arn":
                return arn("dynamodb", f"table/{physical}")
            case "AWS::Cognito::UserPool", "":
                return f"{self.world.region}_{physical[:9]}"
            case "AWS::Cognito::IdentityPool", "":
                digest = physical
                return f"{self.world.region}:{digest[:8]}-{digest[8:12]}-4{digest[12:15]}-8{digest[15:18]}-{digest[:12]}"
        return physical

    def physical(self, name: str) -> str:
        """Return the id that AWS gives a resource."""
        resource = self.template["Resources"][name]
        properties = resource.get("Properties", {})
        digest = hashlib.sha256(f"{self.name}/{name}".encode()).hexdigest()
        for key in ("RoleName", "UserName", "GroupName", "FunctionName", "ManagedPolicyName"):
            if key in properties:
                return str(self.value(properties[key]))
        if resource["Type"].startswith(("AWS::IAM::", "AWS::Lambda::")):
            return f"{self.name}-{name}-{digest[:12].upper()}"
        return digest[:26]


def read(path: Path) -> dict[str, Any]:
    """Return a template's data."""
    loaded: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a safe loader
    return loaded


class _Loader(yaml.SafeLoader):
    """Reads the short forms of functions as well."""


def _short(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        argument: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        argument = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": argument}


_Loader.add_multi_constructor("!", _short)


def _get_att(stack: Stack, argument: Any) -> Any:
    name, _, attribute = (
        argument.partition(".")
        if isinstance(argument, str)
        else (
            argument[0],
            "",
            argument[1],
        )
    )
    return stack.attribute(name, attribute)


def _sub(stack: Stack, argument: Any) -> str:
    text, given = argument if isinstance(argument, list) else (argument, {})
    first, *pieces = text.split("${")
    for piece in pieces:
        name, _, rest = piece.partition("}")
        if name.startswith("!"):
            first += "${" + name[1:] + "}" + rest
            continue
        value = given.get(name, {"Fn::GetAtt": name} if "." in name else {"Ref": name})
        first += str(stack.value(value)) + rest
    return str(first)


FUNCTIONS: dict[str, Callable[[Stack, Any], Any]] = {
    "Ref": lambda stack, name: stack.ref(name),
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": lambda stack, pair: pair[0].join(map(str, stack.value(pair[1]))),
    "Fn::Select": lambda stack, pair: stack.value(pair[1])[int(pair[0])],
    "Fn::Split": lambda stack, pair: stack.value(pair[1]).split(pair[0]),
    "Fn::Equals": lambda stack, pair: stack.value(pair[0]) == stack.value(pair[1]),
    "Fn::Not": lambda stack, one: not stack.value(one[0]),
    "Fn::And": lambda stack, some: all(map(stack.value, some)),
    "Fn::Or": lambda stack, some: any(map(stack.value, some)),
    "Fn::If": lambda stack, three: stack.value(three[1 if stack.holds(three[0]) else 2]),
}


class Answers:
    """What AWS answers about a world. ``operations`` may be replaced one by one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[tuple[str, str]] = []
        self.operations: dict[str, Answer] = {
            "ListGraphqlApis": lambda _: {"graphqlApis": list(self.apis().values())},
            "GetGraphqlApi": lambda given: {"graphqlApi": self.apis()[given["apiId"]]},
            "GetIntrospectionSchema": lambda given: {
                "schema": io.BytesIO(self.schema(given["apiId"]).encode())
            },
            "ListApiKeys": lambda given: {"apiKeys": self.keys(given["apiId"])},
            "ListTypes": lambda given: {"types": self.types(given["apiId"])},
            "ListResolvers": lambda given: {
                "resolvers": [
                    one
                    for one in self.parts("Resolver", given["apiId"])
                    if one["typeName"] == given["typeName"]
                ]
            },
            "appsync:ListFunctions": lambda given: {
                "functions": self.parts("FunctionConfiguration", given["apiId"])
            },
            "ListDataSources": lambda given: {
                "dataSources": self.parts("DataSource", given["apiId"])
            },
            "ListDomainNames": lambda _: {"domainNameConfigs": self.domains()},
            "GetApiAssociation": lambda given: {"apiAssociation": self.domain(given)},
            "ListSourceApiAssociations": lambda given: {
                "sourceApiAssociationSummaries": self.sources(given["apiId"])
            },
            "GetSourceApiAssociation": lambda given: {
                "sourceApiAssociation": next(
                    one
                    for one in self.sources(given["mergedApiIdentifier"])
                    if one["associationId"] == given["associationId"]
                )
            },
            "ListStackResources": lambda given: {"StackResourceSummaries": self.stack(given)},
            "GetAccountAuthorizationDetails": lambda _: self.iam(),
            "lambda:ListFunctions": lambda _: {"Functions": self.functions()},
            "DescribeLogGroups": lambda _: {"logGroups": self.log_groups()},
            "GetPolicy": lambda given: {"Policy": json.dumps(self.policy(given["FunctionName"]))},
        }

    def session(self) -> boto3.Session:
        """Return a session whose calls end here, each answer validated against its shape."""
        inner = botocore.session.Session()
        inner.register_component("data_loader", LOADER)  # a service's model is read once
        inner.set_credentials("AKIAIOSFODNN7EXAMPLE", "not-a-secret")
        inner.set_config_variable("region", self.world.region)
        inner.register("before-call", self.answer)
        return boto3.Session(botocore_session=inner)

    def answer(
        self, model: Any, params: dict[str, Any], **_: Any
    ) -> tuple[Any, dict[str, Any]] | None:
        """Answer a call, or leave it to a server."""
        service, operation = model.service_model.service_name, model.name
        self.asked.append((service, operation))
        answer = self.operations.get(f"{service}:{operation}", self.operations.get(operation))
        if answer is None:
            return None
        given = _parameters(model, params)
        found = answer(given)
        status = 400 if "Error" in found else 200
        if status == 200:
            validate_parameters(found, model.output_shape)
        metadata = {"HTTPStatusCode": status}
        http = type("Response", (), {"status_code": status, "headers": {}})()
        return http, {**found, "ResponseMetadata": metadata}

    def apis(self) -> dict[str, dict[str, Any]]:
        found = {}
        for stack, name, properties in self.world.of("AWS::AppSync::GraphQLApi"):
            api_id = stack.physical(name)
            kept = {key: one for key, one in properties.items() if key != "Tags"}
            found[api_id] = {
                **_numbers(_camel(kept)),
                "apiId": api_id,
                "arn": stack.attribute(name, "Arn"),
                "uris": {"GRAPHQL": stack.attribute(name, "GraphQLUrl")},
                "tags": {
                    "aws:cloudformation:stack-name": stack.name,
                    "aws:cloudformation:logical-id": name,
                },
            }
            found[api_id].pop("environmentVariables", None)
        for _, _, wall in self.world.of("AWS::WAFv2::WebACLAssociation"):
            api_id = wall["ResourceArn"].rpartition("/")[2]
            found[api_id]["wafWebAclArn"] = wall["WebACLArn"]
        return found

    def schema(self, api_id: str) -> str:
        for stack, _, properties in self.world.of("AWS::AppSync::GraphQLSchema"):
            if properties["ApiId"] == api_id:
                if "Definition" in properties:
                    return str(properties["Definition"])
                return (stack.path.parent / properties["DefinitionS3Location"]).read_text()
        return ""

    def keys(self, api_id: str) -> list[dict[str, Any]]:
        return [
            {"id": KEY, "expires": int(one.get("Expires") or 4102444800)}
            for _, _, one in self.world.of("AWS::AppSync::ApiKey")
            if one["ApiId"] == api_id
        ]

    def types(self, api_id: str) -> list[dict[str, Any]]:
        document = graphql.parse(self.schema(api_id))
        return [
            {"name": one.name.value, "definition": graphql.print_ast(one), "format": "SDL"}
            for one in document.definitions
            if isinstance(one, graphql.TypeDefinitionNode)
        ]

    def parts(self, kind: str, api_id: str) -> list[dict[str, Any]]:
        found = []
        for stack, name, properties in self.world.of(f"AWS::AppSync::{kind}"):
            if properties["ApiId"] == api_id:
                kept = {key: one for key, one in properties.items() if key != "ApiId"}
                more = {"functionId": stack.physical(name)} if kind.startswith("Function") else {}
                found.append({**_numbers(_camel(kept)), **more})
        return found

    def domains(self) -> list[dict[str, Any]]:
        return [
            {"domainName": one["DomainName"]}
            for _, _, one in self.world.of("AWS::AppSync::DomainName")
        ]

    def log_groups(self) -> list[dict[str, Any]]:
        return [
            {"logGroupName": one["LogGroupName"], "retentionInDays": one["RetentionInDays"]}
            for _, _, one in self.world.of("AWS::Logs::LogGroup")
        ]

    def domain(self, given: Mapping[str, Any]) -> dict[str, Any]:
        for _, _, one in self.world.of("AWS::AppSync::DomainNameApiAssociation"):
            if one["DomainName"] == given["domainName"]:
                return {"domainName": one["DomainName"], "apiId": one["ApiId"]}
        return {}

    def sources(self, api_id: str) -> list[dict[str, Any]]:
        found = []
        for stack, name, one in self.world.of("AWS::AppSync::SourceApiAssociation"):
            merged, source = one["MergedApiIdentifier"], one["SourceApiIdentifier"]
            if merged.endswith(api_id):
                source_id = source.rpartition("/")[2]
                arn = self.world.arn("appsync", f"apis/{source_id}")
                found.append(
                    {
                        "associationId": stack.physical(name),
                        "sourceApiId": source_id,
                        "sourceApiArn": source if source.startswith("arn:") else arn,
                    }
                )
        return found

    def stack(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": (
                    stack.nested(name).name if type_ == _STACK else stack.physical(name)
                ),
                "ResourceType": type_,
                "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for stack, name, type_, _ in self.world.resources
            if stack.name == given["StackName"]
        ]

    def iam(self) -> dict[str, Any]:
        details: dict[str, Any] = {
            "UserDetailList": [],
            "GroupDetailList": [],
            "RoleDetailList": [],
            "Policies": [],
        }
        for kind in ("Role", "User", "Group"):
            for stack, name, one in self.world.of(f"AWS::IAM::{kind}"):
                details[f"{kind}DetailList"].append(self._principal(kind, stack, name, one))
        for stack, name, one in self.world.of("AWS::IAM::ManagedPolicy"):
            version = {"IsDefaultVersion": True, "Document": json.dumps(one["PolicyDocument"])}
            details["Policies"].append(
                {
                    "Arn": stack.attribute(name, ""),
                    "PolicyName": stack.physical(name),
                    "Path": "/",
                    "PolicyVersionList": [version],
                }
            )
        return details

    def _principal(self, kind: str, stack: Stack, name: str, one: dict[str, Any]) -> dict[str, Any]:
        physical = stack.physical(name)
        inline = [*one.get("Policies", ())]
        attached = [{"PolicyArn": arn} for arn in one.get("ManagedPolicyArns", ())]
        for _, _, policy in self.world.of("AWS::IAM::Policy"):
            inline += [policy] if physical in policy.get(f"{kind}s", ()) else []
        for other, own, policy in self.world.of("AWS::IAM::ManagedPolicy"):
            if physical in policy.get(f"{kind}s", ()):
                attached.append({"PolicyArn": other.attribute(own, "")})
        documents = [
            {
                "PolicyName": policy["PolicyName"],
                "PolicyDocument": json.dumps(policy["PolicyDocument"]),
            }
            for policy in inline
        ]
        path = one.get("Path", "/")
        found = {
            f"{kind}Name": physical,
            "Path": path,
            "Arn": self.world.arn("iam", f"{kind.lower()}{path}{physical}", regional=False),
            f"{kind}PolicyList": documents,
            "AttachedManagedPolicies": attached,
        }
        if "PermissionsBoundary" in one:
            boundary = {"PermissionsBoundaryArn": one["PermissionsBoundary"]}
            found["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", **boundary}
        if kind == "Role":
            found["AssumeRolePolicyDocument"] = json.dumps(one["AssumeRolePolicyDocument"])
        if kind == "User":
            found["GroupList"] = one.get("Groups", [])
        return found

    def functions(self) -> list[dict[str, Any]]:
        return [
            {
                "FunctionName": stack.physical(name),
                "FunctionArn": stack.attribute(name, "Arn"),
                "Role": one["Role"],
                "Environment": {
                    "Variables": {
                        **one.get("Environment", {}).get("Variables", {}),
                        "PASSWORD": "hunter2",
                    }
                },
            }
            for stack, name, one in self.world.of("AWS::Lambda::Function")
        ]

    def policy(self, function: str) -> dict[str, Any]:
        statements = [
            {
                "Effect": "Allow",
                "Action": one["Action"],
                "Principal": {"Service": one["Principal"]},
                "Resource": function,
                "Condition": {
                    "ArnLike": {"AWS:SourceArn": one["SourceArn"]},
                },
            }
            for _, _, one in self.world.of("AWS::Lambda::Permission")
            if one["FunctionName"] in (function, function.rpartition(":")[2])
        ]
        return {"Version": "2012-10-17", "Statement": statements}


def error(code: str) -> Answer:
    """Return what answers every request with an error."""
    return lambda _: {"Error": {"Code": code, "Message": "no"}}


def _parameters(model: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request as they were given, from what is sent."""
    body = params.get("body")
    found = dict(body) if isinstance(body, dict) else {}
    if isinstance(body, (bytes, str)) and body:
        found.update(json.loads(body))
    found.update(params.get("query_string") or {})
    pattern = model.http["requestUri"].partition("?")[0].split("/")
    path = params["url_path"].partition("?")[0].split("/")
    members = model.input_shape.members if model.input_shape else {}
    wire = {one.serialization.get("name", name): name for name, one in members.items()}
    for wanted, actual in zip(pattern, path, strict=False):
        if wanted.startswith("{"):
            from urllib.parse import unquote

            name = wanted.strip("{}+")
            found[wire.get(name, name)] = unquote(actual)
    return found


def _camel(value: Any) -> Any:
    if isinstance(value, list):
        return [_camel(one) for one in value]
    if isinstance(value, dict):
        return {
            _NAMES.get(key, key[:1].lower() + key[1:]): _camel(one) for key, one in value.items()
        }
    return value


def _numbers(value: Any) -> Any:
    """Return the value with numbers and truth values that were written as text made such."""
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, dict):
        return {
            key: (
                int(one)
                if key.endswith(("TtlInSeconds", "TTL", "Limit")) and isinstance(one, str)
                else one in (True, "true")
                if key in _FLAGS
                else _numbers(one)
            )
            for key, one in value.items()
        }
    return value


_NAMES = {"DynamoDBConfig": "dynamodbConfig"}
_FLAGS = ("excludeVerboseContent", "xrayEnabled", "useCallerCredentials", "versioned")
