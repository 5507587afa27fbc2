"""A result file of more draws than memory holds: it grows by successive draws, and appears when it is whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from countermove._atomic import replacing
from countermove.errors import CountermoveError
from countermove.results import Result

MONTHS_AT_ONCE = 24
DRAWS_AT_ONCE = 512


class GrowingFile:
    """A NetCDF file of one result, a segment of its draws at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: Result | None = None
        self._draws = 0

    def add(self, result: Result) -> None:
        """The next draws; the same quantities as before."""
        if self._first is None:
            result.to_netcdf(self._path, unlimited=True, chunks=(DRAWS_AT_ONCE, MONTHS_AT_ONCE))
            self._first = replace(result, values={})
        else:
            with _opened(self._path, "r+") as file:
                end = self._draws + result.origin.draws
                file.resize_dimension("draw", end)
                file.variables["draw"][self._draws :] = np.arange(self._draws, end, dtype=np.int32)
                for name, values in result.values.items():
                    file.variables[name][self._draws :] = values
                file.attrs["draws"] = end
        self._draws += result.origin.draws

    @contextmanager
    def whole(self) -> Iterator[Result]:
        """All draws, read from the file as they are asked for."""
        if self._first is None:
            raise CountermoveError(f"{self._path}: no draws were written")
        with _opened(self._path, "r") as file:
            values = {name: file.variables[name] for name in self._first.variables}
            yield replace(self._first, origin=replace(self._first.origin, draws=self._draws), values=values)


@contextmanager
def growing(path: Path) -> Iterator[GrowingFile]:
    """A file to fill: all draws as NetCDF (`.nc`), or their quantiles by month as CSV (`.csv`).

    Raises:
        CountermoveError: another ending.
    """
    if path.suffix == ".nc":
        with replacing(path) as temporary:
            yield GrowingFile(temporary)
        return
    with tempfile.TemporaryDirectory(prefix="countermove-") as folder:
        file = GrowingFile(Path(folder) / "draws.nc")
        yield file
        with file.whole() as result:
            result.save(path)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[Any]:
    import h5netcdf

    with cast(Any, h5netcdf).File(path, mode) as file:
        yield file
