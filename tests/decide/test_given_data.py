"""Sensitivity from an ensemble as it is: closed forms, with and without dependence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decide.functions import ishigami, ishigami_indices

from countermove.decide import given_data
from countermove.decide.smoother import conditional_means
from countermove.errors import CountermoveError

DRAWS = 6000


def _linear_gaussian(slopes, deviations, correlation, draws=DRAWS):
    """Y = b·X with X1 independent of (X2, X3), which are correlated."""
    s = np.asarray(deviations, dtype=float)
    covariance = np.diag(s**2)
    covariance[1, 2] = covariance[2, 1] = correlation * s[1] * s[2]
    x = np.random.default_rng(5).multivariate_normal(np.zeros(3), covariance, size=draws).T
    return x, np.asarray(slopes) @ x, float(slopes @ covariance @ slopes)


def _shapley_of_linear_gaussian(b, s, r, variance):
    """Owen and Prieur (2017), section 4.1 on two correlated factors, with an independent one beside them."""
    joint = b[1] * b[2] * r * s[1] * s[2]
    one, two = b[1] ** 2 * s[1] ** 2, b[2] ** 2 * s[2] ** 2
    return (
        np.array(
            [
                b[0] ** 2 * s[0] ** 2,
                one * (1 - r**2 / 2) + joint + two * r**2 / 2,
                two * (1 - r**2 / 2) + joint + one * r**2 / 2,
            ]
        )
        / variance
    )


@pytest.mark.parametrize("correlation", [-0.7, 0.0, 0.8])
def test_shapley_effects_of_a_correlated_linear_gaussian_model(correlation):
    b, s = np.array([1.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0])
    x, y, variance = _linear_gaussian(b, s, correlation)
    found = given_data.shapley(x, y, (0, 1, 2), seed=1)
    expected = _shapley_of_linear_gaussian(b, s, correlation, variance)
    half = np.maximum(found.high - found.value, found.value - found.low)
    assert (np.abs(found.value - expected) <= 1.5 * half).all()  # three intervals of 95 % at once
    assert found.unexplained == pytest.approx(0, abs=1e-3)


def test_shapley_effects_and_what_is_unexplained_sum_to_one():
    x = np.random.default_rng(1).random((5, DRAWS))
    y = x[0] + np.sin(9 * x[1]) + x[2] * x[3] + (x[0] > 0.9)
    found = given_data.shapley(x, y, (0, 1, 2, 3), seed=1, resamples=0)
    assert found.value.sum() + found.unexplained == pytest.approx(1)


def test_shapley_shares_an_interaction_equally():
    x = np.random.default_rng(2).normal(size=(3, DRAWS))
    found = given_data.shapley(x, x[0] * x[1], (0, 1, 2), seed=1)
    np.testing.assert_allclose(found.value, [0.5, 0.5, 0.0], atol=0.03)  # three standard errors of a share


def test_first_order_indices_of_ishigami_without_a_design():
    x = np.random.default_rng(0).uniform(-np.pi, np.pi, size=(3, 12_000))
    found = given_data.first_order(x, ishigami(x)[np.newaxis], seed=1)
    first, _ = ishigami_indices()
    half = np.maximum(found.high - found.value, found.value - found.low)[0]
    assert (np.abs(found.value[0] - first) <= 1.5 * half + 0.005).all()  # a spline of twelve pieces smooths a little


def test_first_order_indices_of_correlated_factors():
    """Var(E[Y|X]) of a linear Gaussian model is the squared covariance over the variance of X."""
    b, s, r = np.array([1.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0]), 0.6
    x, y, variance = _linear_gaussian(b, s, r)
    found = given_data.first_order(x, y[np.newaxis], seed=1)
    expected = np.array([1.0, (b[1] * s[1] + b[2] * r * s[2]) ** 2, (b[2] * s[2] + b[1] * r * s[1]) ** 2]) / variance
    half = np.maximum(found.high - found.value, found.value - found.low)[0]
    assert (np.abs(found.value[0] - expected) <= 1.5 * half).all()


def test_what_has_no_bearing_gets_nothing():
    generator = np.random.default_rng(3)
    found = given_data.first_order(generator.random((40, 2000)), generator.normal(size=(2, 2000)), seed=1)
    assert abs(found.value).mean() < 0.003  # without the correction for chance it is 0.002 to 0.005 and positive
    assert abs(found.value.mean()) < 0.001


@settings(max_examples=20, deadline=None)
@given(st.floats(0.2, 3.0), st.floats(-5, 5))
def test_a_monotone_change_of_a_factor_changes_nothing(scale, shift):
    x = np.random.default_rng(4).normal(size=500)
    y = (np.sin(x) + 0.1 * np.random.default_rng(5).normal(size=500))[np.newaxis]
    np.testing.assert_allclose(conditional_means(np.exp(scale * x) + shift, y), conditional_means(x, y), atol=1e-9)


def test_conditional_means_follow_a_curve():
    x = np.random.default_rng(6).random(5000)
    noise = np.random.default_rng(7).normal(size=5000)
    fit = conditional_means(x, (np.cos(6 * x) + noise)[np.newaxis])[0]
    assert np.sqrt(np.mean((fit - np.cos(6 * x)) ** 2)) < 0.06  # √(12 pieces / 5000 draws) of the noise


def test_too_many_players_or_too_few_draws_are_refused():
    x = np.random.default_rng(1).random((9, 100))
    with pytest.raises(CountermoveError, match="at most 8 parameters at a time, not 9"):
        given_data.shapley(x, x[0], tuple(range(9)), seed=1)
    with pytest.raises(CountermoveError, match="draws: 100 are too few"):
        given_data.shapley(x, x[0], tuple(range(8)), seed=1)
