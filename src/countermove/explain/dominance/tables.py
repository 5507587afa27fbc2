"""Loop dominance by calendar year, as rows and as plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._export import Array
from countermove.explain.dominance.loops import Dominance, LoopScore
from countermove.scenario import START


def years(found: Dominance) -> tuple[int, ...]:
    """Calendar years that are scored."""
    return tuple(sorted({START.year + month // 12 for month in found.months}))


def by_year(found: Dominance, monthly: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of a monthly series over the scored months of each year."""
    of = np.array([START.year + month // 12 for month in found.months])
    return np.array([monthly[of == year].mean() for year in years(found)])


def raises(loop: LoopScore) -> NDArray[np.float64]:
    """By month, its share where it moves the quantity asked about up."""
    return np.maximum(loop.push, 0.0)


def lowers(loop: LoopScore) -> NDArray[np.float64]:
    """By month, its share where it moves the quantity asked about down."""
    return np.maximum(-loop.push, 0.0)


_COLUMNS: dict[str, Callable[[LoopScore], NDArray[np.float64]]] = {
    "share": lambda loop: loop.share,
    "reinforcing": lambda loop: loop.reinforcing,
    "balancing": lambda loop: loop.balancing,
    "raises": raises,
    "lowers": lowers,
}


def rows(found: Dominance, scenario: str) -> list[dict[str, Any]]:
    """A row for each loop and year; loops are numbered from the strongest."""
    table: list[dict[str, Any]] = []
    for number, loop in enumerate(found.loops, start=1):
        columns = {name: by_year(found, of(loop)) for name, of in _COLUMNS.items()}
        for index, year in enumerate(years(found)):
            row = {"scenario": scenario, "around": found.around, "loop": number, "behaviour": loop.behaviour}
            row |= {"year": year, **{name: f"{column[index]:.6g}" for name, column in columns.items()}}
            table.append({**row, "quantities": " → ".join(loop.names)})
    return table


def arrays(found: Dominance) -> tuple[dict[str, Array], dict[str, list[Any]]]:
    """The same as named arrays (loop, year) with their coordinates."""
    shape = (len(found.loops), len(years(found)))
    named: dict[str, Array] = {
        name: (("loop", "year"), np.array([by_year(found, of(loop)) for loop in found.loops]).reshape(shape), "1")
        for name, of in _COLUMNS.items()
    }
    named["behaviour"] = (("loop",), [loop.behaviour for loop in found.loops], "")
    named["quantities"] = (("loop",), [" → ".join(loop.names) for loop in found.loops], "")
    named["share_of_all_loops"] = (("year",), by_year(found, found.of_all), "1")
    return named, {"loop": list(range(1, len(found.loops) + 1)), "year": list(years(found))}


def plain(found: Dominance, scenario: str) -> dict[str, Any]:
    """As plain values, in the shape that `countermove loops --json` prints."""
    return {
        "scenario": scenario,
        "around": found.around,
        "through": list(found.through),
        "years": list(years(found)),
        "share_of_all_loops": _rounded(by_year(found, found.of_all)),
        "loops": [
            {
                "loop": number,
                "behaviour": loop.behaviour,
                "quantities": list(loop.names),
                "mean_share": round(float(loop.share.mean()), 6),
                "share": _rounded(by_year(found, loop.share)),
                "relative_score": _rounded(by_year(found, loop.relative)),
                "raises": _rounded(by_year(found, raises(loop))),
                "lowers": _rounded(by_year(found, lowers(loop))),
            }
            for number, loop in enumerate(found.loops, start=1)
        ],
    }


def _rounded(values: Sequence[float] | NDArray[np.float64]) -> list[float]:
    return [round(float(value), 6) for value in values]
