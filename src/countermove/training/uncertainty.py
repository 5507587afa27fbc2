"""How wrong a prediction may be: a scale by what is known of the run and its chip.

The standard deviation of the logarithm is √(scatter² + open²): `scatter` by kind of run, `open` for a chip family
with few or no measured runs, which inherits from the others. The interval is that times one quantile, so that 80 % of
the residuals of runs whose document was left out lie inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.training.quantity import elapsed_name
from countermove.training.runs import Run

if TYPE_CHECKING:
    from countermove.training.fit import Sample

Vector = NDArray[np.float64]
INTERVAL = 0.80
# Runs of a family after which half of the extra variance of an unseen family is gone.
HALF_KNOWN = 2.0
KNOWN_FAMILIES = ("ampere", "hopper", "blackwell", "tpu")


def kind_of(run: Run) -> str:
    """The class of runs whose residuals are alike in size."""
    hours = elapsed_name(run)
    if hours == "run_overhead":
        return "whole run"
    if run.model.is_moe:
        return "mixture of experts"
    if run.chip.family not in KNOWN_FAMILIES:
        return "other vendors"
    if hours:
        return "benchmark hours"
    return "dense, layout known" if run.layout_known else "dense, layout open"


def calibrate(data: Sample, by_document: Vector, by_family: Vector) -> dict[str, Any]:
    """Scales from residuals (logarithms) with the run's document, and with its chip family, left out of the fit."""
    kinds = np.array([kind_of(run) for run in data.runs])
    overall = _scale(by_document)
    scatter: dict[str, float] = {}
    for kind in sorted(set(kinds)):
        inside = by_document[kinds == kind]
        # Shrunk to the overall scale with the weight of ten rows.
        scatter[str(kind)] = float((len(inside) * _scale(inside) + 10 * overall) / (len(inside) + 10))
    base = np.array([scatter[kind] for kind in kinds])
    unseen = float(np.sqrt(max(_scale(by_family) ** 2 - overall**2, 0.05**2)))
    families = [run.chip.family for run in data.runs]
    counts = {family: families.count(family) for family in sorted(set(families))}
    extra = np.array([unseen**2 / (1 + counts[family] / HALF_KNOWN) for family in families])
    z = np.abs(by_document) / np.sqrt(base**2 + extra)
    return {
        "scatter": {kind: round(value, 4) for kind, value in scatter.items()},
        "unseen_family": round(unseen, 4),
        "family_rows": counts,
        "quantile": round(float(np.quantile(z, INTERVAL)), 4),
    }


def _scale(residuals: Vector) -> float:
    """Half-width that holds 80 % of the residuals, as a standard deviation of a normal distribution."""
    return float(np.quantile(np.abs(residuals), INTERVAL) / 1.2816)


def half_width(run: Run, uncertainty: Mapping[str, Any]) -> float:
    """Half-width of the 80 % interval of log step time."""
    scatter: Mapping[str, float] = uncertainty["scatter"]
    base = scatter.get(kind_of(run), max(scatter.values()))
    rows = uncertainty["family_rows"].get(run.chip.family, 0)
    extra = uncertainty["unseen_family"] ** 2 / (1 + rows / HALF_KNOWN)
    return float(uncertainty["quantile"] * np.sqrt(base**2 + extra))


def interval(family: str, kind: str | None, uncertainty: Mapping[str, Any]) -> float:
    """Factor by which step time may be higher or lower (80 %) for a job with a known layout on a chip of `family`."""
    scatter: Mapping[str, float] = uncertainty["scatter"]
    usual = "dense, layout known" if family in KNOWN_FAMILIES else "other vendors"
    base = scatter.get(kind or usual, max(scatter.values()))
    rows = uncertainty["family_rows"].get(family, 0)
    extra = uncertainty["unseen_family"] ** 2 / (1 + rows / HALF_KNOWN)
    return float(np.exp(uncertainty["quantile"] * np.sqrt(base**2 + extra)))
