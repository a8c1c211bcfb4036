"""Every planted cause is found: the confusion table, planted by diagnosed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from diagnosis.planted import PLANTED, Planted

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.reporters import diagnosis_json


def diagnosed(planted: Planted, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    for name, text in planted.texts().items():
        (folder / name).write_text(text)
    arguments = [str(folder / name) for name in planted.files]
    if planted.template:
        (folder / "template.yaml").write_text(planted.template)
        arguments += ["--template", str(folder / "template.yaml")]
    code = main(["diagnose", *arguments, "--format", "json", "--now", "2026-07-01T12:00:00Z"])
    said = capsys.readouterr()
    assert code == 1, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one.name)
def test_the_planted_cause_is_found(
    planted: Planted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = diagnosed(planted, tmp_path, capsys)["diagnoses"]

    assert len(found) == 1, [one["happened"] for one in found]
    one = found[0]
    assert (one["family"], one["cause"]) == (planted.family, planted.proven), one
    assert planted.kind in ("", one["kind"])
    assert planted.mode in (None, one["mode"])
    assert set(planted.among) <= set(one["candidates"])
    assert one["candidates"][:1] == list(planted.among[:1]) or not planted.among


@pytest.mark.slow
def test_the_output_is_what_the_schema_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from jsonschema import Draft202012Validator

    text = Path(diagnosis_json.__file__).with_name("diagnosis.schema.json").read_text()
    validator = Draft202012Validator(json.loads(text))
    for number, planted in enumerate(PLANTED):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = diagnosed(planted, folder, capsys)
        assert list(validator.iter_errors(found)) == []
        assert set(found["diagnoses"][0]) == set(validator.schema["$defs"]["diagnosis"]["required"])


@pytest.mark.slow
def test_the_confusion_table_has_nothing_beside_its_diagonal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted by diagnosed: what is proven, else what is ranked first, else the kind."""
    table: Counter[tuple[str, str]] = Counter()
    for number, planted in enumerate(PLANTED):
        folder = tmp_path / str(number)
        folder.mkdir()
        one = diagnosed(planted, folder, capsys)["diagnoses"][0]
        wanted = planted.proven or (planted.among or (planted.kind,))[0]
        found = one["cause"] or (one["candidates"] or [one["kind"]])[0]
        table[f"{planted.family} {wanted}", f"{one['family']} {found}"] += 1

    beside = {pair: count for pair, count in table.items() if pair[0] != pair[1]}
    assert beside == {}
    assert len({wanted for wanted, _ in table}) >= 30
    assert table.total() == len(PLANTED)
