from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct, RootConstruct
from synthesis import app_at, blog

from cdk_appsync_guard.cdk import AppSyncGuard, check
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.report import Report

pytestmark = pytest.mark.slow


BLOCKED = "nested-type-blocks-mode"


def places(report: Report) -> list[str | None]:
    return [one.location.construct_path for one in report.active if one.rule == BLOCKED]


def test_it_reports_on_an_app_and_on_any_part_of_it(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    stack = cdk.Stack(app, "One")
    inner = blog(stack)
    stage = cdk.Stage(app, "Prod")
    blog(cdk.Stack(stage, "Two"))

    assert set(places(check(app))) == {"One/Api/Schema", "Prod/Two/Api/Schema"}
    assert places(check(stack)) == ["One/Api/Schema"]
    assert places(check(inner)) == ["One/Api/Schema"]
    assert places(check(stage)) == ["Prod/Two/Api/Schema"]


def test_a_stack_without_an_app_of_its_own_can_be_checked() -> None:
    stack = cdk.Stack()
    blog(stack)

    assert places(check(stack)) == ["Default/Api/Schema"]


def test_it_does_not_raise_when_plugins_of_the_app_do(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    cdk.Aspects.of(app).add(AppSyncGuard())

    assert places(check(app)) == ["One/Api/Schema"]
    with pytest.raises(RuntimeError, match="nested-type-blocks-mode"):
        app.synth()


def test_it_sees_what_was_changed_since_the_last_time(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    schema = blog(cdk.Stack(app, "One")).node.find_child("Schema")
    check(app)
    schema.definition = "type Query { post: String }"

    assert places(check(app)) == []


def test_an_app_that_cannot_be_synthesized_raises_what_cdk_raises(tmp_path: Path) -> None:
    @jsii.implements(cdk.IAspect)
    class Refuses:
        def visit(self, node: Construct) -> None:
            raise ValueError(f"not {node.node.path}")

    app = app_at(tmp_path)
    blog(cdk.Stack(app, "One"))
    check(app)
    cdk.Aspects.of(app).add(Refuses())

    with pytest.raises(RuntimeError, match="not"):
        check(app)


def test_a_construct_without_an_app_is_refused() -> None:
    with pytest.raises(ConfigError, match="does not belong to an App"):
        check(Construct(RootConstruct("Alone"), "Api"))


def test_it_takes_the_options_of_scan(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    stack = cdk.Stack(app, "One")
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    blog(stack)

    assert check(app, select=["grant-without-iam-mode"]).findings == ()
