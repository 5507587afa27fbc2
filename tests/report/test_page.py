"""The page as a browser and a reader would take it apart."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from countermove import answer, report
from countermove.evidence import citation
from countermove.figures.history import evidence_shown
from countermove.report._embed import inert_json
from countermove.report.page import sections
from countermove.scenario import Belief, Scenario


class Page(HTMLParser):
    """Elements with their attributes, and the text of scripts, styles and visible elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.style = self.visible = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag if tag in ("script", "style") else self._inside
        if tag == "script":
            self.scripts.append((self.elements[-1][1], ""))

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        elif self._inside == "style":
            self.style += data
        else:
            self.visible += data

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def html(invented, scenarios) -> str:
    return report.render(invented(), *scenarios)


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_nothing_is_fetched(page):
    for tag, attributes in page.elements:
        for name in ("src", "srcset", "poster", "data", "action", "background", "formaction"):
            assert name not in attributes, (tag, attributes)
        if "href" in attributes:
            assert tag == "a"
            assert attributes["href"].startswith(("#", "https://", "http://"))
    assert "@import" not in page.style
    assert "url(" not in page.style


def test_the_policy_lets_only_the_own_scripts_run_and_nothing_load(page):
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    allowed = re.search(r"script-src ([^;]*);", policy)[1].split()
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for attributes, text in page.scripts
        if attributes.get("type") != "application/json"
    ]
    assert len(hashes) == 2
    assert allowed == hashes
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_size_is_that_of_plotly_and_little_more(html):
    from plotly.offline import get_plotlyjs

    assert html.count("plotly.js v") == get_plotlyjs().count("plotly.js v")
    # The rest, tables and sources included, stays under a megabyte.
    assert len(html.encode()) - len(get_plotlyjs().encode()) < 1_000_000


def test_headings_are_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_reference_inside_the_page_has_its_target(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids


def test_every_figure_has_words_and_both_layouts(page):
    stored = json.loads(next(text for attributes, text in page.scripts if attributes.get("id") == "figure-data"))
    shown = [attributes for attributes in page.all("div") if "data-figure" in attributes]
    assert [each["data-figure"] for each in shown] == [each.key for each in sections()]
    for each in shown:
        assert each["role"] == "img"
        assert len(each["aria-label"]) > 60
        assert set(stored["figures"][each["data-figure"]]) == {"laptop", "phone"}
    assert shown[0]["data-figure"] == "paradox"


def test_the_answer_is_that_of_the_numbers(invented, scenarios, page):
    for sentence in answer.headline(invented()):
        assert sentence in page.visible
    other = invented(tilts=(1.5, 0.0))
    assert answer.headline(other) != answer.headline(invented())
    changed = Page(report.render(other, *scenarios))
    for sentence in answer.headline(other):
        assert sentence in changed.visible
    assert answer.headline(invented())[0] not in changed.visible


def test_what_must_be_said_is_said(page):
    for words in (
        "Prior only, uncalibrated",
        "rises by construction",
        "Military use",
        "Intent",
        "Welfare",
        "ought to be",
    ):
        assert words in page.visible
    for words in ("0.0.invented", "0" * 16, "seed 1", "2026-11-01", "Invented, for tests only."):
        assert words in page.visible


def test_the_banner_goes_when_the_parameters_are_fitted(invented, scenarios):
    found = invented()
    fitted = {"parameters": "posterior"}
    arms = {
        name: replace(getattr(found, name), origin=replace(getattr(found, name).origin, **fitted))
        for name in ("policy", "counterfactual")
    }
    assert "uncalibrated" not in Page(report.render(replace(found, **fitted, **arms), *scenarios)).visible


def test_the_analysts_own_intervals_are_shown_as_such(invented, scenarios):
    found = invented()
    origin = replace(found.policy.origin, beliefs="learning_rate: 0.11 / 0.12 / 0.13")
    own = scenarios[0].model_copy(update={"beliefs": {"learning_rate": Belief(low=0.11, central=0.12, high=0.13)}})
    page = Page(report.render(replace(found, policy=replace(found.policy, origin=origin)), own, scenarios[1]))
    assert "the analyst’s own intervals" in page.visible.casefold()
    assert "learning_rate: 0.11 / 0.12 / 0.13" in page.visible
    assert page.visible.count("analyst’s own") >= 2  # in the banner and in the table


def test_every_row_that_a_figure_shows_is_listed_with_title_date_and_address(page):
    for id in evidence_shown():
        cited = citation(id)
        assert f"source-{id}" in [attributes.get("id") for attributes in page.all("li")]
        assert cited.title in page.visible
        assert cited.date in page.visible
        assert cited.address in [attributes.get("href") for attributes in page.all("a")]


def test_rows_that_were_not_read_are_marked(html):
    for id in evidence_shown():
        entry = re.search(rf'<li id="source-{id}">(.*?)</li>', html, re.DOTALL)[1]
        assert ("not verified" in entry) == citation(id).is_unverified


def test_only_assumptions_of_the_model_are_listed(html):
    from countermove.explore.world import world
    from countermove.parameters import load_parameters

    used = world().model.inputs
    for prior in load_parameters().values():
        assert (f'<span class="id">{prior.name}</span>' in html) == (prior.name in used and not prior.is_fixed)


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_hostile_words_stay_words(invented, scenarios):
    scenario = Scenario(name="mine", title=HOSTILE, description=HOSTILE, extends="history")
    found = invented()
    origin = replace(found.policy.origin, citation=HOSTILE, beliefs=HOSTILE)
    hostile = replace(found, scenario=HOSTILE, policy=replace(found.policy, origin=origin))
    text = report.render(hostile, scenario, scenarios[1])
    page = Page(text)
    assert "alert(1)</script>" not in text
    assert len(page.scripts) == 3
    assert not page.all("img")
    assert "alert(1)" in page.visible


def test_json_cannot_leave_its_element():
    text = inert_json({"a": "</script><!--", "b": "\u2028", "c": "&amp;"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--", "b": "\u2028", "c": "&amp;"}


def test_the_report_is_written_whole(invented, scenarios, tmp_path, html):
    path = report.write(invented(), *scenarios, tmp_path / "new" / "report.html")
    assert path.read_text(encoding="utf-8") == html  # equal numbers give equal bytes
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]
