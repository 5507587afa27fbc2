"""Test functions of sensitivity analysis with their analytic indices."""

from __future__ import annotations

import numpy as np


def ishigami(x: np.ndarray, a: float = 7.0, b: float = 0.1) -> np.ndarray:
    """Ishigami and Homma (1990), of (3, points) uniform on (−π, π)."""
    return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])


def ishigami_indices(a: float = 7.0, b: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """First-order and total indices."""
    first = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    second, both = a**2 / 8, b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = first + second + both
    return np.array([first, second, 0.0]) / variance, np.array([first + both, second, both]) / variance


def g_function(u: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Sobol's G (Saltelli and Sobol 1995), of (factors, points) uniform on (0, 1)."""
    return np.prod((np.abs(4 * u - 2) + a[:, np.newaxis]) / (1 + a[:, np.newaxis]), axis=0)


def g_indices(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First-order and total indices."""
    part = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + part) - 1
    total = [part[k] * np.prod(np.delete(1 + part, k)) for k in range(len(a))]
    return part / variance, np.array(total) / variance
