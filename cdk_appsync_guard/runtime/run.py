"""A pipeline and an invocation → the outcome, over all that is not known.

In: the code of one field and one request for it. Out: Outcome. Nothing outside is reachable from
the code: it is read by an evaluator that counts its steps and knows nothing but JSON-like values.
"""

from __future__ import annotations

from cdk_appsync_guard.runtime.model import Invocation, Outcome, Pipeline

__all__ = ["run"]


def run(pipeline: Pipeline, invocation: Invocation) -> Outcome:  # noqa: ARG001 - comes next
    """Return what the resolver does with the invocation."""
    return Outcome("undecided", reason=f"the code of {pipeline.name} is not run yet")
