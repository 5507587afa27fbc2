"""What a sweep says: quantiles of every cell, and of its difference from the cell that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.explore.annual import is_material
from countermove.explore.outcomes import OUTCOMES
from countermove.results import QUANTILES
from countermove.sweep.sketch import Sketch
from countermove.sweep.store import Store

Floats = NDArray[np.floating[Any]]

# Bytes of an outcome read at once.
_AT_ONCE = 400_000_000


@dataclass(frozen=True, eq=False)
class Difference:
    """A cell's difference from the cell that it is compared with, draw by draw.

    Attributes:
        quantiles: (quantile, year), in the outcome's unit.
        mean: (year).
        p_catalysed, p_hindered, p_immaterial: (year), sum to 1.
    """

    quantiles: Floats
    mean: Floats
    p_catalysed: Floats
    p_hindered: Floats
    p_immaterial: Floats


@dataclass(frozen=True, eq=False)
class OutcomeSummary:
    """One outcome of one cell over all draws: exact, from values kept in single precision.

    Attributes:
        quantiles: (quantile, year) at `results.QUANTILES`.
        mean: (year).
    """

    quantiles: Floats
    mean: Floats
    difference: Difference | None = None


@dataclass(frozen=True, eq=False)
class QuantitySummary:
    """A monthly quantity of one cell: quantiles (quantile, month, *dimensions) to `sketch.ACCURACY`, means exact."""

    quantiles: Floats
    mean: Floats


@dataclass(frozen=True, eq=False)
class Summary:
    """By cell name, then by outcome or quantity."""

    outcomes: Mapping[str, Mapping[str, OutcomeSummary]]
    quantities: Mapping[str, Mapping[str, QuantitySummary]] = field(
        default_factory=dict[str, Mapping[str, QuantitySummary]]
    )


def outcomes(
    store: Store,
    names: tuple[str, ...],
    cells: tuple[str, ...],
    against: tuple[int | None, ...],
    years: int,
    draws: int,
    immaterial: float,
) -> dict[str, dict[str, OutcomeSummary]]:
    """Sum up the outcomes in the store, some years at a time so that memory stays bounded.

    Args:
        against: for each cell the index of the cell that it is compared with.
    """
    found: dict[str, dict[str, OutcomeSummary]] = {cell: {} for cell in cells}
    together = max(1, _AT_ONCE // (4 * len(cells) * draws))
    for name in names:
        by_year: list[list[_Year]] = []
        for begin in range(0, years, together):
            values = store.outcome(name, slice(begin, min(begin + together, years)))
            by_year += _years(name, values, against, immaterial)
        for index, cell in enumerate(cells):
            found[cell][name] = _joined([year[index] for year in by_year])
    return found


def quantities(sketches: Mapping[str, Sketch], cells: tuple[str, ...]) -> dict[str, dict[str, QuantitySummary]]:
    """Sum up the sketches of monthly quantities."""
    found: dict[str, dict[str, QuantitySummary]] = {cell: {} for cell in cells}
    for name, sketch in sketches.items():
        quantiles, mean = sketch.quantiles(QUANTILES), sketch.mean
        for index, cell in enumerate(cells):
            found[cell][name] = QuantitySummary(quantiles[:, index], mean[index])
    return found


@dataclass(frozen=True, eq=False)
class _Year:
    """Numbers of one year: quantiles and mean of the values, and of the difference with its three shares."""

    own: Floats
    difference: Floats | None


def _years(
    name: str, values: NDArray[np.float32], against: tuple[int | None, ...], immaterial: float
) -> list[list[_Year]]:
    from countermove.engine.ensemble import cores

    more = OUTCOMES[name].more_is_capability

    def one(year: int) -> list[_Year]:
        at = values[:, year]
        return [
            _Year(
                _quantiles_and_mean(at[cell]),
                None if other is None else _difference(at[cell], at[other], more, immaterial),
            )
            for cell, other in enumerate(against)
        ]

    with ThreadPoolExecutor(cores()) as executor:
        return list(executor.map(one, range(values.shape[1])))


def _quantiles_and_mean(values: Floats) -> Floats:
    return np.array([*np.quantile(values, QUANTILES), values.mean(dtype=np.float64)])


def _difference(
    policy: NDArray[np.float32], counterfactual: NDArray[np.float32], more_is_capability: bool, immaterial: float
) -> Floats:
    one, other = policy.astype(np.float64), counterfactual.astype(np.float64)
    delta = one - other
    material = is_material(one, other, immaterial)
    more = delta > 0 if more_is_capability else delta < 0
    shares = (material & more).mean(), (material & ~more).mean(), (~material).mean()
    return np.array([*_quantiles_and_mean(delta), *shares])


def _joined(years: list[_Year]) -> OutcomeSummary:
    own = np.stack([year.own for year in years], axis=1)
    differences = [year.difference for year in years if year.difference is not None]
    if not differences:
        return OutcomeSummary(own[:-1], own[-1])
    rows = np.stack(differences, axis=1)
    count = len(QUANTILES)
    return OutcomeSummary(own[:-1], own[-1], Difference(rows[:count], *rows[count:]))
