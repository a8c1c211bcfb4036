from __future__ import annotations

from pathlib import Path

import pytest
from graphql.language import parse

from cdk_appsync_guard.access.calls import selected_paths
from cdk_appsync_guard.appsync.operation_size import MOST_FIELDS, count_fields
from cdk_appsync_guard.appsync.operations import read_clients


def _count(text: str) -> int:
    operation, *fragments = parse(text).definitions
    return count_fields(operation, {one.name.value: one for one in fragments}, {})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("{ a b { c d } }", 4),
        ("{ ...F } fragment F on Q { a ... on Q { b } }", 2),
        ("{ a { ...F } b { ...F } ...F ...F } fragment F on Q { c d }", 8),
        ("{ ...F ...None } fragment F on Q { a ...F b }", 2),
    ],
)
def test_fields_are_counted_as_if_fragments_were_written_out(text: str, count: int) -> None:
    assert _count(text) == count


def _doubling(levels: int, operations: int, body: str = "x0: q { ...%s } y0: q { ...%s }") -> str:
    fragments = "".join(
        f"fragment F{n} on Q {{ {body % (f'F{n + 1}', f'F{n + 1}')} }}\n" for n in range(levels)
    )
    asked = "".join(f"query A{n} {{ q {{ ...F0 }} }}\n" for n in range(operations))
    return f"{asked}{fragments}fragment F{levels} on Q {{ id }}\n"


def test_fragments_that_double_are_never_written_out(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text(_doubling(2_00, 16))

    found = read_clients([tmp_path / "a.graphql"])

    assert [one.is_too_much for one in found.operations] == [True] * 16


def test_the_bound_is_that_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text(_doubling(14, 16))  # 50,000 fields each
    (tmp_path / "b.graphql").write_text("query B { b }")

    found = read_clients([tmp_path / "a.graphql", tmp_path / "b.graphql"])

    assert [one.is_too_much for one in found.operations] == [False] * 2 + [True] * 14 + [False]


@pytest.mark.slow
def test_a_chain_of_fragments_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text(_doubling(6_000, 1, body="...%s ...%s"))

    (operation,) = read_clients([tmp_path / "a.graphql"]).operations

    assert operation.is_too_much


@pytest.mark.slow
def test_walking_the_paths_ends_where_nothing_is_selected(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text(_doubling(60, 1, body="...%s ...%s"))
    (operation,) = read_clients([tmp_path / "a.graphql"]).operations

    paths = selected_paths(operation, operation.node.selection_set.selections[0])

    assert len(paths) < MOST_FIELDS
