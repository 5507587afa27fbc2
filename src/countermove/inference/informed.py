"""Which parameters the figures of the history inform, and how much of a counterfactual difference rests on the others.

Parameters as normal scores z and figures f vary together over draws. Given the published figures, the variance of z
is adjusted linearly (Bayes linear; Goldstein and Wooff 2007): Var(z | y) = I − C_zf (C_f + noise)⁻¹ C_fz. The
contraction of a parameter is the share of its variance that goes. Of a posterior, contraction is seen from its own
draws.

Which parameters a difference rests on is read from the same draws by regression on the Hermite polynomials z and (z²
− 1)/√2 of each: their coefficients squared, less what chance gives them, are first-order shares of its variance
(given-data estimates of Sobol' indices; Sudret 2008). What no parameter explains by itself is interaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.engine.draws import parameters
from countermove.explore.annual import AnnualOutcome
from countermove.explore.compare import compare, quoted_year
from countermove.explore.world import drawn_from, world
from countermove.inference.discrepancy import draw_covariance, estimate, noise, on_scales
from countermove.inference.listing import shipped
from countermove.inference.observations import Observation
from countermove.inference.predict import fitted, predict
from countermove.scenario import as_scenario

Floats = NDArray[np.floating[Any]]

INFORMED = 0.1
"""A parameter counts as informed where the figures take at least this share of its variance."""


@dataclass(frozen=True, slots=True)
class Share:
    """A parameter: how much the figures inform it, and its first-order share of the variance of a difference."""

    parameter: str
    contraction: float
    share: float


@dataclass(frozen=True, eq=False)
class Rests:
    """What the variance of one difference rests on.

    Attributes:
        shares: of every parameter, largest first.
        main: share of the variance that parameters explain each by itself; the rest is interaction.
        remaining: share of that which is left once the figures are given.
    """

    outcome: str
    year: int
    shares: tuple[Share, ...]
    main: float
    remaining: float

    @property
    def uninformed(self) -> float:
        """Share of what single parameters explain that is owed to those which the figures do not inform."""
        total = sum(each.share for each in self.shares)
        return sum(each.share for each in self.shares if each.contraction < INFORMED) / total if total else 0.0


def rests_on(
    scenario: str = "history",
    against: str = "no-controls",
    *,
    draws: int,
    seed: int,
    outcomes: Sequence[str] = ("domestic", "total"),
) -> tuple[Rests, ...]:
    """What the differences of the quoted year rest on, on the prior's draws; a posterior tells what was informed."""
    rows, _ = shipped()
    exact = [each for each in rows if each.bound is None]
    with drawn_from("prior"):
        figures = predict(exact, draws=draws, seed=seed)
        compared = compare(scenario, against, draws=draws, seed=seed, attribution=None)
        year = quoted_year(compared.years)
        names, scores = normal_scores(draws, seed)
    resolved = seen_variance(names, draws, seed) if fitted(world()) else resolved_variance(scores, exact, figures)
    index = compared.years.index(year)
    return tuple(_rests(name, year, compared.annual[name], index, names, scores, resolved) for name in outcomes)


def normal_scores(draws: int, seed: int) -> tuple[tuple[str, ...], Floats]:
    """Names and normal scores (parameters, draws) by rank of every parameter that varies, one row an element."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    varying = {name: row for name, row in _values(draws, seed).items() if np.ptp(row) > 0}
    scores = [ndtri((rankdata(row) - 0.5) / draws) for row in varying.values()]
    return tuple(varying), np.array(scores)


def _values(draws: int, seed: int) -> dict[str, Floats]:
    """Draws of every parameter of the model, one row an element."""
    this = world()
    priors = this.arm(as_scenario("history")).priors
    used = {name: prior for name, prior in priors.items() if name in this.model.inputs}
    rows: dict[str, Floats] = {}
    for name, values in parameters(used, seed, 0, draws).items():
        elements = priors[name].elements
        many = zip(elements, values, strict=True) if elements else [("", values)]
        rows.update({f"{name}.{element}" if element else name: row for element, row in many})
    return rows


def seen_variance(names: Sequence[str], draws: int, seed: int) -> Floats:
    """The part (parameters, parameters) of the prior covariance of the scores that a posterior has taken away.

    The score of a posterior draw is its place among the draws of the prior.
    """
    from scipy.special import ndtri

    posterior = _values(draws, seed)
    with drawn_from("prior"):
        prior = _values(draws, seed)
    places = [np.searchsorted(np.sort(prior[name]), posterior[name]) for name in names]
    scores = ndtri((np.array(places) + 0.5) / (draws + 1))
    return np.eye(len(names)) - np.cov(scores)


def resolved_variance(scores: Floats, rows: Sequence[Observation], figures: Mapping[str, Floats]) -> Floats:
    """The part (parameters, parameters) of the covariance of the scores that the published figures take away."""
    drawn = on_scales(rows, figures)
    whole = draw_covariance(drawn) + noise(rows, estimate(rows, figures))
    centred = drawn - drawn.mean(axis=1, keepdims=True)
    draws = drawn.shape[1]
    cross = scores @ centred.T / (draws - 1)
    # A correlation of chance has variance 1/draws: those that it would give by itself are taken for none.
    chance = 2 * centred.std(axis=1) / np.sqrt(draws)
    cross = np.where(np.abs(cross) > chance, cross, 0.0)
    return cross @ np.linalg.solve(whole, cross.T)


def _rests(
    outcome: str,
    year: int,
    annual: AnnualOutcome,
    index: int,
    names: Sequence[str],
    scores: Floats,
    resolved: Floats,
) -> Rests:
    linear, shares, main = first_order(scores, np.asarray(annual.delta)[:, index])
    contraction = np.clip(np.diag(resolved), 0.0, 1.0)
    size = float(linear @ linear)
    remaining = max(0.0, 1 - float(linear @ resolved @ linear) / size) if size else 1.0
    found = [Share(*each) for each in zip(names, map(float, contraction), map(float, shares), strict=True)]
    return Rests(outcome, year, tuple(sorted(found, key=lambda each: -each.share)), main, remaining)


def first_order(scores: Floats, difference: Floats) -> tuple[Floats, Floats, float]:
    """Linear coefficients, first-order share of the variance by parameter, and their sum; see the module."""
    draws = scores.shape[1]
    y = (difference - difference.mean()) / difference.std()
    design = np.concatenate([scores, (scores**2 - 1) / np.sqrt(2)]).T
    design = design - design.mean(axis=0)
    gram = design.T @ design
    coefficients = np.linalg.solve(gram + 1e-9 * np.eye(len(gram)), design.T @ y)
    residual = y - design @ coefficients
    error = (residual @ residual) / max(draws - design.shape[1] - 1, 1) * np.diag(np.linalg.inv(gram))
    count = len(scores)
    squares = coefficients**2 - error
    shares = np.maximum(squares[:count], 0) + np.maximum(squares[count:], 0)
    # Of a parameter without effect the positive part of chance would stay; below two standard errors it is none.
    clear = (coefficients**2 > 4 * error).reshape(2, count).any(axis=0)
    shares = np.where(clear, shares, 0.0)
    return coefficients[:count], shares, float(shares.sum())


def as_json(found: Sequence[Rests]) -> list[dict[str, Any]]:
    """By outcome as plain values; parameters with a share of at least half a per cent."""
    return [
        {
            "outcome": each.outcome, "year": each.year, "share_uninformed": each.uninformed,
            "explained_by_single_parameters": each.main, "variance_remaining_given_the_figures": each.remaining,
            "parameters": [
                {"parameter": one.parameter, "share": one.share, "contraction": one.contraction}
                for one in each.shares if one.share >= 0.005
            ],
        }
        for each in found
    ]  # fmt: skip
