from __future__ import annotations

import pytest
from judging import NOW, facts, line

from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.template.values.value import Unknown

EPOCH = int(NOW.timestamp())
DAY = 86_400
TEMPLATE = """
Parameters:
  P: {{Type: Number}}
  Renewed: {{Type: Number, Default: 0}}
Conditions:
  IsRenewed: !Not [!Equals [!Ref Renewed, 0]]
Resources:
  Lookup: {{Type: Custom::Lookup}}
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties: {{Name: blog, AuthenticationType: {mode}}}
  Key:
    Type: AWS::AppSync::ApiKey
    Properties:
      ApiId: !GetAtt Blog.ApiId
{more}
"""


def _expiry(expires: object) -> set[Cell]:
    rows = facts("api_keys", TEMPLATE.format(mode="API_KEY", more=f"      Expires: {expires}"))
    return {row.cells["expiry"] for row in rows}


@pytest.mark.parametrize(
    ("expires", "expiry"),
    [
        (10**9, "past"),
        (1, "invalid"),
        (-1, "invalid"),
        (EPOCH * 1000, "invalid"),
        ("2026-12-01T00:00:00Z", "invalid"),
        (EPOCH, "past"),
        (EPOCH + DAY - 1, "day"),
        (EPOCH + DAY, "soon"),
        (f'"{EPOCH + DAY}"', "soon"),
        (EPOCH + 14 * DAY - 1, "soon"),
        (EPOCH + 14 * DAY, "later"),
        (EPOCH + 365 * DAY, "later"),
        (EPOCH + 365 * DAY + 3601, "beyond"),
        (EPOCH + 10**9, "beyond"),
        (10**18, "invalid"),
        ("!GetAtt Lookup.Epoch", "computed"),
        ("!If [IsRenewed, !Ref Renewed, 1]", "computed"),
    ],
)
def test_the_end_of_a_key_is_judged_at_the_given_time(expires: object, expiry: str) -> None:
    assert _expiry(expires) == {expiry}


def test_each_branch_of_a_condition_is_judged() -> None:
    assert _expiry(f"!If [IsRenewed, {EPOCH + DAY}, 1000000000]") == {"soon", "past"}


def test_the_entries_of_a_mapping_are_judged_one_by_one() -> None:
    template = TEMPLATE.format(
        mode="API_KEY", more="      Expires: !FindInMap [Ends, !Ref AWS::Region, Key]"
    )
    maps = "Mappings: {Ends: {eu-west-1: {Key: 1000000000}, us-east-1: {Key: %s}}}"

    alike, unlike = (
        facts("api_keys", f"{maps % end}{template}")[0].cells["expiry"]
        for end in (1_000_000_001, 1)
    )

    assert alike == "past"
    assert isinstance(unlike, Unknown)
    assert unlike.could_be == ("past", "invalid")


def test_a_key_without_end_has_the_services_own() -> None:
    (row,) = facts("api_keys", TEMPLATE.format(mode="API_KEY", more=""))

    assert row.cells == {
        "key": "Key",
        "accepted": True,
        "needs": "API_KEY",
        "conditional": False,
        "expiry": "default",
        "expiry_problem": None,
        "expires_on": None,
        "expires_in_days": None,
    }
    assert (line(row.place), row.places) == (12, {})


def test_the_day_is_told() -> None:
    (row,) = facts("api_keys", TEMPLATE.format(mode="API_KEY", more="      Expires: 1781136000"))

    assert (row.cells["expires_on"], row.cells["expires_in_days"]) == ("2026-06-11", 10)
    assert line(row.places["expiry"]) == 16


def test_an_end_that_is_a_parameter_is_not_the_services_own() -> None:
    assert _expiry("!Ref P") == {
        Unknown(
            "parameter `P` has no value",
            "--parameters P=VALUE",
            ("past", "day", "soon", "later", "beyond", "invalid"),
        )
    }


@pytest.mark.parametrize(
    ("mode", "accepted"),
    [
        ("API_KEY", True),
        ("AWS_IAM", False),
        ("AWS_IAM, AdditionalAuthenticationProviders: [{AuthenticationType: API_KEY}]", True),
        ("!Ref P", Unknown("parameter `P` has no value", "--parameters P=VALUE")),
    ],
)
def test_a_key_is_accepted_by_the_mode(mode: str, accepted: Cell) -> None:
    (row,) = facts("api_keys", TEMPLATE.format(mode=mode, more=""))

    assert row.cells["accepted"] == accepted


def test_a_key_under_a_condition_is_told() -> None:
    template = TEMPLATE.format(mode="API_KEY", more="    Condition: IsRenewed")

    assert {row.cells["conditional"] for row in facts("api_keys", template)} == {True}
