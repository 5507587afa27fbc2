"""The request behind a lever: state, words, answer and figures together."""

from __future__ import annotations

from typing import Any

import pytest

from countermove.app.draft import Draft
from countermove.app.pull import PATH
from countermove.app.runs import LAB
from countermove.app.server import create
from countermove.app.state import fresh


@pytest.fixture(scope="module")
def client() -> Any:
    return create().server.test_client()


def _asked(**changed: Any) -> dict[str, Any]:
    usual = {"state": fresh(), "moves": [], "screen": "laptop", "shown": [*LAB], "at_rest": False, "visitor": "v"}
    return {**usual, "number": 1, **changed}


def test_a_moved_slider_changes_state_words_answer_and_figures_at_once(client: Any) -> None:
    still, moved = (
        client.post(PATH, json=_asked(moves=moves)).json for moves in ([], [["frontier", 0.4], ["draws", "250"]])
    )
    assert still["state"] == fresh()
    assert "beliefs.frontier_growth" in moved["state"]["now"]
    assert moved["state"]["past"][0] == Draft().link()
    assert moved["words"] == {"frontier": "0.4 1/yr"}
    assert moved["what"][1].startswith("changed: ")
    assert moved["sentences"] != still["sentences"]
    assert set(moved["figures"]) == set(LAB)
    assert "250 draws" in moved["sentences"][1]


def test_moving_a_lever_to_where_it_stands_changes_nothing(client: Any) -> None:
    assert client.post(PATH, json=_asked(moves=[["tools", "kept"]])).json["state"] == fresh()


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"moves": [["no_such_lever", 1]]}, "unknown lever"),
        ({"state": {**fresh(), "now": "?v=1&from=histori"}}, "did you mean 'history'"),
        ({"state": {}}, "not understood"),
        ({"moves": 3}, "not understood"),
        ({"shown": ["../../etc/passwd"]}, "unknown figure"),
    ],
)
def test_a_mistake_is_told_in_one_line(client: Any, changed: dict[str, Any], line: str) -> None:
    answer = client.post(PATH, json=_asked(**changed))
    assert answer.status_code == 400
    assert line in answer.json["error"]
    assert "\n" not in answer.json["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null"])
def test_nonsense_is_refused(client: Any, body: bytes) -> None:
    assert client.post(PATH, data=body, content_type="application/json").status_code == 400
