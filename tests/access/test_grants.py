"""Which root fields a principal's policies let it call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from counting import LINEAR, growth

from cdk_appsync_guard.access.grants import Fields, granted_to
from cdk_appsync_guard.iam.policies import statements_of
from cdk_appsync_guard.iam.principals import Document, Principal
from cdk_appsync_guard.template.values.value import Hole, Text, Value, concatenate

API: Any = concatenate(
    (
        *("arn:aws:appsync:eu-west-1:123456789012:apis/",),
        Text((Hole("attribute", "Api.ApiId", "stack"),)),
    )
)
COORDINATES = ("Query.a", "Query.b", "Mutation.c")


def on(end: str) -> Value:
    return concatenate((API, end))


def allow(*resources: Value, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": list(resources), **more}


def deny(*resources: Value, **more: Any) -> dict[str, Any]:
    return allow(*resources, **more) | {"Effect": "Deny"}


def principal(*statements: dict[str, Any], boundary: dict[str, Any] | None = None) -> Principal:
    def document(written: list[dict[str, Any]]) -> Document:
        return Document("policy", statements_of({"Statement": written}))

    return Principal(
        "role", "Role", None, (document([*statements]),), document([boundary]) if boundary else None
    )


def outcomes(one: Principal) -> dict[str, str]:
    fields = Fields(API, COORDINATES)
    granted = granted_to(one, fields)
    return {name: granted.outcome(fields.bit(name)) for name in COORDINATES}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (principal(), "ddd"),
        (principal(allow(on("/*"))), "aaa"),
        (principal(allow(on("/types/Query/*"))), "aad"),
        (principal(allow(on("/types/Query/fields/b"))), "dad"),
        (principal(allow(on(""))), "ddd"),
        (principal(allow("*"), deny(on("/types/Query/fields/a"))), "daa"),
        (principal(allow("*"), deny(on("/types/Query/*"), Condition={"Bool": {}})), "uua"),
        (principal(allow(on("/*"), Condition={"Bool": {"aws:SecureTransport": "true"}})), "uuu"),
        (principal(allow("*", Action="appsync:*")), "aaa"),
        (principal(allow("*", Action="appsync:Get*")), "ddd"),
        (principal(allow("*"), boundary=allow(on("/types/Mutation/*"))), "dda"),
        (principal(allow("*"), boundary=deny("*")), "ddd"),
        (
            principal(
                {"Effect": "Allow", "NotAction": "iam:*", "NotResource": on("/types/Query/*")}
            ),
            "dda",
        ),
    ],
)
def test_outcome_of_each_field(one: Principal, expected: str) -> None:
    letters = {"a": "allowed", "d": "denied", "u": "undecided"}

    assert list(outcomes(one).values()) == [letters[letter] for letter in expected]


def test_another_apis_id_as_a_parameter_may_be_this_one() -> None:
    parameter = Text((Hole("parameter", "ApiId", "stack"),))
    arn = concatenate(("arn:aws:appsync:eu-west-1:123456789012:apis/", parameter, "/types/Query/*"))

    assert outcomes(principal(allow(arn))) == {
        "Query.a": "undecided",
        "Query.b": "undecided",
        "Mutation.c": "denied",
    }


def test_unknown_policy_leaves_everything_open() -> None:
    unknown = Principal("role", "Role", None, (Document("policy", None),))

    assert set(outcomes(unknown).values()) == {"undecided"}


@pytest.mark.slow
def test_work_grows_with_the_number_of_roles_only() -> None:
    def grants(size: int) -> Callable[[], object]:
        fields, roles = _many(size)
        return lambda: [granted_to(role, fields) for role in roles]

    assert growth(grants, 40) < LINEAR


@pytest.mark.slow
def test_each_role_has_what_its_50_statements_say() -> None:
    fields, roles = _many(200)

    assert len(fields.named(granted_to(roles[199], fields).granted)) == 48 + 999


def _many(count: int) -> tuple[Fields, list[Principal]]:
    names = [f"{root}.f{index}" for root in ("Query", "Mutation") for index in range(1000)]
    roles = [
        principal(
            *(
                allow(on(f"/types/Query/fields/f{(role * 7 + index) % 1200}"))
                for index in range(48)
            ),
            allow(on("/types/Mutation/*")),
            deny(on(f"/types/Mutation/fields/f{role}*")),
        )
        for role in range(count)
    ]
    return Fields(API, names), roles
