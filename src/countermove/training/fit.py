"""Fitting the efficiency parameters to published runs: robust least squares with priors on logarithms of step time.

Run as ``python -m countermove.training.fit``; writes ``data/fit.json``, which ships. Rows whose note begins with
EXCLUDE take no part. The fit alone reads `measured_value`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError
from countermove.training.columns import Columns, joined
from countermove.training.efficiency import INDEX, NAMES, Efficiency, prior_mean, prior_sd
from countermove.training.impute import complete_run
from countermove.training.quantity import elapsed_name, fixed_elapsed, step_seconds
from countermove.training.runs import Run, read_run
from countermove.training.step import step_time

Vector = NDArray[np.float64]

# Scatter of one published figure about the model, used as weight: of a rate or a step time, of a timed benchmark, of
# the chip-hours of a whole run, which carry more that a row does not tell. About the scatter that is then found.
STEP_SD, BENCHMARK_SD, RUN_SD, ASSUMED_LAYOUT_SD = 0.08, 0.10, 0.20, 0.05
# The 910B's peak is 313 to 400 TFLOP/s by bin and documents do not say which: a utilisation tells little of its speed,
# and many in one document tell no more of it than one.
UNKNOWN_PEAK_SD = 0.12
# Beyond about 1.5 standard deviations a residual counts linearly instead of squared.
ROBUST_SCALE = 1.5
# The fit ends at a step of this many prior standard deviations.
SMALL_STEP, MOST_STEPS = 1e-4, 200
_DATA = Path(__file__).parent / "data"
TABLE = Path(__file__).parent.parent / "evidence" / "tables" / "training_runs.csv"


@dataclass(frozen=True)
class Sample:
    """Runs with what was measured: seconds per step before elapsed overheads, and the weight of each."""

    runs: tuple[Run, ...]
    cases: Columns
    measured: Vector  # log seconds per step, elapsed time divided by its fixed part
    overhead: NDArray[np.int64]  # index of the elapsed-overhead parameter, -1 where none
    sd: Vector

    def __len__(self) -> int:
        return len(self.runs)

    @cached_property
    def informed(self) -> NDArray[np.int64]:
        """Parameters that some run depends on: all but the families', stacks' and chips' without runs."""
        present = {run.chip.family for run in self.runs} | {run.stack.name for run in self.runs}
        present |= {run.chip.id for run in self.runs}
        names = [name for name in NAMES if ":" not in name or name.split(":")[1] in present]
        return np.array([INDEX[name] for name in names])


def excluded(row: Mapping[str, str]) -> bool:
    """Whether a row is not to be fitted or scored: its note begins with EXCLUDE."""
    return (row.get("note") or "").startswith("EXCLUDE")


def sample(rows: Sequence[Mapping[str, str]]) -> Sample:
    """The rows that can be predicted and are not excluded, as a sample to fit."""
    runs: list[Run] = []
    sources: list[str] = []
    measured: list[float] = []
    for row in rows:
        if excluded(row) or not (row.get("measured_value") or "").strip():
            continue
        try:
            run = complete_run(read_run(row))
        except CountermoveError:
            continue
        runs.append(run)
        sources.append(row.get("source", ""))
        measured.append(np.log(step_seconds(run, float(row["measured_value"]))) - np.log(fixed_elapsed(run)))
    names = [elapsed_name(run) for run in runs]
    return Sample(
        tuple(runs),
        joined([run.columns() for run in runs]),
        np.array(measured),
        np.array([INDEX[name] if name else -1 for name in names]),
        _weights(runs, sources),
    )


def _weights(runs: Sequence[Run], sources: Sequence[str]) -> Vector:
    """Standard deviation of each row's logarithm about the model, by what it tells."""
    names = [elapsed_name(run) for run in runs]
    base = np.array([RUN_SD if name == "run_overhead" else BENCHMARK_SD if name else STEP_SD for name in names])
    assumed = np.array([0.0 if run.layout_known else ASSUMED_LAYOUT_SD for run in runs])
    shared = [source if _peak_unknown(run) else "" for run, source in zip(runs, sources, strict=True)]
    # n rows that share one error, each with n times its variance, weigh as one.
    unknown = np.array([UNKNOWN_PEAK_SD**2 * shared.count(source) if source else 0.0 for source in shared])
    return np.sqrt(base**2 + assumed**2 + unknown)


def _peak_unknown(run: Run) -> bool:
    return run.chip.family == "ascend" and run.quantity in ("MFU", "HFU", "TFLOPs_per_chip")


def log_errors(data: Sample, log: Vector) -> Vector:
    """Logarithm of predicted over measured seconds, for one parameter vector or for rows of them."""
    seconds = np.log(step_time(data.cases, Efficiency(log)).total)
    extra = np.where(data.overhead >= 0, log[..., np.maximum(data.overhead, 0)], 0.0)
    return seconds + extra - data.measured


def _cost(z: Vector, log: Vector) -> float:
    """Half the sum of robust squares (pseudo-Huber: linear in the tails) and of squared distances from the prior."""
    robust = ROBUST_SCALE**2 * np.sum(np.sqrt(1.0 + (z / ROBUST_SCALE) ** 2) - 1.0)
    return float(robust + 0.5 * np.sum(((log - prior_mean()) / prior_sd()) ** 2))


def _slopes(data: Sample, log: Vector) -> Vector:
    """Derivatives of the log errors: one row a run, one column a parameter; zero where no run depends on it."""
    step = 1e-5
    moved = np.tile(log, (len(data.informed), 1))
    moved[np.arange(len(moved)), data.informed] += step
    slopes = np.zeros((len(data), len(log)))
    slopes[:, data.informed] = ((log_errors(data, moved) - log_errors(data, log)) / step).T
    return slopes


def fit(data: Sample, keep: NDArray[np.bool_] | None = None, start: Vector | None = None) -> Vector:
    """Most probable logarithms of the efficiency parameters given the kept part of a sample.

    Gauss-Newton steps on reweighted squares, halved until the objective does not rise; slopes are taken anew at every
    fourth and after a halved one. The optimum does not depend on `start` (a test sees to that).

    Raises:
        CountermoveError: no optimum found.
    """
    keep = np.ones(len(data), dtype=bool) if keep is None else keep
    mean, precision = prior_mean(), 1.0 / prior_sd() ** 2
    log = mean.copy() if start is None else start.copy()
    z = log_errors(data, log) / data.sd
    slopes, age = _slopes(data, log), 0
    for _ in range(MOST_STEPS):
        weight = 1.0 / np.sqrt(1.0 + (z[keep] / ROBUST_SCALE) ** 2)
        scaled = slopes[keep] / data.sd[keep][:, None]
        gradient = scaled.T @ (weight * z[keep]) + precision * (log - mean)
        step = -np.linalg.solve((scaled * weight[:, None]).T @ scaled + np.diag(precision), gradient)
        if np.max(np.abs(step) * np.sqrt(precision)) < SMALL_STEP:
            return log + step
        before, share = _cost(z[keep], log), 1.0
        while share > 1e-3:
            z = log_errors(data, log + share * step) / data.sd
            if _cost(z[keep], log + share * step) <= before:
                break
            share /= 2.0
        log, age = log + share * step, age + 1
        if age == 4 or share < 1.0:
            slopes, age = _slopes(data, log), 0
    raise CountermoveError(f"no optimum of the efficiency parameters after {MOST_STEPS} steps")


def inputs_hash(table: Path) -> str:
    """SHA-256 over everything the fit depends on: the runs, the chips, the priors and the data files."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    names = (
        "fit.py",
        "_cells.py",
        "chips.py",
        "step.py",
        "rates.py",
        "operators.py",
        "collectives.py",
        "columns.py",
        "efficiency.py",
        "impute.py",
        "search.py",
        "memory.py",
        "runs.py",
        "launch_scripts.py",
        "stack.py",
        "quantity.py",
        "workload.py",
        "data/accelerators.yaml",
        "data/models.yaml",
        "data/launch_scripts.yaml",
    )
    for path in (table, table.parent / "chips.csv", *(here / name for name in names)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write(log: Vector, uncertainty: Mapping[str, Any], table: Path, rows: int) -> None:
    """Write the fit that ships."""
    content = {
        "about": "Efficiency parameters of the training calculator; written by python -m countermove.training.fit",
        "inputs_sha256": inputs_hash(table),
        "rows": rows,
        "uncertainty": dict(uncertainty),
        "log_parameters": {name: round(float(value), 6) for name, value in zip(NAMES, log, strict=True)},
    }
    write_whole(_DATA / "fit.json", json.dumps(content, indent=1) + "\n")


def main() -> None:
    """Fit all rows, cross-validate for the uncertainty, and write both results."""
    from countermove.training.evaluate import constant_utilisation
    from countermove.training.uncertainty import calibrate
    from countermove.training.validation import cross_validated, read_table, write_folds

    rows = read_table(TABLE)
    data = sample(rows)
    print(f"{len(data)} rows; fitting")
    log = fit(data)
    print("cross-validating: one fit without each document, one without each chip family")
    folds = cross_validated(rows, data, log)
    uncertainty = calibrate(data, folds.by_document, folds.by_family)
    measured = {row["id"]: float(row["measured_value"] or "nan") for row in rows}
    uncertainty["baseline_utilisation"] = constant_utilisation(data.runs, [measured[run.id] for run in data.runs])
    write(log, uncertainty, TABLE, len(data))
    write_folds(data, log, folds)
    print(f"written: {_DATA / 'fit.json'}, {_DATA / 'cross_validation.json'}")


if __name__ == "__main__":
    main()
