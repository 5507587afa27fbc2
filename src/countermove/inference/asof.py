"""The world as it could be known on a past date: evidence, rules, series from outside, priors. Nothing later enters.

What cannot be rebuilt is named in the view (`kept_with_sight`): series of which no knot was known, and the equations.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import _yaml
from countermove.evidence import Fact, citation, exists, facts, references
from countermove.inference.knowable import knowable_on, known_by
from countermove.inference.operators import operators
from countermove.parameters import Prior, Series, load_parameters, load_series
from countermove.rules import RuleBook

Floats = NDArray[np.floating[Any]]

FILE = Path(__file__).parent / "asof.yaml"
LAST_YEAR = 2036.0
LEAST_MONTHS = 3.0


@dataclass(frozen=True, eq=False)
class View:
    """What was knowable on a date.

    Attributes:
        rows: evidence that was public.
        unknown_rules: rules announced later, which do not exist in this view.
        series: exogenous series with the knots that were known, carried on along their trend.
        growth_error: by series the standard deviation of a year's growth beyond its last known knot; 0 for none.
        last_known: by series the decimal year of that knot.
        priors: widened where their sources came later; events not yet known are absent.
        kept_with_sight: series of which no knot was known, left as they are.
    """

    as_of: date
    rows: tuple[Fact, ...]
    unknown_rules: tuple[str, ...]
    series: Mapping[str, Series]
    growth_error: Mapping[str, float]
    last_known: Mapping[str, float]
    priors: Mapping[str, Prior]
    kept_with_sight: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Hash of everything in the view."""
        digest = hashlib.sha256()
        for part in (self.as_of, self.rows, self.unknown_rules):
            digest.update(repr(part).encode())
        for mapping in (self.series, self.growth_error, self.last_known, self.priors):
            digest.update(repr(sorted(mapping.items())).encode())
        return digest.hexdigest()[:16]


@cache
def settings() -> dict[str, Any]:
    """The content of asof.yaml."""
    return _yaml.load(FILE)


def view(
    as_of: date,
    *,
    rows: tuple[Fact, ...] | None = None,
    series: Mapping[str, Series] | None = None,
    priors: Mapping[str, Prior] | None = None,
    book: RuleBook | None = None,
) -> View:
    """The world as known on `as_of`, made from everything there is; by default all that ships."""
    everything = facts() if rows is None else rows
    lags = operators().lags
    cut = {name: _known_series(each, as_of) for name, each in (load_series() if series is None else series).items()}
    dates = {row.id: knowable_on(row, lags) for row in everything}
    return View(
        as_of=as_of,
        rows=known_by(everything, as_of, lags),
        unknown_rules=_unknown_rules(RuleBook.history() if book is None else book, as_of),
        series={name: known for name, (known, _, _) in cut.items()},
        growth_error={name: error for name, (_, error, _) in cut.items()},
        last_known={name: last for name, (_, _, last) in cut.items() if last},
        priors=_known_priors(load_parameters() if priors is None else priors, as_of, dates),
        kept_with_sight=tuple(name for name, (known, _, last) in cut.items() if not last and len(known.years) > 1),
    )


def _unknown_rules(book: RuleBook, as_of: date) -> tuple[str, ...]:
    """Rules whose announcement, or where it is not recorded whose effect, came later."""
    later: list[str] = []
    for rule in book.rules:
        day = rule.announced or rule.effective
        if day is not None and day > as_of:
            later.append(rule.id)
    return tuple(sorted(later))


def decimal(day: date) -> float:
    """A date as a decimal year."""
    start, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - start).days / (after - start).days


def _known_series(series: Series, as_of: date) -> tuple[Series, float, float]:
    """The series from its known knots, the error of its growth, and the date of the last known knot (0 if none)."""
    now = decimal(as_of)
    known = [k for k, year in enumerate(series.years) if year <= now]
    if not known:
        return series, 0.0, 0.0
    years, values = series.years[: len(known)], series.values[: len(known)]
    if series.interpolation == "step" or len(known) < 2 or len(series.years) < 2:
        return replace(series, years=years, values=values), 0.0, years[-1]
    if series.interpolation == "log_linear":
        growth = np.diff(np.log(values)) / np.diff(years)
        end = float(values[-1] * np.exp(growth[-1] * (LAST_YEAR - years[-1])))
        bounds = settings()["growth_error"]
        spread = float(np.std(growth, ddof=1)) if len(growth) > 1 else bounds["alone"]
        error = max(spread, bounds["least"])
    else:
        slope = (values[-1] - values[-2]) / (years[-1] - years[-2])
        end, error = values[-1] + slope * (LAST_YEAR - years[-1]), 0.0
        low, high = min(values), max(values)
        end = float(np.clip(end, low, max(high, 1.0) if high <= 1 else np.inf))  # a share stays one
    return replace(series, years=(*years, LAST_YEAR), values=(*values, end)), error, years[-1]


def _known_priors(priors: Mapping[str, Prior], as_of: date, dates: Mapping[str, date | None]) -> dict[str, Prior]:
    absent = {event["parameter"]: event for event in settings()["events"]}
    found: dict[str, Prior] = {}
    for name, prior in priors.items():
        event = absent.get(name)
        if event is not None and not _public(event["known"], as_of, dates):
            value = float(event["value"])
            found[name] = replace(prior, distribution="fixed", low=value, central=value, high=value, note=event["why"])
        else:
            found[name] = _widened(prior, 1 + settings()["widening"] * _share_later(prior, as_of, dates))
    return found


def _share_later(prior: Prior, as_of: date, dates: Mapping[str, date | None]) -> float:
    """Share of a prior's sources that were not public on the date; judgement was exercised with sight."""
    later = [not _public(source, as_of, dates) for source in prior.sources]
    return sum(later) / len(later) if later else 1.0


def _public(source: str, as_of: date, dates: Mapping[str, date | None]) -> bool:
    if source == "identity":
        return True
    if source in references():
        return references()[source].year < as_of.year
    if not exists(source):
        return False
    known = citation(source)
    if known.table == "parameters":  # rows of the literature: the year of the work stands in its name
        years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", known.title)]
        return bool(years) and max(years) < as_of.year
    if source in dates:
        day = dates[source]
        return day is not None and day <= as_of
    return bool(known.date) and known.date[:10] <= as_of.isoformat()


def _widened(prior: Prior, factor: float) -> Prior:
    """The prior with its interval stretched about the centre on its own scale, within its bounds.

    A time constant stays at three steps of the model at least, where it was so: below, its delay has no meaning.
    """
    if prior.is_fixed or factor == 1:
        return prior
    from countermove.parameters._prior import _scale

    forward, backward = _scale(prior.distribution)
    low, central, high = (np.asarray(value, dtype=np.float64) for value in (prior.low, prior.central, prior.high))
    middle = forward(central)
    with np.errstate(divide="ignore"):
        stretched = [backward(middle + factor * (forward(end) - middle)) for end in (low, high)]
    least, most = settings()["domain"].get(prior.name, prior.bounds)
    bounds = (max(prior.bounds[0], least), min(prior.bounds[1], most))
    if prior.unit == "month":
        bounds = (max(bounds[0], min(float(np.min(low)), LEAST_MONTHS)), bounds[1])
    prior = replace(prior, bounds=bounds)
    bottom, top = (np.clip(end, *bounds) for end in stretched)
    if prior.elements:
        return replace(prior, low=tuple(map(float, bottom)), high=tuple(map(float, top)))
    return replace(prior, low=float(bottom), high=float(top))
