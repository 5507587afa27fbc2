"""When the sign of a difference changes, draw by draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Signs = NDArray[np.int8]

HOLDS = 12
"""Months for which a new sign must hold."""

DIRECTIONS = {1: "hindered to catalysed", -1: "catalysed to hindered"}


@dataclass(frozen=True, eq=False)
class Crossing:
    """The first change of sign in one direction.

    Attributes:
        dates: decimal year for each draw, nan where it never happens.
        later: number of later changes, in either direction, for each draw; 0 where it never happens.
    """

    direction: str
    dates: Floats
    later: NDArray[np.int16]

    @cached_property
    def never(self) -> float:
        """Share of draws without such a change."""
        return float(np.isnan(self.dates).mean())

    @cached_property
    def further(self) -> float:
        """Mean number of later changes in the draws that have this one."""
        happens = ~np.isnan(self.dates)
        return float(self.later[happens].mean()) if happens.any() else 0.0

    @property
    def p10(self) -> float | None:
        """Quantile over all draws, "never" counting as later than every date; None where that is never."""
        return self._quantiles[0]

    @property
    def p50(self) -> float | None:
        """Median over all draws, as p10."""
        return self._quantiles[1]

    @property
    def p90(self) -> float | None:
        """Quantile over all draws, as p10."""
        return self._quantiles[2]

    @cached_property
    def _quantiles(self) -> tuple[float | None, ...]:
        ordered = np.where(np.isnan(self.dates), np.inf, self.dates)
        found = np.quantile(ordered, [0.1, 0.5, 0.9], method="inverted_cdf")
        return tuple(float(each) if np.isfinite(each) else None for each in found)


def joined(parts: Sequence[tuple[Crossing, ...]]) -> tuple[Crossing, ...]:
    """The crossings of all draws from those of successive draws."""
    return tuple(
        Crossing(
            same[0].direction,
            np.concatenate([each.dates for each in same]),
            np.concatenate([each.later for each in same]),
        )
        for same in zip(*parts, strict=True)
    )


def crossings(difference: Floats, material: NDArray[np.bool_], start: float) -> tuple[Crossing, ...]:
    """First changes of sign by direction, upwards first.

    A sign is established when it holds for twelve months in a row and the difference is material in at least one month
    of that spell. A crossing is the first month of an established spell whose sign is not that of the established
    spell before it; it is dated to the end of that month. The first established sign is a departure from equality, not
    a crossing. Spells that begin in the last eleven months cannot be judged and do not count.

    Args:
        difference: (draw, month), positive for more capability; nan where it is not defined.
        material: (draw, month), whether the difference counts as one.
        start: decimal year at which month 0 begins.
    """
    signs = np.subtract(difference > 0, difference < 0, dtype=np.int8)
    changes = _changes(signs, material)
    ends = start + (np.arange(signs.shape[1]) + 1) / 12
    return tuple(_first(changes, sign, ends, len(signs)) for sign in DIRECTIONS)


@dataclass(frozen=True, eq=False)
class _Changes:
    """Every change of sign, by draw and then by month: draw, month and new sign of each."""

    draw: NDArray[np.intp]
    month: NDArray[np.intp]
    sign: Signs


def _changes(signs: Signs, material: NDArray[np.bool_]) -> _Changes:
    """Where an established spell has not the sign of the one before it in the same draw.

    Spells are few and months are many: from here on nothing is done month by month.
    """
    draws, months = signs.shape
    begins = np.ones((draws, months), dtype=bool)
    begins[:, 1:] = signs[:, 1:] != signs[:, :-1]
    first = np.flatnonzero(begins)  # of every spell; none reaches into the next draw
    length = np.diff(first, append=draws * months)
    sign = signs.ravel()[first]
    established = (length >= HOLDS) & (sign != 0) & np.logical_or.reduceat(material.ravel(), first)
    first, sign = first[established], sign[established]
    draw, month = np.divmod(first, months)
    changed = np.zeros(len(first), dtype=bool)
    changed[1:] = (draw[1:] == draw[:-1]) & (sign[1:] != sign[:-1])
    return _Changes(draw[changed], month[changed], sign[changed])


def _first(changes: _Changes, sign: int, ends: Floats, draws: int) -> Crossing:
    dates, later = np.full(draws, np.nan), np.zeros(draws, dtype=np.int16)
    these = np.flatnonzero(changes.sign == sign)
    draw, first = np.unique(changes.draw[these], return_index=True)
    at = these[first]
    dates[draw] = ends[changes.month[at]]
    later[draw] = np.searchsorted(changes.draw, draw, side="right") - at - 1
    return Crossing(DIRECTIONS[sign], dates, later)
