"""A sweep as tables and files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._atomic import replacing, write_whole
from countermove.explore.outcomes import OUTCOMES
from countermove.results import PROVENANCE, QUANTILES
from countermove.scenario import START
from countermove.sweep.sketch import ACCURACY

if TYPE_CHECKING:
    from countermove.sweep.run import Sweep

LABELS = tuple(f"p{round(100 * q):02d}" for q in QUANTILES)
_CHANCES = ("p_catalysed", "p_hindered", "p_immaterial")


def outcomes(sweep: Sweep) -> list[list[Any]]:
    """A header, then a row for each cell, outcome and year."""
    delta = [f"delta_{label}" for label in LABELS]
    header = ["scenario", "variant", "outcome", "unit", "year", *LABELS, "mean", "against", *delta, "delta_mean"]
    rows: list[list[Any]] = [[*header, *_CHANCES, *PROVENANCE]]
    tail = [getattr(sweep.origin, name) for name in PROVENANCE]
    for cell, against in zip(sweep.cells, sweep.against, strict=True):
        for name, found in sweep.summary.outcomes[cell.name].items():
            for index, year in enumerate(sweep.years):
                own = [*found.quantiles[:, index], found.mean[index]]
                compared: list[Any] = [""] * (len(LABELS) + 1 + len(_CHANCES))
                if found.difference:
                    d = found.difference
                    compared = [*d.quantiles[:, index], d.mean[index], *(getattr(d, p)[index] for p in _CHANCES)]
                where = [cell.scenario.name, cell.variant_text, name, OUTCOMES[name].unit, year]
                rows.append([*where, *map(float, own), against or "", *map(_plain, compared), *tail])
    return rows


def quantities(sweep: Sweep) -> list[list[Any]]:
    """A header, then a row for each cell, quantity, month and element."""
    named = dict.fromkeys(name for variable in sweep.variables.values() for name, _ in variable.dimensions)
    rows: list[list[Any]] = [
        ["scenario", "variant", "quantity", "unit", "month", *named, *LABELS, "mean", "relative_error", *PROVENANCE]
    ]
    tail = [getattr(sweep.origin, name) for name in PROVENANCE]
    for cell in sweep.cells:
        for name, found in sweep.summary.quantities[cell.name].items():
            variable = sweep.variables[name]
            elements = dict(variable.dimensions)
            for index in np.ndindex(*found.mean.shape):
                chosen = dict(zip(elements, index[1:], strict=True))
                month = f"{START.year + index[0] // 12}-{index[0] % 12 + 1:02d}"
                place = [elements[d][chosen[d]] if d in chosen else "" for d in named]
                numbers = [float(q) for q in found.quantiles[(slice(None), *index)]]
                where = [cell.scenario.name, cell.variant_text, name, variable.unit, month, *place]
                rows.append([*where, *numbers, float(found.mean[index]), ACCURACY, *tail])
    return rows


def answer(sweep: Sweep) -> dict[str, Any]:
    """The summary as plain values."""
    origin = sweep.origin
    return {
        "draws": origin.draws,
        "seed": origin.seed,
        "parameters": origin.parameters,
        "caveat": origin.caveat,
        "distinct_posterior_draws": sweep.posterior_draws,
        "beliefs": origin.beliefs,
        "version": origin.version,
        "model_hash": origin.model_hash,
        "evidence_date": origin.evidence_date,
        "citation": origin.citation,
        "immaterial": sweep.plan.immaterial,
        "units": {name: OUTCOMES[name].unit for name in sweep.plan.outcomes},
        "cells": [_cell(sweep, index) for index in range(len(sweep.cells))],
    }


def save(sweep: Sweep, folder: Path) -> Path:
    """Write CSV, NetCDF and JSON into the folder, each whole or not at all."""
    write_whole(folder / "outcomes.csv", _csv(outcomes(sweep)))
    if sweep.variables:
        write_whole(folder / "quantities.csv", _csv(quantities(sweep)))
    write_whole(folder / "summary.json", json.dumps(answer(sweep), ensure_ascii=False, indent=1) + "\n")
    with replacing(folder / "summary.nc") as temporary:
        dataset(sweep).to_netcdf(temporary, engine="h5netcdf")
    return folder


def dataset(sweep: Sweep) -> Any:
    """The summary of outcomes as an xarray Dataset with dimensions (cell, quantile, year)."""
    import xarray

    cells = [cell.name for cell in sweep.cells]
    data: dict[str, Any] = {}
    for name in sweep.plan.outcomes:
        each = [sweep.summary.outcomes[cell][name] for cell in cells]
        unit = {"units": OUTCOMES[name].unit}
        data[name] = (("cell", "quantile", "year"), np.stack([one.quantiles for one in each]), unit)
        data[f"{name}_mean"] = (("cell", "year"), np.stack([one.mean for one in each]), unit)
        if any(one.difference for one in each):
            missing = np.full(each[0].mean.shape, np.nan)
            for label in _CHANCES:
                rows = [getattr(one.difference, label) if one.difference else missing for one in each]
                data[f"{name}_{label}"] = (("cell", "year"), np.stack(rows), {"units": "1"})
            blank = np.full(each[0].quantiles.shape, np.nan)
            deltas = [one.difference.quantiles if one.difference else blank for one in each]
            data[f"{name}_delta"] = (("cell", "quantile", "year"), np.stack(deltas), unit)
    coordinates = {"cell": cells, "quantile": list(QUANTILES), "year": np.array(sweep.years, np.int32)}
    attributes = {name: getattr(sweep.origin, name) for name in (*PROVENANCE, "scenario", "model_hash", "beliefs")}
    against = {"against": ", ".join(sorted({name for name in sweep.against if name}))}
    return xarray.Dataset(data, coordinates, attrs={**attributes, **against})


def _cell(sweep: Sweep, index: int) -> dict[str, Any]:
    cell = sweep.cells[index]
    found: dict[str, Any] = {}
    for name, one in sweep.summary.outcomes[cell.name].items():
        years: list[dict[str, Any]] = []
        for place, year in enumerate(sweep.years):
            row: dict[str, Any] = {"year": year, **_quantiles(one.quantiles[:, place], one.mean[place])}
            if one.difference:
                d = one.difference
                row["delta"] = _quantiles(d.quantiles[:, place], d.mean[place])
                row |= {label: float(getattr(d, label)[place]) for label in _CHANCES}
            years.append(row)
        found[name] = years
    return {
        "scenario": cell.scenario.name,
        "variant": dict(cell.variant),
        "against": sweep.against[index],
        "outcomes": found,
    }


def _quantiles(values: Any, mean: Any) -> dict[str, float]:
    return {**dict(zip(LABELS, map(float, values), strict=True)), "mean": float(mean)}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([[f"{item:.6g}" if isinstance(item, float) else item for item in row] for row in rows])
    return text.getvalue()
