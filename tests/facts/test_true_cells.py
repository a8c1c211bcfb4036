"""Every cell that is certain agrees with the owner of its question, whatever the template.

Who may select a field is `decide`'s answer, what a principal may call `granted_to`'s, which modes an
API accepts the API's own; a rule, be it a user's, can rely on what a row says. What nobody knows is
Unknown, also where a finding would not come of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import NOW, open_scenarios

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.grants import fields_of, granted_to
from cdk_appsync_guard.access.reach import find_callers, find_reach
from cdk_appsync_guard.appsync.api import Api, find_apis
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, MODES, Authorization
from cdk_appsync_guard.appsync.outside import find_outside_apis
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts import build_facts
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.iam.policy_conditions import certain_context
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Text, Unknown

_DIRECTIVES = st.sampled_from(
    [
        *("", "", "@aws_iam", "@aws_api_key", "@aws_iam @aws_api_key", "@aws_oidc", "@aws_lambda"),
        "@aws_cognito_user_pools",
        '@aws_cognito_user_pools(cognito_groups: ["a"])',
        '@aws_auth(cognito_groups: ["a"])',
        '@aws_cognito_user_pools(cognito_groups: ["b"]) @aws_iam',
    ]
)
_MODES = st.sampled_from([*MODES, {"Ref": "Mode"}, {"Ref": "Either"}])
_OWN = {"Fn::GetAtt": ["Api", "ApiId"]}
_IDS = st.sampled_from([_OWN, _OWN, {"Ref": "ApiId"}, "abcdefghijklmnopqrstuvwxyz"])
_RESOURCES = st.sampled_from(
    [
        "*",
        {"Fn::Sub": "${Api.Arn}/*"},
        {"Fn::GetAtt": ["Api", "Arn"]},
        {"Fn::Sub": "${Api.Arn}/types/Query/*"},
        {"Fn::Sub": "${Api.Arn}/types/Query/fields/a"},
        {"Fn::Sub": "${Api.Arn}/types/*/fields/${Field}"},
        {"Fn::Sub": "${Api.Arn}/types/Mutation/fields/nope"},
        {"Fn::Sub": "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/x/*"},
        "arn:aws:appsync:eu-west-1:111122223333:apis/other/types/Query/fields/a",
    ]
)
_STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.sampled_from(["appsync:GraphQL", "appsync:*", {"Ref": "Field"}]),
        "Resource": _RESOURCES | st.lists(_RESOURCES, min_size=1, max_size=2),
    },
    optional={"Condition": st.just({"StringEquals": {"aws:PrincipalTag/a": "b"}})},
)


@st.composite
def _sdl(draw: st.DrawFn) -> str:
    def some(*fields: str) -> str:
        return " ".join(f"{field} {draw(_DIRECTIVES)}" for field in fields)

    return (
        f"type Query {draw(_DIRECTIVES)} {{ {some('a: T', 'b: String', 'c: [T!]!')} }}\n"
        f"type Mutation {{ {some('a: T')} }}\n"
        f"type T {draw(_DIRECTIVES)} {{ {some('x: String', 'y: U!')} }}\n"
        f"type U {draw(_DIRECTIVES)} {{ {some('z: Int')} }}"
    )


@st.composite
def _templates(draw: st.DrawFn) -> str:
    def of(kind: str, **properties: Any) -> dict[str, Any]:
        return {"Type": f"AWS::{kind}", "Properties": properties}

    more = draw(st.lists(_MODES, max_size=2))
    names = st.sampled_from(["a", "b", "nope", {"Ref": "Field"}])
    types = st.sampled_from(["Query", "Mutation", "Nope"])
    resources = {
        "Api": of(
            "AppSync::GraphQLApi",
            Name="a",
            AuthenticationType=draw(_MODES),
            AdditionalAuthenticationProviders=[{"AuthenticationType": one} for one in more],
            UserPoolConfig={"DefaultAction": draw(st.sampled_from(["ALLOW", "DENY"]))},
        ),
        "Schema": of("AppSync::GraphQLSchema", ApiId=_OWN, Definition=draw(_sdl())),
        "Key": of("AppSync::ApiKey", ApiId=draw(_IDS)),
        "Role": of(
            "IAM::Role",
            AssumeRolePolicyDocument={"Statement": []},
            Policies=[
                {
                    "PolicyName": "p",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": draw(st.lists(_STATEMENTS, max_size=3)),
                    },
                }
            ],
        ),
    }
    for number in range(draw(st.integers(0, 2))):
        resources[f"Resolver{number}"] = of(
            "AppSync::Resolver", ApiId=draw(_IDS), TypeName=draw(types), FieldName=draw(names)
        )
    parameters = {
        "Mode": {"Type": "String"},
        "Either": {"Type": "String", "AllowedValues": ["AWS_IAM", "API_KEY"]},
        "ApiId": {"Type": "String"},
        "Field": {"Type": "String"},
    }
    return json.dumps({"Parameters": parameters, "Resources": resources})


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(_templates())
def test_every_certain_cell_is_what_the_owner_of_its_question_says(template: str) -> None:
    for scenario in open_scenarios(template):
        apis = find_apis(scenario.stacks)
        outside = find_outside_apis(scenario.stacks, apis)
        rows = build_facts(apis, scenario.stacks, NOW, None, outside)
        by_name = {api.name: api for api in apis}
        wrong = [
            (row.table, column, cell, told)
            for row in rows
            for column, told in _owners_say(row, by_name.get(row.api or ""), scenario.stacks)
            if not isinstance(cell := row.cells[column], Unknown) and cell not in told
        ]

        assert wrong == []


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(_templates())
def test_a_row_of_an_api_outside_the_inputs_claims_nothing_of_it(template: str) -> None:
    for scenario in open_scenarios(template):
        apis = find_apis(scenario.stacks)
        outside = find_outside_apis(scenario.stacks, apis)
        rows = build_facts(apis, scenario.stacks, NOW, None, outside)
        known = {api.name for api in apis}
        of_no_api = [row for row in rows if row.api not in known]

        claims = [
            (row.table, column, row.cells[column])
            for row in of_no_api
            for column in _OF_THE_API.get(row.table, ())
            if not isinstance(row.cells[column], Unknown)
            and (column, row.cells[column]) not in _BY_FORM
        ]
        assert claims == []


# What a row says of the API, and not of the resource that the row is about.
_OF_THE_API = {
    "api_keys": ("accepted",),
    "resolvers": ("target",),
    "grants": ("api_known", "api_has_iam", "accepts_iam", "matches", "reads", "granted"),
}
# A resource that no field of any API can have matches nothing, whichever API it is.
_BY_FORM: tuple[tuple[str, Cell], ...] = (("matches", 0), ("granted", "none"))


def _owners_say(
    row: Row, api: Api | None, stacks: tuple[Stack, ...]
) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Yield the columns whose owner is asked here, with the cells that would be true."""
    if api is None:
        return
    if row.table == "api_keys":
        yield "accepted", _certain(api.accepts(API_KEY))
    elif row.table == "directive_modes":
        yield "configured", _certain(api.accepts(str(row.cells["mode"])))
    elif row.table == "apis":
        yield "accepts_api_keys", _certain(api.accepts(API_KEY))
    elif row.table == "resolvers":
        yield "target", _target(row, api)
    elif row.table == "grants":
        yield "api_has_iam", _certain(api.accepts(AWS_IAM))
        yield "granted", _granted(api, stacks)
    elif isinstance(api.schema, Schema):
        yield from _by_modes(row, api, api.schema)


def _certain(answer: bool | Unknown) -> tuple[Cell, ...]:
    """Return what may be said: nothing, where the owner does not know."""
    return () if isinstance(answer, Unknown) else (answer,)


def _by_modes(row: Row, api: Api, schema: Schema) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    possible = authorizations(api)
    alternatives = () if isinstance(possible, Unknown) else possible
    coordinate = row.cells.get("coordinate")
    if not isinstance(coordinate, str) or "." not in coordinate:
        return
    if row.table == "fields":
        admitted = {_admitted(one, schema, coordinate) for one in alternatives}
        yield "modes", tuple(admitted) if len(admitted) == 1 else ()
    elif row.table == "reach":
        outcomes = {_outcome(one, schema, row) for one in alternatives}
        yield "outcome", tuple(outcomes) if len(outcomes) == 1 else ()


def _admitted(authorization: Authorization, schema: Schema, coordinate: str) -> tuple[str, ...]:
    type_name, _, name = coordinate.partition(".")
    field = schema.types[type_name].fields[name]
    callers = find_callers(authorization, schema)
    allowed = [
        one.mode
        for one in callers
        if decide(authorization, schema, one, field).outcome == "allowed"
    ]
    return tuple(dict.fromkeys(allowed))


def _outcome(authorization: Authorization, schema: Schema, row: Row) -> str | None:
    group = row.cells["group"]
    groups = frozenset({group}) if isinstance(group, str) else frozenset()
    (found,) = find_reach(authorization, schema, (Caller(str(row.cells["mode"]), groups),))
    said = {one.field.coordinate: one.outcome for one in found.roots}
    return said.get(str(row.cells["coordinate"]))


def _target(row: Row, api: Api) -> tuple[Cell, ...]:
    type_name, name = str(row.cells["type"]), str(row.cells["field"])
    if not isinstance(api.schema, Schema):
        return ()
    if type_name not in api.schema.types:
        return ("no-type",)
    if "${" in name:
        return ()
    return ("field" if name in api.schema.types[type_name].fields else "no-field",)


def _granted(api: Api, stacks: tuple[Stack, ...]) -> tuple[Cell, ...]:
    fields = fields_of(api, (api,))
    (role,) = Principals(stacks, certain_context(NOW)).all
    verdict = granted_to(role, fields)
    if verdict.undecided and not verdict.granted:
        return ()
    if verdict.granted == fields.all:
        return ("all",)
    return ("some" if verdict.granted else "none",)


def test_the_check_can_fail() -> None:
    """A cell that says what nobody knows, or what is not so, is caught."""
    resources = {
        "Api": {
            "Type": "AWS::AppSync::GraphQLApi",
            "Properties": {"AuthenticationType": {"Ref": "Mode"}},
        },
        "Key": {"Type": "AWS::AppSync::ApiKey", "Properties": {"ApiId": _OWN}},
    }
    text = json.dumps({"Parameters": {"Mode": {"Type": "String"}}, "Resources": resources})
    (scenario,) = open_scenarios(text)
    (api,) = find_apis(scenario.stacks)
    rows = build_facts((api,), scenario.stacks, NOW)
    (key,) = (row for row in rows if row.table == "api_keys")

    assert dict(_owners_say(key, api, scenario.stacks)) == {"accepted": ()}
    assert isinstance(key.cells["accepted"], Unknown)
    assert not isinstance(key.cells["key"], Text)
