"""Importance weights: the tail's shape is found, light tails are left alone, heavy ones are told."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.inference.psis import LIMIT, effective, smoothed


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_the_shape_of_pareto_weights_is_found(shape: float) -> None:
    """Weights with a Pareto tail of that shape; its estimate from 3√n of 10,000 has a standard deviation near 0.07."""
    found = [smoothed(shape * np.random.default_rng(seed).exponential(size=10_000))[1] for seed in range(20)]
    assert np.mean(found) == pytest.approx(shape, abs=0.05)


def test_the_mean_of_a_shifted_normal_is_found_by_weights() -> None:
    """Draws of N(0, 1) weighted to N(0.5, 1): the mean is 0.5, and the tail is light."""
    x = np.random.default_rng(1).normal(size=20_000)
    weights, shape = smoothed(0.5 * x)
    assert shape < LIMIT
    assert weights.sum() == pytest.approx(1)
    # Kish's count gives the standard error of the weighted mean; four of them.
    assert float(weights @ x) == pytest.approx(0.5, abs=4 / np.sqrt(effective(weights)))
    assert effective(weights) == pytest.approx(20_000 * np.exp(-0.25), rel=0.1)


def test_weights_that_carry_nothing_are_told() -> None:
    x = np.random.default_rng(1).normal(size=2_000)
    assert smoothed(-0.5 * ((x - 6) / 0.05) ** 2)[1] > LIMIT


def test_equal_weights_stay_equal() -> None:
    weights, shape = smoothed(np.zeros(100))
    np.testing.assert_allclose(weights, 0.01)
    assert shape == -np.inf
    assert effective(weights) == pytest.approx(100)


def test_smoothing_keeps_the_order_of_the_draws() -> None:
    logs = np.random.default_rng(2).normal(size=1_000)
    weights, _ = smoothed(logs)
    assert (np.diff(weights[np.argsort(logs)]) >= -1e-15).all()
