"""Whether chains have converged: split R-hat, bulk and tail effective sample size, divergences; rank-normalised.

Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16(2).
"""

# NumPyro and SciPy leave parts of their signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Diagnostics:
    """By quantity; `divergences` over all chains."""

    rhat: Mapping[str, float]
    bulk: Mapping[str, float]
    tail: Mapping[str, float]
    divergences: int

    def faults(self, *, largest_rhat: float, least_ess: float, divergences: int) -> list[str]:
        """What falls short, one line each; empty if nothing does."""
        wrong = [
            f"R-hat of {n} is {v:.3f}, not below {largest_rhat:g}" for n, v in self.rhat.items() if not v < largest_rhat
        ]
        for kind, sizes in (("bulk", self.bulk), ("tail", self.tail)):
            wrong += [
                f"{kind} effective sample size of {n} is {v:.0f}, not above {least_ess:g}"
                for n, v in sizes.items()
                if not v > least_ess
            ]
        if self.divergences > divergences:
            wrong.append(f"{self.divergences} divergent transitions, more than {divergences}")
        return wrong

    def require(self, *, largest_rhat: float, least_ess: float, divergences: int) -> None:
        """Refuse chains that fall short.

        Raises:
            CountermoveError: the first fault and the number of others.
        """
        wrong = self.faults(largest_rhat=largest_rhat, least_ess=least_ess, divergences=divergences)
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            raise CountermoveError(f"the calibration has not converged and ships nothing: {wrong[0]}{more}")


def diagnose(draws: Mapping[str, Floats], divergences: int) -> Diagnostics:
    """Diagnostics of draws by name, each (chains, draws)."""
    return Diagnostics(
        {name: _rhat(x) for name, x in draws.items()},
        {name: _bulk(x) for name, x in draws.items()},
        {name: _tail(x) for name, x in draws.items()},
        divergences,
    )


def _split(x: Floats) -> Floats:
    """Each chain cut in halves."""
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, -half:]])


def _normalised(x: Floats) -> Floats:
    """Normal scores of the ranks over all chains."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(x, method="average").reshape(x.shape)
    return ndtri((ranks - 0.375) / (x.size + 0.25))


def _rhat(x: Floats) -> float:
    """The larger of R-hat of location and of R-hat of spread."""
    folded = np.abs(x - np.median(x))
    return max(_plain_rhat(_normalised(_split(y))) for y in (x, folded))


def _plain_rhat(x: Floats) -> float:
    if np.ptp(x) == 0:
        return float("inf")  # chains that do not move have not converged
    n = x.shape[1]
    within = x.var(axis=1, ddof=1).mean()
    between = n * x.mean(axis=1).var(ddof=1)
    return float(np.sqrt(((n - 1) / n * within + between / n) / within)) if within > 0 else float("inf")


def _bulk(x: Floats) -> float:
    return _ess(_normalised(_split(x)))


def _tail(x: Floats) -> float:
    """The smaller effective sample size of the indicators beyond the 5 and the 95 % quantile."""
    low, high = np.quantile(x, [0.05, 0.95])
    return min(_ess(_split((x <= low).astype(float))), _ess(_split((x >= high).astype(float))))


def _ess(x: Floats) -> float:
    """Effective sample size by Geyer's initial monotone sequence."""
    from numpyro.diagnostics import effective_sample_size

    return float(effective_sample_size(x)) if np.ptp(x) > 0 else 0.0
