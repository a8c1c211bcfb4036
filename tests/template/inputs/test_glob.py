from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from cdk_appsync_guard.template.inputs.glob import Glob


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        (
            "*.graphql",
            ["a.graphql", "b c.graphql"],
            ["a/b.graphql", ".graphql", ".a.graphql", "a.graphqls"],
        ),
        ("**/*.ts", ["a.ts", "a/b.ts", "a/b/c.ts"], ["a.tsx", ".a/b.ts", "a/.b.ts", "a/.b/c.ts"]),
        ("a/**/b/*.ts", ["a/b/c.ts", "a/x/y/b/c.ts"], ["a/c.ts", "b/c.ts", "a/xb/c.ts"]),
        ("src/**", ["src/a", "src/a/b"], ["src", "other/a", "src/.env"]),
        ("**", ["a", "a/b"], [".a", "a/.b"]),
        ("*.{ts,tsx}", ["a.ts", "a.tsx"], ["a.t", "a.tsxx", "a.{ts,tsx}"]),
        ("{a,b,}c", ["ac", "bc", "c"], ["abc"]),
        ("{q,m}/*.gql", ["q/a.gql", "m/a.gql"], ["qm/a.gql"]),
        ("a?c", ["abc", "a.c"], ["ac", "a/c"]),
        ("?a", ["ba"], [".a"]),
        ("[a-c]x", ["ax", "cx"], ["dx", "-x"]),
        ("[!a-c]x", ["dx"], ["ax", ".x", "/x"]),
        ("[z-a].graphql", [], ["z.graphql", "a.graphql", "-.graphql"]),
        ("[a-]x", ["ax", "-x"], ["bx"]),
        ("[]", ["[]"], []),
        ("[", ["["], []),
        ("{", ["{"], []),
        (".*.js", [".a.js"], ["a.js"]),
        (".github/*", [".github/a"], [".github/.a"]),
        ("***", ["a/b"], [".a"]),
    ],
)
def test_a_pattern_means_what_it_means_in_a_shell(
    pattern: str, meant: list[str], not_meant: list[str]
) -> None:
    glob = Glob(pattern)

    assert [path for path in meant if not glob.matches(path)] == []
    assert [path for path in not_meant if glob.matches(path)] == []


def _work(pattern: str, path: str) -> int:
    """Return how many functions are called, which is what the work is made of."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        del frame, argument
        calls += event == "call"

    sys.setprofile(count)
    try:
        assert not Glob(pattern).matches(path)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("*a" * 20 + "b", "a"), ("**/" * 12 + "b.graphql", "a/"), ("{a,aa,aaa}" * 12 + "b", "a")],
)
def test_no_pattern_makes_work_grow_faster_than_the_path(pattern: str, name: str) -> None:
    once, twice = (_work(pattern, name * length) for length in (100, 200))

    assert twice < 2.2 * once
