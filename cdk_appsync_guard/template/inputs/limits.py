"""What a template must have right before anything is made of it.

In: a template, with its loops written out. Out: TemplateError, or nothing. Does not check what
CloudFormation checks anyway, but for what would make us blind or slow.
"""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.errors import Location, TemplateError
from cdk_appsync_guard.template.source.derived_template import source_of
from cdk_appsync_guard.template.source.read import DataPath, Template, kind_of

__all__ = ["check_sections"]

LONGEST_NAME = 1000
"""Far more than CloudFormation takes; reports repeat names as often as they have findings."""

_SECTIONS = ("Resources", "Parameters", "Conditions", "Mappings", "Outputs")


def check_sections(template: Template) -> None:
    """Raise TemplateError if the resources are not a mapping, or a name is absurdly long."""
    resources: Any = template.data.get("Resources", {})
    if not isinstance(resources, dict):
        raise TemplateError(
            f"`Resources` must be a mapping, not {kind_of(resources)}",
            location=_place(template, ("Resources",)),
            help="write `LogicalId: {Type: ..., Properties: ...}` for each resource",
        )
    for section in _SECTIONS:
        members = template.data.get(section)
        for name in members if isinstance(members, dict) else ():
            if len(name) > LONGEST_NAME:
                raise TemplateError(
                    f"a name in `{section}` has {len(name):,} characters",
                    location=_place(template, (section, name)),
                    help="CloudFormation accepts names of at most 255 characters",
                )


def _place(template: Template, written: DataPath) -> Location:
    file, path = source_of(template, written)
    line, column = file.locate(path)
    return Location(file.name, line, column, str(written[0]))
