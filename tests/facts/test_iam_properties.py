"""What is said of grants agrees with IAM's own procedure, on random policies, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import NOW, open_scenarios

from cdk_appsync_guard.appsync.api import find_apis
from cdk_appsync_guard.facts import build_facts
from cdk_appsync_guard.iam.policies import evaluate
from cdk_appsync_guard.iam.policy_conditions import certain_context
from cdk_appsync_guard.iam.principals import Principal, find_principals
from cdk_appsync_guard.policy.evaluate import Hit
from cdk_appsync_guard.policy.evaluate import evaluate as apply
from cdk_appsync_guard.policy.rules import built_in_rules
from cdk_appsync_guard.template.values.value import Text, concatenate

FIELDS = ("types/Query/fields/a", "types/Query/fields/b", "types/Mutation/fields/m")
API = """
Resources:
  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: Api, AuthenticationType: AWS_IAM}}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: "type Query { a: Post b: Int } type Mutation { m: Int } type Post { id: ID }"
  Limit: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: LIMIT}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies: [{PolicyName: p, PolicyDocument: POLICY}]
      BOUNDARY
"""
ENDS = (
    *("", "/*", "/types/*", "/types/Query/*", "/types/Query/fields/a", "/types/Query/fields/b"),
    *("/types/Query/fields/nope", "/types/Query/fields/A", "/types/Mutation/*"),
    *("/types/Mutation/fields/m", "/types/Subscription/*", "/types/Post/fields/id"),
    *("/types/query/fields/a", "/types/Query/a", "/types/Query/fields/a/x", "/types/*/fields/?"),
    *("/types/Q*/fields/a*", "/types/Mut*/fields/zz*", "//types/Query/*", "/types/Query"),
)
# Rules about one resource, which then matches no root field.
MATCH_NOTHING = frozenset(
    {
        *("grant-on-bare-api-arn", "grant-resource-malformed", "grant-matches-no-field"),
        *("grant-stale", "grant-field-missing", "grant-type-missing", "grant-in-wrong-case"),
        *("nested-grant-alone", "deny-matches-nothing", "deny-misses-its-field"),
        *("nested-deny-protects-nothing", "unattached-policy-grants-nothing"),
    }
)
# Rules about a principal, which then can call no field at all.
CALL_NOTHING = frozenset(
    ("principal-granted-nothing", "management-action-on-fields", "nested-grant-alone")
)
RULES = tuple(one for one in built_in_rules() if one.category == "iam")


@dataclass(frozen=True, slots=True)
class Statement:
    effect: str
    action: str
    ends: tuple[str, ...]
    key: str
    condition: str

    def __str__(self) -> str:
        resources = ", ".join(f'!Sub "${{Api.Arn}}{end}"' for end in self.ends)
        written = f"Effect: {self.effect}, Action: {self.action!r}, {self.key}: [{resources}]"
        return f"{{{written}{self.condition}}}"


CONDITIONS = (
    "",
    "",
    "",
    ', Condition: {StringEquals: {"aws:PrincipalTag/team": x}}',
    ', Condition: {DateLessThan: {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}',
    ', Condition: {Bool: {"aws:SecureTransport": "true"}}',
)
statements = st.lists(
    st.builds(
        Statement,
        st.sampled_from(("Allow", "Allow", "Allow", "Deny")),
        st.sampled_from(("appsync:GraphQL", "appsync:GraphQL", "appsync:*", "appsync:GetType")),
        st.lists(st.sampled_from(ENDS), min_size=1, max_size=2).map(tuple),
        st.sampled_from(("Resource", "Resource", "Resource", "NotResource")),
        st.sampled_from(CONDITIONS),
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(policy=statements, limit=st.none() | statements)
def test_findings_and_iam_agree(policy: list[Statement], limit: list[Statement] | None) -> None:
    outcomes, hits = judge(policy, limit)

    for hit in hits:
        if hit.rule.id in MATCH_NOTHING:
            assert not _matches(str(hit.row.cells["resource"])), hit.rule.id
        if hit.rule.id in CALL_NOTHING:
            assert set(outcomes) == {"denied"}, hit.rule.id
    meant = any(one.effect == "Allow" and _is_meant(one) for one in policy)
    if meant and set(outcomes) == {"denied"}:
        assert any("role Role" in str(hit.row.cells.get("principal")) for hit in hits)


def judge(
    policy: Iterable[Statement], limit: Iterable[Statement] | None
) -> tuple[list[str], tuple[Hit, ...]]:
    boundary = "PermissionsBoundary: !Ref Limit" if limit is not None else ""
    text = API.replace("LIMIT", _document(limit or ())).replace("POLICY", _document(policy))
    (scenario,) = open_scenarios(text.replace("BOUNDARY", boundary))
    apis = find_apis(scenario.stacks)
    arn = apis[0].resource.attribute("Arn")
    known = certain_context(NOW)
    (role,) = find_principals(scenario.stacks, known)
    outcomes = [_ask(role, concatenate((arn, "/", field))) for field in FIELDS]
    return outcomes, apply(RULES, build_facts(apis, scenario.stacks, NOW)).hits


def _ask(role: Principal, field: object) -> str:
    assert isinstance(field, Text)
    limits = () if role.boundary is None else ([role.boundary.statements],)
    documents = [one.statements for one in role.documents]
    return evaluate(documents, "appsync:GraphQL", field, None, *limits).outcome


def _document(written: Iterable[Statement]) -> str:
    return f'{{Version: "2012-10-17", Statement: [{", ".join(map(str, written))}]}}'


def _matches(resource: str) -> bool:
    pattern = resource.replace("${Api.Arn}", "api")
    return any(fnmatchcase(f"api/{field}", pattern) for field in FIELDS)


def _is_meant(statement: Statement) -> bool:
    return statement.action == "appsync:GraphQL" and statement.key == "Resource"
