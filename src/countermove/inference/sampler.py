"""NUTS in segments on disk, all chains in step, so that an interrupted run goes on where it stopped.

Hoffman and Gelman (2014); NumPyro (Phan, Pradhan and Jankowiak 2019). A gradient of one chain costs the processor much
the same as one of sixteen: chains are elements of one vector. At every step they wait for the one with the longest
trajectory, which costs less than what is gained.
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
LogDensity = Callable[[Any], Any]
Slope = Callable[[Floats], tuple[float, Floats]]
Progress = Callable[[int, int], None]

SEGMENT = 10
"""Draws of every chain between two writings to disk."""

_DEPTH = (6, 8)  # of trees, in warm-up and after: the first steps, far from adapted, would otherwise take minutes each
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
    draws: int = 250
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
) -> Chains:
    """Draw from a density of a vector with about unit scale; goes on from what `folder` holds of the same target.

    Chains begin at draws of the standard normal distribution. A finished folder may be asked for more draws: they are
    those that a longer run would have given.

    Args:
        log_density: for JAX.
        slope: value and gradient of the same, by whatever means; where chains begin.
        target: what identifies density and plan; a folder with another is refused.
        progress: called with the segments done and in all.

    Raises:
        CountermoveError: the folder holds the chains of another target.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, f"{target} {replace(plan, draws=0)}")
    wanted = -(-plan.warmup // SEGMENT) + -(-plan.draws // SEGMENT)
    if _done(folder) < wanted:
        _advance(_Sampler(log_density, slope, size, plan), folder, wanted, progress)
    return _collected(folder, plan)


def _advance(sampler: _Sampler, folder: Path, wanted: int, progress: Progress | None) -> None:
    """All chains from where they stand to their last segment."""
    import jax

    done, states = _done(folder), sampler.first
    if done:
        kept = dict(np.load(_state_file(folder, done - 1)))
        leaves = [jax.numpy.asarray(kept[name]) for name in sorted(kept)]
        states = jax.tree.unflatten(jax.tree.structure(states), leaves)
    segment = sampler.segment
    for index in range(done, wanted):
        states, (z, diverging, steps) = segment(states)
        leaves = {f"{k:04d}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves(states))}
        write_whole(_state_file(folder, index), _packed(leaves))
        drawn = {"z": np.asarray(z), "diverging": np.asarray(diverging), "steps": np.asarray(steps)}
        write_whole(_segment_file(folder, index), _packed(drawn))
        _state_file(folder, index - 1).unlink(missing_ok=True)
        if progress:
            progress(index + 1, wanted)


class _Sampler:
    """The compiled segment of all chains, and the states in which they begin."""

    def __init__(self, log_density: LogDensity, slope: Slope, size: int, plan: Plan) -> None:
        import jax

        self._slope, self._size, self._plan = slope, size, plan
        self._kernel = self._nuts(lambda x: -log_density(x))
        # Traced, not run: a gradient program for the first point alone would take as long to compile as the sampler.
        jax.eval_shape(lambda x: self._kernel.init(self._key(0), plan.warmup, x, (), {}), np.zeros(size))

    def _nuts(self, potential: LogDensity) -> Any:
        from numpyro.infer import NUTS

        return NUTS(
            potential_fn=potential,
            step_size=_FIRST_STEP,
            dense_mass=False,
            target_accept_prob=self._plan.accept,
            max_tree_depth=_DEPTH,  # pyright: ignore[reportArgumentType]
        )

    def _key(self, chain: int) -> Any:
        import jax

        return jax.random.fold_in(jax.random.PRNGKey(self._plan.seed), chain)

    @cached_property
    def first(self) -> Any:
        """States in which chains begin, with value and gradient there, one after another along the first axis.

        The number of the transition and that of the window of adaptation are those of all chains: the end of a window,
        which costs gradients, is then one condition, not one of each chain, of which both branches would be taken.
        """
        import jax
        import jax.numpy as jnp

        start = self._nuts(lambda x: 0.5 * (x**2).sum())
        states: list[Any] = []
        for chain in range(self._plan.chains):
            rng = np.random.Generator(np.random.Philox(key=np.array([self._plan.seed, chain], dtype=np.uint64)))
            x = rng.normal(size=self._size)
            value, gradient = self._slope(x)
            state = start.init(self._key(chain), self._plan.warmup, jnp.asarray(x), (), {})
            states.append(state._replace(potential_energy=jnp.asarray(-value), z_grad=jnp.asarray(-gradient)))
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)
        window = states[0].adapt_state.window_idx
        return stacked._replace(i=states[0].i, adapt_state=stacked.adapt_state._replace(window_idx=window))

    @cached_property
    def segment(self) -> Callable[[Any], Any]:
        """One executable for warm-up and draws: the states know how far their adaptation has come."""
        import jax

        from countermove.engine.compile import optimised

        axes = jax.tree.map(lambda _: 0, self.first)
        axes = axes._replace(i=None, adapt_state=axes.adapt_state._replace(window_idx=None))
        transition = jax.vmap(lambda state: self._kernel.sample(state, (), {}), in_axes=(axes,), out_axes=axes)

        def one(before: Any, _: None) -> tuple[Any, Any]:
            after = transition(before)
            return after, (after.z, after.diverging, after.num_steps)

        segment: Any = jax.jit(lambda before: jax.lax.scan(one, before, None, length=SEGMENT))
        return optimised(segment.lower(self.first))


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
