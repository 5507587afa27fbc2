"""One draw that stands for a scenario: every parameter at its median."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from countermove.engine.draws import Array, Prior
from countermove.explore import held
from countermove.explore.world import World
from countermove.scenario import Scenario


@dataclass(frozen=True)
class _Median:
    """A parameter that has its median in every draw."""

    prior: Prior

    @property
    def elements(self) -> tuple[str, ...]:
        return self.prior.elements

    def quantile(self, u: Array) -> Array:
        return self.prior.quantile(np.full_like(u, 0.5))


def central_inputs(given: World, scenario: Scenario) -> dict[str, NDArray[np.floating[Any]]]:
    """Every input of the model for a scenario, each parameter at its median, the scenario's beliefs included.

    Returns:
        By name an array without batch: (*dimensions) for parameters and mechanisms, (months, *dimensions) for series
        and for paths held from the reference scenario, which is then run at the same medians.

    Raises:
        CountermoveError: the scenario names a mechanism, parameter, series or element that the model does not have.
    """
    arm = given.arm(scenario)
    medians = {name: _Median(cast("Prior", prior)) for name, prior in arm.priors.items()}  # a world lists no draws
    arm = held.for_arm(given, replace(arm, priors=medians), draws=1, seed=0)
    inputs: dict[str, NDArray[np.floating[Any]]] = {}
    for name, item in given.model.inputs.items():
        if item.kind == "parameter":
            inputs[name] = medians[name].quantile(np.full(tuple(len(dimension) for dimension in item.dimensions), 0.5))
        elif item.kind == "mechanism":
            inputs[name] = np.asarray(arm.mechanisms.get(name, 1.0))
        elif item.kind == "series":
            inputs[name] = np.asarray(arm.series[name])
        else:
            inputs[name] = np.asarray(arm.held[name])[..., 0]
    return inputs
