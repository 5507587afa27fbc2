"""What pages show beside the scenario travels in their links, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st
from tests.app.browser import opened

from countermove.app import view
from countermove.app.draft import Draft, of_link
from countermove.app.pages import PAGES, Page
from countermove.errors import CountermoveError

SETTLED = 120_000
BY_PATH = {page.path: page for page in PAGES}


def _set(page: Page, query: str) -> Any:
    made = page.layout(Draft())
    view.show(made, page.seen, view.settings_of(query), page.title)
    return html.Div(made)


@pytest.mark.parametrize("page", [page for page in PAGES if page.seen], ids=lambda page: page.title)
def test_a_pages_own_settings_are_read_back_from_their_text(page: Page) -> None:
    made = page.layout(Draft())
    whole = html.Div(made)
    for field, said in zip(page.seen, view.own(made, page.seen), strict=True):
        control = whole[field.id]
        before = getattr(control, field.prop, None)
        if field.kind == "choice" or said["own"]:
            assert field.read(said["own"], control) == before
        assert said["key"] == f"see.{field.key}"


def test_a_link_sets_the_controls_of_rules() -> None:
    made = _set(
        BY_PATH["/rules"],
        "?v=1&from=history&see.chip=nvidia_h100_sxm&see.buyer=Inspur+Group&see.month=2023-11&see.own=yes"
        "&see.own.tpp=4799.5&see.own.dies=",
    )
    assert made["rule-chip"].value == "nvidia_h100_sxm"
    assert made["rule-buyer"].value == "Inspur Group"
    assert made["rule-month"].value == 7 * 12 + 10
    assert made["own"].checked is True
    assert made["own-tpp"].value == 4799.5
    assert made["own-dies"].value is None


@pytest.mark.parametrize(
    ("path", "settings", "said"),
    [
        ("/rules", "see.chip=nvidia_h100_smx", "did you mean 'nvidia_h100_sxm'"),
        ("/rules", "see.month=2023-13", "is not a date"),
        ("/rules", "see.month=2031-01", "out of range"),
        ("/rules", "see.own=maybe", "must be yes or no"),
        ("/rules", "see.own.tpp=many", "is not a number"),
        ("/rules", "see.own.tpp=-1", "out of range"),
        ("/rules", "see.own.tpp=inf", "is not a number"),
        ("/rules", "see.buyer=" + "x" * 201, "at most 200 characters"),
        ("/rules", "see.buyer=a%0Ab", "in one line"),
        ("/rules", "see.buyr=Baidu", "did you mean 'see.buyer'"),
        ("/training", "see.chips=1e9", "out of range"),
        ("/training", "see.model=../../etc/passwd", "unknown choice"),
        ("/supply", "see.year=2050", "out of range"),
        ("/beliefs", "see.first=2026-02-30", "is not a day"),
        ("/words", "see.word=H100e", "unknown key"),
    ],
)
def test_a_malformed_setting_gives_one_clear_line(path: str, settings: str, said: str) -> None:
    with pytest.raises(CountermoveError, match=said) as caught:
        _set(BY_PATH[path], f"?v=1&{settings}")
    assert "\n" not in str(caught.value)


def test_settings_of_a_page_leave_the_scenario_as_it_is() -> None:
    assert of_link("?v=1&from=tools-only&see.chip=x") == of_link("?v=1&from=tools-only")


@given(st.sampled_from([page for page in PAGES if page.seen]), st.text(max_size=40), st.data())
def test_no_setting_does_anything_but_set_or_be_refused(page: Page, text: str, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(page.seen))
    control = html.Div(page.layout(Draft()))[field.id]
    try:
        setting = field.read(text, control)
    except CountermoveError:
        return
    assert field.read(field.written(setting), control) == setting


def test_a_link_to_rules_reproduces_the_screen_in_a_fresh_browser(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/rules") as (page, said):
        page.wait_for_function(
            "() => document.querySelector('#verdict')?.innerText.includes('H20')", timeout=SETTLED
        )  # fmt: skip
        page.get_by_role("switch", name="My own chip, by its figures").click()
        page.fill("#own-tpp", "1500")
        page.press("#own-tpp", "Tab")
        page.get_by_role("slider", name="Month of export").press("Home")
        page.wait_for_function(
            "() => document.querySelector('#verdict').innerText.includes('2016-01-01')"
            " && location.search.includes('see.own.tpp=1500') && location.search.includes('see.month=2016-01')",
            timeout=SETTLED,
        )
        verdict = page.inner_text("#verdict")
        with opened(chromium, page.url) as (fresh, also_said):
            fresh.wait_for_function(
                "words => document.querySelector('#verdict')?.innerText === words", arg=verdict, timeout=SETTLED
            )
            assert fresh.locator("#own-tpp").input_value() == "1,500"
            assert fresh.locator("#notice:visible").count() == 0
            assert also_said == []
        page.get_by_role("link", name="Words").click()
        page.wait_for_selector(".words", timeout=SETTLED)
        assert "see." not in page.url
        page.get_by_role("link", name="Rules").click()
        page.wait_for_function(
            "words => document.querySelector('#verdict')?.innerText === words", arg=verdict, timeout=SETTLED
        )
        assert said == []


def test_a_link_to_training_reproduces_the_screen_in_a_fresh_browser(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/training") as (page, _):
        page.wait_for_function("() => document.querySelector('#run-answer table')", timeout=SETTLED)
        before = page.inner_text("#run-answer")
        page.fill("#run-chips", "1024")
        page.press("#run-chips", "Tab")
        page.wait_for_function(
            "before => { const e = document.querySelector('#run-answer'); return e && e.innerText !== before"
            " && location.search.includes('see.chips=1024') }",
            arg=before, timeout=SETTLED,
        )  # fmt: skip
        answer = page.inner_text("#run-answer")
        with opened(chromium, page.url) as (fresh, said):
            fresh.wait_for_function(
                "words => document.querySelector('#run-answer')?.innerText === words", arg=answer, timeout=SETTLED
            )
            assert said == []


def test_a_malformed_setting_is_told_and_the_page_lives_on(chromium: Any, address: str) -> None:
    with opened(chromium, f"{address}/rules?v=1&see.month=never") as (page, _):
        page.wait_for_selector("#notice:visible", timeout=SETTLED)
        assert "see.month" in page.inner_text("#notice")
        page.wait_for_function(
            "() => document.querySelector('#verdict')?.innerText.includes('H20')", timeout=SETTLED
        )  # fmt: skip
