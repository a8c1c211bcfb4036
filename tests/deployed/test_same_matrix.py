"""A pulled API and the template that it was deployed from give the same matrix."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from deployer import ACCOUNT, Answers, World

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.deployed.assemble import assemble
from cdk_appsync_guard.deployed.folder import files_of, write_folder
from cdk_appsync_guard.deployed.pull import pull
from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.engine.scenes import find_matrices, survey

SAMPLES = Path(__file__).parents[2] / "sample_stacks"
ALL = sorted(path for path in (*SAMPLES.glob("*/*.yaml"), *SAMPLES.glob("*/*/cdk.out")))
EXPIRES = {"KeyExpires": "1790000000"}


def pulled(answers: Answers, folder: Path, kind: str = "json") -> Path:
    draft = assemble(pull(answers.session(), ()))
    write_folder(str(folder), files_of(draft, kind), force=False)
    return folder


def matrices(path: Path) -> list[Matrix]:
    options = ScanOptions(now=datetime(2026, 6, 1, tzinfo=timezone.utc))
    found = find_matrices(survey([str(path)], options), nested=True)
    return [_in_order(one) for one in found]


def _in_order(matrix: Matrix) -> Matrix:
    """Return a matrix without what a pull cannot know: the order of resources."""
    pairs = sorted(
        zip(matrix.callers, matrix.columns, strict=True),
        key=lambda pair: (pair[0].kind, pair[0].mode, pair[0].name),
    )
    callers, columns = zip(*pairs, strict=True) if pairs else ((), ())
    return replace(matrix, api="", callers=callers, columns=columns)


@pytest.mark.parametrize("sample", ALL, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_a_pulled_api_has_the_matrix_of_its_template(sample: Path, tmp_path: Path) -> None:
    deployed = pulled(Answers(World().deploy(sample, EXPIRES)), tmp_path / "deployed")

    assert matrices(deployed) == matrices(sample)


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_so_it_is_with_everything_else(region: str, kind: str, tmp_path: Path) -> None:
    template = Path(__file__).parent / "everything.yaml"
    answers = Answers(World(region).deploy(template))
    deployed = pulled(answers, tmp_path / "deployed", kind)

    assert sorted(matrices(deployed), key=str) == sorted(matrices(template), key=str)
    text = (deployed / f"deployed.template.{kind}").read_text()
    assert "apis/*" in text
    assert ACCOUNT not in text
    assert region not in text


def test_a_source_comes_with_the_api_that_it_is_merged_into() -> None:
    answers = Answers(World().deploy(Path(__file__).parent / "everything.yaml"))
    merged = next(key for key, api in answers.apis().items() if api["name"] == "all")

    assert [api.name for api in pull(answers.session(), [merged]).apis] == ["all", "notes"]


def test_apis_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    answers = Answers(World().deploy(Path(__file__).parent / "everything.yaml"))
    apis = answers.apis()
    for api in apis.values():
        api.update(name="Same", tags={})
    answers.operations["ListGraphqlApis"] = lambda _: {"graphqlApis": list(apis.values())}

    assert (
        len(
            {
                one.title
                for one in find_matrices(
                    survey([str(pulled(answers, tmp_path / "in"))], ScanOptions())
                )
            }
        )
        == 1
    )
    assert len(list((tmp_path / "in/schemas").iterdir())) == 1
