"""Random APIs as data, so that an edit can be made in them as a person makes it in the SDL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from hypothesis import strategies as st
from model import reference

from cdk_appsync_guard.report import Edit

COGNITO, KEY, IAM, OIDC = "AMAZON_COGNITO_USER_POOLS", "API_KEY", "AWS_IAM", "OPENID_CONNECT"
GROUPS = ("g", "h")

Uses = tuple[str, ...]
Fields = Mapping[str, tuple[str, Uses]]
Definition = tuple[str, Uses, Fields]


@dataclass(frozen=True)
class Blog:
    """An API: its modes, the default one first, and its types with their directives."""

    modes: tuple[str, ...]
    action: str
    types: Mapping[
        str, tuple[str, Uses, Fields]
    ]  # by name: what it begins with, directives, fields
    statements: tuple[object, ...] = ()

    @property
    def sdl(self) -> str:
        lines = ["union Any = B | C"]
        for head, uses, fields in self.types.values():
            lines.append(f"{head} {' '.join(uses)} {{")
            lines += [f"  {one}: {fields[one][0]} {' '.join(fields[one][1])}" for one in fields]
            lines.append("}")
        return "\n".join(lines)

    @property
    def template(self) -> str:
        default, *more = self.modes
        api: dict[str, Any] = {"Name": "blog", "AuthenticationType": default}
        api |= _config(default, 0)
        if default == COGNITO:
            api["UserPoolConfig"]["DefaultAction"] = self.action
        if more:
            api["AdditionalAuthenticationProviders"] = [
                {"AuthenticationType": mode, **_config(mode, number)}
                for number, mode in enumerate(more, start=1)
            ]
        api_id = {"Fn::GetAtt": ["Blog", "ApiId"]}
        policy = {"Version": "2012-10-17", "Statement": list(self.statements)}
        role = {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "Policies": [{"PolicyName": "p", "PolicyDocument": policy}],
        }
        resources = {
            "Blog": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
            "Schema": {
                "Type": "AWS::AppSync::GraphQLSchema",
                "Properties": {"ApiId": api_id, "Definition": self.sdl},
            },
            "Reader": {"Type": "AWS::IAM::Role", "Properties": role},
        }
        return json.dumps({"Resources": resources})

    def edited(self, edits: tuple[Edit, ...]) -> Blog:
        """Return the API after the edits, each of which fits what stands there."""
        blog = self
        for edit in edits:
            if edit.kind == "provider":
                blog = replace(blog, modes=(*blog.modes, edit.after))
            elif edit.kind == "statement":
                assert edit.coordinate == "Reader"
                blog = replace(blog, statements=(*blog.statements, json.loads(edit.after)))
            else:
                blog = blog.edited_in_sdl(edit)
        return blog

    def edited_in_sdl(self, edit: Edit) -> Blog:
        """Return the API after an edit of a type or a field."""
        name, _, field = edit.coordinate.partition(".")
        head, uses, fields = self.types[name]
        if edit.kind == "type":
            assert fields[field][0] == edit.before
            changed: Definition = (head, uses, {**fields, field: (edit.after, fields[field][1])})
        elif field:
            signature, own = fields[field]
            changed = (head, uses, {**fields, field: (signature, _exchange(own, edit))})
        else:
            changed = (head, _exchange(uses, edit), fields)
        return replace(self, types={**self.types, name: changed})

    def access(self) -> dict[tuple[str, str | None], dict[str, str]]:
        """Return what each kind of caller gets of each field, by the reference model."""
        api = {
            "default": self.modes[0],
            "additional": list(self.modes[1:]),
            "default_action": self.action if self.modes == (COGNITO,) else None,
        }
        schema = {
            "query": "Query",
            "mutation": "Mutation",
            "subscription": "Subscription",
            "types": {
                name: {
                    "directives": [_read(one) for one in uses],
                    "fields": {
                        field: {"type": signature, "directives": [_read(one) for one in own]}
                        for field, (signature, own) in fields.items()
                    },
                }
                for name, (head, uses, fields) in self.types.items()
                if head.startswith("type ")
            },
        }
        types: dict[str, Any] = schema["types"]  # type: ignore[assignment]
        return {
            (mode, group): {
                f"{name}.{field}": reference.check(
                    api, schema, {"mode": mode, "groups": {group} - {None}}, name, field
                )
                for name, one in types.items()
                for field in one["fields"]
            }
            for mode, group in self.callers()
        }

    def callers(self) -> Iterator[tuple[str, str | None]]:
        for mode in (COGNITO, KEY, IAM, OIDC):
            yield mode, None
        yield from ((COGNITO, group) for group in GROUPS)


def _exchange(uses: Uses, edit: Edit) -> Uses:
    others = [one for one in uses if one.startswith("@aws_subscribe")]
    assert " ".join(one for one in uses if one not in others) == edit.before
    return (*others, *(f"@{one.strip()}" for one in edit.after.split("@")[1:]))


def _read(use: str) -> dict[str, Any]:
    """Return a directive as the reference model has it."""
    name, _, rest = use.removeprefix("@").partition("(")
    groups = json.loads(rest[rest.index("[") : rest.index("]") + 1]) if "cognito" in rest else None
    return {"name": name, "groups": groups}


def _config(mode: str, number: int) -> dict[str, Any]:
    if mode == COGNITO:
        return {"UserPoolConfig": {"UserPoolId": f"eu-west-1_p{number}", "AwsRegion": "eu-west-1"}}
    if mode == OIDC:
        return {"OpenIDConnectConfig": {"Issuer": f"https://issuer{number}.example"}}
    return {}


_GROUPED = tuple(
    f"@{name}(cognito_groups: [{', '.join(json.dumps(group) for group in groups)}])"
    for name, groups in product(("aws_cognito_user_pools", "aws_auth"), (("g",), ("g", "h")))
)
_NAMED = ("@aws_api_key", "@aws_iam", "@aws_cognito_user_pools")
_USES = st.lists(
    st.sampled_from((*_NAMED, *_NAMED, *_GROUPED)),
    max_size=2,
    unique_by=lambda one: one.partition("(")[0],
).map(tuple)
_SIGNATURES = st.sampled_from(("ID", "ID!", "A", "B", "C", "[A!]!", "B!", "Any", "Node"))
_FIELDS = st.dictionaries(st.sampled_from("pqr"), st.tuples(_SIGNATURES, _USES), min_size=1)
_MODES = (
    (KEY, IAM),
    (KEY, IAM, COGNITO),
    (COGNITO, IAM),
    (COGNITO, KEY, COGNITO),
    (COGNITO,),
    (IAM, COGNITO, OIDC, OIDC),
    (KEY,),
)


@st.composite
def blogs(draw: st.DrawFn) -> Blog:
    """Draw an API with three types that lead to each other, an interface and a union."""
    mutations = draw(_FIELDS)
    published = mutations.get("p", ("ID", ()))[0].replace("!", "")
    subscribed = ('@aws_subscribe(mutations: ["p"])', *draw(_USES))
    types: dict[str, Definition] = {
        "Query": ("type Query", draw(_USES), draw(_FIELDS)),
        "Mutation": ("type Mutation", (), mutations),
        "Subscription": ("type Subscription", (), {"onP": (published, subscribed)}),
        "Node": ("interface Node", (), {"id": ("ID!", ())}),
    }
    for name in "ABC":
        fields = {**draw(_FIELDS), "id": ("ID!", draw(_USES))}
        types[name] = (f"type {name} implements Node", draw(_USES), fields)
    action = draw(st.sampled_from(("ALLOW", "ALLOW", "DENY")))
    return Blog(draw(st.sampled_from(_MODES)), action, types)
