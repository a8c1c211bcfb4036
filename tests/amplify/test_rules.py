"""Assemblies that Amplify made of rules: what ``explain`` answers is what the rules say.

Each model × operation × kind of caller × item of somebody; ``oracle`` reads the rules. The assemblies
are committed as ``pack`` leaves them. Where `npm install` was run in this folder, one of them is made
anew, so that a new version of Amplify shows.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from amplify.oracle import CALLERS, OPERATIONS, Asker, may, may_read_field, owner_value
from amplify.pack import read_packed, unpack
from amplify.sdl import sdl_of
from explain.template import jwt

from cdk_appsync_guard import Explanation, ScanOptions, explain
from cdk_appsync_guard.access.argument_values import ValueChecker
from cdk_appsync_guard.engine.scenes import survey
from cdk_appsync_guard.explanation import entry

HERE = Path(__file__).parent
APIS: list[dict[str, Any]] = json.loads((HERE / "apis.json").read_text("utf-8"))
NOW = datetime(2026, 11, 25, 0, 30, tzinfo=timezone.utc)
SEED = 20261125
SAMPLE = 100


@dataclass(frozen=True)
class Cell:
    """One question to an API, and what the rules answer."""

    api: str
    asker: Asker
    query: str
    path: tuple[str, ...]
    results: dict[str, Any]
    expected: str
    words: str


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("assemblies")
    return {name: unpack(files, folder / name) for name, files in read_packed().items()}


@pytest.fixture
def asked(assemblies: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that answers a cell; an assembly is read once."""
    read: dict[Any, Any] = {}

    def remember(paths: Any, options: Any) -> Any:
        if paths not in read:
            read[paths] = survey(paths, options)
        return read[paths]

    monkeypatch.setattr(entry, "survey", remember)
    monkeypatch.setattr(ValueChecker, "misuses", lambda *_, **__: ())  # a parse of the schema each
    monkeypatch.chdir(tmp_path)

    def ask(cell: Cell) -> Explanation:
        folder = assemblies[cell.api]
        return explain(
            str(folder),
            as_=_words(cell.asker, folder),
            query=cell.query,
            results=cell.results,
            options=ScanOptions(now=NOW),
        )

    return ask


def _words(asker: Asker, folder: Path) -> str:
    if asker.mode == "AWS_IAM":
        wanted = {"authenticated": "AuthRole", "unauthenticated": "UnauthRole"}.get(
            asker.users, "Worker"
        )
        template = json.loads((folder / "App.template.json").read_text("utf-8"))
        return "iam:" + next(
            name
            for name, one in template["Resources"].items()
            if name.startswith(wanted) and one["Type"] == "AWS::IAM::Role"
        )
    if asker.mode == "API_KEY":
        return "api-key"
    if asker.mode == "AWS_LAMBDA":
        Path("yes.json").write_text('{"isAuthorized": true}', "utf-8")
        return "lambda:yes.json"
    file = Path(f"{asker.name}.jwt")
    file.write_text(jwt(asker.claims), "utf-8")
    return f"{'oidc' if asker.mode == 'OPENID_CONNECT' else 'cognito'}:{file}"


def cells() -> Iterator[Cell]:
    for api in APIS:
        askers = [one for one in CALLERS if one.mode in api["modes"]]
        for model in api["models"]:
            for asker in askers:
                for operation in OPERATIONS:
                    yield from _cells(api, model, operation, asker)
                for name in model.get("fieldRules", ()):
                    yield from _field_cells(api, model, name, asker)


def _cells(api: Any, model: Any, operation: str, asker: Asker) -> Iterator[Cell]:
    items = (
        ("unknown", "mine", "theirs")
        if operation in ("get", "create", "update", "delete")
        else ("unknown",)
    )
    for item in items:
        if item == "unknown" and operation == "create":
            continue
        expected = may(api, model, operation, asker, item)  # type: ignore[arg-type]
        query, results = _request(model, operation, asker, item, found=expected == "allowed")
        path = (query.split("(")[0].split("{")[1].strip(),)
        words = f"{api['name']}: {asker.name} {operation} {item} {model['name']}"
        yield Cell(api["name"], asker, query, path, results, expected, words)


def _field_cells(api: Any, model: Any, name: str, asker: Asker) -> Iterator[Cell]:
    if may(api, model, "get", asker, "mine") != "allowed":
        return
    for item in ("unknown", "mine", "theirs"):
        expected = may_read_field(api, model, name, asker, item)
        query, results = _request(model, "get", asker, "mine", f"{name} id")
        if item != "unknown":
            stored = _item({**model, "rules": model["fieldRules"][name]}, asker, item)
            results = {
                f"QueryGet{model['name']}DataResolverFn": {"items": [stored], "scannedCount": 1}
            }
        elif expected == "undecided":
            results = {}
        root = f"get{model['name']}"
        words = f"{api['name']}: {asker.name} reads {name} of {item} {model['name']}"
        yield Cell(api["name"], asker, query, (root, name), results, expected, words)


def _request(
    model: Any,
    operation: str,
    asker: Asker,
    item: str,
    selection: str = "id",
    *,
    found: bool = True,
) -> Any:
    name = model["name"]
    stored = _item(model, asker, item)
    if operation == "get":
        items = [stored] if found else []
        results = {f"QueryGet{name}DataResolverFn": {"items": items, "scannedCount": 1}}
        return (
            f'query {{ get{name}(id: "1") {{ {selection} }} }}',
            {} if item == "unknown" else results,
        )
    if operation == "list":
        return f"query {{ {_list_of(name)} {{ items {{ id }} }} }}", {}
    if operation == "listen":
        return f"subscription {{ onCreate{name} {{ id }} }}", {}
    shown = {"create": stored, "delete": {"id": "1"}, "update": {"id": "1", "text": "x"}}[operation]
    literal = json.dumps(shown)
    for key in shown:
        literal = literal.replace(f'"{key}":', f"{key}:")
    query = f"mutation {{ {operation}{name}(input: {literal}) {{ id }} }}"
    step = f"Mutation{operation}{name}auth0Function"
    return query, {} if item == "unknown" or operation == "create" else {step: stored}


def _item(model: Any, asker: Asker, item: str) -> dict[str, Any]:
    """Return an item that all rules about items take for the caller's, or none."""
    stored: dict[str, Any] = {"id": "1", "text": "t"}
    fields = model.get("fields", {})
    for rule in model["rules"] or ():
        name = rule.get("groupsField", rule.get("ownerField", "owner"))
        if rule["allow"] == "owner":
            value = owner_value(rule, asker) if item == "mine" else "else::else"
        elif "groupsField" in rule:
            groups = asker.claims.get("cognito:groups")
            value = groups[0] if item == "mine" and groups else "Elsewhere"
        else:
            continue
        stored[name] = [value] if fields.get(name, "").startswith("[") else value
    return stored


def _list_of(name: str) -> str:
    return _LISTS[name]


def _lists() -> dict[str, str]:
    found = {}
    for files in read_packed().values():
        for path, text in files.items():
            if path.endswith(".graphql"):
                for line in text.splitlines():
                    head, _, connection = line.strip().partition("): Model")
                    name = connection.partition("Connection")[0]
                    if connection and head.startswith("list"):
                        found[name] = head.partition("(")[0]
    return found


_LISTS = _lists()
ALL = list(cells())


def _wrong(cell: Cell, found: Explanation) -> str:
    outcomes = {one.path: one for one in found.fields}
    answer = outcomes.get(cell.path)
    said = answer.outcome if answer is not None else "no answer"
    why = f" ({answer.reason} {answer.question})" if answer is not None else ""
    return (
        "" if said == cell.expected else f"{cell.words}: {cell.expected} by the rules, {said}{why}"
    )


def test_answers_are_what_the_rules_say(asked: Any) -> None:
    sample = random.Random(SEED).sample(ALL, SAMPLE)  # noqa: S311 - which cells
    wrong = [_wrong(cell, asked(cell)) for cell in sample]

    assert [one for one in wrong if one] == []


@pytest.mark.slow
@pytest.mark.whole
def test_every_answer_is_what_the_rules_say(asked: Any) -> None:
    wrong = [_wrong(cell, asked(cell)) for cell in ALL]

    assert [one for one in wrong if one] == []


@pytest.mark.slow
@pytest.mark.skipif(
    not (HERE / "node_modules").is_dir(), reason="npm install in tests/amplify was not run"
)
def test_assembly_made_anew_says_what_the_rules_say(
    asked: Any, assemblies: dict[str, Path], tmp_path: Path
) -> None:
    api = APIS[-1]
    described = tmp_path / "in.json"
    described.write_text(json.dumps([{**api, "schema": sdl_of(api)}]), "utf-8")
    command = ["node", str(HERE / "synth.mjs"), str(described), str(tmp_path / "out")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603 - our own script
    assemblies[api["name"]] = tmp_path / "out" / api["name"]

    chosen = [cell for cell in ALL if cell.api == api["name"]]
    wrong = [_wrong(cell, asked(cell)) for cell in chosen]

    assert [one for one in wrong if one] == []
