"""A plan or a state → a Template of CloudFormation, with positions in the file as it was written.

In: a Template that ``is_plan``. Out: a Translation. Logical ids are the addresses of resources;
``ADDRESS.schema`` is an API's schema, which Terraform writes into the API itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.terraform.attachments import attach
from cdk_appsync_guard.template.inputs.terraform.convert import Converter
from cdk_appsync_guard.template.inputs.terraform.fields import Field, Kind
from cdk_appsync_guard.template.inputs.terraform.kinds import KINDS
from cdk_appsync_guard.template.inputs.terraform.known import Known, account_of, region_of
from cdk_appsync_guard.template.inputs.terraform.plan import Instance, read_plan
from cdk_appsync_guard.template.source.derived_template import DerivedTemplate, Origin
from cdk_appsync_guard.template.source.read import DataPath, Template

__all__ = ["Translation", "translate_plan"]

_API = "aws_appsync_graphql_api"
_SCHEMA = Field("Definition")


@dataclass(frozen=True, slots=True)
class Translation:
    """What a plan means. ``region`` and ``account`` are None where it does not tell them."""

    template: Template
    region: str | None
    account: str | None
    notices: tuple[Notice, ...] = ()


class _PlanFile(Template):
    """The file as it was written, of which no line is shown: any may hold a sensitive value."""

    def line_text(self, line: int) -> str:
        """Return nothing."""
        del line
        return ""


def translate_plan(template: Template) -> Translation:
    """Return the plan as CloudFormation would see it."""
    plan = read_plan(template.data)
    known = Known(plan)
    converter = Converter(plan, known)
    resources: dict[str, Any] = {}
    for instance in plan.instances.values():
        if instance.mode == "managed":
            resources.update(_made(instance, converter))
    attach(plan, converter, resources)
    _await_schemas(resources)
    file = _PlanFile(template.name, template.text, template.data, template._positions)  # noqa: SLF001 - a copy of it
    derived = DerivedTemplate(file, {"Resources": resources}, converter.origins)
    notices = () if plan.complete else (Notice("the plan is not complete: Terraform ended early"),)
    return Translation(derived, region_of(plan), account_of(plan), notices)


def _await_schemas(resources: dict[str, Any]) -> None:
    """Let what belongs to an API wait for its schema: Terraform makes both in one step."""
    for name, resource in resources.items():
        api_id = resource["Properties"].get("ApiId")
        api = api_id.get("Fn::GetAtt", [""])[0] if isinstance(api_id, dict) else ""
        schema = f"{api}.schema"
        if schema in resources and schema != name:
            resource["DependsOn"] = [schema]


def _made(instance: Instance, converter: Converter) -> dict[str, Any]:
    """Return the resource, and what else CloudFormation has for it, by logical id."""
    kind = KINDS.get(instance.type) or Kind(f"Terraform::{instance.type}")
    address = instance.address
    made = {address: _resource(instance, converter, address, kind)}
    if instance.type == _API:
        schema = converter.value(instance, "schema", _SCHEMA)
        if schema is not None:
            place: DataPath = ("Resources", f"{address}.schema")
            converter.origins[place] = Origin(instance.path)
            written = Origin((*instance.path, "values", "schema"))
            converter.origins[(*place, "Properties", "Definition")] = written
            made[f"{address}.schema"] = {
                "Type": "AWS::AppSync::GraphQLSchema",
                "Properties": {"ApiId": {"Fn::GetAtt": [address, "ApiId"]}, "Definition": schema},
            }
    return made


def _resource(instance: Instance, converter: Converter, name: str, kind: Kind) -> dict[str, Any]:
    place: DataPath = ("Resources", name)
    converter.origins[place] = Origin(instance.path)
    properties = converter.properties(instance, kind.fields, (*place, "Properties"))
    return {"Type": kind.type, "Properties": properties}
