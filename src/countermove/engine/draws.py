"""Random draws that depend on nothing but seed, name and draw index.

Philox is counter-based (Salmon et al. 2011): draw k of a name is computed without drawing the k before it. It is
therefore the same in every scenario, block size and worker, and does not move when more draws or names are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# One Philox step yields four numbers of 64 bits.
_PER_STEP = 4


class Prior(Protocol):
    """What a distribution must offer to be drawn from."""

    @property
    def elements(self) -> tuple[str, ...]:
        """Elements of the dimension along which it has one value each; () for a single value."""
        ...

    def quantile(self, u: Array, /) -> Array:
        """Values at probabilities u of shape (*elements, draws), in the same shape."""
        ...


@dataclass(frozen=True, eq=False)
class Listed:
    """A parameter whose value in each draw is given, not drawn: a point of a design, a draw of a posterior.

    Attributes:
        values: (elements, draws), or (draws,) for a single value; draws beyond the last repeat it.
        elements: as of a prior.
    """

    values: Array
    elements: tuple[str, ...] = ()

    def at(self, first: int, count: int) -> Array:
        """Draws `first` to `first + count`."""
        return self.values.take(np.arange(first, first + count), axis=-1, mode="clip")


class Joint:
    """A parameter that is drawn together with others: draw k of each belongs to draw k of all."""

    __slots__ = ()

    def drawn(self, seed: int, first: int, count: int) -> Array:
        """Draws `first` to `first + count`, (elements, draws), or (draws,) for a single value."""
        raise NotImplementedError


def uniform(name: str, seed: int, first: int, count: int) -> Array:
    """Draws `first` to `first + count` of the uniform distribution on the open interval (0, 1) for `name`."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    step, skipped = divmod(first, _PER_STEP)
    generator = np.random.Philox(key=np.frombuffer(digest, dtype="<u8"), counter=step)
    raw = generator.random_raw(skipped + count)[skipped:]
    # 53 bits fill a double; the half keeps 0 and 1, whose quantiles may be infinite, out.
    return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def parameters(priors: Mapping[str, Prior | Listed], seed: int, first: int, count: int) -> dict[str, Array]:
    """Draws `first` to `first + count` of every parameter.

    Each element of a parameter with a dimension is drawn on its own, keyed by its name, so that adding an element
    leaves the others as they are.

    Returns:
        By name an array of shape (elements, draws), or (draws,) for a single value.
    """
    drawn: dict[str, Array] = {}
    for name, prior in priors.items():
        if isinstance(prior, Listed):
            drawn[name] = prior.at(first, count)
            continue
        if isinstance(prior, Joint):
            drawn[name] = prior.drawn(seed, first, count)
            continue
        if prior.elements:
            u = np.stack([uniform(f"{name}.{element}", seed, first, count) for element in prior.elements])
        else:
            u = uniform(name, seed, first, count)
        drawn[name] = prior.quantile(u)
    return drawn
