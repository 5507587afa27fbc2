"""Pareto-smoothed importance sampling: weights that say themselves when they cannot be trusted.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72): the largest weights
are replaced by the expected order statistics of a generalised Pareto distribution fitted to them; its shape k̂ says
how heavy the tail is. Above 0.7 the weighted draws stand for nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

LIMIT = 0.7


def smoothed(log_weights: Floats) -> tuple[Floats, float]:
    """Weights (draws,) that add up to one, and k̂ of their tail.

    Fewer than five draws in the tail, or a tail without spread, cannot be fitted: k̂ is then infinite or, where all
    weights are the same, minus infinity.
    """
    shifted = np.asarray(log_weights, np.float64) - np.max(log_weights)
    draws = len(shifted)
    if np.ptp(shifted) < 1e-12:
        return np.full(draws, 1 / draws), -np.inf
    tail = int(np.ceil(min(0.2 * draws, 3 * np.sqrt(draws))))
    order = np.argsort(shifted)
    cut = shifted[order[-tail - 1]]
    weights = np.exp(shifted)
    if tail < 5:
        return weights / weights.sum(), np.inf
    excess = np.exp(shifted[order[-tail:]]) - np.exp(cut)
    if excess[-1] <= 0:
        return weights / weights.sum(), -np.inf
    shape, scale = _pareto(np.maximum(excess, 1e-300))
    probability = (np.arange(tail) + 0.5) / tail
    stretch = -np.log1p(-probability) if abs(shape) < 1e-12 else np.expm1(-shape * np.log1p(-probability)) / shape
    weights[order[-tail:]] = np.minimum(np.exp(cut) + scale * stretch, 1.0)
    return weights / weights.sum(), shape


def effective(weights: Floats) -> float:
    """Number of equally weighted draws that are worth as much (Kish)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _pareto(excess: Floats) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto distribution (Zhang and Stephens 2009), weak prior of shape at 0.5."""
    n = len(excess)
    count = 30 + int(np.sqrt(n))
    grid = 1 - np.sqrt(count / (np.arange(1, count + 1) - 0.5))
    quartile = max(excess[max(int(n / 4 + 0.5) - 1, 0)], 1e-300)
    theta = grid / (3 * quartile) + 1 / excess[-1]
    shapes = np.log1p(-theta[:, np.newaxis] * excess).mean(axis=1)
    profile = n * (np.log(-theta / shapes) - shapes - 1)
    weight = 1 / np.exp(profile - profile[:, np.newaxis]).sum(axis=1)
    best = float((theta * weight).sum() / weight.sum())
    shape = float(np.log1p(-best * excess).mean())
    return (n * shape + 10 * 0.5) / (n + 10), -shape / best
