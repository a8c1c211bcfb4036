"""``explain``: a template, a caller and a request → what AppSync would answer, and why.

In: paths and words. Out: Explanation. What conditions and unknown values leave open is answered for
each alternative, and where these differ it is undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_appsync_guard.access.mistakes import Validator
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.engine.scenes import Scene, survey
from cdk_appsync_guard.errors import ConfigError, SchemaError
from cdk_appsync_guard.explanation.answer import Asked, answer
from cdk_appsync_guard.explanation.callers import Given, read_caller
from cdk_appsync_guard.explanation.credential import Around
from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
from cdk_appsync_guard.explanation.requests import Sent, read_json, read_request
from cdk_appsync_guard.explanation.secrets import without_identities
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["Question", "explain", "explain_question"]

_VARIES = "it depends on conditions or values of the template that are not known"
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the templates at ``paths``: ``explain``'s arguments, unread."""

    paths: Sequence[str]
    caller: str
    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] | None = None
    api: str | None = None
    results: Mapping[str, Any] = field(default_factory=dict)


def explain(
    path: str | Sequence[str],
    *,
    as_: str,
    query: str,
    options: ScanOptions | None = None,
    **more: Any,
) -> Explanation:
    """Return what AppSync answers to a request, and why.

    *as_* is the caller as ``--as`` takes it, *query* a document or a file that holds one. *more*
    are ``variables``, ``operation_name``, ``api``, and ``results``: what data sources return, by
    field. Raise GuardError if an input cannot be read or is not valid.
    """
    paths = (path,) if isinstance(path, str) else tuple(path)
    results = {
        name: read_json(value, "the result") if isinstance(value, str) else value
        for name, value in more.pop("results", {}).items()
    }
    question = Question(paths, as_, query, results=results, **more)
    return explain_question(question, options or ScanOptions())


def explain_question(question: Question, options: ScanOptions) -> Explanation:
    """Return the answer to a question."""
    given = read_caller(question.caller, options.callers)
    sent = read_request(
        question.query, question.operation_name, question.variables, options.operations
    )
    scenes = survey(question.paths, options)
    alternatives = _choose(scenes, question.api, sent)
    found = [
        one
        for scene, api in alternatives
        for one in _answers(given, sent, question, (scene, api), options)
    ]
    return without_identities(_combine(found), given, question.results)


def _choose(scenes: Sequence[Scene], wanted: str | None, sent: Sent) -> list[tuple[Scene, Api]]:
    """Return the API that is meant, in each scenario."""
    groups: dict[_Key, list[tuple[Scene, Api]]] = {}
    for scene in scenes:
        for api in scene.apis:
            groups.setdefault((scene.name, api.name), []).append((scene, api))
    if wanted is not None:
        groups = {key: group for key, group in groups.items() if _is_called(wanted, key, group)}
    if len(groups) > 1:
        fitting = {key: group for key, group in groups.items() if _fits(group, sent)}
        groups = fitting or groups
    if len(groups) == 1:
        return next(iter(groups.values()))
    names = sorted({api.name for scene in scenes for api in scene.apis})
    if not groups:
        likely = closest(wanted or "", names)
        advice = f"did you mean `{likely}`?" if likely else "there are: " + ", ".join(names)
        raise ConfigError(f"there is no API `{wanted}`", help=advice)
    names = sorted(name for _, name in groups)
    if len(set(names)) < len(names):  # one app in several stages
        names = sorted(f"{place}/{name}" for place, name in groups)
    raise ConfigError("there are several APIs", help="say which one: --api " + " or ".join(names))


def _is_called(wanted: str, key: _Key, group: Sequence[tuple[Scene, Api]]) -> bool:
    _, api = group[0]
    if f"/{key[0]}/{key[1]}".endswith(f"/{wanted}"):
        return True
    return wanted in (
        key[1],
        api.resource.logical_id,
        api.stack.name,
        f"{api.stack.name}/{api.resource.logical_id}",
    )


def _fits(group: Sequence[tuple[Scene, Api]], sent: Sent) -> bool:
    schema = group[0][1].schema
    if not isinstance(schema, Schema):
        return False
    return not Validator(schema).mistakes(sent.operation, complete=not sent.questions)


def _answers(
    given: Given,
    sent: Sent,
    question: Question,
    where: tuple[Scene, Api],
    options: ScanOptions,
) -> list[Explanation]:
    """Return the answer under each authorization that the API may have."""
    scene, api = where
    schema = _schema_of(api)
    possible = authorizations(api)
    if isinstance(possible, Unknown):
        why = f"the API's modes are not known: {possible.reason}"
        operation = sent.operation
        words = f"{operation.kind} {operation.name}" if operation.name else operation.kind
        return [Explanation(api.name, given.words, words, None, None, questions=(why,))]
    asked = Asked(given, sent.operation, question.results, questions=sent.questions)
    return [
        answer(asked, Around(api, schema, authorization, scene, options.now))
        for authorization in possible
    ]


def _schema_of(api: Api) -> Schema:
    schema = api.schema
    if isinstance(schema, Schema):
        return schema
    if isinstance(schema, SchemaError):
        raise schema
    reason = f": {schema.reason}" if isinstance(schema, Unknown) else ""
    raise ConfigError(
        f"the schema of `{api.name}` cannot be read{reason}",
        help=f"give it: --schema {api.name}=schema.graphql",
    )


def _combine(found: Sequence[Explanation]) -> Explanation:
    """Return what all alternatives agree on."""
    first, *others = found
    if all(other == first for other in others):
        return first
    answers = {(one.path, one.coordinate): one for one in reversed(first.fields)}
    for other in others:
        theirs = {(one.path, one.coordinate): one for one in other.fields}
        for key in dict.fromkeys((*answers, *theirs)):
            answers[key] = _common(answers.get(key), theirs.get(key))
    same = all((one.status, one.body) == (first.status, first.body) for one in others)
    questions = dict.fromkeys(text for one in found for text in one.questions)
    return replace(
        first,
        status=first.status if all(one.status == first.status for one in others) else None,
        body=first.body if same else None,
        fields=tuple(sorted(answers.values(), key=lambda one: _order(first, one))),
        questions=tuple(questions) if same else (_VARIES, *questions),
        notes=tuple(dict.fromkeys(text for one in found for text in one.notes)),
        fix=first.fix if all(one.fix == first.fix for one in others) else None,
    )


def _order(first: Explanation, one: FieldAnswer) -> int:
    paths = [field.path for field in first.fields]
    return paths.index(one.path) if one.path in paths else len(paths)


def _common(one: FieldAnswer | None, other: FieldAnswer | None) -> FieldAnswer:
    known = one or other
    assert known is not None  # noqa: S101 - one of the two has the key
    if one is not None and other is not None and one.outcome == other.outcome:
        return one
    return replace(
        known, outcome="undecided", reason=_VARIES, question=_VARIES, code="alternatives"
    )
