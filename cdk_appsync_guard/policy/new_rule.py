"""The folder of a rule to start from: files that the rule's own checks pass, to be changed.

In: an id and a category. Out: texts by file name. Writes nothing.
"""

from __future__ import annotations

import re

from cdk_appsync_guard.errors import ConfigError

__all__ = ["new_rule"]

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_ID = 60


def new_rule(rule_id: str) -> dict[str, str]:
    """Return the files of a rule with this id. Raise ConfigError if it cannot be one."""
    if not _ID.fullmatch(rule_id) or len(rule_id) > _LONGEST_ID:
        raise ConfigError(
            f"`{rule_id[:_LONGEST_ID]}` cannot be a rule's id",
            help="name the problem in lowercase words joined by hyphens, such as"
            " `api-key-as-default`",
        )
    title = rule_id.replace("-", " ").capitalize()
    expect, undecided = f"  # expect: {rule_id}", f"  # undecided: {rule_id}"
    return {
        "rule.yaml": _RULE.format(id=rule_id, title=title),
        "fail.yaml": _TEMPLATE.format(parameters="", mode="API_KEY", marker=expect),
        "pass.yaml": _TEMPLATE.format(parameters="", mode="AWS_IAM", marker=""),
        "unknown.yaml": _TEMPLATE.format(parameters=_PARAMETER, mode="!Ref Mode", marker=undecided),
    }


_RULE = """\
# The columns that a query can use: cdk-appsync-guard facts --list
id: {id}
title: {title}
severity: warning
query: "providers[?role == 'default' && mode == 'API_KEY']"
message: "the default mode is `{{mode}}`"
symptom: none
remediation: Make another mode the default.
references:
  - https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""
_PARAMETER = """\
Parameters:
  Mode: {Type: String}
"""
_TEMPLATE = """\
{parameters}Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: example
      AuthenticationType: {mode}{marker}
"""
