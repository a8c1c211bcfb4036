"""Where things stand: line and column of keys, items, and spots inside strings."""

from __future__ import annotations

import pytest

from cdk_appsync_guard.template.source.read import DataPath, read_data, read_template

JSON = rb"""{
  "A": {"B": [1, {"C": "x\ny\tz\ud83d\ude00\u0041q"}]},
  "D" : "", "\u0045":
    {"Fn::Sub": ["a\nb", {}]}
}"""

YAML = """\
# a comment
A: &x !Sub |2-  # a header
    type Query {

      a: Int
    }
B: !GetAtt Foo.Out.x
C: "ab\\ncd\\u0041 \\
   e
   f"
D: >-
  one two
  three

    four
E: [1, !Ref x, *x]
F: plain
  more
G: 'it''s a

  b'
"H": {I: [ {J: "é😀x"} ]}
K:
  - L: 1
    M: 2
  -
    - N
<<: {O: 1}
"""


@pytest.mark.parametrize(
    ("path", "inner", "rest"),
    [
        ((), None, "{"),
        (("A",), None, '"A": {'),
        (("A", "B"), None, '"B": [1'),
        (("A", "B", 0), None, "1, {"),
        (("A", "B", 1), None, '{"C"'),
        (("A", "B", 1, "C"), None, '"C":'),
        (("A", "B", 1, "C"), (1, 1), r"x\ny"),
        (("A", "B", 1, "C"), (2, 1), r"y\tz"),
        (("A", "B", 1, "C"), (2, 2), r"\tz"),
        (("A", "B", 1, "C"), (2, 3), r"z\ud83d"),
        (("A", "B", 1, "C"), (2, 4), r"\ud83d\ude00\u"),
        (("A", "B", 1, "C"), (2, 5), r"\u0041"),
        (("A", "B", 1, "C"), (2, 6), 'q"'),
        (("A", "B", 1, "C"), (99, 99), '"}'),
        (("D",), None, '"D" :'),
        (("D",), (1, 1), '", '),
        (("E",), None, r'"\u0045":'),
        (("E", "Fn::Sub", 0), (2, 1), 'b", {'),
        (("E",), (2, 1), 'b", {'),
    ],
)
def test_json(path: DataPath, inner: tuple[int, int] | None, rest: str) -> None:
    assert text_at(JSON.decode(), path, inner).startswith(rest)


@pytest.mark.parametrize(
    ("path", "inner", "rest"),
    [
        ((), None, "A: &x"),
        (("A",), None, "A: &x"),
        (("A", "Fn::Sub"), None, "&x !Sub"),
        (("A", "Fn::Sub"), (1, 3), "type Query"),
        (("A", "Fn::Sub"), (3, 5), "a: Int"),
        (("A",), (3, 8), "Int"),
        (("A",), (4, 3), "}"),
        (("B", "Fn::GetAtt", 0), None, "Foo.Out.x"),
        (("B", "Fn::GetAtt", 1), None, "Out.x"),
        (("B", "Fn::GetAtt", 1), (1, 3), "t.x"),
        (("C",), (1, 2), r"b\ncd"),
        (("C",), (2, 1), r"cd\u0041"),
        (("C",), (2, 3), r"\u0041"),
        (("C",), (2, 5), "e\n"),
        (("C",), (2, 7), 'f"'),
        (("D",), (1, 5), "two"),
        (("D",), (1, 9), "three"),
        (("D",), (3, 3), "four"),
        (("E", 0), None, "1, !Ref"),
        (("E", 1), None, "!Ref x"),
        (("E", 2), None, "*x]"),
        (("E", 2), (3, 5), "a: Int"),
        (("F",), (1, 2), "lain"),
        (("F",), (1, 7), "more"),
        (("G",), (1, 4), "s a"),
        (("G",), (2, 1), "b'"),
        (("H",), None, '"H": {'),
        (("H", "I", 0), None, "{J:"),
        (("H", "I", 0, "J"), (1, 3), 'x"'),
        (("K", 0), None, "L: 1"),
        (("K", 0, "M"), None, "M: 2"),
        (("K", 1), None, "- N"),
        (("K", 1, 0), None, "N"),
        (("O",), None, "O: 1"),
    ],
)
def test_yaml(path: DataPath, inner: tuple[int, int] | None, rest: str) -> None:
    assert text_at(YAML, path, inner).startswith(rest)


@pytest.mark.parametrize("text", ['{"A": {"B": [{"C": "x"}]}}', "A:\n  B: [C: x]"])
@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("X",), ()),
        (("A", "X", 0, "Y"), ("A",)),
        (("A", "B", 7), ("A", "B")),
        (("A", "B", "0"), ("A", "B")),
        (("A", "B", 0, "C", "X"), ("A", "B", 0, "C")),
    ],
)
def test_missing_path_is_at_its_nearest_parent(text: str, path: DataPath, known: DataPath) -> None:
    template = read_template("t", text.encode())

    assert template.locate(path, (1, 1)) == template.locate(known)


def test_inner_of_what_is_no_string_is_left_out() -> None:
    template = read_template("t", b"A:\n  B: 1\n")

    assert template.locate(("A",), (2, 2)) == (1, 1)


def test_single_values_have_a_place() -> None:
    assert read_data("t", b"\n 'abc'").locate((), (1, 2)) == (2, 4)


@pytest.mark.parametrize("header", ["|", "|-", "|+", "|2", "|2-", "|-2", "| # c"])
def test_literal_headers_do_not_shift_lines(header: str) -> None:
    template = read_template("t", f"A: {header}\n  one\n  two\n\nB: 1\n".encode())

    assert template.locate(("A",), (2, 2)) == (3, 4)


def test_literal_in_crlf_file() -> None:
    template = read_template("t", b"A:\r\n  B: |\r\n    one\r\n\r\n    two\r\n")

    assert template.locate(("A", "B"), (3, 2)) == (5, 6)


def text_at(text: str, path: DataPath, inner: tuple[int, int] | None) -> str:
    line, column = read_template("t", text.encode()).locate(path, inner)
    assert line is not None
    assert column is not None
    return "".join(text.splitlines(keepends=True)[line - 1 :])[column - 1 :]
