"""Equations that could overshoot within a month: where the loop is strongest, paths stay smooth and within bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.parameters import load_parameters


@pytest.mark.parametrize(("elasticity", "dissimilarity"), [(1.0, 1.0), (2.0, 0.6), (3.5, 0.5), (5.0, 0.3)])
def test_small_vendors_answer_smoothly_however_elastic_buyers_are(
    simulate: Callable, elasticity: float, dissimilarity: float
) -> None:
    """A chaotic market turns a change of a millionth into one of its own size; a stable one keeps it small."""

    def shipped(change: float) -> np.ndarray:
        parameters = {
            "price_elasticity": lambda _: np.asarray(elasticity),
            "nest_dissimilarity": lambda _: np.asarray(dissimilarity),
            "budget_scale": 1 + change,
        }
        return simulate("history", parameters=parameters, watched=("cards_shipped",))["cards_shipped"]

    base, moved = shipped(0.0), shipped(1e-6)
    # Cards move about in proportion to budgets: an elasticity of a thousand is already far from any of an economy.
    np.testing.assert_allclose(moved, base, rtol=1e-3, atol=1e-3)


@settings(max_examples=10, deadline=None)
@given(speed=st.floats(0.0, 40.0), known=st.floats(0.5, 3.0))
def test_home_shares_stay_between_nothing_and_all_however_fast_they_grow(
    simulate: Callable, speed: float, known: float
) -> None:
    parameters = {"localisation_speed": speed, "localisation_knowledge_elasticity": known}
    share = simulate("history", parameters=parameters, watched=("localisation",))["localisation"]
    assert share.min() >= 0
    assert share.max() <= 1 + 1e-12  # rounding at the end of a logistic curve
    assert np.all(np.diff(share, axis=0) >= -1e-12)


def test_home_shares_follow_the_logistic_curve_of_their_month(simulate: Callable) -> None:
    """With a push that stands still the discrete path is the closed form of Verhulst's curve."""
    watched = ("localisation", "perceived_denial_memory", "knowledge_lead")
    parameters = {"localisation_knowledge_elasticity": 0.0}
    found = simulate("history", parameters=parameters, watched=watched)
    share, push = found["localisation"], found["perceived_denial_memory"]
    speed = np.asarray(load_parameters()["localisation_speed"].central)
    hbm = 3  # input classes: bulk chemicals, etching and deposition, photoresist, memory, lithography
    time = np.cumsum(push.reshape(len(push)))[:-1] / 12 * speed[hbm]
    start = share[0, hbm]
    expected = start / (start + (1 - start) * np.exp(-time))
    np.testing.assert_allclose(share[1:, hbm].reshape(-1), expected.reshape(-1), rtol=1e-5)
