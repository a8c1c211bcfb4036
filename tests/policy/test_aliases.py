from __future__ import annotations

from policy.toy import make_rule

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.policy.aliases import aliases_of, renamed
from cdk_appsync_guard.policy.rules import load_rules
from cdk_appsync_guard.report import Notice

PLACE = Location("t.toml", 1, 2)


def test_an_old_name_leads_to_the_rule_and_is_noted() -> None:
    aliases = aliases_of(
        [make_rule(aliases="[crimson-toy, scarlet-toy]"), make_rule(rule_id="blue-toy")]
    )

    assert aliases == {"crimson-toy": "red-toy", "scarlet-toy": "red-toy"}
    assert list(renamed([("blue-toy", None), ("scarlet-toy", PLACE)], aliases)) == [
        Notice("the rule `scarlet-toy` is now called `red-toy`", PLACE)
    ]


def test_no_name_of_a_built_in_rule_is_that_of_another() -> None:
    names = [name for rule in load_rules() for name in (rule.id, *rule.aliases)]

    assert sorted(names) == sorted(set(names))
