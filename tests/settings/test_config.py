from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.policy.suppress import Ignore
from cdk_appsync_guard.settings.config import Settings, find_config, read_settings

FULL = """
select = ["schema", "iam"]
ignore = [
  "log-level-none",
  { rule = "schema", reason = "known", file = "old/*", coordinate = "Query.*" },
]
rules = "our-rules"
region = "eu-west-1"
account = "123456789012"
baseline = "baseline.json"
fail-on = "warning"

[schema]
Orders = "orders/schema.graphql"

[parameters]
Stage = "prod"
Days = 7
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> tuple[str, Location | None, str | None]:
    with pytest.raises(ConfigError) as caught:
        read_settings(path)
    return caught.value.message, caught.value.location, caught.value.help


def test_every_key_is_read_and_paths_are_relative_to_the_file(here: Path) -> None:
    path = write(here / "a" / ".appsync-guard.toml", FULL)

    assert read_settings(path) == Settings(
        select=("schema", "iam"),
        ignore=("log-level-none",),
        suppressions=(
            Ignore("schema", "known", "old/*", "Query.*", Location("a/.appsync-guard.toml", 3, 1)),
        ),
        rules=("a/our-rules",),
        schemas={"Orders": "a/orders/schema.graphql"},
        parameters=("Stage=prod", "Days=7"),
        region="eu-west-1",
        account="123456789012",
        baseline="a/baseline.json",
        fail_on="warning",
    )


def test_pyproject_has_its_own_table(here: Path) -> None:
    text = '[project]\nname = "x"\n[[tool.cdk-appsync-guard.ignore]]\nrule = "*"\nreason = "demo"\n'
    path = write(here / "pyproject.toml", text)

    assert read_settings(path) == Settings(
        suppressions=(Ignore("*", "demo", location=Location("pyproject.toml", 3, 3)),)
    )


def test_each_entry_has_its_own_place(here: Path) -> None:
    entry = "[[ignore]]\nrule = 'x'\nreason = 'y'\n"
    first, second = read_settings(write(here / "x.toml", entry * 2)).suppressions

    assert (first.location, second.location) == (Location("x.toml", 1, 3), Location("x.toml", 4, 3))


def test_nearest_file_upward_is_found(here: Path) -> None:
    write(here / "pyproject.toml", '[tool.cdk-appsync-guard]\nregion = "a"\n')
    write(here / "a" / "pyproject.toml", '[project]\ndependencies = ["cdk-appsync-guard"]\n')
    (here / "a" / "b").mkdir()

    assert find_config(here / "a" / "b") == here / "pyproject.toml"


def test_search_stops_at_the_root_of_the_repository(here: Path) -> None:
    write(here / ".appsync-guard.toml", "")
    (here / "repository" / ".git").mkdir(parents=True)

    assert find_config(here / "repository") is None


@pytest.mark.parametrize(
    ("text", "message", "line", "column", "advice"),
    [
        ("\nfail_on = 'error'", "unknown key `fail_on`", 2, 1, "did you mean `fail-on`?"),
        ("select = 3", "`select` must be a string or a list of strings", 1, 1, None),
        (
            "fail-on = 'bad'",
            "`fail-on` must be one of error, warning, info, undecided, never",
            1,
            1,
            None,
        ),
        ("[schema]\nA = 1", "`schema` must be a file, or a table of files by API name", 1, 2, None),
        ("[parameters]\nA = []", "`A` must be a string or a number", 2, 1, None),
        (
            "[[ignore]]\nrule = 'x'",
            "an entry of `ignore` does not have `reason`",
            1,
            3,
            'write rule = "...", reason = "..."; file and coordinate may narrow it',
        ),
        (
            "[[ignore]]\nrule='x'\nreason=' '",
            "`reason` must be a string that is not empty",
            3,
            1,
            None,
        ),
        (
            "ignore = [7]",
            "`ignore` must be rule ids, or tables with `rule` and `reason`",
            1,
            1,
            None,
        ),
        ("[[ignore]]\nrul='x'", "unknown key `rul`", 2, 1, "did you mean `rule`?"),
    ],
)
def test_nonsense_is_refused_with_its_place(
    here: Path, text: str, message: str, line: int, column: int, advice: str | None
) -> None:
    path = write(here / ".appsync-guard.toml", text)

    assert refusal(path) == (message, Location(".appsync-guard.toml", line, column), advice)


def test_what_is_not_toml_is_refused_with_its_place(here: Path) -> None:
    message, place, _ = refusal(write(here / "x.toml", "a = 1\nb = = 2\n"))

    assert message.startswith("the file is not TOML: ")
    assert place == Location("x.toml", 2, 5)


def test_a_file_that_is_not_there_is_refused(here: Path) -> None:
    path = here / "no.toml"

    assert refusal(path) == (
        f"cannot read the configuration file `{path}`: there is no such file or folder",
        None,
        None,
    )


@settings(max_examples=60)
@given(st.binary(max_size=60) | st.sampled_from([b"a=" + b"[" * 9000, b"a=" + b"9" * 9000]))
def test_no_bytes_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("config") / ".appsync-guard.toml"
    path.write_bytes(data)

    with suppress(ConfigError):
        read_settings(path)
