"""Parameters of which a posterior ships: draws of all of them together in place of independent draws of priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from countermove.engine.draws import Joint, uniform
from countermove.parameters import Prior

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted(Prior, Joint):
    """A parameter with draws of its posterior; as a prior it has their quantiles, and is independent of others.

    Attributes:
        values: (*elements, draws), in the same order for all parameters of one posterior.
    """

    values: Any = None

    def quantile(self, u: ArrayLike) -> NDArray[np.float64]:
        """Quantiles of the posterior at probabilities, in the shapes of `Prior.quantile`."""
        u = np.asarray(u, dtype=np.float64)
        if not self.elements:
            return np.asarray(np.quantile(self.values, u), dtype=np.float64)
        u = np.full(len(self.elements), u) if u.ndim == 0 else u
        return np.stack([np.quantile(row, at) for row, at in zip(self.values, u, strict=True)])

    def drawn(self, seed: int, first: int, count: int) -> NDArray[np.float64]:
        """Draws of the posterior in an order that the seed decides, each once before any comes again."""
        size = self.values.shape[-1]
        order = np.argsort(uniform("order of the posterior", seed, 0, size), kind="stable")
        return self.values[..., order[np.arange(first, first + count) % size]]


def fitted(priors: Mapping[str, Prior], draws: Mapping[str, Floats]) -> dict[str, Fitted]:
    """The parameters of a posterior, by name."""
    found: dict[str, Fitted] = {}
    for name, values in draws.items():
        prior = priors[name]
        kept = {each.name: getattr(prior, each.name) for each in fields(Prior)}
        low, central, high = (_plain(q) for q in np.quantile(values, [0.05, 0.5, 0.95], axis=-1))
        found[name] = Fitted(**{**kept, "low": low, "central": central, "high": high}, values=values)
    return found


def _plain(value: Any) -> float | tuple[float, ...]:
    return tuple(map(float, value)) if np.ndim(value) else float(value)
