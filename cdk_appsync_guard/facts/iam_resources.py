"""A resource of an IAM statement as it is written: its form, and its names.

What it matches, and what that is worth, is for ``iam_grants`` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cdk_appsync_guard.appsync.field_arns import Shape, read_shape
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_targets import Targets
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
    "written_cells",
]

_MANY = 3


def resources_of(document: Document, statement: Statement) -> tuple[GrantResource, ...]:
    """Return the resources of a statement that is written in a template, read once.

    A NotResource is one, since it only counts as a whole.
    """
    if document.resource is None:
        return ()
    key = "resources", document.path, statement.index, statement.condition is None, statement.never
    return document.resource.once(key, lambda: tuple(_read(document, statement)))


def _read(document: Document, statement: Statement) -> Iterator[GrantResource]:
    key = "NotResource" if statement.negated_resources else "Resource"
    for index, pattern in enumerate(statement.resources or ()):
        place = document.place(statement, key, index)
        if place is not None:
            plain = _plain(statement, pattern)
            yield GrantResource(document, statement, plain, pattern, read_shape(pattern), place)
        if statement.negated_resources:
            return


def _plain(statement: Statement, pattern: str | Text) -> Statement:
    """Return the statement with one of its resources alone, and without its condition."""
    alone = statement.resources if statement.negated_resources else (pattern,)
    if alone == statement.resources and statement.condition is None and not statement.never:
        return statement
    return Statement(
        statement.index,
        statement.effect,
        statement.actions,
        statement.negated_actions,
        alone,
        statement.negated_resources,
        None,
    )


@dataclass(frozen=True, slots=True)
class GrantResource:
    """One resource of a statement, and where it is written.

    ``unconditional`` is the statement with this resource alone and without its condition.
    """

    document: Document
    statement: Statement
    unconditional: Statement
    pattern: str | Text
    shape: Shape
    place: Place

    @property
    def is_everywhere(self) -> bool:
        """Whether the resource and those beside it name nothing: all APIs are alike to them."""
        return self.statement.is_everywhere and not self.statement.negated_resources

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


def written_cells(bearing: Bearing, resource: GrantResource, targets: Targets) -> WrittenCells:
    """Return the cells that say what is written, whatever it matches."""
    shape, statement = resource.shape, resource.statement
    return {
        **bearing.named,
        "policy": resource.document.name,
        "effect": statement.effect,
        "action": ", ".join(map(str, statement.actions or ())),
        "specific": resource.is_specific,
        "generator": _generator(resource.document),
        "resource": _shown(resource, targets),
        **form_cells(resource, targets),
        "coordinate": coordinate_of(shape),
        "type_name": shape.type_name or None,
        "wild": any(mark in shape.type_name + shape.field_name for mark in "*?"),
    }


def _shown(resource: GrantResource, targets: Targets) -> str:
    """Return the resource as it is written; a NotResource is everything but what it names."""
    negated = resource.statement.negated_resources
    patterns = (resource.statement.resources if negated else None) or (resource.pattern,)
    named = [targets.shortened(str(one).replace("${$}{", "${")) for one in patterns[:_MANY]]
    more = ", ..." if len(patterns) > _MANY else ""
    return f"everything but {', '.join(named)}{more}" if negated else named[0]


def form_cells(resource: GrantResource, targets: Targets) -> FormCells:
    """Return the form of the resource as it is written, and what is wrong with that."""
    shape = resource.shape
    negated = resource.statement.negated_resources
    return {
        "form": "all-but" if negated else _form(shape, resource.pattern),
        "mistake": shape.mistake or None,
        "corrected": targets.shortened(shape.corrected) or None,
    }


def _generator(document: Document) -> Literal["amplify"] | None:
    """Return the tool that wrote the policy: Amplify makes one for each role of its identity pool.

    It grants all operations of a model for one rule with the provider identityPool; directives and
    resolvers refuse those that the rule leaves out.
    """
    resource = document.resource
    is_managed = resource is not None and resource.type == "AWS::IAM::ManagedPolicy"
    return "amplify" if is_managed and _OF_AMPLIFY.search(document.name) else None


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
