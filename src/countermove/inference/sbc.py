"""Simulation-based calibration: whether inference gives back what data were simulated from (Talts et al. 2018).

Parameters are drawn from the prior, data from the parameters; the rank of each parameter among the draws of its
posterior is uniform if sampler and model are right. With hundreds of fits the posterior is approximated: by the normal
at its mode, whose draws are then moved by a Markov chain that leaves the posterior itself unchanged (Crank–Nicolson
proposals in the coordinates of the approximation; Cotter, Roberts, Stuart and White 2013).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from countermove.engine.ensemble import cores
from countermove.inference import mode
from countermove.inference.density import BLOCK, Data, Density

Floats = NDArray[np.floating[Any]]
Generator = np.random.Generator
Drawn = TypeVar("Drawn")

DRAWS = BLOCK - 1
"""Of the posterior of one fit: with the truth they make ranks of which whole numbers fall into each bin."""

_MOVES = 10
_TURN = 0.4  # of a proposal: 0 stays, 1 forgets where it was


def calibrated(
    density: Density, fits: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> NDArray[np.int64]:
    """Ranks (fits, labels) of scores drawn from the prior among `DRAWS` draws of the posterior of simulated data."""

    def prior(rng: Generator) -> Floats:
        return rng.normal(size=len(density.problem.labels))

    def fit(data: Data, rng: Generator) -> Floats:
        return posterior(density, data, rng)

    return ranks(prior, density.simulate, fit, fits, seed, progress)


def posterior(density: Density, data: Data, rng: Generator, moves: int = _MOVES) -> Floats:
    """Draws (DRAWS, labels) of the posterior of data: of the normal approximation, moved."""
    approximation = mode.laplace(density, data=data)
    x = rng.normal(size=(len(density.problem.labels), DRAWS))
    here = _log_ratio(density, approximation, x, data)
    for _ in range(moves):
        proposed = np.sqrt(1 - _TURN**2) * x + _TURN * rng.normal(size=x.shape)
        there = _log_ratio(density, approximation, proposed, data)
        taken = np.log(rng.uniform(size=DRAWS)) < there - here
        x, here = np.where(taken, proposed, x), np.where(taken, there, here)
    return approximation.points(x).T


def _log_ratio(density: Density, approximation: mode.Laplace, x: Floats, data: Data) -> Floats:
    """Log of the posterior over its approximation; the proposals leave the latter unchanged."""
    found = mode.log_densities(density, approximation.points(x), data) + 0.5 * (x**2).sum(axis=0)
    return np.where(np.isfinite(found), found, -np.inf)


def ranks(
    prior: Callable[[Generator], Floats],
    data: Callable[[Floats, Generator], Drawn],
    fit: Callable[[Drawn, Generator], Floats],
    fits: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.int64]:
    """Ranks (fits, size) of parameters drawn from the prior among the draws that `fit` (data → (draws, size)) gives.

    Fits run on all cores; each has random numbers of its own.
    """

    def one(index: int) -> NDArray[np.int64]:
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, index], dtype=np.uint64)))
        truth = prior(rng)
        return (fit(data(truth, rng), rng) < truth).sum(axis=0)

    found: list[NDArray[np.int64]] = []
    with ThreadPoolExecutor(cores()) as pool:
        for each in pool.map(one, range(fits)):
            found.append(each)
            if progress:
                progress(len(found), fits)
    return np.asarray(found)


def uniformity(found: NDArray[np.int64], draws: int, bins: int = 8) -> Floats:
    """p-values (size,) of a chi-square test that ranks among `draws` draws are uniform."""
    from scipy.stats import chisquare

    counts = histograms(found, draws, bins)
    return np.asarray(chisquare(counts, axis=1).pvalue)


def histograms(found: NDArray[np.int64], draws: int, bins: int = 8) -> NDArray[np.int64]:
    """Ranks (size, bins) counted in bins of equal width."""
    edges = np.linspace(0, draws + 1, bins + 1)
    return np.array([np.histogram(column, edges)[0] for column in found.T])
