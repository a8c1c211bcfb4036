"""A portrait → the few sentences that a person wants first, such as who gets in without sign-in.

In: a Portrait and its Heads. Out: Facts, the most important first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cdk_appsync_guard.access.matrix_cells import Cell
from cdk_appsync_guard.portrait.model import Portrait
from cdk_appsync_guard.report import Change
from cdk_appsync_guard.reporters.html.callers import Head, call
from cdk_appsync_guard.reporters.html.words import count

__all__ = ["Fact", "facts_of"]

_FEW = 6


class Fact(NamedTuple):
    """A number, what it counts, and examples; ``tone`` is calm, open, broken or unsure."""

    number: str
    text: str
    more: str = ""
    tone: str = "calm"


def facts_of(
    portrait: Portrait, heads: Sequence[Head], changes: Sequence[Change] | None
) -> list[Fact]:
    """Return the facts of one API."""
    return [
        *(_changed(changes) if changes is not None else ()),
        _anonymous(portrait, heads),
        *_partly(portrait),
        *_undecided(portrait),
    ]


def _changed(changes: Sequence[Change]) -> Iterator[Fact]:
    if not changes:
        yield Fact("0", "changes: no caller gains or loses access")
    for change, words in (("gains", "gained"), ("loses", "lost"), ("unclear", "no longer clear")):
        some = [one for one in changes if one.change == change]
        if some:
            who = dict.fromkeys(call(one.caller) for one in some)
            tone = {"gains": "open", "loses": "broken"}.get(change, "unsure")
            yield Fact(f"{len(some):,}", words, f"by {_few(list(who))}", tone)


def _anonymous(portrait: Portrait, heads: Sequence[Head]) -> Fact:
    columns = [head.column for head in heads if head.section == "anonymous"]
    if not columns:
        return Fact("0", "anonymous callers: the input has no API key mode and no guest role")
    index = {name: at for at, name in enumerate(portrait.matrix.coordinates)}
    cells = [portrait.matrix.columns[column] for column in columns]

    def fields(*verdicts: str) -> list[str]:
        return [
            name
            for name in portrait.rows
            if any(column[index[name]].verdict in verdicts for column in cells)
        ]

    open_to = fields("allowed", "partly")
    perhaps = len(set(fields("undecided")) - set(open_to))
    writes = [
        name for name in open_to if portrait.operations.get(name.partition(".")[0]) == "mutation"
    ]
    text = f"of {count(len(portrait.rows), 'field')} open without sign-in"
    if not writes:
        more = "no mutation among them" if open_to else ""
    else:
        more = f"{count(len(writes), 'mutation')}: {_few([_code(one) for one in writes])}"
    if perhaps:
        more += f"{', ' * bool(more)}{perhaps:,} more undecided"
    return Fact(f"{len(open_to):,}", text, more, "open" if open_to or perhaps else "calm")


def _partly(portrait: Portrait) -> Iterator[Fact]:
    cells = [cell for cell in _cells(portrait) if cell.verdict == "partly"]
    if cells:
        blocked = dict.fromkeys(cell.blocked for cell in cells if cell.blocked)
        named = _few([f"`{one}`" for one in blocked])
        yield Fact(
            f"{len(cells):,}",
            "partly: the call succeeds, and a field below it is denied",
            f"first of all {named}" if named else "",
            "broken",
        )


def _undecided(portrait: Portrait) -> Iterator[Fact]:
    cells = [cell for cell in _cells(portrait) if cell.verdict == "undecided"]
    if cells:
        by_code = sum(cell.reason == "resolver" for cell in cells)
        more = f"{by_code:,} depend on what a resolver reads" if by_code else ""
        yield Fact(f"{len(cells):,}", "undecided", more, "unsure")


def _cells(portrait: Portrait) -> Iterator[Cell]:
    index = {name: at for at, name in enumerate(portrait.matrix.coordinates)}
    rows = [index[name] for name in portrait.rows]
    for column in portrait.matrix.columns:
        yield from (column[at] for at in rows)


def _code(coordinate: str) -> str:
    return f"`{coordinate.partition('.')[2]}`"


def _few(names: Sequence[str]) -> str:
    more = len(names) - _FEW
    return ", ".join(names[:_FEW]) + (f" and {more:,} more" if more > 0 else "")
