"""Fitting the efficiency parameters to published runs: penalised robust least squares on logarithms of step time.

Run as ``python -m countermove.training.fit``; writes ``data/fit.json``, which ships. Rows whose note begins with
EXCLUDE take no part. The fit alone reads `measured_value`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

# Scatter of one published figure about the model, used as weight: elapsed hours carry more that a row does not tell.
STEP_SD, HOURS_SD, ASSUMED_LAYOUT_SD = 0.08, 0.14, 0.05
# The 910B's peak is 313 to 400 TFLOP/s by bin and documents do not say which: a utilisation tells little of its speed.
UNKNOWN_PEAK_SD = 0.12
# Beyond about 1.5 standard deviations a residual counts linearly instead of squared.
ROBUST_SCALE = 1.5
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


def excluded(row: Mapping[str, str]) -> bool:
    """Whether a row is not to be fitted or scored: its note begins with EXCLUDE."""
    return (row.get("note") or "").startswith("EXCLUDE")


def sample(rows: Sequence[Mapping[str, str]]) -> Sample:
    """The rows that can be predicted and are not excluded, as a sample to fit."""
    runs: list[Run] = []
    measured: list[float] = []
    for row in rows:
        if excluded(row) or not (row.get("measured_value") or "").strip():
            continue
        try:
            run = complete_run(read_run(row))
        except CountermoveError:
            continue
        runs.append(run)
        measured.append(np.log(step_seconds(run, float(row["measured_value"]))) - np.log(fixed_elapsed(run)))
    names = [elapsed_name(run) for run in runs]
    return Sample(
        tuple(runs),
        joined([run.columns() for run in runs]),
        np.array(measured),
        np.array([INDEX[name] if name else -1 for name in names]),
        np.array([_weight_sd(run) for run in runs]),
    )


def _weight_sd(run: Run) -> float:
    base = HOURS_SD if elapsed_name(run) else STEP_SD
    base = float(np.hypot(base, 0.0 if run.layout_known else ASSUMED_LAYOUT_SD))
    unknown_peak = run.chip.family == "ascend" and run.quantity in ("MFU", "HFU", "TFLOPs_per_chip")
    return float(np.hypot(base, UNKNOWN_PEAK_SD)) if unknown_peak else base


def log_errors(data: Sample, log: Vector) -> Vector:
    """Logarithm of predicted over measured seconds, for one parameter vector or for rows of them."""
    seconds = np.log(step_time(data.cases, Efficiency(log)).total)
    extra = np.where(data.overhead >= 0, log[..., np.maximum(data.overhead, 0)], 0.0)
    return seconds + extra - data.measured


def _robust(z: Vector) -> Vector:
    """Residuals whose squares grow linearly in the tails (pseudo-Huber)."""
    return np.sign(z) * ROBUST_SCALE * np.sqrt(2.0 * (np.sqrt(1.0 + (z / ROBUST_SCALE) ** 2) - 1.0))


def fit(data: Sample, keep: NDArray[np.bool_] | None = None, start: Vector | None = None) -> Vector:
    """Most probable logarithms of the efficiency parameters given the kept part of a sample."""
    from scipy.optimize import least_squares

    mean, sd = prior_mean(), prior_sd()
    keep = np.ones(len(data), dtype=bool) if keep is None else keep

    def residuals(log: Vector) -> Vector:
        return np.concatenate([_robust(log_errors(data, log)[keep] / data.sd[keep]), (log - mean) / sd])

    def jacobian(log: Vector) -> Vector:
        step = 1e-5
        moved = np.tile(log, (len(log), 1)) + step * np.eye(len(log))
        here = _robust(log_errors(data, log)[keep] / data.sd[keep])
        there = _robust(log_errors(data, moved)[:, keep] / data.sd[keep])
        return np.vstack([(there - here).T / step, np.diag(1.0 / sd)])

    found = least_squares(
        residuals,
        mean if start is None else start,
        jac=jacobian,  # pyright: ignore[reportArgumentType]
        x_scale=sd,
        max_nfev=40,
        xtol=1e-4,
        ftol=1e-5,
    )
    return found.x


def inputs_hash(table: Path) -> str:
    """SHA-256 over everything the fit depends on: the runs, the chips, the priors and the data files."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    names = (
        "step.py",
        "columns.py",
        "efficiency.py",
        "impute.py",
        "search.py",
        "memory.py",
        "runs.py",
        "stack.py",
        "quantity.py",
        "workload.py",
        "data/accelerators.yaml",
        "data/models.yaml",
        "data/releases.yaml",
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
