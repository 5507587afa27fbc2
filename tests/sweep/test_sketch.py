"""Sketches: the stated error holds, and merging is exact however a stream is cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from countermove.sweep.sketch import ACCURACY, SMALLEST, Sketch

LARGEST = 2.0**50
numbers = st.floats(-LARGEST, LARGEST, width=32, allow_subnormal=False).filter(
    lambda x: x == 0 or abs(x) > 2 * SMALLEST
)
PROBABILITIES = (0.0, 0.05, 0.5, 0.9, 1.0)


def of_rank(values, q):
    """The value of rank 1 + ⌊q (n − 1)⌋."""
    return np.sort(values, axis=-1)[..., int(np.floor(q * (values.shape[-1] - 1)))]


@given(arrays(np.float32, st.tuples(st.integers(1, 3), st.integers(1, 60)), elements=numbers))
def test_a_quantile_is_within_the_stated_share_of_the_value_of_its_rank(values):
    found = Sketch.of(values).quantiles(PROBABILITIES)
    for q, row in zip(PROBABILITIES, found, strict=True):
        exact = of_rank(values.astype(float), q)
        # One part in 10⁹ more for the rounding of the logarithm at a bin's edge.
        assert (np.abs(row - exact) <= ACCURACY * np.abs(exact) * (1 + 1e-9) + 1e-9 * ACCURACY).all()


@given(arrays(np.float32, (2, 40), elements=numbers), st.lists(st.integers(1, 39), max_size=4))
def test_merging_gives_the_same_counts_however_the_stream_is_cut(values, cuts):
    parts = [Sketch.of(part) for part in np.split(values, sorted(set(cuts)), axis=1)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merged(part)
    whole = Sketch.of(values)
    assert merged.low == whole.low
    assert merged.counts.tobytes() == whole.counts.tobytes()


def test_on_many_draws_the_error_is_used_but_not_exceeded():
    values = np.random.default_rng(3).lognormal(5, 3, (1, 100_000)).astype(np.float32)
    found = Sketch.of(values).quantiles((0.05, 0.25, 0.5, 0.75, 0.95))[:, 0]
    exact = np.array([of_rank(values, q)[0] for q in (0.05, 0.25, 0.5, 0.75, 0.95)])
    error = np.abs(found / exact - 1)
    assert ACCURACY / 20 < error.max() <= ACCURACY


def test_means_are_those_of_the_values():
    values = np.array([[1.0, 2.0, 6.0], [-3.0, 0.0, 3.0]], np.float32)
    assert Sketch.of(values).mean.tolist() == [3.0, 0.0]
