"""The mode of a calibration and the normal approximation there, from figures computed at many points at once.

Fisher scoring: the Jacobian of the figures comes from central differences, all points of which are simulated as one
block; with it the curvature of the log density is that of its expectation, which is always that of a maximum. Steps
are halved until they raise the density. No gradient program is compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.inference.density import Data, Density

Floats = NDArray[np.floating[Any]]

STEP = 0.02
"""Of the differences, in standard deviations of the prior: wider than kinks of single months, narrower than bends."""

_LENGTHS = 2.0 ** -np.arange(12)
_LARGEST = 2.0  # standard deviations that one step may move a score
_ITERATIONS = 100
_RISE = 1e-3  # of the log density, below which a step is the last


@dataclass(frozen=True, eq=False)
class Laplace:
    """Normal approximation of a posterior at its mode: mean (size,) and a root of its covariance (size, size)."""

    mode: Floats
    root: Floats
    log_density: float

    def points(self, x: Floats) -> Floats:
        """Scores (size, points) at standardised coordinates."""
        return self.mode[:, np.newaxis] + self.root @ x


def log_densities(density: Density, z: Floats, data: Data) -> Floats:
    """Log of prior times likelihood (points,) at scores (labels, points), up to a constant."""
    return density.log_likelihood(density.figures(z), data) - 0.5 * (z**2).sum(axis=0)


def laplace(density: Density, *, start: Floats | None = None, data: Data | None = None) -> Laplace:
    """Climb to the mode from `start` (labels,), by default the centre of the prior; `data` by default as published.

    Raises:
        CountermoveError: the search does not end.
    """
    given = data or density.published
    size = len(density.problem.labels)
    z = np.zeros(size) if start is None else np.asarray(start, dtype=np.float64)
    for _ in range(_ITERATIONS):
        slope, curvature, here = _local(density, z, given)
        step = np.linalg.solve(curvature, slope)
        step *= min(1.0, _LARGEST / max(np.abs(step).max(), 1e-12))
        heights = log_densities(density, z[:, np.newaxis] + step[:, np.newaxis] * _LENGTHS, given)
        best = int(np.argmax(np.where(np.isfinite(heights), heights, -np.inf)))
        if not heights[best] - here > _RISE:  # at a kink the slope promises what no step keeps: this is the top
            return Laplace(z, np.linalg.inv(np.linalg.cholesky(curvature)).T, here)
        z = z + step * _LENGTHS[best]
    raise CountermoveError(f"the search for the mode of the posterior did not end in {_ITERATIONS} steps")


def slope(density: Density, z: Floats, data: Data | None = None) -> tuple[float, Floats]:
    """Log density at scores (labels,), and its slope by differences too small for any kink to matter."""
    size, step = len(z), 1e-5
    offsets = np.concatenate([np.zeros((size, 1)), step * np.eye(size), -step * np.eye(size)], axis=1)
    heights = log_densities(density, z[:, np.newaxis] + offsets, data or density.published)
    return float(heights[0]), (heights[1 : size + 1] - heights[size + 1 :]) / (2 * step)


def _local(density: Density, z: Floats, data: Data) -> tuple[Floats, Floats, float]:
    """Slope of the log density, expected curvature of its negative, and the log density."""
    from scipy.special import log_ndtr

    size, count, freedom = len(z), len(density.problem.exact), density.freedom
    points = z[:, np.newaxis] + np.concatenate([np.zeros((size, 1)), STEP * np.eye(size), -STEP * np.eye(size)], axis=1)
    figures = density.figures(points)
    jacobian = (figures[:, 1 : size + 1] - figures[:, size + 1 :]) / (2 * STEP)
    news = density.whitener @ (data.figures - figures[:count, 0])
    moved = density.whitener @ jacobian[:count]
    slope = -z + moved.T @ ((freedom + 1) * news / (freedom + news**2))
    curvature = np.eye(size) + (freedom + 1) / (freedom + 3) * moved.T @ moved
    if density.problem.bounds:
        kept = density.kept_by(figures[:, :1], data)[:, 0]
        per = jacobian[count:] * (data.sides / density.thresholds[1])[:, np.newaxis]
        mills = np.exp(-0.5 * kept**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(kept))
        slope = slope + per.T @ mills
        curvature = curvature + (per.T * (mills * (mills + kept))) @ per
    here = float(density.log_likelihood(figures[:, :1], data)[0] - 0.5 * (z**2).sum())
    return slope, curvature, here
