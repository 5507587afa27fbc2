"""Properties of single equations, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.engine import build
from countermove.errors import CountermoveError
from countermove.explore.world import world
from countermove.model import capability, diversification, research, state, vendors
from countermove.model.mechanisms import MECHANISMS, VARIANTS
from countermove.scenario import parse

share = st.floats(0, 1)
rate = st.floats(0.01, 0.45)
positive = st.floats(0.1, 100)


@given(cumulative=st.floats(1, 1e4), rate=rate)
def test_wrights_law_falls_by_the_learning_rate_at_every_doubling(cumulative: float, rate: float) -> None:
    exponent = -np.log2(1 - rate)
    price = diversification.sector_relative_price
    ratio = price(2 * cumulative, 1.0, exponent) / price(cumulative, 1.0, exponent)
    assert ratio == pytest.approx(1 - rate, rel=1e-9)


@given(
    effort=positive,
    more=st.floats(1, 5),
    knowledge=positive,
    loss=share,
    lost=share,
    lam=rate,
    phi=st.floats(-0.5, 0.9),
)
def test_new_knowledge_rises_with_effort_and_falls_with_lost_partners(
    effort: float, more: float, knowledge: float, loss: float, lost: float, lam: float, phi: float
) -> None:
    def found(effort: float, lost: float) -> float:
        return float(research.made(effort, knowledge, lost, lam, phi, loss, 0.08, 0.15))

    assert found(effort * more, lost) >= found(effort, lost) >= 0
    assert found(effort, lost) <= found(effort, 0.0)
    # λ < 1: twice the effort gives less than twice the knowledge
    assert found(2 * effort, lost) <= 2 * found(effort, lost)


def test_knowledge_grows_at_its_given_rate_where_nothing_has_changed() -> None:
    assert research.made(1.0, 1.0, 0.0, 0.5, 0.2, 0.14, 0.08, 0.15) == pytest.approx(0.08 + 0.15)


@given(before=share, now=share, stock=st.floats(0, 1e10), unsaleable=share)
def test_nothing_is_written_down_when_permission_does_not_fall(
    before: float, now: float, stock: float, unsaleable: float
) -> None:
    lost = vendors.write_down(stock, now, before, unsaleable, 1.0)
    assert 0 <= lost <= stock
    assert lost == 0 or now < before


@given(limited=share, redirected=share, here=share, there=share)
def test_world_supply_is_that_observed_where_sales_are_or_where_all_is_redirected(
    limited: float, redirected: float, here: float, there: float
) -> None:
    part = vendors.redirected_part(limited, redirected)
    supply = vendors.world_supply(1e6, 0.0, here, there, part, np.float64(2024.0))
    assert vendors.world_supply(1e6, 0.0, there, there, part, np.float64(2024.0)) == pytest.approx(1e6)
    assert vendors.world_supply(1e6, 0.0, here, there, 1.0, np.float64(2024.0)) == pytest.approx(1e6)
    assert (supply - 1e6) * (here - there) >= 0


@given(readiness=st.floats(0, 10), more=st.floats(0, 10), threshold=st.floats(0.05, 2))
def test_a_measure_comes_with_readiness_and_is_half_there_at_its_threshold(
    readiness: float, more: float, threshold: float
) -> None:
    def target(readiness: float) -> float:
        """What the measure moves towards: its change from nothing when it takes a month."""
        return state.beijing_measure_in_force(
            readiness_index=readiness,
            abduced_readiness=threshold,
            smallest_readiness=0.05,
            readiness_width=0.08,
            beijing_measure_in_force=0.0,
            measure_preparation_time=1.0,
        )

    assert 0 <= target(readiness) <= target(readiness + more) <= 1
    assert target(threshold) == pytest.approx(0.5)
    assert target(0.0) < 1e-5


@given(
    tightness=share,
    hazard=st.floats(0, 0.3),
    relaxing=st.floats(0, 0.3),
    depth=share,
    modelled=st.sampled_from([0.0, 1.0]),
)
def test_tightness_cannot_leave_none_to_all(
    tightness: float, hazard: float, relaxing: float, depth: float, modelled: float
) -> None:
    change = state.us_tightness(hazard * modelled, tightness, relaxing, depth, modelled)
    assert 0 <= tightness + change <= 1
    if not modelled:
        assert change == 0


@given(ratio=st.floats(1e-3, 1e4), gain=st.floats(0, 1), ceiling=st.floats(0.1, 1))
def test_compute_taken_from_the_world_leaves_the_rest_positive(ratio: float, gain: float, ceiling: float) -> None:
    assert capability.us_compute(1e6, 1e6 * ratio, 0.75) >= 0
    assert capability.efficient_compute(1e6, min(gain, ceiling)) >= 1e6


def test_units_and_names_of_all_sectors_are_checked_when_they_are_bound() -> None:
    from countermove.engine import declared, variable
    from countermove.model import _sectors

    @variable(unit="USD", source="identity")
    def wrong(knowledge):
        """Money out of knowledge."""
        return knowledge

    with pytest.raises(CountermoveError):
        build([*declared(_sectors.SECTORS), wrong])


def test_every_mechanism_and_group_says_what_off_means() -> None:
    assert all(mechanism.description.startswith("off: ") for mechanism in MECHANISMS)
    assert len({mechanism.group for mechanism in MECHANISMS}) == 10
    assert set(world().mechanisms) == {mechanism.name for mechanism in MECHANISMS}


SCENARIO = "{{name: own, title: own, description: own, extends: history, variant: {{{}}}}}"


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_structural_variant_is_chosen_by_name(variant) -> None:
    for value, choice in enumerate(variant.choices):
        arm = world().arm(parse(SCENARIO.format(f"{variant.name}: {choice}")))
        assert arm.mechanisms[f"variant_{variant.name}"] == value


@pytest.mark.parametrize(
    ("given", "nearest"), [("lerning: own", "learning"), ("learning: won", "own"), ("research: inducd", "induced")]
)
def test_an_unknown_variant_is_refused_with_the_nearest_name(given: str, nearest: str) -> None:
    with pytest.raises(CountermoveError, match=nearest):
        world().arm(parse(SCENARIO.format(given)))
