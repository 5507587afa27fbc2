"""Choice when nobody knows which world it is: regret and satisficing over worlds, without their probabilities.

Minimax regret: Savage (1951). Satisficing, the share of worlds in which every requirement is met: Starr (1963), as in
Lempert, Popper and Bankes (2003).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Robustness:
    """How policies fare over worlds.

    Attributes:
        regret: (policy, objective): the most by which the policy falls short, in any world, of the best policy there.
        satisficing: (policy,): share of worlds in which the policy meets every requirement; nan if there are none.
        minimax: for each objective the policy with the least such regret.
        balanced: the policy whose largest regret over the objectives is least, each measured by the range of that
            objective's regrets.
    """

    regret: Floats
    satisficing: Floats
    minimax: tuple[int, ...]
    balanced: int


def robustness(values: Floats, requirements: Floats | None = None) -> Robustness:
    """Judge policies by their objectives in every world.

    Args:
        values: (policy, objective, world), larger is better.
        requirements: (objective,) what each must at least reach; -inf where nothing is required.
    """
    regret = (values.max(axis=0, keepdims=True) - values).max(axis=2)
    span = np.ptp(regret, axis=0)
    scaled = np.divide(regret - regret.min(axis=0), span, out=np.zeros_like(regret), where=span > 0)
    if requirements is None:
        met = np.full(len(values), np.nan)
    else:
        met = (values >= requirements[np.newaxis, :, np.newaxis]).all(axis=1).mean(axis=1)
    return Robustness(
        regret=regret,
        satisficing=met,
        minimax=tuple(int(k) for k in regret.argmin(axis=0)),
        balanced=int(scaled.max(axis=1).argmin()),
    )
