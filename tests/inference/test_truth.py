"""The truth page: what its headline says follows from the results, and the page holds all of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import commands
from countermove.errors import CountermoveError
from countermove.explore.annual import annual_outcome
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.simulate import origin_of
from countermove.explore.world import world
from countermove.inference import backtest, claims, facts, industrial
from countermove.inference._claim_tests import Outcome
from countermove.inference.informed import Rests, Share
from countermove.inference.listing import shipped
from countermove.inference.structure import SHOWN, Structure, Variant, combinations
from countermove.inference.truth import Truth, headline, pooled
from countermove.report import truth as page
from countermove.scenario import as_scenario

YEARS = tuple(range(2016, 2036))
DRAWS = 16


def _annual(name: str, difference: float):
    """An outcome with this difference in every draw and year from a counterfactual of 100."""
    other = np.full((DRAWS, len(YEARS)), 100.0)
    return annual_outcome(OUTCOMES[name], other + difference, other, 0.05)


def _structure(differences: dict[str, float], *, turning: str = "") -> Structure:
    variants = []
    for chosen in combinations():
        flipped = turning and chosen[turning] == world().variants[turning][0]
        own = {name: -value if flipped else value for name, value in differences.items()}
        annual = {n: _annual(n, own[n]) for n in SHOWN}
        variants.append(Variant(chosen, {"a": 0.0, "b": -1.0}, 1 / 8, annual, own_fit=False))
    stacked = {name: _annual(name, value) for name, value in differences.items()}
    return Structure("history", "no-controls", YEARS, tuple(variants), stacked)


@pytest.fixture(scope="module")
def parts():
    tested = backtest.backtest(date(2024, 12, 31), draws=16, seed=1)
    rows, left = shipped()
    generator = np.random.default_rng(1)
    figures = {each.fact.id: each.value * np.exp(generator.normal(0, 0.3, DRAWS)) for each in rows}
    found = facts.compute(draws=16, seed=1)
    judged = tuple(
        claims.Judgement(each, (Outcome("for", "a row", ("MKT-0226",), "2026-01-01"),))
        for each in list(claims.claims().values())[:6]
    )
    rests = tuple(
        Rests(name, 2030, (Share("taste_huawei", 0.4, 0.3), Share("card_life", 0.01, 0.1)), 0.4, 0.7)
        for name in ("domestic", "total")
    )
    return tested, rows, left, figures, found, judged, rests


def _truth(parts, structure: Structure) -> Truth:
    tested, rows, left, figures, found, judged, rests = parts
    held = tested.scores[backtest.ARMS[0]]
    origin = replace(origin_of(world(), as_scenario("history"), DRAWS, 1), parameters="prior")
    return Truth(origin, DRAWS, 1, tuple(rows), tuple(left), figures, held, (tested,), found, judged, structure,
                 industrial.industrial(), rests)  # fmt: skip


def test_a_sign_on_which_all_agree_is_stated_and_what_it_rests_on_is_told(parts) -> None:
    agreed = dict.fromkeys(SHOWN, -50.0)
    sentences = headline(_truth(parts, _structure(agreed)))
    assert "output of chips: hindered by every definition and in every structural variant" in sentences[2]
    assert "usable compute: hindered by every definition" in sentences[3]
    # A quarter of the shares, 0.1 of 0.4, is of a parameter with a contraction of 1 %.
    assert "25 % of what single parameters explain" in sentences[2]


def test_a_sign_that_turns_with_the_definition_is_undecided(parts) -> None:
    by_definition = {**dict.fromkeys(SHOWN, -50.0), "home_made": 50.0}
    sentence = headline(_truth(parts, _structure(by_definition)))[2]
    assert "undecided: depends on the definition" in sentence
    assert "all chips of Chinese design: hindered" in sentence
    assert "those made in China alone: catalysed" in sentence


def test_a_sign_that_turns_with_the_structure_is_undecided(parts) -> None:
    sentence = headline(_truth(parts, _structure(dict.fromkeys(SHOWN, -50.0), turning="learning")))[2]
    assert "undecided: depends on the structure of learning" in sentence


def test_the_headline_says_that_the_counterfactual_is_not_tested(parts) -> None:
    assert "does not test the counterfactual" in headline(_truth(parts, _structure(dict.fromkeys(SHOWN, -50.0))))[1]


def test_pooled_scores_are_those_of_the_rows(parts) -> None:
    scores = parts[0].scores[backtest.ARMS[0]]
    skill = pooled((parts[0],))
    assert skill.figures == len(scores.rows)
    assert skill.coverage[0.8] == pytest.approx(scores.coverage(0.8))
    assert skill.crps_skill == pytest.approx(scores.skill())
    assert skill.cases_with_skill / skill.cases == pytest.approx(scores.share_of_series_with_skill())
    # What beats the best of all naive forecasts of a series beats each of them.
    assert all(skill.cases_with_skill <= ahead + skill.cases - of for ahead, of in skill.ahead_of.values())
    assert max(of for _, of in skill.ahead_of.values()) == skill.cases


def test_the_page_holds_every_section_with_its_figure_and_asks_nothing_of_the_network(parts) -> None:
    html = page.render(_truth(parts, _structure(dict.fromkeys(SHOWN, -50.0))))
    shown = [words["key"] for words in page.sections() if words["key"] != "posterior"]
    for key in shown:
        assert f'id="{key}"' in html
        assert f'data-figure="{key}"' in html
    data = html.split('id="figure-data">')[1].split("</script>")[0]
    stored = json.loads(data)["figures"]
    assert set(stored) == set(shown)
    assert all(set(each) == {"laptop", "phone"} for each in stored.values())
    assert "What this does not test" in html
    assert "src=" not in html.split("<script>")[0]
    assert "{" not in headline(_truth(parts, _structure(dict.fromkeys(SHOWN, -50.0))))[0]


def test_the_markdown_has_the_headline_and_every_fact(parts) -> None:
    given = _truth(parts, _structure(dict.fromkeys(SHOWN, -50.0)))
    text = page.as_markdown(given)
    assert all(sentence in text for sentence in headline(given))
    assert all(finding.row["id"] in text for finding in given.findings)
    assert "/work" not in text


def test_a_wrong_file_name_is_one_clear_line() -> None:
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["truth", "--output", "truth.docx"])
    assert isinstance(result.exception, CountermoveError)
    assert "written as .html or .csv, not '.docx'" in str(result.exception)
