"""What a plan or a state says → the template of CloudFormation that means the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hcl import Policy, Ref, plan, state, trust

from cdk_appsync_guard.engine.scan import scan
from cdk_appsync_guard.template.inputs.terraform.translate import Translation, translate_plan
from cdk_appsync_guard.template.source.read import read_template

ROLE = {"name": "reader", "assume_role_policy": trust("lambda.amazonaws.com")}
API = "aws_appsync_graphql_api.main"
_KEY = {"api_id": Ref("aws_appsync_graphql_api.main.id"), "expires": "2025-01-01T00:00:00Z"}
FIELDS = {"name": "main", "authentication_type": "AWS_IAM", "schema": "type Query { a: ID }"}


def translated(data: dict[str, Any]) -> Translation:
    return translate_plan(read_template("plan.json", json.dumps(data).encode()))


def resources(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = translated(data).template.data["Resources"]
    return found


def properties(data: dict[str, Any], address: str) -> dict[str, Any]:
    found: dict[str, Any] = resources(data)[address]["Properties"]
    return found


def resource(address: str, type_: str, **values: Any) -> dict[str, Any]:
    return {"address": address, "mode": "managed", "type": type_, "values": values}


def test_an_api_carries_its_schema() -> None:
    made = resources(plan({API: FIELDS}))

    assert made[f"{API}.schema"] == {
        "Type": "AWS::AppSync::GraphQLSchema",
        "Properties": {
            "ApiId": {"Fn::GetAtt": [API, "ApiId"]},
            "Definition": "type Query { a: ID }",
        },
    }


def test_the_schema_stands_where_the_attribute_does() -> None:
    template = translated(plan({API: FIELDS})).template
    path = ("Resources", f"{API}.schema", "Properties", "Definition")
    line, column = template.locate(path)

    assert line == 1
    assert template.text[(column or 0) - 1 :].startswith('"schema": "type Query')


def test_no_line_of_a_plan_is_shown() -> None:
    template = translated(plan({API: FIELDS})).template

    assert getattr(template, "source").line_text(1) == ""  # noqa: B009 - of a DerivedTemplate


@pytest.mark.parametrize("name", ["id", "name"])
def test_a_role_of_a_policy_is_found_by_its_expression(name: str) -> None:
    made = plan(
        {
            "aws_iam_role.a": {"assume_role_policy": trust("lambda.amazonaws.com")},
            "aws_iam_role_policy.p": {"role": Ref(f"aws_iam_role.a.{name}"), "policy": Policy(())},
        }
    )

    assert properties(made, "aws_iam_role_policy.p")["RoleName"] == {"Ref": "aws_iam_role.a"}


def test_ids_and_arns_of_a_state_are_references_again() -> None:
    allow = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": Ref(f"{API}.arn")}
    made = state(
        {
            API: FIELDS,
            "aws_appsync_api_key.k": {"api_id": Ref(f"{API}.id"), "expires": None},
            "aws_iam_policy.p": {"name": "p", "policy": Policy((allow,))},
        }
    )
    (statement,) = properties(made, "aws_iam_policy.p")["PolicyDocument"]["Statement"]

    assert properties(made, "aws_appsync_api_key.k") == {"ApiId": {"Fn::GetAtt": [API, "ApiId"]}}
    assert statement["Resource"] == {"Fn::GetAtt": [API, "Arn"]}


def test_an_arn_tells_the_account_and_the_region() -> None:
    found = translated(state({API: FIELDS}))

    assert (found.account, found.region) == ("111122223333", "eu-west-1")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in value if isinstance(value, dict) else range(len(value)):
        yield (*path, key)
        if isinstance(value[key], (dict, list)):
            yield from _paths(value[key], (*path, key))


@pytest.mark.parametrize("junk", [None, True, 1, "module.[", [None], {"references": ["var.x"]}, {}])
@pytest.mark.parametrize("write", [plan, state])
def test_no_part_of_the_input_is_trusted(junk: Any, write: Callable[..., dict[str, Any]]) -> None:
    whole = write({API: FIELDS, "aws_iam_role.a": ROLE, "aws_appsync_api_key.k": _KEY})
    for *way, last in _paths(whole):
        data = json.loads(json.dumps(whole))
        inner = data
        for step in way:
            inner = inner[step]
        inner[last] = junk

        assert isinstance(translated(data).template.data["Resources"], dict)


def test_a_state_as_terraform_keeps_it_is_refused_with_what_to_do(tmp_path: Path) -> None:
    raw = {"version": 4, "terraform_version": "1.9.8", "serial": 3, "lineage": "a", "resources": []}
    (tmp_path / "terraform.tfstate").write_text(json.dumps(raw))
    (problem,) = scan([str(tmp_path / "terraform.tfstate")]).problems

    assert "is a state file of Terraform" in problem.message
    assert problem.help == "pass the output of `terraform show -json`"


def test_a_moment_becomes_seconds() -> None:
    made = plan({"aws_appsync_api_key.k": {"expires": "2025-01-01T00:00:00Z"}})

    assert properties(made, "aws_appsync_api_key.k")["Expires"] == 1735689600


def test_sensitive_values_are_left_open() -> None:
    data = plan({API: FIELDS})
    (api,) = data["planned_values"]["root_module"]["resources"]
    api["sensitive_values"] = {"schema": True}
    made = json.dumps(resources(data))

    assert "type Query" not in made
    assert "is marked as sensitive" in made


@pytest.mark.parametrize("declared", [True, False])
def test_an_attachment_belongs_to_the_policy_or_else_to_the_role(declared: bool) -> None:
    arn = "aws_iam_policy.p.arn" if declared else "arn:aws:iam::aws:policy/AWSAppSyncAdministrator"
    attachment = {
        "role": Ref("aws_iam_role.a.name"),
        "policy_arn": Ref(arn) if declared else arn,
    }
    made = plan(
        {
            "aws_iam_role.a": ROLE,
            "aws_iam_policy.p": {"name": "p", "policy": Policy(())},
            "aws_iam_role_policy_attachment.x": attachment,
        }
    )
    roles = properties(made, "aws_iam_policy.p").get("Roles")
    arns = properties(made, "aws_iam_role.a").get("ManagedPolicyArns")

    assert (roles, arns) == (([{"Ref": "aws_iam_role.a"}], None) if declared else (None, [arn]))


def test_a_map_is_open_only_where_it_is_not_known() -> None:
    roles = {"authenticated": Ref("aws_iam_role.a.arn")}
    made = plan(
        {
            "aws_iam_role.a": ROLE,
            "aws_cognito_identity_pool_roles_attachment.x": {"roles": roles},
        }
    )

    assert properties(made, "aws_cognito_identity_pool_roles_attachment.x") == {
        "Roles": {"authenticated": {"Fn::GetAtt": ["aws_iam_role.a", "Arn"]}}
    }


def _module_plan(references: list[str]) -> dict[str, Any]:
    """Return a plan whose key's API is an input of a module with two instances."""
    instances = [
        {
            "address": f'module.keys["{key}"]',
            "resources": [
                {
                    "address": f'module.keys["{key}"].aws_appsync_api_key.k[0]',
                    "mode": "managed",
                    "type": "aws_appsync_api_key",
                    "index": 0,
                    "values": {},
                }
            ],
        }
        for key in ("a.b", "c]d")
    ]
    root = [
        resource(f"{API}[0]", "aws_appsync_graphql_api", **FIELDS) | {"index": 0},
        resource("aws_appsync_graphql_api.other", "aws_appsync_graphql_api", **FIELDS),
    ]
    written = {"address": "aws_appsync_api_key.k", "expressions": {}}
    written["expressions"] = {"api_id": {"references": ["var.api_id"]}}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": root, "child_modules": instances}},
        "resource_changes": [
            {
                "address": f'module.keys["{key}"].aws_appsync_api_key.k[0]',
                "change": {"after_unknown": {"api_id": True}},
            }
            for key in ("a.b", "c]d")
        ],
        "configuration": {
            "root_module": {
                "resources": [],
                "module_calls": {
                    "keys": {
                        "expressions": {"api_id": {"references": references}},
                        "module": {"resources": [written]},
                    }
                },
            }
        },
    }


@pytest.mark.parametrize(
    "references",
    [
        [f"{API}[0].id", f"{API}[0]", API],
        [f"{API}.id", API],
    ],
)
def test_an_input_of_a_module_is_followed_to_the_resource(references: list[str]) -> None:
    made = resources(_module_plan(references))
    keys = [one for name, one in made.items() if name.startswith("module.")]

    assert [one["Properties"]["ApiId"] for one in keys] == [
        {"Fn::GetAtt": [f"{API}[0]", "ApiId"]},
        {"Fn::GetAtt": [f"{API}[0]", "ApiId"]},
    ]


@pytest.mark.parametrize("references", [["local.api"], [f"{API}.id", "aws_iam_role.x.id"], []])
def test_what_tells_no_single_resource_is_left_open(references: list[str]) -> None:
    made = json.dumps(resources(_module_plan(references)))

    assert made.count("is only known after the apply") == 2


def _document_plan(unknown: Any, resources_written: list[str]) -> dict[str, Any]:
    statement = {"effect": None, "actions": ["appsync:GraphQL"], "resources": resources_written}
    document = {
        "address": "data.aws_iam_policy_document.d",
        "mode": "data",
        "type": "aws_iam_policy_document",
        "values": {"statement": [statement], "version": None},
    }
    data = plan(
        {
            API: FIELDS,
            "aws_iam_policy.p": {"name": "p", "policy": Ref("data.aws_iam_policy_document.d.json")},
        }
    )
    data["planned_values"]["root_module"]["resources"].append(document)
    data["resource_changes"].append(
        {
            "address": document["address"],
            "change": {"after_unknown": {"json": True, "statement": [{"resources": unknown}]}},
        }
    )
    expression = {"resources": {"references": [f"{API}.arn", API]}}
    data["configuration"]["root_module"]["resources"] += [
        {"address": document["address"], "expressions": {"statement": [expression]}}
    ]
    policy = data["configuration"]["root_module"]["resources"][1]["expressions"]["policy"]
    policy["references"] = ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]
    return data


def test_a_document_that_is_read_during_the_apply_is_known_but_for_its_resources() -> None:
    made = properties(_document_plan(unknown=True, resources_written=[]), "aws_iam_policy.p")
    (statement,) = made["PolicyDocument"]["Statement"]
    reason, _, made_of = statement.pop("Resource")["Fn::KnownAfterApply"]

    assert statement == {"Effect": "Allow", "Action": ["appsync:GraphQL"]}
    assert f"depends on `{API}.arn`" in reason
    assert made_of == [{"Fn::GetAtt": [API, "Arn"]}]
