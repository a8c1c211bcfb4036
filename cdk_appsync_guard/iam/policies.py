"""IAM policies: statements, and whether they let a principal do one action on one resource.

In: policy documents as resolved values. Out: allowed, denied or undecided, with the statements
that made it so. Knows nothing of schemas or modes.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cdk_appsync_guard.iam.arn_match import has_value, matches
from cdk_appsync_guard.iam.policy_conditions import Context, holds, settle
from cdk_appsync_guard.template.values.json_text import read_json_text
from cdk_appsync_guard.template.values.value import Text, Value

__all__ = [
    "Statement",
    "Verdict",
    "action_matches",
    "allows_service",
    "any_of",
    "evaluate",
    "is_anything",
    "settle_conditions",
    "statements_of",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. ``actions`` or ``resources`` are None where the document cannot be known.

    ``index`` is its position in the document; ``negated_actions`` marks NotAction. ``never`` marks
    a statement whose condition no request can meet.
    """

    index: int
    effect: Literal["Allow", "Deny"]
    actions: tuple[str | Text, ...] | None
    negated_actions: bool
    resources: tuple[str | Text, ...] | None
    negated_resources: bool
    condition: Value
    never: bool = False
    # What it answered before; every API asks again.
    _about: dict[str, bool | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def is_everywhere(self) -> bool:
        """Whether each of its resources is ``*``: it says the same of any resource there is."""
        return self.resources is not None and all(map(is_anything, self.resources))


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome`` is allowed, denied or undecided; ``reason`` says why: explicit, implicit, ..."""

    outcome: str
    reason: str = ""


_ALLOWED = Verdict("allowed")
_WITH_VARIABLES = "2012-10-17"


def statements_of(document: Value) -> tuple[Statement, ...] | None:
    """Return a policy document's statements; None if it is unknown or not a policy.

    A document may be written as JSON text. Before version 2012-10-17, which is not the default,
    ``${...}`` is plain text.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    if isinstance(document, (str, Text)):
        document = read_json_text(document)
    if not isinstance(document, dict):
        return None
    read = _texts if _has_variables(document.get("Version")) else _plain_texts
    written = document.get("Statement")
    items = written if isinstance(written, list) else [written]
    statements = []
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            return None
        effect = item.get("Effect")
        if effect not in ("Allow", "Deny"):
            return None
        statements.append(
            Statement(
                index,
                effect,
                _texts(item.get("NotAction", item.get("Action"))),
                "NotAction" in item,
                read(item.get("NotResource", item.get("Resource"))),
                "NotResource" in item,
                item.get("Condition"),
            )
        )
    return tuple(statements)


def settle_conditions(
    statements: tuple[Statement, ...], known: Sequence[Context]
) -> tuple[Statement, ...]:
    """Return the statements with those conditions decided that are the same for every request."""
    if all(statement.condition is None for statement in statements):
        return statements
    answers = [settle(statement.condition, known) for statement in statements]
    return tuple(
        replace(one, condition=None) if answer else replace(one, never=answer is False)
        for one, answer in zip(statements, answers, strict=True)
    )


def _has_variables(version: Value) -> bool:
    return (not isinstance(version, str) and version is not None) or version == _WITH_VARIABLES


def _plain_texts(value: Value) -> tuple[str | Text, ...] | None:
    """Return the texts with each ``${`` written so that it stands for itself."""
    texts = _texts(value)
    return None if texts is None else tuple(map(_without_variables, texts))


def _without_variables(text: str | Text) -> str | Text:
    if isinstance(text, str):
        return text.replace("${", "${$}{")
    return Text(
        tuple(part.replace("${", "${$}{") if isinstance(part, str) else part for part in text.parts)
    )


def _texts(value: Value) -> tuple[str | Text, ...] | None:
    values = value if isinstance(value, list) else [value]
    if any(not isinstance(item, (str, Text)) for item in values):
        return None
    return tuple(values)


def action_matches(statement: Statement, action: str) -> bool | None:
    """Return whether the statement mentions the action; actions have no letter case."""
    known = statement._about  # noqa: SLF001 - its own memory
    if action not in known:
        known[action] = _is_about(statement, action)
    return known[action]


def is_anything(pattern: str | Text) -> bool:
    """Return whether a resource is nothing but asterisks."""
    return isinstance(pattern, str) and bool(pattern) and not pattern.strip("*")


def allows_service(statements: Iterable[Statement] | None, service: str) -> bool | None:
    """Return whether a statement allows some action of a service; None if that is not known."""
    if statements is None:
        return None
    answers: list[bool | None] = []
    for statement in statements:
        if statement.effect == "Allow" and not statement.never:
            patterns = statement.actions
            known = patterns is not None and all(isinstance(one, str) for one in patterns)
            services = {str(one).lower().partition(":")[0] for one in patterns or ()}
            speaks = statement.negated_actions or any(matches(one, service) for one in services)
            answers.append(True if speaks else False if known else None)
    return True if True in answers else None if None in answers else False


def _is_about(statement: Statement, action: str) -> bool | None:
    if statement.actions is None:
        return None
    wanted = action.lower()
    hit = any_of(
        matches(pattern.lower() if isinstance(pattern, str) else pattern, wanted)
        for pattern in statement.actions
    )
    return _flip(hit) if statement.negated_actions else hit


def evaluate(
    policies: Sequence[Iterable[Statement] | None],
    action: str,
    resource: str | Text,
    context: Context | None = None,
    *limits: Sequence[Iterable[Statement] | None],
) -> Verdict:
    """Return what the identity policies and every set of limits say of one request.

    *limits* are a permission boundary, a session policy or service control policies: each must
    allow as well. A policy that is None is unknown. *context* is None if there is no request.
    """
    verdicts = [
        _evaluate_one(policies, action, resource, context),
        *(_evaluate_one(limit, action, resource, context) for limit in limits),
    ]
    for reason in ("explicit", "implicit"):
        for verdict in verdicts:
            if verdict == Verdict("denied", reason):
                return verdict
    return next((verdict for verdict in verdicts if verdict.outcome == "undecided"), _ALLOWED)


def _evaluate_one(
    policies: Sequence[Iterable[Statement] | None],
    action: str,
    resource: str | Text,
    context: Context | None,
) -> Verdict:
    denies: list[bool | None] = []
    allows: list[bool | None] = []
    for policy in policies:
        if policy is None:
            allows.append(None)
            denies.append(None)
            continue
        for statement in policy:
            answer = _applies(statement, action, resource, context)
            (denies if statement.effect == "Deny" else allows).append(answer)
    if True in denies:
        return Verdict("denied", "explicit")
    if True in allows:
        return Verdict("undecided", "deny") if None in denies else _ALLOWED
    return Verdict("undecided", "allow") if None in allows else Verdict("denied", "implicit")


def _applies(
    statement: Statement, action: str, resource: str | Text, context: Context | None
) -> bool | None:
    about = False if statement.never else action_matches(statement, action)
    if about is False:
        return False
    covered = _covers(statement, resource, context)
    if covered is False:
        return False
    met = holds(statement.condition, context)
    if met is False:
        return False
    return None if None in (about, covered, met) else True


def _covers(statement: Statement, resource: str | Text, context: Context | None) -> bool | None:
    if statement.resources is None:
        return None
    variables: Mapping[str, str] | None = None
    if context is not None:
        variables = {key: value for key, value in context.items() if isinstance(value, str)}
        if statement.negated_resources and not all(
            has_value(pattern, variables) for pattern in statement.resources
        ):
            return False  # a NotResource that cannot be filled in applies to nothing
    hit = any_of(matches(pattern, resource, variables) for pattern in statement.resources)
    return _flip(hit) if statement.negated_resources else hit


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Return whether any answer is yes; None if that is open."""
    unknown = False
    for answer in answers:
        if answer:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def _flip(answer: bool | None) -> bool | None:  # noqa: FBT001 - a truth value is the subject here
    return None if answer is None else not answer
