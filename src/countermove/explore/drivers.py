"""Which parameters go with a difference: the assumptions that decide it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


Ranks = Mapping[str, Floats]
"""Standard ranks (draw) of one parameter, by NAME or, where it has elements, by NAME.ELEMENT."""


@dataclass(frozen=True, eq=False)
class Standard:
    """Standard ranks of every parameter that varies: names of the rows of `ranks`, (parameter, draw)."""

    names: tuple[str, ...]
    ranks: Floats


def drivers(
    priors: Mapping[str, Prior | Listed], model: Model, seed: int, deltas: Mapping[str, Floats]
) -> dict[str, tuple[Driver, ...]]:
    """By outcome every parameter of the model that varies, strongest correlation first.

    Correlations up to 2/√draws cannot be told from none and are left out.

    Args:
        deltas: by outcome the difference in each draw.
    """
    return driving(standard(priors, model, seed, len(next(iter(deltas.values())))), deltas)


def standard(
    priors: Mapping[str, Prior | Listed],
    model: Model,
    seed: int,
    draws: int,
    ranked: Callable[[str, Prior | Listed, int, int], Ranks] | None = None,
) -> Standard:
    """Ranks of the first draws of the model's parameters.

    Args:
        ranked: in place of `ranks`, for those who ask often and keep what they were told.
    """
    of_one = ranked or ranks
    rows: dict[str, Floats] = {}
    for name, prior in priors.items():
        if name in model.inputs:
            rows.update(of_one(name, prior, seed, draws))
    return Standard(tuple(rows), np.stack(list(rows.values())) if rows else np.empty((0, draws)))


def driving(of: Standard, deltas: Mapping[str, Floats]) -> dict[str, tuple[Driver, ...]]:
    """As `drivers`, from ranks that are there already."""
    draws = of.ranks.shape[1]
    found: dict[str, tuple[Driver, ...]] = {}
    for outcome, delta in deltas.items():
        correlations = of.ranks @ _standard_ranks(delta[np.newaxis])[0] / draws
        pairs = [Driver(name, float(r)) for name, r in zip(of.names, correlations, strict=True)]
        clear = [pair for pair in pairs if abs(pair.correlation) > 2 / np.sqrt(draws)]
        found[outcome] = tuple(sorted(clear, key=lambda pair: -abs(pair.correlation)))
    return found


def ranks(name: str, prior: Prior | Listed, seed: int, draws: int) -> Ranks:
    """Standard ranks of the first draws of a parameter; elements that do not vary are left out."""
    values = np.atleast_2d(parameters({name: prior}, seed, 0, draws)[name])
    labels = [f"{name}.{element}" for element in prior.elements] or [name]
    varies = np.ptp(values, axis=1) > 0
    rows = iter(_standard_ranks(values[varies]) if varies.any() else ())
    return {label: next(rows) for label, moves in zip(labels, varies, strict=True) if moves}


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
