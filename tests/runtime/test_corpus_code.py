"""Code written by others: nearly all of it runs, or says what the tool lacks.

It lies beside the checkout, where it lies at all; only numbers are kept of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from runtime.running import COGNITO, invocation

from cdk_appsync_guard.runtime.model import Code, Info, Outcome, Pipeline, UnknownData
from cdk_appsync_guard.runtime.run import run

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
LEAST = 0.97
UNKNOWN = UnknownData("ctx.args", nullable=False, kind="map")

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the checkout"),
    pytest.mark.slow,
]


def _templates() -> Iterator[Code]:
    texts = {
        file.read_text(encoding="utf-8", errors="replace"): file.name
        for file in sorted(CORPUS.rglob("*"))
        if file.suffix in (".vtl", ".vm") and file.is_file()
    }
    for text, name in texts.items():
        yield Code(text, name, "vtl")


def _lacks(outcome: Outcome) -> str:
    """Return what the tool lacks for the code, "" if it ran, whatever came out."""
    outcomes = [outcome, *(branch.outcome for branch in outcome.branches)]
    lacking = ("does not know", "does not parse", "steps", "characters", "levels deep")
    return next((one.reason for one in outcomes if any(w in one.reason for w in lacking)), "")


def test_templates_of_others_run() -> None:
    lacking: Counter[str] = Counter()
    number = 0
    for code in _templates():
        number += 1
        pipeline = Pipeline(code, (), None, "PIPELINE", name=code.name)
        outcome = run(
            pipeline,
            invocation(COGNITO, arguments=UNKNOWN, info=Info("field", "Query")),
        )
        reason = _lacks(outcome)
        if reason:
            lacking[reason] += 1

    assert number > 100
    assert sum(lacking.values()) <= (1 - LEAST) * number, lacking
