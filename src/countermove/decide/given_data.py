"""Sensitivity from an ensemble as it is, whatever the dependence between its parameters: no further run is needed.

First-order indices Var(E[Y|X])/Var(Y) by penalised splines. Shapley effects (Owen 2014; Owen and Prieur 2017), with
v(S) = Var(E[Y|X_S]) estimated by regressing Y on splines of each parameter in S and on products of pairs. What such a
regression cannot see, it does not hand out: it is reported as unexplained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.decide.smoother import conditional_means, ranks
from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]

RESAMPLES = 100
MOST_PLAYERS = 8


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """First-order indices with 95 % bootstrap intervals, each array (measure, factor)."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class ShapleyEffects:
    """Shares of the variance of one measure that sum, with what is unexplained, to one.

    Attributes:
        rows: of the factors that take part.
        value, low, high: effect of each with its 95 % bootstrap interval.
        unexplained: share due to all other factors and to interactions that splines and products of pairs miss.
    """

    rows: tuple[int, ...]
    value: Floats
    low: Floats
    high: Floats
    unexplained: float


def first_order(values: Floats, answers: Floats, *, seed: int, resamples: int = RESAMPLES) -> FirstOrder:
    """First-order indices of every factor from its values (factor, draw) and the measures (measure, draw).

    The share explained by a spline is too high by about its degrees of freedom over the number of draws; the mean over
    shuffled measures, which nothing explains, is taken off.
    """
    generator = np.random.default_rng(seed)
    count = answers.shape[1]
    centred = answers - answers.mean(axis=1, keepdims=True)
    shuffled = centred[:, generator.permutation(count)]
    shape = (len(answers), len(values))
    found, low, high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    weights = generator.multinomial(count, np.full(count, 1 / count), size=resamples) / count  # (resample, draw)
    for column, row in enumerate(values):
        fits = conditional_means(row, np.concatenate([centred, shuffled]))
        fit, chance = fits[: len(answers)], fits[len(answers) :]
        spread = np.maximum(centred.var(axis=1), np.finfo(float).tiny)
        bias = chance.var(axis=1) / spread
        found[:, column] = fit.var(axis=1) / spread - bias
        for measure, (y, explained) in enumerate(zip(centred, fit, strict=True)):
            again = _resampled_share(y, explained, weights) - bias[measure]
            low[measure, column], high[measure, column] = np.quantile(again, [0.025, 0.975])
    return FirstOrder(found, low, high)


def _resampled_share(y: Floats, fit: Floats, weights: Floats) -> Floats:
    """1 − residual variance / variance of resampled draws, with the fit held."""
    left = y - fit
    residual = weights @ left**2 - (weights @ left) ** 2
    whole = np.maximum(weights @ y**2 - (weights @ y) ** 2, np.finfo(float).tiny)
    return 1 - residual / whole


def shapley(
    values: Floats, answer: Floats, rows: Sequence[int], *, seed: int, resamples: int = RESAMPLES
) -> ShapleyEffects:
    """Shapley effects on one measure (draw) of the factors in `rows` of `values` (factor, draw).

    Raises:
        CountermoveError: more factors than all of whose sets can be looked at, or fewer draws than terms.
    """
    if len(rows) > MOST_PLAYERS:
        raise CountermoveError(f"Shapley effects are for at most {MOST_PLAYERS} parameters at a time, not {len(rows)}")
    features, owners = _features(values[list(rows)])
    count = len(answer)
    if count < 5 * len(owners):
        raise CountermoveError(f"draws: {count} are too few for Shapley effects of {len(rows)} parameters")
    y = (answer - answer.mean()) / (answer.std() or 1.0)
    generator = np.random.default_rng(seed)
    effects, whole = _effects(features, owners, y, np.full(count, 1.0), len(rows))
    again = []
    for _ in range(resamples):
        weights = generator.multinomial(count, np.full(count, 1 / count)).astype(np.float64)
        again.append(_effects(features, owners, y, weights, len(rows))[0])
    low, high = np.quantile(again, [0.025, 0.975], axis=0) if resamples else (effects, effects)
    return ShapleyEffects(tuple(rows), effects, low, high, 1.0 - whole)


def _features(values: Floats) -> tuple[Floats, list[frozenset[int]]]:
    """Terms (term, draw) and the factors each belongs to: Hermite polynomials of normal scores, products of pairs."""
    from scipy.special import ndtri

    scores = [ndtri(ranks(row)) for row in values]
    terms: list[Floats] = []
    owners: list[frozenset[int]] = []
    for k, z in enumerate(scores):
        terms += [z, z**2 - 1, z**3 - 3 * z, z**4 - 6 * z**2 + 3]
        owners += [frozenset({k})] * 4
    for j in range(len(scores)):
        for k in range(j):
            terms.append(scores[j] * scores[k])
            owners.append(frozenset({j, k}))
    return np.stack(terms), owners


def _effects(
    features: Floats, owners: Sequence[frozenset[int]], y: Floats, weights: Floats, players: int
) -> tuple[Floats, float]:
    """Shapley's shares of v and v of all, over weighted draws, from one matrix of moments."""
    total = weights.sum()
    mean = features @ weights / total
    level = float(y @ weights / total)
    centred = features - mean[:, np.newaxis]
    moments = (centred * weights) @ centred.T / total
    product = (centred * weights) @ (y - level) / total
    variance = float(((y - level) ** 2) @ weights / total)
    draws = int(np.count_nonzero(weights))
    worth = np.zeros(1 << players)
    masks = np.array([sum(1 << k for k in owner) for owner in owners])
    for chosen in range(1, 1 << players):
        terms = np.flatnonzero((masks & ~chosen) == 0)
        block = moments[np.ix_(terms, terms)]
        ridge = 1e-10 * np.trace(block) / len(terms)
        explained = product[terms] @ np.linalg.solve(block + ridge * np.eye(len(terms)), product[terms]) / variance
        worth[chosen] = 1 - (1 - explained) * (draws - 1) / (draws - 1 - len(terms))  # adjusted for its terms
    shares = np.zeros(players)
    sets = np.arange(1 << players)
    sizes = np.array([int(each).bit_count() for each in sets])
    weight = np.array([1 / (players * comb(players - 1, s)) for s in range(players)])
    for k in range(players):
        without = sets[(sets >> k) & 1 == 0]
        shares[k] = (weight[sizes[without]] * (worth[without | (1 << k)] - worth[without])).sum()
    return shares, float(worth[-1])
