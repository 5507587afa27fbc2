"""Quantiles of a stream in bounded memory, mergeable to the last bit.

DDSketch (Masson, Rim and Lee 2019, PVLDB 12(12)): values are counted in bins that grow by a constant factor, so that a
quantile is off by at most a fixed share of itself. All it holds are whole numbers: however a stream is cut into parts,
the merged sketch is the same. Kept for many columns at once as one array, which existing implementations, of one
column a Python object, are not made for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

ACCURACY = 0.005
"""A quantile deviates by at most this share of itself from the value of that rank."""

SMALLEST = 1e-12
"""Nearer to zero a value counts as zero."""

_LOG_GROWTH = log((1 + ACCURACY) / (1 - ACCURACY))
_FIRST = round(log(SMALLEST) / _LOG_GROWTH)


@dataclass(frozen=True, eq=False)
class Sketch:
    """Counts of values by column and bin.

    Attributes:
        low: bin of the first entry along the last axis. Bin 0 holds zero, bins 1, 2, … values from `SMALLEST` up,
            bins −1, −2, … their negatives.
        counts: (*columns, bin).
        sums: (*columns), of all values, for the mean.
    """

    low: int
    counts: NDArray[np.uint32]
    sums: NDArray[np.float64]

    @classmethod
    def of(cls, values: Floats) -> Sketch:
        """The sketch of values (*columns, draws)."""
        bins = _bins(values)
        low = int(bins.min())
        width = int(bins.max()) - low + 1
        columns = values.shape[:-1]
        size = int(np.prod(columns))
        flat = (bins.reshape(size, -1) - low) + width * np.arange(size)[:, np.newaxis]
        counts = np.bincount(flat.ravel(), minlength=size * width).astype(np.uint32)
        return cls(low, counts.reshape(*columns, width), values.sum(axis=-1, dtype=np.float64))

    def merged(self, other: Sketch) -> Sketch:
        """The sketch of the values of both."""
        low = min(self.low, other.low)
        end = max(self.low + self.counts.shape[-1], other.low + other.counts.shape[-1])
        counts = np.zeros((*self.counts.shape[:-1], end - low), np.uint32)
        for each in (self, other):
            start = each.low - low
            counts[..., start : start + each.counts.shape[-1]] += each.counts
        return Sketch(low, counts, self.sums + other.sums)

    def quantiles(self, probabilities: tuple[float, ...]) -> NDArray[np.float64]:
        """Quantiles (probability, *columns), each within `ACCURACY` of the value of rank 1 + ⌊q (n − 1)⌋."""
        cumulative = self.counts.cumsum(axis=-1, dtype=np.int64)
        total = cumulative[..., -1:]
        values = _values(self.low + np.arange(self.counts.shape[-1]))
        found = [(cumulative <= np.floor(q * (total - 1))).sum(axis=-1) for q in probabilities]
        return np.stack([values[index] for index in found])

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean by column."""
        return self.sums / self.counts.sum(axis=-1, dtype=np.int64)


def _bins(values: Floats) -> NDArray[np.int64]:
    size = np.maximum(np.abs(values, dtype=np.float64), SMALLEST / 2)
    above = np.maximum(np.ceil(np.log(size) / _LOG_GROWTH) - _FIRST, 0)
    return (above * np.sign(values)).astype(np.int64)


def _values(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """The value that stands for each bin: off by the same share from both of its ends."""
    upper = np.exp((np.abs(bins) + _FIRST) * _LOG_GROWTH)
    return np.where(bins == 0, 0.0, np.sign(bins) * upper * (1 - ACCURACY))
