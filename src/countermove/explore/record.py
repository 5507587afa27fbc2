"""One scenario in any number of draws: annual figures of all of them, trajectories to a file if asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.segments import SEGMENT, DrawColumns, segments
from countermove.explore.simulate import DRAWS, SEED, Progress, check_numbers, shifted, simulate
from countermove.result_file import GrowingFile, growing
from countermove.results import Origin
from countermove.scenario import END, START, Scenario, as_scenario

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Record:
    """What a scenario gives by calendar year.

    Attributes:
        quantiles: by outcome the 10, 50 and 90 % quantiles over draws, (quantile, year).
    """

    origin: Origin
    years: tuple[int, ...]
    quantiles: Mapping[str, Floats]


def record(
    scenario: Scenario | str | Path,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    output: Path | None = None,
    progress: Progress | None = None,
) -> Record:
    """Simulate a scenario, a segment of draws at a time.

    Args:
        output: write trajectories there, `.nc` (all draws) or `.csv` (quantiles by month), whole or not at all.
        progress: called with the number of runs done and the number in all.

    Raises:
        CountermoveError: as in `run`; another ending of the file.
    """
    check_numbers(draws, seed)
    if output and output.suffix not in (".nc", ".csv"):
        raise CountermoveError(f"{output}: results are written as .nc (NetCDF) or .csv, not '{output.suffix}'")
    this = as_scenario(scenario)
    years = tuple(range(START.year, END.year + 1))
    columns = {name: DrawColumns(draws, len(years)) for name in OUTCOMES}
    origin: Origin | None = None
    with _file(output if draws > SEGMENT else None) as file:
        for first, count in segments(draws):
            advance = shifted(progress, first, draws)
            (part,) = simulate([this], count, seed, first=first, progress=advance)
            for name, outcome in OUTCOMES.items():
                columns[name].put(first, outcome.annual(outcome.monthly(part)))
            if file:
                file.add(part)
            elif output:
                part.save(output)
            origin = origin or replace(part.origin, draws=draws)
    assert origin is not None  # there is at least one draw
    return Record(origin, years, {name: _quantiles(column.array) for name, column in columns.items()})


@contextmanager
def _file(path: Path | None) -> Iterator[GrowingFile | None]:
    if path is None:
        yield None
    else:
        with growing(path) as file:
            yield file


def _quantiles(values: Floats) -> Floats:
    return np.stack([np.quantile(values[:, year], [0.1, 0.5, 0.9]) for year in range(values.shape[1])], axis=1)
