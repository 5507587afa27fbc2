"""Files of an answer: rows as CSV, arrays as NetCDF, plain values as JSON, figures as pages; whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._atomic import replacing, write_whole
from countermove.errors import CountermoveError
from countermove.results import PROVENANCE, Origin

if TYPE_CHECKING:
    import plotly.graph_objects as go

# A named array: its dimensions, its values, its unit.
Array = tuple[tuple[str, ...], Any, str]

FORMS = (".nc", ".csv", ".json", ".html")
"""Endings of the files that an answer can be written to."""


@dataclass(frozen=True, eq=False)
class Files:
    """An answer in every form.

    Attributes:
        name, table: of the files in a folder, but for the figures, which have their own.
        rows: of the same columns.
        content: plain values, for JSON.
        figures: what draws them, the most important first.
    """

    name: str
    table: str
    rows: Sequence[Mapping[str, Any]]
    content: dict[str, Any]
    arrays: Mapping[str, Array]
    coordinates: Mapping[str, Sequence[Any]]
    figures: Mapping[str, Callable[[], go.Figure]]
    origin: Origin

    def save(self, path: str | Path) -> Path:
        """Write one file, of the form that the path ends in, or all of them into a folder.

        Raises:
            CountermoveError: the path ends in anything else.
        """
        path = Path(path)
        check(path)
        if path.suffix in FORMS:
            self._write(path)
            return path
        for file in (f"{self.table}.csv", f"{self.name}.nc", f"{self.name}.json"):
            self._write(path / file)
        for name, draw in self.figures.items():
            write_page(path / f"{name}.html", draw())
        return path

    def _write(self, path: Path) -> None:
        match path.suffix:
            case ".csv":
                write_csv(path, self.rows, self.origin)
            case ".nc":
                write_netcdf(path, self.arrays, self.coordinates, provenance(self.origin))
            case ".json":
                write_whole(path, as_text(self.content))
            case _:
                write_page(path, next(iter(self.figures.values()))())


def check(path: Path | None, forms: Iterable[str] = FORMS, *, folder: bool = True) -> None:
    """Refuse a name before anything is computed for it.

    Raises:
        CountermoveError: it ends in none of the forms, and is no folder either, or no folder is wanted.
    """
    if path is None or path.suffix in forms or (folder and (not path.suffix or path.is_dir())):
        return
    *others, last = forms
    listed = f"{', '.join(others)} or {last}" if others else last
    given = f"'{path.suffix}'" if path.suffix else "a name without an ending"
    raise CountermoveError(f"{path}: is written as {'a folder, ' if folder else ''}{listed}, not {given}")


def provenance(origin: Origin) -> dict[str, Any]:
    """What must be quoted with every number, as plain values."""
    return {name: getattr(origin, name) for name in ("model_hash", *PROVENANCE)}


def plain(value: float) -> float | None:
    """A number as JSON has it; None for what is not finite."""
    return float(value) if math.isfinite(value) else None


def as_text(content: dict[str, Any]) -> str:
    """JSON text, as written and as printed."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], origin: Origin | None = None) -> None:
    """Rows of the same columns, each with its provenance where there is one."""
    tail = {name: getattr(origin, name) for name in PROVENANCE} if origin else {}
    text = io.StringIO()
    writer = csv.DictWriter(text, [*(rows[0] if rows else ["id"]), *tail], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **tail} for row in rows)
    write_whole(path, text.getvalue())


def write_netcdf(
    path: Path,
    arrays: Mapping[str, Array],
    coordinates: Mapping[str, Sequence[Any]],
    attributes: Mapping[str, Any],
) -> None:
    """Named arrays with their coordinates."""
    import xarray

    data = {name: (dims, np.asarray(values), {"units": unit}) for name, (dims, values, unit) in arrays.items()}
    dataset = xarray.Dataset(data, {name: list(values) for name, values in coordinates.items()}, attrs=attributes)
    with replacing(path) as temporary:
        dataset.to_netcdf(temporary, engine="h5netcdf")


def write_page(path: Path, figure: go.Figure) -> None:
    """A figure as a page of its own, readable without a network; the same figure gives the same bytes."""
    page = figure.to_html(include_plotlyjs=True, full_html=True, div_id="figure", config={"displaylogo": False})
    write_whole(path, page)
