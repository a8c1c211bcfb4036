from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reporters.test_json import closed
from team import matrices, team

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_diff import compare
from cdk_appsync_guard.access.matrix_words import rows_of
from cdk_appsync_guard.reporters.matrix_diff_text import render_changes
from cdk_appsync_guard.reporters.matrix_files import (
    changes_csv,
    changes_json,
    matrix_csv,
    matrix_json,
)
from cdk_appsync_guard.reporters.matrix_text import render_matrices
from cdk_appsync_guard.reporters.terminal import Style, width_of
from cdk_appsync_guard.template.values.value import Unknown

names = st.text(min_size=1, max_size=60)
cells = st.builds(
    Cell,
    st.sampled_from(["allowed", "partly", "denied", "undecided"]),
    st.sampled_from(["", "below", "iam", "group", "mode-not-listed"]),
    st.sampled_from(["", "Post.secret"]),
)


@st.composite
def any_matrices(draw: st.DrawFn) -> Matrix:
    fields = names.map(lambda name: f"Query.{'_'.join(name.split())}")  # SDL has no blank in names
    coordinates = draw(st.lists(fields, max_size=4, unique=True))
    callers = draw(
        st.lists(
            st.builds(MatrixCaller, names, st.sampled_from(["mode", "group", "role"]), names),
            max_size=30,
        )
    )
    columns = tuple(tuple(draw(cells) for _ in coordinates) for _ in callers)
    return Matrix(draw(names), tuple(coordinates), tuple(callers), columns, ("Query",))


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("matrix.txt", Style()),
        ("matrix.color.txt", Style(color=True, width=100)),
        ("matrix.narrow.txt", Style(width=40)),
    ],
)
def test_text_matches_golden_file(
    name: str, style: Style, golden: Callable[[str, str], None]
) -> None:
    golden(name, render_matrices(matrices(team()), style))


def test_changes_match_golden_file(golden: Callable[[str, str], None]) -> None:
    new = (
        team()
        .replace("types/Query/*", "types/Query/fields/getPost")
        .replace("secret: String @aws_iam", "secret: String")
        .replace("deletePost(id: ID!): ID @aws_iam", "deletePost(id: ID!): ID")
        .replace('Resource: !Sub "${Blog.Arn}/types/Mutation/fields/deletePost"', "Resource: '*'")
    )
    changes = compare(matrices(team(), nested=True), matrices(new, nested=True))

    golden("matrix.diff.txt", render_changes(changes, Style()))


def test_api_that_nobody_can_judge_says_what_would_help() -> None:
    text = render_matrices([Matrix("Blog", question=Unknown("no schema", "--schema x"))], Style())

    assert text.splitlines()[3:5] == ["  undecided  no schema", "  decides    --schema x"]


def test_equal_columns_stand_once_where_room_is_short() -> None:
    callers = tuple(MatrixCaller(f"Role{number}", "role", "AWS_IAM") for number in range(200))
    matrix = Matrix("Api", ("Query.a",), callers, ((Cell("allowed"),),) * 200, ("Query",))
    lines = render_matrices([matrix], Style()).splitlines()

    assert lines[3:10] == [
        "  A  role Role0, role Role1, role Role2, role Role3, role Role4, role Role5 and",
        "     194 more",
        "",
        "       A",
        "  Query",
        "    a  +",
        "",
    ]


@pytest.mark.slow
@settings(max_examples=60)
@given(matrix=any_matrices(), width=st.integers(40, 100))
def test_every_line_fits_unless_a_word_does_not(matrix: Matrix, width: int) -> None:
    lines = render_matrices([matrix], Style(width=width)).splitlines()

    assert [
        line for line in lines if width_of(line) > width and max(map(width_of, line.split())) < 20
    ] == []
    assert all(line.isprintable() for line in lines)


@pytest.mark.slow
@settings(max_examples=60)
@given(matrix=any_matrices())
def test_csv_and_json_hold_every_cell(matrix: Matrix) -> None:
    rows = list(csv.reader(io.StringIO(matrix_csv([matrix])), strict=True))
    read = json.loads(matrix_json([matrix]))

    assert len(rows) - 1 == len(read["rows"]) == len(list(rows_of(matrix)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_of_a_csv_is_a_formula(start: str) -> None:
    caller = MatrixCaller(f'{start}cmd|" /C calc"!A0', "mode", "API_KEY")
    matrix = Matrix("Api", ("Query.a",), (caller,), ((Cell("allowed"),),), ("Query",))
    (_, row) = csv.reader(io.StringIO(matrix_csv([matrix]), newline=""), strict=True)

    assert row[2] == f'\'{start}cmd|" /C calc"!A0'


def test_no_changes_are_a_header() -> None:
    assert changes_csv(()) == "api,coordinate,caller,mode,change,before,after,reason\n"


SCHEMA = json.loads(files("cdk_appsync_guard.reporters").joinpath("matrix.schema.json").read_text())
VALIDATOR = Draft202012Validator(closed(SCHEMA))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=20)
@given(any_matrices(), any_matrices(), st.booleans())
def test_any_matrix_and_any_change_fit_the_schema(old: Matrix, new: Matrix, is_open: bool) -> None:
    if is_open:
        new = Matrix(new.api, question=Unknown("the schema is elsewhere", "the file"))
    for text in (matrix_json([old, new]), changes_json(compare([old], [new]))):
        assert [error.message for error in VALIDATOR.iter_errors(json.loads(text))] == []
