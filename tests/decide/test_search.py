"""Fronts that are known in closed form, and the shallow lake: search and robust choice against a fine grid."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq

from countermove.decide.robust import robustness
from countermove.decide.search import climbed, evolved, joined, nondominated, shortfall, weightings


def _schaffer(x: np.ndarray) -> np.ndarray:
    """Schaffer's first problem on [-4, 4]: the front is x between 0 and 2."""
    z = 8 * x[:, 0] - 4
    return -np.stack([z**2, (z - 2) ** 2], axis=1)


def _schaffer_loss(x: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
    def value(at: jax.Array) -> jax.Array:
        z = 8 * at[0] - 4
        return shortfall(-jnp.array([z**2, (z - 2) ** 2]), weight, jnp.zeros(2), jnp.full(2, 4.0), jnp)

    loss, gradient = jax.value_and_grad(value)(jnp.asarray(x))
    return float(loss), np.asarray(gradient)


def _off_the_front(points: np.ndarray) -> float:
    z = 8 * points[:, 0] - 4
    return float(np.maximum(np.maximum(-z, z - 2), 0).max())


def test_evolution_finds_schaffers_front():
    found = evolved(_schaffer, 1, 2, seed=1, population=24, generations=30)
    assert _off_the_front(found.points) < 0.02
    assert np.ptp(found.points[:, 0]) > 0.2  # it spans 0.25 of the cube
    assert len(found.points) > 12


def test_gradients_find_schaffers_front_from_far_away():
    weights = weightings(2, 12, seed=1)
    points = climbed(_schaffer_loss, np.full((12, 1), 0.95), weights)
    assert _off_the_front(points) < 1e-3
    assert len(nondominated(points, _schaffer(points)).points) >= 8


def test_progress_is_told():
    told: list[tuple[int, int]] = []
    evolved(_schaffer, 1, 2, seed=1, population=8, generations=3, progress=lambda *at: told.append(at))
    assert told[-1][1] == 3


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, (12, 3), elements=st.integers(0, 5).map(float)))
def test_no_point_of_a_front_is_dominated_and_every_other_point_is(objectives):
    front = nondominated(np.arange(12.0)[:, np.newaxis], objectives)
    for row in front.objectives:
        assert not ((objectives >= row).all(axis=1) & (objectives > row).any(axis=1)).any()
    for row in objectives:
        assert (front.objectives >= row).all(axis=1).any()
    again = joined(front, front)
    np.testing.assert_array_equal(again.objectives, front.objectives)


# --- the shallow lake (Carpenter, Ludwig and Brock 1999; for robust search: Singh, Reed and Keller 2015) --------------

Q, YEARS = 2.0, 100


def _critical(b: float) -> float:
    """Pollution beyond which the lake stays eutrophic: the unstable root of recycling = removal."""
    root = brentq(lambda p: p**Q / (1 + p**Q) - b * p, 0.01, 1.0)
    return float(root)  # type: ignore[arg-type]


def _lake(release: np.ndarray, b: np.ndarray, inflow: np.ndarray) -> np.ndarray:
    """Highest pollution, (policy, world), under a constant release, in worlds (removal rate, inflows by year)."""
    pollution = np.zeros((len(release), len(b)))
    highest = pollution.copy()
    for year in range(YEARS):
        recycled = pollution**Q / (1 + pollution**Q)
        pollution = pollution * (1 - b) + recycled + release[:, np.newaxis] + inflow[:, year]
        highest = np.maximum(highest, pollution)
    return highest


@pytest.fixture(scope="module")
def worlds():
    random = np.random.default_rng(5)
    b = random.uniform(0.38, 0.45, 60)
    inflow = random.lognormal(np.log(0.015), 0.3, (60, YEARS))
    critical = np.array([_critical(each) for each in b])
    return b, inflow, critical


def test_the_critical_level_of_the_lake_is_the_published_one():
    assert _critical(0.42) == pytest.approx(0.5445, abs=1e-3)


def test_search_finds_the_largest_release_that_never_turns_the_lake(worlds):
    b, inflow, critical = worlds

    def objectives(x: np.ndarray) -> np.ndarray:
        release = 0.1 * x[:, 0]
        kept = (_lake(release, b, inflow) < critical).mean(axis=1)
        return np.stack([release, kept], axis=1)

    grid = objectives(np.linspace(0, 1, 2001)[:, np.newaxis])
    best = grid[grid[:, 1] == 1, 0].max()
    found = evolved(objectives, 1, 2, seed=2, population=40, generations=40)
    safe = found.objectives[found.objectives[:, 1] == 1, 0].max()
    assert safe == pytest.approx(best, abs=5e-4)  # the grid's own step is 5e-5; evolution stops near the edge


def test_satisficing_and_regret_on_the_lake_agree_with_their_definitions(worlds):
    b, inflow, critical = worlds
    release = np.linspace(0, 0.06, 13)
    margin = 1 - _lake(release, b, inflow) / critical
    values = np.stack([np.broadcast_to(release[:, np.newaxis], margin.shape), margin], axis=1)
    found = robustness(values, np.array([0.01, 0.0]))
    expected = np.where(release >= 0.01, (margin >= 0).mean(axis=1), 0.0)
    np.testing.assert_allclose(found.satisficing, expected)
    assert release[found.minimax[0]] == 0.06
    assert found.minimax[1] == 0
    assert 0 < found.balanced < 12  # neither everything nor nothing


def test_regret_of_a_textbook_table():
    table = np.array([[[100.0, 0.0, 50.0]], [[60.0, 40.0, 55.0]], [[50.0, 50.0, 50.0]]])
    found = robustness(table)
    np.testing.assert_array_equal(found.regret[:, 0], [50, 40, 50])
    assert found.minimax == (1,)
    assert np.isnan(found.satisficing).all()
