"""A resource of an IAM statement as it is written: who bears it, its form, and its names.

What it matches, and what that is worth, is for ``iam_grants`` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from cdk_appsync_guard.appsync.field_arns import Shape, read_shape
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.iam_vocabulary import Form, FormCells, WrittenCells
from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.iam.principals import Document
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = [
    "VARIABLE",
    "GrantResource",
    "coordinate_of",
    "form_cells",
    "resources_of",
    "shortened",
    "written_cells",
]

_MANY = 3


def resources_of(bearing: Bearing, statement: Statement) -> Iterator[GrantResource]:
    """Yield the resources of a statement; a NotResource is one, since it only counts as a whole."""
    key = "NotResource" if statement.negated_resources else "Resource"
    for index, pattern in enumerate(statement.resources or ()):
        place = bearing.document.place(statement, key, index)
        if place is not None:
            alone = statement.resources if statement.negated_resources else (pattern,)
            plain = replace(statement, resources=alone, condition=None, never=False)
            shape = _shape(bearing.document, pattern)
            yield GrantResource(bearing, statement, plain, pattern, shape, place)
        if statement.negated_resources:
            return


def _shape(document: Document, pattern: str | Text) -> Shape:
    if document.resource is None:
        return read_shape(pattern)
    return document.resource.once(("shape", pattern), partial(read_shape, pattern))


@dataclass(frozen=True, slots=True)
class GrantResource:
    """One resource of a statement, where it is written, and which principals it applies to.

    ``unconditional`` is the statement with this resource alone and without its condition.
    """

    bearing: Bearing
    statement: Statement
    unconditional: Statement
    pattern: str | Text
    shape: Shape
    place: Place

    @property
    def is_specific(self) -> bool:
        """Whether the statement is about calling fields, and not about managing APIs as well."""
        names = [str(action).lower() for action in self.statement.actions or ()]
        return not self.statement.negated_actions and any(
            name.startswith("appsync:graphq") for name in names
        )

    @property
    def has_variable(self) -> bool:
        """Whether the resource has a policy variable, which differs from caller to caller."""
        parts = self.pattern.parts if isinstance(self.pattern, Text) else (self.pattern,)
        literal = "".join(part for part in parts if isinstance(part, str))
        return VARIABLE.search(literal.replace("${$}", "")) is not None


def written_cells(resource: GrantResource, targets: Sequence[Target]) -> WrittenCells:
    """Return the cells that say what is written, whatever it matches."""
    shape, statement = resource.shape, resource.statement
    return {
        **resource.bearing.named,
        "policy": resource.bearing.document.name,
        "effect": statement.effect,
        "action": ", ".join(map(str, statement.actions or ())),
        "specific": resource.is_specific,
        "generator": _generator(resource.bearing.document),
        "resource": _shown(resource, targets),
        **form_cells(resource, targets),
        "coordinate": coordinate_of(shape),
        "type_name": shape.type_name or None,
        "wild": any(mark in shape.type_name + shape.field_name for mark in "*?"),
    }


def _shown(resource: GrantResource, targets: Sequence[Target]) -> str:
    """Return the resource as it is written; a NotResource is everything but what it names."""
    negated = resource.statement.negated_resources
    patterns = (resource.statement.resources if negated else None) or (resource.pattern,)
    named = [shortened(str(one).replace("${$}{", "${"), targets) for one in patterns[:_MANY]]
    more = ", ..." if len(patterns) > _MANY else ""
    return f"everything but {', '.join(named)}{more}" if negated else named[0]


def form_cells(resource: GrantResource, targets: Sequence[Target]) -> FormCells:
    """Return the form of the resource as it is written, and what is wrong with that."""
    shape = resource.shape
    negated = resource.statement.negated_resources
    return {
        "form": "all-but" if negated else _form(shape, resource.pattern),
        "mistake": shape.mistake or None,
        "corrected": shortened(shape.corrected, targets) or None,
    }


def _generator(document: Document) -> Literal["amplify"] | None:
    """Return the tool that wrote the policy: Amplify makes one for each role of its identity pool.

    It grants all operations of a model for one rule with the provider identityPool; directives and
    resolvers refuse those that the rule leaves out.
    """
    resource = document.resource
    is_managed = resource is not None and resource.type == "AWS::IAM::ManagedPolicy"
    return "amplify" if is_managed and _OF_AMPLIFY.search(document.name) else None


def shortened(arn: str, targets: Sequence[Target]) -> str:
    """Return the ARN as a person would write it in a template: with ``${Api.Arn}``."""
    for target in targets:
        if arn.startswith(target.written):
            end = arn[len(target.written) :]
            return f"${{{target.api.resource.logical_id}.Arn}}{end}"
    return arn


def _form(shape: Shape, pattern: str | Text) -> Form | Unknown:
    """Return the form; Unknown where a parameter holds all, or the end, of the ARN."""
    if shape.form == "other-service":
        return "unknown"  # such a resource has no row
    reason = unknown_of(pattern)
    if shape.form != "unknown" or reason is None:
        return shape.form
    alone = pattern.hole if isinstance(pattern, Text) else None
    if alone is not None and alone.kind == "attribute":
        return shape.form
    could_be = ("bare-api", "field", "everything") if alone else ("malformed", "field")
    return Unknown(reason.reason, reason.would_decide, could_be)


def coordinate_of(shape: Shape) -> str | None:
    """Return the type or field that a shape names, None if it names neither."""
    if not shape.type_name:
        return None
    return f"{shape.type_name}.{shape.field_name}" if shape.field_name else shape.type_name


VARIABLE = re.compile(r"\$\{[^${}]*\}")
_OF_AMPLIFY = re.compile(r"(?:Una|A|a|una)uthRolePolicy\d\d")
