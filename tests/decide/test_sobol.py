"""Sobol's indices: analytic values lie within the intervals; the sample grows until it converges or says it has not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.decide.functions import g_function, g_indices, ishigami, ishigami_indices

from countermove.decide import screening, sobol
from countermove.errors import CountermoveError

A = np.array([0.0, 0.5, 3.0, 9.0, 99.0, 99.0])


def _angles(u):
    return np.pi * (2 * u - 1)


def _same(u):
    return u


def _single(count):
    return [(f"x{k}", (k,)) for k in range(count)]


def _within(found, expected, half):
    """Analytic values lie within the 95 % intervals, widened by half for the several of them looked at together."""
    return (np.abs(found - expected) <= 1.5 * half + 1e-3).all()


def test_ishigami():
    found = sobol.indices(
        _angles, lambda x: ishigami(x)[np.newaxis], _single(3), 3, ["y"], seed=1, most=100_000, tolerance=0.03
    )
    first, total = ishigami_indices()
    assert found.convergence.met
    assert found.convergence.widest <= 0.03
    assert _within(found.first[0], first, found.first_interval[0])
    assert _within(found.total[0], total, found.total_interval[0])
    assert found.variance[0] == pytest.approx(13.844587940719254, rel=0.02)  # two standard errors of a variance


def test_sobol_g():
    found = sobol.indices(
        _same, lambda u: g_function(u, A)[np.newaxis], _single(6), 6, ["y"], seed=2, most=200_000, tolerance=0.03
    )
    first, total = g_indices(A)
    assert found.convergence.met
    assert _within(found.first[0], first, found.first_interval[0])
    assert _within(found.total[0], total, found.total_interval[0])


def test_the_index_of_a_group_is_that_of_its_factors_together():
    """In G the total index of a group is one minus the first-order index of all others together."""
    groups = [("x0", (0,)), ("others", (1, 2, 3, 4, 5))]
    found = sobol.indices(_same, lambda u: g_function(u, A)[np.newaxis], groups, 6, ["y"], seed=3, most=100_000)
    first, total = g_indices(A)
    assert found.first[0, 0] == pytest.approx(first[0], abs=1.5 * found.first_interval[0, 0])
    assert found.total[0, 1] == pytest.approx(1 - first[0], abs=1.5 * found.total_interval[0, 1])
    assert found.first[0, 1] == pytest.approx(1 - total[0], abs=1.5 * found.first_interval[0, 1])


def test_more_points_are_taken_until_it_converges_or_the_bound_is_hit():
    def answers(x):
        return ishigami(x)[np.newaxis]

    loose = sobol.indices(_angles, answers, _single(3), 3, ["y"], seed=1, most=100_000, tolerance=0.2)
    tight = sobol.indices(_angles, answers, _single(3), 3, ["y"], seed=1, most=100_000, tolerance=0.03)
    bound = sobol.indices(_angles, answers, _single(3), 3, ["y"], seed=1, most=6_000, tolerance=0.001)
    assert loose.convergence.base < tight.convergence.base
    assert loose.convergence.met
    assert loose.convergence.verdict.startswith("converged")
    assert not bound.convergence.met
    assert bound.convergence.points <= 6_000
    assert bound.convergence.verdict.startswith("not converged")
    assert "x" in bound.convergence.where
    assert "for y" in bound.convergence.where


def test_a_measure_that_nothing_moves_has_no_indices():
    found = sobol.indices(
        _same, lambda u: np.stack([u[0], np.ones(u.shape[1])]), _single(2), 2, ["a", "b"], seed=1, most=9000
    )
    assert not found.first[1].any()
    assert not found.total[1].any()
    assert found.total[0, 0] == pytest.approx(1, abs=0.1)


def test_too_few_points_are_refused():
    with pytest.raises(CountermoveError, match=r"points: 100 are too few for indices of 3 groups; at least 2,560"):
        sobol.indices(_angles, lambda x: ishigami(x)[np.newaxis], _single(3), 3, ["y"], seed=1, most=100)


def test_screening_finds_the_few_that_matter_among_two_hundred():
    a = np.full(200, 99.0)
    a[[17, 60, 151]] = (0.0, 1.0, 2.0)
    found = screening.screen(
        _same, lambda u: g_function(u, a)[np.newaxis], [f"x{k}" for k in range(200)], seed=1, share=0.98
    )
    assert set(found.kept[:3]) == {17, 60, 151}
    assert found.left < 0.02
    assert found.points == screening.TRAJECTORIES * 201


def test_screening_serves_every_measure():
    """Two measures that hang on different factors: both are kept."""
    found = screening.screen(_same, lambda u: np.stack([u[3], 1e9 * u[40]]), [f"x{k}" for k in range(50)], seed=1)
    assert set(found.kept) == {3, 40}
