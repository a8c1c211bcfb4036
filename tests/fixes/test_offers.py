"""Every fix of a random API, made in its SDL or policy and scanned again, does what it says.

The finding is gone and no error is new. Who may select what is compared, before and after, by the
reference model, which knows nothing of the package: it changes for those whom the fix names, on the
fields that it names, and for nobody else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fixes.blogs import COGNITO, IAM, KEY, Blog, blogs
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from judging import open_scenarios

from cdk_appsync_guard.access.grants import fields_of, granted_to
from cdk_appsync_guard.appsync.api import find_apis
from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.iam.principals import find_principals
from cdk_appsync_guard.report import Access, Finding, Fix, Severity

# A smaller example takes many scans to find.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
CALLERS = (
    ClientCaller("app", mode=KEY),
    ClientCaller("web", mode=COGNITO),
    ClientCaller("member", mode=COGNITO, groups=("g",)),
    ClientCaller("job", principal="Reader"),
    ClientCaller("other", mode=IAM),
)
DOCUMENTS = (
    "{ p { __typename ... on A { id p } } }",
    "{ p q { id } }",
    "mutation { p { ... on B { id q } } r }",
    "{ r { ... on Node { id } ... on C { p } } }",
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, phases=PHASES)
@given(blogs())
def test_a_fix_of_the_schema_does_what_it_says(blog: Blog) -> None:
    found = _scan(blog, ScanOptions(jobs=1))

    for finding in found:
        for fix in finding.fixes:
            _check(blog, finding, fix, found, ScanOptions(jobs=1))


@pytest.mark.slow
@settings(max_examples=15, deadline=None, phases=PHASES)
@given(blogs(), st.sampled_from(CALLERS), st.sampled_from(DOCUMENTS))
def test_a_fix_of_an_operation_does_what_it_says(
    blog: Blog, caller: ClientCaller, document: str
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "app.graphql")
        file.write_text(document)
        options = ScanOptions(jobs=1, operations=[str(file)], callers=[caller])
        found = _scan(blog, options)

        for finding in found:
            for fix in finding.fixes if finding.rule.startswith("operation-") else ():
                _check(blog, finding, fix, found, options)


def _scan(blog: Blog, options: ScanOptions) -> list[Finding]:
    report = scan(["-"], replace(options, stdin=blog.template.encode()))
    assert report.problems == ()
    return list(report.findings)


def _check(
    blog: Blog, finding: Finding, fix: Fix, found: list[Finding], options: ScanOptions
) -> None:
    after = blog.edited(fix.edits)
    later = _scan(after, options)

    what = (finding.rule, finding.coordinate, fix.text, blog.modes, blog.sdl)
    assert _subject(finding) not in {_subject(one) for one in later}, what
    assert _errors(later) <= _errors(found) | _known_ends(found), what
    assert _granted(after) - _granted(blog) == _named_of_principal(fix.opens), what
    assert _changes(blog, after) == (_named(fix.opens), _named(fix.closes)), what


def _subject(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, *finding.key)


def _errors(findings: list[Finding]) -> set[tuple[object, ...]]:
    return {
        _end(one) or (one.rule, one.coordinate)
        for finding in findings
        for one in (finding, *finding.consequences)
        if one.severity is Severity.ERROR
    }


def _known_ends(findings: list[Finding]) -> set[tuple[object, ...]]:
    """Return the closed types: as others get there, or get in, who is stopped is told otherwise."""
    return {end for one in findings if (end := _end(one))}


def _end(finding: Finding) -> tuple[object, ...] | None:
    if "dead_ends" not in finding.key:
        return None
    return ("closed", next(part for part in finding.key if part.startswith("type=")))


def _changes(before: Blog, after: Blog) -> tuple[set[object], set[object]]:
    """Return who gains and who loses what; a group that no directive names is nobody's."""
    was, becomes = before.access(), after.access()
    named = before.sdl + after.sdl
    changed = {
        (*caller, field, becomes[caller][field])
        for caller, fields in was.items()
        if caller[1] is None or f'"{caller[1]}"' in named
        for field, outcome in fields.items()
        if outcome != becomes[caller][field]
    }
    assert all(one[3] != "undecided" for one in changed)
    return (
        {one[:3] for one in changed if one[3] == "allowed"},
        {one[:3] for one in changed if one[3] == "denied"},
    )


def _granted(blog: Blog) -> set[str]:
    """Return the root fields that the policies of the role allow."""
    (scenario,) = open_scenarios(blog.template)
    apis = find_apis(scenario.stacks)
    (role,) = find_principals(scenario.stacks)
    fields = fields_of(apis[0], apis)
    return set(fields.named(granted_to(role, fields).granted))


def _named_of_principal(accesses: tuple[Access, ...]) -> set[str]:
    return {field for one in accesses if one.principal == "Reader" for field in one.fields}


def _named(accesses: tuple[Access, ...]) -> set[object]:
    return {
        (one.mode, one.group, field)
        for one in accesses
        if one.principal is None
        for field in one.fields
    }
