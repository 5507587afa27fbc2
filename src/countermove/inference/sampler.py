"""NUTS in segments on disk, each chain by itself, so that an interrupted run goes on where it stopped.

Hoffman and Gelman (2014); NumPyro (Phan, Pradhan and Jankowiak 2019). Chains are threads of one compiled step, which
leaves Python's lock while it runs; vectorised chains would wait at every step for the one with the longest trajectory.
"""

# JAX and NumPyro leave parts of their signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
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
"""Draws of a chain between two writings to disk."""

_DEPTH = (6, 8)  # of trees, in warm-up and after: the first steps, far from adapted, would otherwise take minutes each
_FIRST_STEP = 0.1  # about a third of what suits a normal density of this size: the search overshoots by ten


@dataclass(frozen=True)
class Plan:
    """How long the chains are; `seed` decides everything that is random.

    Attributes:
        warmup, draws: of each chain, in whole segments.
        accept: target of the step size.
        threads: chains that run at a time; of no consequence for the result.
    """

    chains: int = 4
    warmup: int = 80
    draws: int = 500
    seed: int = 1
    accept: float = 0.85
    threads: int = 2


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
    _claim(folder, f"{target} {replace(plan, draws=0, threads=0)}")
    wanted = -(-plan.warmup // SEGMENT) + -(-plan.draws // SEGMENT)
    missing = [chain for chain in range(plan.chains) if _done(folder, chain) < wanted]
    if missing:
        advance = _Advance(log_density, slope, size, plan, folder)
        lock, done = Lock(), sum(min(_done(folder, chain), wanted) for chain in range(plan.chains))

        def tell() -> None:
            nonlocal done
            with lock:
                done += 1
                if progress:
                    progress(done, wanted * plan.chains)

        advance.compile()
        pool = ThreadPoolExecutor(plan.threads, thread_name_prefix="chain")
        try:
            for finished in as_completed([pool.submit(advance.run, chain, wanted, tell) for chain in missing]):
                finished.result()
        finally:  # after an error or Ctrl-C each chain ends with the segment that it is in
            advance.stopped = True
            pool.shutdown(wait=True, cancel_futures=True)
    return _collected(folder, plan)


class _Advance:
    """The compiled step of a chain, and the chain's way through its segments."""

    def __init__(self, log_density: LogDensity, slope: Slope, size: int, plan: Plan, folder: Path) -> None:
        import jax
        from numpyro.infer import NUTS

        self._slope, self._size, self._plan, self._folder = slope, size, plan, folder
        self.stopped = False

        def kernel(potential: LogDensity) -> Any:
            accept = plan.accept
            return NUTS(
                potential_fn=potential,
                step_size=_FIRST_STEP,
                dense_mass=False,
                target_accept_prob=accept,
                max_tree_depth=_DEPTH,  # pyright: ignore[reportArgumentType]
            )

        self._kernel, self._any = kernel(lambda x: -log_density(x)), kernel(lambda x: 0.5 * (x**2).sum())
        # Traced, not run: a gradient program for the first point alone would take as long to compile as the sampler.
        jax.eval_shape(lambda x: self._kernel.init(self._key(0), plan.warmup, x, (), {}), np.zeros(size))
        self._states = [self._first(chain) for chain in range(plan.chains)]

    def _key(self, chain: int) -> Any:
        import jax

        return jax.random.fold_in(jax.random.PRNGKey(self._plan.seed), chain)

    def _first(self, chain: int) -> Any:
        """The state in which a chain begins, with value and gradient there."""
        import jax.numpy as jnp

        rng = np.random.Generator(np.random.Philox(key=np.array([self._plan.seed, chain], dtype=np.uint64)))
        x = rng.normal(size=self._size)
        state = self._any.init(self._key(chain), self._plan.warmup, jnp.asarray(x), (), {})
        value, gradient = self._slope(x)
        return state._replace(potential_energy=jnp.asarray(-value), z_grad=jnp.asarray(-gradient))

    def compile(self) -> None:
        """One executable for warm-up and draws: the state knows how far its adaptation has come."""
        import jax

        def one(before: Any, _: None) -> tuple[Any, Any]:
            after = self._kernel.sample(before, (), {})
            return after, (after.z, after.diverging, after.num_steps)

        segment: Any = jax.jit(lambda before: jax.lax.scan(one, before, None, length=SEGMENT))
        self._segment = segment.lower(self._states[0]).compile()

    def run(self, chain: int, wanted: int, tell: Callable[[], None]) -> None:
        """The chain from where it stands to its last segment."""
        import jax

        done = _done(self._folder, chain)
        state = self._states[chain]
        if done:
            kept = dict(np.load(_state_file(self._folder, chain, done - 1)))
            leaves = [jax.numpy.asarray(kept[name]) for name in sorted(kept)]
            state = jax.tree.unflatten(jax.tree.structure(state), leaves)
        for index in range(done, wanted):
            if self.stopped:
                return
            state, (z, diverging, steps) = self._segment(state)
            leaves = {f"{k:04d}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves(state))}
            write_whole(_state_file(self._folder, chain, index), _packed(leaves))
            drawn = {"z": np.asarray(z), "diverging": np.asarray(diverging), "steps": np.asarray(steps)}
            write_whole(_segment_file(self._folder, chain, index), _packed(drawn))
            _state_file(self._folder, chain, index - 1).unlink(missing_ok=True)
            tell()


def _state_file(folder: Path, chain: int, index: int) -> Path:
    return folder / f"chain-{chain}-state-{index:04d}.npz"


def _segment_file(folder: Path, chain: int, index: int) -> Path:
    return folder / f"chain-{chain}-segment-{index:04d}.npz"


def _done(folder: Path, chain: int) -> int:
    return len(list(folder.glob(f"chain-{chain}-segment-*.npz")))


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
    parts = [
        [dict(np.load(_segment_file(folder, chain, index))) for index in range(first, first + count)]
        for chain in range(plan.chains)
    ]
    z, diverging, steps = (
        np.stack([np.concatenate([part[name] for part in chain])[: plan.draws] for chain in parts])
        for name in ("z", "diverging", "steps")
    )
    return Chains(z, int(diverging.sum()), float(steps.mean()))
