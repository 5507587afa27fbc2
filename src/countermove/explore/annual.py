"""Calendar-year figures of two arms in every draw: their difference, and how often it goes which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.explore.outcomes import Outcome

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class AnnualOutcome:
    """One outcome by calendar year.

    Attributes:
        policy, counterfactual: (draw, year), in the outcome's unit.
        p10, p50, p90: quantiles of `delta` over draws, by year.
        p_catalysed, p_hindered, p_immaterial: by year, sum to 1.
    """

    policy: Floats
    counterfactual: Floats
    p10: Floats
    p50: Floats
    p90: Floats
    p_catalysed: Floats
    p_hindered: Floats
    p_immaterial: Floats

    @property
    def delta(self) -> Floats:
        """Policy minus counterfactual, (draw, year); made when asked for, so that many draws take no memory twice."""
        return self.policy - self.counterfactual


def annual_outcome(outcome: Outcome, policy: Floats, counterfactual: Floats, immaterial: float) -> AnnualOutcome:
    """Sum up annual figures (draw, year) of both arms.

    Args:
        immaterial: see `is_material`.
    """
    years = range(policy.shape[1])
    by_year = [_of_year(outcome, policy[:, year], counterfactual[:, year], immaterial) for year in years]
    return AnnualOutcome(policy, counterfactual, *np.array(by_year).T)


def _of_year(outcome: Outcome, policy: Floats, counterfactual: Floats, immaterial: float) -> list[float]:
    """Quantiles of the difference, then how often it is material and which way; over the draws of one year."""
    delta = policy - counterfactual
    material = is_material(policy, counterfactual, immaterial)
    more = delta > 0 if outcome.more_is_capability else delta < 0
    return [
        *np.quantile(delta, [0.1, 0.5, 0.9]),
        (material & more).mean(),
        (material & ~more).mean(),
        (~material).mean(),
    ]


def is_material(policy: Floats, counterfactual: Floats, immaterial: float) -> NDArray[np.bool_]:
    """Whether a difference exceeds the immaterial share of the smaller arm; equal arms never differ."""
    return np.abs(policy - counterfactual) > immaterial * np.minimum(np.abs(policy), np.abs(counterfactual))
