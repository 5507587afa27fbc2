"""Sampling the posterior: NUTS on the compiled model, in segments on disk, so that an interrupted run goes on.

Hoffman and Gelman (2014); NumPyro (Phan, Pradhan and Jankowiak 2019).
"""

# JAX and NumPyro leave parts of their signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError
from countermove.inference.density import Density, settings
from countermove.inference.diagnostics import Diagnostics, diagnose
from countermove.inference.posterior import Posterior, target_hash

Floats = NDArray[np.floating[Any]]
LogDensity = Callable[[Mapping[str, Any]], Any]

SEGMENT = 25
"""Draws of each chain between two writings to disk."""


@dataclass(frozen=True)
class Plan:
    """How long the chains are; `seed` decides everything that is random."""

    chains: int = 4
    warmup: int = 500
    draws: int = 500
    seed: int = 1
    dense: bool = True


@dataclass(frozen=True, eq=False)
class Chains:
    """Draws by block of scores, each (chains, draws, size), and the number of divergent transitions."""

    draws: Mapping[str, Floats]
    divergences: int


def sample(
    log_density: LogDensity,
    sizes: Mapping[str, int],
    plan: Plan,
    folder: Path,
    target: str,
    progress: Callable[[int, int], None] | None = None,
) -> Chains:
    """Draw from a density of blocks of standardised scores; goes on from what `folder` holds of the same target.

    A finished folder may be asked for more draws: they are those that a longer run would have given.

    Args:
        sizes: length of each block.
        target: what identifies density and plan; a folder with another is refused.

    Raises:
        CountermoveError: the folder holds the chains of another target.
    """
    import jax
    from numpyro.infer import NUTS

    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, f"{target} {replace(plan, draws=0)}")
    kernel = NUTS(potential_fn=lambda z: -log_density(z), dense_mass=plan.dense, target_accept_prob=0.9)
    keys = jax.random.split(jax.random.PRNGKey(plan.seed), plan.chains)
    start = {name: jax.numpy.asarray(x) for name, x in _start(sizes, plan).items()}
    state: Any = kernel.init(keys, plan.warmup, start, (), {})

    def one(before: Any, _: None) -> tuple[Any, Any]:
        after = kernel.sample(before, (), {})
        return after, (after.z, after.diverging)

    # Compiled once; warm-up and draws are the same step, and the state knows how far its adaptation has come.
    segment: Any = jax.jit(lambda before: jax.lax.scan(one, before, None, length=SEGMENT))
    steps = -(-plan.warmup // SEGMENT) + -(-plan.draws // SEGMENT)
    done = len(list(folder.glob("segment-*.npz")))
    if 0 < done < steps:
        leaves = [jax.numpy.asarray(x) for x in dict(np.load(folder / f"state-{done - 1:04d}.npz")).values()]
        state = jax.tree.unflatten(jax.tree.structure(state), leaves)
    for index in range(done, steps):
        if progress:
            progress(index, steps)
        state, (z, diverging) = segment(state)
        leaves = {f"{k:04d}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves(state))}
        write_whole(folder / f"state-{index:04d}.npz", _packed(leaves))
        drawn = {name: np.moveaxis(np.asarray(x), 0, 1) for name, x in z.items()}
        write_whole(folder / f"segment-{index:04d}.npz", _packed({**drawn, "diverging": np.asarray(diverging).T}))
    return _collected(folder, plan)


def _packed(arrays: Mapping[str, Floats]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # pyright: ignore[reportArgumentType]
    return buffer.getvalue()


def _claim(folder: Path, text: str) -> None:
    """Write what the folder is for, or refuse if it is for something else."""
    file = folder / "target.txt"
    if file.is_file() and file.read_text(encoding="utf-8") != text:
        raise CountermoveError(f"{folder}: holds the chains of another calibration; remove it or give another folder")
    write_whole(file, text)


def _start(sizes: Mapping[str, int], plan: Plan) -> dict[str, Floats]:
    """Starting points, over-dispersed little: half a standard deviation about the centre of the prior."""
    rng = np.random.Generator(np.random.Philox(key=plan.seed))
    return {name: rng.normal(0.0, 0.5, (plan.chains, size)) for name, size in sizes.items()}


def _collected(folder: Path, plan: Plan) -> Chains:
    """The draws after warm-up, which fills whole segments."""
    files = sorted(folder.glob("segment-*.npz"))[-(-plan.warmup // SEGMENT) :]
    parts = [dict(np.load(file)) for file in files]
    joined = {name: np.concatenate([part[name] for part in parts], axis=1)[:, : plan.draws] for name in parts[0]}
    diverging = joined.pop("diverging")
    return Chains(joined, int(diverging.sum()))


def calibrate(
    density: Density, plan: Plan, folder: Path, progress: Callable[[int, int], None] | None = None
) -> tuple[Posterior, Diagnostics]:
    """Sample the posterior and diagnose it; nothing is refused here (see `Diagnostics.require`)."""
    target = target_hash(density)
    chains = sample(density.log_density, density.sizes, plan, folder, target, progress)
    diagnostics = diagnose(_by_label(density, chains), chains.divergences)
    return _posterior(density, chains, target), diagnostics


def limits() -> dict[str, Any]:
    """What diagnostics must keep, from calibration.yaml."""
    return settings()["diagnostics"]


def _by_label(density: Density, chains: Chains) -> dict[str, Floats]:
    """Every score by name, (chains, draws)."""
    labels = {
        "parameters": density.labels,
        "parents": tuple(density.hierarchies),
        "sources": tuple(f"error of {group}" for group in density.groups),
    }
    return {
        label: chains.draws[block][:, :, index] for block, names in labels.items() for index, label in enumerate(names)
    }


def _posterior(density: Density, chains: Chains, target: str) -> Posterior:
    import jax

    z, parents = (x.reshape(-1, x.shape[-1]) for x in (chains.draws["parameters"], chains.draws["parents"]))
    values = jax.vmap(density.values)(z, parents)
    named = {name: np.moveaxis(np.asarray(x)[..., 0], 0, -1) for name, x in values.items()}
    return Posterior(target, named)
