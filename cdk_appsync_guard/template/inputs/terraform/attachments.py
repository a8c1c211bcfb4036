"""What Terraform writes as a resource of its own and CloudFormation as a property of another.

In: a Plan, and the resources made of it so far, which it changes. Attachments of policies, members
of groups, targets of event rules, role mappings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_appsync_guard.template.inputs.terraform.convert import Converter
from cdk_appsync_guard.template.inputs.terraform.fields import Field, one, ref
from cdk_appsync_guard.template.inputs.terraform.plan import Instance, Plan, mapping
from cdk_appsync_guard.template.source.derived_template import Origin
from cdk_appsync_guard.template.source.read import DataPath

__all__ = ["attach"]

_POLICY = ref("", "arn")
_NAME = ref("", "name")
# Attribute and property of those who a policy is attached to.
_HOLDERS = {
    "aws_iam_role_policy_attachment": (("role", "Roles"),),
    "aws_iam_user_policy_attachment": (("user", "Users"),),
    "aws_iam_group_policy_attachment": (("group", "Groups"),),
    "aws_iam_policy_attachment": (("roles", "Roles"), ("users", "Users"), ("groups", "Groups")),
}
_NAMES = {"Roles": "RoleName", "Users": "UserName", "Groups": "GroupName"}
_TARGET = {
    "arn": ref("Arn", "arn"),
    "role_arn": ref("RoleArn", "arn"),
    "input": Field("Input"),
    "input_path": Field("InputPath"),
    "input_transformer": one(
        "InputTransformer", input_paths="InputPathsMap", input_template="InputTemplate"
    ),
    "appsync_target": one("AppSyncParameters", graphql_operation="GraphQLOperation"),
}

_Resources = dict[str, Any]


def attach(plan: Plan, converter: Converter, resources: _Resources) -> None:
    """Put attachments where CloudFormation has them."""
    named = _names(resources)
    for instance in plan.instances.values():
        if instance.type in _HOLDERS:
            _attach_policy(instance, converter, resources, named)
        elif instance.type == "aws_iam_user_group_membership":
            _add_to_groups(instance, converter, resources)
        elif instance.type == "aws_cloudwatch_event_target":
            _add_target(instance, converter, resources, named)
        elif instance.type == "aws_cognito_identity_pool_roles_attachment":
            _key_mappings(resources[instance.address]["Properties"])


def _attach_policy(
    instance: Instance, converter: Converter, resources: _Resources, named: dict[str, str]
) -> None:
    policy = converter.value(instance, "policy_arn", _POLICY)
    declared = _declared(policy, resources, "AWS::IAM::ManagedPolicy")
    for attribute, key in _HOLDERS[instance.type]:
        holders = converter.value(instance, attribute, _NAME)
        for at, holder in enumerate(holders if isinstance(holders, list) else [holders]):
            if holder is None or policy is None:
                continue
            if declared is not None:
                owner, property_name, value = declared, key, holder
            else:
                owner = _owner(holder, resources, named, _NAMES[key]) or ""
                property_name, value = "ManagedPolicyArns", policy
            if not owner:
                continue
            properties = resources[owner]["Properties"]
            listed = properties.setdefault(property_name, [])
            if not isinstance(listed, list):
                continue
            place: DataPath = ("Resources", owner, "Properties", property_name, len(listed))
            name = attribute if declared is not None else "policy_arn"
            converter.origins[place] = Origin((*instance.path, "values", name, at))
            properties[property_name] = [*listed, value]


def _add_to_groups(instance: Instance, converter: Converter, resources: _Resources) -> None:
    user = converter.value(instance, "user", _NAME)
    groups = converter.value(instance, "groups", _NAME)
    for at, group in enumerate(groups if isinstance(groups, list) else [groups]):
        name = instance.address if at == 0 else f"{instance.address}.groups.{at}"
        converter.origins["Resources", name] = Origin(instance.path)
        resources[name] = {
            "Type": "AWS::IAM::UserToGroupAddition",
            "Properties": {"GroupName": group, "Users": [user]},
        }


def _add_target(
    instance: Instance, converter: Converter, resources: _Resources, named: dict[str, str]
) -> None:
    rule = _owner(converter.value(instance, "rule", _NAME), resources, named, "Name")
    if rule is None:
        return
    targets = resources[rule]["Properties"].setdefault("Targets", [])
    place: DataPath = ("Resources", rule, "Properties", "Targets", len(targets))
    converter.origins[place] = Origin((*instance.path, "values"))
    targets.append(converter.properties(instance, _TARGET, place))


def _key_mappings(properties: dict[str, Any]) -> None:
    """Write role mappings as CloudFormation does: by key, with their rules one level down."""
    mappings = properties.get("RoleMappings")
    if not isinstance(mappings, list):
        return
    keyed: dict[str, Any] = {}
    for at, one_mapping in enumerate(mappings):
        rules = one_mapping.pop("Rules", None)
        if rules is not None:
            one_mapping["RulesConfiguration"] = {"Rules": rules}
        keyed[f"mapping{at}"] = one_mapping
    properties["RoleMappings"] = keyed


def _declared(value: Any, resources: _Resources, type_: str) -> str | None:
    """Return the logical id that a reference names, if it is of that type."""
    reference = mapping(value)
    name = reference.get("Ref") or next(iter(reference.get("Fn::GetAtt") or ()), None)
    found = resources.get(name) if isinstance(name, str) else None
    return name if found is not None and found["Type"] == type_ else None


def _owner(value: Any, resources: _Resources, named: dict[str, str], key: str) -> str | None:
    """Return the logical id of the resource that a reference or a literal name means."""
    if isinstance(value, str):
        return named.get(f"{key}={value}")
    name = mapping(value).get("Ref")
    return name if isinstance(name, str) and name in resources else None


def _names(resources: _Resources) -> dict[str, str]:
    return dict(_named(resources))


def _named(resources: _Resources) -> Iterator[tuple[str, str]]:
    keys = {"AWS::Events::Rule": "Name", "AWS::IAM::Role": "RoleName"}
    keys |= {"AWS::IAM::User": "UserName", "AWS::IAM::Group": "GroupName"}
    for logical_id, resource in resources.items():
        key = keys.get(resource["Type"])
        name = resource["Properties"].get(key) if key else None
        if isinstance(name, str):
            yield f"{key}={name}", logical_id
