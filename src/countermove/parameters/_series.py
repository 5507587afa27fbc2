"""A quantity that comes from outside the model and changes with the date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

Interpolation = Literal["linear", "log_linear", "step"]
INTERPOLATIONS: tuple[str, ...] = get_args(Interpolation)

FIRST_YEAR = 2016
MONTHS = 240


@dataclass(frozen=True, slots=True)
class Series:
    """Values at dated knots, between them interpolated: linearly, linearly in the logarithm, or held from the left.

    Before the first and after the last knot the value of that knot holds. `years` are decimal: 2024.5 is mid-2024.
    """

    name: str
    sector: str
    unit: str
    description: str
    interpolation: Interpolation
    years: tuple[float, ...]
    values: tuple[float, ...]
    sources: tuple[str, ...]
    note: str = ""

    def at(self, year: ArrayLike) -> NDArray[np.float64]:
        """Values in `unit` at decimal years."""
        import numpy as np

        year = np.asarray(year, dtype=np.float64)
        if self.interpolation == "step":
            found = np.searchsorted(self.years, year, side="right") - 1
            return np.asarray(self.values)[np.clip(found, 0, len(self.years) - 1)]
        if self.interpolation == "log_linear":
            return np.exp(np.interp(year, self.years, np.log(self.values)))
        return np.interp(year, self.years, self.values)

    def monthly(self, months: ArrayLike | None = None) -> NDArray[np.float64]:
        """Values at the middle of each month, counted from January 2016 = 0; all 240 if no months are given."""
        import numpy as np

        months = np.arange(MONTHS) if months is None else np.asarray(months)
        return self.at(FIRST_YEAR + (months + 0.5) / 12)
