"""One cause, one finding: hits that another hit explains are listed with it.

A fact does not know which rules look at it, and a rule does not know what else is wrong; what they
have in common is written in rule.yaml. ``consequence_of: {grant-on-bare-api-arn: bearers}`` says:
where that rule has a hit on the same API whose column ``bearers`` holds what mine does, mine is a
consequence of it. Of lists, all of my items must be among the other's. What is unknown or absent
explains nothing.

In: the Evaluation of one scenario. Out: Folded. A rule that is not applied, or has no hit, takes
nothing away: the consequence then speaks for itself. ``refuse_circles`` keeps rules from explaining
each other; questions that stay open fall away if a hit explains them, whatever their answer, and
so do those of the same API that are open only for want of what a hit asks for: ``settles``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from cdk_appsync_guard.errors import Location, RuleError
from cdk_appsync_guard.facts.tables import Cell, Row, Table
from cdk_appsync_guard.policy.check_query import likely
from cdk_appsync_guard.policy.evaluate import Evaluation, Hit, Open
from cdk_appsync_guard.policy.rule import Cause, Rule

__all__ = ["Folded", "fold", "refuse_circles"]

_ANY_API = "*"
_Key: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Folded:
    """``hits`` speak for themselves; ``consequences`` are pairs of such a hit and what it explains.

    ``open`` are the questions that no hit explains.
    """

    hits: tuple[Hit, ...]
    consequences: tuple[tuple[Hit, Hit], ...]
    open: tuple[Open, ...]


def fold(evaluation: Evaluation) -> Folded:
    """Return the evaluation with each hit that another one explains listed with that one."""
    hits = evaluation.hits
    rules = {one.rule.id: one.rule for one in hits} | {
        one.rule.id: one.rule for one in evaluation.open
    }
    causes = {cause for rule in rules.values() for cause in rule.consequence_of}
    indexes = {cause: _Index(cause, hits) for cause in causes}
    found = {id(hit): _cause_of(hit, indexes) for hit in hits}
    settled = {(hit.rule.settles, hit.row.api) for hit in hits if hit.rule.settles}
    return Folded(
        tuple(hit for hit in hits if found[id(hit)] is None),
        tuple((_root(cause, found), hit) for hit in hits if (cause := found[id(hit)]) is not None),
        tuple(
            one
            for one in evaluation.open
            if (one.unknown.would_decide, one.row.api) not in settled
            and _cause_of(one, indexes) is None
        ),
    )


def _cause_of(one: Hit | Open, indexes: Mapping[Cause, _Index]) -> Hit | None:
    """Return the hit that explains this one: of the first cause, in order, that has one."""
    found = (indexes[cause].find(one.row) for cause in one.rule.consequence_of)
    return next((hit for hit in found if hit is not None), None)


def _root(hit: Hit, found: Mapping[int, Hit | None]) -> Hit:
    """Return the cause of the cause, and so on; there are no circles."""
    while (cause := found[id(hit)]) is not None:
        hit = cause
    return hit


class _Index:
    """The hits of one rule by what a consequence has in common with them."""

    def __init__(self, cause: Cause, hits: Sequence[Hit]) -> None:
        self._links = cause.links
        self._hits: dict[tuple[str | None, _Key], list[Hit]] = {}
        for hit in hits:
            if hit.rule.id == cause.rule:
                for key in _keys(hit.row, [other for _, other in cause.links]):
                    self._hits.setdefault((hit.row.api, key), []).append(hit)
                    self._hits.setdefault((_ANY_API, key), []).append(hit)

    def find(self, row: Row) -> Hit | None:
        """Return the first hit that explains the row."""
        key = next(iter(_keys(row, [own for own, _ in self._links])), None)
        if key is None:
            return None
        apis = (_ANY_API,) if row.api is None else (row.api, None)
        candidates = (hit for api in apis for hit in self._hits.get((api, key), ()))
        return next((hit for hit in candidates if self._holds(row, hit.row)), None)

    def _holds(self, row: Row, cause: Row) -> bool:
        return all(
            set(_items(row.cells.get(own))) <= set(_items(cause.cells.get(other)))
            for own, other in self._links
        )


def _keys(row: Row, columns: Iterable[str]) -> Iterable[_Key]:
    """Yield one key for each choice of one item per column, none if a cell is not plainly known."""
    return product(*(_items(row.cells.get(column)) for column in columns))


def _items(cell: Cell) -> tuple[str | int, ...]:
    if isinstance(cell, tuple):
        return cell
    return (cell,) if isinstance(cell, (str, int)) else ()


def refuse_circles(rules: Mapping[str, Rule], tables: Mapping[str, Table]) -> None:
    """Raise RuleError if a rule names a cause or a column that there is not, or explains itself."""
    for rule in rules.values():
        for cause in rule.consequence_of:
            _refuse_cause(rule, cause, rules, tables)
    for rule in rules.values():
        if rule.id in _all_causes(rule, rules):
            raise RuleError(
                f"the rule `{rule.id}` is a consequence of itself",
                location=Location(rule.file, 1, 1),
                help="remove one of the causes in the cycle",
            )


def _refuse_cause(
    rule: Rule, cause: Cause, rules: Mapping[str, Rule], tables: Mapping[str, Table]
) -> None:
    at = Location(rule.file, 1, 1)
    other = rules.get(cause.rule)
    if other is None:
        raise RuleError(
            f"`consequence_of` of `{rule.id}` names the rule `{cause.rule}`, which does not exist",
            location=at,
            help=likely(cause.rule, rules, "rules"),
        )
    table = tables[other.table]
    for _, column in cause.links:
        if table.column(column) is None:
            raise RuleError(
                f"`consequence_of` of `{rule.id}` names `{column}`, which is no column of"
                f" `{table.name}`, the table of `{other.id}`",
                location=at,
                help=likely(column, (one.name for one in table.columns), "columns"),
            )


def _all_causes(rule: Rule, rules: Mapping[str, Rule]) -> set[str]:
    found: set[str] = set()
    waiting = [cause.rule for cause in rule.consequence_of]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [cause.rule for cause in rules[name].consequence_of]
    return found
