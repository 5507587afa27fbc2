"""Do the equations reproduce when Beijing's measures came, each draw with the threshold it must have had?"""

from __future__ import annotations

import numpy as np
import pytest

from countermove.explore.simulate import simulate
from countermove.model.mechanisms import BEIJING_MEASURE_DATES
from countermove.scenario import load

pytestmark = pytest.mark.slow

DRAWS = 256


@pytest.fixture(scope="module")
def in_force() -> dict[str, np.ndarray]:
    """How far the measures are in force, (draw, month, measure), without any observed date."""
    scenarios = [load("history").model_copy(update={"beijing": "endogenous"}), load("no-controls")]
    results = simulate(scenarios, DRAWS, 1, outputs=["beijing_measure_in_force"])
    return {
        name: np.asarray(result["beijing_measure_in_force"])
        for name, result in zip(("history", "no-controls"), results, strict=True)
    }


@pytest.mark.parametrize(
    ("measure", "observed"), enumerate(BEIJING_MEASURE_DATES), ids=("accelerators", "state_projects")
)
def test_measures_come_within_six_months_of_their_dates_in_most_draws(
    in_force: dict[str, np.ndarray], measure: int, observed: float
) -> None:
    half = in_force["history"][:, :, measure] >= 0.5
    date = np.where(half.any(axis=1), 2016 + (half.argmax(axis=1) + 0.5) / 12, np.inf)
    assert np.mean(np.abs(date - observed) <= 0.5) > 0.5


def test_without_denial_no_measure_comes(in_force: dict[str, np.ndarray]) -> None:
    assert in_force["no-controls"].max() < 0.01


def test_attribution_sums_to_the_difference_where_one_arm_needs_thresholds_and_the_other_not() -> None:
    """history takes Beijing's measures at their dates, frozen-2022 finds them; both must be the runs of `compare`."""
    from countermove.explore.attribute import attribute
    from countermove.explore.outcomes import OUTCOMES

    names, draws = ("history", "frozen-2022"), 16
    outcome = OUTCOMES["domestic"]
    one, other = simulate([load(name) for name in names], draws, 1, outputs=[outcome.quantity])
    whole = outcome.annual(outcome.monthly(one)) - outcome.annual(outcome.monthly(other))
    shares = attribute(*names, draws=draws, seed=1).contributions["domestic"]
    # single precision, and sums of differences of numbers up to the size of output itself
    np.testing.assert_allclose(shares.sum(axis=0), whole, rtol=1e-3, atol=1e-3 * np.abs(whole).max())
