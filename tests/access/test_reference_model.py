"""Production against the reference model, on every small API there is.

A decision depends on the directives of a field, those of its type, whether the type is a root, the
modes and the caller; all that follows depends on decisions, and on what fields return. So three
enumerations are exhaustive in what they vary:

1. decisions: every choice of up to two directives on a field, and on its type, out of all that
   AppSync has with no, one, other and no groups; for every regime, default action and caller;
2. placements: every API of Query and one type with two fields each, with one of five directives or
   none at each of the six places, for every regime, mode and group;
3. shapes: every API of Query and one or two types with two fields each, over what each field
   returns, how nullable it is, and how it is decided. Modes and groups are renamed away: an allowed,
   a denied and an undecided field look the same whatever the directive that made them so.

The suite takes a sample of each, by a seed; ``-m whole`` compares all, which CI does once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
from access.read import read_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from model import reference
from model.part import Part, sampled

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.document import read_operation
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.reach import CallerReach, find_reach
from cdk_appsync_guard.access.request import decide_operation
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC, Authorization
from cdk_appsync_guard.appsync.schema import Directive, Field, Schema, TypeDefinition
from cdk_appsync_guard.template.source.read import Place, SourceFile

pytestmark = pytest.mark.slow

Used = tuple[str, tuple[str, ...] | None]  # a directive and its groups
Record = dict[str, Any]

PLACE = Place(SourceFile("schema.graphql", ""))
PLAIN: tuple[Used, ...] = ()
IAM: tuple[Used, ...] = (("aws_iam", None),)
POOLS: tuple[Used, ...] = (("aws_cognito_user_pools", None),)
GROUP_A: tuple[Used, ...] = (("aws_cognito_user_pools", ("a",)),)
GROUP_NONE: tuple[Used, ...] = (("aws_cognito_user_pools", ()),)
AUTH_A: tuple[Used, ...] = (("aws_auth", ("a",)),)
REGIMES = (
    Authorization(COGNITO, (), "ALLOW"),
    Authorization(COGNITO, (), "DENY"),
    Authorization(AWS_IAM),
    Authorization(COGNITO, (AWS_IAM,), "ALLOW"),
    Authorization(AWS_IAM, (COGNITO,)),
)


@sampled
def test_decisions_agree(part: Part) -> None:
    single: list[Used] = [(name, None) for name in (*reference.MODE_OF, "aws_auth")]
    single += [
        (name, groups)
        for name in ("aws_cognito_user_pools", "aws_auth")
        for groups in (("a",), ("b",), ())
    ]
    choices = [(), *((one,) for one in single), *combinations(single, 2)]
    regimes = (*REGIMES, Authorization(API_KEY, (OIDC, LAMBDA, COGNITO)), Authorization(OIDC))
    compared = 0
    for own, inherited, name in part.of(product(choices, choices, ("Query", "T"))):
        schema, plain = both_schemas({name: (inherited, {"f": ("S", own)})})
        field = schema.types[name].fields["f"]
        for authorization in regimes:
            for caller in callers_of(authorization):
                outcome = decide(authorization, schema, caller, field).outcome
                expected = reference.check(
                    plain_api(authorization), plain, plain_caller(caller), name, "f"
                )
                assert outcome == expected, (authorization, caller, plain)
                compared += 1

    assert part.is_right(compared, 79 * 79 * 2 * 17)


@sampled
def test_placements_agree(part: Part) -> None:
    letters = (PLAIN, IAM, POOLS, GROUP_A, AUTH_A)
    compared = 0
    for query, a, b, below, c, d in part.of(product(letters, repeat=6)):
        schemas = both_schemas(
            {
                "Query": (query, {"a": ("T", a), "b": ("[T!]!", b)}),
                "T": (below, {"a": ("T", c), "b": ("S!", d)}),
            }
        )
        for authorization in REGIMES:
            compared += agree(authorization, callers_of(authorization), *schemas)

    assert part.is_right(compared, 5**6 * 11)


MULTI = Authorization(COGNITO, (AWS_IAM,), "ALLOW")
NOBODY = (Caller(COGNITO),)
DECIDED = (POOLS, GROUP_A)  # allowed, denied
OPEN = (*DECIDED, GROUP_NONE)


@sampled
def test_shapes_with_one_type_agree(part: Part) -> None:
    fields = [*product(("S!", "T", "T!", "[T]!", "Query!"), OPEN)]
    roots = [*product(("S", "T", "T!", "[T]", "[T!]", "[T!]!"), OPEN)]
    compared = 0
    for a, b, c, d in part.of(product(roots, roots, fields, fields)):
        schemas = both_schemas({"Query": (PLAIN, {"a": a, "b": b}), "T": (PLAIN, {"a": c, "b": d})})
        compared += agree(MULTI, NOBODY, *schemas)

    assert part.is_right(compared, 18**2 * 15**2)


@sampled
def test_shapes_with_two_types_agree(part: Part) -> None:
    of_t = [*product(("S!", "U", "U!", "[U]!"), DECIDED)]
    of_u = [*product(("S!", "T", "T!", "U"), DECIDED)]
    compared = 0
    for a, b in product(("T", "T!"), ("S", "U", "U!")):
        query = {"a": (a, POOLS), "b": (b, POOLS)}
        for c, d, e, f in part.of(product(of_t, of_t, of_u, of_u)):
            schemas = both_schemas(
                {
                    "Query": (PLAIN, query),
                    "T": (PLAIN, {"a": c, "b": d}),
                    "U": (PLAIN, {"a": e, "b": f}),
                }
            )
            compared += agree(MULTI, NOBODY, *schemas)

    assert part.is_right(compared, 6 * 8**4)


USES = st.lists(
    st.sampled_from(
        [(name, None) for name in (*reference.MODE_OF, "aws_auth")]
        + [
            ("aws_cognito_user_pools", ("a",)),
            ("aws_cognito_user_pools", ("b", "c")),
            ("aws_auth", ("a",)),
        ]
        + [("aws_cognito_user_pools", ()), ("aws_iam", ("a",))]
    ),
    max_size=2,
    unique=True,
).map(tuple)
NAMES = ("Query", "Mutation", "A", "B", "C", "D")
SIGNATURES = st.builds(
    lambda name, form: form.format(name),
    st.sampled_from(("ID", *NAMES[2:])),
    st.sampled_from(("{}", "{}!", "[{}]", "[{}!]", "[{}]!", "[{}!]!", "[[{}!]]!")),
)
FIELDS = st.dictionaries(
    st.sampled_from("fghij"), st.tuples(SIGNATURES, USES), min_size=1, max_size=4
)
APIS = st.fixed_dictionaries({name: st.tuples(USES, FIELDS) for name in NAMES})
AUTHORIZATIONS = st.builds(
    Authorization,
    st.sampled_from([COGNITO, API_KEY, AWS_IAM]),
    st.lists(st.sampled_from([COGNITO, AWS_IAM, OIDC, LAMBDA]), max_size=2).map(tuple),
    st.sampled_from(["ALLOW", "DENY"]),
)


@settings(deadline=None)
@given(APIS, AUTHORIZATIONS)
def test_larger_apis_agree(types: Types, authorization: Authorization) -> None:
    _, plain = both_schemas(types)

    agree(authorization, callers_of(authorization), read_schema(write_sdl(types)), plain)


@settings(deadline=None)
@given(APIS, AUTHORIZATIONS, st.data())
def test_responses_agree(types: Types, authorization: Authorization, data: st.DataObject) -> None:
    _, plain = both_schemas(types)
    schema = read_schema(write_sdl(types))
    selection = data.draw(selections(plain, "Query", 4))
    operation = read_operation(write_selection(selection))
    for caller in callers_of(authorization):
        response = decide_operation(Endpoint(authorization, schema), caller, operation)
        answer = reference.run(plain_api(authorization), plain, plain_caller(caller), selection)

        assert (
            response.data,
            [".".join(map(str, error["path"])) for error in response.errors],
        ) == answer


@st.composite
def selections(draw: st.DrawFn, plain: Record, type_name: str, depth: int) -> Record:
    fields = plain["types"][type_name]["fields"]
    leaves = [name for name in fields if reference.named(fields[name]["type"]) == "ID"]
    usable = list(fields) if depth else leaves
    chosen = draw(st.lists(st.sampled_from(usable), min_size=1, unique=True)) if usable else []
    selection = {}
    for name in chosen:
        returned = reference.named(fields[name]["type"])
        below = {} if returned == "ID" else draw(selections(plain, returned, depth - 1))
        if below or returned == "ID":
            selection[name] = below
    return selection or {"__typename": {}}


def write_selection(selection: Record) -> str:
    written = [
        f"{name} {write_selection(below) if below else ''}" for name, below in selection.items()
    ]
    return "{ " + " ".join(written) + " }"


def write_sdl(types: Types) -> str:
    return "\n".join(
        f"type {name} {write_uses(used)} {{\n"
        + "".join(f"  {one}: {fields[one][0]} {write_uses(fields[one][1])}\n" for one in fields)
        + "}"
        for name, (used, fields) in types.items()
    )


def write_uses(used: tuple[Used, ...]) -> str:
    return " ".join(
        f"@{name}" + ("" if groups is None else f"(cognito_groups: {json.dumps(groups)})")
        for name, groups in used
    )


def agree(
    authorization: Authorization, callers: tuple[Caller, ...], schema: Schema, plain: Record
) -> int:
    """Compare all that is said of each caller, and return how many there were."""
    api = plain_api(authorization)
    for caller, found in zip(callers, find_reach(authorization, schema, callers), strict=True):
        assert summary(found) == expected(api, plain, plain_caller(caller)), (caller, plain)
    return len(callers)


def summary(found: CallerReach) -> tuple[object, ...]:
    return (
        {
            reach.field.coordinate: (reach.outcome, reach.path, reach.nulls_root)
            for reach in found.roots
        },
        {(end.field.coordinate, len(end.steps), not end.question) for end in found.dead_ends},
        {(climb.field.coordinate, climb.path, climb.nulled) for climb in found.null_climbs},
    )


def expected(api: Record, plain: Record, caller: Record) -> tuple[object, ...]:
    reached = {
        f"{root}.{name}": reference.reach(api, plain, caller, root, name)
        for root in (plain["query"], plain["mutation"])
        if root
        for name in plain["types"][root]["fields"]
    }
    return (
        {name: reach for name, reach in reached.items() if reach[0] != "denied"},
        reference.dead_ends(api, plain, caller),
        reference.null_climbs(api, plain, caller),
    )


Types = Mapping[str, tuple[tuple[Used, ...], Mapping[str, tuple[str, tuple[Used, ...]]]]]


def both_schemas(types: Types) -> tuple[Schema, Record]:
    """Build production's schema and the reference's from the same description."""
    definitions = {
        name: TypeDefinition(
            name=name,
            kind="object",
            directives=directives(used),
            fields={one: field(name, one, *fields[one]) for one in fields},
            interfaces=(),
            members=(),
            offset=0,
        )
        for name, (used, fields) in types.items()
    }
    roots: dict[str, Any] = {
        name.lower(): name if name in types else None
        for name in ("Query", "Mutation", "Subscription")
    }
    plain = {
        name: {
            "directives": plain_directives(used),
            "fields": {one: plain_field(*fields[one]) for one in fields},
        }
        for name, (used, fields) in types.items()
    }
    return Schema(definitions, **roots, problems=(), place=PLACE), {"types": plain, **roots}


@cache
def directives(used: tuple[Used, ...]) -> tuple[Directive, ...]:
    return tuple(Directive(name, 0, groups) for name, groups in used)


@cache
def plain_directives(used: tuple[Used, ...]) -> list[Record]:
    return [
        {"name": name, "groups": None if groups is None else list(groups)} for name, groups in used
    ]


@cache
def field(type_name: str, name: str, signature: str, used: tuple[Used, ...]) -> Field:
    return Field(
        type_name=type_name,
        name=name,
        returns=signature.strip("[]!"),
        signature=signature,
        non_null=signature.endswith("!"),
        items_non_null=signature.count("!") == signature.count("[") + 1,
        is_list="[" in signature,
        directives=directives(used),
        arguments=(),
        offset=0,
    )


@cache
def plain_field(signature: str, used: tuple[Used, ...]) -> Record:
    return {"type": signature, "directives": plain_directives(used)}


@cache
def callers_of(authorization: Authorization) -> tuple[Caller, ...]:
    modes = (Caller(mode) for mode in authorization.modes)
    in_group = Caller(COGNITO, frozenset("a"))
    return (*modes, in_group) if COGNITO in authorization.modes else tuple(modes)


@cache
def plain_api(authorization: Authorization) -> Record:
    return {
        "default": authorization.default,
        "additional": authorization.additional,
        "default_action": authorization.default_action,
    }


@cache
def plain_caller(caller: Caller) -> Record:
    return {"mode": caller.mode, "groups": caller.groups}
