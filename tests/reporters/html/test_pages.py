from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporters.html.parsing import Element, data_of, parse
from reporters.sample import REPORT
from reporters.strategies import reports
from reporters.test_matrix import any_matrices
from team import SDL, scenes, team

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_diff import compare
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.diagnosis.model import Diagnosis, Evidence, Group, Outcome
from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.explanation.entry import explain
from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
from cdk_appsync_guard.portrait.draw import draw
from cdk_appsync_guard.portrait.model import Portrait
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.reporters.html.diagnosis_page import render_outcome
from cdk_appsync_guard.reporters.html.explanation_page import render_explanation
from cdk_appsync_guard.reporters.html.matrix_page import render_matrices
from cdk_appsync_guard.reporters.html.scan_page import render_report
from cdk_appsync_guard.template.values.value import Unknown

KEY = "da2-" + "a1" * 13
HOSTILE = f"</script><script>x()</script><img src=x onerror=x()>\" onclick='x()' {{{{7919*7919}}}} {KEY} \x1b[2J\u2028::error::x ##[x]"
ALLOWED = {
    *(
        "page",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "aside",
        "footer",
    ),
    *("h1", "h2", "h3", "p", "a", "nav", "ul", "ol", "li", "dl", "dt", "dd", "div", "span"),
    *("article", "section", "details", "summary", "pre", "code", "i", "b", "em", "strong", "mark"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "small", "br"),
    *("label", "input", "output", "button", "kbd", "script"),
}


def portraits() -> tuple[Portrait, ...]:
    return draw(scenes(team()))


@pytest.fixture(scope="module")
def page() -> str:
    return render_matrices(portraits(), "1.2.3")


def table_of(page: str) -> Element:
    return parse(page).one("table", "matrix")


def test_a_real_table_with_heads_that_name_rows_columns_and_sections(page: str) -> None:
    table = table_of(page)
    sections, columns = table.one("thead").all("tr")

    assert table.one("caption").text == "Who can call the fields of Blog"
    assert [(one.text, one.attributes["scope"]) for one in sections.all("th")] == [
        ("Anonymous", "colgroup"),
        ("Signed in", "colgroup"),
        ("IAM", "colgroup"),
    ]
    assert [one.text for one in columns.all("th")][:3] == [
        "Field",
        "API key no sign-in",
        "Cognito any user",
    ]
    assert {one.attributes["scope"] for one in columns.all("th")} == {"col"}
    rows = [row for row in table.all("tr") if "data-field" in row.attributes]
    assert all(row.one("th").attributes["scope"] == "row" for row in rows)
    assert [one.text for one in table.all("th") if one.attributes.get("scope") == "rowgroup"] == [
        "Queries",
        "Mutations",
        "Subscriptions",
    ]


def test_every_cell_says_in_words_what_its_sign_shows(page: str) -> None:
    (matrix,) = (one.matrix for one in portraits())
    rows = {
        row.attributes["data-field"]: [cell.text for cell in row.all("td")]
        for row in table_of(page).all("tr")
        if "data-field" in row.attributes
    }
    heads = [
        int(head.attributes["data-column"])
        for head in table_of(page).one("thead").all("th")
        if "data-column" in head.attributes
    ]
    words = {"allowed": "yes", "denied": "no"}

    assert sorted(heads) == list(range(len(matrix.callers)))
    for at, coordinate in enumerate(matrix.coordinates):
        if coordinate in rows:
            verdicts = [matrix.columns[column][at].verdict for column in heads]
            assert rows[coordinate] == [words.get(one, one) for one in verdicts]
    assert list(rows) == list(portraits()[0].rows)


def test_guests_stand_with_anonymous_callers() -> None:
    caller = MatrixCaller("GuestRole", "role", "AWS_IAM", "unauthenticated")
    matrix = Matrix("a", ("Query.a",), (caller,), ((Cell("allowed"),),), ("Query",))
    table = table_of(render_matrices([Portrait(matrix, ("Query.a",), {"Query": "query"})], "1"))

    assert table.one("thead").all("th")[0].text == "Anonymous"
    assert table.one("thead").all("th")[-1].text == "GuestRole guests"


def test_the_first_sentences_tell_who_gets_in_without_sign_in(page: str) -> None:
    facts = [one.text for one in parse(page).one("ul", "facts").all("li")]

    assert facts[0] == "3 of 6 fields open without sign-in no mutation among them"
    assert facts[1].endswith(
        "partly: the call succeeds, and a field below it is denied first of all Post.secret, Post.id, Draft.id"
    )


def test_resolvers_and_conditions_have_signs_of_their_own() -> None:
    cells = (
        Cell("denied", "resolver"),
        Cell("undecided", "resolver", question="yes, if `ctx.args.id` is known"),
        Cell("undecided", "iam", question="a policy has a condition"),
    )
    names = ("Query.a", "Query.b", "Query.c")
    matrix = Matrix("a", names, (MatrixCaller("API_KEY", "mode", "API_KEY"),), (cells,), ("Query",))
    page = render_matrices([Portrait(matrix, names, {"Query": "query"})], "1")

    assert [one.text for one in table_of(page).all("td")[1:]] == [
        "no: resolver",
        "yes, if",
        "undecided",
    ]
    assert [one.text for one in parse(page).one("dl", "legend").all("dd")] == [
        "undecided",
        "yes, if: a resolver decides",
        "no: a resolver denies it",
    ]
    assert data_of(page)["apis"][0]["cells"][1]["words"] == "yes, if `ctx.args.id` is known"


def test_what_the_script_tells_is_data_once(page: str) -> None:
    (api,) = data_of(page)["apis"]
    column = next(one["column"] for one in api["callers"] if one["id"] == "API_KEY")
    cell = api["cells"][api["columns"][column][api["coordinates"].index("Query.getPost")]]

    assert (cell["look"], cell["blocked"], cell["path"]) == ("p", "Post.secret", "getPost.secret")
    assert api["fields"]["Post.secret"]["refused"] == (
        'HTTP 200 Unauthorized: "Not Authorized to access secret on type Post"'
    )
    fix = api["fixes"][api["openings"][f"{column} Post.secret"]]
    assert fix["edits"] == [["Post.secret", "@aws_iam", "@aws_iam @aws_api_key"]]
    assert len({str(one) for one in api["frames"]}) == len(api["frames"])


def test_what_is_gained_and_lost_is_told_first_and_marked_in_the_cells() -> None:
    new = draw(scenes(team(SDL.replace("ID @aws_iam\n", "ID @aws_iam @aws_api_key\n"))))
    changes = compare([one.matrix for one in portraits()], [one.matrix for one in new])
    page = parse(render_matrices(new, "1", changes))

    assert page.one("ul", "facts").all("li")[0].text == "1 gained by API key"
    (row,) = page.one("details", "changes").one("tbody").all("tr")
    assert row.one("th").text == "API key"
    assert row.all("td")[0].text == "gains no → yes"
    assert row.one("code").text == "Mutation.deletePost"
    (cell,) = page.one("table", "matrix").all("td", "gains")
    assert cell.text == "yes"


def test_nothing_changed_is_said() -> None:
    page = parse(render_matrices(portraits(), "1", ()))

    assert page.one("ul", "facts").all("li")[0].text == (
        "0 changes: no caller gains or loses access"
    )


def test_the_rows_of_a_long_table_stand_in_groups() -> None:
    names = tuple(f"Query.f{number}" for number in range(330))
    column = (Cell("allowed"),) * 330
    matrix = Matrix(
        "a", names, (MatrixCaller("API_KEY", "mode", "API_KEY"),), (column,), ("Query",)
    )
    table = table_of(render_matrices([Portrait(matrix, names, {"Query": "query"})], "1"))

    assert "long" in table.classes
    assert [len(one.all("tr")) for one in table.all("tbody")] == [26] + [25] * 12 + [5]
    assert [one.text for one in table.all("tr", "group")] == ["Queries"]


def test_an_api_that_cannot_be_judged_says_why() -> None:
    matrix = Matrix("a", question=Unknown("the schema is elsewhere", "the file"))
    page = parse(render_matrices([Portrait(matrix)], "1"))

    assert page.one("article", "api").one("p").text == (
        "The schema is elsewhere. What would decide it: the file."
    )
    assert page.all("table") == []


def hashes(page: str) -> list[str]:
    policy = next(
        one.attributes["content"]
        for one in parse(page).all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    return re.findall(r"'sha256-([^']+)'", policy)


def test_the_policy_names_what_is_inside_and_nothing_else(page: str) -> None:
    root = parse(page)
    scripts = [one for one in root.all("script") if "type" not in one.attributes]
    inside = ["".join(map(str, one.children)) for one in (root.one("style"), *scripts)]

    assert hashes(page) == [
        base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inside
    ]
    for name in ("src=", "href=", "url(", "@import", "innerHTML", "eval("):
        assert name not in inside[0] + inside[1]


def everything(root: Element) -> list[Element]:
    found = [root]
    for one in root.children:
        if isinstance(one, Element):
            found += everything(one)
    return found


def assert_harmless(page: str) -> None:
    root = parse(page)
    elements = everything(root)
    assert {one.tag for one in elements} <= ALLOWED
    assert len(root.all("script")) == 2
    for one in elements:
        assert not [name for name in one.attributes if name.startswith("on") or name == "style"]
        assert one.attributes.get("href", "#").startswith(("#", "https://"))
        assert "src" not in one.attributes
    assert "62710561" not in root.one("title").text
    assert KEY not in page
    assert page.replace("\n", "").isprintable()
    assert not any(line.lstrip().startswith("::") for line in page.split("\n"))
    assert "##[" not in page


def hostile_matrix() -> Matrix:
    callers = (MatrixCaller(HOSTILE, "group", "AMAZON_COGNITO_USER_POOLS"),)
    cells = (Cell("partly", "below", HOSTILE, HOSTILE), Cell("undecided", "", question=HOSTILE))
    return Matrix(HOSTILE, (f"Query.{HOSTILE}", "Query.b"), callers, (cells,), ("Query",))


def test_hostile_names_stay_names() -> None:
    matrix = hostile_matrix()
    portrait = Portrait(matrix, matrix.coordinates, {"Query": "query"})
    old = Matrix(HOSTILE, (), (), (), ("Query",))
    place = Location(HOSTILE, 1, 1, HOSTILE, HOSTILE, HOSTILE)
    answer = FieldAnswer((HOSTILE,), HOSTILE, "denied", HOSTILE, "resolver", place, HOSTILE)
    explanation = Explanation(
        HOSTILE, HOSTILE, HOSTILE, 200, {HOSTILE: HOSTILE}, fields=(answer,), notes=(HOSTILE,)
    )
    failed = Diagnosis(
        "field", HOSTILE, HOSTILE, place, cause_title=HOSTILE, cause=HOSTILE, fix=HOSTILE,
        evidence=(Evidence(HOSTILE, place),), message=HOSTILE, operation=HOSTILE,
    )  # fmt: skip
    outcome = Outcome((failed,), (Group(0, 2, 1.0, 2.0, 2),), 3, 2, (Evidence(HOSTILE),))
    report = Report(problems=(InputError(HOSTILE, location=place, help=HOSTILE),))

    assert_harmless(render_matrices([portrait], "1", compare([old], [matrix])))
    assert_harmless(render_explanation(explanation, "1"))
    assert_harmless(render_outcome(outcome, "1"))
    assert_harmless(render_report(report, [portrait], "1", HOSTILE))


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(any_matrices(), any_matrices())
def test_any_matrix_makes_a_page(old: Matrix, new: Matrix) -> None:
    portrait = Portrait(new, new.coordinates, {"Query": "query"})

    assert_harmless(render_matrices([portrait], "1", compare([old], [new])))


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(reports(), st.text())
def test_any_report_makes_a_page(report: Report, why: str) -> None:
    assert_harmless(render_report(report, [], "1", why))


def test_findings_come_with_their_line_the_symptom_and_the_fix() -> None:
    root = parse(render_report(REPORT, portraits(), "1"))
    first = root.all("details", "rule")[0]
    finding = first.all("article", "finding")[0]

    assert first.one("summary").one("span", "severity").text == "error"
    assert finding.one("mark").text
    assert any(one.text == "Fix" for one in finding.all("dt"))
    parts = [one for one in root.one("main").children if isinstance(one, Element)]
    assert [one.classes[0] for one in parts] == ["problems", "api", "findings", "findings"]


def test_a_compared_scan_tells_what_callers_gain_and_lose() -> None:
    old = [replace(one.matrix, columns=(), callers=()) for one in portraits()]
    changes = compare(old, [one.matrix for one in portraits()])
    page = parse(render_report(replace(REPORT, changes=changes), portraits(), "1"))

    assert "gained" in page.one("ul", "facts").all("li")[0].text
    assert page.one("table", "matrix").all("td", "gains")


def test_an_explanation_shows_the_answer_and_the_lines_that_decide(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(team())
    said = explain(
        str(tmp_path / "a.yaml"), as_="api-key", query="{ getPost(id: 1) { id secret } }"
    )
    root = parse(render_explanation(said, "1"))

    assert root.one("h2", "status").text == "HTTP 200 OK"
    assert "Not Authorized to access secret on type Post" in root.one("pre", "body").text
    denied = [one for one in root.all("article", "step") if "denied" in one.one("h3").text]
    assert [one.one("mark").text for one in denied] == ["@aws_iam"]


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["matrix", "t.yaml"], "Who can call what"),
        (["matrix", "--diff", "t.yaml", "t.yaml"], "Who can call what"),
        (["scan", "t.yaml", "--no-progress"], "AppSync report"),
        (["explain", "t.yaml", "--as", "api-key", "{ listPosts { id } }"], "What AppSync answers"),
        (["diagnose", "e.txt", "--quiet"], "Why requests failed"),
    ],
)
def test_every_command_writes_a_page(
    arguments: list[str], title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(team())
    Path("e.txt").write_text(
        '{"errors":[{"path":["getPost","secret"],"errorType":"Unauthorized",'
        '"message":"Not Authorized to access secret on type Post"}]}'
    )

    assert main([*arguments, "--format", "html", "-o", "page.html"]) in (0, 1)
    page = Path("page.html").read_text(encoding="utf-8")
    assert parse(page).one("h1").text == title
    assert_harmless(page)


def test_the_scan_of_what_cannot_be_read_is_a_page_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text("Resources: {A: {Type: AWS::SNS::Topic}}")
    main(["scan", "t.yaml", "--format", "html", "-o", "page.html", "--no-progress"])

    assert "There is no matrix" in parse(Path("page.html").read_text()).one("main").text


def test_filters_of_the_matrix_hold_for_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(team())
    asked = ["--field", "getPost", "--caller", "Editors", "--format", "html"]

    assert main(["matrix", "t.yaml", *asked, "-o", "page.html"]) == 0
    assert len(table_of(Path("page.html").read_text()).all("td")) == 2
    assert main(["matrix", "t.yaml", "--field", "nothing", "--format", "html"]) == 2
