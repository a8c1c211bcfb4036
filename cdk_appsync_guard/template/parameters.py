"""Parameters: what the user and the environment give a template to work with.

In: ``Key=Value`` and the parameter files of CloudFormation, CDK and Amplify. Out: Parameters.
Does not know which parameters a template declares until it is asked to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdk_appsync_guard.template.values import Value

__all__ = ["Parameters"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values for parameters by name; ``by_stack`` are those for one stack only and win.

    ``region`` and ``account`` fill ``AWS::Region`` and ``AWS::AccountId`` where the assembly does
    not.
    """

    given: Mapping[str, Value] = field(default_factory=dict)
    by_stack: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    region: str | None = None
    account: str | None = None
