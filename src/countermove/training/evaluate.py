"""Any table of runs, predicted blind and scored: intervals, errors, groups, and a baseline beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countermove.errors import CountermoveError
from countermove.training._cells import measured, whole
from countermove.training.fitted import Fitted, fitted
from countermove.training.impute import complete_run
from countermove.training.quantity import falls_with_time, quantity, step_seconds
from countermove.training.runs import Run, read_run
from countermove.training.step import step_time
from countermove.training.uncertainty import half_width
from countermove.training.workload import training_flops_per_token


@dataclass(frozen=True)
class RowResult:
    """One row: the quantity predicted with its 80 % interval, what was measured, and the error as a fraction of it."""

    id: str
    family: str
    architecture: str
    size: str
    quantity: str
    predicted: float | None
    low: float | None
    high: float | None
    measured: float | None
    error: float | None
    baseline: float | None
    scored: bool
    refused: str | None
    assumed: tuple[str, ...] = ()


def _size(chips: int) -> str:
    return (
        "unknown"
        if not chips
        else "below 64 chips"
        if chips < 64
        else "64 to 4095 chips"
        if chips < 4096
        else "4096 chips or more"
    )


def baseline_seconds(run: Run, utilisation: float) -> float:
    """Seconds per step at a constant model FLOPs utilisation of the precision's dense peak."""
    flops = training_flops_per_token(run.model, run.sequence, "megatron") * (
        2 / 3 if run.kind == "fine-tuning" else 1.0
    )
    return flops * run.batch_tokens / run.chips / (utilisation * run.chip.peak(run.bits) * 1e12)


def _predict(run: Run, known: Fitted) -> tuple[float, float, float, float | None]:
    seconds = float(step_time(run.columns(), known.efficiency).total)
    width = half_width(run, known.uncertainty)
    ends = sorted(float(quantity(run, seconds * np.exp(x), known.efficiency)) for x in (-width, width))
    constant = known.uncertainty.get("baseline_utilisation", {}).get(run.chip.family)
    baseline = None
    if constant:
        from countermove.training.efficiency import prior

        baseline = float(quantity(run, baseline_seconds(run, constant), prior()))
    return float(quantity(run, seconds, known.efficiency)), ends[0], ends[1], baseline


def evaluate_row(row: Mapping[str, str], known: Fitted | None = None) -> RowResult:
    """Predict one row without looking at its measured value or note, then compare."""
    known = known or fitted()
    label = row.get("id") or "?"
    scored = not (row.get("note") or "").startswith("EXCLUDE")
    seen = measured(row)
    try:
        run = complete_run(read_run(row))
    except CountermoveError as reason:
        return RowResult(label, "", "", "", "", None, None, None, seen, None, None, scored, str(reason))
    predicted, low, high, baseline = _predict(run, known)
    error = predicted / seen - 1.0 if seen else None
    stated = whole(row, "chips_count")
    about = ("moe" if run.model.is_moe else "dense", _size(stated), run.quantity)
    return RowResult(
        label, run.chip.family, *about, predicted, low, high, seen, error, baseline, scored, None, run.assumed
    )


def evaluate_table(rows: Sequence[Mapping[str, str]]) -> list[RowResult]:
    """Every row of a table, in order."""
    known = fitted()
    return [evaluate_row(row, known) for row in rows]


def _score(results: Sequence[RowResult]) -> dict[str, Any]:
    errors = np.array([r.error for r in results], dtype=float)
    inside = [r.low <= r.measured <= r.high for r in results if r.low is not None and r.high is not None and r.measured]
    baseline = [abs(r.baseline / r.measured - 1.0) for r in results if r.baseline and r.measured]
    return {
        "rows": len(results),
        "median_abs_error": _rounded(np.median(np.abs(errors))),
        "p90_abs_error": _rounded(np.quantile(np.abs(errors), 0.9)),
        "bias": _rounded(np.mean(errors)),
        "coverage_80": _rounded(np.mean(inside)),
        "baseline_median_abs_error": _rounded(np.median(baseline)) if baseline else None,
    }


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def groups_of(result: RowResult) -> tuple[str, ...]:
    """The groups a row is scored in."""
    nvidia_tpu = result.family in ("volta", "ampere", "ada", "hopper", "blackwell", "rubin", "tpu")
    named = [f"family: {result.family}", f"architecture: {result.architecture}", f"size: {result.size}"]
    if nvidia_tpu and result.architecture == "dense":
        named.append("dense on Nvidia and TPU")
    if not nvidia_tpu:
        named.append("Ascend and other vendors")
    if result.quantity == "chip_hours":
        named.append("chip-hours")
    return tuple(named)


def summary(results: Sequence[RowResult]) -> dict[str, Any]:
    """Scores over all rows that are predicted, measured and not excluded; and by group."""
    scored = [r for r in results if r.error is not None and r.scored]
    if not scored:
        empty = dict.fromkeys(("median_abs_error", "p90_abs_error", "bias", "coverage_80", "baseline_median_abs_error"))
        return {"rows": 0, **empty, "by_group": {}}
    members: dict[str, list[RowResult]] = {}
    for result in scored:
        for name in groups_of(result):
            members.setdefault(name, []).append(result)
    return {**_score(scored), "by_group": {name: _score(group) for name, group in sorted(members.items())}}


def as_json(results: Sequence[RowResult]) -> dict[str, Any]:
    """The result in the documented form: rows and summary."""
    keys = ("id", "predicted", "low", "high", "measured", "error", "family", "refused")
    rows = [
        {**{key: getattr(r, key) for key in keys}, "assumed": list(r.assumed), "excluded": not r.scored}
        for r in results
    ]
    return {"rows": rows, "summary": summary(results)}


def constant_utilisation(runs: Sequence[Run], measured: Sequence[float]) -> dict[str, float]:
    """Median model FLOPs utilisation by chip family of measured runs: the baseline's only parameters."""
    seen: dict[str, list[float]] = {}
    for run, value in zip(runs, measured, strict=True):
        seen.setdefault(run.chip.family, []).append(baseline_seconds(run, 1.0) / step_seconds(run, value))
    return {family: round(float(np.median(values)), 4) for family, values in sorted(seen.items())}


__all__ = [
    "RowResult",
    "as_json",
    "baseline_seconds",
    "constant_utilisation",
    "evaluate_row",
    "evaluate_table",
    "falls_with_time",
    "groups_of",
    "summary",
]
