"""The app in a browser: levers, links, mistakes, files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

from tests.app.browser import opened

from countermove import scenario

SETTLED = 120_000


def _sentences(page: Any, other_than: str = "") -> str:
    """The answer once the levers rest."""
    page.wait_for_function(
        "before => { const e = document.querySelector('#sentences');"
        " return e && e.innerText.includes('1,000 draws') && e.innerText !== before }",
        arg=other_than, timeout=SETTLED,
    )  # fmt: skip
    return str(page.inner_text("#sentences"))


def test_a_lever_moves_the_answer_undo_restores_it_and_the_link_reproduces_it(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, _):
        before = _sentences(page)
        page.get_by_role("radiogroup", name="Rules on chip-making tools").get_by_text("removed").click()
        after = _sentences(page, before)
        assert "rules.packages.tools=removed" in page.url
        with opened(chromium, page.url) as (fresh, _):
            assert _sentences(fresh) == after
            group = fresh.locator('[aria-label="Rules on chip-making tools"] input:checked')
            assert group.get_attribute("value") == "removed"
        page.get_by_role("button", name="Undo").click()
        assert _sentences(page, after) == before
        assert "tools" not in page.url


def test_while_a_lever_is_held_250_draws_are_shown_and_the_run_at_rest_stays_as_ghost(
    chromium: Any, address: str
) -> None:
    with opened(chromium, address) as (page, _):
        _sentences(page)
        page.get_by_role("button", name="World").click()
        page.get_by_role("slider", name="Growth of the frontier chip").focus()
        page.keyboard.down("ArrowRight")
        page.wait_for_function(
            "() => document.querySelector('#sentences').innerText.includes('250 draws')", timeout=SETTLED
        )
        page.keyboard.up("ArrowRight")
        _sentences(page)
        assert "beliefs.frontier_growth" in page.url
        assert page.evaluate(
            "document.querySelector('[data-figure=paradox] .js-plotly-plot').data.some((t) => t.name === 'before')"
        )


def test_a_malformed_link_gives_one_line_and_the_page_lives_on(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/?v=1&from=histori") as (page, _):
        page.wait_for_selector("#notice", timeout=SETTLED)
        assert "did you mean 'history'" in page.inner_text("#notice")
        assert _sentences(page)


def test_a_belief_moves_the_answer_and_says_what_it_moved(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/beliefs") as (page, _):
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


def test_an_interval_is_set_by_dragging_its_end_and_given_back(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/beliefs?v=1&from=history&see.parameter=frontier_growth") as (page, said):
        before = _sentences(page)
        page.wait_for_function("() => document.querySelector('#belief-low').value !== ''", timeout=SETTLED)
        ours = page.input_value("#belief-low")
        page.get_by_role("slider", name="Low end of your interval").press("ArrowRight")
        page.wait_for_function("() => location.search.includes('beliefs.frontier_growth=')", timeout=SETTLED)
        page.wait_for_function(
            "() => document.querySelector('#belief-moved').innerText.includes('goes from')", timeout=SETTLED
        )
        assert float(page.input_value("#belief-low")) > float(ours)
        assert float(page.input_value("#belief-low")) < float(page.input_value("#belief-central"))
        names = "document.querySelector('[data-figure=belief] .js-plotly-plot').data.map((trace) => trace.name)"
        assert "own interval" in page.evaluate(names)
        page.get_by_role("button", name="Back to ours").click()
        page.wait_for_function("() => !location.search.includes('beliefs.')", timeout=SETTLED)
        assert page.input_value("#belief-low") == ours
        assert _sentences(page) == before
        assert said == []


def test_an_observation_is_weighed_again_where_its_link_is_opened(chromium: Any, address: str) -> None:
    link = "see.series=yield_910b&see.first=2026-01-01&see.last=2026-06-30&see.central=35&see.weighed=yes"
    with opened(chromium, f"{address}/beliefs?v=1&from=history&{link}") as (page, said):
        page.wait_for_function(
            "() => document.querySelector('#news-moved')?.innerText.includes('What moved it')", timeout=SETTLED
        )
        page.wait_for_function("() => location.search.includes('see.weighed=yes')", timeout=SETTLED)
        page.fill("#news-central", "36")
        page.wait_for_function("() => document.querySelector('#news-moved').innerText === ''", timeout=SETTLED)
        assert said == []


def test_a_phone_navigates(chromium: Any, address: str) -> None:
    with opened(chromium, address, viewport={"width": 390, "height": 844}) as (page, _):
        _sentences(page)
        page.get_by_role("button", name="Navigation").click()
        page.get_by_role("link", name="Supply").click()
        page.wait_for_url("**/supply*")


def test_a_figure_is_saved_as_svg_and_png_and_the_scenario_as_yaml(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, _):
        _sentences(page)
        with page.expect_download() as saved:
            page.get_by_role("button", name="Figure as SVG").first.click()
        assert ElementTree.parse(saved.value.path()).getroot().tag.endswith("svg")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Figure as PNG").first.click()
        assert saved.value.path().read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as saved:
            page.get_by_role("menuitem", name="Scenario (YAML)").click()
        assert scenario.parse(saved.value.path().read_text()) == scenario.load("history")


def test_an_opened_file_moves_the_levers_and_a_wrong_one_is_refused_in_one_line(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, _):
        before = _sentences(page)
        file = {
            "name": "s.yaml",
            "mimeType": "application/yaml",
            "buffer": scenario.load("tools-only").to_yaml().encode(),
        }
        page.set_input_files("#upload input[type=file]", file)
        _sentences(page, before)
        wrong = {"name": "w.yaml", "mimeType": "application/yaml", "buffer": b"!!python/object/apply:os.getcwd []"}
        page.set_input_files("#upload input[type=file]", wrong)
        page.wait_for_selector("#notice", timeout=SETTLED)
        assert "uploaded file" in page.inner_text("#notice")
        assert len(page.inner_text("#notice").strip().splitlines()) <= 2
