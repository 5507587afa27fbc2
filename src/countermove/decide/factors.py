"""The uncertain inputs as factors: every single number of the priors that varies, and the groups of mechanisms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.engine.draws import Listed, parameters
from countermove.explore.world import World, switch
from countermove.parameters import Prior

Floats = NDArray[np.floating[Any]]
Kind = Literal["parameter", "mechanism"]


@dataclass(frozen=True)
class Factor:
    """One input that is varied by itself.

    Attributes:
        name: NAME or NAME.ELEMENT of a parameter; name of a group of mechanisms.
        position: of the element along the parameter's dimension, if it has one.
        mechanisms: of the group; switched on and off together, each with a probability of one half.
        low, central, high: 5, 50 and 95 % quantiles of its prior.
    """

    name: str
    kind: Kind
    unit: str
    description: str
    sector: str = ""
    parameter: str = ""
    position: int = 0
    mechanisms: tuple[str, ...] = ()
    low: float = 0.0
    central: float = 0.0
    high: float = 1.0


def of_parameters(priors: Mapping[str, Prior], inputs: Sequence[str]) -> tuple[Factor, ...]:
    """Every number that varies among the parameters named in `inputs`."""
    found: list[Factor] = []
    for name in inputs:
        prior = priors.get(name)
        if prior is None or prior.is_fixed:
            continue
        numbers = (np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (prior.low, prior.central, prior.high))
        for position, (low, central, high) in enumerate(zip(*numbers, strict=True)):
            if low < high:
                found.append(
                    Factor(
                        name=f"{name}.{prior.elements[position]}" if prior.elements else name,
                        kind="parameter",
                        unit=prior.unit,
                        description=prior.description,
                        sector=prior.sector,
                        parameter=name,
                        position=position,
                        low=float(low),
                        central=float(central),
                        high=float(high),
                    )
                )
    return tuple(found)


def of_mechanisms(given: World) -> tuple[Factor, ...]:
    """Every group of mechanisms, as attribution counts them."""
    groups = dict(given.groups) or {name: (name,) for name in given.mechanisms}
    return tuple(
        Factor(name, "mechanism", "1", f"whether the mechanisms of '{name}' act", mechanisms=members)
        for name, members in groups.items()
    )


def values(factors: Sequence[Factor], priors: Mapping[str, Prior], u: Floats) -> Floats:
    """Values (factor, point) at probabilities u of that shape: quantiles of the priors, 0 or 1 for a group."""
    result = np.empty(u.shape, dtype=np.float64)
    for name, rows in _rows(factors).items():
        if not name:
            result[rows] = u[rows] >= 0.5
            continue
        prior, positions = priors[name], [factors[row].position for row in rows]
        if not prior.elements:
            result[rows[0]] = prior.quantile(u[rows[0]])
            continue
        whole = np.full((len(prior.elements), u.shape[1]), 0.5)
        whole[positions] = u[rows]
        result[rows] = prior.quantile(whole)[positions]
    return result


def draws(factors: Sequence[Factor], priors: Mapping[str, Prior], seed: int, count: int) -> Floats:
    """Values (factor, draw) of parameters in the draws that every command makes from this seed.

    Draws of a posterior are of all its parameters together and keep their dependence.
    """
    drawn = parameters({name: priors[name] for name in _rows(factors)}, seed, 0, count)
    values = (drawn[factor.parameter] for factor in factors)
    return np.stack(
        [row[factor.position] if row.ndim > 1 else row for factor, row in zip(factors, values, strict=True)]
    )


def listed(factors: Sequence[Factor], priors: Mapping[str, Prior], points: Floats) -> dict[str, Listed]:
    """The parameters among the factors as the engine takes them, from values (factor, point)."""
    found: dict[str, Listed] = {}
    for name, rows in _rows(factors).items():
        if not name:
            continue
        prior = priors[name]
        if not prior.elements:
            found[name] = Listed(points[rows[0]])
            continue
        central = np.asarray(prior.central, dtype=np.float64)[:, np.newaxis]
        whole = np.array(np.broadcast_to(central, (len(prior.elements), points.shape[1])))
        whole[[factors[row].position for row in rows]] = points[rows]
        found[name] = Listed(whole, prior.elements)
    return found


def switches(factors: Sequence[Factor], points: Floats) -> dict[str, Floats]:
    """The switches of the mechanisms among the factors, from values (factor, point)."""
    return {switch(mechanism): points[row] for row, factor in enumerate(factors) for mechanism in factor.mechanisms}


def _rows(factors: Sequence[Factor]) -> dict[str, list[int]]:
    """Rows by parameter; those of mechanisms under ""."""
    found: dict[str, list[int]] = {}
    for row, factor in enumerate(factors):
        found.setdefault(factor.parameter, []).append(row)
    return found
