"""Which parameters go with a difference: the assumptions that decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.engine import Model
from countermove.engine.draws import Listed, Prior, parameters

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Driver:
    """Spearman's rank correlation over draws between a parameter and a difference; the parameter as NAME.ELEMENT."""

    parameter: str
    correlation: float


def drivers(
    priors: Mapping[str, Prior | Listed], model: Model, seed: int, deltas: Mapping[str, Floats]
) -> dict[str, tuple[Driver, ...]]:
    """By outcome every parameter of the model that varies, strongest correlation first.

    Correlations up to 2/√draws cannot be told from none and are left out.

    Args:
        deltas: by outcome the difference in each draw.
    """
    draws = len(next(iter(deltas.values())))
    used = {name: prior for name, prior in priors.items() if name in model.inputs}
    rows: dict[str, Floats] = {}
    for name, values in parameters(used, seed, 0, draws).items():
        if values.ndim == 1:
            rows[name] = values
        else:
            rows.update({f"{name}.{e}": row for e, row in zip(priors[name].elements, values, strict=True)})
    rows = {name: row for name, row in rows.items() if np.ptp(row) > 0}
    if not rows:
        return dict.fromkeys(deltas, ())
    standard = _standard_ranks(np.stack(list(rows.values())))
    found: dict[str, tuple[Driver, ...]] = {}
    for outcome, delta in deltas.items():
        correlations = standard @ _standard_ranks(delta[np.newaxis])[0] / draws
        pairs = [Driver(name, float(r)) for name, r in zip(rows, correlations, strict=True)]
        clear = [pair for pair in pairs if abs(pair.correlation) > 2 / np.sqrt(draws)]
        found[outcome] = tuple(sorted(clear, key=lambda pair: -abs(pair.correlation)))
    return found


def _standard_ranks(values: Floats) -> Floats:
    """Ranks along the last axis with mean 0 and variance 1; ties share their mean rank, a constant gives zeros."""
    ranks = np.stack([_ranks(row) for row in values])
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    deviation = centred.std(axis=1, keepdims=True)
    return np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0)


def _ranks(row: Floats) -> Floats:
    _, position, count = np.unique(row, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[position]
