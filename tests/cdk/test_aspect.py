from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("cdk_appsync_guard.cdk", exc_type=ImportError)

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct
from jsii._kernel.providers.process import _NodeProcess
from synthesis import SOUND, app_at, blog, synthesize

from cdk_appsync_guard.cdk import AppSyncGuard, AppSyncGuardPlugin

pytestmark = pytest.mark.slow


BLOCKED_AUTHOR = ("nested-type-blocks-mode", "One/Api/Schema")


def rules(app: cdk.App) -> set[tuple[str, str]]:
    return {one for one in synthesize(app).rules if one[0] == "nested-type-blocks-mode"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (lambda app: app, {"One/Api/Schema", "One/Other/Schema", "Prod/Two/Api/Schema"}),
        (lambda app: app.node.find_child("Prod"), {"Prod/Two/Api/Schema"}),
        (lambda app: app.node.find_child("One"), {"One/Api/Schema", "One/Other/Schema"}),
        (lambda app: app.node.find_child("One").node.find_child("Api"), {"One/Api/Schema"}),
        (lambda app: app.node.find_child("One").node.find_child("Sound"), set()),
    ],
    ids=["app", "stage", "stack", "construct", "construct without findings"],
)
def test_it_reports_what_is_below_the_construct_it_was_added_to(
    tmp_path: Path, place: Callable[[cdk.App], Construct], expected: set[str]
) -> None:
    app = app_at(tmp_path)
    stack = cdk.Stack(app, "One")
    blog(stack)
    blog(stack, "Other")
    blog(stack, "Sound", SOUND)
    blog(cdk.Stack(cdk.Stage(app, "Prod"), "Two"))
    cdk.Aspects.of(place(app)).add(AppSyncGuard())

    assert {place for _, place in rules(app)} == expected


def test_one_guard_may_be_added_in_several_places_and_reports_once(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    stack = cdk.Stack(app, "One")
    blog(stack)
    guard = AppSyncGuard()
    for place in (app, stack, stack.node.find_child("Api"), app):
        cdk.Aspects.of(place).add(guard)

    said = [one for one in synthesize(app).said if one.rule == "nested-type-blocks-mode"]

    assert [one.construct for one in said] == ["One/Api/Schema"]


def test_one_guard_serves_several_apps_each_in_its_own_scope(tmp_path: Path) -> None:
    guard = AppSyncGuard()
    whole, part = app_at(tmp_path / "whole"), app_at(tmp_path / "part")
    for app in (whole, part):
        stack = cdk.Stack(app, "One")
        blog(stack)
        blog(stack, "Other")
    cdk.Aspects.of(whole).add(guard)
    cdk.Aspects.of(part.node.find_child("One").node.find_child("Other")).add(guard)
    everything = {("nested-type-blocks-mode", f"One/{name}/Schema") for name in ("Api", "Other")}

    for _ in range(2):
        assert rules(whole) == everything
        assert rules(part) == {("nested-type-blocks-mode", "One/Other/Schema")}


def test_guards_and_plugins_of_one_app_report_once_in_each_synthesis(tmp_path: Path) -> None:
    app = app_at(tmp_path)
    stage = cdk.Stage(app, "Prod")
    stack = cdk.Stack(stage, "One")
    blog(stack)
    cdk.Aspects.of(stack).add(AppSyncGuard())
    cdk.Aspects.of(app).add(AppSyncGuard())
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin())
    cdk.Validations.of(stage).add_plugins(AppSyncGuardPlugin())

    once = synthesize(app)

    assert len(once.said) == len(set(once.said))
    assert ("nested-type-blocks-mode", "Prod/One/Api/Schema") in once.rules
    assert synthesize(app) == once


def test_constructs_that_another_aspect_adds_are_judged(tmp_path: Path) -> None:
    @jsii.implements(cdk.IAspect)
    class AddsAnApi:
        def visit(self, node: Construct) -> None:
            if isinstance(node, cdk.Stack) and not node.node.try_find_child("Api"):
                blog(node)

    app = app_at(tmp_path)
    cdk.Stack(app, "One")
    cdk.Aspects.of(app).add(AppSyncGuard())
    cdk.Aspects.of(app).add(AddsAnApi())

    assert rules(app) == {BLOCKED_AUTHOR}


@pytest.mark.parametrize(
    "priority",
    [cdk.AspectPriority.MUTATING, cdk.AspectPriority.DEFAULT, cdk.AspectPriority.READONLY],
)
@pytest.mark.parametrize("stabilized", [True, False])
def test_it_gets_along_with_tags_and_mutating_aspects_in_any_order(
    tmp_path: Path, priority: int, *, stabilized: bool
) -> None:
    @jsii.implements(cdk.IAspect)
    class Tagging:
        def visit(self, node: Construct) -> None:
            if isinstance(node, iam.CfnRole):
                node.add_property_override("Description", "visited")

    app = app_at(tmp_path, **{"@aws-cdk/core:aspectStabilization": stabilized})
    stack = cdk.Stack(app, "One")
    blog(stack)
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    cdk.Aspects.of(app).add(AppSyncGuard(), priority=priority)
    cdk.Tags.of(app).add("team", "blog")
    cdk.Aspects.of(stack).add(Tagging(), priority=cdk.AspectPriority.MUTATING)
    cdk.Tags.of(stack.node.find_child("Api")).add("part", "api")

    assert rules(app) == {BLOCKED_AUTHOR}


def test_it_has_no_effect_on_the_assembly(tmp_path: Path) -> None:
    def assembly(name: str, *, guarded: bool) -> dict[str, bytes]:
        app = app_at(tmp_path / name)
        blog(cdk.Stack(app, "One"))
        blog(cdk.Stack(cdk.Stage(app, "Prod"), "Two"))
        if guarded:
            cdk.Aspects.of(app).add(AppSyncGuard(fail_on="never"))
        folder = Path(app.synth().directory)
        return {
            str(file.relative_to(folder)): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file() and file.name != "validation-report.json"
        }

    assert assembly("guarded", guarded=True) == assembly("plain", guarded=False)


def test_it_asks_node_a_handful_of_questions_however_large_the_app_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def questions(roles: int) -> list[str]:
        app = app_at(tmp_path / str(roles))
        stack = cdk.Stack(app, "One")
        blog(stack)
        for number in range(roles):
            iam.Role(stack, f"R{number}", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        cdk.Aspects.of(app).add(AppSyncGuard(fail_on="never"))
        asked: list[str] = []
        send = _NodeProcess.send
        with monkeypatch.context() as patch:
            patch.setattr(
                _NodeProcess,
                "send",
                lambda *args: asked.append(type(args[1]).__name__) or send(*args),  # type: ignore[func-returns-value]
            )
            app.synth()
        # Node asks, too: once per construct, as it does with every aspect, which is answered.
        return [kind for kind in asked if kind != "_CompleteRequest"]

    few = questions(roles=2)

    assert len(few) <= 12
    assert questions(roles=60) == few
