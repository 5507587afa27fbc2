"""Many draws of several scenarios: fixed blocks over all cores, into arrays that hold only what was asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.engine.compile import Program
from countermove.engine.draws import Listed, Prior, parameters
from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]
Reducer = Callable[[Mapping[str, Floats]], Mapping[str, Floats]]
Progress = Callable[[int, int], None]

_threads: ContextVar[int | None] = ContextVar("_threads", default=None)


@dataclass(frozen=True, eq=False)
class Arm:
    """One scenario as the engine takes it.

    Attributes:
        priors: distribution of every parameter, or its values draw by draw.
        series: by name, (months, *dimensions).
        mechanisms: 0 or 1 for a switch in all draws, or one value a draw; those not named are on.
        held: paths kept from another run, by name, (months, *dimensions, draws).
    """

    priors: Mapping[str, Prior | Listed]
    series: Mapping[str, Floats] = field(default_factory=dict[str, Floats])
    mechanisms: Mapping[str, float | Floats] = field(default_factory=dict[str, float | Floats])
    held: Mapping[str, Floats] = field(default_factory=dict[str, Floats])


def run(
    program: Program,
    arms: Sequence[Arm],
    draws: int,
    seed: int,
    *,
    first: int = 0,
    reduce: Reducer | None = None,
    progress: Progress | None = None,
    shared: Shared | None = None,
) -> list[dict[str, Floats]]:
    """Simulate draws `first` to `first + draws` of every arm on common random numbers.

    Memory is bounded by one block for each core plus the results. Threads suffice: the executable runs outside
    Python's lock.

    Args:
        first: the draw to begin with; what an arm gives draw by draw begins with it too.
        reduce: from one block of outputs, each (months, *dimensions, block), to what is kept of it, draws last. Must
            treat every draw by itself. Without it the outputs are kept whole.
        progress: called with the number of runs done and the number in all.
        shared: what runs of other arms on the same draws have made already.

    Returns:
        For each arm by name an array with the draws last.

    Raises:
        CountermoveError: an input is missing or of the wrong shape; what is kept is not finite (names the draw).
    """
    if draws < 1:
        raise CountermoveError(f"draws: {draws} is not a number of draws; at least 1")
    program.warm()
    results: list[dict[str, Floats]] = [{} for _ in arms]
    common = shared or Shared(program, seed, first, draws)
    lock = Lock()

    def one_block(index: int, begin: int) -> int:
        arm = arms[index]
        outputs = program.run(_inputs(program, arm, common, begin))
        count = min(program.block, draws - begin)
        kept = reduce(outputs) if reduce else outputs
        _check_finite(kept, first + begin, count)
        with lock:
            for name in kept.keys() - results[index].keys():
                results[index][name] = np.empty((*kept[name].shape[:-1], draws), kept[name].dtype)
        for name, values in kept.items():
            results[index][name][..., begin : begin + count] = values[..., :count]
        return count

    tasks = [(index, begin) for begin in range(0, draws, program.block) for index in range(len(arms))]
    done = 0
    for count in _carried_out(one_block, tasks, min(_threads.get() or cores(), len(tasks))):
        done += count
        if progress:
            progress(done, draws * len(arms))
    return results


def _carried_out(
    one_block: Callable[[int, int], int], tasks: Sequence[tuple[int, int]], workers: int
) -> Generator[int]:
    """What every task gives, as they are done. One worker is this thread: a new thread would take memory of its own."""
    if workers == 1:
        yield from (one_block(*task) for task in tasks)
        return
    executor = ThreadPoolExecutor(workers, thread_name_prefix="ensemble")
    try:
        for finished in as_completed([executor.submit(one_block, *task) for task in tasks]):
            yield finished.result()
    finally:  # after an error or Ctrl-C the blocks not yet begun are dropped
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def threads(count: int) -> Generator[None]:
    """Within this context ensembles run on that many threads instead of one for each core."""
    before = _threads.set(count)
    try:
        yield
    finally:
        _threads.reset(before)


def cores() -> int:
    """Number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# Blocks whose parameters are drawn together, which takes a third of the time that block by block does.
_DRAWN_TOGETHER = 8


class Shared:
    """What arms on the same draws have in common, made once: parameters of the same priors, the same held paths.

    Blocks are named by where they begin, counted from `first`.
    """

    def __init__(self, program: Program, seed: int, first: int, draws: int) -> None:
        self._program = program
        self._draws = draws
        self._seed = seed
        self._first = first
        self._kept: dict[tuple[int, ...], tuple[int, dict[str, Floats], object]] = {}
        self._constants: dict[tuple[tuple[int, ...], float], Floats] = {}
        self._lock = Lock()

    def parameters(self, priors: Mapping[str, Prior | Listed], begin: int) -> dict[str, Floats]:
        """Parameters of that block."""
        block = self._program.block
        several = min(_DRAWN_TOGETHER, -(-self._draws // block)) * block
        inside = begin % several
        used = {name: priors[name] for name in self._names("parameter") if name in priors}
        first = self._first + begin - inside
        same = tuple(used.values())  # arms with other mappings of the same priors share them too
        drawn = self._once(same, begin - inside, several, lambda: parameters(used, self._seed, first, several))
        return {name: np.ascontiguousarray(values[..., inside : inside + block]) for name, values in drawn.items()}

    def held(self, paths: Mapping[str, Floats], begin: int) -> dict[str, Floats]:
        """Held paths of that block; contiguous, because a strided array would be copied at every run."""
        used = {name: paths[name] for name in self._names("held") if name in paths}
        single = {name: path for name, path in used.items() if not any(path.strides)}
        block = self._program.block
        several = self._once(
            (paths,),
            begin,
            block,
            lambda: {name: _by_draw(path, begin, block) for name, path in used.items() if name not in single},
        )
        return {**several, **{name: self._constant(path) for name, path in single.items()}}

    def _constant(self, path: Floats) -> Floats:
        """One block of a path that has one value in all months, elements and draws, made once for all blocks."""
        shape = (*path.shape[:-1], self._program.block)
        value = path.flat[0]
        with self._lock:
            key = (shape, float(value))
            if key not in self._constants:
                self._constants[key] = np.full(shape, value, self._program.dtype)
            return self._constants[key]

    def _names(self, kind: str) -> list[str]:
        return [name for name in self._program.inputs if self._program.model.inputs[name].kind == kind]

    def _once(
        self, of: tuple[object, ...], begin: int, count: int, make: Callable[[], Mapping[str, Floats]]
    ) -> dict[str, Floats]:
        """What `make` gives for `count` draws, made when first asked for and kept while another block may ask too."""
        with self._lock:
            key = (begin, *map(id, of))
            if key not in self._kept:
                before = begin - self._program.block
                self._kept = {kept: entry for kept, entry in self._kept.items() if entry[0] > before}
                made = {name: np.ascontiguousarray(value, dtype=self._program.dtype) for name, value in make().items()}
                self._kept[key] = begin + count, made, of  # held on to, so that no other object has its identity
            return self._kept[key][1]


def _inputs(program: Program, arm: Arm, shared: Shared, begin: int) -> dict[str, Floats]:
    given = {**shared.parameters(arm.priors, begin), **shared.held(arm.held, begin)}
    for name in program.inputs:
        kind = program.model.inputs[name].kind
        if kind == "mechanism":
            given[name] = _by_draw(arm.mechanisms.get(name, 1.0), begin, program.block)
        elif kind == "series" and name in arm.series:
            given[name] = np.asarray(arm.series[name])[..., np.newaxis]
    return given


def _by_draw(values: float | Floats, begin: int, block: int) -> Floats:
    """One block of values with draws last; the last block is filled up with copies of its last draw."""
    array = np.asarray(values)
    if array.ndim == 0:
        return np.full((block,), array)
    part = array[..., begin : begin + block]
    missing = block - part.shape[-1]
    return part if missing == 0 else np.concatenate([part, np.repeat(part[..., -1:], missing, axis=-1)], axis=-1)


def _check_finite(kept: Mapping[str, Floats], first: int, count: int) -> None:
    for name, values in kept.items():
        finite = np.isfinite(values[..., :count])
        if not finite.all():
            where = np.argwhere(~finite)[0]
            raise CountermoveError(f"'{name}' is not finite at position {where[0]} of draw {first + where[-1]}")
