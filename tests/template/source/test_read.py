"""What files say, and which are refused, with the place of the trouble."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.template.source.read import (
    MAX_BYTES,
    SourceFile,
    check_size,
    read_data,
    read_template,
    read_text,
)


def read_yaml(text: str) -> Any:
    return read_data("t.yaml", text.encode()).data


def refusal(data: bytes, name: str = "t") -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_template(name, data)
    return str(caught.value.location), caught.value.message


@pytest.mark.parametrize("name", ["t.json", "t.yaml", "t"])
@pytest.mark.parametrize("data", [b'{"A": {"B": [1]}}', b"A:\n  B: [1]\n", b"{A: {B: [1]}}"])
def test_format_is_told_by_the_content_not_by_the_name(name: str, data: bytes) -> None:
    assert read_template(name, data).data == {"A": {"B": [1]}}


def test_yaml_file_may_begin_as_json_does() -> None:
    assert read_template("t.yaml", b'{"A": b, }').data == {"A": "b"}


def test_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    template = read_template("t.yaml", b"\xef\xbb\xbfA: |\r\n  x\r\n  y\r\nB: 1\r\n")

    assert (template.data, template.locate(("B",))) == ({"A": "x\ny\n", "B": 1}, (4, 1))


def test_json_with_byte_order_mark_is_json() -> None:
    assert read_template("t.json", b'\xef\xbb\xbf{"A": "\\ud83d\\ude00"}').data == {"A": "😀"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2010-09-09", "2010-09-09"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("012345678901", "012345678901"),
        ("123456789012", 123456789012),
        ("1234567890123456789012", "1234567890123456789012"),
        ("0", 0),
        ("-7", -7),
        ("0x1F", 31),
        ("1.50", 1.5),
        ("1.0.0", "1.0.0"),
        ("22:22", "22:22"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("1.5e3", 1500.0),
        ("9" * 400 + ".0", "9" * 400 + ".0"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("yes", True),
        ("On", True),
        ("TRUE", True),
        ("no", False),
        ("OFF", False),
        ("False", False),
        ("y", "y"),
        ("yEs", "yEs"),
        ("~", None),
        ("null", None),
        ("", None),
        ('"yes"', "yes"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!int 12", 12),
        ("!!timestamp 2010-09-09", "2010-09-09"),
        ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]),
        ("=", "="),
        ("a: b", {"a": "b"}),
    ],
)
def test_scalars_mean_what_cloudformation_takes_them_for(written: str, expected: Any) -> None:
    value = read_yaml(f"- {written}")[0]

    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt A.Outputs.Url", {"Fn::GetAtt": ["A", "Outputs.Url"]}),
        ("!GetAtt [A, !Ref B]", {"Fn::GetAtt": ["A", {"Ref": "B"}]}),
        ("!GetAtt A", {"Fn::GetAtt": ["A"]}),
        ("!Sub 'a${B}'", {"Fn::Sub": "a${B}"}),
        ("!Sub ['a${B}', {B: 1}]", {"Fn::Sub": ["a${B}", {"B": 1}]}),
        ("!Sub 12", {"Fn::Sub": "12"}),
        ("!GetAZs", {"Fn::GetAZs": ""}),
        (
            "!If [C, !Ref A, !Ref AWS::NoValue]",
            {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        ),
        (
            "!Not [!Equals [!Ref A, yes]]",
            {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, True]}]},
        ),
        ("!Transform {Name: M, Parameters: {A: 1}}", {"Fn::Transform": {"Name": "M", "Parameters": {"A": 1}}}),
        *(
            (f"!{name} [a]", {f"Fn::{name}": ["a"]})
            for name in (
                "And", "Base64", "Cidr", "FindInMap", "ForEach", "ImportValue", "Join", "Length",
                "Or", "Select", "Split", "ToJsonString",
            )
        ),
    ],
)  # fmt: skip
def test_short_forms_become_long_ones(written: str, expected: Any) -> None:
    assert read_yaml(f"a: {written}") == {"a": expected}


def test_keys_are_strings_as_they_are_written() -> None:
    text = "2012-10-17: a\non: b\n1: c\n1.50: d\n~: e\n'q': f\n!!str x: g\n"

    assert read_yaml(text) == {
        "2012-10-17": "a", "on": "b", "1": "c", "1.50": "d", "~": "e", "q": "f", "x": "g",
    }  # fmt: skip


def test_aliases_stand_for_what_their_anchors_mark() -> None:
    text = "a: &x {p: 1}\nb: [*x, &y !Ref Z]\nc: *y\n&k d: 1\ne: {*k : 2}\n"

    assert read_yaml(text) == {
        "a": {"p": 1}, "b": [{"p": 1}, {"Ref": "Z"}], "c": {"Ref": "Z"}, "d": 1, "e": {"d": 2},
    }  # fmt: skip


def test_merge_key_adds_what_is_not_given() -> None:
    text = "a: &a {p: 1, q: 2}\nb: {q: 3, <<: *a}\nc: {<<: [{q: 4}, *a]}\nd: {'<<': 5}\n"

    assert read_yaml(text) == {
        "a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}, "c": {"q": 4, "p": 1}, "d": {"<<": 5},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "data", "places"),
    [
        ('{"a": 1,\n "a": 2}', {"a": 2}, [("a", "t:1:2"), ("a", "t:2:2")]),
        (r'{"b": {"a": 1, "\u0061": ":"}}', {"b": {"a": ":"}}, [("a", "t:1:8"), ("a", "t:1:16")]),
        (r'{"a:": "\u003a", "a\u003a": 2}', {"a:": 2}, [("a:", "t:1:2"), ("a:", "t:1:18")]),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", {"a": {"b": 3, "c": 2}}, [("b", "t:2:3"), ("b", "t:4:3")]),
        ("a: &x {b: 1}\nc: {<<: *x, b: 2}\n", {"a": {"b": 1}, "c": {"b": 2}}, []),
    ],
)
def test_of_a_repeated_key_the_last_value_counts(
    text: str, data: object, places: list[tuple[str, str]]
) -> None:
    template = read_template("t", text.encode())

    assert template.data == data
    assert [(key, str(place)) for key, place in template.repeated_keys()] == places


def test_where_a_repeated_key_leads_is_its_last_place() -> None:
    for text in ('{"a": {},\n "a": {"b": 1}}', "a: {}\na: {b: 1}\n"):
        assert read_template("t", text.encode()).locate(("a", "b"))[0] == 2


def test_data_that_nobody_deploys_repeats_no_key() -> None:
    with pytest.raises(InputError, match="`a` is written twice") as caught:
        read_data("t", b"a: 1\na: 2\n")

    assert str(caught.value.location) == "t:2:1"


def test_json_keeps_what_looks_like_a_repeated_key() -> None:
    data = rb'{"a:b": {"c": "a\": \"a"}, "c": [{"c": 1}, {"c": 2}], "x\u003a": 3}'

    assert read_template("t.json", data).data == json.loads(data)


def test_numbers_too_large_for_json_readers_are_no_crash() -> None:
    assert read_data("t.json", b"[123456789012345678901234567890]").data == [
        123456789012345678901234567890.0
    ]


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"", "t:1:1", "the file is empty"),
        (b" \r\n", "t:1:1", "the file is empty"),
        (b"a: \xff", "t:1:4", "the file is not UTF-8 text: invalid UTF-8 at byte 3"),
        (b"\xef\xbb\xbfa: 1\nb: \xff", "t:2:4", "the file is not UTF-8 text: invalid UTF-8 at byte 11"),
        ("a: b".encode("utf-16"), "t:1:1", "the file is not UTF-8 text: invalid UTF-8 at byte 0"),
        (b"\n  [1]", "t:2:3", "a template must be a mapping, not a list"),
        (b"# nothing\n", "t:1:1", "a template must be a mapping, not nothing"),
        (b"12", "t:1:1", "a template must be a mapping, not a single value"),
        (b"text", "t:1:1", "a template must be a mapping, not a single value"),
        (b"a: !Rfe b\n", "t:1:4", "`!Rfe` is not a short form that CloudFormation supports"),
        (b"a: !Rfe [b]\n", "t:1:4", "`!Rfe` is not a short form that CloudFormation supports"),
        (b"a: !!python/name:os.system x", "t:1:4", "`tag:yaml.org,2002:python/name:os.system` is not a short form that CloudFormation supports"),
        (b"a: 1\n---\nb: 2\n", "t:2:1", "the file holds more than one YAML document"),
        (b"a:\n\tb: 1\n", "t:2:1", "the file is not valid YAML: found character that cannot start any token"),
        (b"a: [1\nb: 2", "t:2:2", "the file is not valid YAML: did not find expected ',' or ']'"),
        (b"a: b\n c: \x01", "t:2:5", "the file is not valid YAML: it holds a control character"),
        (b"!<%ED%A0%80> x", "t:1:1", "the file is not valid YAML: a tag is not UTF-8"),
        (b"a: *b", "t:1:4", "the anchor `b` is not defined"),
        (b"a: &b [*b]", "t:1:8", "the anchor `b` contains itself"),
        (b"? [a]\n: b", "t:1:3", "the key of a mapping must be a plain string"),
        (b"!Ref a: b", "t:1:1", "the key of a mapping must be a plain string"),
        (b"a: &x [b]\n*x : c", "t:2:1", "the key of a mapping must be a plain string"),
        (b"{{ name }}: 1", "t:1:1", "the key of a mapping must be a plain string"),
        (b"<<: 3", "t:1:5", "the merge key `<<` needs a mapping"),
        (b"<<: [[a]]", "t:1:5", "the merge key `<<` needs a mapping"),
        (b"%TAG !a! b\n" * 200 + b"--- 1", "t:2:1", "the file has too many `%TAG` directives"),
    ],
)  # fmt: skip
def test_refusal_says_what_and_where(data: bytes, place: str, message: str) -> None:
    assert refusal(data) == (place, message)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b'{"a": NaN}', "t:1:7"),
        (b'{"a": Infinity}', "t:1:7"),
        (b'{"a": 1,\n "b" 2}', "t:2:6"),
        ('{"é": x}'.encode(), "t:1:7"),
        (b'{"a": 1e999}', "t:1:7"),
        (rb'{"a": "\ud800"}', "t:1:8"),
        (b'{"a": "b', "t:1:9"),
    ],
)
def test_broken_json_is_refused_as_json(data: bytes, place: str) -> None:
    where, message = refusal(data)

    assert (where, message.partition(":")[0]) == (place, "the file is not valid JSON")


@pytest.mark.parametrize(
    ("deepest", "too_deep"),
    [
        (b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a":' * 101 + b"1" + b"}" * 101),
        (b"a: " + b"[" * 99 + b"]" * 99, b"a: " + b"[" * 100 + b"]" * 100),
        (b"a: " + b"!Not [" * 49 + b"]" * 49, b"a: " + b"!Not [" * 50 + b"]" * 50),
    ],
)
def test_depth_is_limited(deepest: bytes, too_deep: bytes) -> None:
    assert read_template("t", deepest).data

    assert refusal(too_deep)[1] == "the data is nested more than 100 levels deep"


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' * 5_000,
        b'{"a": "' + b"[" * 200 + b'", "b":' + b"[" * 5_000,
        b"a: " + b"[" * 5_000,
        b"a: " + b"{a: " * 5_000,
        b"- " * 5_000,
        b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (i, i, i - 1) for i in range(1, 200)),
    ],
)
def test_endless_nesting_is_one_refusal(data: bytes) -> None:
    assert refusal(data)[1] == "the data is nested more than 100 levels deep"


def test_aliases_that_explode_are_refused() -> None:
    bomb = b"a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 30)
    )

    assert refusal(bomb)[1] == "the file expands to more than 1,000,000 values"


def test_large_files_are_refused_unread() -> None:
    with pytest.raises(InputError) as caught:
        check_size("t", MAX_BYTES + 1)

    assert (
        caught.value.message == "the file has 20,000,001 bytes, more than the limit of 20,000,000"
    )


def test_read_data_takes_any_value() -> None:
    assert [read_data("t", text).data for text in (b"[1, a]", b'"x"', b"3", b"null", b"#")] == [
        [1, "a"], "x", 3, None, None,
    ]  # fmt: skip


def test_text_is_kept_as_it_is() -> None:
    file = read_text("s.graphql", b"\xef\xbb\xbftype A {\r\n  b: Int\n}")

    assert (file.text, file.locate((), (2, 3)), file.locate(())) == (
        "type A {\r\n  b: Int\n}",
        (2, 3),
        (1, 1),
    )


def test_lines_can_be_shown() -> None:
    file = SourceFile("s", "one\r\ntwo\rthree\n\nfive")

    assert [file.line_text(line) for line in range(7)] == [
        "",
        "one",
        "two",
        "three",
        "",
        "five",
        "",
    ]
