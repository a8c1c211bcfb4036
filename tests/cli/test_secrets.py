"""What is secret stays secret in every format; what a project says of paths stays in the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cdk_appsync_guard.cli.main import main

API = "{Type: AWS::AppSync::GraphQLApi, Properties: {Name: A, AuthenticationType: API_KEY}}"
TEMPLATE = f"""\
Resources:
  Api: {API}
  S: {{Type: AWS::AppSync::GraphQLSchema, Properties: {{ApiId: !GetAtt Api.ApiId, DefinitionS3Location: FILE}}}}
"""
LOOP = """\
Transform: AWS::LanguageExtensions
Parameters: {Secret: {Type: CommaDelimitedList, NoEcho: NOECHO, Default: FROMDEFAULT}}
Resources:
  Other: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: a, AuthenticationType: API_KEY}}
  Fn::ForEach::L: [x, !Ref Secret, {"Api${x}": {Type: AWS::AppSync::GraphQLApi, Properties: {Name: !Sub "${x}", AuthenticationType: !Ref x}}}]
"""
COMMANDS = (
    ["scan"],
    ["scan", "--format", "json"],
    ["scan", "--format", "sarif"],
    ["scan", "--format", "github"],
    ["scan", "--format", "junit"],
    ["scan", "--format", "gitlab"],
    ["scan", "--format", "markdown"],
    ["facts"],
    ["facts", "--format", "json"],
    ["matrix"],
    ["matrix", "--format", "csv"],
)
SECRETS = {
    ".env": "DB_PASSWORD=hunter2\n",
    ".npmrc": "//registry.example.com/:_authToken=hunter2\n",
    ".netrc": "machine example.com login me password hunter2\n",
    "credentials": "[default]\naws_secret_access_key = hunter2\n",
    "key.pem": "hunter2hunter2\n",
    "config.json": '{"password": "hunter2"}\n',
    "password": "hunter2",
    "late.txt": "type Query { a: ID }\nhunter2 = 1\n",
    "quoted.txt": "'hunter2'",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def everything(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    for command in COMMANDS:
        main([command[0], "t.yaml", *command[1:], *arguments])
    return "".join(capsys.readouterr())


@pytest.mark.slow
@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("given", [False, True], ids=["by the template", "by an option"])
def test_a_file_that_is_no_sdl_shows_nothing_of_itself(
    name: str, given: bool, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / name).write_text(SECRETS[name])
    (here / "t.yaml").write_text(TEMPLATE.replace("FILE", "gone.graphql" if given else name))

    said = everything(capsys, *(["--schema", name] if given else []))

    assert "hunter2" not in said
    assert "DB_PASSWORD" not in said
    assert f"`{name}` is not SDL" in said


def test_broken_sdl_shows_where_it_is_broken(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "s.graphql").write_text("type Query { a: }\n")
    (here / "t.yaml").write_text(TEMPLATE.replace("FILE", "s.graphql"))

    assert "type Query { a: }" in everything(capsys)


def test_a_client_file_that_is_no_graphql_shows_nothing_of_itself(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".env").write_text("hunter2: x")
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")

    assert main(["scan", "t.yaml", "--operations", ".env"]) == 2
    assert "hunter2" not in "".join(capsys.readouterr())


@pytest.mark.slow
@pytest.mark.parametrize("no_echo", ["true", "'true'"])
@pytest.mark.parametrize("given", [[], ["--parameters", "Secret=HUNTER2"]])
def test_no_loop_writes_out_a_secret(
    no_echo: str, given: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(LOOP.replace("NOECHO", no_echo))

    said = everything(capsys, *given)

    assert "HUNTER2" not in said
    assert "ApiFROMDEFAULT" not in said
    assert "a loop runs over the parameter `Secret`, which is a secret" in said


@pytest.mark.slow
def test_a_loop_over_what_is_no_secret_is_written_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(LOOP.replace("NOECHO", "false"))

    assert "ApiFROMDEFAULT" in everything(capsys)


@pytest.mark.parametrize(
    "argument",
    [
        "DB-Password=hunter2",
        "DB Password=hunter2",
        "A-Stack:DB-Password=hunter2",
        "ParameterKey=DB-P,ParameterValue=hunter2",
        '{"Password": "hunter2"}',
        '[{"ParameterKey": "P", "ParameterValue": "hunter2"}]',
        "hunter2",
        "DbPassword hunter2",
        "=hunter2",
        "Password=hunter2",
    ],
)
def test_a_value_is_never_named(
    argument: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")

    assert main(["scan", "t.yaml", "--parameters", argument]) == 2
    assert "hunter2" not in "".join(capsys.readouterr())


def test_a_value_of_the_configuration_is_never_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")
    (here / ".appsync-guard.toml").write_text('[parameters]\n"DB-Password" = "hunter2"\n')

    assert main(["scan", "t.yaml"]) == 2
    said = "".join(capsys.readouterr())
    assert "hunter2" not in said
    assert "DB-Password" in said


@pytest.mark.parametrize(
    "line",
    [
        'schema = "../outside/x"',
        'schema = {A = "/etc/passwd"}',
        'rules = ["../outside"]',
        'baseline = "../outside/x"',
        'parameters = ["../outside/x"]',
        'operations = ["../outside/*"]',
        'operations = ["src/*/../../../outside/*"]',
        'operations = ["link/x"]',
        'callers = "../outside/x"',
        'callers = [{name = "a", mode = "API_KEY", operations = ["../outside/*"]}]',
        'callers = "inside.toml"',
    ],
)
@pytest.mark.parametrize("named", [False, True], ids=["found", "named"])
def test_the_configuration_names_no_file_outside_the_project(
    line: str, named: bool, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")
    outside = here.parent / "outside"
    outside.mkdir()
    (outside / "x").write_text("hunter2")
    (here / "link").symlink_to(outside)
    (here / "inside.toml").write_text(
        '[[callers]]\nname = "a"\nmode = "API_KEY"\noperations = ["../outside/*"]\n'
    )
    (here / ".appsync-guard.toml").write_text(f"{line}\n")

    code = main(["scan", "t.yaml", *(["--config", ".appsync-guard.toml"] if named else [])])

    said = capsys.readouterr().err
    assert code == 2
    assert "is outside the project" in said
    assert "hunter2" not in said


def test_the_project_is_the_repository(here: Path) -> None:
    (here.parent / ".git").mkdir()
    (here.parent / "s.graphql").write_text("type Query { a: ID }")
    (here / "t.yaml").write_text(TEMPLATE.replace("FILE", "gone"))
    (here / ".appsync-guard.toml").write_text('schema = "../s.graphql"\nignore = ["logging"]\n')

    assert main(["scan", "t.yaml"]) < 2


def test_a_command_line_names_any_file(here: Path) -> None:
    (here.parent / "s.graphql").write_text("type Query { a: ID }")
    (here / "t.yaml").write_text(TEMPLATE.replace("FILE", "gone"))

    assert main(["scan", "t.yaml", "--schema", "../s.graphql"]) < 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_that_cannot_be_read_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")
    (here / "src/private").mkdir(parents=True)
    (here / "src/private").chmod(0)

    assert main(["scan", "t.yaml", "--operations", "src"]) == 2
    assert "cannot read the folder `src/private`" in capsys.readouterr().err


def test_a_folder_that_refuses_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")
    (here / "src/private").mkdir(parents=True)
    scandir = os.scandir

    def refuse(path: str = ".") -> object:
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    for pattern in ("src", "src/**/*.ts", "src/private/*.ts"):
        assert main(["scan", "t.yaml", "--operations", pattern]) == 2
        said = "".join(capsys.readouterr())
        assert "cannot read the folder `src/private`: permission denied" in said


def test_a_glob_leaves_out_what_shells_leave_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(TEMPLATE.replace("FILE", "s.graphql"))
    (here / "s.graphql").write_text("type Query { a: ID }")
    (here / "src").mkdir()
    (here / "src/a.graphql").write_text("query A { a }")
    (here / "src/.graphqlconfig.yml").write_text("projects: {}")
    (here / "src/.hidden.graphql").write_text("no graphql")
    (here / "src/logo.png").write_bytes(b"\x89PNG\xff")

    for pattern in ("src/*", "src/**", "src/*.graphql", "src/[!b]*"):
        assert main(["scan", "t.yaml", "--operations", pattern]) < 2, pattern
        assert "graphqlconfig" not in "".join(capsys.readouterr())


def test_a_range_that_holds_nothing_means_no_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yaml").write_text(f"Resources: {{A: {API}}}")
    (here / "z.graphql").write_text("query A { a }")

    assert main(["scan", "t.yaml", "--operations", "[z-a].graphql"]) == 2
    assert "does not match any file" in "".join(capsys.readouterr())
