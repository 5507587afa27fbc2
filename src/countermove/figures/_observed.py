"""The series of the model that evidence speaks of, in the units of the published figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.evidence import Fact, fact
from countermove.figures import _summary

if TYPE_CHECKING:
    from countermove.results import Result

Points = tuple[list[float], np.ndarray]

_MAPPING = Path(__file__).parent / "observations.yaml"


@dataclass(frozen=True, slots=True)
class ObservedSeries:
    """One panel: a series of the model and the rows of evidence that are about the same thing."""

    series: str
    title: str
    unit: str
    at: str
    divide_by: float
    rows: tuple[str, ...]
    note: str = ""
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One row as drawn: decimal year, value, and how far it reaches to either side, in the unit of the panel.

    `bound` is "at least" or "at most" where the source gives no more than that.
    """

    fact: Fact
    x: float
    value: float
    below: float
    above: float
    bound: str


@cache
def observed_series() -> tuple[ObservedSeries, ...]:
    """The panels of the figure of history against observations.

    Raises:
        CountermoveError: a panel names a series that is not computed here, or evidence that does not exist.
    """
    panels: list[ObservedSeries] = []
    for entry in _yaml.load(_MAPPING):
        panel = ObservedSeries(**{**entry, "rows": tuple(entry["rows"])})
        if panel.series not in SERIES:
            raise unknown("series", panel.series, SERIES, where=str(_MAPPING))
        for row in panel.rows:
            fact(row)
        panels.append(panel)
    return tuple(panels)


def points(panel: ObservedSeries) -> list[Point]:
    """The evidence of a panel, oldest first.

    Raises:
        CountermoveError: a row without a period or without any number.
    """
    return sorted((_point(panel, fact(row)) for row in panel.rows), key=lambda point: point.x)


def _point(panel: ObservedSeries, row: Fact) -> Point:
    values = [value for value in (row.central, row.low, row.high) if value is not None]
    if not values or row.period_start is None or row.period_end is None:
        raise CountermoveError(f"{_MAPPING}: {row.id}: a row without number or period cannot be drawn")
    bound = ""
    if row.central is None and (row.low is None) != (row.high is None):
        bound = "at least" if row.low is not None else "at most"
    centre = row.central if row.central is not None else sum(values) / len(values)
    low = row.low if row.low is not None else centre
    high = row.high if row.high is not None else centre
    scale = panel.divide_by
    start, end = decimal_year(row.period_start), decimal_year(row.period_end)
    x = end if panel.at == "end" else (start + end) / 2
    return Point(row, x, centre / scale, max(0.0, centre - low) / scale, max(0.0, high - centre) / scale, bound)


def decimal_year(day: date) -> float:
    """A date as a decimal year, to the day."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days


def _annual_x(result: Result) -> list[float]:
    return [year + 0.5 for year in _summary.years_of(result)]


def _month_end_x(result: Result, months: int) -> list[float]:
    return [_summary.first_year(result) + (month + 1) / 12 for month in range(months)]


def _ascend_cards(result: Result) -> Points:
    cards = _summary.by_year(_summary.monthly(result, "cards_made", vendor="huawei"), "sum")
    return _annual_x(result), cards / 1e3


def _domestic_card_share(result: Result) -> Points:
    share = _summary.by_year(_summary.monthly(result, "domestic_card_share"), "mean")
    return _annual_x(result), 100 * share


def _advanced_capacity(result: Result) -> Points:
    capacity = _summary.monthly(result, "advanced_capacity")
    return _month_end_x(result, capacity.shape[1]), capacity / 1e3


def _smuggled_compute(result: Result) -> Points:
    stock = _summary.monthly(result, "smuggled_compute")
    return _month_end_x(result, stock.shape[1]), stock / 1e3


def _nvidia_china_revenue(result: Result) -> Points:
    revenue = _summary.by_quarter(_summary.monthly(result, "nvidia_china_revenue"), "sum")
    start = _summary.first_year(result)
    return [start + (quarter + 0.5) / 4 for quarter in range(revenue.shape[1])], revenue / 1e9


def _hbm_imported(result: Result) -> Points:
    imports = _summary.monthly(result, "hbm_imports")
    skipped = max(0, 12 * (2023 - _summary.first_year(result)))
    x = _month_end_x(result, imports.shape[1])[skipped:]
    return x, np.cumsum(imports[:, skipped:], axis=1) / 1e6


SERIES: dict[str, Callable[[Any], Points]] = {
    "ascend_cards": _ascend_cards,
    "domestic_card_share": _domestic_card_share,
    "advanced_capacity": _advanced_capacity,
    "smuggled_compute": _smuggled_compute,
    "nvidia_china_revenue": _nvidia_china_revenue,
    "hbm_imported": _hbm_imported,
}
