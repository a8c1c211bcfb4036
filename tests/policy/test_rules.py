from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy.toy import RULE, TABLES, make_rule, replace_entry

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.errors import ConfigError, RuleError
from cdk_appsync_guard.policy.rules import load_rules, read_rules, select_rules


def _write(folder: Path, *, rule_id: str = "red-toy") -> Path:
    folder.mkdir(parents=True)
    file = folder / "rule.yaml"
    file.write_text(RULE.replace("red-toy", rule_id), encoding="utf-8")
    return file


def _read(folder: Path) -> list[tuple[str, str, str]]:
    return [(rule.category, rule.id, rule.file) for rule in read_rules(folder, TABLES)]


def _refused(folder: Path) -> tuple[str, str | None]:
    with pytest.raises(RuleError) as caught:
        read_rules(folder, TABLES)
    return caught.value.message, caught.value.help


def test_rules_come_by_category_and_id(tmp_path: Path) -> None:
    late = _write(tmp_path / "schema" / "a-toy", rule_id="a-toy")
    early = _write(tmp_path / "providers" / "z-toy", rule_id="z-toy")
    own = _write(tmp_path / "my-toy", rule_id="my-toy")

    assert _read(tmp_path) == [
        ("providers", "z-toy", str(early)),
        ("schema", "a-toy", str(late)),
        ("custom", "my-toy", str(own)),
    ]


def test_only_rule_files_are_read(tmp_path: Path) -> None:
    file = _write(tmp_path / "schema" / "red-toy")
    (tmp_path / "README.md").write_text("text", encoding="utf-8")
    (tmp_path / "schema" / "red-toy" / "fail.yaml").write_bytes(b"\xff")
    (tmp_path / ".git" / "x").mkdir(parents=True)
    (tmp_path / "schema" / "__pycache__").mkdir()

    assert _read(tmp_path) == [("schema", "red-toy", str(file))]


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    assert _refused(tmp_path) == (
        f"there are no rules in `{tmp_path}`",
        "write each rule as `<category>/<id>/rule.yaml`",
    )


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    assert _refused(missing) == (
        f"the folder `{missing}` cannot be read: no such file or directory",
        None,
    )


def test_a_category_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "schemas" / "red-toy")

    assert _refused(tmp_path) == ("the category `schemas` does not exist", "did you mean `schema`?")


def test_a_rule_folder_without_a_rule_is_refused(tmp_path: Path) -> None:
    (tmp_path / "schema" / "red-toy").mkdir(parents=True)

    assert _refused(tmp_path) == ("the folder `red-toy` has no rule.yaml", None)


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    first = _write(tmp_path / "providers" / "red-toy")
    _write(tmp_path / "schema" / "red-toy")

    assert _refused(tmp_path) == (
        "the rule `red-toy` already exists",
        f"the other one is `{first}`",
    )


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "outside" / "red-toy")
    inside = tmp_path / "inside"
    (inside / "schema").mkdir(parents=True)
    (inside / "schema" / "red-toy").symlink_to(tmp_path / "outside" / "red-toy")

    assert _refused(inside) == (f"`{inside}/schema/red-toy` leads out of `{inside}`", None)


def test_a_rule_file_that_links_out_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: x", encoding="utf-8")
    folder = tmp_path / "inside" / "schema" / "red-toy"
    folder.mkdir(parents=True)
    (folder / "rule.yaml").symlink_to(secret)

    assert _refused(tmp_path / "inside") == (f"`{folder}/rule.yaml` leads out of `{folder}`", None)


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    file = _write(tmp_path / "schema" / "red-toy")
    file.write_text(RULE + "#" * 70_000, encoding="utf-8")

    assert _refused(tmp_path) == ("the rule is larger than 65536 bytes", None)


@given(st.binary())
@settings(max_examples=50, deadline=None)
def test_no_bytes_raise_anything_but_rule_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    _write(folder / "schema" / "red-toy").write_bytes(data)

    with pytest.raises(RuleError):
        read_rules(folder, TABLES)


SCHEMA, OWN = make_rule(), make_rule(rule_id="blue-toy")
HARDENING = replace(make_rule(rule_id="no-toy"), category="hardening")


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), ["red-toy", "blue-toy"]),
        (("all",), (), ["red-toy", "blue-toy", "no-toy"]),
        (("hardening",), (), ["no-toy"]),
        (("default", "no-toy"), (), ["red-toy", "blue-toy", "no-toy"]),
        (("no-toy",), (), ["no-toy"]),
        (("schema",), ("red-toy",), ["blue-toy"]),
        ((), ("schema",), []),
        (("all",), ("all",), []),
    ],
)
def test_rules_are_selected_by_id_and_category(
    select: tuple[str, ...], ignore: tuple[str, ...], expected: list[str]
) -> None:
    rules = (SCHEMA, OWN, HARDENING)

    assert [rule.id for rule in select_rules(rules, select, ignore)] == expected


def test_selecting_what_there_is_not_names_the_likely_one() -> None:
    with pytest.raises(ConfigError) as caught:
        select_rules((SCHEMA,), ("red-toi",))

    assert (caught.value.message, caught.value.help) == (
        "no rule or category is named `red-toi`",
        "did you mean `red-toy`?",
    )


def test_rules_are_selected_by_an_earlier_id() -> None:
    red, blue = make_rule(aliases="[crimson-toy]"), make_rule(rule_id="blue-toy")

    assert select_rules([red, blue], ["crimson-toy"]) == (red,)
    assert select_rules([red, blue], (), ["crimson-toy"]) == (blue,)


@pytest.mark.parametrize("alias", ["default-action-missing", "old-toy"])
def test_an_earlier_id_leads_to_one_rule(alias: str, tmp_path: Path) -> None:
    for name in ("a-toy", "b-toy"):
        (tmp_path / name).mkdir()
        text = replace_entry(replace_entry(RULE, "id", name), "aliases", f"[{alias}]")
        text = replace_entry(text, "query", "providers[?mode == 'API_KEY']")
        text = replace_entry(replace_entry(text, "message", "m"), "symptom", "none")
        (tmp_path / name / "rule.yaml").write_text(text)

    with pytest.raises(RuleError, match=f"`{alias}` names two rules"):
        load_rules([tmp_path])


def test_an_earlier_id_of_a_rule_of_ones_own_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own/no-keys").mkdir(parents=True)
    Path("own/no-keys/rule.yaml").write_text(
        "id: no-keys\naliases: [never-keys]\ntitle: No keys here\nseverity: warning\n"
        'query: "providers[?mode == \'API_KEY\']"\nmessage: "`{mode}`"\nsymptom: none\n'
        "remediation: Remove it.\nreferences: []\n"
    )
    Path("t.yaml").write_text(
        "Resources: {A: {Type: AWS::AppSync::GraphQLApi,"
        " Properties: {Name: a, AuthenticationType: API_KEY}}}"
    )

    code = main(
        ["scan", "t.yaml", "--rules", "own", "--select", "never-keys", "--fail-on", "warning"]
    )

    assert code == 1
    assert "the rule `never-keys` is now called `no-keys`" in capsys.readouterr().out
