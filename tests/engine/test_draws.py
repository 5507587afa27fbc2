"""Draw k depends on seed, name and k alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.engine.draws import parameters, uniform
from countermove.parameters import Prior


@given(first=st.integers(0, 5000), count=st.integers(1, 300), seed=st.integers(0, 2**40))
def test_a_draw_is_the_same_wherever_a_block_begins(first, count, seed):
    whole = uniform("learning_rate", seed, 0, first + count)
    assert (uniform("learning_rate", seed, first, count) == whole[first:]).all()


def test_uniform_on_the_open_interval():
    u = uniform("x", 1, 0, 100_000)
    assert u.min() > 0
    assert u.max() < 1
    # Kolmogorov's statistic of a uniform sample stays below 1.95/√n with probability 0.999.
    distance = np.abs(np.sort(u) - (np.arange(u.size) + 0.5) / u.size).max()
    assert distance < 1.95 / np.sqrt(u.size)


def test_names_and_seeds_are_independent():
    u = np.stack([uniform(name, seed, 0, 20_000) for name in ("a", "b", "a.x") for seed in (1, 2)])
    correlation = np.corrcoef(u) - np.eye(len(u))
    assert np.abs(correlation).max() < 4 / np.sqrt(u.shape[1])  # four standard errors of no correlation


def test_elements_are_drawn_by_name_not_by_place():
    def prior(*elements: str) -> Prior:
        ones = tuple(1.0 for _ in elements)
        return Prior("p", "s", "1", "p", "normal", tuple(0.0 for _ in elements), ones, tuple(2.0 for _ in elements),
                     ("judgement",), dimension="vendor", elements=elements)  # fmt: skip

    two = parameters({"p": prior("huawei", "other")}, 7, 3, 10)["p"]
    three = parameters({"p": prior("cambricon", "huawei", "other")}, 7, 3, 10)["p"]
    assert two.shape == (2, 10)
    assert (three[1:] == two).all()
    assert not np.allclose(two[0], two[1])


@pytest.mark.parametrize("distribution", ["normal", "lognormal"])
def test_quantiles_of_the_prior_are_met(distribution):
    prior = Prior("p", "s", "1", "p", distribution, 1.0, 2.0, 5.0, ("judgement",))
    drawn = parameters({"p": prior}, 1, 0, 40_000)["p"]
    shares = [(drawn < value).mean() for value in (1.0, 2.0, 5.0)]
    # four binomial standard errors
    assert shares == pytest.approx([0.05, 0.5, 0.95], abs=4 * np.sqrt(0.25 / drawn.size))
