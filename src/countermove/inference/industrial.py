"""How much of the growth in chips since 2019 industrial policy without controls already explains.

A statistical model beside the structural one: where China's state supports a sector, its share s of the market grows
by a straight line in log-odds, ln(s / (1 − s)) = a + g·t (the logistic growth of Fisher and Pry 1971). The pace g of
each sector is drawn from one population of paces, a normal distribution whose mean and spread are learned from solar
modules, batteries, electric cars and chips before 2018 (Gelman et al. 2013, section 5.4; integrated on a grid). The
pace of a further sector, drawn from that population, carries the share of chips on from its first figure after 2019.
What the figures show beyond is the remainder that is left for controls, and for everything else that this model
leaves out.

The sectors were taken because they are known to have succeeded, so the part explained is, if anything, too large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import _yaml
from countermove.evidence import Fact, canonical_unit, facts
from countermove.inference.asof import decimal
from countermove.inference.operators import Rule
from countermove.units import Unit

Floats = NDArray[np.floating[Any]]

FILE = Path(__file__).parent / "industrial.yaml"
DRAWS = 20_000
LEAST_ERROR = 0.1
"""Standard deviation of a published share on the log-odds scale, at least: what sources of one share differ by."""

_SPREADS = np.linspace(0.005, 1.0, 200)  # a year, of the population of paces
_SCALE = 0.25  # of the half-normal prior of that spread


@dataclass(frozen=True, slots=True)
class Point:
    """A published share at the middle of its period, decimal year."""

    year: float
    share: float
    row: str

    @property
    def log_odds(self) -> float:
        """ln(s / (1 − s))."""
        return float(np.log(self.share / (1 - self.share)))


@dataclass(frozen=True, slots=True)
class Pace:
    """Growth of a sector's log-odds a year, by least squares, with its standard error."""

    sector: str
    title: str
    points: tuple[Point, ...]
    slope: float
    error: float


@dataclass(frozen=True, eq=False)
class Explained:
    """A rise of a share in chips, and which part of it the model of industrial policy explains.

    Attributes:
        expected: the share at the last date by that model, (draws,).
        explained: part of the rise, (draws,); 1 where all of it, more where the model expects more than happened.
    """

    name: str
    title: str
    first: Point
    last: Point
    expected: Floats
    explained: Floats

    @property
    def remainder(self) -> Floats:
        """Share beyond what is expected, (draws,)."""
        return self.last.share - self.expected


@dataclass(frozen=True, eq=False)
class Industrial:
    """The model as fitted and what it says of chips; `pace` are draws of the pace of a further sector."""

    paces: tuple[Pace, ...]
    pace: Floats
    chips: tuple[Explained, ...]


def industrial(rows: Sequence[Fact] | None = None, *, seed: int = 1) -> Industrial:
    """Fit the model on the shipped evidence, or on `rows`, and apply it to every measure of chips with two dates."""
    given = facts() if rows is None else rows
    content = settings()
    series = {name: _points(entry, given) for name, entry in content["sectors"].items()}
    paces = _paces({name: (content["sectors"][name]["title"], points) for name, points in series.items()})
    pace = further_pace(paces, seed=seed)
    chips: list[Explained] = []
    for name, entry in content["chips"].items():
        points = _points(entry, given)
        if len(points) >= 2 and points[-1].share > points[0].share:
            chips.append(_explained(name, entry["title"], points, pace, seed))
    return Industrial(paces, pace, tuple(chips))


@cache
def settings() -> dict[str, Any]:
    """The content of industrial.yaml."""
    return _yaml.load(FILE)


def _points(entry: Mapping[str, Any], rows: Sequence[Fact]) -> tuple[Point, ...]:
    """Shares by date, those of one date averaged over sources; recalled rows and forecasts left out."""
    since, until = entry.get("since", date.min), entry.get("until", date.max)
    wholes = _taken(entry["over"], rows) if "over" in entry else []
    totals = {(row.period_start, row.period_end): row.central for row in wholes}
    by_year: dict[float, list[Point]] = {}
    for row in _taken(entry["rows"], rows):
        assert row.period_start is not None
        assert row.period_end is not None
        whole = totals.get((row.period_start, row.period_end)) if "over" in entry else 1.0
        if not whole or row.central is None or not since <= row.period_start or row.period_end > until:
            continue
        unit = Unit.parse(canonical_unit(row.unit) or "1")
        share = row.central / whole * (1.0 if "over" in entry else float(unit.scale))
        year = (decimal(row.period_start) + decimal(row.period_end)) / 2
        by_year.setdefault(year, []).append(Point(year, share, row.id))
    merged = [Point(year, float(np.mean([p.share for p in same])), same[0].row) for year, same in by_year.items()]
    return tuple(sorted(merged, key=lambda point: point.year))


def _taken(given: Mapping[str, str], rows: Sequence[Fact]) -> list[Fact]:
    rule = Rule((given["table"],), (given["entity"],), (given["quantity"],), ())
    return [
        row for row in rows
        if rule.takes(row) and row.verified != "no" and row.kind not in ("forecast", "scenario")
        and row.central is not None and row.period_start is not None and row.period_end is not None
    ]  # fmt: skip


def _paces(series: Mapping[str, tuple[str, tuple[Point, ...]]]) -> tuple[Pace, ...]:
    """Slopes by least squares; the scatter about the lines is pooled over sectors, since some have few figures."""
    fitted: dict[str, tuple[float, float]] = {}
    squares, freedom = 0.0, 0
    for name, (_, points) in series.items():
        t, y = np.array([p.year for p in points]), np.array([p.log_odds for p in points])
        width = float(((t - t.mean()) ** 2).sum())
        slope = float(((t - t.mean()) * y).sum()) / width
        rest = y - y.mean() - slope * (t - t.mean())
        squares, freedom = squares + float((rest**2).sum()), freedom + max(len(points) - 2, 0)
        fitted[name] = slope, width
    scatter = max(float(np.sqrt(squares / max(freedom, 1))), LEAST_ERROR)
    return tuple(
        Pace(name, series[name][0], series[name][1], slope, scatter / float(np.sqrt(width)))
        for name, (slope, width) in fitted.items()
    )


def further_pace(paces: Sequence[Pace], *, seed: int, draws: int = DRAWS) -> Floats:
    """Draws of the pace of a sector that is not among those fitted (Gelman et al. 2013, equations 5.17 to 5.21)."""
    slope = np.array([each.slope for each in paces])
    variance = np.array([each.error**2 for each in paces])[:, np.newaxis] + _SPREADS**2
    weight = 1 / variance
    centre = (weight * slope[:, np.newaxis]).sum(axis=0) / weight.sum(axis=0)
    around = 1 / weight.sum(axis=0)
    log_posterior = (
        -0.5 * (np.log(variance) + (slope[:, np.newaxis] - centre) ** 2 / variance).sum(axis=0)
        + 0.5 * np.log(around)
        - 0.5 * (_SPREADS / _SCALE) ** 2
    )
    probability = np.exp(log_posterior - log_posterior.max())
    generator = np.random.Generator(np.random.Philox(key=seed))
    chosen = generator.choice(len(_SPREADS), size=draws, p=probability / probability.sum())
    mean = generator.normal(centre[chosen], np.sqrt(around[chosen]))
    return generator.normal(mean, _SPREADS[chosen])


def _explained(name: str, title: str, points: Sequence[Point], pace: Floats, seed: int) -> Explained:
    """The first share with the error of its source, carried on at the pace, against the last as published."""
    first, last = points[0], points[-1]
    generator = np.random.Generator(np.random.Philox(key=seed + 1))
    log_odds = first.log_odds + generator.normal(0, LEAST_ERROR, len(pace)) + pace * (last.year - first.year)
    expected = 1 / (1 + np.exp(-log_odds))
    return Explained(name, title, first, last, expected, (expected - first.share) / (last.share - first.share))


def as_json(result: Industrial) -> dict[str, Any]:
    """The model and what it explains as plain values; quantiles are 10, 50 and 90 %."""
    return {
        "sectors": [
            {
                "sector": each.sector, "title": each.title, "figures": len(each.points), "pace": each.slope,
                "standard_error": each.error, "rows": [point.row for point in each.points],
            }
            for each in result.paces
        ],
        "pace_of_a_further_sector": _quantiles(result.pace),
        "chips": [
            {
                "measure": each.name, "title": each.title,
                "from": each.first.share, "from_row": each.first.row, "from_year": each.first.year,
                "to": each.last.share, "to_row": each.last.row, "to_year": each.last.year,
                "expected": _quantiles(each.expected), "explained": _quantiles(each.explained),
                "remainder": _quantiles(each.remainder), "p_all_explained": float((each.explained >= 1).mean()),
            }
            for each in result.chips
        ],
    }  # fmt: skip


def _quantiles(values: Floats) -> list[float]:
    return [float(q) for q in np.quantile(values, [0.1, 0.5, 0.9])]
