from __future__ import annotations

from policy.blog import COGNITO, blog, edits, pick

KEY, IAM = "API_KEY", "AWS_IAM"
OPEN = "Let these callers in: "
END = ("coordinate", "type", "modes", "groups", "who", "at_root", "closed_by", "path", "ways")
CLIMB = ("coordinate", "modes", "groups", "who", "path", "nulls")


def test_reach_tells_of_each_root_field_and_kind_of_caller() -> None:
    sdl = """
      type Query { post: Post @aws_iam @aws_api_key  closed: Int }
      type Post @aws_iam @aws_api_key { id: ID  author: Author }
      type Author { name: String }
    """
    columns = ("coordinate", "mode", "group", "outcome", "blocked", "path", "nulls_root")

    assert pick("reach", blog(sdl, KEY, IAM), *columns) == [
        ("Query.post", KEY, None, "all", None, None, False),
        ("Query.closed", KEY, None, "all", None, None, False),
        ("Query.post", IAM, None, "some", "Author.name", "post.author.name", False),
    ]


def test_groups_are_callers_of_their_own() -> None:
    sdl = 'type Query { a: Int @aws_cognito_user_pools(cognito_groups: ["g"])  b: Int }'

    assert pick("reach", blog(sdl, COGNITO, KEY), "coordinate", "mode", "group") == [
        ("Query.b", COGNITO, None),
        ("Query.a", COGNITO, "g"),
        ("Query.b", COGNITO, "g"),
    ]


def test_a_type_is_a_dead_end_once_however_many_modes_and_fields_lead_to_it() -> None:
    sdl = """
      type Query @aws_api_key @aws_iam @aws_oidc { a: City  b: Place  c: [Place!]! }
      type City @aws_api_key @aws_iam @aws_oidc { place: Place }
      type Place { name: String }
    """
    template = blog(sdl, KEY, IAM, "OPENID_CONNECT")

    assert pick("dead_ends", template, *END) == [
        (
            "Query.b",
            "Place",
            (IAM, "OPENID_CONNECT"),
            (),
            "mode",
            True,
            "no-directive",
            "b",
            2,
        )
    ]
    assert pick("dead_ends", template, "caller", "reason", "fix") == [
        (
            "`AWS_IAM` and `OPENID_CONNECT` callers",
            "which does not have a directive and accepts only the default mode, `API_KEY`",
            (
                f"{OPEN}add `@aws_api_key @aws_iam @aws_oidc` to type `Place`, which opens `Place.name` to"
                " `AWS_IAM` and `OPENID_CONNECT` callers."
            ),
        )
    ]


def test_whoever_comes_by_a_root_field_is_told_apart_from_who_does_not() -> None:
    sdl = """
      type Query { a: City @aws_iam  b: Land @aws_iam @aws_oidc }
      type Land @aws_iam @aws_oidc { city: City }
      type City @aws_api_key { name: String }
    """
    template = blog(sdl, KEY, IAM, "OPENID_CONNECT")

    assert pick("dead_ends", template, "coordinate", "modes", "at_root", "ways") == [
        ("Query.a", (IAM,), True, 1),
        ("Land.city", ("OPENID_CONNECT",), False, 1),
    ]


def test_modes_that_come_on_different_ways_are_told_apart() -> None:
    sdl = """
      type Query { a: City @aws_iam  b: City @aws_oidc  c: City @aws_oidc @aws_lambda }
      type City { name: String }
    """
    template = blog(sdl, KEY, IAM, "OPENID_CONNECT", "AWS_LAMBDA")

    assert pick("dead_ends", template, "coordinate", "modes", "ways") == [
        ("Query.a", (IAM,), 1),
        ("Query.c", ("OPENID_CONNECT", "AWS_LAMBDA"), 1),
    ]


def test_the_fix_of_a_tagged_type_adds_only_what_is_missing() -> None:
    sdl = """
      type Query { a: City @aws_iam }
      type City @aws_api_key { name: String }
    """

    assert pick("dead_ends", blog(sdl, KEY, IAM), "closed_by", "reason") == [
        ("type-directive", "which accepts only `@aws_api_key`")
    ]
    assert edits("dead_ends", blog(sdl, KEY, IAM))[0] == [
        "City: @aws_api_key -> @aws_api_key @aws_iam"
    ]


def test_the_fix_of_tagged_fields_is_on_the_fields() -> None:
    sdl = """
      type Query { a: City @aws_iam }
      type City { name: String @aws_api_key }
    """

    assert pick("dead_ends", blog(sdl, KEY, IAM), "closed_by") == [("field-directives",)]
    assert edits("dead_ends", blog(sdl, KEY, IAM))[0] == [
        "City.name: @aws_api_key -> @aws_api_key @aws_iam"
    ]


def test_a_union_is_a_dead_end_if_all_its_types_are() -> None:
    sdl = """
      type Query { a: Found @aws_iam  b: Half @aws_iam }
      union Found = City | Land
      union Half = City | Open
      type City { name: String }
      type Land @aws_api_key { name: String }
      type Open @aws_iam { name: String }
    """

    assert pick("dead_ends", blog(sdl, KEY, IAM), "type", "closed_by", "reason") == [
        ("Found", "no-directive", "which may be `City` or `Land`, all of them closed")
    ]
    assert edits("dead_ends", blog(sdl, KEY, IAM))[0] == [
        "City:  -> @aws_api_key @aws_iam",
        "Land: @aws_api_key -> @aws_api_key @aws_iam",
    ]


def test_a_type_that_only_groups_may_read_is_a_dead_end_for_users_without_one() -> None:
    sdl = """
      type Query { a: Note }
      type Note @aws_cognito_user_pools(cognito_groups: ["g"]) { text: String }
    """
    template = blog(sdl, COGNITO, KEY)

    assert pick("dead_ends", template, "who", "modes", "groups", "caller") == [
        (
            "ungrouped",
            (COGNITO,),
            (),
            "`AMAZON_COGNITO_USER_POOLS` callers without a group",
        )
    ]


def test_a_group_that_a_field_names_and_its_type_does_not_is_told() -> None:
    sdl = """
      type Query { a: Note @aws_cognito_user_pools(cognito_groups: ["g", "h", "i"]) }
      type Note @aws_cognito_user_pools(cognito_groups: ["g"]) { text: String }
    """
    template = blog(sdl, COGNITO, KEY)

    assert pick("dead_ends", template, "who", "groups", "caller") == [
        ("group", ("h", "i"), "`AMAZON_COGNITO_USER_POOLS` callers in group `h` or `i`")
    ]
    ((fix,),) = pick("dead_ends", template, "fix")
    assert str(fix).startswith(
        f'{OPEN}add `"h"`, `"i"` to the `cognito_groups` of type `Note`, which'
    )


def test_a_type_closed_to_all_users_is_no_matter_of_groups() -> None:
    sdl = """
      type Query { a: Note @aws_cognito_user_pools(cognito_groups: ["g"]) }
      type Note @aws_api_key { text: String }
    """

    assert pick("dead_ends", blog(sdl, COGNITO, KEY), "who", "modes", "groups") == [
        ("mode", (COGNITO,), ("g",))
    ]


def test_what_callers_cannot_come_to_is_no_dead_end() -> None:
    sdl = """
      type Query { a: City  b: Int @aws_iam }
      type City { place: Place }
      type Place { name: String }
      type Subscription { c: City @aws_subscribe(mutations: ["d"]) @aws_iam }
    """

    assert pick("dead_ends", blog(sdl, KEY, IAM), *END) == []


def test_a_denied_non_null_field_is_told_with_what_it_nulls() -> None:
    sdl = """
      type Query { post: Post @aws_api_key @aws_iam }
      type Post @aws_api_key @aws_iam { id: ID  views: Int! @aws_iam  notes: String @aws_iam }
    """
    template = blog(sdl, KEY, IAM)

    assert pick("null_climbs", template, *CLIMB) == [
        ("Post.views", (KEY,), (), "mode", "post.views", "Query.post")
    ]
    assert pick("null_climbs", template, "fix") == [
        (
            (
                "Keep the parent readable: make `Post.views` nullable (`Int`). Or let these callers in: add"
                " `@aws_api_key` to `Post.views`, which opens it to `API_KEY` callers."
            ),
        )
    ]


def test_opening_a_field_without_directive_keeps_the_default_mode() -> None:
    sdl = """
      type Query { post: Post @aws_api_key @aws_iam }
      type Post { id: ID @aws_api_key @aws_iam  views: Int! }
    """

    assert edits("null_climbs", blog(sdl, KEY, IAM)) == [
        ["Post.views: Int! -> Int"],
        ["Post.views:  -> @aws_api_key @aws_iam"],
    ]


def test_a_non_null_field_for_a_group_nulls_the_parent_of_users_without_one() -> None:
    sdl = """
      type Query { post: Post  draft: Post @aws_cognito_user_pools(cognito_groups: ["h"]) }
      type Post { id: ID  views: Int! @aws_cognito_user_pools(cognito_groups: ["g"]) }
    """

    assert pick("null_climbs", blog(sdl, COGNITO, KEY), *CLIMB) == [
        ("Post.views", (COGNITO,), (), "ungrouped", "post.views", "Query.post")
    ]


def test_a_non_null_field_for_a_group_nulls_the_parent_of_the_group_that_gets_there() -> None:
    sdl = """
      type Query { post: Post @aws_cognito_user_pools(cognito_groups: ["g", "h"]) }
      type Post @aws_cognito_user_pools {
        id: ID
        views: Int! @aws_cognito_user_pools(cognito_groups: ["g"])
      }
    """

    assert pick("null_climbs", blog(sdl, COGNITO, KEY), *CLIMB) == [
        ("Post.views", (COGNITO,), ("h",), "group", "post.views", "Query.post")
    ]
    ((fix,),) = pick("null_climbs", blog(sdl, COGNITO, KEY), "fix")
    assert 'add `"h"` to the `cognito_groups` of `Post.views`, which opens it to' in str(fix)


def test_a_row_stays_certain_where_only_its_fix_depends_on_the_modes() -> None:
    sdl = """
      type Query { post: Post @aws_iam }
      type Post { id: ID @aws_iam  views: Int! }
    """
    template = blog(sdl, "!Ref Default", IAM).replace(
        "Resources:",
        "Parameters: {Default: {Type: String, AllowedValues: [API_KEY, OPENID_CONNECT]}}\nResources:",
    )

    assert pick("null_climbs", template, "coordinate", "modes", "fix") == [
        ("Post.views", (IAM,), "")
    ]


def test_a_way_that_is_all_there_is_to_read_is_not_closed() -> None:
    sdl = """
      type Query { land: Land @aws_iam }
      type Land @aws_iam { city: City }
      type City { name: String }
    """

    assert edits("dead_ends", blog(sdl, KEY, IAM)) == [["City:  -> @aws_api_key @aws_iam"]]


def test_what_was_closed_on_purpose_stays_closed_behind_a_type_that_is_opened() -> None:
    sdl = """
      type Query { post: Post @aws_iam @aws_api_key }
      type Post { id: ID  secret: Secret }
      type Secret @aws_api_key { key: ID }
    """

    assert edits("dead_ends", blog(sdl, KEY, IAM))[0] == [
        "Post:  -> @aws_api_key @aws_iam",
        "Post.secret:  -> @aws_api_key",
    ]


def test_a_nullable_field_is_promised_by_its_interface_no_longer() -> None:
    sdl = """
      interface Node { id: ID! }
      type Query { post: Post @aws_iam @aws_api_key }
      type Post implements Node @aws_iam @aws_api_key { id: ID! @aws_iam  text: String }
    """

    assert edits("null_climbs", blog(sdl, KEY, IAM))[0] == [
        "Post.id: ID! -> ID",
        "Node.id: ID! -> ID",
    ]
