"""The pages in a real browser: used by mouse and keyboard, and looked at by axe-core.

Needs Chromium and the packages of tests/diagnosis/browser/package.json; without them it is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from reporters.html.test_pages import HOSTILE, hostile_matrix
from team import SDL, team

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_diff import compare
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.portrait.model import Portrait
from cdk_appsync_guard.reporters.html.matrix_page import render_matrices

HERE = Path(__file__).parent
TOOLS = Path(os.environ.get("PAGE_TOOLS", HERE.parent.parent / "diagnosis" / "browser"))
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(
        not (TOOLS / "node_modules" / "axe-core").is_dir(),
        reason="npm install in tests/diagnosis/browser was not run",
    ),
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js is installed"),
]

RESOLVER = """\
  Gate:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Blog.ApiId
      TypeName: Query
      FieldName: listPosts
      DataSourceName: NONE
      Runtime: {Name: APPSYNC_JS, RuntimeVersion: 1.0.0}
      Code: |
        import { util } from "@aws-appsync/utils";
        export function request(ctx) {
          if (!ctx.identity) util.unauthorized();
          return {};
        }
        export function response(ctx) { return ctx.result; }
"""
DENIAL = {
    "errors": [
        {
            "path": ["getPost", "secret"],
            "errorType": "Unauthorized",
            "message": "Not Authorized to access secret on type Post",
        }
    ]
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a browser saw of all pages."""
    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    done = subprocess.run(  # noqa: S603 - the test's own tools
        ["node", str(HERE / "probe.mjs"), str(CHROMIUM), str(TOOLS), str(folder)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def write_pages(folder: Path) -> None:
    template, answer = folder / "t.yaml", folder / "e.json"
    template.write_text(team() + RESOLVER)
    answer.write_text(json.dumps(DENIAL))
    older = folder / "old.yaml"
    older.write_text(team(SDL.replace("secret: String @aws_iam", "secret: String")))
    query = "{ getPost(id: 1) { id secret } }"
    for name, arguments in {
        "matrix": ["matrix", str(template)],
        "diff": ["matrix", "--diff", str(older), str(template)],
        "scan": ["scan", str(template), "--select", "all", "--no-progress"],
        "explain": ["explain", str(template), "--as", "api-key", query],
        "diagnose": ["diagnose", str(answer), "--template", str(template), "--quiet"],
    }.items():
        assert main([*arguments, "--format", "html", "-o", str(folder / f"{name}.html")]) in (0, 1)
    matrix = hostile_matrix()
    portrait = Portrait(matrix, matrix.coordinates, {"Query": "query", HOSTILE: "query"})
    page = render_matrices([portrait], "1", compare([Matrix(HOSTILE)], [matrix]))
    (folder / "hostile.html").write_text(page)
    (folder / "big.html").write_text(render_matrices([big(2_000, 40)], "1"))
    (folder / "long.html").write_text(render_matrices([big(330, 3)], "1"))


def big(fields: int, width: int) -> Portrait:
    names = tuple(f"Query.f{number}" for number in range(fields))
    looks = [Cell("allowed"), Cell("denied", "group"), Cell("partly", "below", "Query.f1", "f0.f1")]
    callers = tuple(
        MatrixCaller(f"Role{at}", "role", "AWS_IAM", "" if at else "unauthenticated")
        for at in range(width)
    )
    columns = tuple(tuple(looks[(at + row) % 3] for row in range(fields)) for at in range(width))
    return Portrait(Matrix("big", names, callers, columns, ("Query",)), names, {"Query": "query"})


@pytest.mark.parametrize(
    "name", ["matrix", "diff", "scan", "explain", "diagnose", "hostile", "long"]
)
def test_axe_finds_nothing_and_nothing_goes_wrong(name: str, seen: dict[str, Any]) -> None:
    page = seen["pages"][name]

    assert page["light"] == []
    assert page["dark"] == []
    assert page.get("panel", []) == []
    assert page["wrong"] == []


def test_a_cell_tells_the_way_the_line_the_answer_and_the_fix(seen: dict[str, Any]) -> None:
    said = seen["partly"]

    assert seen["address"] == "#Blog/Query.getPost/API_KEY"
    for part in (
        "API key · Query.getPost",
        "Query.getPost",
        "Post.secret",
        "{ getPost { secret } }",
        "secret: String @aws_iam",
        'HTTP 200 Unauthorized: "Not Authorized to access secret on type Post"',
        "Add @aws_api_key to Post.secret",
    ):
        assert part in said


def test_a_principals_policies_and_a_resolvers_line_are_told(seen: dict[str, Any]) -> None:
    assert "Policy write denies it" in seen["policy"]
    assert "/types/Mutation/fields/deletePost" in seen["policy"]
    assert "no: resolver" in seen["resolver"]
    assert "util.unauthorized();" in seen["resolver"]


def test_one_caller_is_a_story(seen: dict[str, Any]) -> None:
    assert "What can anyone with the API key do?" in seen["story"]
    assert "2 of 6 fields are open, 1 of them only in part." in seen["story"]
    assert "Write: 0 of 2" in seen["story"]


def test_keys_move_and_open_and_close(seen: dict[str, Any]) -> None:
    assert seen["closed"]
    assert seen["back"] == ["Query.getPost", 1]
    assert seen["moved"] == ["Query.listPosts", 2]
    assert seen["last"] == ["Subscription.onAddPost", 8]
    assert seen["entered"] == "API key · Query.getPost"
    assert seen["roles"] == {"table": "grid", "stops": 1}


def test_a_row_opens_to_the_fields_below(seen: dict[str, Any]) -> None:
    assert [one.split()[0] for one in seen["below"]] == ["Post.id", "Post.title", "Post.secret"]
    assert seen["folded"] == 0


def test_filters_hide_rows_and_columns(seen: dict[str, Any]) -> None:
    assert [one.split()[0] for one in seen["filtered"]] == ["getPost", "listPosts", "addPost"]
    assert seen["counted"] == "3 of 6 fields"
    assert [one.split()[0] for one in seen["columns"]] == ["ReaderRole", "WriterRole", "JobRole"]
    assert seen["sections"] == ["IAM"]


def test_addresses_lead_to_cells_and_stories(seen: dict[str, Any]) -> None:
    assert seen["linked"] == "API key · Query.getPost"
    assert seen["linkedStory"] == "What can the role JobRole do?"
    assert seen["odd"]


def test_of_80000_cells_those_in_sight_are_laid_out(seen: dict[str, Any]) -> None:
    assert seen["big"]["cells"] == 80_000
    assert seen["big"]["groups"] == 80
    assert seen["big"]["before"] >= 70
    assert seen["big"]["sticks"], "the heads stay in sight"
    assert seen["big"]["aligned"]
    assert seen["big"]["roles"] == ["row", "rowheader", "gridcell"]
    assert seen["bigFiltered"] == 1


def test_a_phone_shows_the_cell_and_why_and_paper_shows_the_table(seen: dict[str, Any]) -> None:
    assert seen["phone"] == {"fits": True, "above": True, "beside": True}
    assert seen["printed"] == "none"
