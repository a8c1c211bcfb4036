"""An edit that is offered admits those it is for, and changes nothing for anyone else."""

from __future__ import annotations

from typing import TypeAlias

from access.read import read_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.access.decide import decide
from cdk_appsync_guard.appsync.modes import (
    API_KEY,
    AWS_IAM,
    COGNITO,
    Authorization,
)
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.access_view import Gate
from cdk_appsync_guard.fixes.admission import admit

Uses: TypeAlias = "list[str]"
DIRECTIVES = (
    "@aws_api_key",
    "@aws_iam",
    "@aws_cognito_user_pools",
    '@aws_cognito_user_pools(cognito_groups: ["g"])',
    '@aws_cognito_user_pools(cognito_groups: ["g", "h"])',
)
USES = st.lists(st.sampled_from(DIRECTIVES), max_size=2, unique_by=lambda one: one.split("(")[0])
AUDIENCES = st.sampled_from(
    [{AWS_IAM: ()}, {API_KEY: ()}, {COGNITO: ()}, {COGNITO: ("g",)}, {COGNITO: ("h",)}]
)


def _sdl(on_type: str, on_field: str) -> str:
    return (
        'type Query { t: T @aws_api_key @aws_iam @aws_cognito_user_pools(cognito_groups: ["g", "h"]) }'
        f" type T {on_type} {{ a: ID {on_field}  b: ID }}"
    )


@given(on_type=USES, on_field=USES, audience=AUDIENCES, at=st.sampled_from(["T", "T.a"]))
@settings(max_examples=150, deadline=None)
def test_an_edit_admits_whom_it_is_for_and_nobody_else(
    on_type: Uses, on_field: Uses, audience: dict[str, tuple[str, ...]], at: str
) -> None:
    authorization = Authorization(API_KEY, (AWS_IAM, COGNITO))
    gate = Gate(authorization, read_schema(_sdl(" ".join(on_type), " ".join(on_field))))

    text = admit(gate, [at], audience)

    if text is None:
        return
    after = _written(text, on_type, on_field)
    gained = set()
    for caller in gate.callers:
        for name, field in gate.schema.types["T"].fields.items():
            was = gate.decide(caller, field).outcome
            becomes = decide(authorization, after, caller, after.types["T"].fields[name]).outcome
            if was != becomes:
                assert becomes == "allowed"
                gained.add(caller.mode)
                wanted = audience[caller.mode]
                assert not wanted or set(wanted) & caller.groups
    assert gained == set(audience)


def _written(text: str, on_type: Uses, on_field: Uses) -> Schema:
    """Return the schema after what the text says was done by hand."""
    place = on_field if "`T.a`" in text else on_type
    parts = text.split("`")
    if text.startswith('add `"'):
        groups = [part.strip('"') for part in parts if part.startswith('"')]
        place = [_with_groups(one, groups) for one in place]
    elif text.startswith("write"):
        place = [parts[1]]
    else:
        place = [*place, parts[1]]
    written = (place, on_field) if "`T.a`" not in text else (on_type, place)
    return read_schema(_sdl(" ".join(written[0]), " ".join(written[1])))


def _with_groups(directive: str, groups: list[str]) -> str:
    if "cognito_groups" not in directive:
        return directive
    added = "".join(f', "{group}"' for group in groups)
    return directive.replace("])", f"{added}])")


def test_an_api_whose_only_provider_is_a_user_pool_gets_no_edit() -> None:
    authorization = Authorization(COGNITO, (), "ALLOW")
    gate = Gate(authorization, read_schema("type Query { a: ID }"))

    assert admit(gate, ["Query.a"], {COGNITO: ("g",)}) is None
