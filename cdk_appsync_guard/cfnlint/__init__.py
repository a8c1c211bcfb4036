"""The rules as cfn-lint rules: ``cfn-lint --append-rules cdk_appsync_guard.cfnlint``.

In: the template that cfn-lint hands to each rule. Out: its matches. A template is scanned once,
when the first rule asks, and only if it mentions AppSync; until then nothing but the rules' own
files is read. The folder of this package serves as well: cfn-lint takes each module in it whose
name does not begin with an underscore, which is ``rules`` alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cdk_appsync_guard.cfnlint._ids import COPY, FAILED, UNDECIDED, custom_id, lint_id
from cdk_appsync_guard.policy.rule import PLACEHOLDER
from cdk_appsync_guard.policy.rules import OFF_BY_DEFAULT, Rule, built_in_rules
from cdk_appsync_guard.report import Severity

__all__ = ["rule_classes"]

# The words of AppSync itself, and of what may lead to another file that has them.
_SPEAKS_OF_APPSYNC = re.compile(
    rb"appsync|graphqlapi|AWS::CloudFormation::Stack|AWS::Serverless::Application|AWS::Include",
    re.IGNORECASE,
)
_HOME = "https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html"


class _Scans:
    """What was found in each template, as long as cfn-lint holds the template."""

    def __init__(self) -> None:
        self._configs: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
        self._matches: WeakKeyDictionary[Any, dict[str, list[Any]]] = WeakKeyDictionary()
        self.known: frozenset[str] = frozenset()

    def __len__(self) -> int:
        """Return how many templates are held."""
        return len(self._matches)

    def configure(self, cfn: Template, config: dict[str, Any]) -> None:
        """Keep the configuration for the template, and forget what was found under another."""
        self._configs[cfn] = dict(config)
        self._matches.pop(cfn, None)

    def matches(self, cfn: Template, rule: str) -> list[RuleMatch]:
        """Return what the rule has found in the template."""
        if cfn not in self._matches:
            self._matches[cfn] = self._scan(cfn)
        return self._matches[cfn].get(rule, [])

    def _scan(self, cfn: Template) -> dict[str, list[Any]]:
        file, data = _source(cfn)
        if not _SPEAKS_OF_APPSYNC.search(data):
            return {}
        from cdk_appsync_guard.cfnlint._judge import judge  # noqa: PLC0415 - most need no scanner

        return judge(cfn, file, data, self._configs.get(cfn, {}), self.known)


def _source(cfn: Template) -> tuple[str | None, bytes]:
    """Return the template's file and the bytes in it.

    Transforms change the data that cfn-lint holds, so they count only where there is no file: with
    standard input, and for callers that lint a text.
    """
    try:
        if cfn.filename and Path(cfn.filename).is_file():
            return cfn.filename, Path(cfn.filename).read_bytes()
    except (OSError, ValueError):
        pass
    return None, json.dumps(cfn.template, default=str).encode()


class _GuardRule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint ships no types
    """One of our rules; the classes made of it say which."""

    scans: ClassVar[_Scans]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return what the one scan of the template has found by this rule."""
        return self.scans.matches(cfn, self.id)


class _FailedRule(_GuardRule):
    """The rule for what could not be judged, which carries the configuration of all."""

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {
            **{name: {"default": "", "type": "string"} for name in _TEXTS},
            **{name: {"default": [], "type": "list", "itemtype": "string"} for name in _LISTS},
        }
        self.configure()

    def configure(self, configs: Any = None, experimental: bool = False) -> None:  # noqa: FBT001, FBT002 - cfn-lint's
        """Take one text for a list of one: old versions of cfn-lint make a list of its letters."""
        given = configs if isinstance(configs, dict) else {}
        lists = {name: [given[name]] for name in _LISTS if isinstance(given.get(name), str)}
        super().configure({**given, **lists}, experimental)

    def initialize(self, cfn: Template) -> None:
        """Tell the scan of the template how it is configured."""
        self.scans.configure(cfn, self.config)


class _CopyRule(_GuardRule):
    """The rule for what an editor's copy leaves out of reach.

    cfn-lint shows no informational rules unless it is asked to, and the editor does not ask.
    """

    def is_enabled(
        self,
        include_experimental: bool = False,  # noqa: FBT001, FBT002 - cfn-lint's
        ignore_rules: Any = None,
        include_rules: Any = None,
        mandatory_rules: Any = None,
    ) -> bool:
        """Tell that the rule is included, unless it is ignored."""
        included = [*(include_rules or ()), self.id]
        enabled: bool = super().is_enabled(
            include_experimental, ignore_rules, included, mandatory_rules
        )
        return enabled


def rule_classes() -> dict[str, type[Any]]:
    """Return cfn-lint's rules by class name; they share one scan of each template."""
    scans = _Scans()
    cards = [*map(_card, built_in_rules()), *_own_cards()]
    scans.known = frozenset(card.id for card in cards)
    made = (_make(card, scans) for card in cards)
    return {each.__name__: each for each in made}


@dataclass(frozen=True, slots=True)
class _Card:
    """What cfn-lint lists of a rule."""

    id: str
    title: str
    text: str
    url: str = _HOME
    tag: str = "general"


def _card(rule: Rule) -> _Card:
    text = PLACEHOLDER.sub(r"<\1>", rule.remediation)
    if rule.category == OFF_BY_DEFAULT:
        text += f" Off unless selected: -x {FAILED}:select={rule.id}"
    id = lint_id(rule.severity, rule.id)
    return _Card(id, rule.title, text, rule.references[0], rule.category)


def _own_cards() -> Iterator[_Card]:
    """Yield the rules that stand for no single rule of ours."""
    yield _Card(
        FAILED,
        "AppSync authorization cannot be checked",
        "Correct the template, or the configuration of this rule, which applies to all rules of"
        f" cdk-appsync-guard. Settings: {', '.join(sorted((*_TEXTS, *_LISTS)))}",
    )
    yield _Card(
        UNDECIDED,
        "The template does not say whether AppSync authorization is right",
        "Provide what the message asks for: a parameter, the Region, the schema",
    )
    yield _Card(
        COPY,
        "The editor has a copy linted, and files beside the template are out of reach",
        "Set the schema, with its full path, in ~/.cfnlintrc, or scan the template itself",
        "https://github.com/aws-cloudformation/cloudformation-languageserver",
    )
    for severity in Severity:
        yield _Card(
            custom_id(severity),
            f"A rule of your own of severity {severity.value}",
            "The message names the rule, which is in a folder that the setting `rules` lists",
        )


def _make(card: _Card, scans: _Scans) -> type[Any]:
    members = {
        "__module__": __name__,
        "__doc__": card.title,
        "id": card.id,
        "shortdesc": card.title,
        "description": card.text,
        "source_url": card.url,
        "tags": ["appsync", "authorization", card.tag],
        "scans": scans,
    }
    base = {FAILED: _FailedRule, COPY: _CopyRule}.get(card.id, _GuardRule)
    return type(re.sub(r"\W", "", card.id.title()), (base,), members)


_TEXTS = ("account", "baseline", "config", "now", "region")
_LISTS = ("parameters", "rules", "schema", "select")

# cfn-lint looks for classes among the names of this module.
globals().update(rule_classes())
