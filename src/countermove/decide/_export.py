"""Files of an answer: rows as CSV, arrays as NetCDF, figures as pages; each written whole or not at all."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._atomic import replacing, write_whole
from countermove.results import PROVENANCE, Origin

if TYPE_CHECKING:
    import plotly.graph_objects as go

# A named array: its dimensions, its values, its unit.
Array = tuple[tuple[str, ...], Any, str]


def provenance(origin: Origin) -> dict[str, Any]:
    """What must be quoted with every number, as plain values."""
    return {name: getattr(origin, name) for name in ("model_hash", *PROVENANCE)}


def plain(value: float) -> float | None:
    """A number as JSON has it; None for what is not finite."""
    return float(value) if math.isfinite(value) else None


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], origin: Origin) -> None:
    """Rows of the same columns, each with its provenance."""
    tail = {name: getattr(origin, name) for name in PROVENANCE}
    text = io.StringIO()
    writer = csv.DictWriter(text, [*rows[0], *tail], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **tail} for row in rows)
    write_whole(path, text.getvalue())


def write_netcdf(
    path: Path, arrays: Mapping[str, Array], coordinates: Mapping[str, Sequence[Any]], origin: Origin
) -> None:
    """Named arrays with their coordinates."""
    import xarray

    data = {name: (dims, np.asarray(values), {"units": unit}) for name, (dims, values, unit) in arrays.items()}
    dataset = xarray.Dataset(
        data, {name: list(values) for name, values in coordinates.items()}, attrs=provenance(origin)
    )
    with replacing(path) as temporary:
        dataset.to_netcdf(temporary, engine="h5netcdf")


def write_page(path: Path, figure: go.Figure) -> None:
    """A figure as a page of its own, readable without a network."""
    write_whole(path, figure.to_html(include_plotlyjs=True, full_html=True, div_id="figure"))
