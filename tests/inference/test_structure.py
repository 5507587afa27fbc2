"""Stacking weights, and what a difference rests on, where the answer is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from countermove.evidence import Fact
from countermove.inference.informed import first_order, normal_scores, resolved_variance
from countermove.inference.observations import Observation
from countermove.inference.operators import operators
from countermove.inference.structure import combinations, stack


def test_every_combination_of_the_three_choices_is_there() -> None:
    found = combinations()
    assert len(found) == len({tuple(each.items()) for each in found}) == 8


def test_models_that_predict_alike_share_the_weight() -> None:
    scores = np.repeat(np.random.default_rng(1).normal(size=(40, 1)), 4, axis=1)
    np.testing.assert_allclose(stack(scores), 0.25)


def test_a_model_that_predicts_better_takes_the_weight_that_the_prior_leaves() -> None:
    scores = np.zeros((100, 3))
    scores[:, 1] = 20
    np.testing.assert_allclose(stack(scores), [1 / 103, 101 / 103, 1 / 103], rtol=1e-6)


def test_no_other_weights_score_better() -> None:
    scores = np.random.default_rng(3).normal(size=(60, 4))

    def value(weights: np.ndarray) -> float:
        return float(np.log(np.exp(scores) @ weights).sum() + np.log(weights).sum())

    best = stack(scores)
    others = np.random.default_rng(4).dirichlet(np.ones(4), size=2_000)
    assert best.sum() == pytest.approx(1)
    assert value(best) >= max(map(value, others))


def test_first_order_shares_of_a_polynomial_are_those_of_theory() -> None:
    """y = 2 z1 + z2² + z3·z4: variances 4, 2 and 1, so shares 4/7 and 2/7, and 1/7 of interaction."""
    z = np.random.default_rng(5).normal(size=(30, 8_000))
    y = 2 * z[0] + z[1] ** 2 + z[2] * z[3]
    linear, shares, main = first_order(z, y)
    # The sampling error of a share from 8,000 draws is about 0.02.
    assert shares[0] == pytest.approx(4 / 7, abs=0.04)
    assert shares[1] == pytest.approx(2 / 7, abs=0.04)
    assert shares[4:].max() < 0.01
    assert main == pytest.approx(6 / 7, abs=0.06)
    assert linear[0] == pytest.approx(2 / np.sqrt(7), abs=0.03)


def test_the_contraction_of_a_linear_normal_model_is_exact() -> None:
    """Two figures of z1 with error 1 and none of z2: the variance of z1 falls to 1/3, that of z2 does not fall."""
    operator = replace(operators().series["compute_all"], definition_error=0.0)
    rows: list[Observation] = []
    for year in (2024, 2025):
        fact = Fact(str(year), "mine", "China", "x", date(year, 1, 1), date(year, 12, 31), None, 1.0, None, "H100e",
                    "estimate", str(year), None, "", "yes", "")  # fmt: skip
        rows.append(Observation(fact, operator, 1.0, 1.0, 1.0, None, str(year), None))
    z = np.random.default_rng(6).normal(size=(2, 20_000))
    figures = {row.fact.id: np.exp(z[0]) for row in rows}
    resolved = resolved_variance(z, rows, figures)
    # Shrinkage and the extremes held at four deviations take little off.
    assert resolved[0, 0] == pytest.approx(2 / 3, abs=0.03)
    assert abs(resolved[1, 1]) < 0.01


def test_normal_scores_are_of_every_parameter_that_varies() -> None:
    names, scores = normal_scores(200, 1)
    assert len(names) == len(set(names)) == len(scores) > 100
    # Values at the bound of a prior are tied, which moves the mean a little.
    np.testing.assert_allclose(scores.mean(axis=1), 0, atol=0.02)
