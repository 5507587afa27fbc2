"""The first page is answered before the app is there, as the app answered it at the last start."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from countermove import _cache
from countermove.app import create, kept, opening
from countermove.app.opening import Opening


@pytest.fixture(autouse=True)
def cache(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERMOVE_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def app() -> Any:
    return create()


@pytest.fixture
def second_start(app: Any) -> Opening:
    """What stands before the app at a start after another one."""
    before = Opening("127.0.0.1")
    before.hand_over(app)
    before.keep()
    return Opening("127.0.0.1")


def _get(before: Opening, path: str, **more: Any) -> Response:
    return Client(before, Response).get(path, **more)  # type: ignore[arg-type]


@pytest.fixture
def waits() -> Iterator[Callable[[Opening, str], bool]]:
    """Whether a request is not answered before the app is there."""
    asked: list[Opening] = []

    def waiting(before: Opening, path: str, **more: Any) -> bool:
        asked.append(before)
        thread = threading.Thread(target=_get, args=(before, path), kwargs=more, daemon=True)
        thread.start()
        thread.join(0.2)
        return thread.is_alive()

    yield waiting
    for before in asked:
        before.hand_over(create())


def _but_token(page: str) -> str:
    """The page without the token of one load, which Dash asks back of background callbacks alone; there are none."""
    return re.sub(r'"end_id":"[^"]*"', "", page)


def test_the_page_and_its_scripts_are_there_before_the_app(second_start: Opening, app: Any) -> None:
    client = app.server.test_client()
    page = _get(second_start, "/")
    assert _but_token(page.text) == _but_token(client.get("/").text)
    assert page.headers["Content-Security-Policy"] == client.get("/").headers["Content-Security-Policy"]
    kept_paths = json.loads(next(_cache.folder().glob("first-page-*.json")).read_text())
    scripts = [path for path in kept_paths if path.endswith(".js")]
    assert any("dash_renderer" in path for path in scripts)
    assert any("levers.js" in path for path in scripts)
    assert any("plotly.min.js" in path for path in scripts)
    for path in scripts:
        early, late = _get(second_start, path), client.get(path)
        assert early.data == late.data
        assert early.headers["Content-Type"] == late.headers["Content-Type"]
        assert early.headers["Content-Security-Policy"] == late.headers["Content-Security-Policy"]


def test_the_levers_are_there_before_the_app_each_time_for_another_visitor(second_start: Opening) -> None:
    first, second = (_get(second_start, "/_dash-layout", headers={"Referer": "http://127.0.0.1/?v=1"}) for _ in "ab")
    visitors = [opening._visitor(each.json) for each in (first, second)]
    assert all(visitors)
    assert visitors[0] != visitors[1]
    assert '{"lever":"tpp"}' in first.text.replace(" ", "")
    assert first.text.replace(visitors[0], "") == second.text.replace(visitors[1], "")
    assert _get(second_start, "/_dash-dependencies").json


def test_what_was_not_kept_waits_for_the_app(second_start: Opening, waits: Any) -> None:
    assert waits(second_start, "/_dash-layout", headers={"Referer": "http://127.0.0.1/rules"})
    assert waits(second_start, "/_dash-layout")  # of an unknown page
    assert waits(second_start, "/assets/../server.py")


def test_a_foreign_host_name_is_not_answered_early(second_start: Opening, waits: Any) -> None:
    assert waits(second_start, "/", headers={"Host": "evil.example"})


def test_a_first_start_waits_for_everything(waits: Any) -> None:
    assert waits(Opening("127.0.0.1"), "/")


def test_an_app_that_never_made_the_page_serves_its_scripts_all_the_same(second_start: Opening) -> None:
    second_start.hand_over(create())
    script = "/_dash-component-suites/dash/dcc/async-markdown.js"
    assert _get(second_start, script).status_code == 200


def test_once_there_the_app_answers(second_start: Opening, app: Any) -> None:
    second_start.hand_over(app)
    assert "react-entry-point" in _get(second_start, "/rules").text
    assert _get(second_start, "/", headers={"Host": "evil.example"}).status_code == 403


def test_what_another_installation_kept_does_not_count_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.save("answers", "[1]")
    assert kept.load("answers") == [1]
    monkeypatch.setattr(kept, "installation", lambda: "another")
    assert kept.load("answers") is None
    kept.save("answers", "[2]")
    assert [path.name for path in _cache.folder().glob("answers-*")] == ["answers-another.json"]


def test_a_broken_file_counts_as_none() -> None:
    kept.save("answers", '{"half')
    assert kept.load("answers") is None


def test_an_installation_is_told_by_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept.installation()
    try:
        kept.installation.cache_clear()
        assert kept.installation() == first
        files = kept._files
        monkeypatch.setattr(kept, "_files", lambda folder: list(files(folder))[1:])
        kept.installation.cache_clear()
        assert kept.installation() != first
    finally:
        kept.installation.cache_clear()
