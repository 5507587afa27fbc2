"""`make bench-attribute`: Shapley attribution of the whole model over its ten groups of mechanisms, exactly.

All 2^10 sets of groups are simulated once in either arm for every draw. Whatever number of random orders is asked for,
400 or all 3,628,800 of them, passes through these sets alone, so that exact shares cost no more than an estimate.
Prints, writes `attribute.json` beside this file, whole or not at all.
"""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path

from countermove._atomic import write_whole
from countermove.explore.attribute import attribute
from countermove.explore.world import world

RESULT = Path(__file__).with_suffix(".json")
DRAWS = 200
POLICY, COUNTERFACTUAL = "history", "no-controls"


def main() -> None:
    """Compile, measure, write."""
    load = os.getloadavg()[0]
    groups = len(world().groups)
    began = time.perf_counter()
    attribute(POLICY, COUNTERFACTUAL, draws=DRAWS, method="exact")
    with_compilation = time.perf_counter() - began
    spent, began = time.process_time(), time.perf_counter()
    found = attribute(POLICY, COUNTERFACTUAL, draws=DRAWS, method="exact")
    wall, processor = time.perf_counter() - began, time.process_time() - spent
    runs = 2 * 2**groups * DRAWS
    result = {
        "groups": groups,
        "draws": DRAWS,
        "sets": 2**groups,
        "runs": runs,
        "first_wall_s": with_compilation,
        "wall_s": wall,
        "processor_s": processor,
        "ms_per_run": 1e3 * wall / runs,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "shares": {row.mechanism: [row.total, row.total_error] for row in found.rows},
        "parameters": world().basis,
        "model_hash": world().model_hash,
        "cores": os.cpu_count(),
        "load_before": load,
    }
    write_whole(RESULT, json.dumps(result, indent=1) + "\n")
    print(f"{groups} groups, {DRAWS} draws, {runs:,} runs: {wall:.1f} s ({result['ms_per_run']:.4f} ms a run)")
    print(f"the first time, loading or compiling included, {with_compilation:.1f} s; peak {result['peak_mb']:,.0f} MB")


if __name__ == "__main__":
    main()
