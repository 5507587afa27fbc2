"""The unit of work: all cells of a plan for one run of successive draws, the same wherever it is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.explore.outcomes import OUTCOMES
from countermove.explore.world import World, drawn_from, program
from countermove.results import Basis
from countermove.scenario import Scenario
from countermove.sweep.sketch import Sketch

Floats = NDArray[np.floating[Any]]

BLOCKS = 8
"""Blocks of a segment."""

# Draws computed at once on an accelerator, which is idle at a processor's few hundred.
_ACCELERATOR_BLOCK = 8192

_compiling = Lock()


@dataclass(frozen=True)
class Work:
    """What a worker must know; small, and picklable where `model` is a function that can be imported.

    Attributes:
        model: makes the world that is simulated.
        basis: what its parameters are drawn from.
        draws: in all.
        length: draws of a segment.
    """

    model: Callable[[], World]
    basis: Basis
    scenarios: tuple[Scenario, ...]
    outcomes: tuple[str, ...]
    quantities: tuple[str, ...]
    draws: int
    seed: int
    length: int

    @property
    def segments(self) -> int:
        """Number of segments."""
        return -(-self.draws // self.length)

    def span(self, index: int) -> tuple[int, int]:
        """First draw and number of draws of a segment."""
        first = index * self.length
        return first, min(self.length, self.draws - first)


@dataclass(frozen=True, eq=False)
class Segment:
    """What is kept of a segment.

    Attributes:
        outcomes: by name (cell, year, draw), in single precision.
        sketches: by quantity of columns (cell, month, *dimensions).
        simulated: see `simulated`.
    """

    index: int
    outcomes: Mapping[str, NDArray[np.float32]]
    sketches: Mapping[str, Sketch]
    simulated: str


def simulated(given: World) -> str:
    """What must be the same on all workers: the model, its priors and, where it is drawn from, the posterior."""
    digest = hashlib.sha256(given.model_hash.encode())
    for name, prior in sorted(given.posterior.items()):
        digest.update(name.encode() + np.asarray(getattr(prior, "values", ()), dtype="<f8").tobytes())
    return f"{given.model_hash}, {given.basis} {digest.hexdigest()[:8]}"


def prepare(work: Work) -> World:
    """The world as a sweep simulates it, compiled; once in a process, however many threads ask."""
    with _compiling:
        return _prepared(work.model, work.basis, work.scenarios, work.outcomes, work.quantities)


def compute(work: Work, index: int, threads: int = 1) -> Segment:
    """Simulate one segment on that many threads; the result does not depend on their number."""
    from countermove.engine import ensemble
    from countermove.explore import together

    given = prepare(work)
    first, count = work.span(index)

    def reduce(block: Mapping[str, Floats]) -> dict[str, Floats]:
        annual = {name: OUTCOMES[name].annual_of_block(block[OUTCOMES[name].quantity]) for name in work.outcomes}
        return {**annual, **{_MONTHLY + name: block[name] for name in work.quantities}}

    with ensemble.threads(threads):
        found = together.run(given, work.scenarios, count, work.seed, first=first, reduce=reduce)
    return Segment(
        index,
        {name: np.stack([cell[name] for cell in found]).astype(np.float32) for name in work.outcomes},
        {name: Sketch.of(np.stack([cell[_MONTHLY + name] for cell in found])) for name in work.quantities},
        simulated(given),
    )


# Before the names of monthly quantities, which may be those of outcomes.
_MONTHLY = "monthly: "


@cache
def _prepared(
    model: Callable[[], World],
    basis: Basis,
    scenarios: tuple[Scenario, ...],
    outcomes: tuple[str, ...],
    quantities: tuple[str, ...],
) -> World:
    import jax

    from countermove.explore.held import needs_reference

    with drawn_from(basis):
        given = model()
    if not any(needs_reference(given.arm(scenario)) for scenario in scenarios):
        given = replace(given, held={})  # no path of a reference is held: it need not be kept
    kept = tuple(dict.fromkeys((*(OUTCOMES[name].quantity for name in outcomes), *quantities)))
    block = given.block if jax.default_backend() == "cpu" else max(given.block, _ACCELERATOR_BLOCK)
    ready = replace(given, outputs=kept, block=block)
    _ = ready.model_hash
    program(ready, kept).warm()
    return ready
