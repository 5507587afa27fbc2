"""What figures will be published, given those that were: the model, what it leaves out, and the errors of sources.

A published figure is y = f(θ) + b + e on the scale of its series: the model's figure, a discrepancy that the series has
to the model and keeps for some time, and the error of the source (Kennedy and O'Hagan 2001). The discrepancy is a
Gaussian process of the series, exponential in time; its size beyond the difference in definition, and its memory, are
those that make the figures of the past most likely, the size of each series drawn towards that of all. The draws are
then conditioned on that past by Matheron's rule with the covariance of the draws: the ensemble smoother (van Leeuwen
and Evensen 1996) in the space of the figures. Of draws that were fitted to the past already only discrepancies and
errors are conditioned.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from countermove.inference import naive
from countermove.inference.observations import Observation
from countermove.inference.operators import operators
from countermove.inference.scales import backward, forward

Floats = NDArray[np.floating[Any]]

SIZES = (0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
MEMORIES = (0.5, 1.0, 2.0, 4.0, 8.0)
_SPREAD = 1.0  # standard deviation of the logarithm of the sizes of series about that of all: a factor of e
_FAR = 4.0  # standard deviations, by the quartiles, at which draws are held: a logarithm of nought has no end


@dataclass(frozen=True, slots=True)
class Rest:
    """What the model leaves out: standard deviation beyond the difference in definition, and memory in years.

    `sizes` are of series with a past; every other series has `size`.
    """

    size: float
    memory: float
    sizes: Mapping[str, float]

    def of(self, series: str) -> float:
        """The standard deviation of a series."""
        return self.sizes.get(series, self.size)


def published(
    wanted: Sequence[Observation],
    known: Sequence[Observation],
    figures: Mapping[str, Floats],
    *,
    seed: int,
    fitted: bool = False,
) -> dict[str, Floats]:
    """Figures (draws,) as they would be published, by id of the row, in the unit of the operator.

    Each row of `wanted` is conditioned on those of `known` whose period ended before its own, bounds left out. How
    large discrepancies are is judged by all of `known`.

    Args:
        figures: of the model, by id, of both.
        fitted: the draws are those of a posterior that has seen `known`.
    """
    past = sorted((each for each in known if each.bound is None), key=lambda each: (each.last, each.fact.id))
    rest = estimate(past, figures, fitted=fitted)
    rows = [*past, *wanted]
    model = on_scales(rows, figures)
    about = noise(rows, rest)
    values = model + np.linalg.cholesky(about) @ _scores(rows, model.shape[1], seed)
    spread = about if fitted else about + draw_covariance(model)
    ends = [each.last for each in past]
    by_past: dict[int, list[int]] = {}
    for place, each in enumerate(wanted, start=len(past)):
        by_past.setdefault(bisect.bisect_left(ends, each.last), []).append(place)
    found: dict[str, Floats] = {}
    for count, places in by_past.items():
        given = _conditioned(values, spread, rows[:count], places)
        for place, row in zip(places, given, strict=True):
            found[rows[place].fact.id] = backward(rows[place].operator, row)
    return found


def estimate(known: Sequence[Observation], figures: Mapping[str, Floats], *, fitted: bool = False) -> Rest:
    """Size and memory of the discrepancy that make `known` most likely; none without figures to judge by."""
    if len(known) < 3:
        return Rest(SIZES[0], MEMORIES[-1], {})
    drawn = on_scales(known, figures)
    residual = np.array([each.on_scale for each in known]) - drawn.mean(axis=1)
    spread = np.zeros((len(known), len(known))) if fitted else draw_covariance(drawn)
    fixed = spread + source_errors(known)
    options = [Rest(size, memory, {}) for size, memory in itertools.product(SIZES, MEMORIES)]
    common = max(options, key=lambda rest: _log_likelihood(residual, fixed + kernel(known, rest)))
    names = np.array([each.operator.name for each in known])
    sizes: dict[str, float] = {}
    for name in dict.fromkeys(names):
        of = np.flatnonzero(names == name)
        sizes[name] = _own_size([known[int(i)] for i in of], residual[of], fixed[np.ix_(of, of)], common)
    return Rest(common.size, common.memory, sizes)


def _own_size(rows: Sequence[Observation], residual: Floats, fixed: Floats, common: Rest) -> float:
    """The size of the discrepancy of one series: the most probable, given that of all."""

    def log_posterior(size: float) -> float:
        away = np.log(size / common.size) / _SPREAD
        return _log_likelihood(residual, fixed + kernel(rows, Rest(size, common.memory, {}))) - 0.5 * away**2

    return max(SIZES, key=log_posterior)


def _conditioned(values: Floats, spread: Floats, known: Sequence[Observation], places: Sequence[int]) -> Floats:
    """Draws (places, draws) on their scales, given what was published of the first rows (Matheron's rule)."""
    count = len(known)
    if not count:
        return values[places]
    observed = np.array([each.on_scale for each in known])[:, np.newaxis]
    gain = np.linalg.solve(spread[:count, :count], spread[:count, places]).T
    return values[places] + gain @ (observed - values[:count])


def noise(rows: Sequence[Observation], rest: Rest) -> Floats:
    """Covariance (rows, rows) of published figures about those of the model: discrepancies and errors of sources."""
    return kernel(rows, rest) + source_errors(rows)


def log_likelihoods(rows: Sequence[Observation], figures: Mapping[str, Floats], rest: Rest) -> Floats:
    """Log density (draws,) of the rows given each draw; bounds add the probability that they are kept."""
    exact = [each for each in rows if each.bound is None]
    found = np.zeros(next(iter(figures.values())).shape[-1])
    if exact:
        factor = np.linalg.cholesky(noise(exact, rest))
        residual = np.array([each.on_scale for each in exact])[:, np.newaxis] - on_scales(exact, figures)
        whitened = np.linalg.solve(factor, residual)
        found = found - 0.5 * (whitened**2).sum(axis=0) - np.log(np.diag(factor)).sum()
    for each in rows:
        if each.bound is not None:
            away = on_scales([each], figures)[0] - each.on_scale
            deviation = float(np.hypot(each.error, rest.of(each.operator.name)))
            found = found + log_ndtr(away / deviation * (1 if each.bound == "low" else -1))
    return found


def on_scales(rows: Sequence[Observation], figures: Mapping[str, Floats]) -> Floats:
    """The model's figures on their scales (rows, draws), extremes held."""
    drawn = np.array([forward(each.operator, np.asarray(figures[each.fact.id], np.float64)) for each in rows])
    low, middle, high = np.quantile(drawn, [0.25, 0.5, 0.75], axis=1)[:, :, np.newaxis]
    reach = _FAR * np.maximum((high - low) / 1.349, 1e-6)
    return np.clip(drawn, middle - reach, middle + reach)


def draw_covariance(drawn: Floats) -> Floats:
    """Covariance of the draws, correlations shrunk for their sampling error (Schäfer and Strimmer 2005)."""
    deviation = np.maximum(drawn.std(axis=1, ddof=1), 1e-9)
    centred = (drawn - drawn.mean(axis=1, keepdims=True)) / deviation[:, np.newaxis]
    correlation = centred @ centred.T / (drawn.shape[1] - 1)
    off = correlation[~np.eye(len(drawn), dtype=bool)]
    sampling = ((1 - off**2) ** 2).sum() / (drawn.shape[1] - 1)
    kept = 1 - min(1.0, sampling / max(float((off**2).sum()), 1e-12))
    correlation = kept * correlation + (1 - kept) * np.eye(len(drawn))
    np.fill_diagonal(correlation, 1.0)
    return correlation * np.outer(deviation, deviation)


def kernel(rows: Sequence[Observation], rest: Rest) -> Floats:
    """Covariance of the discrepancies: of one series alone, exponential in time."""
    years = np.array([naive.point(each).year for each in rows])
    names = np.array([each.operator.name for each in rows])
    variance = np.array([each.operator.definition_error**2 + rest.of(each.operator.name) ** 2 for each in rows])
    same = names[:, np.newaxis] == names
    return np.where(same, np.exp(-np.abs(years[:, np.newaxis] - years) / rest.memory), 0.0) * variance


def source_errors(rows: Sequence[Observation]) -> Floats:
    """Covariance of the errors of sources: figures of one source share part of it."""
    own = np.sqrt([max(each.error**2 - each.operator.definition_error**2, 0.0) for each in rows])
    groups = np.array([each.group for each in rows])
    shared = operators().errors.shared_share
    common = np.where(groups[:, np.newaxis] == groups, shared, 0.0)
    np.fill_diagonal(common, 1.0)
    return common * np.outer(own, own) + 1e-8 * np.eye(len(rows))


def _scores(rows: Sequence[Observation], draws: int, seed: int) -> Floats:
    """Standard normal scores (rows, draws), which depend on seed, row and draw alone."""
    from countermove.engine.draws import uniform
    from countermove.parameters._normal import normal_quantile

    return np.array([normal_quantile(uniform(f"published/{each.fact.id}", seed, 0, draws)) for each in rows])


def _log_likelihood(residual: Floats, covariance: Floats) -> float:
    """Of a normal distribution, up to a constant."""
    factor = np.linalg.cholesky(covariance)
    whitened = np.linalg.solve(factor, residual)
    return float(-0.5 * whitened @ whitened - np.log(np.diag(factor)).sum())
