from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.template.values.value import Unknown

TEMPLATE = """
Parameters: {{Given: {{Type: String}}}}
Resources:
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties: {{Name: blog, AuthenticationType: {mode}}}
  Connection: {{Type: AWS::Events::Connection, Properties: {{{connection}}}}}
  Sender: {{Type: "AWS::{type}", Properties: {{{sender}}}}}
"""
DESTINATION = (
    "Events::ApiDestination",
    "ConnectionArn: !GetAtt Connection.Arn, InvocationEndpoint: !GetAtt Blog.GraphQLUrl",
)
KEY = "AuthorizationType: API_KEY, AuthParameters: {ApiKeyAuthParameters: {ApiKeyName: %s}}"
OAUTH = "AuthorizationType: OAUTH_CLIENT_CREDENTIALS"
TASK = "Resource: 'arn:aws:states:::http:invoke', %s: {ApiEndpoint: !GetAtt Blog.GraphQLUrl, %s}"
CONNECTED = "Authentication: {ConnectionArn: !GetAtt Connection.Arn}"


def _accepted(mode: str, connection: str, sender: tuple[str, str]) -> list[Cell]:
    template = TEMPLATE.format(mode=mode, connection=connection, type=sender[0], sender=sender[1])
    return [row.cells["accepted"] for row in facts("senders", template)]


@pytest.mark.parametrize(
    ("mode", "connection", "accepted"),
    [
        ("API_KEY", KEY % "x-api-key", True),
        ("API_KEY", KEY % "X-Api-Key", True),
        ("AWS_IAM", KEY % "x-api-key", False),
        ("API_KEY", KEY % "Authorization", False),
        ("AWS_LAMBDA", KEY % "Authorization", True),
        ("API_KEY", KEY % "x-other", False),
        ("OPENID_CONNECT", OAUTH, True),
        ("API_KEY", OAUTH, False),
        ("AWS_IAM", "AuthorizationType: BASIC", False),
        ("AWS_LAMBDA", "AuthorizationType: BASIC", True),
    ],
)
def test_a_credential_fits_a_mode(mode: str, connection: str, accepted: Cell) -> None:
    assert _accepted(mode, connection, DESTINATION) == [accepted]


def test_headers_that_the_connection_adds_count() -> None:
    key = "InvocationHttpParameters: {HeaderParameters: [{Key: x-api-key, Value: a}]}"

    assert _accepted("API_KEY", f"{OAUTH}, AuthParameters: {{{key}}}", DESTINATION) == [True]


@pytest.mark.parametrize(
    "definition",
    [
        f"Definition: {{States: {{Call: {{{TASK % ('Parameters', CONNECTED)}}}}}}}",
        f"Definition: {{States: {{Call: {{{TASK % ('Arguments', CONNECTED)}}}}}}}",
        (
            'DefinitionString: !Sub \'{"ApiEndpoint": "${Blog.GraphQLUrl}", "ConnectionArn":'
            ' "${Connection.Arn}"}\''
        ),
        (
            "DefinitionString: '${Url} ${Connection}', DefinitionSubstitutions: {Url: !GetAtt"
            " Blog.GraphQLUrl, Connection: !GetAtt Connection.Arn}"
        ),
    ],
    ids=["parameters", "arguments", "string", "substitutions"],
)
def test_a_state_machine_is_read_in_every_form(definition: str) -> None:
    machine = ("StepFunctions::StateMachine", definition)

    assert _accepted("AWS_IAM", KEY % "x-api-key", machine) == [False]
    assert _accepted("API_KEY", KEY % "x-api-key", machine) == [True]


def test_a_connection_elsewhere_leaves_it_open() -> None:
    sender = "ConnectionArn: !Ref Given, InvocationEndpoint: !GetAtt Blog.GraphQLUrl"

    (accepted,) = _accepted("AWS_IAM", OAUTH, ("Events::ApiDestination", sender))

    assert isinstance(accepted, Unknown)


def test_an_arn_in_a_state_machine_is_no_evidence() -> None:
    definition = "Definition: {States: {Call: {Parameters: {Api: !GetAtt Blog.Arn}}}}"

    assert _accepted("AWS_IAM", OAUTH, ("StepFunctions::StateMachine", definition)) == []
