"""The app in a browser: Debian's Chromium through Playwright. Skipped where it is missing, but not in CI."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGES = ("/", "/beliefs", "/rules", "/training", "/supply", "/truth")
SETTLED = 30_000

if CHROMIUM is None and os.environ.get("CI") != "true":
    pytest.skip("browser tests need Chromium (Debian: apt install chromium)", allow_module_level=True)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from waitress.server import create_server

    from countermove.app.server import create

    app = create()
    server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "Chromium is missing, which CI must have"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _open(chromium: Any, url: str, said: list[str], **options: Any) -> Any:
    page = chromium.new_context(**options).new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if "127.0.0.1" not in request.url.partition("/_")[0]
            and request.url.startswith("http") else None)  # fmt: skip
    page.goto(url)
    return page


def _sentences(page: Any, other_than: str = "") -> str:
    page.wait_for_function(
        "before => { const e = document.querySelector('#sentences');"
        " return e && e.querySelectorAll('p').length === 2 && e.innerText !== before }",
        arg=other_than, timeout=SETTLED,
    )  # fmt: skip
    return str(page.inner_text("#sentences"))


def test_every_page_draws_without_errors_or_outside_requests(chromium: Any, address: str) -> None:
    for path in PAGES:
        said: list[str] = []
        page = _open(chromium, address + path, said)
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=SETTLED)
        assert said == [], path
        assert page.locator("#notice").count() == 0, path
        page.context.close()


def test_a_lever_moves_the_answer_undo_restores_it_and_the_link_reproduces_it(chromium: Any, address: str) -> None:
    page = _open(chromium, address, [])
    before = _sentences(page)
    page.get_by_role("radiogroup", name="Rules on chip-making tools").get_by_text("removed").click()
    after = _sentences(page, before)
    assert "rules.packages.tools=removed" in page.url
    fresh = _open(chromium, page.url, [])
    fresh.wait_for_function("s => document.querySelector('#sentences')?.innerText === s", arg=after, timeout=SETTLED)
    group = fresh.locator('[aria-label="Rules on chip-making tools"] input:checked')
    assert group.get_attribute("value") == "removed"
    page.get_by_role("button", name="Undo").click()
    assert _sentences(page, after) == before
    assert "tools" not in page.url


def test_a_malformed_link_gives_one_line_and_the_page_lives_on(chromium: Any, address: str) -> None:
    page = _open(chromium, f"{address}/?v=1&from=histori", [])
    page.wait_for_selector("#notice", timeout=SETTLED)
    assert "did you mean 'history'" in page.inner_text("#notice")
    assert _sentences(page)


def test_a_belief_moves_the_answer_and_says_what_it_moved(chromium: Any, address: str) -> None:
    page = _open(chromium, f"{address}/beliefs", [])
    before = _sentences(page)
    page.wait_for_function("() => document.querySelector('#belief-low').value !== ''", timeout=SETTLED)
    for end, value in (("low", "0.3"), ("central", "0.35"), ("high", "0.4")):
        page.fill(f"#belief-{end}", value)
        page.press(f"#belief-{end}", "Tab")
    page.get_by_role("button", name="Use my interval").click()
    assert "own intervals" in _sentences(page, before)
    page.wait_for_function(
        "() => document.querySelector('#belief-moved').innerText.includes('goes from')", timeout=SETTLED
    )


def test_a_phone_shows_the_page_without_scrolling_sideways(chromium: Any, address: str) -> None:
    page = _open(chromium, address, [], viewport={"width": 390, "height": 844})
    _sentences(page)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=SETTLED)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Navigation").click()
    page.get_by_role("link", name="Supply").click()
    page.wait_for_url("**/supply*")


def test_a_figure_is_saved_as_svg_and_the_scenario_as_yaml(chromium: Any, address: str) -> None:
    import xml.etree.ElementTree as ElementTree

    from countermove import scenario

    page = _open(chromium, address, [])
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=SETTLED)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Figure as SVG").first.click()
    assert ElementTree.parse(saved.value.path()).getroot().tag.endswith("svg")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Scenario (YAML)").click()
    assert scenario.parse(saved.value.path().read_text()) == scenario.load("history")
