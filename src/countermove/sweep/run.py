"""Run a plan: begin or continue, stream segments to disk, sum up."""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import CountermoveError
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.simulate import check_numbers, origin_of, variable_of
from countermove.explore.world import World, drawn_from, world
from countermove.results import Origin, Variable
from countermove.scenario import START
from countermove.sweep import schedule, summary
from countermove.sweep.plan import Cell, Plan, canonical, cells, counterfactual, load_plan
from countermove.sweep.segment import BLOCKS, Segment, Work, simulated
from countermove.sweep.store import State, Store, needed_bytes
from countermove.sweep.summary import Summary

Progress = Callable[[int, int], None]

SAVED_EVERY = 10.0
"""Seconds after which the state is written: what a stopped sweep loses at most, with the segments in work."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep.

    Attributes:
        against: for each cell the name of the cell that it is compared with, or None.
        origin: of all cells; its scenario names them all.
        variables: unit, description and dimensions of the monthly quantities.
        posterior_draws: how many of the draws differ in the parameters of a posterior; None if all are the prior's.
        folder: where outcomes of every draw are, in `draws.zarr`.
    """

    plan: Plan
    cells: tuple[Cell, ...]
    against: tuple[str | None, ...]
    years: tuple[int, ...]
    origin: Origin
    variables: dict[str, Variable]
    summary: Summary
    folder: Path
    posterior_draws: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The summary as plain values, in the shape that `countermove sweep --json` prints."""
        from countermove.sweep import tables

        return tables.answer(self)

    def to_dataframe(self) -> Any:
        """A tidy pandas table of the outcomes: a row for each cell, outcome and year."""
        import pandas

        from countermove.sweep import tables

        header, *rows = tables.outcomes(self)
        return pandas.DataFrame(rows, columns=header)

    def plot(self) -> Any:
        """Outcomes over the years, a line with its interval for each cell (Plotly)."""
        from countermove.figures.sweep import fans

        return fans(self)

    def save(self) -> Path:
        """Write `outcomes.csv`, `quantities.csv`, `summary.nc` and `summary.json` into the folder, each whole."""
        from countermove.sweep import tables

        return tables.save(self, self.folder)


def sweep(
    plan: Plan | str | Path,
    folder: str | Path,
    *,
    resume: bool = False,
    scheduler: str | None = None,
    progress: Progress | None = None,
    model: Callable[[], World] = world,
    saved_every: float = SAVED_EVERY,
) -> Sweep:
    """Run a plan into a folder.

    Results do not depend on the number of cores or workers, nor on how often the sweep was stopped and resumed, as long
    as all processors are of one kind: the same instructions are then compiled.

    Args:
        plan: a plan, or the path of its YAML file.
        resume: continue the sweep in the folder, if one has begun there.
        scheduler: address of a Dask scheduler whose workers compute; by default all cores of this machine.
        progress: called with the number of runs done and the number in all.
        model: makes the world that is simulated; where a scheduler is given, a function that its workers can import.
        saved_every: seconds after which the state is written.

    Raises:
        CountermoveError: a plan that names what does not exist; a folder that is not empty, or with `resume`
            holds anything but a sweep of this plan and model; too little space on the disk; no scheduler, or workers
            with another model; a draw that is not finite (names it and the quantity). What came before is kept.
    """
    plan = plan if isinstance(plan, Plan) else load_plan(plan)
    check_numbers(plan.draws, plan.seed)
    with drawn_from(plan.parameters):
        given, folder = model(), Path(folder)
    of = cells(plan, given)
    for cell in of:
        given.arm(cell.scenario)  # refuses what the model does not have, before anything is written
    work = _work(plan, model, given, of)
    years = tuple(range(START.year, START.year + given.months // 12))
    store = Store(folder, work, tuple(cell.name for cell in of), years)
    origin = _origin(given, plan, of)
    client = schedule.connected(scheduler) if scheduler else None
    state = _begun(store, plan, of, origin, simulated(given), resume)
    segments = schedule.cluster(work, state.done, client) if client else schedule.here(work, state.done)
    with closing(segments):
        _stream(segments, store, progress, state, saved_every, simulated(given))
    against = tuple(counterfactual(plan, cell, of) for cell in of)
    names = tuple(cell.name for cell in of)
    found = Summary(
        summary.outcomes(store, plan.outcomes, names, against, len(years), plan.draws, plan.immaterial),
        summary.quantities(state.sketches, names),
    )
    compared = tuple(None if index is None else names[index] for index in against)
    variables = {name: variable_of(given, name) for name in plan.quantities}
    return Sweep(plan, of, compared, years, origin, variables, found, folder, _distinct(given, plan.draws))


def _work(plan: Plan, model: Callable[[], World], given: World, of: tuple[Cell, ...]) -> Work:
    return Work(
        model,
        given.basis,
        tuple(cell.scenario for cell in of),
        plan.outcomes,
        plan.quantities,
        plan.draws,
        plan.seed,
        BLOCKS * given.block,
    )


def _begun(store: Store, plan: Plan, of: tuple[Cell, ...], origin: Origin, model: str, resume: bool) -> State:
    identity = {
        "plan": canonical(plan, of),
        "model": model,
        "model_hash": origin.model_hash,
        "version": origin.version,
        "evidence_date": origin.evidence_date,
        "caveat": origin.caveat,
        "citation": origin.citation,
    }
    if resume and store.has_begun():
        return store.resume(identity)
    units = {name: {"units": OUTCOMES[name].unit, "description": OUTCOMES[name].title} for name in plan.outcomes}
    with _clear_if_full(store.folder):
        _check_space(store.folder, needed_bytes(store.work, len(of), len(store.years)))
        return store.create(identity, units)


def _stream(
    segments: Generator[Segment],
    store: Store,
    progress: Progress | None,
    state: State,
    saved_every: float,
    model: str,
) -> None:
    """Write segments as they come, and from time to time how far it has come."""
    work = store.work
    runs = len(work.scenarios)
    saved = time.monotonic()
    with _clear_if_full(store.folder):
        try:
            for segment in segments:
                if segment.simulated != model:
                    raise CountermoveError(
                        f"a worker simulates model {segment.simulated}, not {model}: install the same version there"
                    )
                store.write(segment)
                state.add(segment)
                if time.monotonic() - saved >= saved_every:
                    store.save(state)
                    saved = time.monotonic()
                if progress:
                    progress(min(state.done * work.length, work.draws) * runs, work.draws * runs)
        except CountermoveError as error:
            kept = min(state.done * work.length, work.draws)
            raise CountermoveError(f"{error}; the first {kept:,} draws are kept in {store.folder}") from None
        finally:
            store.save(state)


def _check_space(folder: Path, needed: int) -> None:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise CountermoveError(
            f"{folder}: the outcomes of all draws take {needed / 1e9:.1f} GB, the disk has {free / 1e9:.1f} GB free: "
            "fewer draws or outcomes, or another disk"
        )


@contextmanager
def _clear_if_full(folder: Path) -> Generator[None]:
    """A disk that is full in one clear line that says how to go on."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise CountermoveError(f"{folder}: no space left on the disk; free some and continue with --resume") from None


def _origin(given: World, plan: Plan, of: tuple[Cell, ...]) -> Origin:
    each = [origin_of(given, cell.scenario, plan.draws, plan.seed) for cell in of]
    beliefs = "; ".join(dict.fromkeys(origin.beliefs for origin in each if origin.beliefs))
    return replace(each[0], scenario=", ".join(cell.name for cell in of), beliefs=beliefs)


def _distinct(given: World, draws: int) -> int | None:
    """Beyond the draws of a posterior they come again, with all other parameters and the noise drawn anew."""
    sizes = [np.shape(getattr(prior, "values", ()))[-1] for prior in given.posterior.values()]
    return min(draws, *sizes) if sizes else None
