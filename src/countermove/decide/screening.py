"""Screening: which of many factors may be left to vary together.

Elementary effects: Morris (1991); their mean size μ*: Campolongo, Cariboni and Saltelli (2007).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Transform = Callable[[Floats], Floats]
Answers = Callable[[Floats], Floats]

LEVELS = 4
TRAJECTORIES = 40
MOST = 40

# Elementary effects are taken between the 5 and 95 % quantiles: beyond them some priors have no end.
_LOW, _HIGH = 0.05, 0.95


@dataclass(frozen=True, eq=False)
class Screening:
    """Elementary effects, each array (measure, factor), in the unit of the measure over the range of the factor.

    Attributes:
        mean_absolute: μ*, the size of the effect.
        interval: half-width of its 95 % bootstrap interval.
        spread: σ, how far the effect differs from place to place: interactions and curvature.
        kept: rows of the factors that are then looked at one by one, strongest first.
        left: share of Σ μ*² of the factors that are not kept, the greatest over measures.
    """

    mean_absolute: Floats
    interval: Floats
    spread: Floats
    kept: tuple[int, ...]
    left: float
    points: int


def screen(
    transform: Transform,
    answers: Answers,
    names: Sequence[str],
    *,
    seed: int,
    share: float = 0.995,
    most: int = MOST,
    trajectories: int = TRAJECTORIES,
) -> Screening:
    """Keep the fewest factors that hold `share` of Σ μ*² of every measure, at most `most`.

    Args:
        transform: probabilities (factor, point) to values.
        answers: values (factor, point) to measures (measure, point).
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[_LOW, _HIGH]] * len(names)}
    u = sampling.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    found = [analysis.analyze(problem, u, y, num_levels=LEVELS, seed=seed) for y in answers(transform(u.T))]
    mu, interval, sigma = (np.array([each[key] for each in found]) for key in ("mu_star", "mu_star_conf", "sigma"))
    kept = _strongest(mu, share, most)
    rest = np.delete(mu, kept, axis=1)
    whole = np.maximum((mu**2).sum(axis=1), np.finfo(float).tiny)
    return Screening(mu, interval, sigma, kept, float(((rest**2).sum(axis=1) / whole).max()), len(u))


def _strongest(mu: Floats, share: float, most: int) -> tuple[int, ...]:
    """Rows of the fewest columns that hold that share in every measure, taken in turn from each measure's ranking."""
    squares = mu**2 / np.maximum((mu**2).sum(axis=1, keepdims=True), np.finfo(float).tiny)
    order = np.argsort(-squares, axis=1)
    kept: dict[int, None] = {}
    for place in range(mu.shape[1]):
        for measure, ranking in enumerate(order):
            if len(kept) < most and squares[measure, list(kept)].sum() < min(share, squares[measure].sum()):
                kept[int(ranking[place])] = None
    return tuple(kept)
