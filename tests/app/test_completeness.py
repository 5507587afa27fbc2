"""What stands beside levers and answer: mathematics, sources, numbers of figures, the timeline, a phone's sheet."""

from __future__ import annotations

import io
from typing import Any

import pandas
import pytest
from tests.app.browser import opened

from countermove.app.pages import truth
from countermove.explore.world import world

SETTLED = 120_000
PHONE = {"width": 390, "height": 844}


def _drawn(page: Any, name: str) -> Any:
    """The figure once it is there."""
    page.wait_for_selector(f'[data-figure="{name}"] .gtitle', state="attached", timeout=SETTLED)
    return page.locator(f'[data-figure="{name}"]')


def test_an_equation_is_typeset_linked_and_sourced(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/model#ai_die_yield") as (page, said):
        page.wait_for_selector('[aria-label^="Equation of ai_die_yield"] mjx-container svg', timeout=SETTLED)
        assert page.locator("mjx-assistive-mml mfrac").count() >= 1
        page.get_by_text("As text").first.click()
        assert "ai_die_yield = " in page.inner_text("pre")
        page.get_by_role("link", name="defect_density").first.click()
        page.wait_for_selector('[aria-label^="Equation of defect_density"] mjx-container svg', timeout=SETTLED)
        assert said == []


def test_the_diagram_is_zoomed_by_keys_buttons_and_wheel_and_reset(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/model?v=1&from=history&see.quantity=learning_by_doing") as (page, said):
        _drawn(page, "diagram")
        region = page.locator(".zoomable")
        scale = "() => Number(document.querySelector('.zoomable').dataset.scale)"
        page.wait_for_function(f"{scale.removeprefix('() => ')} > 0", timeout=SETTLED)
        first, width = page.evaluate(scale), _width(page)
        page.get_by_role("button", name="Zoom in").click()
        assert page.evaluate(scale) == pytest.approx(1.25 * first)
        assert _width(page) == pytest.approx(1.25 * width, rel=0.01)  # whole pixels
        region.focus()
        page.keyboard.press("-")
        page.keyboard.press("-")
        assert page.evaluate(scale) == pytest.approx(first / 1.25)
        place = region.bounding_box()
        page.mouse.move(place["x"] + 50, place["y"] + 50)
        page.mouse.wheel(0, -200)
        page.wait_for_function(f"before => {scale.removeprefix('() => ')} > before", arg=first / 1.25, timeout=SETTLED)
        page.keyboard.press("0")
        assert page.evaluate(scale) == pytest.approx(first)
        assert page.inner_text(".zoom output") == f"{100 * first:.0f} %"
        assert said == []


def _width(page: Any) -> float:
    """Of the diagram as it is seen."""
    return float(page.locator('[data-figure="diagram"] .main-svg').first.bounding_box()["width"])


def test_loops_that_dominate_are_worked_out_when_asked_for(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/model#ai_die_yield") as (page, said):
        page.wait_for_selector('[aria-label^="Equation of ai_die_yield"]', timeout=SETTLED)
        assert page.locator("[data-figure=dominance]").bounding_box()["height"] == 0
        page.get_by_role("button", name="Work it out for this quantity").click()
        assert _drawn(page, "dominance").bounding_box()["height"] > 100
        assert "ai die yield" in page.inner_text("#dominance-loops")
        assert said == []


def test_prior_and_posterior_are_chosen_by_sector_and_words(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/truth") as (page, said):
        _drawn(page, "densities")
        page.click("#density-sector")
        page.get_by_role("option", name="foundry", exact=True).click()
        page.fill("#density-words", "learning rate")
        page.wait_for_function(
            "() => document.querySelector('#density-says').innerText.startsWith('1 parameters')", timeout=SETTLED
        )
        page.wait_for_function(
            "() => document.querySelector('[data-figure=densities] .js-plotly-plot').data.length <= 2", timeout=SETTLED
        )
        names = page.evaluate(
            "document.querySelector('[data-figure=densities] .js-plotly-plot').data.map((trace) => trace.name)"
        )
        assert names == (["prior", "posterior"] if "learning_rate" in world().posterior else ["prior"])
        assert said == []


def _tested(page: Any, key: str) -> None:
    """Choose a test on the page of truth and wait for its figure."""
    before = _drawn(page, "test").locator(".gtitle").inner_html()
    page.click("#test")
    page.locator(f'[role=option][value="{key}"]').click()
    page.click("#run-test")
    page.wait_for_function(
        "before => { const e = document.querySelector('[data-figure=test] .gtitle');"
        " return e && e.innerHTML !== before }",
        arg=before, timeout=600_000,
    )  # fmt: skip
    assert page.locator("#notice:visible").count() == 0


def test_what_the_fit_learned_is_shown_or_it_is_said_that_there_is_none(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/truth") as (page, said):
        if world().posterior:
            _tested(page, "posterior")
        else:
            _drawn(page, "test")
            page.click("#test")
            page.locator('[role=option][value="posterior"]').click()
            page.click("#run-test")
            page.wait_for_selector("#notice:visible", timeout=SETTLED)
            assert "priors" in page.inner_text("#notice")
        assert said == []


@pytest.mark.slow
@pytest.mark.parametrize("key", ["fit", "facts", "rests", "variants", "claims", "skill"])
def test_every_test_of_the_page_on_truth_draws(
    chromium: Any, address: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(truth, "TESTED", 200)
    with opened(chromium, f"{address}/truth") as (page, said):
        _tested(page, key)
        assert said == []


def test_numbers_of_a_figure_are_saved_as_a_table_and_their_origin_is_a_click_away(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, said):
        figure = _drawn(page, "paradox")
        with page.expect_download() as saved:
            figure.get_by_role("button", name="Numbers of the figure as CSV").click()
        table = pandas.read_csv(io.BytesIO(saved.value.path().read_bytes()))
        assert list(table.columns) == ["panel", "series", "x", "y", "label"]
        assert {"history", "no-controls"} <= set(table.series)
        assert "C: usable compute" in set(table.panel)
        figure.get_by_role("link", name="Where the numbers come from").click()
        page.wait_for_function(
            "() => document.querySelector('#sourced-says')?.innerText.includes('stand upstream')", timeout=SETTLED
        )
        page.get_by_role("link", name="china all").click()
        page.wait_for_selector('[aria-label^="Equation of china_all"] mjx-container svg', timeout=SETTLED)
        assert "?v=1&from=history" in page.url
        assert said == []


def test_a_measure_is_dragged_along_the_timeline(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, _):
        _drawn(page, "paradox")
        page.get_by_text("Timeline: drag a measure").click()
        slider = page.get_by_role("slider", name="High-bandwidth memory")
        place = slider.bounding_box()
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.mouse.down()
        page.mouse.move(place["x"] + 60, place["y"] + 4, steps=4)
        page.mouse.up()
        page.wait_for_function("() => location.search.includes('rules.dates.US-2024-12-02-HBM-FDP=')", timeout=SETTLED)
        assert "-HBM-FDP=20" in page.url


def test_on_a_phone_answer_and_figure_come_first_and_levers_in_a_sheet(chromium: Any, address: str) -> None:
    with opened(chromium, address, viewport=PHONE) as (page, _):
        assert _drawn(page, "paradox").bounding_box()["y"] < PHONE["height"]
        levers = page.get_by_role("region", name="Levers")
        assert not levers.is_visible()
        handle = page.get_by_role("button", name="Levers")
        handle.click()
        assert levers.is_visible()
        box = levers.bounding_box()
        assert box["y"] >= PHONE["height"] * 0.4
        levers.get_by_role("radiogroup", name="Rules on chip-making tools").get_by_text("removed").click()
        page.wait_for_function("() => location.search.includes('rules.packages.tools=removed')", timeout=SETTLED)
        page.keyboard.press("Escape")
        assert not levers.is_visible()


def test_measures_over_time_and_the_verdict_follow_the_month(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/rules") as (page, said):
        _drawn(page, "timeline")
        assert "Nvidia H20 96GB" in page.inner_text("#verdict")
        page.get_by_role("slider", name="Month of export").press("Home")
        page.wait_for_function(
            "() => document.querySelector('#verdict').innerText.includes('2016-01-01')", timeout=SETTLED
        )
        assert said == []


def test_an_interval_of_a_parameter_is_reached_from_its_page(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/model#learning_rate") as (page, said):
        page.get_by_role("link", name="Put your own interval in its place").click()
        page.wait_for_function(
            "() => document.querySelector('#belief')?.value.includes('learning_rate')", timeout=SETTLED
        )
        _drawn(page, "belief")
        assert page.locator("#belief-about details").count() == 1
        assert said == []
