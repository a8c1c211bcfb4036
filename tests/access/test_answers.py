from __future__ import annotations

import pytest
from access.read import read_schema

from cdk_appsync_guard.access.answers import answer_to
from cdk_appsync_guard.access.decide import Decision
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO
from cdk_appsync_guard.report import Symptom

SCHEMA = read_schema(
    "schema { query: Q subscription: S } type Q { a: T } type S { onA: T } type T { id: ID }"
)


def answer(reason: str, coordinate: str, *modes: str, mode: str = AWS_IAM) -> Symptom:
    type_name, name = coordinate.split(".")
    field = SCHEMA.types[type_name].fields[name]
    decision = Decision("denied", reason)
    return answer_to(decision, mode=mode, modes=modes, schema=SCHEMA, field=field)


@pytest.mark.parametrize(
    ("coordinate", "expected"),
    [
        ("Q.a", Symptom(200, "Unauthorized", "Not Authorized to access a on type Q")),
        ("T.id", Symptom(200, "Unauthorized", "Not Authorized to access id on type T")),
        (
            "S.onA",
            Symptom(None, "Unauthorized", "Not Authorized to access onA on type S", "websocket"),
        ),
    ],
)
def test_directives_deny_a_field(coordinate: str, expected: Symptom) -> None:
    assert answer("mode-not-listed", coordinate, AWS_IAM) == expected


def test_policies_deny_the_request() -> None:
    refused = ("UnauthorizedException", "Permission denied")

    assert answer("iam", "Q.a", AWS_IAM) == Symptom(401, *refused)
    assert answer("iam-deny", "S.onA", AWS_IAM) == Symptom(None, *refused, "websocket")


@pytest.mark.parametrize(
    ("modes", "mode", "message"),
    [
        ((API_KEY,), AWS_IAM, "Valid authorization header not provided."),
        ((COGNITO,), AWS_IAM, "Unable to parse JWT token."),
        ((COGNITO,), API_KEY, "Valid authorization header not provided."),
        ((API_KEY,), COGNITO, "Valid authorization header not provided."),
    ],
)
def test_a_mode_that_the_api_lacks(modes: tuple[str, ...], mode: str, message: str) -> None:
    expected = Symptom(401, "UnauthorizedException", message)

    assert answer("mode-not-configured", "Q.a", *modes, mode=mode) == expected


def test_the_handshake_refuses_a_subscriber_whose_mode_the_api_lacks() -> None:
    said = answer("mode-not-configured", "S.onA", API_KEY)

    assert (said.channel, said.status, said.message) == (
        "websocket",
        401,
        "You are not authorized to make this call.",
    )
