"""Sensitivity from an ensemble as it is, whatever the dependence between its parameters: no further run is needed.

First-order indices Var(E[Y|X])/Var(Y) by penalised splines. Shapley effects (Owen 2014; Owen and Prieur 2017), with
v(S) = Var(E[Y|X_S]) estimated by regressing Y on splines of each parameter in S and on products of pairs. What such a
regression cannot see, it does not hand out: it is reported as unexplained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.decide.smoother import conditional_means, ranks
from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]

RESAMPLES = 100
MOST_PLAYERS = 8
_GROUPS = 200


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
    moments = _moments(np.concatenate([np.ones((1, count)), y[np.newaxis], features]))
    generator = np.random.default_rng(seed)
    effects, whole = _effects(moments.sum(axis=0), owners, count, len(rows))
    again: list[Floats] = []
    for _ in range(resamples):
        times = generator.multinomial(len(moments), np.full(len(moments), 1 / len(moments)))
        again.append(_effects(np.tensordot(times, moments, axes=1), owners, count, len(rows))[0])
    low, high = np.quantile(again, [0.025, 0.975], axis=0) if resamples else (effects, effects)
    return ShapleyEffects(tuple(rows), effects, low, high, 1.0 - whole)


def _moments(terms: Floats) -> Floats:
    """Products of terms (term, draw) summed within each of many groups of draws: (group, term, term).

    Draws are independent of each other; so are groups of them, which are resampled in their place.
    """
    parts = np.array_split(terms, min(_GROUPS, terms.shape[1]), axis=1)
    return np.stack([part @ part.T for part in parts])


def _features(values: Floats) -> tuple[Floats, tuple[frozenset[int], ...]]:
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
    return np.stack(terms), tuple(owners)


@lru_cache
def _by_size(owners: tuple[frozenset[int], ...], players: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """For each size of a set of players the sets, as bits, and the terms (set, term) that belong to each."""
    masks = np.array([sum(1 << k for k in owner) for owner in owners])
    found: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    for size in range(1, players + 1):
        sets = np.array([each for each in range(1 << players) if each.bit_count() == size])
        terms = np.stack([np.flatnonzero((masks & ~each) == 0) for each in sets])
        found.append((sets, terms))
    return found


def _effects(products: Floats, owners: tuple[frozenset[int], ...], draws: int, players: int) -> tuple[Floats, float]:
    """Shapley's shares of v and v of all, from summed products of one, Y and the terms (term, term)."""
    total = products[0, 0]
    mean = products[0] / total
    covariance = products / total - np.outer(mean, mean)
    variance, product, moments = covariance[1, 1], covariance[1, 2:], covariance[2:, 2:]
    worth = np.zeros(1 << players)
    for sets, terms in _by_size(owners, players):
        blocks = moments[terms[:, :, np.newaxis], terms[:, np.newaxis, :]]
        count = terms.shape[1]
        ridge = 1e-10 * np.trace(blocks, axis1=1, axis2=2) / count
        blocks = blocks + ridge[:, np.newaxis, np.newaxis] * np.eye(count)
        sides = product[terms]
        explained = (sides * np.linalg.solve(blocks, sides[..., np.newaxis])[..., 0]).sum(axis=1) / variance
        worth[sets] = 1 - (1 - explained) * (draws - 1) / (draws - 1 - count)  # adjusted for its terms
    everyone = np.arange(1 << players)
    sizes = np.array([int(each).bit_count() for each in everyone])
    weight = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    shares = np.zeros(players)
    for k in range(players):
        without = everyone[(everyone >> k) & 1 == 0]
        shares[k] = (weight[sizes[without]] * (worth[without | (1 << k)] - worth[without])).sum()
    return shares, float(worth[-1])
