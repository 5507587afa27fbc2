"""Measures of this package on its own model: batched, single, compile time, memory, gradient."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DRAWS = 2048
SEED = 1


def best(action: Callable[[], object], repeats: int) -> float:
    """The shortest of several times in seconds: what the code takes when nothing else disturbs it."""
    times: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def speed() -> dict[str, Any]:
    """Seconds per trajectory, batched in single precision over all cores and on one, and one trajectory alone."""
    import numpy as np

    from countermove.engine import ensemble
    from countermove.engine.compile import Program
    from countermove.explain.central import central_inputs
    from countermove.explore import held
    from countermove.explore.world import program, world
    from countermove.scenario import load

    given, scenario = world(), load("history")
    arm = held.for_arm(given, given.arm(scenario), DRAWS, SEED)
    batched = program(given, given.outputs)

    def whole() -> None:
        ensemble.run(batched, [arm], DRAWS, SEED)

    whole()
    all_cores = best(whole, 7) / DRAWS

    blocks: list[Any] = []

    def keep_block(inputs: Any) -> Any:
        blocks.append(inputs)
        return Program.run(batched, inputs)

    ensemble.run(_Watched(batched, keep_block), [arm], batched.block, SEED)  # type: ignore[arg-type]
    one_block = best(lambda: batched.run(blocks[0]), 9) / batched.block

    central = central_inputs(given, scenario)
    alone: dict[str, float] = {}
    for dtype in ("float32", "float64"):
        single = Program(given.model, given.outputs, given.months, block=1, dtype=dtype)
        one = {name: np.asarray(central[name])[..., None] for name in single.inputs}
        single.run(one)
        alone[dtype] = best(lambda single=single, one=one: single.run(one), 15)
    return {
        "cores": ensemble.cores(),
        "block": batched.block,
        "draws": DRAWS,
        "batched_all_cores_s": all_cores,
        "batched_one_call_s": one_block,
        "single_float32_s": alone["float32"],
        "single_float64_s": alone["float64"],
    }


class _Watched:
    """A program whose runs pass through a function, to take the inputs of a block as the ensemble makes them."""

    def __init__(self, program: Any, run: Callable[[Any], Any]) -> None:
        self._program = program
        self.run = run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._program, name)


def gradient_speed() -> dict[str, float]:
    """Seconds for the value and the gradient by every parameter of the last month's output, double precision."""
    from countermove.engine.gradient import gradient
    from countermove.explain.central import central_inputs
    from countermove.explore.world import world
    from countermove.scenario import load

    given = world()
    inputs = central_inputs(given, load("history"))
    found: dict[str, float] = {}
    for label, months in (("history_126_months", 126), ("whole_240_months", given.months)):
        dated = ("series", "held")
        cut = {
            name: array[:months] if given.model.inputs[name].kind in dated else array for name, array in inputs.items()
        }
        evaluate = gradient(given.model, ["domestic_output"], months, _last_output)
        start = time.perf_counter()
        evaluate(cut)
        found[f"{label}_compile_s"] = time.perf_counter() - start
        found[f"{label}_s"] = best(lambda evaluate=evaluate, cut=cut: evaluate(cut), 5)
    return found


def _last_output(kept: Any) -> Any:
    return kept["domestic_output"][-1].sum()


def compile_time() -> dict[str, float]:
    """Seconds to the first run's executable in a fresh process, with an empty folder of executables and a full one."""
    with tempfile.TemporaryDirectory() as folder:
        cold = _in_process("warm", folder)["seconds"]
        cached = _in_process("warm", folder)["seconds"]
    return {"cold_s": cold, "cached_s": cached}


# A segment of draws is 2,048: beyond it memory should not grow.
COMPARED = (1, 1000, 10_000, 50_000)


def peak_memory() -> dict[str, float]:
    """Peak resident memory in MB of a process that compares two scenarios with so many draws of each."""
    with tempfile.TemporaryDirectory() as folder:
        _in_process("warm", folder)
        return {f"draws_{draws}_mb": _in_process(f"draws {draws}", folder)["megabytes"] for draws in COMPARED}


def _in_process(task: str, cache: str) -> dict[str, float]:
    environment = {**os.environ, "COUNTERMOVE_CACHE": cache}
    command = [sys.executable, __file__, *task.split()]
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def _warm() -> dict[str, float]:
    import countermove.engine.compile  # noqa: F401  importing JAX is not compiling
    from countermove.explore.world import program, world

    given = world()
    start = time.perf_counter()
    program(given, given.outputs).warm()
    return {"seconds": time.perf_counter() - start}


def _draw(draws: int) -> dict[str, float]:
    from countermove.explore.compare import compare

    compare("history", "no-controls", draws=draws, seed=SEED)
    return {"megabytes": _peak_megabytes()}


def _peak_megabytes() -> float:
    """Peak resident memory of this process. On Linux getrusage would count the parent's memory, from before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return float(peak.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes on macOS


if __name__ == "__main__":
    print(json.dumps(_warm() if sys.argv[1] == "warm" else _draw(int(sys.argv[2]))))
