"""What is said of directives for groups, against the reference model, on every small API.

Every choice of up to two directives on the way to a type and on a field of it, for every regime and
default action; the model tries every caller, and knows nothing of the package.
"""

from __future__ import annotations

from itertools import combinations, product
from types import SimpleNamespace
from typing import cast

import pytest
from access.test_reference_model import Used, both_schemas, plain_api
from model import reference
from model.part import Part, sampled

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, Authorization
from cdk_appsync_guard.facts.access_view import Gate
from cdk_appsync_guard.facts.group_checks import group_check_rows
from cdk_appsync_guard.template.values.value import Unknown

pytestmark = pytest.mark.slow

REGIMES = (
    Authorization(COGNITO, (), "ALLOW"),
    Authorization(COGNITO, (), "DENY"),
    Authorization(API_KEY),
    Authorization(COGNITO, (AWS_IAM,), "ALLOW"),
    Authorization(API_KEY, (COGNITO,)),
    Authorization(API_KEY, (AWS_IAM,)),
)
SINGLE: tuple[Used, ...] = (
    ("aws_api_key", None),
    ("aws_iam", None),
    ("aws_auth", None),
    *(
        (name, groups)
        for name in ("aws_auth", "aws_cognito_user_pools")
        for groups in (("a",), ("b",))
    ),
    ("aws_cognito_user_pools", None),
    ("aws_cognito_user_pools", ()),
)
CHOICES = ((), *((one,) for one in SINGLE), *combinations(SINGLE, 2))
WAYS = ((), *((one,) for one in SINGLE))
ABOVE = ((), (("aws_iam", None),), (("aws_cognito_user_pools", None),))
API = cast("Api", SimpleNamespace(name="blog"))


@sampled
@pytest.mark.parametrize("authorization", REGIMES, ids=str)
def test_group_checks_agree(authorization: Authorization, part: Part) -> None:
    compared = 0
    for way, above, own in part.of(product(WAYS, ABOVE, CHOICES)):
        fields = {"Query": ((), {"t": ("T", way)}), "T": (above, {"f": ("S", own)})}
        compared += _agree(authorization, *both_schemas(fields))

    assert compared > 1000 * part.share


def _agree(authorization: Authorization, schema: object, plain: reference.Record) -> int:
    gate = Gate(authorization, schema)  # type: ignore[arg-type]
    api = plain_api(authorization)
    rows = [row for row in group_check_rows(API, gate) if "." in str(row.cells["coordinate"])]
    for row in rows:
        cell, groups = row.cells["effect"], row.cells["groups"]
        effect = "undecided" if isinstance(cell, Unknown) else cell
        type_name, _, name = str(row.cells["coordinate"]).partition(".")
        own = plain["types"][type_name]["fields"][name]["directives"]
        use = next(
            one
            for one in own
            if one["name"] == row.cells["directive"] and (one["groups"] or []) == list(groups)  # type: ignore[arg-type]
        )
        expected = reference.group_effect(api, plain, type_name, name, use)
        assert effect == expected, (authorization, use, plain)
    return len(rows)
