"""What is believed about a parameter before the data are looked at."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]

Distribution = Literal["lognormal", "normal", "logit_normal", "fixed"]
DISTRIBUTIONS: tuple[str, ...] = get_args(Distribution)

Value = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Prior:
    """A parameter with its interval: `low`, `central`, `high` are the 5, 50 and 95 % quantiles, exactly.

    The distribution is two-piece: with g the identity (normal), ln (lognormal) or logit (logit_normal) and z the
    standard normal quantile of u,

        quantile(u) = g^-1( g(central) + z·(g(high) - g(central))/z95   for u >= 1/2
                                         z·(g(central) - g(low))/z95    for u <  1/2 )

    then clipped to `bounds`. What lay beyond a bound lies on it: `low` = lower bound = 0 means that the effect is
    absent with a probability of 5 %. A `fixed` parameter has low = central = high.

    A parameter with a `dimension` holds one number per element; its elements are independent of each other.
    """

    name: str
    sector: str
    unit: str
    description: str
    distribution: Distribution
    low: Value
    central: Value
    high: Value
    sources: tuple[str, ...]
    note: str = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    dimension: str | None = None
    elements: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        return self.distribution == "fixed"

    def quantile(self, u: ArrayLike) -> NDArray[np.float64]:
        """Values in `unit` at probabilities `u`, an array of any shape.

        A parameter with a dimension takes the elements along the first axis of `u`: shape (elements, …); a single
        number then stands for all of them.
        """
        import numpy as np

        from countermove.parameters._normal import Z95, normal_quantile

        u = np.asarray(u, dtype=np.float64)
        if self.elements and u.ndim == 0:
            u = np.full(len(self.elements), u)
        if self.elements and u.shape[0] != len(self.elements):
            raise ValueError(f"{self.name}: the first axis of u has {u.shape[0]} entries, not {len(self.elements)}")
        low, central, high = (
            np.asarray(value, dtype=np.float64).reshape(np.shape(value) + (1,) * (u.ndim - np.ndim(value)))
            for value in (self.low, self.central, self.high)
        )
        if self.is_fixed:
            return np.broadcast_to(central, u.shape).copy()
        forward, backward = _scale(self.distribution)
        middle = forward(central)
        z = normal_quantile(u) / Z95
        with np.errstate(invalid="ignore"):  # 0·inf where an interval has no width
            step = z * np.where(z < 0, middle - forward(low), forward(high) - middle)
        return np.clip(backward(middle + np.nan_to_num(step, nan=0.0, posinf=np.inf, neginf=-np.inf)), *self.bounds)

    def believed(self, low: float, central: float, high: float) -> Prior:
        """The same parameter with somebody's own interval in place of ours.

        Raises:
            CountermoveError: the interval is not in order, outside the bounds or outside what the distribution holds.
        """
        changed = replace(self, low=low, central=central, high=high, sources=(), note="the analyst's own interval")
        if self.elements:
            raise CountermoveError(f"parameter '{self.name}' has one value per {self.dimension}: no single interval")
        if self.is_fixed:
            changed = replace(changed, distribution="normal")
        check(changed)
        return changed


def _scale(distribution: Distribution) -> tuple[Function, Function]:
    """g and its inverse."""
    import numpy as np

    if distribution == "lognormal":
        return np.log, np.exp
    if distribution == "logit_normal":
        return (lambda p: np.log(p) - np.log1p(-p)), (lambda x: 1 / (1 + np.exp(-x)))
    return (lambda x: x), (lambda x: x)


def check(prior: Prior) -> None:
    """Refuse an interval that is out of order, outside its bounds, or on which its distribution does not exist."""
    for element, low, central, high in _intervals(prior):
        place = f"parameter '{prior.name}'" + (f", {element}" if element else "")
        interval = f"low {low:g}, central {central:g}, high {high:g}"
        if not low <= central <= high:
            raise CountermoveError(f"{place}: {interval} must be in this order")
        if not (prior.bounds[0] <= low and high <= prior.bounds[1]):
            raise CountermoveError(f"{place}: {interval} must lie within {list(prior.bounds)}")
        if prior.distribution == "lognormal" and low <= 0:
            raise CountermoveError(f"{place}: a lognormal is positive, and low is {low:g}")
        if prior.distribution == "logit_normal" and not 0 < low <= high < 1:
            raise CountermoveError(f"{place}: a logit_normal lies between 0 and 1; {interval}")


def _intervals(prior: Prior) -> list[tuple[str, float, float, float]]:
    if not prior.elements:
        return [("", prior.low, prior.central, prior.high)]  # type: ignore[list-item]
    columns = (prior.low, prior.central, prior.high)
    return list(zip(prior.elements, *columns, strict=True))  # type: ignore[arg-type]
