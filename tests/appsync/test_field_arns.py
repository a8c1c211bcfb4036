"""What a resource pattern says, for every form that people write."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_appsync_guard.appsync.field_arns import Shape, ShapeForm, read_shape
from cdk_appsync_guard.template.values.value import Hole, Text, Value, concatenate

PSEUDO = {
    name: Text((Hole("pseudo", f"AWS::{name}"),)) for name in ("Partition", "Region", "AccountId")
}
ID = Text((Hole("attribute", "Api.ApiId", "stack"),))
PARAMETER = Text((Hole("parameter", "Arn", "stack"),))
START = "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${Api.ApiId}"


def api(end: str) -> Value:
    return concatenate(
        (
            *("arn:", PSEUDO["Partition"], ":appsync:", PSEUDO["Region"], ":"),
            *(PSEUDO["AccountId"], ":apis/", ID, end),
        )
    )


@pytest.mark.parametrize(
    ("end", "form", "type_name", "field_name"),
    [
        ("/*", "api", "", ""),
        ("/types/*", "api", "", ""),
        ("/types/Query/*", "type", "Query", ""),
        ("/types/Query/fields/*", "type", "Query", ""),
        ("/types/Query/fields/post", "field", "Query", "post"),
        ("/types/Query/fields/get*", "field", "Query", "get*"),
    ],
)
def test_good_form(end: str, form: ShapeForm, type_name: str, field_name: str) -> None:
    assert read_shape(api(end)) == Shape(form, ID, type_name, field_name, is_appsync=True)


def test_the_api_alone_is_bare_and_wants_an_end() -> None:
    assert read_shape(api("")) == Shape("bare-api", ID, corrected=f"{START}/*", is_appsync=True)


@pytest.mark.parametrize(
    ("end", "mistake", "corrected"),
    [
        ("//types/Query/fields/a", "there are two slashes", "/types/Query/fields/a"),
        (
            "/types/Mutation/resolvers/a",
            "the part before the field is `fields`, not `resolvers`",
            "/types/Mutation/fields/a",
        ),
        ("/types/Mutation/fields/a/*", "something follows the field", "/types/Mutation/fields/a"),
        ("/Query/fields/a", "`types` is missing before `Query`", "/types/Query/fields/a"),
        ("/query/a", "`types` is missing before `query`", "/types/Query/fields/a"),
        ("/types/Query", "it ends at the type, and only fields are matched", "/types/Query/*"),
        ("/types/Query/a", "`fields` is missing before the field", "/types/Query/fields/a"),
    ],
)
def test_wrong_end_is_explained_and_corrected(end: str, mistake: str, corrected: str) -> None:
    shape = read_shape(api(end))

    assert (shape.form, shape.mistake) == ("malformed", mistake)
    assert shape.corrected == START + corrected


@pytest.mark.parametrize(
    ("pattern", "form", "mistake"),
    [
        ("*", "everything", ""),
        ("arn:aws:appsync:*", "everything", ""),
        ("arn:aws:appsync:eu-west-1:123456789012:*", "everything", ""),
        ("arn:aws:s3:::bucket/*", "other-service", ""),
        (
            "arn:aws:appsync:eu-west-1:123456789012:/apis/Blog/*",
            "malformed",
            "there is a slash before `apis`",
        ),
        ("arn:aws:appsync:eu-west-1::apis/x/*", "malformed", "the account is missing"),
        ("arn:aws:appsync:eu-west-1:apis/x/*", "malformed", "the account is missing"),
        (
            "arn:aws:execute-api:eu-west-1:123456789012:apis/x/*",
            "malformed",
            "the service is `appsync`; `execute-api` is API Gateway",
        ),
        (
            "https://x.appsync-api.eu-west-1.amazonaws.com/graphql",
            "malformed",
            "this is the URL of the API, and IAM matches ARNs",
        ),
        (
            "arn:aws:appsync:eu-west-1:123456789012:endpoints/graphql-api/x",
            "malformed",
            "this is the ARN of the endpoint, which fields do not have",
        ),
        (
            "arn:aws:appsync:eu-west-1:123456789012:apis/GRAPHQL-APIID/*",
            "malformed",
            "`GRAPHQL-APIID` is a placeholder that was never filled in",
        ),
        (
            "arn:aws:appsync:eu-west-1:#{AWS::AccountId}:apis/x/*",
            "malformed",
            "CloudFormation does not replace `#{...}`; use `${...}` in an `Fn::Sub`",
        ),
    ],
)
def test_literal_pattern(pattern: str, form: str, mistake: str) -> None:
    shape = read_shape(pattern)

    assert (shape.form, shape.mistake) == (form, mistake)


def joined(*parts: Any) -> Any:
    return concatenate(parts)


def test_a_parameter_may_hold_the_arn_of_the_api() -> None:
    assert read_shape(PARAMETER) == Shape("unknown")
    assert read_shape(joined(PARAMETER, "/*")) == Shape("api")
    assert read_shape(joined(PARAMETER, "/types/Query/*")) == Shape("type", None, "Query")
