"""The published schema of the configuration accepts what the reader accepts, and nothing else."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.settings.config import read_settings

SCHEMA = json.loads(
    resources.files("cdk_appsync_guard.settings").joinpath("config.schema.json").read_text()
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

words = st.sampled_from(["schema", "iam", "a.json", "a/b", "eu-west-1", " ", "", "never", "error"])
values: st.SearchStrategy[Any] = st.one_of(
    words, st.booleans(), st.integers(-9, 9), st.lists(words, max_size=2)
)


def tables(names: list[str], more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from([*names, "other"]), more, max_size=4)


suppressions = tables(["rule", "reason", "file", "coordinate"], values)
callers = tables(["name", "operations", "groups", "role", "user", "function", "api"], values)
documents = st.one_of(
    tables([*SCHEMA["properties"]], values),
    st.fixed_dictionaries({"ignore": st.one_of(suppressions, st.lists(suppressions, max_size=2))}),
    st.fixed_dictionaries({"callers": st.one_of(callers, st.lists(callers, max_size=2))}),
    st.fixed_dictionaries({"parameters": tables(["Stage"], values)}),
    st.fixed_dictionaries({"schema": tables(["Orders"], values)}),
)


def toml(value: Any) -> str:
    """Return the value as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents)
def test_schema_and_reader_agree(
    document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".appsync-guard.toml"
    file.write_text("".join(f"{key} = {toml(value)}\n" for key, value in document.items()))
    refused = refusal(file)
    # What no schema can say: a file to be read, and callers who are two at once.
    if "cannot read" in refused or "is one of" in refused:
        return
    assert VALIDATOR.is_valid(document) == (not refused), refused


def refusal(file: Path) -> str:
    try:
        read_settings(file)
    except ConfigError as error:
        return error.message
    return ""


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
