"""Stack and Resource: what is left of a template once parameters and conditions are decided.

A property is resolved when it is first asked for, and then remembered: a scan of a large template
pays only for what it reads.
"""

from __future__ import annotations

from cdk_appsync_guard.template.read import DataPath, Place, SourceFile
from cdk_appsync_guard.template.values import Value

__all__ = ["Resource", "Stack"]


class Resource:
    """A resource that exists in this scenario.

    ``conditional`` is True if it stands under a Condition that given parameters do not fix.
    """

    stack: Stack
    logical_id: str
    type: str
    conditional: bool

    def get(self, *path: str | int) -> Value:
        """Return the resolved property: ``get("UserPoolConfig", "AwsRegion")``.

        None if it is absent; Unknown if the way to it leads through something unknown.
        """
        raise NotImplementedError

    def attribute(self, name: str = "") -> Value:
        """Return what ``Ref`` (no name) or ``Fn::GetAtt`` on this resource resolves to."""
        raise NotImplementedError

    def place(self, *path: str | int) -> Place:
        """Return where the property stands, or the nearest enclosing one that is written."""
        raise NotImplementedError

    @property
    def metadata(self) -> dict[str, object]:
        """The raw ``Metadata`` of the resource, {} if it has none."""
        raise NotImplementedError


class Stack:
    """One condition-free stack.

    ``id`` is unique in a scan (holes carry it); ``name`` is for people. ``region`` and ``account``
    are set when the assembly or the options say them. ``absent`` maps the logical ids that a
    condition removed to their types.
    """

    id: str
    name: str
    region: str | None
    account: str | None
    resources: dict[str, Resource]
    absent: dict[str, str]
    parent: Stack | None

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of these types, in the order of the template."""
        raise NotImplementedError

    def resource_of(self, value: Value) -> tuple[Resource, str] | None:
        """Return the resource, of any stack of the assembly, that the value names, and the attribute.

        The value is a Text that is one attribute hole; the attribute is "" for Ref.
        """
        raise NotImplementedError

    def read_beside(self, reference: Value) -> SourceFile | None:
        """Return the local file that an S3 location, an asset URL or a relative path means, if any.

        Never reads outside the assembly's own folder.
        """
        raise NotImplementedError

    def place(self, path: DataPath) -> Place:
        """Return a place in this stack's template."""
        raise NotImplementedError
