"""What resolvers do with the caller, and what depends on data that nobody gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from explain.template import access_token, write

from cdk_appsync_guard import Explanation, FieldAnswer, explain

API_ID = {"Fn::GetAtt": ["Api", "ApiId"]}
SDL = "type Query { get(id: ID = 1): Item  other: Item }  type Item { id: ID  owner: String  note: String! }"
COGNITO = "AMAZON_COGNITO_USER_POOLS"


def resources(request: str, response: str = "$util.toJson($ctx.result)") -> dict[str, Any]:
    source = {"ApiId": API_ID, "Name": "table", "Type": "AMAZON_DYNAMODB"}
    resolver = {
        "ApiId": API_ID,
        "TypeName": "Query",
        "FieldName": "get",
        "DataSourceName": "table",
        "RequestMappingTemplate": request,
        "ResponseMappingTemplate": response,
    }
    return {
        "Table": {"Type": "AWS::AppSync::DataSource", "Properties": source},
        "Get": {"Type": "AWS::AppSync::Resolver", "Properties": resolver},
    }


GET = '{"version": "2018-05-29", "operation": "GetItem", "key": {}}'
CHECK_OWNER = """\
#if($util.isNull($ctx.result) || $ctx.result.owner != $ctx.identity.username)
  $util.unauthorized()
#end
$util.toJson($ctx.result)"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(
    code: tuple[str, ...],
    caller: str = "cognito:me.json",
    query: str = "{ get { id owner } }",
    default: str = COGNITO,
    **more: Any,
) -> Explanation:
    extra = more.pop("extra", {})
    case = {"default": default, "sdl": SDL, "resources": {**resources(*code), **extra}}
    path = write(Path.cwd(), {**case, "files": {"me.json": access_token()}})
    return explain(str(path), as_=caller, query=query, **more)


def root(found: Explanation) -> FieldAnswer:
    return found.fields[0]


def test_check_of_data_depends_on_it_until_it_is_given() -> None:
    code = (GET, CHECK_OWNER)
    open_ = ask(code)
    mine = ask(code, results={"Query.get": {"id": "1", "owner": "alice"}})
    theirs = ask(code, results={"Query.get": {"id": "1", "owner": "bob"}})

    assert (open_.outcome, root(open_).decided_by) == ("undecided", "resolver")
    assert "`ctx.result.owner`" in root(open_).question
    assert (mine.outcome, mine.body) == (
        "allowed",
        {"data": {"get": {"id": "1", "owner": "alice"}}},
    )
    assert theirs.body is not None
    assert theirs.body["data"] == {"get": None}
    assert theirs.body["errors"][0]["message"] == "Not Authorized to access get on type Query"
    assert root(theirs).place is not None


def test_error_of_a_resolver_has_its_own_words() -> None:
    found = ask(('$util.error("No", "Nope", {"a": 1}, {"b": 2})',))

    assert found.body == {
        "data": {"get": None},
        "errors": [
            {
                "path": ["get"],
                "data": {"a": 1},
                "errorType": "Nope",
                "errorInfo": {"b": 2},
                "locations": [{"line": 1, "column": 3, "sourceName": None}],
                "message": "No",
            }
        ],
    }
    assert found.outcome == "denied"


def test_appended_error_denies_nothing() -> None:
    code = f'$util.appendError("careful")\n{GET}'
    found = ask((code,), results={"Query.get": {"id": "1"}})

    assert root(found).outcome == "allowed"
    assert found.body is not None
    assert found.body["data"] == {"get": {"id": "1", "owner": None}}
    assert [one["message"] for one in found.body["errors"]] == ["careful"]


def test_failed_condition_of_a_table_is_a_matter_of_data() -> None:
    failed = "DynamoDB:ConditionalCheckFailedException"
    code = (GET, f'$util.error("The conditional request failed", "{failed}")')

    assert root(ask(code)).decided_by == "data"


@pytest.mark.parametrize(
    ("caller", "outcome"),
    [
        ("cognito:groups=Admins", "allowed"),
        ("cognito:groups=Others", "denied"),
        ("cognito", "denied"),
        ("cognito:me.json", "denied"),
        ("cognito:groups=Admins,me.json", "allowed"),
    ],
)
def test_groups_reach_the_resolver(caller: str, outcome: str) -> None:
    check = (
        '#set($groups = $util.defaultIfNull($ctx.identity.claims.get("cognito:groups"), []))\n'
        '#if(!$groups.contains("Admins")) $util.unauthorized() #end\n'
    )

    assert root(ask((check + GET,), caller)).outcome == outcome


def test_claim_that_nobody_gave_is_open_and_one_of_a_token_is_not_there() -> None:
    check = '#if($ctx.identity.claims.get("custom:role") != "admin") $util.unauthorized() #end\n'

    assert root(ask((check + GET,), "cognito:groups=A")).outcome == "undecided"
    assert root(ask((check + GET,), "cognito:me.json")).outcome == "denied"


def test_identity_of_an_api_key_is_null() -> None:
    check = "#if($util.isNull($ctx.identity)) $util.unauthorized() #end\n"

    assert root(ask((check + GET,), "api-key", default="API_KEY")).outcome == "denied"


ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "reader-dev",
        "AssumeRolePolicyDocument": {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        },
        "Policies": [
            {
                "PolicyName": "p",
                "PolicyDocument": {
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "appsync:GraphQL",
                        "Resource": {"Fn::Sub": "${Api.Arn}/*"},
                    }
                },
            }
        ],
    },
}
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {"FunctionName": "worker-dev", "Role": {"Fn::GetAtt": ["Reader", "Arn"]}},
}


@pytest.mark.parametrize(
    ("name", "caller", "with_function", "outcome"),
    [
        ("reader-dev", "iam:Reader", False, "allowed"),
        ("worker-dev", "iam:Reader", False, "denied"),
        ("worker-dev", "iam:Worker", True, "allowed"),
        ("worker-dev", "iam:Reader", True, "allowed"),
        ("another-dev", "iam:Worker", True, "denied"),
        ("worker-dev", "iam", False, "undecided"),
    ],
)
def test_caller_by_name(name: str, caller: str, with_function: bool, outcome: str) -> None:
    check = f'#if(!$ctx.identity.userArn.contains("{name}")) $util.unauthorized() #end\n'
    extra = {"Reader": ROLE, **({"Worker": FUNCTION} if with_function else {})}

    assert root(ask((check + GET,), caller, default="AWS_IAM", extra=extra)).outcome == outcome


def pool(name: str) -> dict[str, Any]:
    role = json.loads(json.dumps(ROLE))
    del role["Properties"]["RoleName"]
    return {name: role}


@pytest.mark.parametrize(
    ("caller", "outcome"),
    [("iam:Pool", "allowed"), ("iam:Pool,guest", "denied"), ("iam:Member", "allowed")],
)
@pytest.mark.parametrize(
    "form", ["${AWS::Partition}:sts::${AWS::AccountId}", "aws:sts::${AWS::AccountId}"]
)
def test_users_of_an_identity_pool(form: str, caller: str, outcome: str) -> None:
    arn = f"arn:{form}:assumed-role/${{Member}}/CognitoIdentityCredentials"
    check = f'#if($ctx.identity.userArn != "{arn}") $util.unauthorized() #end\n'
    roles = {
        "authenticated": {"Fn::GetAtt": ["Member", "Arn"]},
        "unauthenticated": {"Fn::GetAtt": ["Guest", "Arn"]},
    }
    extra = {
        **pool("Member"),
        **pool("Guest"),
        "Pool": {"Type": "AWS::Cognito::IdentityPool", "Properties": {}},
        "Roles": {
            "Type": "AWS::Cognito::IdentityPoolRoleAttachment",
            "Properties": {"IdentityPoolId": {"Ref": "Pool"}, "Roles": roles},
        },
    }
    code = {"Fn::Sub": check + GET}
    resolver = resources("")["Get"]
    resolver["Properties"]["RequestMappingTemplate"] = code

    found = ask((GET,), caller, default="AWS_IAM", extra={**extra, "Get": resolver})

    assert root(found).outcome == outcome


def test_field_without_resolver_beside_others_is_null() -> None:
    found = ask((GET,), query="{ other { note } }")

    assert found.body == {"data": {"other": None}}
    assert found.notes == (
        "no resolver of `Query.other` is in the input: as it stands the value is null",
    )


def test_code_that_is_not_at_hand_leaves_the_field_open() -> None:
    resolver = resources("")["Get"]
    del resolver["Properties"]["RequestMappingTemplate"]
    resolver["Properties"]["RequestMappingTemplateS3Location"] = "s3://bucket/key"
    found = ask((GET,), extra={"Get": resolver})

    assert (root(found).outcome, root(found).decided_by) == ("undecided", "resolver")


def test_direct_lambda_resolver_denies_nothing_by_itself() -> None:
    source = {"ApiId": API_ID, "Name": "fn", "Type": "AWS_LAMBDA"}
    resolver = {"ApiId": API_ID, "TypeName": "Query", "FieldName": "get", "DataSourceName": "fn"}
    extra = {
        "Table": {"Type": "AWS::AppSync::DataSource", "Properties": source},
        "Get": {"Type": "AWS::AppSync::Resolver", "Properties": resolver},
    }

    assert ask((GET,), extra=extra).outcome == "allowed"


def test_ids_of_the_caller_are_shortened() -> None:
    code = (GET, "$util.error($ctx.identity.sub)")
    found = ask(code)

    assert found.body is not None
    assert found.body["errors"][0]["message"] == "1111…"
