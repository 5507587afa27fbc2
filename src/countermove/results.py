"""Results of a run: arrays by quantity with names, units and where they come from; NetCDF and CSV out.

The arrays are plain until `dataset` is asked for, because importing xarray costs more than simulating.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import replacing, write_whole
from countermove.errors import CountermoveError, unknown

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.floating[Any]]
Basis = Literal["prior", "posterior"]

QUANTILES = (0.05, 0.10, 0.50, 0.90, 0.95)

# Columns that every table written by countermove ends with; names of `Origin`.
PROVENANCE = ("draws", "seed", "caveat", "version", "evidence_date", "citation")


@dataclass(frozen=True)
class Origin:
    """What decides a result, and must be quoted with it.

    Attributes:
        model_hash: of the equations, their inputs and the priors.
        parameters: "posterior" where a fit of this model ships and nothing else was asked for, else "prior".
        evidence_date: ISO date of the youngest observation among the evidence.
        beliefs: the analyst's own intervals in place of ours, as text; "" if none.
    """

    scenario: str
    seed: int
    draws: int
    version: str
    model_hash: str
    parameters: Basis
    evidence_date: str
    citation: str
    beliefs: str = ""

    @property
    def caveat(self) -> str:
        """The words that go with every number drawn from these parameters."""
        return "prior only, uncalibrated" if self.parameters == "prior" else "calibrated (posterior)"


@dataclass(frozen=True)
class Variable:
    """What a quantity is: unit, description, and its named dimensions besides draw and month."""

    unit: str
    description: str
    dimensions: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, eq=False)
class Result:
    """Trajectories of one scenario.

    Attributes:
        values: by quantity an array (draw, month, *dimensions).
        start: first month, such as 2016-01. A stock is as of the end of the month, a flow within it.
    """

    origin: Origin
    variables: Mapping[str, Variable]
    values: Mapping[str, Floats]
    start: str = "2016-01"

    def __getitem__(self, quantity: str) -> Floats:
        """Values (draw, month, *dimensions) of a quantity.

        Raises:
            CountermoveError: this result does not hold it; names the nearest.
        """
        if quantity not in self.values:
            raise unknown("quantity", quantity, self.values, where=f"result of {self.origin.scenario}")
        return self.values[quantity]

    @property
    def months(self) -> NDArray[np.datetime64]:
        """Calendar months."""
        count = next(iter(self.values.values())).shape[1] if self.values else 0
        return np.datetime64(self.start, "M") + np.arange(count)

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """The same as an xarray Dataset with dimensions (draw, month, …), units and descriptions as attributes."""
        import xarray

        coordinates: dict[str, Any] = {"month": self.months.astype("datetime64[ns]")}
        data: dict[str, Any] = {}
        for name, variable in self.variables.items():
            coordinates.update({dimension: list(elements) for dimension, elements in variable.dimensions})
            attributes = {"units": variable.unit, "description": variable.description}
            dimensions = ("draw", "month", *(dimension for dimension, _ in variable.dimensions))
            data[name] = (dimensions, self.values[name], attributes)
        coordinates["draw"] = np.arange(self.origin.draws, dtype=np.int32)
        return xarray.Dataset(data, coordinates, attrs=_attributes(self.origin))

    def to_dataframe(self) -> Any:
        """Quantiles over draws as a pandas DataFrame, in the columns of the CSV file."""
        import pandas  # pyright: ignore[reportMissingTypeStubs]

        header, *rows = self._rows()
        return pandas.DataFrame(rows, columns=header)

    def save(self, path: str | Path) -> Path:
        """Write all draws as NetCDF (`.nc`) or their quantiles by month as CSV (`.csv`), whole or not at all.

        Raises:
            CountermoveError: another ending.
        """
        path = Path(path)
        if path.suffix == ".nc":
            with replacing(path) as temporary:
                self.to_netcdf(temporary)
        elif path.suffix == ".csv":
            write_whole(path, self._csv())
        else:
            raise CountermoveError(f"{path}: results are written as .nc (NetCDF) or .csv, not '{path.suffix}'")
        return path

    def to_netcdf(self, path: Path, *, unlimited: bool = False, chunks: tuple[int, int] | None = None) -> None:
        """Write all draws as NetCDF where the path is free to be written.

        Args:
            unlimited: whether draws can be added to the file.
            chunks: draws and months that are read at once.
        """
        encoding = _encoding(self)
        if chunks:
            for name, variable in self.variables.items():
                encoding[name]["chunksizes"] = (*chunks, *(len(elements) for _, elements in variable.dimensions))
        growing = ["draw"] if unlimited else []
        dataset = cast(Any, self.dataset)
        dataset.to_netcdf(path, engine="h5netcdf", encoding=encoding, unlimited_dims=growing)

    def _csv(self) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self._rows())
        return text.getvalue()

    def _rows(self) -> list[list[Any]]:
        origin = self.origin
        named = dict.fromkeys(name for variable in self.variables.values() for name, _ in variable.dimensions)
        labels = [f"p{round(100 * q):02d}" for q in QUANTILES]
        rows: list[list[Any]] = [["scenario", "quantity", "unit", "month", *named, *labels, "mean", *PROVENANCE]]
        tail = [getattr(origin, name) for name in PROVENANCE]
        for name, variable in self.variables.items():
            summary = _summary(self.values[name])
            elements = dict(variable.dimensions)
            for index in np.ndindex(*summary.shape[1:]):
                chosen = dict(zip(elements, index[1:], strict=True))
                where: list[str] = [elements[d][chosen[d]] if d in chosen else "" for d in named]
                numbers = [f"{number:.6g}" for number in summary[(slice(None), *index)]]
                rows.append([origin.scenario, name, variable.unit, str(self.months[index[0]]), *where, *numbers, *tail])
        return rows


def _summary(values: Floats) -> Floats:
    """Quantiles over draws and their mean, (quantile, month, …); two years at once, so that many draws need not fit."""
    parts: list[Floats] = []
    for month in range(0, values.shape[1], 24):
        some = np.asarray(values[:, month : month + 24], dtype=np.float64)
        parts.append(np.concatenate([np.quantile(some, QUANTILES, axis=0), some.mean(axis=0)[np.newaxis]]))
    return np.concatenate(parts, axis=1)


def load(path: str | Path) -> Result:
    """Read a result that `save` wrote as NetCDF.

    Raises:
        CountermoveError: no such file, not readable, or not a result of countermove.
    """
    import xarray

    path = Path(path)
    if not path.is_file():
        raise CountermoveError(f"{path}: no such result file")
    try:
        dataset = cast(Any, xarray).load_dataset(path, engine="h5netcdf")
        return _from_dataset(dataset)
    except (KeyError, IndexError) as error:
        raise CountermoveError(f"{path}: not a result of countermove: {error.args[0]} is missing") from None
    except Exception as error:  # h5netcdf reports a damaged file by exceptions of half a dozen kinds
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CountermoveError(f"{path}: the result file is damaged or not NetCDF: {reason}") from None


def _from_dataset(dataset: xarray.Dataset) -> Result:
    attributes = cast(dict[str, Any], dataset.attrs)
    origin = Origin(
        scenario=str(attributes["scenario"]),
        seed=int(attributes["seed"]),
        draws=int(attributes["draws"]),
        version=str(attributes["version"]),
        model_hash=str(attributes["model_hash"]),
        parameters=cast(Basis, str(attributes["parameters"])),
        evidence_date=str(attributes["evidence_date"]),
        citation=str(attributes["citation"]),
        beliefs=str(attributes["beliefs"]),
    )
    variables: dict[str, Variable] = {}
    values: dict[str, Floats] = {}
    for name, array in dataset.data_vars.items():
        dimensions = tuple(
            (str(d), tuple(str(element) for element in dataset[d].values))
            for d in array.dims
            if d not in ("draw", "month")
        )
        variables[str(name)] = Variable(array.attrs["units"], array.attrs["description"], dimensions)
        values[str(name)] = array.values
    start = str(dataset["month"].values[0].astype("datetime64[M]"))
    return Result(origin, variables, values, start)


def _attributes(origin: Origin) -> dict[str, Any]:
    return {
        "title": f"countermove: {origin.scenario}",
        "scenario": origin.scenario,
        "seed": origin.seed,
        "draws": origin.draws,
        "version": origin.version,
        "model_hash": origin.model_hash,
        "parameters": origin.parameters,
        "caveat": origin.caveat,
        "evidence_date": origin.evidence_date,
        "citation": origin.citation,
        "beliefs": origin.beliefs,
    }


def _encoding(result: Result) -> dict[str, dict[str, Any]]:
    """Compressed, with a fixed time origin: nothing in the file depends on when it was written."""
    encoding: dict[str, dict[str, Any]] = {name: {"zlib": True, "complevel": 1} for name in result.variables}
    encoding["month"] = {"units": f"days since {result.start}-01", "dtype": "int32", "calendar": "standard"}
    return encoding
