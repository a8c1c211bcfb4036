from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.appsync.client_files import (
    ClientFile,
    find_client_files,
    read_client_file,
)
from cdk_appsync_guard.appsync.operations import Clients, read_clients
from cdk_appsync_guard.errors import GuardError

FRAGMENT = "fragment PostFields on Post { id title }\n"


def clients(folder: Path, **files: str) -> Clients:
    """Return what files hold; `a_ts` stands for `a.ts`."""
    paths = []
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.write_text(text, encoding="utf-8", newline="")
        paths.append(path)
    return read_clients(paths)


def told(found: Clients) -> list[tuple[str, tuple[int, int] | None]]:
    return [(one.words, found.place(one.node).inner) for one in found.operations]


def test_operations_know_their_places(tmp_path: Path) -> None:
    found = clients(tmp_path, a_graphql="query A { a }\n\n  mutation B { b }\n{ c }\n")

    assert told(found) == [
        ("query A", (1, 1)),
        ("mutation B", (3, 3)),
        ("query without a name", (4, 1)),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "const q = gql`\n  query A { a }`",
        "const q = graphql`\n  query A { a }`",
        "const q = gql(`\n  query A { a }`)",
        "const q = graphql( /* GraphQL */ `\n  query A { a }`)",
        "const q = /* GraphQL */ `\n  query A { a }`",
        "const q = /*GraphQL*/`\n  query A { a }` as GeneratedQuery<A, B>",
        "const q = gql<A>`\n  query A { a }`",
        "export const getA = `\n  query A { a }`",
        'const n = `${x ? `y` : "}"}`, q = gql`\n  query A { a }`',
        "const s = 'gql`query B { b }`', q = gql`\n  query A { a }`",
        "// gql`query B { b }`\nconst q = gql`  query A { a }`",
        "/* it's\n gql`query B { b }` */ q = 1; gql`\n  query A { a }`".replace("it's\n", "it's "),
    ],
)
def test_document_in_code_is_found_at_its_place(tmp_path: Path, code: str) -> None:
    (operation,) = told(clients(tmp_path, a_tsx=code))

    assert operation[0] == "query A"
    line, column = operation[1] or (0, 0)
    assert code.splitlines()[line - 1][column - 1 :].startswith("query A")


@pytest.mark.parametrize(
    "code",
    [
        "const s = `select the query of the day`",
        "const s = `query the (database)`",
        "const typeDefs = gql`type Query { a: ID }`",
        "const s = gqlx`{ a }`",
        "const s = gql`query A { a }",
    ],
)
def test_what_is_no_document_is_left_alone(tmp_path: Path, code: str) -> None:
    found = clients(tmp_path, a_js=code)

    assert (told(found), found.problems, found.notices) == ([], [], [])


def test_line_ends_of_windows_do_not_move_places(tmp_path: Path) -> None:
    found = clients(tmp_path, a_ts="let a;\r\nconst q = gql`\r\n  query A { a }\r\n`\r\n")

    assert told(found) == [("query A", (3, 3))]


def test_fragment_is_found_in_another_document(tmp_path: Path) -> None:
    found = clients(
        tmp_path, a_ts="gql`query A { posts { ...PostFields } } ${POST_FIELDS}`", b_graphql=FRAGMENT
    )
    (operation,) = found.operations

    assert (list(operation.fragments), operation.gaps) == (["PostFields"], ())
    assert found.place(operation.fragments["PostFields"]).file.name.endswith("b.graphql")


def test_fragment_of_the_same_file_wins(tmp_path: Path) -> None:
    found = clients(
        tmp_path,
        a_ts="gql`query A { posts { ...PostFields } }`; gql`fragment PostFields on Post { id }`",
        b_graphql=FRAGMENT,
    )
    (operation,) = found.operations

    assert found.place(operation.fragments["PostFields"]).file.name.endswith("a.ts")


@pytest.mark.parametrize(
    ("files", "gaps"),
    [
        (
            {"a_graphql": "query A { posts { ...PostFields } }"},
            ("the fragment `PostFields` is not in the documents given",),
        ),
        (  # two that differ: nobody can tell which one is meant
            {
                "a_graphql": "query A { posts { ...PostFields } }",
                "b_graphql": FRAGMENT,
                "c_graphql": "fragment PostFields on Post { secret }",
            },
            ("the fragment `PostFields` is not in the documents given",),
        ),
        ({"a_ts": "gql`query A { posts { id ${more} } }`"}, ("code fills in a part of it",)),
        ({"a_ts": "gql`query A { posts { ...${FRAGMENT} } }`"}, ("code fills in a part of it",)),
        ({"a_ts": "gql`query A { get${Type} { id } }`"}, ("code fills in a part of it",)),
        ({"a_ts": "gql`${FRAGMENT} query A { posts { id } }`"}, ()),
        ({"a_ts": "gql`query A { posts(id: ${id}) { id } }`"}, ()),
        ({"a_ts": "gql`query ${name} { posts { id } }`"}, ()),
    ],
)
def test_gaps(tmp_path: Path, files: dict[str, str], gaps: tuple[str, ...]) -> None:
    assert clients(tmp_path, **files).operations[0].gaps == gaps


def test_fragments_that_spread_each_other_end(tmp_path: Path) -> None:
    text = "query A { a { ...F } } fragment F on T { a { ...G } } fragment G on T { a { ...F } }"
    (operation,) = clients(tmp_path, a_graphql=text).operations

    assert sorted(operation.fragments) == ["F", "G"]


def test_broken_document_is_a_problem_with_its_place_and_others_go_on(tmp_path: Path) -> None:
    found = clients(
        tmp_path, a_ts="const a = 1;\ngql`query A { `; gql`query B { b }`", b_gql="query C { c }"
    )

    assert [one.words for one in found.operations] == ["query B", "query C"]
    assert [(one.message, one.location and one.location.line) for one in found.problems] == [
        ("the client document cannot be read: expected Name, found <EOF>", 2)
    ]


def test_document_that_code_puts_together_is_a_notice(tmp_path: Path) -> None:
    found = clients(tmp_path, a_ts="gql`query A(${variables}) { a }`")

    assert [one.message for one in found.notices] == [
        "a document that code assembles cannot be read, and is not checked"
    ]
    assert found.problems == []


def test_schemas_are_no_client_code(tmp_path: Path) -> None:
    old = "type Query implements A, B { a: ID }"
    found = clients(tmp_path, a_graphql="# types\n" + old, b_graphql='"""d"""\n' + old)

    assert (found.operations, found.problems) == ((), [])


def test_too_large_document_is_refused(tmp_path: Path) -> None:
    found = clients(tmp_path, a_graphql="query A {" + " a" * 600_000 + "}", b_graphql="{" * 5000)

    assert [one.location and one.location.line for one in found.problems] == [1, 1]


def test_clients_travel_to_other_processes(tmp_path: Path) -> None:
    found = clients(tmp_path, a_graphql="query A { a }\n mutation B { b }\n")

    assert told(pickle.loads(pickle.dumps(found))) == told(found)  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("src", ["src/a.graphql", "src/deep/b.tsx", "src/deep/er/c.gql"]),
        ("src/a.graphql", ["src/a.graphql"]),
        ("src/notes.txt", ["src/notes.txt"]),
        ("src/*.txt", ["src/notes.txt"]),
        ("src/**/*.gql", ["src/deep/er/c.gql"]),
        ("src/**", ["src/a.graphql", "src/deep/b.tsx", "src/deep/er/c.gql"]),
        ("src/*", ["src/a.graphql"]),
        ("src/**/[ab].{graphql,tsx}", ["src/a.graphql", "src/deep/b.tsx"]),
        ("**/?.g*", ["src/a.graphql", "src/deep/er/c.gql"]),
    ],
)
def test_patterns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        "src/a.graphql",
        "src/deep/b.tsx",
        "src/deep/er/c.gql",
        "src/notes.txt",
        "src/node_modules/x/d.graphql",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("query A { a }")

    paths, problems = find_client_files([pattern])

    assert ([path.as_posix() for path in paths], problems) == (names, [])


@pytest.mark.parametrize("pattern", ["no.graphql", "no/**/*.ts", "src/*.x"])
def test_pattern_that_means_nothing_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    _, problems = find_client_files([pattern])

    assert [one.message for one in problems] == [
        f"`{pattern}` does not match any file of client code"
    ]


def test_link_that_leaves_the_folder_is_a_problem(tmp_path: Path) -> None:
    outside = tmp_path / "outside.graphql"
    outside.write_text("query A { a }")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.graphql").symlink_to(outside)
    (tmp_path / "src" / "b.graphql").write_text("query B { b }")
    paths, problems = find_client_files([str(tmp_path / "src")])

    assert [path.name for path in paths] == ["b.graphql"]
    assert ["leaves" in one.message for one in problems] == [True]


def test_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_bytes(b"gql`\xff`")
    (problem,) = read_clients([tmp_path / "a.ts"]).problems

    assert "not UTF-8" in problem.message


PIECES = [
    "gql`",
    "`",
    "${",
    "}",
    "{",
    "(",
    ")",
    "query A",
    "a",
    " ",
    "\n",
    "'",
    '"',
    "//",
    "/*",
    "*/",
    "\\",
    "/* GraphQL */",
    "#",
    "...F",
    "fragment F on T",
    "é",
]


@pytest.mark.slow
@settings(max_examples=50)
@given(text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text())
def test_no_code_raises_and_every_place_is_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("code") / "a.tsx"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = read_clients([path])

    for one in found.operations:
        file = found.place(one.node).file
        assert isinstance(file, ClientFile)
        line, column = found.place(one.node).inner or (0, 0)
        assert file.line_text(line)[column - 1 :]
    assert all(isinstance(one, GuardError) for one in found.problems)


@pytest.mark.slow
def test_hostile_code_is_read_in_no_time(tmp_path: Path) -> None:
    for number, text in enumerate(
        (
            "/*" * 200_000,
            "'" * 400_000,
            "'\\'" * 100_000,
            "gql`${" * 50_000,
            "gql<" * 100_000,
            "`query " * 50_000,
        )
    ):
        path = tmp_path / f"{number}.ts"
        path.write_text(text)

        assert len(read_client_file(path)) < 2
