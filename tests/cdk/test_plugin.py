from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

import aws_cdk as cdk
import jsii
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_iam as iam
from aws_cdk import cloudformation_include
from synthesis import BLOCKED, SOUND, app_at, blog, scanned, synthesize

from cdk_appsync_guard.cdk import AppSyncGuardPlugin
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.errors import ConfigError

pytestmark = pytest.mark.slow


SAMPLES = Path(__file__).parents[2] / "sample_stacks"


def an_l2_api_from_a_file(app: cdk.App) -> None:
    file = Path(app.outdir).parent / "schema.graphql"
    file.write_text(BLOCKED, "utf-8")
    stack = cdk.Stack(app, "One")
    api = appsync.GraphqlApi(
        stack, "Api", name="blog", definition=appsync.Definition.from_file(str(file))
    )
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    api.grant_query(role, "misspelt")


def stages(app: cdk.App) -> None:
    blog(cdk.Stack(app, "One"))
    for name in ("Beta", "Prod"):
        stage = cdk.Stage(app, name)
        blog(cdk.Stack(stage, "One"))
        blog(cdk.Stack(cdk.Stage(stage, "Inner"), "Two"))


def nested_stacks(app: cdk.App) -> None:
    stack = cdk.Stack(app, "One")
    blog(stack)
    outer = cdk.NestedStack(stack, "Outer")
    blog(outer)
    blog(cdk.NestedStack(outer, "Inner"))


def a_cross_stack_reference(app: cdk.App) -> None:
    api = blog(cdk.Stack(app, "One")).node.find_child("Api")
    other = cdk.Stack(app, "Two")
    role = iam.Role(other, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["appsync:GraphQL"], resources=[api.attr_arn]))


def an_imported_api(app: cdk.App) -> None:
    stack = cdk.Stack(app, "One")
    api = appsync.GraphqlApi.from_graphql_api_attributes(stack, "Api", graphql_api_id="abcdef")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["appsync:GraphQL"], resources=[api.arn]))


def an_included_template(app: cdk.App) -> None:
    file = SAMPLES / "blog" / "insecure.yaml"
    stack = cdk.Stack(app, "One")
    cloudformation_include.CfnInclude(stack, "Template", template_file=str(file))


def untyped_resources(app: cdk.App) -> None:
    stack = cdk.Stack(app, "One")
    api = cdk.CfnResource(
        stack,
        "Api",
        type="AWS::AppSync::GraphQLApi",
        properties={"Name": "blog", "AuthenticationType": "AMAZON_COGNITO_USER_POOLS"},
    )
    cdk.CfnResource(
        stack,
        "Schema",
        type="AWS::AppSync::GraphQLSchema",
        properties={"ApiId": api.get_att("ApiId"), "Definition": SOUND},
    )


def overrides(app: cdk.App) -> None:
    within = blog(cdk.Stack(app, "One"))
    api = within.node.find_child("Api")
    api.add_property_deletion_override("AdditionalAuthenticationProviders")
    api.add_property_override("LogConfig", {"FieldLogLevel": "NONE"})
    within.node.find_child("Schema").override_logical_id("Renamed")


def tokens(app: cdk.App) -> None:
    stack = cdk.Stack(app, "One")
    parameter = cdk.CfnParameter(stack, "Sdl")
    blog(stack, "Lazy", cdk.Lazy.string(_Sdl()))
    blog(stack, "Open", parameter.value_as_string)


@jsii.implements(cdk.IStableStringProducer)
class _Sdl:
    def produce(self) -> str:
        return BLOCKED


APPS = [
    an_l2_api_from_a_file,
    stages,
    nested_stacks,
    a_cross_stack_reference,
    an_imported_api,
    an_included_template,
    untyped_resources,
    overrides,
    tokens,
]


@pytest.mark.parametrize("with_paths", [True, False])
@pytest.mark.parametrize("build", APPS)
def test_it_says_what_scan_says_of_the_same_assembly_at_the_constructs(
    tmp_path: Path, build: Callable[[cdk.App], None], *, with_paths: bool
) -> None:
    app = app_at(tmp_path, **{"aws:cdk:enable-path-metadata": with_paths})
    build(app)
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(fail_on="never"))

    synthesis = synthesize(app)

    assert not synthesis.failed
    assert synthesis.said
    assert set(synthesis.said) == scanned(app)
    assert "" not in {one.construct for one in synthesis.said}


@pytest.mark.parametrize(
    ("fail_on", "failed", "errors"),
    [
        ("error", True, {"nested-type-blocks-mode"}),
        ("never", False, set()),
    ],
)
def test_errors_fail_synth_unless_it_shall_never_fail(
    tmp_path: Path, fail_on: str, errors: set[str], *, failed: bool
) -> None:
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(fail_on=fail_on))

    synthesis = synthesize(app)

    assert synthesis.failed is failed
    assert {one.rule for one in synthesis.said if one.severity == "error"} == errors


@pytest.mark.parametrize("fail_on", ["error", "warning", "info"])
def test_warnings_are_shown_and_fail_synth_only_if_asked_to(tmp_path: Path, fail_on: str) -> None:
    app = app_at(tmp_path)
    within = blog(cdk.Stack(app, "One"), schema=SOUND)
    cdk.Validations.of(app).add_plugins(
        AppSyncGuardPlugin(fail_on=fail_on, select=["provider-reaches-no-field"])
    )
    severity = "warning" if fail_on == "error" else "error"

    synthesis = synthesize(app)

    assert synthesis.failed is (fail_on != "error")
    assert [one[:3] for one in synthesis.said] == [
        ("provider-reaches-no-field", severity, f"{within.node.path}/Api")
    ]


@pytest.mark.parametrize(("fail_on", "failed"), [("info", False), ("undecided", True)])
def test_a_question_is_asked_once_and_is_no_violation(
    tmp_path: Path, fail_on: str, *, failed: bool
) -> None:
    app = app_at(tmp_path)
    stack = cdk.Stack(app, "One")
    blog(stack, schema=cdk.CfnParameter(stack, "Sdl").value_as_string)
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(fail_on=fail_on, select=["schema"]))

    synthesis = synthesize(app)

    assert synthesis.failed is failed
    assert [(one.rule, one.severity) for one in synthesis.said] == [
        ("undecided", "error" if failed else "info")
    ]


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ("One", {"Two/Api/Schema"}),
        ("One/Api", {"One/Other/Schema", "Two/Api/Schema"}),
        ("One/Api/Schema", {"One/Other/Schema", "Two/Api/Schema"}),
        ("One/Api/Api", {"One/Api/Schema", "One/Other/Schema", "Two/Api/Schema"}),
    ],
)
def test_acknowledging_silences_a_finding_at_a_construct_and_below(
    tmp_path: Path, scope: str, kept: set[str]
) -> None:
    app = app_at(tmp_path)
    one = cdk.Stack(app, "One")
    blog(one)
    blog(one, "Other")
    blog(cdk.Stack(app, "Two"))
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(select=["nested-type-blocks-mode"]))
    found = next(each for each in app.node.find_all() if each.node.path == scope)
    cdk.Validations.of(found).acknowledge(
        cdk.Acknowledgment(id="AppSyncGuard::nested-type-blocks-mode", reason="nobody asks")
    )

    synthesis = synthesize(app)

    assert {one.construct for one in synthesis.said} == kept
    assert {one.construct for one in synthesis.acknowledged} == {
        "One/Api/Schema",
        "One/Other/Schema",
        "Two/Api/Schema",
    } - kept
    report = scan([app.outdir], ScanOptions(select=["nested-type-blocks-mode"]))
    assert {one.location.construct_path for one in report.active} == kept
    suppressed = [one for one in report.findings if one.suppressed]
    assert {one.location.construct_path for one in suppressed} == {
        one.construct for one in synthesis.acknowledged
    }


@pytest.mark.parametrize("fail_on", ["error", "warning"])
def test_synth_fails_no_more_once_all_is_acknowledged(tmp_path: Path, fail_on: str) -> None:
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    plugin = AppSyncGuardPlugin(fail_on=fail_on, select=["nested-type-blocks-mode"])
    cdk.Validations.of(app).add_plugins(plugin)
    cdk.Validations.of(app).acknowledge(
        cdk.Acknowledgment(id="AppSyncGuard::nested-type-blocks-mode", reason="nobody asks")
    )

    assert not synthesize(app).failed


def test_a_warning_that_fails_synth_does_so_beside_an_acknowledged_one(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    stack = cdk.Stack(app, "One")
    for name in ("Api", "Other"):
        blog(stack, name, SOUND)
    plugin = AppSyncGuardPlugin(fail_on="warning", select=["provider-reaches-no-field"])
    cdk.Validations.of(app).add_plugins(plugin)
    cdk.Validations.of(stack.node.find_child("Api")).acknowledge(
        cdk.Acknowledgment(id="AppSyncGuard::provider-reaches-no-field", reason="comes in May")
    )

    assert synthesize(app).failed


def test_the_report_holds_rule_message_symptom_fix_and_documentation(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(select=["nested-type-blocks-mode"]))

    with pytest.raises(RuntimeError) as raised:
        app.synth()

    (finding,) = scan([app.outdir], ScanOptions(select=["nested-type-blocks-mode"])).findings
    first, _, _ = str(raised.value).partition("\n\n")
    assert first.split("\n") == [
        f"ValidationFailed: ERROR {finding.message}",
        '   The client sees: HTTP 200 Unauthorized: "Not Authorized to access id on type Post"',
        "   At: type Post @aws_api_key { id: ID! author: Author } (AppSyncGuard)",
        "   One/Api/Schema (ApiSchema510EECD7) aws-cdk-lib.aws_appsync.CfnGraphQLSchema",
        f"   Suggested fix: {finding.remediation}",
        f"   See {finding.references[0]}",
        "   Acknowledge with 'AppSyncGuard::nested-type-blocks-mode'",
    ]


def test_suppressed_findings_are_not_reported(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    api = blog(cdk.Stack(app, "One")).node.find_child("Schema")
    ignored = {"rule": "nested-type-blocks-mode", "reason": "nobody asks"}
    api.add_metadata("cdk-appsync-guard", {"ignore": [ignored]})
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(select=["nested-type-blocks-mode"]))

    assert synthesize(app).said == []


def test_the_configuration_file_of_the_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".appsync-guard.toml").write_text('ignore = ["*"]\nfail-on = "info"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin())

    assert synthesize(app).said == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"fail_on": "warnings"},
            "`fail_on` must be one of error, warning, info, undecided, never",
        ),
        ({"failon": "error"}, "unknown option `failon`"),
    ],
)
def test_options_that_make_no_sense_are_refused_at_once(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        AppSyncGuardPlugin(**given)

    assert refused.value.message == message


def test_a_rule_that_there_is_not_fails_synth_with_a_sentence(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(select=["no-such-rule"]))

    with pytest.raises(RuntimeError, match=r"'AppSyncGuard' failed: .*`no-such-rule`"):
        app.synth()


def test_what_cannot_be_judged_fails_synth_beside_what_can(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    plugin = AppSyncGuardPlugin(parameters={"Nope": "1"}, select=["nested-type-blocks-mode"])
    cdk.Validations.of(app).add_plugins(plugin)

    synthesis = synthesize(app)

    assert synthesis.failed
    assert [one[:3] for one in synthesis.said] == [
        ("unreadable-input", "error", ""),
        ("nested-type-blocks-mode", "error", "One/Api/Schema"),
    ]
    assert "`Nope`" in synthesis.said[0].words


def test_an_app_without_appsync_says_nothing(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    iam.Role(cdk.Stack(app, "One"), "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(fail_on="undecided"))

    synthesis = synthesize(app)

    assert (synthesis.failed, synthesis.said) == (False, [])
    assert (
        json.loads(Path(app.outdir, "validation-report.json").read_text("utf-8"))["pluginReports"]
        == []
    )
