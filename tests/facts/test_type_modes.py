from __future__ import annotations

from policy.blog import COGNITO, blog, edits, pick

KEY, IAM, LAMBDA = "API_KEY", "AWS_IAM", "AWS_LAMBDA"
COLUMNS = ("coordinate", "mode", "reached", "closed_way")


def test_the_field_that_somebody_forgot_to_tag_is_told() -> None:
    sdl = """
      type Query { getEvent(id: ID!): Event }
      type Event @aws_lambda @aws_api_key { id: ID!  venue: Venue }
      type Venue @aws_lambda @aws_api_key { id: ID! }
    """

    assert pick("type_modes", blog(sdl, KEY, LAMBDA), *COLUMNS) == [
        ("Event", KEY, True, None),
        ("Venue", KEY, True, None),
        ("Event", LAMBDA, False, "Query.getEvent"),
        ("Venue", LAMBDA, False, None),
    ]
    assert edits("type_modes", blog(sdl, KEY, LAMBDA)) == [
        ["Query.getEvent:  -> @aws_api_key @aws_lambda"],
        ["Event: @aws_lambda @aws_api_key -> @aws_api_key"],
    ]


def test_a_field_that_names_other_modes_is_closed_on_purpose() -> None:
    sdl = """
      type Query { getEvent(id: ID!): Event @aws_api_key }
      type Event @aws_lambda { id: ID! }
    """

    assert pick("type_modes", blog(sdl, KEY, LAMBDA), *COLUMNS) == [("Event", LAMBDA, False, None)]


def test_subscriptions_lead_to_what_they_deliver() -> None:
    sdl = """
      type Query { q: Int }
      type Mutation { add: Event @aws_iam }
      type Event @aws_iam @aws_lambda { id: ID! }
      type Subscription { added: Event @aws_subscribe(mutations: ["add"]) @aws_lambda }
    """

    assert pick("type_modes", blog(sdl, KEY, IAM, LAMBDA), *COLUMNS) == [
        ("Event", IAM, True, None),
        ("Event", LAMBDA, True, None),
    ]


def test_any_group_counts_as_the_mode() -> None:
    sdl = """
      type Query { a: Event @aws_cognito_user_pools(cognito_groups: ["g"]) }
      type Event @aws_cognito_user_pools { id: ID! }
    """

    assert pick("type_modes", blog(sdl, KEY, COGNITO), *COLUMNS) == [("Event", COGNITO, True, None)]


def test_with_one_mode_there_is_nothing_to_tell() -> None:
    sdl = "type Query { q: Event } type Event @aws_iam { id: ID! }"

    assert pick("type_modes", blog(sdl, KEY), *COLUMNS) == []
