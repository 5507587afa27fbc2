"""`make bench-sweep`: how a sweep of the whole model scales with draws and with workers.

`python benchmarks/sweep.py draws 1000 10000 100000 1000000` or `… workers 98304`; prints, writes `sweep.json` beside
this file (whole or not at all; what was not measured is kept from before). Starting workers, and compiling in each, is
not counted; all else is, in the one process that hands out segments, writes what comes back and sums it up.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from countermove._atomic import write_whole
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.world import world
from countermove.scenario import load
from countermove.sweep import Plan, segment, sweep

RESULT = Path(__file__).with_suffix(".json")
SCENARIOS = ("history", "no-controls")


def plan(draws: int) -> Plan:
    return Plan(scenarios=SCENARIOS, draws=draws, against="no-controls")


def compiled() -> None:
    """Compile before anything is timed."""
    scenarios = tuple(load(name) for name in SCENARIOS)
    segment.prepare(segment.Work(world, world().basis, scenarios, tuple(OUTCOMES), (), 1, 1, 1))


def measured(draws: int, scheduler: str | None = None) -> dict[str, float]:
    """Seconds of wall clock and of this process's processor time for a whole sweep, summary included."""
    with tempfile.TemporaryDirectory() as folder:
        start, spent = time.perf_counter(), time.process_time()
        sweep(plan(draws), Path(folder) / "sweep", scheduler=scheduler).save()
        return {"wall_s": time.perf_counter() - start, "processor_s": time.process_time() - spent}


def one(draws: int) -> None:
    """Measure in this process and print as JSON; peak memory is then of this sweep alone."""
    compiled()
    found = measured(draws)
    print(json.dumps({**found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))


def by_draws(sizes: list[int]) -> dict[str, Any]:
    """A process for each size."""
    found: dict[str, Any] = {}
    for size in sizes:
        command = [sys.executable, __file__, "one", str(size)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # what fails says why
        found[str(size)] = {**json.loads(done), "load_before": os.getloadavg()[0]}
        print(size, found[str(size)], flush=True)
    return found


def by_workers(draws: int) -> dict[str, Any]:
    """The same sweep on one and on two Dask workers of one thread each, taken in turn, the best of two.

    Of 24 segments or more, so that what a sweep takes once, about a second, does not decide.
    """
    from distributed import Client, LocalCluster

    compiled()
    load = os.getloadavg()[0]
    walls: dict[int, float] = {1: float("inf"), 2: float("inf")}
    for _ in range(2):
        for workers in walls:
            with (
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
                Client(cluster) as client,
            ):
                client.run(compiled)
                walls[workers] = min(walls[workers], measured(draws, cluster.scheduler_address)["wall_s"])
                print(workers, walls[workers], flush=True)
    return {"draws": draws, "one_s": walls[1], "two_s": walls[2], "ratio": walls[1] / walls[2], "load_before": load}


def main() -> None:
    what, *numbers = sys.argv[1:] or ["draws", "1000", "10000", "100000"]
    if what == "one":
        one(int(numbers[0]))
        return
    before: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    if what == "draws":
        before["draws"] = {**before.get("draws", {}), **by_draws([int(number) for number in numbers])}
    else:
        before["workers"] = by_workers(int(numbers[0]))
    before.pop("conditions", None)  # each result now says how busy the machine was
    before["cores"] = os.cpu_count()
    before["model_hash"] = world().model_hash
    write_whole(RESULT, json.dumps(before, indent=1) + "\n")


if __name__ == "__main__":
    main()
