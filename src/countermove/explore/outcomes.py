"""What is compared: the outcomes of the headline, each a calendar-year figure made from a monthly quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.results import Result

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Attributes:
        quantity: the monthly quantity it is made of; further dimensions (vendor) are summed.
        kind: a "flow" is summed over the calendar year, a "level" is as of 31 December.
        unit: of the calendar-year figure.
        more_is_capability: whether a larger figure is more capability; False for years behind the frontier.
    """

    name: str
    title: str
    quantity: str
    kind: Literal["flow", "level"]
    unit: str
    more_is_capability: bool = True

    def monthly(self, result: Result) -> Floats:
        """The monthly quantity as (draw, month), in double precision."""
        values = np.asarray(result[self.quantity], dtype=np.float64)
        return values.sum(axis=tuple(range(2, values.ndim)))

    def annual(self, monthly: Floats) -> Floats:
        """Calendar-year figures (draw, year) from monthly values that begin in January."""
        by_year = monthly.reshape(monthly.shape[0], -1, 12)
        return by_year.sum(axis=2) if self.kind == "flow" else by_year[:, :, -1]

    def annual_of_block(self, block: Floats) -> Floats:
        """Calendar-year figures (year, draw) from one block (month, *dimensions, draw) of the quantity."""
        monthly = block.sum(axis=tuple(range(1, block.ndim - 1)), dtype=np.float64)
        return self.annual(monthly.T).T

    def running(self, monthly: Floats) -> Floats:
        """The path on which a change of sign is sought: the sum of the last twelve months of a flow, or the level.

        The first eleven months of a flow have no such sum and are nan.
        """
        if self.kind == "level":
            return monthly
        cumulative = np.cumsum(np.pad(monthly, ((0, 0), (1, 0))), axis=1)
        path = np.full_like(monthly, np.nan)
        path[:, 11:] = cumulative[:, 12:] - cumulative[:, :-12]
        return path


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("domestic", "output of Chinese-designed chips", "domestic_output", "flow", "H100e/yr"),
        Outcome("home_made", "output of chips made in China", "home_made_output", "flow", "H100e/yr"),
        Outcome("total", "usable compute", "china_all", "level", "H100e"),
        Outcome("owned", "compute owned and legal", "china_owned", "level", "H100e"),
        Outcome("with_smuggled", "compute owned, legal and smuggled", "china_with_smuggled", "level", "H100e"),
        Outcome("years_behind", "distance to the frontier chip", "years_behind_chip", "level", "yr", False),
    )
}
