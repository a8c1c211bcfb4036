"""One denied field on its way to a verdict, and the causes that its message alone suggests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.diagnosis.case import Case, rank
from cdk_appsync_guard.diagnosis.model import Evidence

__all__ = ["AMPLIFY", "OF_RESOLVERS", "Denial", "likely_causes"]

AMPLIFY = re.compile(r"(?:Query|Mutation|Subscription)\w{1,150}?(postAuth|auth)\d*Function")
"""The functions of Amplify's pipelines that decide."""

_ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True, slots=True)
class Denial:
    """One denied field: ``causes`` that fit, ranked; ``is_proven`` if the first is the cause."""

    coordinate: str
    path: str
    kind: str
    causes: tuple[str, ...]
    is_proven: bool = False
    said: str = ""
    evidence: tuple[Evidence, ...] = ()
    expected: tuple[Evidence, ...] = ()
    agrees: bool | None = None
    fix: str = ""
    ask: str = ""  # what would decide it, if not the logs


def likely_causes(case: Case, coordinate: str, path: str) -> tuple[str, ...]:
    """Return the causes that fit the mode and the place of a field, the most frequent first."""
    type_name = coordinate.partition(".")[0]
    is_root = type_name in _ROOTS
    if not is_root and path and "." not in path:
        return rank(("V1",), _MODES_CAUSES.get(case.mode or "", _MODES_CAUSES[""]))
    of_mode = _MODES_CAUSES.get(case.mode or "", _MODES_CAUSES[""])
    if is_root:
        return rank(("W5",) if type_name == "Subscription" else (), of_mode)
    return rank(("R1",), ("V1", "R3"), (one for one in of_mode if one not in ("S1", "P1", "I4")))


_MODES_CAUSES = {
    API_KEY: ("P1", "S1", "V1", "M3"),
    AWS_IAM: ("I4", "M1", "V1", "I1", "I5"),
    COGNITO: ("S1", "P1", "V1", "T6", "M2", "T3", "M3"),
    OIDC: ("S1", "V1", "T3", "M2"),
    LAMBDA: ("S1", "L4", "V1", "L3"),
    "": ("P1", "S1", "V1", "I4", "T6", "M1", "M2", "M3", "L4"),
}
OF_RESOLVERS = ("V1", "M1", "M2", "M3", "T3", "T6", "L3")
