"""Forecasts that need no model: last value, drift, exponential trend, local level; each a normal on the series' scale.

Hyndman and Athanasopoulos (2021), sections 5.2 and 5.5; Durbin and Koopman (2012), chapter 2, for the local level.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.inference.observations import Observation

Floats = NDArray[np.floating[Any]]

NAMES = ("last value", "drift", "exponential trend", "local level")


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of the past on the scale of its series: `year` decimal, a flow as its monthly rate."""

    year: float
    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Normal:
    """A forecast on the scale of the series, error of measurement included."""

    mean: float
    deviation: float


def of(each: Observation, known: Sequence[Observation]) -> Mapping[str, Normal]:
    """Forecasts of `each` from the figures in `known` whose period ended before its own."""
    earlier = [row for row in known if row.last < each.last]
    variance = innovation_variance(earlier)
    if not variance:
        return {}
    default = float(np.median(list(variance.values())))
    return forecasts(each, before(each, earlier), variance.get(each.operator.name, default))


def point(each: Observation) -> Point:
    """An observation as a point of its series."""
    return Point(_year(each), each.on_scale - _duration(each), each.error)


def before(each: Observation, past: Iterable[Observation]) -> tuple[Point, ...]:
    """The points of the same series whose period ended before that of `each`, oldest first; bounds are none."""
    rows = [
        row
        for row in past
        if row.operator.name == each.operator.name and row.bound is None and row.last < each.last
        and row.fact.id != each.fact.id
    ]  # fmt: skip
    return tuple(sorted((point(row) for row in rows), key=lambda p: p.year))


def forecasts(each: Observation, past: Sequence[Point], innovation: float) -> Mapping[str, Normal]:
    """Forecasts of `each` from its past by name; none without a past, no trend from fewer than two dates.

    Args:
        innovation: variance of a year's change, from `innovation_variance`.
    """
    if not past:
        return {}
    target, shift = _year(each), _duration(each)
    ahead = max(target - past[-1].year, 1 / 12)
    noise = each.error**2
    last = past[-1]
    found = {"last value": Normal(last.value + shift, _root(innovation * ahead + last.error**2 + noise))}
    mean, variance = _local_level(past, innovation)
    found["local level"] = Normal(mean + shift, _root(variance + innovation * ahead + noise))
    span = last.year - past[0].year
    if span > 0:
        slope = (last.value - past[0].value) / span
        spread = innovation * ahead * (1 + ahead / span) + last.error**2 + noise
        found["drift"] = Normal(last.value + slope * ahead + shift, _root(spread))
        found["exponential trend"] = _trend(past, target, shift, innovation, noise)
    return found


def innovation_variance(past: Iterable[Observation]) -> Mapping[str, float]:
    """Variance of a year's change by series: its own, pooled with the median of all series as one further change."""
    series: dict[str, list[Point]] = {}
    for row in past:
        if row.bound is None:
            series.setdefault(row.operator.name, []).append(point(row))
    changes = {name: _changes(sorted(points, key=lambda p: p.year)) for name, points in series.items()}
    known = [change for found in changes.values() for change in found]
    if not known:
        return {}
    common = float(np.median(known)) / _MEDIAN_OF_CHI2
    return {name: (sum(found) + common) / (len(found) + 1) for name, found in changes.items()}


# Median of a chi-square variable with one degree of freedom, by which the median of squares estimates a variance.
_MEDIAN_OF_CHI2 = 0.45493642311957283


def _changes(points: Sequence[Point]) -> list[float]:
    """Squared changes per year between successive dates."""
    pairs = itertools.pairwise(points)
    return [(b.value - a.value) ** 2 / (b.year - a.year) for a, b in pairs if b.year > a.year]


def _trend(past: Sequence[Point], target: float, shift: float, innovation: float, noise: float) -> Normal:
    """Straight line on the scale by least squares: an exponential where the scale is the logarithm."""
    t = np.array([p.year for p in past])
    y = np.array([p.value for p in past])
    centre = t.mean()
    width = float(((t - centre) ** 2).sum())
    slope = float(((t - centre) * (y - y.mean())).sum()) / width
    rest = y - y.mean() - slope * (t - centre)
    residual = float((rest**2).sum()) / (len(past) - 2) if len(past) > 2 else innovation
    variance = residual * (1 + 1 / len(past) + (target - centre) ** 2 / width)
    return Normal(float(y.mean() + slope * (target - centre)) + shift, _root(variance + noise))


def _local_level(past: Sequence[Point], innovation: float) -> tuple[float, float]:
    """Level and its variance after the last point (Kalman filter, diffuse start)."""
    level, variance = past[0].value, past[0].error ** 2
    for earlier, now in itertools.pairwise(past):
        variance += innovation * (now.year - earlier.year)
        gain = variance / (variance + now.error**2) if variance + now.error**2 > 0 else 0.0
        level += gain * (now.value - level)
        variance *= 1 - gain
    return level, variance


def _root(variance: float) -> float:
    return float(np.sqrt(variance))


def _year(each: Observation) -> float:
    """Middle of the period of a flow or average, end of that of a stock."""
    end = _decimal(each.last)
    return end if each.operator.time in ("end", "since") else (_decimal(each.first) + end) / 2


def _decimal(day: date) -> float:
    start, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - start).days / (after - start).days


def _duration(each: Observation) -> float:
    """What a flow of this period has on the logarithmic scale above its rate a year."""
    if each.operator.time != "sum" or each.operator.over or each.operator.scale != "log" or each.operator.floor:
        return 0.0
    return float(np.log(((each.last - each.first).days + 1) / 365.25))
