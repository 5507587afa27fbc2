"""Simulation-based calibration: whether inference gives back what data were simulated from (Talts et al. 2018).

Parameters are drawn from the prior, data from the parameters; the rank of each parameter among the draws of its
posterior is uniform if sampler and model are right.
"""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]
Generator = np.random.Generator


@dataclass(frozen=True, eq=False)
class Laplace:
    """Normal approximation of a posterior at its mode: mean (size,) and a root of its covariance (size, size)."""

    mode: Floats
    root: Floats

    def draw(self, count: int, rng: Generator) -> Floats:
        """Draws (count, size)."""
        return self.mode + rng.normal(size=(count, len(self.mode))) @ self.root.T


def laplace(log_density: Callable[..., Any], start: Floats, *data: Any) -> Laplace:
    """Mode by a quasi-Newton search, covariance by the inverse of the Hessian there.

    Args:
        log_density: of a vector and the data, written for JAX; compiled once for all data of the same shape.

    Raises:
        CountermoveError: the search does not end at a maximum.
    """
    from scipy.optimize import minimize

    value, hessian = _compiled(log_density)

    def objective(z: Floats) -> tuple[float, Floats]:
        number, slope = value(z, *data)
        return float(number), np.asarray(slope, dtype=np.float64)

    begin = np.asarray(start, dtype=np.float64)
    found: Any = minimize(objective, begin, jac=True, method="BFGS", options={"gtol": 1e-8})
    curvature = np.asarray(hessian(found.x, *data), dtype=np.float64)
    try:
        root = np.linalg.inv(np.linalg.cholesky(curvature)).T
    except np.linalg.LinAlgError:
        raise CountermoveError("the search for the mode of the posterior did not end at a maximum") from None
    return Laplace(np.asarray(found.x), root)


@lru_cache(maxsize=8)
def _compiled(log_density: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Value with gradient, and Hessian, of the negative log density."""
    import jax

    def negative(z: Any, *data: Any) -> Any:
        return -log_density(z, *data)

    return jax.jit(jax.value_and_grad(negative)), jax.jit(jax.hessian(negative))


def ranks(
    prior: Callable[[Generator], Floats],
    data: Callable[[Floats, Generator], Floats],
    fit: Callable[[Floats, Generator], Floats],
    fits: int,
    seed: int,
) -> NDArray[np.int64]:
    """Ranks (fits, size) of parameters drawn from the prior among the draws that `fit` (data → (draws, size)) gives."""
    found: list[NDArray[np.int64]] = []
    for index in range(fits):
        rng = np.random.Generator(np.random.Philox(key=seed, counter=index))
        truth = prior(rng)
        draws = fit(data(truth, rng), rng)
        found.append((draws < truth).sum(axis=0))
    return np.asarray(found)


def uniformity(found: NDArray[np.int64], draws: int, bins: int = 10) -> Floats:
    """p-values (size,) of a chi-square test that ranks among `draws` draws are uniform."""
    from scipy.stats import chisquare

    edges = np.linspace(0, draws + 1, bins + 1)
    counts = np.array([np.histogram(column, edges)[0] for column in found.T])
    return np.asarray(chisquare(counts, axis=1).pvalue)
