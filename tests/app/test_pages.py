"""Every page in light and dark, on a laptop and a phone: no error, no serious finding of the accessibility checker."""

from __future__ import annotations

from typing import Any

import pytest
from tests.app.browser import opened

from countermove.app.pages import PAGES

SETTLED = 120_000  # the whole model may have to be compiled first, as in the other files
SCREENS = {"laptop": (1440, 900), "phone": (390, 844)}


def _findings(page: Any) -> list[str]:
    """Serious and critical findings of axe-core, each with the first element it concerns."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:160]}: {each['nodes'][0]['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def _settled_findings(page: Any) -> list[str]:
    """Findings that last: colours fade from one state or scheme to the next, and half-way they are nobody's."""
    for _ in range(4):
        page.wait_for_function("() => document.getAnimations().length === 0", timeout=SETTLED)
        found = _findings(page)
        if not found:
            return found
        page.wait_for_timeout(1000)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_of", PAGES, ids=lambda page: page.title)
def test_a_page_draws_without_errors_and_is_accessible(chromium: Any, address: str, page_of: Any, scheme: str) -> None:
    for width, height in SCREENS.values():
        with opened(
            chromium, address + page_of.path, viewport={"width": width, "height": height}, color_scheme=scheme
        ) as (page, said):
            page.wait_for_function(
                "() => document.querySelector('h1')"
                " && !document.querySelector('.awaited:not(:has(.gtitle)), #page.busy')",
                timeout=SETTLED,
            )
            assert _settled_findings(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert page.locator("h1").count() == 1
            assert page.locator("#notice:visible").count() == 0
            assert said == []


def test_the_keyboard_reaches_the_page_first_and_then_levers_in_their_order(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, _):
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=SETTLED)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        seen: list[str] = []
        for _step in range(40):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''"))
        order = [seen.index(each) for each in ("Lab", "Truth", "Reset", "Export", "Start from …", "Washington")]
        assert order == sorted(order)


def test_the_tour_has_four_steps_and_comes_once(chromium: Any, address: str) -> None:
    with opened(chromium, address, tour=True) as (page, _):
        tour = page.get_by_role("complementary", name="Tour")
        tour.wait_for(timeout=SETTLED)
        for number in range(1, 5):
            assert f"{number} of 4" in tour.inner_text()
            tour.get_by_role("button", name="Done" if number == 4 else "Next").click()
        tour.wait_for(state="hidden")
        page.reload()
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=SETTLED)
        assert not tour.is_visible()
        page.get_by_role("button", name="Tour").click()
        tour.wait_for()


def test_lines_say_which_chips_they_catch_while_they_move(chromium: Any, address: str) -> None:
    with opened(chromium, address) as (page, _):
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=SETTLED)
        page.get_by_role("button", name="Thresholds for chips").click()
        assert "Caught in addition: none" in page.inner_text("#caught")
        page.get_by_role("slider", name="Performance density").press("Home")
        page.wait_for_function("() => document.querySelector('#caught').innerText.includes('H20')", timeout=SETTLED)


def test_an_own_chip_gets_a_verdict(chromium: Any, address: str) -> None:
    with opened(chromium, address + "/rules") as (page, _):
        verdict = "words => document.querySelector('#verdict')?.innerText.includes(words)"
        page.wait_for_function(verdict, arg="H20", timeout=SETTLED)
        page.get_by_role("switch", name="My own chip, by its figures").click()
        page.wait_for_function(
            "() => document.querySelector('#verdict')?.innerText.includes('your chip')", timeout=SETTLED
        )
        page.fill("#own-dies", "1")
        page.fill("#own-die_area_mm2", "5000")
        page.wait_for_function("() => document.querySelector('#notice')?.innerText.includes('field')", timeout=SETTLED)
