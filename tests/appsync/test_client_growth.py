"""Many callers, and fragments that double, cost work that grows with the file and no faster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from counting import LINEAR, growth

from cdk_appsync_guard.appsync.client_files import ClientFile, Document
from cdk_appsync_guard.appsync.operations import Clients
from cdk_appsync_guard.settings.caller_file import read_callers

CALLER = '[[callers]]\nname = "x"\noperations = ["a.graphql"]\nmode = "API_KEY"\n'
DOUBLING = "".join(
    f"fragment F{number} on Q {{ x: q {{ ...F{number + 1} }} y: q {{ ...F{number + 1} }} }}\n"
    for number in range(29)
)


def test_callers_of_a_file_are_read_in_one_go(tmp_path: Path) -> None:
    def prepare(size: int) -> Callable[[], object]:
        file = tmp_path / f"{size}.toml"
        file.write_text(CALLER * size)
        return lambda: read_callers(str(file))

    assert growth(prepare, 60) <= LINEAR


def test_operations_that_share_doubling_fragments_cost_no_more_than_their_number() -> None:
    def prepare(size: int) -> Callable[[], object]:
        text = DOUBLING + "fragment F29 on Q { id }\n"
        text += "".join(f"query A{number} {{ b {{ ...F0 }} }}\n" for number in range(size))
        return lambda: Clients([Document(ClientFile("a.graphql", text), 0, text)]).operations

    assert growth(prepare, 20) <= LINEAR


def test_what_doubles_too_often_is_not_judged() -> None:
    text = DOUBLING + "fragment F29 on Q { id }\nquery A { b { ...F0 } }\n"
    (operation,) = Clients([Document(ClientFile("a.graphql", text), 0, text)]).operations

    assert operation.is_too_much
