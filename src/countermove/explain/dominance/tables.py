"""Loop dominance by calendar year, as rows and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.explain.dominance.loops import Dominance, LoopScore
from countermove.scenario import START

HEADER = ("scenario", "around", "loop", "behaviour", "year", "share", "reinforcing", "balancing", "raises", "lowers",
          "quantities")  # fmt: skip


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


def rows(found: Dominance, scenario: str) -> list[list[Any]]:
    """A row for each loop and year; loops are numbered from the strongest."""
    table: list[list[Any]] = [list(HEADER)]
    for number, loop in enumerate(found.loops, start=1):
        columns = [
            by_year(found, monthly)
            for monthly in (loop.share, loop.reinforcing, loop.balancing, raises(loop), lowers(loop))
        ]
        for index, year in enumerate(years(found)):
            numbers = [f"{column[index]:.6g}" for column in columns]
            names = " → ".join(loop.names)
            table.append([scenario, found.around, number, loop.behaviour, year, *numbers, names])
    return table


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
