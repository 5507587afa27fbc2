"""A calibration from beginning to end: the mode, NUTS about it, diagnostics, the posterior that may ship.

Chains run in coordinates in which the normal approximation at the mode is standard: what the data correlate or narrow
is undone before sampling, and little is left for the adaptation.
"""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError
from countermove.inference import mode, sampler
from countermove.inference.density import Density, Problem, density, settings
from countermove.inference.diagnostics import Diagnostics, diagnose
from countermove.inference.mode import Laplace
from countermove.inference.posterior import Posterior, target_hash
from countermove.inference.sampler import Plan

Floats = NDArray[np.floating[Any]]

STARTS = 4
"""Points from which the mode is looked for: the centre of the prior and draws of it."""

SHIPPED = 1000
"""Draws that ship, evenly from all chains."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A finished fit, whether or not it may ship.

    Attributes:
        contraction: by label 1 − variance of the score in the posterior; 1 in the prior.
        shift: by label mean of the score in the posterior; 0 in the prior.
        starts: log density at the mode found from each start, highest first.
        steps: mean number of gradients of a transition.
    """

    posterior: Posterior
    diagnostics: Diagnostics
    contraction: Mapping[str, float]
    shift: Mapping[str, float]
    starts: tuple[float, ...]
    steps: float

    def require(self) -> None:
        """Refuse to ship what has not converged.

        Raises:
            CountermoveError: the first fault and the number of others.
        """
        self.diagnostics.require(**settings()["diagnostics"])


def calibrate(
    problem: Problem, plan: Plan, folder: Path, progress: Callable[[int, int], None] | None = None
) -> Calibration:
    """Fit; goes on from what `folder` holds of the same problem and plan. Nothing is refused here (see `require`).

    Raises:
        CountermoveError: the folder holds another calibration; the search for the mode does not end.
    """
    import jax.numpy as jnp

    target = target_hash(problem)
    of, approximation, starts = _prepared(problem, folder / "mode.npz", target, plan.seed)
    centre, root = jnp.asarray(approximation.mode), jnp.asarray(approximation.root)
    size = len(problem.labels)

    def log_density(x: Any, _: None) -> Any:
        return of.log_density(centre + root @ x)

    def slope(x: Floats, _: None) -> tuple[float, Floats]:
        height, slopes = mode.slope(of, approximation.points(x[:, np.newaxis])[:, 0])
        return height, approximation.root.T @ slopes

    chains = sampler.sample(log_density, slope, size, plan, folder / "chains", target, progress)
    z = np.einsum("ij,cdj->cdi", of.root, approximation.mode + chains.draws @ approximation.root.T)
    diagnostics = diagnose({label: z[..., k] for k, label in enumerate(problem.labels)}, chains.divergences)
    flat = z.reshape(-1, size)
    contraction = {label: float(1 - x) for label, x in zip(problem.labels, flat.var(axis=0, ddof=1), strict=True)}
    shift = {label: float(x) for label, x in zip(problem.labels, flat.mean(axis=0), strict=True)}
    record = {
        "plan": asdict(plan), "divergences": chains.divergences, "steps": chains.steps, "starts": list(starts),
        "largest_rhat": max(diagnostics.rhat.values()), "least_bulk": min(diagnostics.bulk.values()),
        "least_tail": min(diagnostics.tail.values()), "contraction": contraction, "shift": shift,
        "scenario": problem.scenario.name, "variant": dict(problem.scenario.variant),
        "figures": len(problem.exact), "bounds": len(problem.bounds), "months": problem.months,
    }  # fmt: skip
    posterior = Posterior(target, _values(of, flat), record)
    return Calibration(posterior, diagnostics, contraction, shift, starts, chains.steps)


def _prepared(problem: Problem, file: Path, target: str, seed: int) -> tuple[Density, Laplace, tuple[float, ...]]:
    """Density and approximation, from `file` if it holds those of the same target: chains must go on in theirs."""
    of = density(problem)
    if file.is_file():
        with np.load(file) as kept:
            if str(kept["target"]) != target:
                raise CountermoveError(f"{file.parent}: holds another calibration; remove it or give another folder")
            starts = kept["starts"]
            return of, Laplace(kept["mode"], kept["root"], float(starts[0])), tuple(map(float, starts))
    rng = np.random.Generator(np.random.Philox(key=seed))
    begins = [np.zeros(len(problem.labels)), *rng.normal(size=(STARTS - 1, len(problem.labels)))]
    found = sorted((mode.laplace(of, start=begin) for begin in begins), key=lambda each: -each.log_density)
    starts = tuple(each.log_density for each in found)
    buffer = io.BytesIO()
    np.savez(buffer, target=np.array(target), starts=np.array(starts), mode=found[0].mode, root=found[0].root)
    write_whole(file, buffer.getvalue())
    return of, found[0], starts


def _values(of: Density, z: Floats) -> dict[str, Floats]:
    """Parameters by name, (*elements, draws), of `SHIPPED` draws evenly spaced; `z` (draws, labels) with hierarchy."""
    chosen = np.unique(np.linspace(0, len(z) - 1, min(SHIPPED, len(z))).round().astype(int))
    return of.values(np.linalg.solve(of.root, z[chosen].T))
