from __future__ import annotations

import json
from pathlib import Path

import pytest
from team import team

from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.settings.caller_file import read_callers
from cdk_appsync_guard.settings.config import read_settings

COGNITO = "AMAZON_COGNITO_USER_POOLS"
TOML = """\
[[callers]]
name = "reader app"
operations = ["src/reader/**/*.graphql"]
mode = "userPool"
groups = ["Readers"]

[[callers]]
function = "NightlyJob"
"""
YAML = """\
callers:
  - name: reader app
    operations: src/reader/**/*.graphql
    groups: Readers
  - function: NightlyJob
"""
WANTED = (
    ("reader app", ("src/reader/**/*.graphql",), COGNITO, ("Readers",), None),
    ("function NightlyJob", (), None, (), "NightlyJob"),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def said(callers: tuple[ClientCaller, ...]) -> tuple[object, ...]:
    return tuple((one.name, one.operations, one.mode, one.groups, one.function) for one in callers)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("callers.toml", TOML),
        ("callers.yaml", YAML),
        ("callers.yml", YAML.partition("\n")[2]),
        (
            "callers.json",
            json.dumps(
                [
                    {
                        "name": "reader app",
                        "operations": "src/reader/**/*.graphql",
                        "mode": "cognito",
                        "groups": ["Readers"],
                    },
                    {"function": "NightlyJob"},
                ]
            ),
        ),
    ],
)
def test_every_format_says_the_same(here: Path, name: str, text: str) -> None:
    (here / name).write_text(text)

    assert said(read_callers(name)) == WANTED


def test_patterns_are_relative_to_the_file(here: Path) -> None:
    (here / "deep").mkdir()
    (here / "deep" / "callers.yaml").write_text(YAML)

    assert read_callers("deep/callers.yaml")[0].operations == ("deep/src/reader/**/*.graphql",)


@pytest.mark.parametrize(
    "text", [TOML, 'callers = "callers.toml"', "[tool.cdk-appsync-guard]\ncallers = 'callers.toml'"]
)
def test_configuration_holds_callers_or_names_their_file(here: Path, text: str) -> None:
    (here / "callers.toml").write_text(TOML)
    (here / ".appsync-guard.toml").write_text(text)

    assert said(read_settings(here / ".appsync-guard.toml").callers) == WANTED


def test_configuration_names_operations(here: Path) -> None:
    (here / ".appsync-guard.toml").write_text('operations = ["src/**/*.ts"]')

    assert read_settings(Path(".appsync-guard.toml")).operations == ("src/**/*.ts",)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("callers: []", "`callers` must be a list of tables", None),
        ("callers:\n  - 1", "a caller must be a table", 2),
        ("callers:\n  - name: x", "the caller is not identified", 2),
        ("callers:\n  - name: x\n    rolle: r", "a caller has no key `rolle`", 3),
        ("callers:\n  - mode: JWT", "`JWT` is not an authorization mode", 2),
        (
            "callers:\n  - role: a\n    function: b",
            "a caller has exactly one of `mode`, `role`, `user`, and `function`",
            2,
        ),
        (
            "callers:\n  - mode: iam\n    groups: [a]",
            "callers of the mode AWS_IAM do not have groups",
            3,
        ),
        ("callers:\n  - role: 1", "`role` must be a string", 2),
        (
            "callers:\n  - role: r\n    operations: {a: b}",
            "`operations` must be a string or a list of strings",
            3,
        ),
        ("callers: [", None, 1),
    ],
)
def test_nonsense_is_refused_at_its_line(
    here: Path, text: str, message: str | None, line: int | None
) -> None:
    (here / "callers.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_callers("callers.yaml")

    if message is not None:
        assert caught.value.message == message
    if line is not None:
        assert (caught.value.location or Location("")).line == line


def test_nonsense_in_toml_is_refused_at_its_line(here: Path) -> None:
    (here / "callers.toml").write_text(TOML + '\n[[callers]]\nname = "x"\nmode = "JWT"\n')
    with pytest.raises(ConfigError) as caught:
        read_callers("callers.toml")

    assert caught.value.location == Location("callers.toml", 12, 1)


def test_scan_judges_operations_for_their_callers(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "api.yaml").write_text(team())
    (here / "app.ts").write_text("const q = gql`\n  query Home { drafts { id } }`;\n")
    (here / "callers.toml").write_text(
        '[[callers]]\nname = "web"\nmode = "apiKey"\noperations = "app.ts"\n'
    )
    select = ["--select", "operation-not-admitted", "--quiet"]
    code = main(["scan", "api.yaml", "--callers", "callers.toml", *select])

    assert code == 1
    assert capsys.readouterr().out == (
        "app.ts:2:16: error: `web` runs `query Home` with `API_KEY`, and it selects `Query.drafts`,"
        f" which is open to `{COGNITO}` callers in group `Editors` or `Admins`: the directives of"
        " the field, or else of its type, leave the mode out [operation-not-admitted]\n"
    )


def test_broken_document_fails_and_others_are_judged(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "api.yaml").write_text(team())
    (here / "a.graphql").write_text("query A {")
    (here / "b.graphql").write_text("{ soon }")
    code = main(["scan", "api.yaml", "--operations", "*.graphql", "--quiet", "--select", "schema"])
    out = capsys.readouterr().out

    assert code == 2
    assert "a.graphql:1:10: failed: the client document cannot be read" in out
    assert "b.graphql:1:3: error: `query without a name` names `Query.soon`" in out


def test_facts_show_calls(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "api.yaml").write_text(team())
    (here / "a.graphql").write_text("{ drafts { id } }")
    main(["facts", "api.yaml", "--operations", "a.graphql", "--table", "operations"])

    assert "blocked=Draft.id" in capsys.readouterr().out
