"""Whole commands as a user types them: seconds from start to exit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time


def commands() -> dict[str, float]:
    """Seconds of the commands whose speed is promised; `compare` the first time ever and with cached executables."""
    with tempfile.TemporaryDirectory() as folder:
        compare = ["compare", "history", "--against", "no-controls", "--draws", "1000", "--json"]
        return {
            "help_s": min(_seconds(["--help"], folder) for _ in range(3)),
            "evidence_s": min(_seconds(["evidence", "par-001"], folder) for _ in range(3)),
            "source_s": min(_seconds(["source", "learning_rate"], folder) for _ in range(3)),
            "compare_first_s": _seconds(compare, folder),
            "compare_cached_s": min(_seconds(compare, folder) for _ in range(3)),
            "compare_simulation_s": _simulation(folder),
        }


def _seconds(arguments: list[str], cache: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from countermove.cli import main; main()", *arguments],
        env={**os.environ, "COUNTERMOVE_CACHE": cache}, check=True, capture_output=True,
    )  # fmt: skip
    return time.perf_counter() - start


_TWO_SCENARIOS = """
import json, time
from countermove.engine import ensemble
from countermove.explore import held
from countermove.explore.world import program, world
from countermove.scenario import load
given = world()
arms = [held.for_arm(given, given.arm(load(name)), 1000, 1) for name in ("history", "no-controls")]
compiled = program(given, given.outputs)
compiled.warm()
times = []
for _ in range(5):
    start = time.perf_counter()
    ensemble.run(compiled, arms, 1000, 1)
    times.append(time.perf_counter() - start)
print(json.dumps(min(times)))
"""


def _simulation(cache: str) -> float:
    """Seconds of simulation, drawing included, of two scenarios with 1,000 draws each."""
    environment = {**os.environ, "COUNTERMOVE_CACHE": cache}
    done = subprocess.run(
        [sys.executable, "-c", _TWO_SCENARIOS], env=environment, check=True, capture_output=True, text=True
    )
    return float(json.loads(done.stdout))
