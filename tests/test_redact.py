from __future__ import annotations

import pytest

from cdk_appsync_guard.redact import redact
from cdk_appsync_guard.report import Excerpt, cut_excerpt
from cdk_appsync_guard.reporters.encode import encode

KEY = "da2-abcdefghijklmnopqrstuvwxyz"
TOKEN = "eyJhbGciOiJIUzI1NiJ9." + "p" * 90 + ".signature"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"x-api-key: {KEY}", "x-api-key: da2-" + "*" * 26),
        (TOKEN, "eyJh" + "*" * (len(TOKEN) - 4)),
        (f"a.b-c{TOKEN}, Bearer_{TOKEN}", f"a.b-ceyJh{'*' * 117}, Bearer_eyJh{'*' * 117}"),
        ("id AKIAIOSFODNN7EXAMPLE.", "id AKIA" + "*" * 16 + "."),
        ("ASIAIOSFODNN7EXAMPLE", "ASIA" + "*" * 16),
        ("Query.da2 AKIA eyJ", "Query.da2 AKIA eyJ"),
        ("https://ann:hunter2@x.example/?a", "https://ann:*******@x.example/?a"),
        ("https://:hunter2@x.example", "https://:*******@x.example"),
        ("https://x.example:8080/a@b", "https://x.example:8080/a@b"),
        ("https://${AWS::Region}.x@y", "https://${AWS::Region}.x@y"),
    ],
)
def test_secrets_are_masked_at_their_length(text: str, masked: str) -> None:
    assert redact(text) == masked


def test_what_only_starts_like_tokens_takes_no_time() -> None:
    assert redact("eyJ" * 400_000) == "eyJ" * 400_000


def test_a_secret_cut_in_two_by_an_excerpt_stays_masked() -> None:
    assert cut_excerpt(f"k: {TOKEN}", 60) == Excerpt("..." + "*" * 94 + "...", 51)


@pytest.mark.parametrize(
    ("line", "column", "excerpt"),
    [
        ("    a: Int @aws_iam  # x\r\n", 12, Excerpt("a: Int @aws_iam  # x", 8)),
        (r'"type Query {\n  a: Int @aws_iam\n}"', 25, Excerpt("a: Int @aws_iam", 8)),
        ("x" * 300, 151, Excerpt("..." + "x" * 94 + "...", 51)),
        ("a" * 60 + "b" * 40, 3, Excerpt("a" * 60 + "b" * 40, 3)),
        ("a" * 101, 3, Excerpt("a" * 97 + "...", 3)),
        ("a" * 101, 101, Excerpt("..." + "a" * 97, 100)),
        ("", 7, Excerpt("", 1)),
        ("   ", 1, Excerpt("", 1)),
    ],
)
def test_excerpt_is_the_line_around_the_column(line: str, column: int, excerpt: Excerpt) -> None:
    assert cut_excerpt(line, column) == excerpt


@pytest.mark.parametrize("escape", ["\\x01", "\\u65e5", "\\U0001f600", "%3A", "%0A", ":", " "])
def test_a_key_behind_an_escaped_letter_is_masked(escape: str) -> None:
    assert redact(f"{escape}AKIA{'Q' * 16}") == f"{escape}AKIA{'*' * 16}"


def test_json_masks_a_key_behind_any_letter() -> None:
    for letter in ("日", "\x01", "#", "😀"):
        assert "Q" not in encode({"a": f"#{letter}AKIA{'Q' * 16}"})
