"""What the pages on claims, the model and supply say, apart from the browser."""

from __future__ import annotations

import pytest

from countermove.app.draft import Draft
from countermove.app.pages import PAGES, claims, model, parameters, sources, supply, words
from countermove.app.provenance import provenance, upstream
from countermove.errors import CountermoveError
from countermove.evidence import exists
from countermove.explore.supply_flow import SupplyFlow
from countermove.explore.world import world
from countermove.figures.claim import claim
from countermove.inference._claim_tests import Outcome
from countermove.inference.claims import Judgement
from countermove.inference.claims import claims as known


def _judged() -> Judgement:
    outcomes = (
        Outcome("for", "cards sold: 5 million", ("MKT-0233",), "2026-04-01"),
        Outcome("against", "cards made: 3 million", is_model=True),
        Outcome("open", "a < b & c", ("rules_timeline",)),
    )
    return Judgement(known()["P01"], outcomes)


def test_a_sentence_to_quote_carries_verdict_author_counts_and_caveats() -> None:
    said = claims.quote(_judged())
    assert "Huawei can make at most 200,000 Ascend chips in 2025" in said
    assert "US Bureau of Industry and Security" in said
    assert "disputed; outcomes of its tests: 1 for, 1 against, 1 open" in said
    assert "uncalibrated" in said or "posterior" in said


def test_the_figure_of_a_claim_has_a_row_a_test_on_its_side() -> None:
    drawn = claim(_judged(), draws=250, seed=1, screen="phone")
    assert [trace.x[1] for trace in drawn.data] == [1.0, -1.0, 0.0]
    assert [trace.marker.symbol.endswith("open") for trace in drawn.data] == [False, True, False]
    assert "a &lt; b &amp; c" in drawn.layout.yaxis.ticktext[0]


def test_an_unknown_claim_is_refused_in_one_line() -> None:
    with pytest.raises(CountermoveError, match="from the list"):
        claims.decided("no such claim")


@pytest.mark.parametrize("depth", [0, 4, None, "1", 1.5])
def test_a_diagram_reaches_one_to_three_links(depth: object) -> None:
    with pytest.raises(CountermoveError, match="from 1 to 3"):
        model.drawn("advanced_experience", depth, ())


def test_the_year_in_pieces_is_said_with_and_without_home_dies() -> None:
    flow = SupplyFlow(2026, (), (), 117e3, 402e3, 2.2e6, 1.4e6, 0.27)
    said = supply.said(flow)
    assert "117 k of 402 k advanced wafers" in said
    assert "(29 %); 27 % of their dies work, 2.2 M good dies; 1.4 M cards" in said
    assert "no AI chips are made on the advanced lines" in supply.said(SupplyFlow(2019, (), (), 0, 2e3, 0, 390, 0.06))


@pytest.mark.parametrize(
    "name", ["advanced_experience", "ai_die_yield", "capacity_completions", "learning_rate", "mechanism_learning"]
)
def test_what_is_said_of_a_quantity_has_its_unit_neighbours_and_sources(name: str) -> None:
    from countermove.explain.quantity import explain

    found = explain(world().model, name)
    said = str(model.explained(found))
    assert found.description in said
    assert found.kind in said
    for each in (*found.depends_on, *found.used_by):
        assert f"/model#{each.name}" in said
    for equation in found.equations:
        assert equation.left in said


def _figures_of(component: object) -> set[str]:
    """Names of the figures below a component."""
    from dash.development.base_component import Component

    if isinstance(component, (list, tuple)):
        return {name for each in component for name in _figures_of(each)}
    if not isinstance(component, Component):
        return set()
    named = component.to_plotly_json()["props"].get("data-figure")
    return ({named} if named else set()) | _figures_of(getattr(component, "children", None))


def test_of_every_figure_on_every_page_it_is_said_where_its_numbers_come_from() -> None:
    on_pages = {name for page in PAGES for name in _figures_of(page.layout(Draft()))}
    assert on_pages == set(provenance())
    for each in provenance().values():
        assert set(each.quantities) <= set(world().model.quantities)
        assert all(exists(row) for row in each.rows)
    assert provenance()["history"].rows


def test_upstream_of_a_quantity_stand_its_inputs_and_those_of_what_it_reads() -> None:
    model_ = world().model
    experience = upstream(model_, ("advanced_experience",))
    assert {"forgetting", "prior_experience"} <= set(experience)
    assert set(experience) <= set(upstream(model_, ("learning_by_doing",))) <= set(model_.inputs)
    assert upstream(model_, ("learning_rate",)) == ("learning_rate",)


def test_the_page_on_sources_names_parameters_with_interval_and_sources() -> None:
    said = str(sources.told(provenance()["history"]))
    prior = world().priors["learning_rate"]
    assert prior.description in said
    assert prior.sources[0] in said
    assert provenance()["history"].rows[0] in said
    assert "/model#cards_made" in said


def test_parameters_are_found_by_sector_and_words() -> None:
    found = parameters.chosen("foundry", "defect density")
    assert {"learning_rate", "initial_defect_density"} <= {each.name for each in found}
    assert {each.sector for each in found} == {"foundry"}
    assert len(parameters.chosen("demand", "")) > len(parameters.chosen("demand", "taste"))
    with pytest.raises(CountermoveError, match="no parameter of foundry has the words 'nonsense'"):
        parameters.chosen("foundry", "nonsense")
    with pytest.raises(CountermoveError, match="choose a sector"):
        parameters.chosen("nowhere", "")


def test_every_uncertain_parameter_is_shown_under_its_sector() -> None:
    names = [each.name for sector in parameters.sectors() if sector != parameters.INFORMED
             for each in parameters.chosen(sector, "")]  # fmt: skip
    assert sorted(names) == sorted(each.name for each in parameters.uncertain())


def test_an_interval_is_said_by_element_and_a_fixed_parameter_by_its_number() -> None:
    given = world().priors
    fixed = next(each for each in given.values() if each.is_fixed and not each.elements)
    assert model.in_numbers(fixed).endswith(", fixed")
    several = next(each for each in given.values() if each.elements and not each.is_fixed)
    said = model.in_numbers(several)
    assert said.count("5–95 %") == len(several.elements)
    assert all(element.replace("_", " ") in said for element in several.elements)


def test_the_page_of_words_has_every_term_that_the_answer_uses() -> None:
    said = str(words.layout(Draft()))
    for term in ("H100e", "catalysed", "counterfactual", "posterior", "crossing"):
        assert term in said
