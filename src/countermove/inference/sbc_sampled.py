"""Simulation-based calibration with the sampler itself: fits to simulated data side by side, each by its own chains.

As in `sbc`, but the posterior of each data set is sampled as that of the evidence is, by NUTS about its mode. A few
such fits say little of one parameter; together they say whether the sampler's intervals hold what they should.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.inference import mode, sampler
from countermove.inference.density import Data, Density
from countermove.inference.diagnostics import diagnose
from countermove.inference.sampler import Plan
from countermove.inference.sbc import DRAWS

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Sampled:
    """Ranks (fits, labels) of what data were simulated from among `DRAWS` draws of each posterior.

    Attributes:
        rhat: the largest of each fit.
        divergences: of all fits.
    """

    ranks: NDArray[np.int64]
    rhat: tuple[float, ...]
    divergences: int

    def held(self, level: float) -> float:
        """Share of all scores of all fits within the central interval of that level."""
        return float((np.abs((self.ranks + 0.5) / (DRAWS + 1) - 0.5) < level / 2).mean())


def sampled(
    density: Density,
    fits: int,
    plan: Plan,
    folder: Path,
    target: str,
    progress: Callable[[int, int], None] | None = None,
) -> Sampled:
    """Fit data simulated from draws of the prior; goes on from what `folder` holds of the same density and plan.

    Args:
        plan: of each fit; its seed also decides what is simulated.

    Raises:
        CountermoveError: the folder holds other fits; the search for a mode does not end.
    """
    import jax.numpy as jnp

    size = len(density.problem.labels)
    truths, given = _simulated(density, fits, plan.seed)
    of_chain = {name: np.repeat(array, plan.chains, axis=0) for name, array in given.items()}

    def log_density(x: Any, its: dict[str, Any]) -> Any:
        return density.log_density(its["centre"] + its["root"] @ x, Data(its["figures"], its["sides"]))

    def slope(x: Floats, its: dict[str, Floats]) -> tuple[float, Floats]:
        height, slopes = mode.slope(density, its["centre"] + its["root"] @ x, Data(its["figures"], its["sides"]))
        return height, its["root"].T @ slopes

    every = replace(plan, chains=fits * plan.chains)
    on = {name: jnp.asarray(array) for name, array in of_chain.items()}
    chains = sampler.sample(log_density, slope, size, every, folder, f"{target} {fits} fits", progress, on)
    ranks, rhat = np.empty((fits, size), dtype=np.int64), list[float]()
    for index, x in enumerate(chains.draws.reshape(fits, plan.chains, plan.draws, size)):
        z = given["centre"][index] + x @ given["root"][index].T
        rhat.append(max(diagnose({str(k): z[..., k] for k in range(size)}, 0).rhat.values()))
        flat = z.reshape(-1, size)
        thinned = flat[np.linspace(0, len(flat) - 1, DRAWS).round().astype(int)]
        ranks[index] = (thinned < truths[index]).sum(axis=0)
    return Sampled(ranks, tuple(rhat), chains.divergences)


def _simulated(density: Density, fits: int, seed: int) -> tuple[Floats, dict[str, Floats]]:
    """Scores (fits, labels) drawn from the prior; data simulated from them and the approximation at each mode."""
    truths: list[Floats] = []
    parts: dict[str, list[Floats]] = {"figures": [], "sides": [], "centre": [], "root": []}
    for index in range(fits):
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, index], dtype=np.uint64)))
        truths.append(rng.normal(size=len(density.problem.labels)))
        data = density.simulate(truths[-1], rng)
        approximation = mode.laplace(density, data=data)
        found = (data.figures, data.sides, approximation.mode, approximation.root)
        for name, array in zip(parts, found, strict=True):
            parts[name].append(array)
    return np.array(truths), {name: np.stack(arrays) for name, arrays in parts.items()}
