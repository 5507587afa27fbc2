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
    signs = np.sign(np.nan_to_num(difference)).astype(np.int8)
    changes = _changes(_established(signs, material))
    ends = start + (np.arange(changes.shape[1]) + 1) / 12
    return tuple(_first(changes, sign, ends) for sign in DIRECTIONS)


def _established(signs: Signs, material: NDArray[np.bool_]) -> Signs:
    """(draw, month): the sign of the established spell that a month belongs to, 0 if none."""
    draws, months = signs.shape
    begins = np.ones((draws, months), dtype=bool)
    begins[:, 1:] = signs[:, 1:] != signs[:, :-1]
    first = np.flatnonzero(begins)  # of every spell; none reaches into the next draw
    length = np.diff(first, append=draws * months)
    counts = (length >= HOLDS) & np.logical_or.reduceat(material.ravel(), first)
    return np.where(np.repeat(counts, length).reshape(draws, months), signs, np.int8(0))


def _changes(established: Signs) -> Signs:
    """(draw, month): the new sign in the month of a change, 0 elsewhere."""
    # Position of the last established month at or before each month; 0, where nothing is established, if there is none.
    position = np.where(established != 0, np.arange(established.shape[1], dtype=np.int16), np.int16(0))
    last = np.maximum.accumulate(position, axis=1)
    before = np.zeros_like(established)
    before[:, 1:] = np.take_along_axis(established, last[:, :-1].astype(np.intp), axis=1)
    return np.where(established * before == -1, established, np.int8(0))


def _first(changes: Signs, sign: int, ends: Floats) -> Crossing:
    this = changes == sign
    happens = this.any(axis=1)
    month = this.argmax(axis=1)
    dates = np.where(happens, ends[month], np.nan)
    later = (changes != 0) & (np.arange(changes.shape[1]) > month[:, np.newaxis])
    return Crossing(DIRECTIONS[sign], dates, np.where(happens, later.sum(axis=1), 0).astype(np.int16))
