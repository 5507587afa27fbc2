"""NUTS in segments on disk, all chains in step, so that an interrupted run goes on where it stopped.

Hoffman and Gelman (2014); NumPyro (Phan, Pradhan and Jankowiak 2019). Chains are elements of one
vector: a gradient of sixteen takes some two and a half times as long as that of one. At every step they wait for the
one with the longest trajectory, which costs less than what is gained.
"""

# JAX and NumPyro leave parts of their signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]
LogDensity = Callable[[Any, Any], Any]
Slope = Callable[[Floats, Any], tuple[float, Floats]]
Progress = Callable[[int, int], None]

SEGMENT = 10
"""Draws of every chain between two writings to disk."""

_DEPTH = (6, 8)  # of trees, in warm-up and after: the first steps, far from adapted, would otherwise take minutes each
_STEEPEST = 5.0  # of the gradient, in multiples of its typical length under a standard normal density
_FIRST_STEP = 0.1  # about a third of what suits a normal density of this size: the search overshoots by ten


@dataclass(frozen=True)
class Plan:
    """How long the chains are; `seed` decides everything that is random.

    Attributes:
        warmup, draws: of each chain, in whole segments.
        accept: target of the step size.
    """

    chains: int = 16
    warmup: int = 100
    draws: int = 300
    seed: int = 1
    accept: float = 0.85


@dataclass(frozen=True, eq=False)
class Chains:
    """Draws (chains, draws, size), the number of divergent transitions, and the mean number of gradients of a draw."""

    draws: Floats
    divergences: int
    steps: float


def sample(
    log_density: LogDensity,
    slope: Slope,
    size: int,
    plan: Plan,
    folder: Path,
    target: str,
    progress: Progress | None = None,
    data: Any = None,
) -> Chains:
    """Draw from a density of a vector with about unit scale; goes on from what `folder` holds of the same target.

    Chains begin at draws of the standard normal distribution. A finished folder may be asked for more draws: they are
    those that a longer run would have given.

    Args:
        log_density: of a point, given the data of the chain; for JAX.
        slope: value and gradient of the same, by whatever means; where chains begin.
        target: what identifies density, data and plan; a folder with another is refused.
        progress: called with the segments done and in all.
        data: arrays, or a tree of them, with an element for each chain along the first axis.

    Raises:
        CountermoveError: the folder holds the chains of another target.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, f"{target} {replace(plan, draws=0)}")
    wanted = -(-plan.warmup // SEGMENT) + -(-plan.draws // SEGMENT)
    if _done(folder) < wanted:
        _advance(_Sampler(log_density, slope, size, plan, data), folder, wanted, progress)
    return _collected(folder, plan)


def _advance(sampler: _Sampler, folder: Path, wanted: int, progress: Progress | None) -> None:
    """All chains from where they stand to their last segment."""
    import jax

    done, adapted, states = _done(folder), sampler.adapted, sampler.first
    if done:
        kept = dict(np.load(_state_file(folder, done - 1)))
        leaves = [jax.numpy.asarray(kept[name]) for name in sorted(kept)]
        states = jax.tree.unflatten(jax.tree.structure(states), leaves)
    segment = sampler.segment
    for index in range(done, wanted):
        states, (z, diverging, steps) = segment(states)
        if index + 1 == adapted:
            states = _pooled(states)
        leaves = {f"{k:04d}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves(states))}
        write_whole(_state_file(folder, index), _packed(leaves))
        drawn = {"z": np.asarray(z), "diverging": np.asarray(diverging), "steps": np.asarray(steps)}
        write_whole(_segment_file(folder, index), _packed(drawn))
        _state_file(folder, index - 1).unlink(missing_ok=True)
        if progress:
            progress(index + 1, wanted)


def _pooled(states: Any) -> Any:
    """What the chains have adapted, in common: the median step, the geometric mean of variances.

    A chain that happened upon a divergence late in its warm-up would otherwise keep tiny steps, and all wait for it.
    """
    import jax.numpy as jnp

    adapted = states.adapt_state
    variances = jnp.exp(jnp.log(adapted.inverse_mass_matrix).mean(axis=0, keepdims=True))
    shared = {
        "step_size": jnp.median(adapted.step_size),
        "inverse_mass_matrix": variances,
        "mass_matrix_sqrt": 1 / jnp.sqrt(variances),
        "mass_matrix_sqrt_inv": jnp.sqrt(variances),
    }
    of_all = {name: jnp.broadcast_to(value, getattr(adapted, name).shape) for name, value in shared.items()}
    return states._replace(adapt_state=adapted._replace(**of_all))


class _Sampler:
    """The compiled segment of all chains, and the states in which they begin."""

    def __init__(self, log_density: LogDensity, slope: Slope, size: int, plan: Plan, data: Any) -> None:
        import jax
        from numpyro.infer.hmc import hmc

        self._slope, self._size, self._plan, self._data = slope, size, plan, data
        gentle = _gentle(log_density)
        _, self._next = self._kernel = hmc(potential_fn_gen=lambda given: lambda x: -gentle(x, given), algo="NUTS")
        # Traced, not run: a gradient program for the first point alone would take as long to compile as the sampler.
        jax.eval_shape(lambda x: self._begun(self._kernel[0], 0, x, self._of(0)), np.zeros(size))

    @property
    def adapted(self) -> int:
        """Segments of warm-up."""
        return -(-self._plan.warmup // SEGMENT)

    def _begun(self, begin: Callable[..., Any], chain: int, x: Any, given: Any) -> Any:
        import jax

        return begin(
            x,
            self._plan.warmup,
            step_size=_FIRST_STEP,
            target_accept_prob=self._plan.accept,
            max_tree_depth=_DEPTH,
            model_args=(given,),
            rng_key=jax.random.fold_in(jax.random.PRNGKey(self._plan.seed), chain),
        )

    def _of(self, chain: int) -> Any:
        import jax

        return jax.tree.map(lambda array: array[chain], self._data)

    @cached_property
    def first(self) -> Any:
        """States in which chains begin, with value and gradient there, chains along the first axis."""
        import jax
        import jax.numpy as jnp
        from numpyro.infer.hmc import hmc

        begin, _ = hmc(potential_fn_gen=lambda _: lambda x: 0.5 * (x**2).sum(), algo="NUTS")
        states: list[Any] = []
        for chain in range(self._plan.chains):
            rng = np.random.Generator(np.random.Philox(key=np.array([self._plan.seed, chain], dtype=np.uint64)))
            x = rng.normal(size=self._size)
            value, gradient = self._slope(x, self._of(chain))
            state = self._begun(begin, chain, jnp.asarray(x), self._of(chain))
            states.append(state._replace(potential_energy=jnp.asarray(-value), z_grad=-_shortened(gradient)))
        return jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(leaf) for leaf in leaves]), *states)

    @cached_property
    def segment(self) -> Callable[[Any], Any]:
        """One executable for warm-up and draws: the states know how far their adaptation has come."""
        import jax

        from countermove.engine.compile import optimised

        transition = jax.vmap(lambda state, given: self._next(state, (given,)))

        def one(before: Any, _: None) -> tuple[Any, Any]:
            after = transition(before, self._data)
            return after, (after.z, after.diverging, after.num_steps)

        segment: Any = jax.jit(lambda before: jax.lax.scan(one, before, None, length=SEGMENT))
        return optimised(segment.lower(self.first))


def _gentle(log_density: LogDensity) -> LogDensity:
    """The same density, with gradients for trajectories that are never steeper than `_STEEPEST`.

    Where a market tips from one month to the next the density of the model is steep over a width of no account, which
    would throw a trajectory far away. Steps along any field that depends on the position alone can be reversed and keep
    volume, and draws are accepted by the density itself: their distribution is the same (Neal 2011, section 5.5).
    """
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def density(x: Any, given: Any) -> Any:
        return log_density(x, given)

    def forward(x: Any, given: Any) -> tuple[Any, Any]:
        value, gradient = jax.value_and_grad(log_density)(x, given)
        return value, (_shortened(gradient), jax.tree.map(jnp.zeros_like, given))

    def backward(kept: Any, towards: Any) -> Any:
        gradient, nothing = kept
        return towards * gradient, nothing

    density.defvjp(forward, backward)
    return density


def _shortened(gradient: Any) -> Any:
    import jax.numpy as jnp

    longest = _STEEPEST * np.sqrt(gradient.shape[-1])
    return gradient * jnp.minimum(1.0, longest / jnp.maximum(jnp.linalg.norm(gradient), 1e-12))


def _state_file(folder: Path, index: int) -> Path:
    return folder / f"state-{index:04d}.npz"


def _segment_file(folder: Path, index: int) -> Path:
    return folder / f"segment-{index:04d}.npz"


def _done(folder: Path) -> int:
    return len(list(folder.glob("segment-*.npz")))


def _packed(arrays: dict[str, Floats]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # pyright: ignore[reportArgumentType]
    return buffer.getvalue()


def _claim(folder: Path, text: str) -> None:
    """Write what the folder is for, or refuse if it is for something else."""
    file = folder / "target.txt"
    if file.is_file() and file.read_text(encoding="utf-8") != text:
        raise CountermoveError(f"{folder}: holds the chains of another calibration; remove it or give another folder")
    write_whole(file, text)


def _collected(folder: Path, plan: Plan) -> Chains:
    """The draws after warm-up, which fills whole segments."""
    first, count = -(-plan.warmup // SEGMENT), -(-plan.draws // SEGMENT)
    parts = [dict(np.load(_segment_file(folder, index))) for index in range(first, first + count)]
    z, diverging, steps = (
        np.concatenate([part[name] for part in parts])[: plan.draws].swapaxes(0, 1)
        for name in ("z", "diverging", "steps")
    )
    return Chains(z, int(diverging.sum()), float(steps.mean()))
