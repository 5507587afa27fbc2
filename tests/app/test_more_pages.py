"""What the pages on claims, the model and supply say, apart from the browser."""

from __future__ import annotations

import pytest

from countermove.app.pages import claims, model, supply
from countermove.errors import CountermoveError
from countermove.explore.supply_flow import SupplyFlow
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
    from countermove.explore.world import world

    found = explain(world().model, name)
    said = str(model.explained(found))
    assert found.description in said
    assert found.kind in said
    for each in (*found.depends_on, *found.used_by):
        assert f"/model#{each.name}" in said
    for equation in found.equations:
        assert equation.left in said
