"""Field: which property of CloudFormation an attribute of Terraform's AWS provider is.

Plain holders and their constructors; the table itself is in ``kinds``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Field", "Fields", "Kind", "document", "fields", "many", "one", "ref", "some"]


@dataclass(frozen=True, slots=True)
class Field:
    """A property. ``shape`` tells how its value is written.

    ``value``: as in CloudFormation; ``count``: the same, and 0 is absent; ``time``: RFC 3339, where
    CloudFormation has seconds; ``region``: the provider's Region if absent; ``document``: a policy
    as JSON text; ``one``: a list with the one block; ``many``: a list of blocks; ``some``: a set of
    blocks, whose order says nothing. ``wanted`` is the attribute that a resource is named by here.
    """

    property: str
    shape: str = "value"
    block: Mapping[str, Field] = field(default_factory=dict)
    wanted: str = ""


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type of CloudFormation: its properties, and its attributes by Terraform's name.

    The attribute "" is what ``Ref`` gives. ``unique`` are attributes whose values no other
    resource shares, so that a value tells which resource is meant.
    """

    type: str
    fields: Fields = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    unique: tuple[str, ...] = ("arn",)


def fields(**written: str | Field) -> Fields:
    """Return fields by attribute; a string is the name of a property with a plain value."""
    return {name: Field(one) if isinstance(one, str) else one for name, one in written.items()}


def ref(property_name: str, wanted: str) -> Field:
    """Return the field that names a resource by its attribute *wanted*."""
    return Field(property_name, wanted=wanted)


def document(property_name: str) -> Field:
    """Return the field that holds a policy as JSON text."""
    return Field(property_name, "document")


def one(property_name: str, **written: str | Field) -> Field:
    """Return the field of a block that can be written once."""
    return Field(property_name, "one", fields(**written))


def many(property_name: str, **written: str | Field) -> Field:
    """Return the field of blocks whose order is kept."""
    return Field(property_name, "many", fields(**written))


def some(property_name: str, **written: str | Field) -> Field:
    """Return the field of a set of blocks."""
    return Field(property_name, "some", fields(**written))
