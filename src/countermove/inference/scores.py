"""Proper scores and coverage of forecasts, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.floating[Any]]


def crps_ensemble(draws: Floats, observed: float) -> float:
    """Continuous ranked probability score of equally likely draws (n,) against one outcome, in the unit of both.

    The fair estimator, unbiased for the distribution that the draws come from: E|X − y| − ½ E|X − X'| (Gneiting and
    Raftery 2007, equation 21; Ferro 2014 for the denominator n(n − 1)). Lower is better; 0 is a certain hit.
    """
    x = np.sort(np.asarray(draws, dtype=np.float64))
    n = len(x)
    distance = float(np.abs(x - observed).mean())
    if n < 2:
        return distance
    spread = float((x * (2 * np.arange(1, n + 1) - n - 1)).sum()) / (n * (n - 1))
    return distance - spread


def crps_normal(mean: float, deviation: float, observed: float) -> float:
    """CRPS of a normal forecast (Gneiting and Raftery 2007, equation 20)."""
    if deviation == 0:
        return abs(observed - mean)
    z = (observed - mean) / deviation
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return float(deviation * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def pit(draws: Floats, observed: float) -> float:
    """Probability integral transform: share of the draws below the outcome; uniform if the forecast is calibrated."""
    x = np.asarray(draws)
    return float((x < observed).mean() + 0.5 * (x == observed).mean())


def covered(draws: Floats, observed: float, level: float) -> bool:
    """Whether the outcome lies in the central interval that holds `level` of the draws."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return bool(low <= observed <= high)
