"""Conditional means of many numbers given one other: penalised splines (Eilers and Marx 1996).

Cubic B-splines on the ranks of the given number, a penalty on second differences, its weight by generalised
cross-validation (Craven and Wahba 1979). Fitted on ranks, the result does not depend on the scale of what is given.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_INTERVALS = 12
_PENALTIES = 10.0 ** np.arange(-4, 7)


def conditional_means(given: Floats, values: Floats) -> Floats:
    """Mean of each row of `values` (row, draw) given the number (draw), at its draws: (row, draw)."""
    return _fitted(ranks(given), values)


def ranks(given: Floats) -> Floats:
    """Ranks as probabilities within (0, 1); equal values get their mean rank."""
    from scipy.stats import rankdata

    return (rankdata(given) - 0.5) / len(given)


def _fitted(u: Floats, values: Floats) -> Floats:
    """For each row the fit of its best penalty.

    With B'B = LL' and the penalty's eigenvectors in that metric, every weight costs one division (Demmler and Reinsch
    1975).
    """
    basis = _basis(u)
    gram = basis.T @ basis
    lower = np.linalg.cholesky(gram + 1e-9 * np.trace(gram) / len(gram) * np.eye(len(gram)))
    difference = np.diff(np.eye(len(gram)), 2, axis=0)
    half = np.linalg.solve(lower, np.linalg.solve(lower, difference.T @ difference).T)
    size, vectors = np.linalg.eigh((half + half.T) / 2)
    directions = np.linalg.solve(lower.T, vectors)
    projected = values @ basis @ directions  # (row, direction)
    shrink = 1 / (1 + _PENALTIES[:, np.newaxis] * np.maximum(size, 0))  # (penalty, direction)
    freedom = shrink.sum(axis=1)
    squares = (values**2).sum(axis=1)[:, np.newaxis]
    residual = squares - (projected**2) @ (2 * shrink - shrink**2).T  # (row, penalty)
    n = values.shape[1]
    best = (residual / (1 - freedom / n) ** 2).argmin(axis=1)
    return (projected * shrink[best]) @ directions.T @ basis.T


def _basis(u: Floats) -> Floats:
    """Cubic B-splines (draw, function) on equal intervals of (0, 1)."""
    from scipy.interpolate import BSpline

    return BSpline.design_matrix(u, _knots(), 3).toarray()


@lru_cache
def _knots() -> Floats:
    return np.arange(-3, _INTERVALS + 4) / _INTERVALS
