"""`make bench`: speed and memory of the countermove model here, in pysimlin and in PySD, in one run on one machine.

Prints a table and writes results.json beside this file, whole or not at all.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import ours
from commands import commands

import peers
from countermove._atomic import write_whole
from countermove.explain.central import central_inputs
from countermove.explore.world import program, world
from countermove.scenario import load

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure, print, write."""
    steps: dict[str, Any] = {}
    print("exporting the model to XMILE …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xmile"
        steps["model"] = peers.export(path)
        print("pysimlin …", flush=True)
        steps["pysimlin"], by_pysimlin = peers.pysimlin(path)
        print("PySD …", flush=True)
        steps["pysd"], by_pysd = peers.pysd(path)
    check_same("pysimlin", by_pysimlin)
    check_same("PySD", by_pysd)
    print("this package …", flush=True)
    steps["ours"] = ours.speed()
    steps["gradient"] = ours.gradient_speed()
    print("compile time and memory in processes of their own …", flush=True)
    steps["compile"] = ours.compile_time()
    steps["memory"] = ours.peak_memory()
    print("whole commands …", flush=True)
    steps["commands"] = commands()
    result = {"machine": machine(), **steps, "ratios": ratios(steps)}
    write_whole(RESULTS, json.dumps(result, indent=1) + "\n")
    print(table(result))
    print(f"wrote {RESULTS}")


def check_same(peer: str, other: np.ndarray) -> None:
    """Refuse to compare the speed of models that compute different things."""
    given = world()
    compiled = program(given, given.outputs)
    central = central_inputs(given, load("history"))
    block = {name: np.broadcast_to(central[name][..., None], compiled.shape(name)) for name in compiled.inputs}
    own = compiled.run(block)["china_all"][..., 0]
    later = 1 if given.model.quantities["china_all"].kept_at_end else 0
    difference = np.abs(own - other[later : later + len(own)]).max() / np.abs(own).max()
    if difference > 1e-3:  # ours is in single precision here
        raise SystemExit(f"{peer} computes another trajectory: off by {difference:.2%} of the largest value")


def ratios(steps: dict[str, Any]) -> dict[str, float]:
    """How many times as fast as the peers, per trajectory."""
    own = steps["ours"]
    return {
        f"{peer}_over_{form}": steps[peer]["run_s"] / own[f"{form}_s"]
        for peer in ("pysimlin", "pysd")
        for form in ("batched_all_cores", "batched_one_call", "single_float64")
    }


def machine() -> dict[str, Any]:
    """What was measured on, and with which versions."""
    libraries = ("countermove", "jax", "numpy", "pysimlin", "pysd")
    return {
        "processor": _processor(), "cores": os.cpu_count(), "system": platform.platform(terse=True),
        "python": platform.python_version(), **{name: version(name) for name in libraries},
        "model_hash": world().model_hash,
    }  # fmt: skip


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def table(result: dict[str, Any]) -> str:
    """The result as lines to read."""
    own, ratio, memory, command = (result[key] for key in ("ours", "ratios", "memory", "commands"))
    model, gradient, compiled, machine = (result[key] for key in ("model", "gradient", "compile", "machine"))
    runs = {
        "batched, float32, all cores, drawing included": own["batched_all_cores_s"],
        f"one block of {own['block']} draws, float32": own["batched_one_call_s"],
        "alone, float32": own["single_float32_s"],
        "alone, float64": own["single_float64_s"],
        "pysimlin": result["pysimlin"]["run_s"],
        "PySD": result["pysd"]["run_s"],
    }
    return f"""
{model["quantities"]} quantities, {model["cells"]} cells, {model["months"]} months
{machine["processor"]}, {machine["cores"]} cores
one trajectory
{chr(10).join(f"  {name:<46}{time * 1e3:>12.4f} ms{1 / time:>12,.1f} a second" for name, time in runs.items())}
  batched, all cores, is as fast as {ratio["pysimlin_over_batched_all_cores"]:,.0f} × pysimlin and
  {ratio["pysd_over_batched_all_cores"]:,.0f} × PySD
compile and load
  this package: cold {compiled["cold_s"]:.2f} s, cached {compiled["cached_s"]:.2f} s
  pysimlin: {result["pysimlin"]["load_and_first_run_s"]:.2f} s; PySD: {result["pysd"]["translate_s"]:.1f} s
gradient of one output by every parameter, float64
  126 months {gradient["history_126_months_s"] * 1e3:.1f} ms, 240 months {gradient["whole_240_months_s"] * 1e3:.1f} ms
peak memory of a process that compares two scenarios
  {", ".join(f"{int(name.split('_')[1]):,} draws {value:,.0f} MB" for name, value in memory.items())}
whole commands
  --help {command["help_s"]:.2f} s, evidence {command["evidence_s"]:.2f} s, source {command["source_s"]:.2f} s
  compare of two scenarios with 1,000 draws each: first time {command["compare_first_s"]:.1f} s,
  then {command["compare_cached_s"]:.1f} s, of which simulation {command["compare_simulation_s"]:.2f} s
"""


if __name__ == "__main__":
    main()
