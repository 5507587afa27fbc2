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
