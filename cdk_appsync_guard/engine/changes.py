"""Templates and their older selves → a Report of what the change between them brings.

In: paths, and a base: older paths, or a git revision. Out: the Report of the newer templates, in
which findings that the base has too are suppressed, and whose access changes. What stays open is
said only if it was not open before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.access.matrix_diff import compare
from cdk_appsync_guard.engine.revision import Revision, opened
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.engine.scenes import matrix
from cdk_appsync_guard.errors import ConfigError, GuardError, InputError
from cdk_appsync_guard.report import Finding, Notice, Report, Suppression, Undecided, Waiting

__all__ = ["scan_changes"]

_Said = TypeVar("_Said", Finding, Waiting)
_Renaming = list[tuple[str, str]]  # from older paths to newer ones


def scan_changes(paths: Sequence[str], base: str, options: ScanOptions) -> Report:
    """Return what the templates at *paths* have that those of *base* do not have.

    *base* is a path to older templates, or else a git revision of the same paths. Raise ConfigError
    if it is neither, or if the paths are not files that can have an older self.
    """
    if "-" in paths:
        raise ConfigError("standard input has no older self", help="pass files or folders")
    report = scan(paths, options)
    with _older(paths, base, options) as (older, older_options, renamed):
        if not older:
            notice = Notice(f"`{base}` has none of these paths: all that is found counts as new")
            return replace(report, notices=(*report.notices, notice))
        known = scan(older, older_options)
        before = _matrices(older, older_options, known)
        before = before and tuple(replace(one, api=_newer(one.api, renamed)) for one in before)
    after = _matrices(paths, options, report)
    report = _without(report, known, renamed, base)
    if before is None or after is None:
        return report
    return replace(report, changes=compare(before, after))


@contextmanager
def _older(
    paths: Sequence[str], base: str, options: ScanOptions
) -> Iterator[tuple[list[str], ScanOptions, _Renaming]]:
    """Yield the older paths that exist, the options for them, and how to call what is in them."""
    if os.path.lexists(base):
        if len(paths) > 1:
            raise ConfigError(
                "`--diff` with a path compares it with one other path",
                help="pass one path, or a git revision",
            )
        yield [base], options, [(base, paths[0])]
        return
    with opened(base, paths) as revision:
        pairs = [(revision.path(path), path) for path in paths]
        found = [(old, new) for old, new in pairs if old and os.path.lexists(old)]
        yield [old for old, _ in found], _older_options(options, revision), found


def _older_options(options: ScanOptions, revision: Revision) -> ScanOptions:
    """Return the options with the files that they name as they were at the revision."""

    def older(path: str) -> str:
        found = revision.path(path)
        return found if found and os.path.lexists(found) else path

    def older_pattern(pattern: str) -> str:
        return revision.path(pattern) or pattern

    return replace(
        options,
        schemas={api: older(file) for api, file in options.schemas.items()},
        operations=tuple(map(older_pattern, options.operations)),
        callers=tuple(
            replace(one, operations=tuple(map(older_pattern, one.operations)))
            for one in options.callers
        ),
        progress=None,
    )


def _matrices(
    paths: Sequence[str], options: ScanOptions, report: Report
) -> tuple[Matrix, ...] | None:
    """Return the matrices; none without an API, None if an input could not be read."""
    if report.problems:
        return None
    if not report.apis:
        return ()
    try:
        return matrix(tuple(paths), nested=True, options=options)
    except InputError:  # parts of APIs only
        return ()
    except GuardError:
        return None


def _without(report: Report, known: Report, renamed: _Renaming, base: str) -> Report:
    """Return the report with what the base says too suppressed or left out, and a notice of it."""
    old = {_renamed(one, renamed).fingerprint for one in known.active}
    mark = Suppression("diff", f"`{base}` has it too")
    findings = tuple(
        replace(one, suppressed=mark) if one.suppressed is None and one.fingerprint in old else one
        for one in report.findings
    )
    asked = {
        (one.reason, one.would_decide, *_place(_renamed(rule, renamed)))
        for one in known.undecided
        for rule in one.rules
    }
    undecided = tuple(_unasked(report.undecided, asked))
    left_out = len(report.undecided) - len(undecided)
    words = "1 question" if left_out == 1 else f"{left_out} questions"
    notices = [Notice(f"{words} that `{base}` leaves open too: left out")] if left_out else []
    notices += [
        Notice(f"`{base}` was not read completely: {one.message}") for one in known.problems[:1]
    ]
    return replace(
        report,
        findings=findings,
        undecided=undecided,
        notices=(*report.notices, *notices),
    )


def _unasked(
    questions: Sequence[Undecided], asked: set[tuple[str | None, ...]]
) -> Iterator[Undecided]:
    for one in questions:
        rules = tuple(
            rule for rule in one.rules if (one.reason, one.would_decide, *_place(rule)) not in asked
        )
        if rules:
            yield replace(one, rules=rules)


def _place(rule: Waiting) -> tuple[str | None, ...]:
    at = rule.location
    return (rule.rule, at.file, at.logical_id, rule.api, rule.coordinate, rule.scenario)


def _renamed(one: _Said, renamed: _Renaming) -> _Said:
    """Return it as if it were in the newer file."""
    at = replace(one.location, file=_newer(one.location.file, renamed))
    return replace(one, location=at, api=one.api and _newer(one.api, renamed))


def _newer(name: str, renamed: _Renaming) -> str:
    """Return the newer name of a file, or of an API whose name begins with that of its file."""
    path = Path(name)
    for old, new in renamed:
        if path.is_relative_to(old):
            return Path(new, path.relative_to(old)).as_posix()
    return name
