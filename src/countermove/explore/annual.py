"""Calendar-year figures of two arms in every draw: their difference, and how often it goes which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.explore.outcomes import Outcome
from countermove.explore.segments import SEGMENT

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
    draws, years = policy.shape
    together = years if draws <= SEGMENT else 1
    parts: list[Floats] = []
    for first in range(0, years, together):
        some = slice(first, first + together)
        parts.append(_of_years(outcome, policy[:, some], counterfactual[:, some], immaterial))
    return AnnualOutcome(policy, counterfactual, *np.concatenate(parts, axis=1))


def _of_years(outcome: Outcome, policy: Floats, counterfactual: Floats, immaterial: float) -> Floats:
    """(6, year): quantiles of the difference, then how often it is material and which way."""
    delta = policy - counterfactual
    material = is_material(policy, counterfactual, immaterial)
    more = delta > 0 if outcome.more_is_capability else delta < 0
    shares = [each.mean(axis=0) for each in (material & more, material & ~more, ~material)]
    return np.concatenate([np.quantile(delta, [0.1, 0.5, 0.9], axis=0), shares])


def is_material(policy: Floats, counterfactual: Floats, immaterial: float) -> NDArray[np.bool_]:
    """Whether a difference exceeds the immaterial share of the smaller arm; equal arms never differ."""
    return np.abs(policy - counterfactual) > immaterial * np.minimum(np.abs(policy), np.abs(counterfactual))
