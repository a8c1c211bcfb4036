"""A template and cfn-lint's options → the matches of our rules.

One scan, or one for each region and each set of parameters that cfn-lint is given. What all of them
say is said once, the rest with the region and the parameters that it holds for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, TypeVar

from cfnlint.rules import RuleMatch
from cfnlint.template import Template

from cdk_appsync_guard.cfnlint._copy import is_copy, needs_a_file, question_in_copy
from cdk_appsync_guard.cfnlint._ids import COPY, FAILED, UNDECIDED, custom_id, lint_id
from cdk_appsync_guard.cfnlint._places import Places
from cdk_appsync_guard.engine.options import scan_options, settle
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Finding, Report, Undecided, ask_once
from cdk_appsync_guard.reporters.text import symptom_subject, symptom_words
from cdk_appsync_guard.reporters.writer import safe
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.values.value import Value

__all__ = ["judge"]

_Said = TypeVar("_Said", bound=Hashable)

_MOST_REGIONS = 4
"""With more regions than that no single one is meant, and the region stays open."""


@dataclass(frozen=True, slots=True)
class _Deployment:
    """A region and parameters that cfn-lint is given; ``words`` tell it from the others."""

    words: str
    region: str | None
    given: Mapping[str, Value]


def judge(
    cfn: Template, file: str | None, data: bytes, config: Mapping[str, Any], known: frozenset[str]
) -> dict[str, list[RuleMatch]]:
    """Return the matches by the id of cfn-lint's rule.

    *file* is None if the template lies in none; then *data* are what cfn-lint knows of it.
    """
    matches: dict[str, list[RuleMatch]] = {}
    places = Places(cfn, file)
    try:
        reports = [
            (deployment.words, scan([file or "-"], _options(deployment, data, config)))
            for deployment in _deployments(cfn, config)
        ]
    except GuardError as error:
        matches[FAILED] = [places.match_error(error, _clean(_problem_words(error)))]
        return matches
    findings = [(words, report.active) for words, report in reports]
    for finding, when in _when(findings).items():
        id = lint_id(finding.severity, finding.rule)
        is_known = id in known
        words = ("" if is_known else f"`{finding.rule}`: ") + _words(finding) + when
        match = places.match(finding, _clean(words), _clean(_advice(finding)))
        matches.setdefault(id if is_known else custom_id(finding.severity), []).append(match)
    answers = _when([(words, map(_answer, report.undecided)) for words, report in reports])
    for question in ask_once(one for _, report in reports for one in report.undecided):
        words = _clean(_question(question, answers[_answer(question)]))
        id = UNDECIDED
        if file and is_copy(file) and needs_a_file(question):
            id, words = COPY, _clean(question_in_copy(question, file))
        matches.setdefault(id, []).append(places.match(question.rules[0], words, ""))
    for words, problem in _problems(report for _, report in reports).items():
        matches.setdefault(FAILED, []).append(places.match_error(problem, _clean(words)))
    return matches


def _options(deployment: _Deployment, data: bytes, config: Mapping[str, Any]) -> ScanOptions:
    """Return what `scan` would be told on its command line, and by its configuration file."""
    given = {
        **{name: config.get(name) or None for name in ("account", "baseline", "config", "now")},
        **{name: tuple(config.get(name, ())) for name in ("parameters", "rules", "select")},
        "schema": tuple(_AT.sub(r"\1=", schema) for schema in config.get("schema", ())),
        "region": deployment.region,
        "paths": (),
    }
    options = scan_options(settle(given), given)
    parameters: Parameters = options.parameters
    merged = replace(parameters, given={**parameters.given, **deployment.given})
    return replace(options, parameters=merged, stdin=data, jobs=1)


def _deployments(cfn: Template, config: Mapping[str, Any]) -> Iterator[_Deployment]:
    regions = (config["region"],) if config.get("region") else _regions(cfn.regions)
    # Versions before 1.38 know no parameters, and a transform makes all versions forget them.
    sets = getattr(cfn.context, "parameter_sets", None) or (None,)
    for region, given in product(regions, sets):
        names = [f"in `{region}`"] if len(regions) > 1 else []
        names += [f"with `{given.source or '--parameters'}`"] if len(sets) > 1 else []
        yield _Deployment(" ".join(names), region, _plain(given.parameters) if given else {})


def _regions(regions: Iterable[str]) -> tuple[str | None, ...]:
    """Return the regions that the user names: cfn-lint assumes one if there is none."""
    named = tuple(dict.fromkeys(str(region) for region in regions))
    environment = os.environ.get("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION"))
    if len(named) == 1 and named[0] in (environment, "us-east-1"):
        return (None,)
    return named if 0 < len(named) <= _MOST_REGIONS else (None,)


def _plain(parameters: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values without the marks that cfn-lint's own types of text carry."""
    return {
        str(name): str(value) if isinstance(value, str) else value
        for name, value in parameters.items()
        if isinstance(value, (str, int, float, list))
    }


def _when(said: Sequence[tuple[str, Iterable[_Said]]]) -> dict[_Said, str]:
    """Return what is said, and under which deployments if not under all."""
    holds: dict[_Said, list[str]] = {}
    for words, items in said:
        for one in dict.fromkeys(items):
            holds.setdefault(one, []).append(words)
    return {
        one: "" if len(words) == len(said) else f" ({', '.join(words)})"
        for one, words in holds.items()
    }


def _answer(question: Undecided) -> tuple[str, str]:
    return question.reason, question.would_decide


def _words(finding: Finding) -> str:
    when = f", when {finding.scenario}" if finding.scenario else ""
    return "; so ".join((finding.message + when, *(one.message for one in finding.consequences)))


def _advice(finding: Finding) -> str:
    sees = finding.symptom
    symptom = f". {symptom_subject(sees)} gets {symptom_words(sees)[1]}" if sees else ""
    return f"{symptom}. Fix: {finding.remediation}" if finding.remediation else symptom


def _question(question: Undecided, when: str) -> str:
    ask = _OPTION.sub(_SETTING, question.would_decide)
    rules = list(dict.fromkeys(one.rule for one in question.rules))
    more = f" and {len(rules) - _FEW} more" if len(rules) > _FEW else ""
    named = ", ".join(rules[:_FEW])
    return f"{question.reason}: give {ask}{when}, which leaves open {named}{more}"


def _problems(reports: Iterable[Report]) -> dict[str, GuardError]:
    errors = (error for report in reports for error in report.problems)
    return {_problem_words(error): error for error in errors}


def _problem_words(error: GuardError) -> str:
    return f"{error.message} ({error.help})" if error.help else error.message


def _clean(words: str) -> str:
    """Return the words without secrets and on one line, as cfn-lint's formats want them."""
    return safe(" ".join(words.split()))


_AT = re.compile(r"^([\w-]+)@")  # cfn-lint ends a value on its command line at a second `=`
_OPTION = re.compile(r"--(schema|parameters|region|account)[ =]")
_SETTING = rf"{FAILED} the setting \1 "
_FEW = 3
