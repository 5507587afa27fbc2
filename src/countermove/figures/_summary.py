"""From results to the few numbers that a figure shows: quantiles over draws, sums by year, means by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.results import Result

Array = NDArray[np.floating[Any]]

MILLION = 1e6


def quantiles(values: Array) -> Array:
    """10, 50 and 90 % over draws (first axis): shape (3, …). Draws without a value are left out."""
    # Leaving out takes twenty times as long, so it is done only where there is something to leave out.
    of = np.nanpercentile if np.isnan(values).any() else np.percentile
    return np.array(of(values, [10.0, 50.0, 90.0], axis=0), dtype=np.float64)


def monthly(result: Result, quantity: str, **chosen: str) -> Array:
    """Values of a quantity, shape (draw, month, …), at the chosen elements of its named dimensions.

    Raises:
        CountermoveError: the result does not hold the quantity.
    """
    values = result[quantity]
    named = result.variables[quantity].dimensions
    at = [elements.index(chosen[name]) if name in chosen else slice(None) for name, elements in named]
    return np.asarray(values[(slice(None), slice(None), *at)], dtype=np.float64)


def dimensions(result: Result, quantity: str) -> dict[str, tuple[str, ...]]:
    """Elements of the named dimensions of a quantity, in the order of its axes after draw and month."""
    return dict(result.variables[quantity].dimensions)


def years_of(result: Result) -> list[int]:
    """Calendar years that the result covers in full."""
    return [first_year(result) + i for i in range(len(result.months) // 12)]


def first_year(result: Result) -> int:
    """The calendar year of the first month; results begin in January."""
    return int(result.start[:4])


def by_year(values: Array, how: str) -> Array:
    """Whole calendar years of monthly values (draw, month, …): their `sum`, `mean`, or `last` month."""
    return _periods(values, 12, how)


def by_quarter(values: Array, how: str) -> Array:
    """Whole calendar quarters of monthly values (draw, month, …): their `sum`, `mean`, or `last` month."""
    return _periods(values, 3, how)


def _periods(values: Array, months: int, how: str) -> Array:
    whole = values.shape[1] // months
    grouped = values[:, : whole * months].reshape(values.shape[0], whole, months, *values.shape[2:])
    if how == "last":
        return grouped[:, :, -1]
    return grouped.sum(axis=2) if how == "sum" else grouped.mean(axis=2)


def ratio(policy: Array, counterfactual: Array) -> Array:
    """Policy as a multiple of the counterfactual, draw by draw; 1 where both are zero, so that A against A is 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        multiple = policy / counterfactual
    return np.where((policy == 0) & (counterfactual == 0), 1.0, multiple)


def source_line(comparison: Comparison, note: str = "", *, bands: bool = True) -> str:
    """What a reader needs to find the numbers again: version, scenarios, draws, seed, and whether it is calibrated."""
    from countermove.explore._tables import beliefs

    origin = comparison.policy.origin
    parts = [
        f"Source: countermove {origin.version}",
        f"{comparison.scenario} against {comparison.against}",
        f"{comparison.draws:,} draws, seed {comparison.seed}, {origin.caveat}",
        f"evidence to {origin.evidence_date}",
    ]
    own = beliefs(comparison)
    believed = f" With the analyst’s own intervals (5 / 50 / 95 %), {own}." if own else ""
    drawn = " Bands: 10–90 % of draws; lines: medians." if bands else ""
    return f"{'; '.join(parts)}.{believed}{drawn}{' ' + note if note else ''}"


def significant(value: Any, digits: int = 3) -> str:
    """A number as read: `digits` significant digits but at most four decimals, thousands apart, a true minus."""
    number = float(value)
    if not np.isfinite(number):
        return "–"
    if abs(number) < 0.5e-4:
        return "0"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(number)))))
    return f"{number:,.{min(decimals, 4)}f}".replace("-", "−")


_SCALES = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "))


def scale(values: Array) -> tuple[float, str]:
    """What to divide values by so that the largest reads well, and the word for it, before the unit."""
    largest = float(np.abs(values).max())
    return next(((size, word) for size, word in _SCALES if largest >= size), (1.0, ""))
